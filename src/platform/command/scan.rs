//! Words of a command line: which are flags, which are their values, which stand alone.

use crate::platform::command::{Argument, Call};
use crate::platform::table::{Action, Command, Flag, Positional, Style};
use crate::platform::text::{leading, worlds_of};
use crate::platform::trace::Trace;
use crate::script::{Invocation, WordValue};
use crate::source::Span;
use crate::value::{Condition, Known, Text, Unknown, Value};

/// One word under its condition. Words of which one alternative is a flag are several tokens, one for
/// each alternative.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) condition: Condition,
    pub(super) value: Result<Value<Text>, Unknown>,
    /// Whether a flag took it as its value.
    taken: bool,
}

impl Token {
    /// The word if it is wholly known.
    pub(super) fn plain(&self) -> Option<String> {
        self.value.as_ref().ok()?.as_known()?.value.plain()
    }

    /// The known characters that it begins with.
    fn leading(&self) -> String {
        self.value.as_ref().ok().and_then(Value::as_known).map_or_else(String::new, |k| leading(&k.value))
    }

    fn is_flag(&self) -> bool {
        is_flag(&self.leading())
    }
}

fn is_flag(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && !text[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// The words of an invocation as tokens.
pub(super) fn tokens(invocation: &Invocation) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(invocation.words.len());
    let mut push = |condition: Condition, value| tokens.push(Token { condition, value, taken: false });
    for word in &invocation.words {
        match &word.value {
            WordValue::Any(unknown) => push(word.condition.clone(), Err(unknown.clone())),
            WordValue::One(value) => match flag_alternatives(value) {
                None => push(word.condition.clone(), Ok(value.clone())),
                Some(all) => {
                    for (condition, value) in all {
                        if let Some(condition) = word.condition.and(&condition) {
                            push(condition, Ok(value));
                        }
                    }
                }
            },
        }
    }
    tokens
}

/// The alternatives of a word of which some are flags; `None` if it is one word to be taken as it is.
fn flag_alternatives(value: &Value<Text>) -> Option<Vec<(Condition, Value<Text>)>> {
    let mut all = Vec::new();
    for (condition, value) in value.alternatives() {
        match value {
            Value::Known(known)
                if leading(&known.value).is_empty() && !known.value.conditions().is_empty() =>
            {
                for (inner, text) in worlds_of(&known.value)? {
                    if text.parts.is_empty() {
                        continue; // an empty word from a guard is no word
                    }
                    let Some(condition) = condition.and(&inner) else { continue };
                    all.push((condition, Value::Known(Known { value: text, ..known.clone() })));
                }
            }
            value => all.push((condition, value.clone())),
        }
    }
    let some_flag =
        all.iter().any(|(_, value)| value.as_known().is_some_and(|known| is_flag(&leading(&known.value))));
    let expanded = all.len() > 1 || all.first().is_some_and(|(condition, _)| !condition.is_always());
    (some_flag && expanded).then(|| {
        // `${VERBOSE:+--verbose}`: the other alternative is nothing at all.
        all.retain(|(_, value)| {
            value.as_known().and_then(|known| known.value.plain()).is_none_or(|plain| !plain.is_empty())
        });
        all
    })
}

/// Programs that run the command that follows, with the number of their own words before it.
const WRAPPERS: [(&str, usize); 8] = [
    ("sudo", 0),
    ("env", 0),
    ("command", 0),
    ("exec", 0),
    ("nohup", 0),
    ("time", 0),
    ("timeout", 1),
    ("nice", 0),
];

/// The position of the program behind wrappers such as `sudo`.
pub(super) fn behind_wrappers(tokens: &[Token]) -> Option<usize> {
    let mut at = 0;
    while let Some(plain) = tokens.get(at)?.plain() {
        let Some((_, own)) = WRAPPERS.iter().find(|(name, _)| *name == plain) else { break };
        at += 1;
        let mut own = *own;
        while let Some(word) = tokens.get(at).and_then(Token::plain) {
            let assignment = plain == "env" && word.contains('=');
            if !word.starts_with('-') && !assignment {
                if own == 0 {
                    break;
                }
                own -= 1;
            }
            at += 1;
        }
    }
    Some(at)
}

/// Whether a word names one of the programs: by its file name, with or without `.cmd` or `.exe`; for an
/// unknown one, by the name of the input that holds it (`self.gcloud_cmd`).
pub(super) fn name_of_program(token: &Token, programs: &[&str]) -> bool {
    let Ok(value) = &token.value else { return false };
    value.alternatives().iter().any(|(_, value)| {
        let named = |text: &str| {
            let file = text.rsplit(['/', '\\']).next().unwrap_or(text).to_ascii_lowercase();
            let stem = file.strip_suffix(".cmd").or(file.strip_suffix(".exe")).unwrap_or(&file);
            programs.contains(&stem)
        };
        // A short name stands in many words: `az` in `lazy`.
        let held = |input: &str| {
            let lower = input.to_ascii_lowercase();
            let word =
                |program: &str| lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == program);
            programs
                .iter()
                .any(|program| if program.len() > 4 { lower.contains(program) } else { word(program) })
        };
        match value {
            Value::Known(known) => match (known.value.plain(), known.value.first_hole()) {
                (Some(plain), _) => named(&plain),
                (None, Some(hole)) => {
                    let shown = known.value.to_string();
                    let last = shown.rsplit('/').next().unwrap_or(&shown);
                    named(last) || (known.value.is_wholly_unknown() && held(&hole.input))
                }
                (None, None) => false,
            },
            Value::Unknown(unknown, _) => held(&unknown.input),
            Value::Either(_) => false,
        }
    })
}

/// Sorts the words behind the program into flags, words that stand alone, and unknown ones. `path` are
/// the positions of the sub-command.
pub(super) fn scan(
    call: &mut Call<'_>,
    mut tokens: Vec<Token>,
    start: usize,
    path: &[usize],
    trace: &mut Trace<'_>,
) {
    let mut only_positionals = false;
    for at in start..tokens.len() {
        if path.contains(&at) || tokens[at].taken {
            continue;
        }
        let token = tokens[at].clone();
        let value = match &token.value {
            Ok(value) => value,
            Err(unknown) => {
                call.open.push((token.condition.clone(), unknown.clone()));
                may_be_repeated(call, &token.condition, unknown);
                continue;
            }
        };
        if token.is_flag() && !only_positionals {
            let written = token.leading();
            if written == "--" {
                only_positionals = true;
            } else {
                flag(call, &mut tokens, at, &written, trace);
            }
            continue;
        }
        if token.plain().is_some_and(|plain| plain.is_empty()) {
            continue;
        }
        call.positionals.push((token.condition.clone(), value.clone()));
        if call.command.positional == Positional::Image && token.condition.is_always() {
            return; // what follows is the container's own command
        }
    }
}

/// Of a flag that is given twice the last one wins, and any flag may stand among words that are not known
/// (`--memory 2Gi $EXTRA_FLAGS`): what stands before them is a value that they may override.
pub(super) fn may_be_repeated(call: &mut Call<'_>, condition: &Condition, unknown: &Unknown) {
    for argument in &mut call.arguments {
        let is_scalar = argument.flag.is_some_and(|flag| matches!(flag.action, Action::Setting(..)));
        if !is_scalar || argument.condition.contradicts(condition) {
            continue;
        }
        let Some(value) = &mut argument.value else { continue };
        *value = value.map(&mut |known| {
            let input = known.overridable_by.clone().unwrap_or_else(|| unknown.input.clone());
            Value::Known(Known { overridable_by: Some(input), ..known.clone() })
        });
    }
}

fn flag(call: &mut Call<'_>, tokens: &mut [Token], at: usize, written: &str, trace: &mut Trace<'_>) {
    let token = tokens[at].clone();
    let Some(known) = token.value.as_ref().ok().and_then(Value::as_known) else { return };
    let place =
        trace.place(known.origin).filter(|span| span.source == call.source).unwrap_or(call.invocation.anchor);
    let (name, inline) = match written.find('=') {
        Some(equals) => (&written[..equals], Some(equals + 1)),
        None => (written, None),
    };
    if inline.is_none() && known.value.plain().is_none() {
        // `--$NAME`: which flag it is hangs on an unknown.
        if let Some(hole) = known.value.first_hole() {
            call.open.push((token.condition.clone(), hole.clone()));
        }
        return;
    }
    if call.command.style == Style::Short && !name.starts_with("--") && name.chars().count() > 2 {
        stacked(call, tokens, at, known, place, trace);
        return;
    }
    let row = call.command.flag(name);
    if let (None, Some((Flag { action: Action::Assignments(..), .. }, _))) = (inline, row) {
        for (condition, value) in take_all(tokens, at + 1, &token.condition) {
            let token = Token { condition, ..token.clone() };
            push(call, row, name, &token, Some(value), place);
        }
        return;
    }
    let value = match (inline, row) {
        (Some(from), _) => Some(behind(known, from, trace)),
        (None, Some((flag, _))) if !flag.action.takes_value() => None,
        (None, Some(_)) => take(tokens, at + 1, &token.condition, call.command),
        (None, None) if takes_nothing(name) => None,
        (None, None) => take(tokens, at + 1, &token.condition, call.command),
    };
    push(call, row, name, &token, value, place);
}

/// Flags that no table lists, but whose names say that they take no value.
fn takes_nothing(name: &str) -> bool {
    name.starts_with("--no-") || name.starts_with("--clear-")
}

/// `-itp 80:80`, `-p80:80`: letters in one word; the first that takes a value takes the rest.
fn stacked(
    call: &mut Call<'_>,
    tokens: &mut [Token],
    at: usize,
    known: &Known<Text>,
    place: Span,
    trace: &mut Trace<'_>,
) {
    let token = tokens[at].clone();
    let letters = leading(&known.value);
    for (offset, letter) in letters.char_indices().skip(1) {
        let name = format!("-{letter}");
        let row = call.command.flag(&name);
        if !row.is_some_and(|(flag, _)| flag.action.takes_value()) {
            push(call, row, &name, &token, None, place);
            continue;
        }
        let rest = offset + letter.len_utf8();
        let rest = rest + usize::from(letters[rest..].starts_with('='));
        let whole = known.value.plain().is_some_and(|plain| plain.len() == rest);
        let value = if whole {
            take(tokens, at + 1, &token.condition, call.command)
        } else {
            Some(behind(known, rest, trace))
        };
        push(call, row, &name, &token, value, place);
        return;
    }
}

fn behind(known: &Known<Text>, from: usize, trace: &mut Trace<'_>) -> Value<Text> {
    let text = trace.behind(&known.value, from);
    match text.first_hole() {
        Some(hole) if text.is_wholly_unknown() && text.conditions().is_empty() => {
            Value::Unknown(hole.clone(), Some(trace.origin_of(&text, known.origin)))
        }
        _ => {
            let origin = match text.parts.as_slice() {
                [part] => part.origin.unwrap_or(known.origin),
                _ => trace.origin_behind(known, from),
            };
            Value::Known(Known { value: text, origin, overridable_by: known.overridable_by.clone() })
        }
    }
}

/// The value that follows a flag: the next word that can be there together with it, or several that
/// exclude each other.
fn take(tokens: &mut [Token], from: usize, condition: &Condition, command: &Command) -> Option<Value<Text>> {
    let mut taken: Vec<(Condition, Condition, Value<Text>)> = Vec::new();
    for token in tokens.iter_mut().skip(from) {
        if token.condition.contradicts(condition) {
            continue;
        }
        let known_flag = |name: &str| command.flag(name.split('=').next().unwrap_or(name)).is_some();
        let leading = token.leading();
        if is_flag(&leading) && (leading.starts_with("--") || known_flag(&leading)) {
            break;
        }
        if taken.iter().any(|(own, _, _)| !own.contradicts(&token.condition)) {
            break;
        }
        let value = match &token.value {
            Ok(value) => value.clone(),
            Err(unknown) => Value::Unknown(unknown.clone(), None),
        };
        // An unknown number of words may begin with the value and go on with flags.
        token.taken = token.value.is_ok();
        taken.push((token.condition.clone(), token.condition.without(condition), value));
        if condition.implies(&token.condition) {
            break;
        }
    }
    crate::platform::text::joined(taken.into_iter().map(|(_, beyond, value)| (beyond, value)).collect())
}

/// The words up to the next flag, each with the condition under which it is there.
fn take_all(tokens: &mut [Token], from: usize, condition: &Condition) -> Vec<(Condition, Value<Text>)> {
    let mut taken = Vec::new();
    for token in tokens.iter_mut().skip(from) {
        let Some(both) = token.condition.and(condition) else { continue };
        if token.is_flag() {
            break;
        }
        let Ok(value) = &token.value else { break };
        taken.push((both, value.clone()));
        token.taken = true;
    }
    taken
}

fn push(
    call: &mut Call<'_>,
    row: Option<(&'static Flag, bool)>,
    name: &str,
    token: &Token,
    value: Option<Value<Text>>,
    place: Span,
) {
    let Ok(word) = &token.value else { return };
    let (flag, negated) = row.map_or((None, false), |(flag, negated)| (Some(flag), negated));
    // `--quiet=true`: a switch with a value says the value.
    let value = match flag.map(|flag| flag.action) {
        Some(Action::Bare) => None,
        _ => value,
    };
    call.arguments.push(Argument {
        flag,
        negated,
        written: name.into(),
        condition: token.condition.clone(),
        value,
        word: word.clone(),
        place,
    });
}
