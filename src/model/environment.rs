//! Staging, production and the rest.

use crate::source::Span;
use std::fmt;
use std::sync::Arc;

/// A deployment environment under its canonical name: `production`, `staging`, `development`, `test`,
/// or whatever name a project gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Environment(Arc<str>);

impl Environment {
    /// The environment of a name, with the usual abbreviations made canonical.
    pub fn named(name: &str) -> Environment {
        let lower = name.trim().to_lowercase();
        Environment(canonical(&lower).map_or_else(|| lower.as_str().into(), Into::into))
    }

    /// The environment that a word names if the word is one of the known names or abbreviations.
    pub fn known(word: &str) -> Option<Environment> {
        canonical(&word.trim().to_lowercase()).map(|name| Environment(name.into()))
    }

    /// The environment that a token of a longer name tells: `acme-backend-staging`, `k8s/prod/app.yaml`.
    /// If tokens tell two different environments, the name tells none.
    pub fn of_tokens(name: &str) -> Option<Environment> {
        let mut found: Option<Environment> = None;
        for token in tokens(name) {
            if let Some(environment) = Environment::known(token) {
                match &found {
                    Some(earlier) if *earlier != environment => return None,
                    _ => found = Some(environment),
                }
            }
        }
        found
    }

    /// The canonical name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn canonical(word: &str) -> Option<&'static str> {
    Some(match word {
        "production" | "prod" | "prd" | "live" => "production",
        "staging" | "stage" | "stg" => "staging",
        "development" | "develop" | "dev" | "local" => "development",
        "test" | "tst" | "testing" => "test",
        "qa" => "qa",
        "uat" => "uat",
        "preview" => "preview",
        _ => return None,
    })
}

/// The words of a name: split at everything that is neither letter nor digit.
pub(crate) fn tokens(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty())
}

/// What told the environment. Ordered by strength: the first wins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// `celador.yaml` says so.
    Configured,
    /// A condition on an environment input, at its test.
    Condition(Span),
    /// A token of the service's name.
    ServiceName,
    /// The project or namespace deployed to.
    Project,
    /// A token of the file's path.
    Path,
    /// An `ENVIRONMENT`-like variable of the deployment.
    Variable(Span),
}

impl Evidence {
    /// The word used in the JSON contract.
    pub fn as_str(&self) -> &'static str {
        match self {
            Evidence::Configured => "configured",
            Evidence::Condition(_) => "condition",
            Evidence::ServiceName => "service name",
            Evidence::Project => "project",
            Evidence::Path => "path",
            Evidence::Variable(_) => "variable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn a_token_tells_and_two_different_ones_do_not() {
        let of = |name| Environment::of_tokens(name).map(|environment| environment.to_string());
        assert_eq!(of("acme-backend-stg").as_deref(), Some("staging"));
        assert_eq!(of("live_prod").as_deref(), Some("production"));
        assert_eq!(of("prod-to-staging"), None);
        assert_eq!(of("product-backend"), None);
    }
}
