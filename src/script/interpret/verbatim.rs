//! Where the characters of a literal stand in its file.

use std::ops::Range;

/// The stretches of a literal's text that stand verbatim in `written` (the characters of the literal
/// with its quotes, or a piece of it without), each as a range of the text and its offset in `written`.
/// `None` if the two do not fit together: then the literal can only be pointed at as a whole.
pub(super) fn stretches(written: &str, text: &str) -> Option<Vec<(Range<usize>, usize)>> {
    let open = quotes(written);
    let mut best = None;
    for (start, end) in [(0, written.len()), open] {
        if let Some(found) = written.get(start..end).and_then(|content| align(content, start, text)) {
            best = best.or(Some(found));
        }
    }
    best
}

/// The range between the quotes: behind a prefix of at most two letters or a dollar sign.
fn quotes(written: &str) -> (usize, usize) {
    let prefix = written
        .char_indices()
        .take(3)
        .take_while(|(_, c)| c.is_ascii_alphabetic() || *c == '$')
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let quoted = written.get(prefix..).unwrap_or_default();
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        let inner = quoted.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote));
        if let Some(inner) = inner {
            return (prefix + quote.len(), prefix + quote.len() + inner.len());
        }
    }
    (0, written.len())
}

fn align(content: &str, offset: usize, text: &str) -> Option<Vec<(Range<usize>, usize)>> {
    let mut stretches: Vec<(Range<usize>, usize)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let Some(c) = content.get(i..).and_then(|rest| rest.chars().next()) {
        let wanted = text.get(j..).and_then(|rest| rest.chars().next());
        let next = content.get(i + c.len_utf8()..).and_then(|rest| rest.chars().next());
        if wanted == Some(c) && !(c == '\\' && next == Some('\\')) {
            match stretches.last_mut() {
                Some((range, at)) if range.end == j && *at + range.len() == offset + i => {
                    range.end += c.len_utf8();
                }
                _ => stretches.push((j..j + c.len_utf8(), offset + i)),
            }
            j += c.len_utf8();
            i += c.len_utf8();
            // A doubled brace stands for one.
            if matches!(c, '{' | '}')
                && next == Some(c)
                && !text.get(j..).is_some_and(|rest| rest.starts_with(c))
            {
                i += 1;
            }
            continue;
        }
        match (c, next, wanted) {
            ('\\', Some('\n'), _) => i += 2,
            ('\\', Some('\r'), _) => i += 3,
            ('\\', Some(escaped), Some(wanted)) if escaped == wanted => {
                stretches.push((j..j + wanted.len_utf8(), offset + i + 1));
                i += 1 + escaped.len_utf8();
                j += wanted.len_utf8();
            }
            ('\\', Some('n' | 't' | 'r'), Some('\n' | '\t' | '\r')) => {
                i += 2;
                j += 1;
            }
            // Line breaks are read as one character.
            ('\r', Some('\n'), Some('\n')) => i += 1,
            _ => return None,
        }
    }
    (j == text.len()).then_some(stretches)
}

#[cfg(test)]
mod tests {
    use super::stretches;

    fn show(written: &str, text: &str) -> String {
        match stretches(written, text) {
            None => "whole".to_string(),
            Some(all) => {
                for (range, at) in &all {
                    assert_eq!(&text[range.clone()], &written[*at..*at + range.len()]);
                }
                all.iter()
                    .map(|(range, at)| format!("{}@{at}", &text[range.clone()]))
                    .collect::<Vec<_>>()
                    .join("|")
            }
        }
    }

    #[test]
    fn quotes_and_escapes_are_seen_through() {
        assert_eq!(show("512Mi", "512Mi"), "512Mi@0");
        assert_eq!(show("\"512Mi\"", "512Mi"), "512Mi@1");
        assert_eq!(show("f'512Mi'", "512Mi"), "512Mi@2");
        assert_eq!(show("r\"\"\"a b\"\"\"", "a b"), "a b@4");
        assert_eq!(show("\"a \\\n b\"", "a  b"), "a @1| b@5");
        assert_eq!(show("'say \\'x\\''", "say 'x'"), "say @1|'x@6|'@9");
        assert_eq!(show("\"a\\tb\"", "a\tb"), "a@1|b@4");
        assert_eq!(show("a{{b}}", "a{b}"), "a{@0|b}@3");
        assert_eq!(show("\"\\u00e9x\"", "éx"), "whole");
        assert_eq!(show("\"a\"", "b"), "whole");
    }
}
