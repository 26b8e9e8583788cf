//! Which tests ask for the environment, and for which one.
//!
//! A test that tells cloud from local, or tests from the rest, asks for no environment.

use crate::model::Environment;
use crate::script::{CompareOperator, Element, Expression, ExpressionKind, Literal};
use crate::source::Span;

/// The environments in which a piece of code acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Environments {
    /// Nothing was asked.
    #[default]
    All,
    Only(Vec<Environment>),
    Except(Vec<Environment>),
}

impl Environments {
    /// Both at once.
    pub(super) fn and(&self, other: &Environments) -> Environments {
        use Environments::{All, Except, Only};
        match (self, other) {
            (All, one) | (one, All) => one.clone(),
            (Only(a), Only(b)) => Only(a.iter().filter(|one| b.contains(one)).cloned().collect()),
            (Only(a), Except(b)) | (Except(b), Only(a)) => {
                Only(a.iter().filter(|one| !b.contains(one)).cloned().collect())
            }
            (Except(a), Except(b)) => {
                let mut all = a.clone();
                all.extend(b.iter().filter(|one| !a.contains(one)).cloned());
                Except(all)
            }
        }
    }

    /// Where the test does not hold.
    pub(super) fn negated(&self) -> Environments {
        match self {
            Environments::All => Environments::All,
            Environments::Only(all) => Environments::Except(all.clone()),
            Environments::Except(all) => Environments::Only(all.clone()),
        }
    }

    /// Either of the two; `None` if one of them asks nothing.
    fn or(&self, other: &Environments) -> Option<Environments> {
        let (Environments::Only(a), Environments::Only(b)) = (self, other) else { return None };
        let mut all = a.clone();
        all.extend(b.iter().filter(|one| !a.contains(one)).cloned());
        Some(Environments::Only(all))
    }

    /// Whether code under this acts in an environment.
    pub(super) fn holds_in(&self, environment: &Environment) -> bool {
        match self {
            Environments::All => true,
            Environments::Only(all) => all.contains(environment),
            Environments::Except(all) => !all.contains(environment),
        }
    }
}

/// A test that asks for the environment.
#[derive(Clone, Debug)]
pub(super) struct EnvironmentTest {
    pub(super) environments: Environments,
    /// The characters of the test.
    pub(super) span: Span,
    /// The characters that name the environment: the literal, the enumeration's member.
    pub(super) value: Span,
}

/// The environment test that an expression is, if it is one and nothing else.
pub(super) fn environment_test(expression: &Expression) -> Option<EnvironmentTest> {
    match &expression.kind {
        ExpressionKind::Compare { operator, left, right } => {
            comparison(*operator, left, right, expression.span)
        }
        ExpressionKind::Not(inner) => {
            let test = environment_test(inner)?;
            Some(EnvironmentTest { environments: test.environments.negated(), span: expression.span, ..test })
        }
        ExpressionKind::Or(operands) => {
            let mut tests = operands.iter().map(environment_test);
            let first = tests.next()??;
            let environments =
                tests.try_fold(first.environments.clone(), |all, test| all.or(&test?.environments))?;
            Some(EnvironmentTest { environments, span: expression.span, value: first.value })
        }
        // `is_production`, `settings.is_staging`, `self.is_production()`.
        ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) => flag(name, expression.span),
        ExpressionKind::Call { callee, arguments } if arguments.is_empty() => match &callee.kind {
            ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) => flag(name, expression.span),
            _ => None,
        },
        _ => None,
    }
}

fn flag(name: &str, span: Span) -> Option<EnvironmentTest> {
    let all = words(name);
    let mut all = all.iter().map(String::as_str);
    if !matches!(all.next(), Some("is" | "in")) {
        return None;
    }
    let environment = Environment::known(all.next()?)?;
    let is_plain = all.all(|word| matches!(word, "env" | "environment" | "mode"));
    // `is_test` and `is_local` ask how the code is run, not where it is deployed.
    let is_deployed = matches!(environment.as_str(), "production" | "staging");
    (is_plain && is_deployed).then(|| EnvironmentTest {
        environments: Environments::Only(vec![environment]),
        span,
        value: span,
    })
}

fn comparison(
    operator: CompareOperator,
    left: &Expression,
    right: &Expression,
    span: Span,
) -> Option<EnvironmentTest> {
    use CompareOperator::{Equal, In, Is, IsNot, NotEqual, NotIn};
    let (subject, values) = match operator {
        // `"staging" == environment` is as good.
        Equal | NotEqual | Is | IsNot if is_constant(left) && !is_constant(right) => (right, vec![left]),
        Equal | NotEqual | Is | IsNot => (left, vec![right]),
        In | NotIn => (left, members(right)?),
        _ => return None,
    };
    let certain = is_subject(subject, 0);
    if !certain && !may_be_subject(subject) {
        return None;
    }
    let mut named = Vec::new();
    for value in &values {
        let environment = named_by(value)?;
        // A word like `test` or `local` names an environment only where an environment is asked for.
        let is_clear = matches!(environment.as_str(), "production" | "staging");
        if !certain && !is_clear {
            return None;
        }
        if !named.contains(&environment) {
            named.push(environment);
        }
    }
    let value = values.first()?.span;
    let environments = match operator {
        Equal | Is | In => Environments::Only(named),
        _ => Environments::Except(named),
    };
    Some(EnvironmentTest { environments, span, value })
}

fn members(collection: &Expression) -> Option<Vec<&Expression>> {
    match &collection.kind {
        ExpressionKind::List(elements) | ExpressionKind::Tuple(elements) => elements
            .iter()
            .map(|element| match element {
                Element::One(one) => Some(one),
                Element::Spread(_) => None,
            })
            .collect(),
        _ => None,
    }
}

fn is_constant(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Literal(_))
}

/// The environment that a constant names: `"staging"`, `Environment.STAGING`, `Env.PROD.value`.
pub(super) fn named_by(expression: &Expression) -> Option<Environment> {
    match &expression.kind {
        ExpressionKind::Literal(Literal::Text(text)) => {
            Environment::known(text).or_else(|| Environment::of_tokens(text))
        }
        ExpressionKind::Attribute(inner, name) if matches!(name.as_str(), "value" | "name") => {
            named_by(inner)
        }
        ExpressionKind::Attribute(_, name) | ExpressionKind::Name(name) if is_constant_name(name) => {
            Environment::of_tokens(name)
        }
        _ => None,
    }
}

fn is_constant_name(name: &str) -> bool {
    name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)
}

/// Whether an expression certainly holds the environment's name. Looks through at most eight calls.
fn is_subject(expression: &Expression, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    match &expression.kind {
        ExpressionKind::Input { name, .. } => names_environment(name),
        ExpressionKind::Name(name) => names_environment(name),
        ExpressionKind::Attribute(inner, name) => {
            names_environment(name)
                || (matches!(name.as_str(), "value" | "name") && is_subject(inner, depth + 1))
        }
        ExpressionKind::Index(_, index) => {
            matches!(&index.kind, ExpressionKind::Literal(Literal::Text(key)) if names_environment(key))
        }
        ExpressionKind::Default { value, .. } => is_subject(value, depth + 1),
        ExpressionKind::Or(operands) => operands.first().is_some_and(|first| is_subject(first, depth + 1)),
        ExpressionKind::Call { callee, arguments } => {
            // `get_env("ENVIRONMENT", "")`, `env.get("ENVIRONMENT")`, `detect_environment()`.
            let first = arguments.first().and_then(|argument| match argument {
                crate::script::Argument::Positional(value) => Some(value),
                _ => None,
            });
            let asks = |text: &Expression| matches!(&text.kind, ExpressionKind::Literal(Literal::Text(name)) if names_environment(name));
            if first.is_some_and(asks) {
                return true;
            }
            match &callee.kind {
                ExpressionKind::Attribute(inner, method)
                    if matches!(method.as_str(), "lower" | "upper" | "strip" | "casefold" | "get") =>
                {
                    is_subject(inner, depth + 1)
                }
                ExpressionKind::Name(name) if name == "str" => {
                    first.is_some_and(|first| is_subject(first, depth + 1))
                }
                ExpressionKind::Name(name) | ExpressionKind::Attribute(_, name) => {
                    words(name).iter().any(|word| word == "environment")
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether an expression might hold it: anything that holds one value and is no constant.
fn may_be_subject(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Name(_) | ExpressionKind::Input { .. } => true,
        ExpressionKind::Attribute(inner, _) => may_be_subject(inner),
        ExpressionKind::Call { callee, .. } => match &callee.kind {
            ExpressionKind::Attribute(inner, method) => {
                matches!(method.as_str(), "lower" | "upper" | "strip") && may_be_subject(inner)
            }
            _ => false,
        },
        _ => false,
    }
}

fn names_environment(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    // Frameworks use `NODE_ENV` and its like for the kind of build, not for the place.
    (has("environment") || has("env") || words.last().is_some_and(|last| last == "stage")) && !has("node")
}

/// The words of a name, in lower case: of `maxRetryCount`, `max_retry_count` and `MAX_RETRY_COUNT`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut word = String::new();
    let mut before_is_lower = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && before_is_lower);
        if begins && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_is_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// A name without the word that tells an environment, and that environment: `_get_staging_config` is
/// `get_config` of staging. `None` if no word does, or if two tell different ones.
pub(super) fn without_environment(name: &str) -> Option<(String, Environment)> {
    let mut found: Option<Environment> = None;
    let mut rest = Vec::new();
    for word in words(name) {
        match Environment::known(&word) {
            Some(environment) if found.as_ref().is_some_and(|earlier| *earlier != environment) => {
                return None;
            }
            Some(environment) => found = Some(environment),
            None => rest.push(word),
        }
    }
    Some((rest.join("_"), found?))
}
