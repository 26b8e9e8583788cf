//! Port numbers that a command line fixes: `--bind 0.0.0.0:8000`, `http://localhost:8000/health`.

use crate::input::dockerfile::{Command, Modifier, Piece, Scope, Word, variable};
use crate::model::BoundPort;
use crate::platform::trace::Trace;
use crate::source::{Span, TextMap};
use crate::value::{Known, Number, Reason, Scalar, Unknown, Value};
use std::ops::Range;

/// Options whose value is a port, or an address with one, with the servers that have them.
const OPTIONS: &[&str] = &[
    "--port",        // uvicorn, hypercorn, streamlit, http-server, flask
    "-p",            // http-server, redis-cli, pg_isready
    "--bind",        // gunicorn, hypercorn
    "-b",            // gunicorn
    "--listen",      // waitress, caddy
    "--server.port", // streamlit, spring
    "--http",        // uwsgi, php built-in servers
    "--address",     // many Go programs
    "--addr",
    "-l", // serve
];

/// Hosts that mean this container.
const OWN: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::]", "[::1]", "*", ""];

/// The ports that a command fixes. `image` holds the variables that the image sets.
pub(super) fn ports(command: &Command, image: &Scope, trace: &mut Trace<'_>) -> Vec<BoundPort> {
    match command {
        Command::Shell { text, map, .. } => of_shell(text, map, image, trace),
        Command::Exec { words, .. } => match shell_of(words) {
            Some(script) => of_shell(&script.text, &map_of(script, trace), image, trace),
            None => of_words(words, trace),
        },
    }
}

/// The script of `["sh", "-c", "..."]`.
fn shell_of(words: &[Word]) -> Option<&Word> {
    let [program, option, script, ..] = words else { return None };
    let name = program.text.rsplit('/').next()?;
    (matches!(name, "sh" | "bash" | "ash" | "dash") && option.text.ends_with('c')).then_some(script)
}

/// The way back from a quoted word's text: what stands between escapes and continued lines stands in the
/// file as it is. The whole word where the two cannot be matched.
fn map_of(word: &Word, trace: &Trace<'_>) -> TextMap {
    let written = trace.sources.slice(word.span);
    let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let anchors = inner.and_then(|inner| anchors(inner, &word.text, word.span.start as usize + 1));
    match anchors {
        Some(anchors) => TextMap::stretches(word.span.source, anchors, word.span),
        None => TextMap::whole(word.span),
    }
}

/// Where each stretch of a decoded string begins in the text and, from `base` on, in the file.
fn anchors(written: &str, text: &str, base: usize) -> Option<Vec<(u32, u32)>> {
    let number = |n: usize| u32::try_from(n).ok();
    let mut anchors = vec![(0, number(base)?)];
    let (mut at, mut offset) = (0, 0);
    while let Some(c) = written.get(offset..)?.chars().next() {
        if c != '\\' {
            text.get(at..)?.starts_with(c).then_some(())?;
            at += c.len_utf8();
            offset += c.len_utf8();
            continue;
        }
        let rest = written.get(offset + 1..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let continued = rest.get(blanks..)?;
        if continued.starts_with(['\n', '\r']) {
            // A continued line: nothing of the text.
            offset += 1 + blanks + if continued.starts_with("\r\n") { 2 } else { 1 };
        } else {
            // An escape is one character of the text, of whatever length.
            at += text.get(at..)?.chars().next()?.len_utf8();
            offset += if rest.starts_with('u') { 6 } else { 1 + rest.chars().next()?.len_utf8() };
        }
        anchors.push((number(at)?, number(base + offset)?));
    }
    (at == text.len()).then_some(anchors)
}

fn of_shell(text: &str, map: &TextMap, image: &Scope, trace: &mut Trace<'_>) -> Vec<BoundPort> {
    let mut before = "";
    let mut found = Vec::new();
    for range in words(text) {
        let word = text.get(range.clone()).unwrap_or_default();
        if let Some(port) = port_in(before, word)
            && let Some(port) =
                read(word, port, |r| map.span(range.start + r.start, range.start + r.end), Some(image), trace)
        {
            found.push(port);
        }
        before = word;
    }
    found
}

/// Without a shell nothing is expanded, so that only numbers count.
fn of_words(words: &[Word], trace: &mut Trace<'_>) -> Vec<BoundPort> {
    let mut before = "";
    let mut found = Vec::new();
    for word in words {
        // One element may hold a whole program: `python -c "..."`.
        let map = map_of(word, trace);
        for range in self::words(&word.text) {
            let part = word.text.get(range.clone()).unwrap_or_default();
            let span = |r: Range<usize>| map.span(range.start + r.start, range.start + r.end);
            if let Some(port) = port_in(before, part)
                && let Some(port) = read(part, port, span, None, trace)
            {
                found.push(port);
            }
            before = part;
        }
    }
    found
}

/// The byte ranges of a command line's words without quotes. What a port can stand in holds no blanks.
fn words(text: &str) -> Vec<Range<usize>> {
    let separates = |c: char| {
        c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')' | '<' | '>' | '"' | '\'' | '`' | ',')
    };
    let mut all = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if separates(c) {
            all.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
    }
    all.extend(start.map(|start| start..text.len()));
    all
}

/// Where a port may begin in a word.
#[derive(Clone, Copy)]
struct Place {
    offset: usize,
    asked: bool,
}

/// Where in a word a port may begin, by the word before it.
fn port_in(before: &str, word: &str) -> Option<Place> {
    let listened_on = |offset| Some(Place { offset, asked: false });
    if let Some((option, value)) = word.split_once('=')
        && (OPTIONS.contains(&option) || option == "PORT")
    {
        let behind = option.len() + 1;
        return listened_on(behind + port_of_address(value));
    }
    if OPTIONS.contains(&before) {
        return listened_on(port_of_address(word));
    }
    // `nc -z localhost 8000`
    if matches!(before, "localhost" | "127.0.0.1" | "0.0.0.0") && word.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Place { offset: 0, asked: true });
    }
    // Nobody listens at a URL.
    own_port(word).map(|offset| Place { offset, asked: word.contains("://") })
}

/// Where the port begins in the value of an option that binds: behind any host that is this container's
/// or a variable's, else at once.
fn port_of_address(value: &str) -> usize {
    let behind_variable = || {
        let (_, end) = value.starts_with('$').then(|| variable(value, 0)).flatten()?;
        value.get(end..)?.starts_with(':').then_some(end + 1)
    };
    own_port(value).or_else(behind_variable).unwrap_or(0)
}

/// Where the port begins behind an own host: `0.0.0.0:8000`, `http://localhost:8000/x`, `:8000`.
fn own_port(word: &str) -> Option<usize> {
    let host_at = word.find("://").map_or(0, |scheme| scheme + 3);
    let authority = word.get(host_at..)?;
    OWN.iter()
        .filter_map(|host| authority.strip_prefix(host)?.strip_prefix(':').map(|_| host_at + host.len() + 1))
        .next()
}

/// The port that stands at `at` of a word.
fn read(
    word: &str,
    Place { offset: at, asked }: Place,
    span: impl Fn(Range<usize>) -> Span,
    image: Option<&Scope>,
    trace: &mut Trace<'_>,
) -> Option<BoundPort> {
    let rest = word.get(at..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let ends = !matches!(rest.as_bytes().get(digits), Some(b'.' | b':' | b'-' | b'_'))
            && !rest.get(digits..)?.starts_with(|c: char| c.is_alphanumeric());
        let number = port(rest.get(..digits)?).filter(|_| ends)?;
        let place = span(at..at + digits);
        let origin = trace.written(place);
        let value = Value::known(number, origin);
        return Some(BoundPort { value, span: place, honours_variable: false, asked });
    }
    let image = image.filter(|_| rest.starts_with('$'))?;
    let (Piece::Variable { name, modifier }, end) = variable(word, at)? else { return None };
    let place = span(at..end);
    let set = image.get(&name).and_then(|value| value.as_known());
    let default = match &modifier {
        Modifier::Default(default) => port(default),
        _ => None,
    };
    let set = set.and_then(|known| Some((port(&known.value.plain()?)?, known.origin)));
    let by = Some(name.as_str().into());
    let value = match (set, default) {
        // What the image sets, whoever runs it may set otherwise.
        (Some((value, origin)), _) => Value::Known(Known { value, origin, overridable_by: by }),
        (None, Some(value)) => {
            Value::Known(Known { value, origin: trace.written(place), overridable_by: by })
        }
        (None, None) => {
            let input = name.as_str().into();
            Value::Unknown(Unknown { input, reason: Reason::Environment, span: place }, None)
        }
    };
    Some(BoundPort { value, span: place, honours_variable: name == "PORT", asked })
}

fn port(text: &str) -> Option<Scalar> {
    let number: u16 = text.parse().ok().filter(|&number| number > 0)?;
    Some(Scalar::Number(Number::Int(number.into())))
}
