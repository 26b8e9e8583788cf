//! Template expressions (`{{ .Values.memory }}`) in YAML that another tool fills in first.
//!
//! Such a file is often no YAML before it is rendered. Each expression is masked with as many bytes, so
//! that every span still holds: a line of nothing but expressions becomes line breaks (bytes count here,
//! not lines), and an expression beside other text becomes a word. `${{ }}` belongs to GitHub Actions,
//! is valid YAML, and is left alone.

/// Begins the word that stands for an expression: a private-use character, which no config contains.
pub(super) const MARK: char = '\u{e000}';

/// One masked expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask {
    /// Byte range in the file, with the braces.
    pub start: usize,
    pub end: usize,
    /// What stands between the braces, without trim markers: `.Values.memory`.
    pub expression: String,
    /// It stands on lines of its own, which were blanked.
    pub alone: bool,
}

impl Mask {
    /// Whether the expression yields text, rather than opening or closing a block or a comment.
    pub fn is_value(&self) -> bool {
        let word = self.expression.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let control = matches!(
            word,
            "if" | "else"
                | "end"
                | "range"
                | "with"
                | "define"
                | "block"
                | "endif"
                | "for"
                | "endfor"
                | "set"
        );
        // `$x := ...` binds a variable and yields nothing.
        let binds = self.expression.starts_with('$') && self.expression.contains(":=");
        !(control || binds || self.expression.is_empty() || self.expression.starts_with("/*"))
    }
}

/// The text with its expressions masked, and the masks in the order of the file. `None` if there is
/// nothing to mask.
pub(super) fn mask(text: &str) -> Option<(String, Vec<Mask>)> {
    if text.contains(MARK) {
        return None;
    }
    let mut masks = expressions(text);
    if masks.is_empty() {
        return None;
    }
    mark_lines_of_their_own(text, &mut masks);
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for mask in &masks {
        masked.push_str(text.get(end..mask.start)?);
        let length = mask.end - mask.start;
        if mask.alone {
            masked.extend(std::iter::repeat_n('\n', length));
        } else {
            masked.push(MARK);
            masked.extend(std::iter::repeat_n('x', length.saturating_sub(MARK.len_utf8())));
        }
        end = mask.end;
    }
    masked.push_str(text.get(end..)?);
    Some((masked, masks))
}

/// No expression that a person wrote is longer; without a bound a hostile file costs quadratic time.
const LONGEST: usize = 16 << 10;

/// Where a delimiter stands next; asked with growing offsets, so that the text is searched once.
struct Next<'t> {
    text: &'t str,
    delimiter: &'static str,
    found: Option<usize>,
}

impl<'t> Next<'t> {
    fn of(text: &'t str, delimiter: &'static str) -> Next<'t> {
        Next { text, delimiter, found: text.find(delimiter) }
    }

    /// The first delimiter at or after `at`, if it is near enough to end an expression.
    fn near(&mut self, at: usize) -> Option<usize> {
        while let Some(found) = self.found.filter(|&found| found < at) {
            let rest = self.text.get(found + 1..).unwrap_or_default();
            self.found = rest.find(self.delimiter).map(|offset| found + 1 + offset);
        }
        self.found.filter(|&found| found - at < LONGEST)
    }
}

/// All expressions of a text, in order. Braces that are not closed within [`LONGEST`] bytes are text.
pub(super) fn expressions(text: &str) -> Vec<Mask> {
    let bytes = text.as_bytes();
    let mut braces = Next::of(text, "}}");
    let mut percents = Next::of(text, "%}");
    let mut comments = Next::of(text, "*/");
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + found;
        at = start + 1;
        let close = match bytes.get(start + 1) {
            Some(b'{') => &mut braces,
            Some(b'%') => &mut percents,
            _ => continue,
        };
        let Some(end) = end_of_expression(bytes, start + 2, close, &mut comments) else { continue };
        at = end;
        if start > 0 && bytes.get(start - 1) == Some(&b'$') {
            continue;
        }
        let inner = text.get(start + 2..end - 2).unwrap_or_default();
        let inner = inner.strip_prefix('-').unwrap_or(inner);
        let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
        all.push(Mask { start, end, expression: inner.to_owned(), alone: false });
    }
    all
}

/// The byte after the closing braces of the expression whose inside begins at `inner`; braces in its own
/// strings and comments do not close it.
fn end_of_expression(
    bytes: &[u8],
    inner: usize,
    close: &mut Next<'_>,
    comments: &mut Next<'_>,
) -> Option<usize> {
    let first = close.near(inner)?;
    let body = bytes.get(inner..bytes.len().min(inner + LONGEST))?;
    let begin = body.iter().take_while(|b| matches!(b, b'-' | b' ' | b'\t')).count();
    if body.get(begin..begin + 2) == Some(b"/*") {
        let commented = comments.near(inner + begin + 2)?;
        return close.near(commented + 2).map(|at| at + 2);
    }
    let mut quote: Option<u8> = None;
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match quote {
            Some(b'"') if byte == b'\\' => at += 1,
            Some(open) if byte == open => quote = None,
            Some(b'"') if byte == b'\n' => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'`') => quote = Some(byte),
            None if body.get(at..at + 2) == Some(close.delimiter.as_bytes()) => return Some(inner + at + 2),
            None => {}
        }
        at += 1;
    }
    // A lone quote (`{{ x` }}`) must not swallow the file: then the first braces close.
    Some(first + 2)
}

/// Finds runs of expressions that share their lines with nothing else.
fn mark_lines_of_their_own(text: &str, masks: &mut [Mask]) {
    let bytes = text.as_bytes();
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut first = 0;
    while let Some(start) = masks.get(first).map(|mask| mask.start) {
        let mut last = first;
        while let (Some(this), Some(next)) = (masks.get(last), masks.get(last + 1)) {
            if !bytes.get(this.end..next.start).is_some_and(|between| between.iter().all(is_blank)) {
                break;
            }
            last += 1;
        }
        let end = masks.get(last).map_or(start, |mask| mask.end);
        let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t']);
        let after = bytes.get(end..).unwrap_or_default().iter().find(|b| !is_blank(b));
        let alone = (before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}']))
            && matches!(after, None | Some(b'\n' | b'\r'));
        for mask in masks.iter_mut().take(last + 1).skip(first) {
            mask.alone = alone;
        }
        first = last + 1;
    }
}

/// The expressions' masks that lie in a byte range.
pub(super) fn within(masks: &[Mask], start: usize, end: usize) -> &[Mask] {
    let from = masks.partition_point(|mask| mask.start < start);
    let to = masks.partition_point(|mask| mask.start < end);
    masks.get(from..to).unwrap_or_default()
}

/// Puts the expressions back into a scalar's text that was read from the masked file.
pub(super) fn restore(text: &str, source: &str, masks: &[Mask]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    for mask in masks.iter().filter(|mask| !mask.alone) {
        let Some(at) = rest.find(MARK) else { break };
        whole.push_str(rest.get(..at).unwrap_or_default());
        whole.push_str(source.get(mask.start..mask.end).unwrap_or_default());
        rest = rest.get(at + (mask.end - mask.start)..).unwrap_or_default();
    }
    whole.push_str(rest);
    whole
}

/// The expression of a scalar in a file that is YAML even before it is rendered: one that is nothing but
/// expressions, or names an object of Helm. Other braces (`docker ps --format '{{.Names}}'`) are text.
pub(super) fn expression_of(text: &str) -> Option<String> {
    if !text.contains("{{") {
        return None;
    }
    let all = expressions(text);
    let first = all.first()?;
    let whole = {
        let trimmed = text.trim();
        trimmed.starts_with("{{") && trimmed.ends_with("}}")
    };
    let helm = |expression: &str| {
        [".Values.", ".Release.", ".Chart.", ".Capabilities.", ".Files.", "include \""]
            .iter()
            .any(|object| expression.contains(object))
    };
    (whole || all.iter().any(|mask| helm(&mask.expression))).then(|| first.expression.clone())
}
