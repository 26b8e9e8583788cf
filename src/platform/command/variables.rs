//! Variables given by flags: maps that merge, files, single assignments.

use crate::model::{EnvKind, EnvVariable, EnvVariables};
use crate::platform::command::{Argument, Call};
use crate::platform::table::{Action, Effect, Merge};
use crate::platform::text::{Entry, entries, leading, name_and_value, split, value_of};
use crate::platform::trace::Trace;
use crate::platform::variable::{assignment_span, file_entries, is_name};
use crate::value::{Condition, Known, Reason, Text, Unknown, Value};
use std::sync::Arc;

/// What the flags say about the variables of one container.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) variables: EnvVariables,
    plain: Before,
    secret: Before,
}

/// What the flags do to the variables of one kind that were there before.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    /// A flag puts others in their place.
    replaced: bool,
    /// A flag leaves them.
    merged: bool,
}

impl Before {
    fn is_kept(self) -> bool {
        !self.replaced || self.merged
    }

    fn join(&mut self, later: Before) {
        self.replaced |= later.replaced;
        self.merged |= later.merged;
    }
}

impl Collected {
    /// Takes one argument in, if it speaks of variables.
    pub(super) fn take(
        &mut self,
        call: &Call<'_>,
        argument: &Argument,
        action: Action,
        trace: &mut Trace<'_>,
    ) {
        match (action, &argument.value) {
            (Action::Variables(kind, merge), Some(value)) => {
                self.merge(kind, merge);
                self.variables.lists.push((kind, argument.place));
                self.map(kind, argument, value, trace);
            }
            (Action::VariableFile(merge), Some(value)) => {
                self.merge(EnvKind::Plain, merge);
                self.file(call, argument, value, trace);
            }
            (Action::Variable, Some(value)) => self.single(argument, value, trace),
            (Action::Assignments(kind, merge, secret), Some(value)) => {
                self.merge(kind, merge);
                // One list holds both kinds where a value may name a secret.
                if secret.is_some() {
                    self.merge(EnvKind::Secret, merge);
                }
                self.assignment(kind, secret, argument, value, trace);
            }
            (Action::Braced(key), Some(value)) => {
                self.merge(EnvKind::Plain, Merge::Replace);
                self.braced(key, argument, value, trace);
            }
            (Action::ClearVariables(kind), _) => self.merge(kind, Merge::Replace),
            (Action::Unset, Some(value)) => {
                // Which kind it takes away, the command does not say.
                self.plain.merged = true;
                self.secret.merged = true;
                let Value::Known(known) = value else { return };
                for name in entries(&known.value, trace) {
                    let gone = name.text.plain();
                    self.variables
                        .all
                        .retain(|variable| Some(&*variable.name) != gone.as_deref().map(str::trim));
                }
            }
            _ => {}
        }
    }

    /// What a later group of flags says about the same container.
    pub(super) fn append(&mut self, later: Collected) {
        self.variables.all.extend(later.variables.all);
        self.variables.open.extend(later.variables.open);
        self.variables.lists.extend(later.variables.lists);
        self.plain.join(later.plain);
        self.secret.join(later.secret);
    }

    fn merge(&mut self, kind: EnvKind, merge: Merge) {
        let before = match kind {
            EnvKind::Secret => &mut self.secret,
            _ => &mut self.plain,
        };
        match merge {
            Merge::Replace => before.replaced = true,
            Merge::Keep => before.merged = true,
        }
    }

    /// What may be set beyond the entries: whatever runs, unless the command replaces it.
    pub(super) fn finish(mut self, call: &Call<'_>) -> EnvVariables {
        if let Effect::Completes(what) = call.command.effect {
            let span = call.invocation.anchor;
            self.variables.open.push(Unknown { input: what.into(), reason: Reason::NotFound, span });
        }
        let kept = |what: &str| Unknown {
            input: what.into(),
            reason: Reason::KeptFromRunning,
            span: call.invocation.anchor,
        };
        if call.command.effect == Effect::Updates && self.plain.is_kept() {
            self.variables.open.push(kept("variables of the running revision"));
        } else if call.command.effect == Effect::Updates && self.secret.is_kept() {
            self.variables.open_secrets = Some(kept("secrets of the running revision"));
        }
        self.variables
    }

    /// The alternatives of an argument's value that are known, each with when it is the argument's. Those
    /// that are not known may set any variable.
    fn known<'v>(
        &mut self,
        argument: &Argument,
        value: &'v Value<Text>,
    ) -> Vec<(Condition, &'v Known<Text>)> {
        let mut all = Vec::new();
        for (condition, value) in value.alternatives() {
            let Some(condition) = argument.condition.and(&condition) else { continue };
            match value {
                Value::Known(known) => all.push((condition, known)),
                Value::Unknown(unknown, _) => self.variables.open.push(unknown.clone()),
                Value::Either(_) => {}
            }
        }
        all
    }

    fn map(&mut self, kind: EnvKind, argument: &Argument, value: &Value<Text>, trace: &mut Trace<'_>) {
        for (condition, known) in self.known(argument, value) {
            for entry in entries(&known.value, trace) {
                self.entry(kind, &condition, known, entry, argument, trace);
            }
        }
    }

    fn entry(
        &mut self,
        kind: EnvKind,
        condition: &Condition,
        whole: &Known<Text>,
        entry: Entry,
        argument: &Argument,
        trace: &mut Trace<'_>,
    ) {
        let Some(condition) = condition.and(&entry.condition) else { return };
        let Some((name, value)) = name_and_value(&entry.text, '=', trace) else {
            self.variables.open.extend(entry.text.first_hole().cloned());
            return;
        };
        // A secret under a path is mounted as a file: no variable.
        if !is_name(&name) {
            return;
        }
        let span = assignment_span(&entry.text, trace).unwrap_or(argument.place);
        let value = value_of(value.unwrap_or_default(), whole, trace);
        let origin = match &value {
            Value::Known(known) => Some(known.origin),
            Value::Unknown(_, origin) => *origin,
            Value::Either(_) => None,
        };
        let origin = origin.map(|origin| trace.passed(origin, argument.place));
        self.variables.all.push(EnvVariable { name: name.into(), kind, value, condition, span, origin });
    }

    /// One word `NAME=value`, or `NAME-`, which takes the variable away.
    pub(super) fn assignment(
        &mut self,
        kind: EnvKind,
        secret: Option<&str>,
        argument: &Argument,
        value: &Value<Text>,
        trace: &mut Trace<'_>,
    ) {
        for (condition, known) in self.known(argument, value) {
            let start = leading(&known.value);
            if !start.contains('=') {
                if let Some(name) = start.strip_suffix('-') {
                    self.variables.all.retain(|variable| &*variable.name != name);
                }
                self.variables.open.extend(known.value.first_hole().cloned());
                continue;
            }
            let is_secret = secret.is_some_and(|prefix| {
                start.split_once('=').is_some_and(|(_, value)| value.trim_matches('"').starts_with(prefix))
            });
            let kind = if is_secret { EnvKind::Secret } else { kind };
            let entry = Entry { condition: Condition::always(), text: known.value.clone() };
            self.entry(kind, &condition, known, entry, argument, trace);
        }
    }

    /// `Variables={A=1,B=2}`: what stands in the braces behind the key.
    fn braced(&mut self, key: &str, argument: &Argument, value: &Value<Text>, trace: &mut Trace<'_>) {
        for (condition, known) in self.known(argument, value) {
            let opening = format!("{key}={{");
            let start = leading(&known.value);
            let Some(from) = start.strip_prefix(&opening).map(|_| opening.len()) else {
                // JSON and files are ways of writing it that are not followed.
                let input = if start.is_empty() { "variables".into() } else { start.as_str().into() };
                let span = trace.literal(known.origin).unwrap_or(argument.place);
                self.variables.open.push(Unknown { input, reason: Reason::NotFollowed, span });
                continue;
            };
            let mut inner = trace.behind(&known.value, from);
            if let Some(last) = inner.parts.last_mut()
                && let crate::value::Piece::Literal(text) = &last.piece
                && let Some(without) = text.strip_suffix('}')
            {
                *last = trace.cut(last, 0..without.len());
            }
            for entry in split(&inner, ",", trace) {
                self.entry(EnvKind::Plain, &condition, known, entry, argument, trace);
            }
        }
    }

    /// `-e NAME=value`; `-e NAME` hands the caller's own variable on.
    fn single(&mut self, argument: &Argument, value: &Value<Text>, trace: &mut Trace<'_>) {
        for (condition, known) in self.known(argument, value) {
            let entry = Entry { condition: Condition::always(), text: known.value.clone() };
            if leading(&known.value).contains('=') {
                self.entry(EnvKind::Plain, &condition, known, entry, argument, trace);
            } else if let Some(name) = known.value.plain().filter(|name| is_name(name)) {
                let span = assignment_span(&known.value, trace).unwrap_or(argument.place);
                let unknown = Unknown { input: name.as_str().into(), reason: Reason::Environment, span };
                self.variables.all.push(EnvVariable {
                    name: name.into(),
                    kind: EnvKind::Plain,
                    value: Value::Unknown(unknown, None),
                    condition,
                    span,
                    origin: None,
                });
            } else {
                self.variables.open.extend(known.value.first_hole().cloned());
            }
        }
    }

    /// A file of variables: read where the script itself wrote it, else any variable may come of it.
    fn file(&mut self, call: &Call<'_>, argument: &Argument, value: &Value<Text>, trace: &mut Trace<'_>) {
        for (condition, value) in value.alternatives() {
            let Some(condition) = argument.condition.and(&condition) else { continue };
            let (shown, path, span): (Arc<str>, _, _) = match value {
                Value::Known(known) => {
                    let span = trace.literal(known.origin).unwrap_or(argument.place);
                    (known.value.to_string().into(), known.value.clone(), span)
                }
                Value::Unknown(unknown, _) => {
                    (unknown.input.clone(), Text::hole(unknown.clone(), None), unknown.span)
                }
                Value::Either(_) => continue,
            };
            match call.invocation.file(&path) {
                Some(text) => {
                    for entry in file_entries(text, trace) {
                        let Some(condition) = condition.and(&entry.condition) else { continue };
                        self.variables.all.push(EnvVariable { condition, ..entry });
                    }
                }
                None => {
                    self.variables.open.push(Unknown { input: shown, reason: Reason::NotFound, span });
                }
            }
        }
    }
}
