//! Waits of scripts that deploy: how long a function waits for what it started, by the default of its
//! parameter.

use super::environments::words;
use super::kinds::{Kind, kind_of};
use super::visit;
use super::walk::{Found, Place, Walk};
use crate::provenance::Step;
use crate::script::{ExpressionKind, Function, Literal, Program, StatementKind};

/// Whether a program runs commands, and is about deploying by the name of its file or of one of its
/// functions.
pub(super) fn deploys(program: &Program, path: &str) -> bool {
    let names_deployment = |name: &str| {
        words(name).iter().any(|word| {
            matches!(
                word.as_str(),
                "deploy" | "deployment" | "deploying" | "rollout" | "release" | "redeploy"
            )
        })
    };
    let file = path.rsplit('/').next().unwrap_or(path);
    let mut is_named = names_deployment(file);
    visit::statements_within(&program.body, &mut |statement| match &statement.kind {
        StatementKind::Function(function) => is_named |= names_deployment(&function.name),
        StatementKind::Class(class) => {
            is_named |= class.methods.iter().any(|one| names_deployment(&one.name))
        }
        _ => {}
    });
    if !is_named {
        return false;
    }
    let mut runs = false;
    visit::expressions_within(&program.body, &mut |expression| {
        runs |= matches!(expression.kind, ExpressionKind::Run(_));
    });
    runs
}

impl<'p> Walk<'p> {
    /// The waits that a function's parameters default to.
    pub(super) fn waits_of(&mut self, function: &'p Function, place: &Place) {
        if !self.deploys {
            return;
        }
        let waits = words(&function.name)
            .iter()
            .any(|word| matches!(word.as_str(), "wait" | "waiting" | "poll" | "until" | "ready" | "healthy"));
        for parameter in &function.parameters {
            let words = words(&parameter.name);
            let has = |wanted: &str| words.iter().any(|word| word == wanted);
            let is_wait = has("wait") || (waits && has("timeout"));
            let is_time = matches!(kind_of(&parameter.name), Kind::Duration(_));
            // `wait_interval` is the pause between two looks, not how long it is looked.
            if !is_wait || !is_time || has("interval") || has("delay") {
                continue;
            }
            let Some(default) = &parameter.default else { continue };
            let ExpressionKind::Literal(literal @ Literal::Number(_, written)) = &default.kind else {
                continue;
            };
            self.waits.push(Found {
                name: parameter.name.clone(),
                table: None,
                scope: place.scope.clone(),
                environments: place.environments.clone(),
                value: literal.clone(),
                written: written.clone(),
                span: default.span,
                trail: vec![(default.span, Step::Literal), (parameter.span, Step::Default)],
                condition: place.condition.clone(),
                derived: false,
                rest: None,
            });
        }
    }
}
