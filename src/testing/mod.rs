//! Tests of policies: the examples that stand in them are run, measured and written anew.
//!
//! [`test()`] reads one policy file, gives every example's files to the pipeline, and compares what is
//! found with what the example expects. The conditions of a policy that no example sees true, or false,
//! are gaps; small changes of the policy and of the examples' files that no example notices are told.
//! [`update`] writes what is found into the file. This room must never touch a file, know a file format
//! or a project's configuration: the shell hands it a [`Load`] that makes a project of an example.

mod bench;
mod inputs;
mod mutants;
mod pattern;
mod update;

pub use pattern::Pattern;
pub use update::update;

use crate::check::{Project, Settings};
use crate::policy::{self, Compiled, Difference as Differs, Example, Expected, File, Policy};
use crate::report::testing::{Difference, Goal, TestedExample, TestedFile, TestedPolicy, Told};
use crate::source::{SourceId, Sources};
use bench::{Bench, Said};
use std::sync::Arc;

/// Makes a project of the files of an example, and the settings under which the policy of a name judges
/// it. The sources hold the policy file; the project goes on with them.
pub type Load<'a> = &'a (dyn Fn(&[File], Sources, &str) -> (Project, Settings) + Sync);

/// What is tested, and how much is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Only policies whose names match one of these, if there are any.
    pub policies: Vec<Pattern>,
    /// Only examples whose names match one of these, if there are any.
    pub examples: Vec<Pattern>,
    /// Whether changes are tried.
    pub mutate: bool,
}

impl Request {
    fn takes_policy(&self, policy: &Policy) -> bool {
        self.policies.is_empty() || self.policies.iter().any(|pattern| pattern.matches(&policy.name))
    }

    fn takes_example(&self, example: &Example) -> bool {
        self.examples.is_empty() || self.examples.iter().any(|pattern| pattern.matches(&example.name))
    }
}

/// A policy file: its reported path and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    pub path: String,
    pub text: String,
}

impl PolicyFile {
    /// Sources that hold this file alone: it is the first of them, whatever is added.
    fn sources(&self) -> Sources {
        let mut sources = Sources::new();
        sources.add(self.path.as_str(), self.text.as_str());
        sources
    }
}

/// Tests the policies of one file.
pub fn test(file: &PolicyFile, request: &Request, load: Load<'_>) -> TestedFile {
    let sources = file.sources();
    let (policies, mut diagnostics) = policy::read(SourceId::FIRST, sources.get(SourceId::FIRST));
    let mut tested = Vec::new();
    for policy in policies.into_iter().filter(|policy| request.takes_policy(policy)) {
        let policy = Arc::new(policy);
        match policy::compile(Arc::clone(&policy)) {
            Ok(compiled) => {
                let chosen = policy.examples.iter().filter(|example| request.takes_example(example));
                let benches = chosen.map(|example| Bench::new(file, &policy.name, example, load)).collect();
                tested.push(test_policy(&compiled, benches, file, request, load));
            }
            Err(errors) => diagnostics.extend(errors),
        }
    }
    // A run that asks for other policies has no business with this file's troubles.
    if tested.is_empty() && !request.policies.is_empty() {
        diagnostics.clear();
    }
    TestedFile { sources, diagnostics, policies: tested }
}

fn test_policy(
    compiled: &Compiled,
    mut benches: Vec<Bench<'_>>,
    file: &PolicyFile,
    request: &Request,
    load: Load<'_>,
) -> TestedPolicy {
    let policy = &compiled.policy;
    let observed = compiled.clone().observed();
    let mut examples = Vec::new();
    for bench in &benches {
        let said = bench.judge(&observed);
        examples.push(tested_example(bench, said));
    }
    let goals = goals(&observed);
    let passes = !examples.is_empty() && examples.iter().all(TestedExample::passes);
    let changes = (request.mutate && passes).then(|| {
        let mut changes = mutants::try_all(policy, &benches);
        changes.extend(inputs::try_all(compiled, &mut benches, file, load));
        changes
    });
    TestedPolicy { name: policy.name.to_string(), span: policy.span, examples, goals, changes }
}

/// What examples should see: each matchCondition and each validation true and false, and the conditions
/// of which these are made.
fn goals(observed: &Compiled) -> Vec<Goal> {
    let conditions = observed
        .conditions
        .iter()
        .map(|condition| (format!("the matchCondition `{}`", condition.name), &condition.expression));
    let validations = observed.validations.iter().enumerate().map(|(index, validation)| {
        let what = match observed.validations.len() {
            1 => "the validation".to_owned(),
            _ => format!("validation {}", index + 1),
        };
        (what, &validation.expression)
    });
    let mut goals = Vec::new();
    for (what, expression) in conditions.chain(validations) {
        let (seen_true, seen_false) = expression.seen();
        let text = expression.text().to_owned();
        goals.push(Goal { what, text, span: expression.span(), seen_true, seen_false });
        goals.extend(expression.conditions().into_iter().map(|condition| Goal {
            what: "this condition".to_owned(),
            text: condition.text,
            span: condition.span,
            seen_true: condition.seen_true,
            seen_false: condition.seen_false,
        }));
    }
    goals
}

fn tested_example(bench: &Bench<'_>, said: Said) -> TestedExample {
    let example = bench.example;
    let mut differences = Vec::new();
    let lists =
        [(false, Some(&example.findings), &said.findings), (true, example.undetermined.as_ref(), &said.open)];
    for (undetermined, expected, actual) in lists {
        let Some(expected) = expected else { continue };
        differences.extend(policy::compare_example(expected, actual).into_iter().map(|differs| {
            let (expected, found, span) = match differs {
                Differs::Message(want, have) => (Some(told(want)), Some(have), want.span),
                Differs::Missing(want) => (Some(told(want)), None, want.span),
                Differs::Surplus(have) => (None, Some(have), bench.span_of(have)),
            };
            let found = found.map(|have| Told {
                // Where the example need not name its file, the difference need not either.
                file: if example.files.len() == 1 { String::new() } else { have.file.clone() },
                line: have.line,
                message: Some(have.message.clone()),
            });
            Difference { undetermined, expected, found, span }
        }));
    }
    TestedExample { name: example.name.clone(), span: example.name_span, differences, errors: said.errors }
}

fn told(want: &Expected) -> Told {
    Told { file: want.file.clone().unwrap_or_default(), line: want.line, message: want.message.clone() }
}
