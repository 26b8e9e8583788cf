use super::{Atom, Condition, Duration, Operand, Operator, Quantity, QuantityError};
use crate::source::{SourceId, Span};

fn atom(input: &str, operator: Operator, operands: &[&str]) -> Atom {
    let operand = match operands {
        [] => Operand::None,
        [one] => Operand::One((*one).into()),
        many => Operand::Many(many.iter().map(|&one| one.into()).collect()),
    };
    Atom { input: input.into(), operator, operand, span: Span::beginning(SourceId::FIRST) }
}

#[test]
fn quantities_are_exact() {
    let bytes = |text: &str| Quantity::parse(text).map(|q| q.nanos() / 1_000_000_000);
    assert_eq!(bytes("512Mi"), Ok(512 << 20));
    assert_eq!(bytes("0.5Gi"), Ok(512 << 20));
    assert_eq!(bytes("1e3"), Ok(1000));
    assert_eq!(bytes("2G"), Ok(2_000_000_000));
    assert_eq!(Quantity::parse("500m").unwrap().nanos(), 500_000_000);
    assert_eq!(Quantity::parse("2GB"), Err(QuantityError::UnknownSuffix));
    assert_eq!(Quantity::parse("many"), Err(QuantityError::NoNumber));
    assert_eq!(Quantity::parse("99999999999E"), Err(QuantityError::TooLarge));
    assert_eq!(Quantity::parse("1536Mi").unwrap().to_string(), "1536Mi");
    assert_eq!(Quantity::parse("2048Mi").unwrap().to_string(), "2Gi");
    assert_eq!(Quantity::parse("1500m").unwrap().to_string(), "1500m");
    assert!(Quantity::parse("0.1").unwrap() == Quantity::parse("100m").unwrap());
}

#[test]
fn durations_read_and_print_as_people_write_them() {
    let seconds = |text: &str| Duration::parse_seconds(text).map(Duration::as_seconds);
    assert_eq!(seconds("1h30m"), Ok(5400.0));
    assert_eq!(seconds("300"), Ok(300.0));
    assert_eq!(seconds("250ms"), Ok(0.25));
    assert!(Duration::parse("300").is_err());
    assert!(Duration::parse("5 parsecs").is_err());
    assert_eq!(Duration::from_seconds(600).to_string(), "600s");
    assert_eq!(Duration::from_seconds_f64(2.1).unwrap().to_string(), "2.1s");
    assert_eq!(Duration::from_seconds_f64(0.25).unwrap().to_string(), "250ms");
}

#[test]
fn contradictions_are_found_only_where_they_are() {
    let staging = atom("$1", Operator::Equal, &["staging"]);
    let production = atom("$1", Operator::Equal, &["production"]);
    let either = atom("$1", Operator::In, &["staging", "production"]);
    let alpine = atom("use_alpine", Operator::Holds, &[]);
    assert!(staging.contradicts(&production));
    assert!(!staging.contradicts(&either));
    assert!(staging.implies(&either));
    assert!(staging.contradicts(&staging.negated()));
    assert!(staging.implies(&production.negated()));
    assert!(!staging.contradicts(&alpine));
    let both = Condition::of(staging.clone()).and(&Condition::of(alpine.clone())).unwrap();
    assert_eq!(both.to_string(), "$1 == staging and use_alpine");
    assert_eq!(Condition::of(staging.clone()).and(&Condition::of(production)), None);
    assert_eq!(both.without(&Condition::of(staging)).to_string(), "use_alpine");
    assert!(Condition::of(either).and(&both).unwrap() == both);
}

#[test]
fn tests_of_one_input_leave_the_values_that_pass_all() {
    let one = |operator, operands: &[&str]| Condition::of(atom("$1", operator, operands));
    let both = |a: &Condition, b: &Condition| a.and(b).map(|both| both.to_string());
    let some = one(Operator::In, &["staging", "production"]);
    let three = one(Operator::In, &["dev", "staging", "production"]);
    let not_staging = one(Operator::NotEqual, &["staging"]);
    assert_eq!(both(&some, &not_staging).as_deref(), Some("$1 == production"));
    assert_eq!(both(&not_staging, &some).as_deref(), Some("$1 == production"));
    assert_eq!(both(&three, &not_staging).as_deref(), Some("$1 in [dev, production]"));
    assert_eq!(both(&three, &some).as_deref(), Some("$1 in [staging, production]"));
    let neither = one(Operator::NotIn, &["staging", "production"]);
    assert_eq!(both(&some, &neither), None);
    let not_dev = one(Operator::NotEqual, &["dev"]);
    let rest = not_staging.and(&not_dev).unwrap();
    assert_eq!(rest.to_string(), "$1 != staging and $1 != dev");
    assert_eq!(both(&rest, &three).as_deref(), Some("$1 == production"));
    let other = Condition::of(atom("$2", Operator::NotEqual, &["staging"]));
    assert_eq!(both(&some, &other).as_deref(), Some("$1 in [staging, production] and $2 != staging"));
    let pattern = one(Operator::Matches, &["prod*"]);
    assert_eq!(both(&some, &pattern).as_deref(), Some("$1 in [staging, production] and $1 matches prod*"));
}

#[test]
fn a_quantity_for_people_is_exact_and_short() {
    for (text, wanted) in [
        ("1536Mi", "1.5Gi"),
        ("65024Mi", "63.5Gi"),
        ("2Gi", "2Gi"),
        ("1030Mi", "1030Mi"),
        ("512", "512"),
        ("250m", "250m"),
        ("1500m", "1500m"),
        ("0", "0"),
    ] {
        assert_eq!(Quantity::parse(text).unwrap().rounded(), wanted, "{text}");
    }
}
