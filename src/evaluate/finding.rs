//! From what failed to what a person is told.

use super::bind::Bound;
use super::judge::{Failure, Judgement, Open};
use super::merge::Draft;
use super::related::{self, Tree};
use super::subjects::Subject;
use super::{Inputs, Settings};
use crate::cel::{EvaluationError, Leaf, POLICY_ERROR, Read, ReadState};
use crate::diagnostic::{
    Action, Annotation, Because, Diagnostic, Finding, Fix, OperandValue, UnknownInput, Verdict,
};
use crate::platform;
use crate::policy::{Compiled, FailurePolicy, Unknowns};
use crate::source::Span;
use crate::value::Reason;

/// What is needed to tell the findings of one subject.
pub(super) struct Told<'a> {
    pub policy: &'a Compiled,
    pub bound: &'a Bound<'a>,
    pub inputs: &'a Inputs<'a>,
    pub settings: &'a Settings,
}

impl Told<'_> {
    /// One finding for each validation and literal, the strictest reference first.
    pub fn findings(&self, judgement: &Judgement<'_>) -> Vec<Draft> {
        let mut failures: Vec<&Failure<'_>> = judgement.failures.iter().collect();
        failures.sort_by(|one, other| related::strictness(other).total_cmp(&related::strictness(one)));
        failures.into_iter().map(|failure| self.finding(failure)).collect()
    }

    /// One for each place on which a verdict hangs, if the policy lists them. A validation that fails in
    /// one world is told once, as failed.
    pub fn undetermined(&self, judgement: &Judgement<'_>) -> Vec<Draft> {
        let failed = |open: &&Open| !judgement.failures.iter().any(|one| one.validation == open.validation);
        judgement
            .open
            .iter()
            .filter(failed)
            .filter(|open| self.lists(open))
            .map(|open| self.open(open))
            .collect()
    }

    /// What a command keeps from the running revision was judged when that was deployed; it is listed
    /// only in a strict run. So is what a policy only counts.
    fn lists(&self, open: &Open) -> bool {
        let kept = |input: &UnknownInput| input.unknown.reason == Reason::KeptFromRunning;
        self.settings.strict
            || self.policy.policy.failure_policy == FailurePolicy::Fail
            || (self.policy.policy.unknowns == Unknowns::Report && !open.unknowns.iter().all(kept))
    }

    fn finding(&self, failure: &Failure<'_>) -> Draft {
        let subject = self.bound.subject;
        let variable = self.policy.policy.target.kind.variable();
        let leaf = failure.leaves.first();
        let read = primary_read(failure, variable);
        let tree = Tree { subject, root: &self.bound.tree, failure, variable, inputs: self.inputs };
        let condition = failure.world.without(&subject.condition);
        let span = read.map_or(subject.anchor, |read| read.place.span);
        let mut draft = self.draft(failure.validation, subject);
        draft.conditions = vec![condition];
        let finding = &mut draft.finding;
        finding.message = self.message(failure);
        finding.primary = Annotation::new(span, read.map(|read| tree.label(read)).unwrap_or_default());
        finding.origin = read.and_then(|read| read.place.origin);
        finding.related = tree.related(self.policy, read);
        finding.because = leaf.map(Leaf::because);
        finding.further = failure.leaves.iter().skip(1).map(Leaf::because).collect();
        finding.fix = read.and_then(|read| self.fix(failure, read));
        draft
    }

    /// The message that the policy writes; else what is false, with the values.
    fn message(&self, failure: &Failure<'_>) -> String {
        if let Some(message) = &failure.message {
            return message.clone();
        }
        match failure.leaves.first().map(Leaf::because) {
            Some(because) => sentence(&because),
            None => {
                format!("{} does not hold", self.policy.validations[failure.validation].expression.text())
            }
        }
    }

    /// A fix where the value was written: in the literal's place, with the literal's quotes.
    fn fix(&self, failure: &Failure<'_>, read: &Read) -> Option<Fix> {
        let replacement = failure.replacement.as_ref()?;
        let note = self.policy.validations.get(failure.validation)?.fix.as_ref().map(|(_, note)| note)?;
        if read.state != ReadState::Known || read.place.platform_default {
            return None;
        }
        let span = read.place.span;
        let old = self.inputs.sources.slice(span);
        let quote = old.chars().next().filter(|c| matches!(c, '"' | '\''));
        let quoted = match quote {
            Some(quote) if old.ends_with(quote) => format!("{quote}{replacement}{quote}"),
            _ => replacement.clone(),
        };
        // Only a literal that is nothing but the value can be replaced as a whole.
        let whole = old.trim_matches(['"', '\'']) == read.written.trim_matches('"');
        let message = if note.is_empty() { quoted.clone() } else { format!("{quoted} {note}") };
        Some(Fix { message, span, replacement: whole.then_some(quoted) })
    }

    fn open(&self, open: &Open) -> Draft {
        let subject = self.bound.subject;
        let mut draft = self.draft(open.validation, subject);
        draft.conditions = vec![open.world.without(&subject.condition)];
        let finding = &mut draft.finding;
        finding.verdict = Verdict::Undetermined;
        if self.policy.policy.failure_policy == FailurePolicy::Ignore {
            finding.action = finding.action.min(Action::Warn);
        }
        let first = open.unknowns.first();
        let span = first.map_or(subject.anchor, |input| input.unknown.span);
        finding.primary = Annotation::new(span, first.map_or("", |input| input.unknown.reason.as_str()));
        finding.message = hanging(&open.unknowns);
        for input in open.unknowns.iter().skip(1) {
            let label = format!("{}: {}", input.name, input.unknown.reason.as_str());
            finding.related.push(Annotation::new(input.unknown.span, label));
        }
        finding.unknowns = open.unknowns.clone();
        draft
    }

    fn draft(&self, validation: usize, subject: &Subject) -> Draft {
        let policy = &self.policy.policy;
        let finding = Finding {
            policy: policy.name.to_string(),
            verdict: Verdict::Fail,
            severity: policy.severity,
            action: self.policy.action.unwrap_or(policy.default_action()),
            message: String::new(),
            services: subject.service.iter().cloned().collect(),
            environment: subject.environment.as_ref().map(ToString::to_string),
            platform: subject.platform.map(platform_title),
            condition: String::new(),
            primary: Annotation::new(subject.anchor, ""),
            origin: None,
            related: Vec::new(),
            because: None,
            further: Vec::new(),
            help: self.policy.validations.get(validation).and_then(|one| one.help.clone()),
            fix: None,
            unknowns: Vec::new(),
            fingerprint: String::new(),
        };
        Draft { finding, validation, conditions: Vec::new() }
    }
}

/// The read that a finding points at: what `at` reads; else the leftmost read of the subject in the
/// first leaf that decided; else of the reference; else of the params.
fn primary_read<'a>(failure: &'a Failure<'_>, variable: &str) -> Option<&'a Read> {
    let of = |reads: &'a [Read], roots: &[&str]| {
        reads.iter().find(|read| !read.passed_through && roots.contains(&read.root()))
    };
    let subject = [variable, "each"];
    if let Some(read) = of(&failure.at, &subject).or_else(|| of(&failure.at, &["reference"])) {
        return Some(read);
    }
    let reads = failure.leaves.first().map_or(&[][..], |leaf| leaf.reads.as_slice());
    of(reads, &subject)
        .or_else(|| of(reads, &["file", "object", "service", "project"]))
        .or_else(|| of(reads, &["reference"]))
        .or_else(|| of(reads, &["params"]))
        .or_else(|| reads.first())
}

/// `deployment.memory (512Mi) >= params.minimum (2Gi) is false`, as a sentence.
fn sentence(because: &Because) -> String {
    let values =
        because.operands.iter().map(|OperandValue { expression, value }| format!("{expression} is {value}"));
    let values: Vec<String> = values.collect();
    if values.is_empty() {
        return format!("{} does not hold", because.expression);
    }
    format!("{} does not hold: {}", because.expression, values.join(", "))
}

/// What an undetermined verdict hangs on, in words.
fn hanging(unknowns: &[UnknownInput]) -> String {
    let one = |input: &UnknownInput| {
        let UnknownInput { name, unknown } = input;
        if &*unknown.input == name.as_str() {
            format!("{name} is not known here ({})", unknown.reason.as_str())
        } else {
            format!(
                "{name} hangs on {}, which is not known here ({})",
                unknown.input,
                unknown.reason.as_str()
            )
        }
    };
    match unknowns {
        [] => "a value is not known here".to_owned(),
        [first] => one(first),
        [first, rest @ ..] => format!("{}, and {} more", one(first), rest.len()),
    }
}

/// The platform's name for people: `Cloud Run`. Kinds of artifacts have no table: their words are capitalised.
pub(super) fn platform_title(name: &str) -> String {
    if let Some(platform) = platform::find(name) {
        return platform.title.to_owned();
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('-').map(word).collect::<Vec<_>>().join(" ")
}

/// A policy that raised an error: told at the expression, with the subject.
pub(super) fn error(policy: &Compiled, subject: &Subject, error: &EvaluationError) -> Diagnostic {
    let span: Span = error.span;
    let message = format!("the policy `{}` raised an error: {}", policy.policy.name, error.message);
    let help = match error.code {
        POLICY_ERROR => "guard an optional field with has(), and keep types apart",
        _ => "ask less at once: fewer loops inside loops, or shorter lists and texts",
    };
    Diagnostic::error(error.code, span, message)
        .with_related(subject.anchor, "while judging this")
        .with_help(help)
}
