//! The text that is handed to the grammar, where it has to differ from the script.
//!
//! The grammar misreads five things that stand in real scripts: line breaks with a carriage return, the
//! second expansion in an unquoted word (`$A/$B/c`, its issue 315), a lone `-` before a here-document, a
//! semicolon in the default of an expansion (`${A:-b;c}`), and a loop on the line behind several
//! assignments, which it takes for a command with these variables. They are rewritten before parsing, and
//! every place in the tree is led back to the script as it is: what is lowered is always the script's own
//! characters.

use super::Placeholder;
use std::borrow::Cow;

/// A text for the parser with the way back.
pub(super) struct Masked<'a> {
    pub text: Cow<'a, str>,
    /// Offsets in `text` of characters that the script does not have.
    inserted: Vec<usize>,
}

impl<'a> Masked<'a> {
    pub fn new(text: &'a str) -> Masked<'a> {
        let text = with_ended_assignments(without_carriage_returns(text));
        let braces = braces(&text);
        let mut hidden = lone_dashes(&text);
        hidden.extend(semicolons(&text));
        hidden.sort_unstable();
        if braces.is_empty() && hidden.is_empty() {
            return Masked { text, inserted: Vec::new() };
        }
        let mut masked = String::with_capacity(text.len() + braces.len());
        let mut inserted = Vec::with_capacity(braces.len());
        let mut braces = braces.into_iter().peekable();
        let mut hidden = hidden.into_iter().peekable();
        for (at, c) in text.char_indices() {
            if let Some((_, brace)) = braces.next_if(|&(before, _)| before == at) {
                inserted.push(masked.len());
                masked.push(brace);
            }
            let is_hidden = hidden.next_if_eq(&at).is_some();
            masked.push(if is_hidden { '_' } else { c });
        }
        if let Some((_, brace)) = braces.next() {
            inserted.push(masked.len());
            masked.push(brace);
        }
        Masked { text: Cow::Owned(masked), inserted }
    }

    /// The offset in the script for one in the masked text.
    pub fn original(&self, offset: usize) -> usize {
        offset - self.inserted.partition_point(|&inserted| inserted < offset)
    }
}

/// The same text, of the same length, with an expansion in the place of each placeholder.
pub(super) fn without_placeholders<'a>(text: &'a str, placeholders: &[Placeholder]) -> Cow<'a, str> {
    if placeholders.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for Placeholder { range, .. } in placeholders {
        out.push_str(text.get(out.len()..range.start).unwrap_or_default());
        out.push_str("${");
        out.extend(std::iter::repeat_n('_', range.len().saturating_sub(3)));
        out.push('}');
    }
    out.push_str(text.get(out.len()..).unwrap_or_default());
    Cow::Owned(out)
}

/// The same text, of the same length, with `\n` alone for line breaks.
fn without_carriage_returns(text: &str) -> Cow<'_, str> {
    match text.contains("\r\n") {
        true => Cow::Owned(text.replace("\\\r\n", " \\\n").replace("\r\n", " \n")),
        false => Cow::Borrowed(text),
    }
}

/// The same text, of the same length, with a semicolon for the line break between several assignments and
/// a loop.
fn with_ended_assignments(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut ends = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let next = text.get(end..).unwrap_or_default().trim_start_matches([' ', '\t']);
        let is_loop = ["while ", "until ", "for ", "select "].iter().any(|word| next.starts_with(word));
        if is_loop && line.ends_with('\n') && is_several_assignments(line.trim()) {
            ends.push(end - 1);
        }
        start = end;
    }
    if ends.is_empty() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for end in ends {
        out.push_str(text.get(out.len()..end).unwrap_or_default());
        out.push(';');
    }
    out.push_str(text.get(out.len()..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_several_assignments(line: &str) -> bool {
    let is_assignment = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() > 1 && words.into_iter().all(is_assignment)
}

/// Braces that make `$A/$B/c` into `$A/${B}/c`, each with the offset it stands before. Quotes do not
/// matter: inside them a brace more or less changes no tree.
fn braces(text: &str) -> Vec<(usize, char)> {
    let bytes = text.as_bytes();
    let mut braces = Vec::new();
    let mut expanded_before = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'$' => {
                let name = bytes.get(at..).unwrap_or_default();
                let length = match name.first() {
                    Some(digit) if digit.is_ascii_digit() => 1,
                    Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
                        name.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count()
                    }
                    _ => 0,
                };
                if length > 0 && expanded_before {
                    braces.extend([(at, '{'), (at + length, '}')]);
                }
                expanded_before |= length > 0;
                at += length;
            }
            b'"' | b'\'' | b'`' | b';' | b'|' | b'&' | b'(' | b')' | b'<' | b'>' => expanded_before = false,
            _ if byte.is_ascii_whitespace() => expanded_before = false,
            _ => {}
        }
    }
    braces
}

/// Offsets of `-` as a word of its own right before `<<`.
fn lone_dashes(text: &str) -> Vec<usize> {
    text.match_indices("<<")
        .filter_map(|(here, _)| {
            let before = text.get(..here)?.trim_end_matches([' ', '\t']);
            let rest = before.strip_suffix('-')?;
            rest.ends_with([' ', '\t']).then_some(rest.len())
        })
        .collect()
}

/// Offsets of semicolons in `${...}`, which end no command there; those of a command substitution in it
/// do. An expansion that does not end on its line is left as it is.
fn semicolons(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("${")) {
        from += found + 2;
        let (mut depth, mut commands, mut at) = (1_usize, 0_usize, from);
        let mut own = Vec::new();
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\n' | b'`' => break,
                b'\\' => at += 1,
                b'(' if commands > 0 || bytes.get(at.wrapping_sub(1)) == Some(&b'$') => commands += 1,
                b')' => commands = commands.saturating_sub(1),
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b';' if commands == 0 => own.push(at),
                _ => {}
            }
            at += 1;
            if depth == 0 {
                all.append(&mut own);
                break;
            }
        }
        // Nothing is looked at twice: expansions that nest without an end would cost a square of time.
        from = at;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::Masked;

    #[test]
    fn every_offset_leads_back() {
        let script = "run $A-é/$B/$1x -f - <<EOF\r\n'$c/$d'";
        let masked = Masked::new(script);
        assert_eq!(masked.text, "run $A-é/${B}/${1}x -f _ <<EOF \n'$c/${d}'");
        for word in ["run", "B", "x", "EOF", "d"] {
            let (there, here) = (masked.text.find(word).unwrap(), script.find(word).unwrap());
            assert_eq!(masked.original(there), here, "{word}");
        }
        assert_eq!(masked.original(masked.text.len()), script.len());
    }

    #[test]
    fn semicolons_end_no_command_in_an_expansion() {
        let script = "A=${B:-c;d;${E:-f;g}}; H=${I:-$(j; k);l}; ${M\n;n}";
        let masked = Masked::new(script);
        assert_eq!(masked.text, "A=${B:-c_d_${E:-f_g}}; H=${I:-$(j; k)_l}; ${M\n;n}");
    }
}
