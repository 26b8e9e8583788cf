//! Variables that one step of a job hands to the next through `$GITHUB_ENV`.
//!
//! `echo "NAME=value" >> "$GITHUB_ENV"` is `export NAME="value"` for the steps behind it. In a script that
//! branches or loops the value is unknown: which line was reached, only the run knows.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable>

use super::text;
use crate::document::Ref;
use crate::input::text_map;
use crate::source::{Source, Span, TextMap};
use std::ops::Range;

/// One variable that a step sets for the others.
#[derive(Debug)]
pub(super) struct Set<'a> {
    /// The scalar that holds the script.
    pub node: Ref<'a>,
    pub name: String,
    /// `export NAME="value"` with the map that leads into the file; `None` where the value is unknown.
    pub script: Option<(String, TextMap)>,
    /// The bytes of the script that `script` was made of, and how many bytes were put before them.
    pub range: Range<usize>,
    pub shift: usize,
    pub span: Span,
}

/// What `export` stands in for: the words of the line before its argument.
const EXPORT: &str = "export ";

/// The variables that a script sets for later steps, in order.
pub(super) fn sets<'a>(node: Ref<'a>, source: &Source) -> Vec<Set<'a>> {
    let script = node.text().unwrap_or_default();
    if !script.contains("GITHUB_ENV") {
        return Vec::new();
    }
    let map = text_map(source, node);
    let branches = script.lines().any(|line| {
        matches!(
            line.split_whitespace().next(),
            Some("if" | "case" | "for" | "while" | "until" | "else" | "function")
        )
    });
    let mut all = Vec::new();
    let mut start = 0;
    for line in script.split_inclusive('\n') {
        let from = start;
        start += line.len();
        let Some((argument, name)) = assignment(line) else { continue };
        let range = from + argument.start..from + argument.end;
        let span = map.span(range.start, range.end);
        let plain = !branches && !line.contains("||") && !line.contains("&&") && !line.contains('|');
        let written = source.slice(span);
        let exact = script.get(range.clone()) == Some(written);
        let made = (plain && exact).then(|| export(written, &name, span));
        all.push(Set { node, name, script: made, range, shift: EXPORT.len(), span });
    }
    all
}

/// `export NAME="value"` for `"NAME=value"`, with the map that leads back to it.
fn export(argument: &str, name: &str, span: Span) -> (String, TextMap) {
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let quotes = argument.len() - argument.trim_start_matches(['"', '\'']).len();
    let (opening, rest) = argument.split_at(quotes);
    let (name, value) = rest.split_at(name.len() + 1);
    let text = format!("{EXPORT}{name}{opening}{value}");
    let mut anchors = vec![(0, span.start), (number(EXPORT.len()), span.start + number(quotes))];
    let behind = span.start + number(quotes + name.len());
    anchors.push((number(EXPORT.len() + name.len()), behind));
    anchors.push((number(EXPORT.len() + name.len() + quotes), behind));
    anchors.dedup_by_key(|anchor| anchor.0);
    (text, TextMap::stretches(span.source, anchors, span))
}

/// The argument of `echo` in a line that appends it to the file of variables, and the variable's name.
fn assignment(line: &str) -> Option<(Range<usize>, String)> {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    let rest = trimmed.strip_prefix("echo ")?;
    let append = rest.rfind(">>")?;
    let target = rest.get(append + 2..)?.trim().trim_matches(['"', '\'']);
    if !matches!(target, "$GITHUB_ENV" | "${GITHUB_ENV}") {
        return None;
    }
    let argument = rest.get(..append)?.trim_end();
    let begin = indent + "echo ".len();
    let bare = argument.trim_start_matches(['"', '\'']);
    let (name, _) = bare.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (begin..begin + argument.len(), name.to_string()))
}

/// The placeholders `${{ }}` of a set's script, moved to where they stand in it.
pub(super) fn placeholders(set: &Set<'_>) -> Vec<text::Found> {
    let script = set.node.text().unwrap_or_default();
    let mut all = text::expressions(script);
    all.retain(|one| set.range.start <= one.range.start && one.range.end <= set.range.end);
    let moved = |range: Range<usize>| {
        range.start - set.range.start + set.shift..range.end - set.range.start + set.shift
    };
    all.into_iter().map(|one| text::Found { range: moved(one.range), inner: one.inner }).collect()
}

#[cfg(test)]
mod tests {
    use super::assignment;

    #[test]
    fn lines_that_append_to_the_file_of_variables() {
        let found = |line: &str| assignment(line).map(|(range, name)| (line[range].to_owned(), name));
        let expected = |argument: &str, name: &str| Some((argument.to_owned(), name.to_owned()));
        assert_eq!(found("  echo \"TAG=$X\" >> $GITHUB_ENV\n"), expected("\"TAG=$X\"", "TAG"));
        assert_eq!(found("echo TAG=1 >> \"$GITHUB_ENV\""), expected("TAG=1", "TAG"));
        assert_eq!(found("echo \"TAG=1\" >> $GITHUB_OUTPUT"), None);
        assert_eq!(found("echo done >> $GITHUB_ENV"), None);
    }
}
