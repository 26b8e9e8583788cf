//! Scripts of the project that others call with known arguments: `bash ./deploy.sh staging` in a workflow.
//!
//! By itself a script is followed with arguments that nobody knows. Where a call says them, it is followed
//! once more with these, under the circumstances of the call.

use super::read::Reader;
use crate::diagnostic::Diagnostic;
use crate::provenance::Provenance;
use crate::script::{
    Element, Expression, ExpressionKind, Invocation, Literal, Program, Statement, StatementKind, Target,
    WordValue,
};
use crate::source::{SourceId, Span};
use crate::value::{Atom, Condition, Operand, Operator, Piece, Reason, Text, Value};
use std::collections::HashSet;
use std::sync::Arc;

/// So many calls of one script are followed.
const MAX_CALLS: usize = 64;

/// So many calls of scripts are followed in one run.
const MAX_FOLLOWED: usize = 1024;

/// A text with the place where it was written.
type Written = (String, Span);

/// A call of a script with known arguments.
#[derive(Clone, Debug)]
struct Call {
    script: SourceId,
    arguments: Vec<Written>,
    /// What the caller exports, as far as it is known.
    environment: Vec<(Arc<str>, Written)>,
    condition: Condition,
}

impl Call {
    /// Whether another call runs the same script in the same way.
    fn is_same(&self, other: &Call) -> bool {
        let texts = |call: &Call| -> Vec<String> {
            let environment = call.environment.iter().map(|(name, (value, _))| format!("{name}={value}"));
            call.arguments.iter().map(|(text, _)| text.clone()).chain(environment).collect()
        };
        self.script == other.script && self.condition == other.condition && texts(self) == texts(other)
    }

    /// The script behind what the call gives it.
    fn program(&self, mut script: Program) -> Program {
        let literal = |(text, span): &Written| Expression {
            kind: ExpressionKind::Literal(Literal::Text(text.clone())),
            span: *span,
        };
        let mut body = Vec::new();
        for (name, value) in &self.environment {
            let target = Target::Name(name.to_string(), value.1);
            let kind = StatementKind::Assign { target, value: literal(value), local: false, export: true };
            body.push(Statement { kind, span: value.1 });
        }
        let span = self.arguments.first().map_or(Span::beginning(script.source), |(_, span)| *span);
        let arguments = self.arguments.iter().map(|argument| Element::One(literal(argument))).collect();
        body.push(Statement { kind: StatementKind::Arguments(arguments), span });
        body.append(&mut script.body);
        Program { body, ..script }
    }

    /// Whether a test of an argument is known to hold in the call; `None` if it asks for something else.
    fn decides(&self, atom: &Atom) -> Option<bool> {
        let number: usize = atom.input.strip_prefix('$')?.parse().ok()?;
        let given = self.arguments.get(number.checked_sub(1)?).map_or("", |(text, _)| text);
        let operand = Operand::One(given.into());
        let known = Atom { operator: Operator::Equal, operand, ..atom.clone() };
        Some(known.implies(atom))
    }

    /// Whether what the script runs by itself is, in this call, what the call makes of it: it hangs on
    /// arguments, and on none that the call decides otherwise.
    fn makes(&self, invocation: &Invocation) -> bool {
        let tests: Vec<bool> =
            invocation.condition.atoms().iter().filter_map(|atom| self.decides(atom)).collect();
        tests.iter().all(|holds| *holds) && (!tests.is_empty() || asks_for_arguments(invocation))
    }
}

/// Follows the scripts that are called, and puts what they run in the place of what hangs on their arguments.
pub(super) fn follow(
    reader: &Reader<'_, '_>,
    invocations: &mut Vec<(SourceId, Invocation)>,
    provenance: &mut Provenance,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut calls: Vec<Call> = Vec::new();
    let mut left_out: HashSet<SourceId> = HashSet::new();
    for (source, invocation) in invocations.iter() {
        let Some(call) = call(*source, invocation, reader, provenance) else { continue };
        let own = || calls.iter().filter(|other| other.script == call.script);
        if left_out.contains(&call.script) || own().any(|other| other.is_same(&call)) {
            continue;
        }
        if own().count() < MAX_CALLS && calls.len() < MAX_FOLLOWED {
            calls.push(call);
            continue;
        }
        // Of calls that are not all followed, none may take the place of what the script says by itself.
        left_out.insert(call.script);
        calls.retain(|other| other.script != call.script);
        diagnostics.push(too_many(reader.path(call.script), invocation.span));
    }
    let mut found: Vec<(SourceId, Invocation)> = Vec::new();
    let mut superseded: HashSet<usize> = HashSet::new();
    for call in &calls {
        let own = || invocations.iter().enumerate().filter(|(_, (source, _))| *source == call.script);
        let hangs = own().filter(|(_, (_, one))| call.makes(one));
        let hangs: Vec<(usize, Span)> = hangs.map(|(index, (_, one))| (index, one.anchor)).collect();
        if hangs.is_empty() {
            continue;
        }
        let program = call.program(reader.script(call.script));
        for one in reader.follow(&program, provenance) {
            let same = hangs.iter().filter(|(_, anchor)| *anchor == one.anchor);
            let before = found.len();
            if same.clone().next().is_some() {
                let condition = call.condition.and(&one.condition);
                found.extend(condition.map(|condition| (call.script, Invocation { condition, ..one })));
            }
            if found.len() > before {
                superseded.extend(same.map(|(index, _)| *index));
            }
        }
    }
    // A branch that no call takes is still there for who runs the script by hand.
    superseded.retain(|index| {
        invocations.get(*index).is_some_and(|(source, own)| {
            let takes = |atom: &Atom| {
                calls.iter().any(|call| call.script == *source && call.decides(atom) == Some(true))
            };
            tests_of_words(own).iter().filter(|atom| atom.input.starts_with('$')).all(takes)
        })
    });
    let mut index = 0;
    invocations.retain(|_| {
        index += 1;
        !superseded.contains(&(index - 1))
    });
    invocations.extend(found);
}

fn too_many(script: &str, call: Span) -> Diagnostic {
    let message = format!(
        "{script} is called in more ways than are followed: {MAX_CALLS} of one script, {MAX_FOLLOWED} in all"
    );
    Diagnostic::warning("script-limit", call, message).with_label("not followed from here on").with_help(
        "what the script runs is told as if nobody knew its arguments; name fewer files, or exclude some in celador.yaml",
    )
}

/// The call of a script that a command line is, if its words are known.
fn call(
    from: SourceId,
    invocation: &Invocation,
    reader: &Reader<'_, '_>,
    provenance: &Provenance,
) -> Option<Call> {
    let words = invocation.words.iter().map(|word| match &word.value {
        WordValue::One(value) if word.condition.is_always() => written(value, invocation.span, provenance),
        _ => None,
    });
    let mut words = words.collect::<Option<Vec<Written>>>()?.into_iter().peekable();
    let is_shell = |(word, _): &Written| matches!(word.rsplit('/').next(), Some("bash" | "sh"));
    if words.next_if(is_shell).is_some() {
        // Options of the shell itself: `bash -e deploy.sh`.
        while words.next_if(|(word, _)| word.starts_with('-') && !word.contains('c')).is_some() {}
    }
    let (path, _) = words.next()?;
    let script = reader.script_at(from, &path).filter(|script| *script != from)?;
    let environment = invocation
        .environment
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), written(value, invocation.span, provenance)?)));
    let environment = environment.collect();
    Some(Call { script, arguments: words.collect(), environment, condition: invocation.condition.clone() })
}

/// A text that is wholly known, and that nothing overrides.
fn written(value: &Value<Text>, place: Span, provenance: &Provenance) -> Option<Written> {
    let known = value.as_known().filter(|known| known.overridable_by.is_none())?;
    Some((known.value.plain()?, provenance.literal(known.origin).unwrap_or(place)))
}

/// The tests that decide about words of a command line.
fn tests_of_words(invocation: &Invocation) -> Vec<Atom> {
    let mut all: Vec<Atom> = Vec::new();
    for word in &invocation.words {
        all.extend_from_slice(word.condition.atoms());
        let WordValue::One(value) = &word.value else { continue };
        for (condition, value) in value.alternatives() {
            all.extend_from_slice(condition.atoms());
            let parts = value.as_known().map(|known| known.value.parts.as_slice()).unwrap_or_default();
            all.extend(parts.iter().flat_map(|part| part.condition.atoms().iter().cloned()));
        }
    }
    all
}

/// Whether a word of a command line hangs on the script's arguments.
fn asks_for_arguments(invocation: &Invocation) -> bool {
    let is_argument = |unknown: &crate::value::Unknown| unknown.reason == Reason::Argument;
    let asks = |value: &Value<Text>| {
        value.alternatives().into_iter().any(|(condition, value)| {
            let tested = condition.atoms().iter().any(|atom| atom.input.starts_with('$'));
            tested
                || match value {
                    Value::Unknown(unknown, _) => is_argument(unknown),
                    Value::Known(known) => {
                        let overridable = known.overridable_by.as_deref();
                        overridable.is_some_and(|input| input.starts_with('$'))
                            || known.value.parts.iter().any(
                                |part| matches!(&part.piece, Piece::Hole(unknown) if is_argument(unknown)),
                            )
                    }
                    Value::Either(_) => false,
                }
        })
    };
    invocation.words.iter().any(|word| match &word.value {
        WordValue::One(value) => asks(value),
        WordValue::Any(unknown) => is_argument(unknown),
    })
}
