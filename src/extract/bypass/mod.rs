//! Bypasses that are not code: variables of deployments and of commands, flags, ignored results.
//!
//! Which commands check and which flags leave a check out stands in [`checks`]; here stands
//! where it happens: in which environments, under which conditions, in front of which deployments.

mod reach;
mod variables;

use crate::extract::environment::Environments;
use crate::model::{Bypass, BypassKind, Deployment, Environment, Recorded};
use crate::platform::{Trace, checks};
use crate::provenance::Origin;
use crate::script::{Invocation, WordValue};
use crate::source::{SourceId, Span};
use crate::value::{Condition, Text, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// More words of one command than these are not looked at.
const MOST_WORDS: usize = 256;

/// Where commands and jobs deploy to: `None` among them for a deployment whose environment is not known.
pub type DeployedBy = HashMap<Span, HashSet<Option<Environment>>>;

/// What all commands and deployments turn off, in the order of the files.
pub fn bypasses(
    invocations: &[(SourceId, Invocation)],
    deployments: &[Deployment],
    deployed_by: &DeployedBy,
    environments: &Environments,
    trace: &Trace<'_>,
) -> Vec<Bypass> {
    let mut found =
        Found { invocations, deployed_by, environments, trace, all: Vec::new(), seen: HashMap::new() };
    for (_, invocation) in invocations {
        found.ignored(invocation);
        found.flags(invocation);
        found.exported(invocation);
    }
    for deployment in deployments {
        found.variables(deployment);
    }
    found.all.sort_by_key(|one| (one.span.source, one.span.start));
    found.all
}

/// What tells two bypasses apart: the place, the switch, and the command or service.
type Key = (Span, Arc<str>, Option<Arc<str>>);

/// What is found, and what it takes to find it.
struct Found<'a> {
    invocations: &'a [(SourceId, Invocation)],
    deployed_by: &'a DeployedBy,
    environments: &'a Environments,
    trace: &'a Trace<'a>,
    all: Vec<Bypass>,
    /// Where one stands already: what runs in several ways, or is exported to several commands, is one.
    seen: HashMap<Key, usize>,
}

impl Found<'_> {
    /// A check whose failure counts for nothing.
    fn ignored(&mut self, invocation: &Invocation) {
        let Some(ignored) = &invocation.ignored else { return };
        let Some(what) = checked_by(invocation) else { return };
        let report = report(invocation);
        let is_read = |(_, other): &(SourceId, Invocation)| {
            let reads = |word: &String| report.as_ref().is_some_and(|report| word.contains(report.as_str()));
            other.span.source == invocation.span.source
                && other.span != invocation.span
                && texts(other).iter().any(reads)
        };
        if report.is_some() && self.invocations.iter().any(is_read) {
            return;
        }
        let Some(condition) = invocation.condition.and(&ignored.condition) else { return };
        let recorded = match &ignored.reason {
            Some((_, span)) => Recorded::At(*span),
            None => self.reason_for(invocation),
        };
        let one = self.of_command(invocation, condition);
        self.add(Bypass {
            kind: BypassKind::Ignored,
            name: Arc::clone(&ignored.name),
            span: ignored.span,
            turns_off: what.into(),
            recorded,
            ..one
        });
    }

    /// Flags that leave a check out.
    fn flags(&mut self, invocation: &Invocation) {
        if !is_concerned(invocation) {
            return;
        }
        let texts = texts(invocation);
        for (condition, words) in alternatives(invocation, &texts) {
            let plain: Vec<&str> = words.iter().map(|word| word.0.as_str()).collect();
            for skip in checks::skips(&plain) {
                let Some((_, Some(origin))) = words.get(skip.word) else { continue };
                let Some(span) = self.trace.literal(*origin) else { continue };
                let of_reason = |at: usize| words.get(at)?.1.and_then(|origin| self.trace.literal(origin));
                let recorded = match skip.reason {
                    Some(at) => of_reason(at).map_or(Recorded::Untold, Recorded::At),
                    None => self.reason_for(invocation),
                };
                let Some(condition) = invocation.condition.and(&condition) else { continue };
                let one = self.of_command(invocation, condition);
                self.add(Bypass {
                    kind: BypassKind::Flag,
                    name: skip.flag.into(),
                    span,
                    turns_off: skip.turns_off.into(),
                    recorded,
                    origin: Some(*origin),
                    ..one
                });
            }
        }
    }

    /// What all bypasses of a command have in common.
    fn of_command(&self, invocation: &Invocation, condition: Condition) -> Bypass {
        let path = self.trace.sources.get(invocation.span.source).path();
        let scope = match &invocation.scope {
            Some(scope) => format!("{path}::{scope}"),
            None => path.to_owned(),
        };
        let reached = reach::of(invocation, &condition, path, self.environments, self.deployed_by);
        Bypass {
            kind: BypassKind::Ignored,
            name: "".into(),
            span: invocation.span,
            turns_off: "".into(),
            command: Some(texts(invocation).join(" ").into()),
            scope,
            service: None,
            environments: reached.environments,
            environment_span: reached.span,
            threshold: None,
            flag: !reach::is_only_environments(&condition, self.environments),
            condition,
            recorded: Recorded::Nowhere,
            before_deployment: reached.before_deployment,
            origin: None,
        }
    }

    /// Adds one; of two at one place, the one that acts in more circumstances counts.
    fn add(&mut self, one: Bypass) {
        let key = (one.span, Arc::clone(&one.name), one.service.clone().or(one.command.clone()));
        let key = if one.kind == BypassKind::Variable && one.service.is_none() {
            (key.0, key.1, None)
        } else {
            key
        };
        let Some(have) = self.seen.get(&key).and_then(|at| self.all.get_mut(*at)) else {
            self.seen.insert(key, self.all.len());
            return self.all.push(one);
        };
        have.before_deployment |= one.before_deployment;
        if have.condition != one.condition {
            have.condition = Condition::always();
            have.flag &= one.flag;
        }
        have.environments = match (have.environments.take(), one.environments) {
            (Some(mut all), Some(more)) => {
                all.extend(more.into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
                Some(all)
            }
            _ => None,
        };
        if let (Recorded::Nowhere, Recorded::At(_)) = (have.recorded, one.recorded) {
            have.recorded = one.recorded;
        }
    }
}

/// Whether the tables of flags and of deployments know a command's first word.
fn is_concerned(invocation: &Invocation) -> bool {
    match invocation.words.first().map(|word| &word.value) {
        Some(WordValue::One(value)) => value
            .as_known()
            .and_then(|known| known.value.plain())
            .is_some_and(|first| checks::concerns(&first)),
        _ => false,
    }
}

/// What a command checks, if it checks anything.
fn checked_by(invocation: &Invocation) -> Option<&'static str> {
    let words = texts(invocation);
    checks::check(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The file into which a check writes what it found: another command may judge that.
fn report(invocation: &Invocation) -> Option<String> {
    const FLAGS: &[&str] = &["-o", "--output", "--output-file", "--out", "--report-path", "--outputFile"];
    let words = texts(invocation);
    let given = words.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
        Some((flag, file)) if FLAGS.contains(&flag) => Some(file.to_owned()),
        _ if FLAGS.contains(&word.as_str()) => words.get(at + 1).cloned(),
        _ => None,
    })?;
    let name = given.rsplit('/').next().unwrap_or(&given);
    name.contains('.').then(|| name.to_owned())
}

/// Whether a command deploys what it does not say itself.
pub fn deploys(invocation: &Invocation) -> bool {
    if !is_concerned(invocation) {
        return false;
    }
    let words = texts(invocation);
    checks::deploys(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The words of a command line, their unknown parts in braces.
fn texts(invocation: &Invocation) -> Vec<String> {
    let text = |value: &WordValue| match value {
        WordValue::One(Value::Known(known)) => known.value.to_string(),
        WordValue::One(Value::Either(all)) => match all.first().map(|guarded| &guarded.value) {
            Some(Value::Known(known)) => known.value.to_string(),
            _ => "{?}".to_owned(),
        },
        WordValue::One(Value::Unknown(unknown, _)) | WordValue::Any(unknown) => {
            format!("{{{}}}", unknown.input)
        }
    };
    invocation.words.iter().take(MOST_WORDS).map(|word| text(&word.value)).collect()
}

type Written = (String, Option<Origin>);

/// The words of a command line as they are in each alternative of a word, with the condition of the words
/// that are not always there.
fn alternatives(invocation: &Invocation, texts: &[String]) -> Vec<(Condition, Vec<Written>)> {
    let origin = |value: &Value<Text>| value.as_known().map(|known| known.origin);
    let always: Vec<Written> = invocation
        .words
        .iter()
        .zip(texts)
        .map(|(word, text)| match &word.value {
            WordValue::One(value) if word.condition.is_always() => (text.clone(), origin(value)),
            _ => ("{?}".to_owned(), None),
        })
        .collect();
    let mut all = Vec::new();
    for (at, word) in invocation.words.iter().enumerate().take(MOST_WORDS) {
        let WordValue::One(value) = &word.value else { continue };
        let alternatives = value.alternatives();
        if word.condition.is_always() && alternatives.len() < 2 {
            continue;
        }
        for (condition, value) in alternatives {
            let Some(plain) = value.as_known().and_then(|known| known.value.plain()) else { continue };
            let Some(condition) = word.condition.and(&condition) else { continue };
            let mut words = always.clone();
            // What stands in every alternative is found once, without them.
            words.iter_mut().skip(1).filter(|word| word.0.starts_with('-')).for_each(|word| word.1 = None);
            if let Some(place) = words.get_mut(at) {
                *place = (plain, origin(value));
            }
            all.push((condition, words));
        }
    }
    all.push((Condition::always(), always));
    all
}
