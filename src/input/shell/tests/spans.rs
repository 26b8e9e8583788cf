use super::{lower, print};
use crate::script::{Block, Expression, ExpressionKind, Literal, StatementKind};

/// Calls `visit` for every expression of a block.
pub fn expressions(block: &Block, visit: &mut dyn FnMut(&Expression)) {
    let mut inner = |value: &Expression| {
        print::walk(value, &mut |one| {
            visit(one);
            if let ExpressionKind::Output(body) = &one.kind {
                expressions(body, visit);
            }
        });
    };
    for statement in block {
        match &statement.kind {
            StatementKind::Expression(value)
            | StatementKind::Assign { value, .. }
            | StatementKind::Augment { value, .. } => inner(value),
            StatementKind::If { clauses, .. } => clauses.iter().for_each(|clause| inner(&clause.condition)),
            StatementKind::For { iterable, .. } => inner(iterable),
            StatementKind::While { condition, .. } => inner(condition),
            _ => {}
        }
    }
    for statement in block {
        match &statement.kind {
            StatementKind::If { clauses, otherwise } => {
                clauses.iter().for_each(|clause| expressions(&clause.body, visit));
                expressions(otherwise, visit);
            }
            StatementKind::For { body, .. }
            | StatementKind::While { body, .. }
            | StatementKind::Block(body)
            | StatementKind::Subshell(body)
            | StatementKind::Ignoring(_, body) => expressions(body, visit),
            StatementKind::Function(function) => expressions(&function.body, visit),
            _ => {}
        }
    }
}

/// Every literal's characters contain its value once quotes, escapes and continuation lines are gone from
/// both.
pub fn check(text: &str) {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, '\\' | '"' | '\'' | '\r' | '\n' | '\t')).collect()
    };
    expressions(&lower(text).body, &mut |value| {
        if let ExpressionKind::Literal(Literal::Text(literal)) = &value.kind {
            let Some(written) = text.get(value.span.range()) else {
                panic!("{:?} of {literal:?} does not fit", value.span);
            };
            // Made up by the lowering: the command that writes a file, separators, words of an expansion.
            let made_up = matches!(literal.as_str(), "tee" | "-a" | " " | "true");
            let expands = written.contains(['{', '%', '$']);
            assert!(
                made_up || expands || bare(written).contains(&bare(literal)),
                "{literal:?} is not in {written:?}"
            );
        }
    });
}

#[test]
fn the_spans_of_literals_hold_their_values() {
    insta::glob!("cases/*.sh", |path| check(&std::fs::read_to_string(path).unwrap()));
}

/// The spans of the literals of a script, as text.
fn literals(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    expressions(&lower(text).body, &mut |value| {
        if matches!(value.kind, ExpressionKind::Literal(_)) {
            all.push(&text[value.span.range()]);
        }
    });
    all
}

#[test]
fn each_value_of_a_word_has_a_span_of_its_own() {
    assert_eq!(
        literals("gcloud run deploy --memory=512Mi --cpu \"1\" --set-env-vars \"A=1,B='x',C=$c\""),
        [
            "gcloud",
            "run",
            "deploy",
            "--memory=",
            "512Mi",
            "--cpu",
            "\"1\"",
            "--set-env-vars",
            "A=",
            "1",
            ",",
            "B=",
            "'x'",
            ",",
            "C="
        ]
    );
    assert_eq!(literals("X=\"A=1,\\\nB=2\""), ["A=", "1", ",", "B=", "2"]);
    assert_eq!(literals("X=${Y:-'512Mi'} Z=$'a\\x41'"), ["'512Mi'", "$'a\\x41'"]);
}

#[test]
fn carriage_returns_change_nothing_but_offsets() {
    let unix = "A=1\ngcloud run \\\n  deploy\ncat > f <<EOF\nx\nEOF\nif [ \"$A\" = b ]; then\n  x\nfi\n";
    let dos = unix.replace('\n', "\r\n");
    assert_eq!(print(unix), print(&dos).replace("x\r\\n", "x\\n"));
    check(&dos);
}

proptest::proptest! {
    #[test]
    fn any_text_is_lowered_without_a_panic(text in "([a-z \n]|[$\"'`(){}<>|&;#\\\\=*]|if |then |fi\n|\\$\\{X:-|<<EOF\n|EOF\n|é){0,60}") {
        let _ = print(&text);
    }
}
