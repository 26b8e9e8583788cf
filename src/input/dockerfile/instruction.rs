//! From a logical line to an instruction.

use crate::diagnostic::{Diagnostic, nearest};
use crate::input::dockerfile::lines::{Lines, Logical, is_delimiter};
use crate::input::dockerfile::words::{self, Word};
use crate::input::dockerfile::{Body, Command, Dockerfile, Heredoc, Instruction, Pair, Stage};
use crate::input::problem::shortened;
use crate::source::{Span, TextMap};

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Reads one instruction with its here-documents into the file.
pub(super) fn read(line: Logical, lines: &mut Lines<'_>, file: &mut Dockerfile) {
    let Some(mut instruction) = parse(&line, 0, file, true) else { return };
    instruction.heredocs = heredocs(&instruction, &line, lines, file);
    if !instruction.heredocs.is_empty() {
        instruction.span = instruction.span.cover(lines.end_of_last_line());
    }
    if instruction.keyword == "FROM" {
        from(instruction, file);
        return;
    }
    match (file.stages.last_mut(), instruction.body) {
        (Some(stage), body) => stage.instructions.push(Instruction { body, ..instruction }),
        (None, Body::Pairs(pairs)) if instruction.keyword == "ARG" => file.globals.extend(pairs),
        (None, _) => file.diagnostics.push(
            Diagnostic::error(
                "dockerfile-syntax",
                instruction.keyword_span,
                format!("`{}` stands before the first `FROM`", instruction.keyword),
            )
            .with_label("only ARG may stand here")
            .with_help("move it below a `FROM`"),
        ),
    }
}

/// The instruction that begins at byte `from` of a line.
fn parse(line: &Logical, from: usize, file: &mut Dockerfile, may_nest: bool) -> Option<Instruction> {
    let rest = line.text.get(from..)?;
    let written = rest.split([' ', '\t']).next().unwrap_or_default();
    let keyword = written.to_ascii_uppercase();
    let keyword_span = line.span(from, from + written.len());
    if !KEYWORDS.contains(&keyword.as_str()) {
        let hint = nearest(&keyword, KEYWORDS).map_or_else(
            || "continue the line before with a backslash, or remove this one".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        // Only what looks like an instruction is repeated: a stray line may hold anything.
        let is_word = written.len() <= 20 && written.chars().all(|c| c.is_ascii_alphabetic());
        let message = match is_word {
            true => format!("unknown instruction `{written}`"),
            false => "no instruction begins this line".to_owned(),
        };
        file.diagnostics.push(
            Diagnostic::error("dockerfile-syntax", keyword_span, message)
                .with_label("this line is skipped")
                .with_help(hint),
        );
        return None;
    }
    let mut parser = Parser { line, keyword: &keyword, keyword_span, file };
    let at = from + written.len();
    let (flags, at) = parser.flags(at);
    let body = parser.body(at, may_nest)?;
    let span = line.span(from, line.text.len());
    Some(Instruction { keyword, keyword_span, span, flags, body, heredocs: Vec::new() })
}

struct Parser<'p> {
    line: &'p Logical,
    keyword: &'p str,
    keyword_span: Span,
    file: &'p mut Dockerfile,
}

impl Parser<'_> {
    fn complain<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        self.file.diagnostics.push(
            Diagnostic::error("dockerfile-syntax", span, message)
                .with_label("this is skipped")
                .with_help(help),
        );
        None
    }

    fn skip_blanks(&self, at: usize) -> usize {
        let rest = self.line.text.get(at..).unwrap_or_default();
        at + rest.len() - rest.trim_start().len()
    }

    /// Leading `--name=value` words of the instructions that take some, and where the rest begins.
    fn flags(&self, at: usize) -> (Vec<Pair>, usize) {
        let mut at = self.skip_blanks(at);
        let mut flags = Vec::new();
        if !matches!(self.keyword, "FROM" | "RUN" | "COPY" | "ADD" | "HEALTHCHECK") {
            return (flags, at);
        }
        while self.line.text.get(at..).is_some_and(|rest| rest.starts_with("--")) {
            let Some(&(start, end)) = words::split(self.line, at).first() else { break };
            flags.push(self.pair(start, end));
            at = self.skip_blanks(end);
        }
        (flags, at)
    }

    /// A word as `name=value`, or as a name alone. Flags keep their dashes.
    fn pair(&self, start: usize, end: usize) -> Pair {
        let raw = self.line.text.get(start..end).unwrap_or_default();
        let name_end = raw.find('=').map_or(end, |equals| start + equals);
        let name = Word::of(self.line, start, name_end);
        let value = (name_end < end).then(|| Word::of(self.line, name_end + 1, end));
        Pair { name: name.text, name_span: name.span, value, span: self.line.span(start, end) }
    }

    fn body(&mut self, at: usize, may_nest: bool) -> Option<Body> {
        let rest = self.line.text.get(at..).unwrap_or_default();
        if rest.trim().is_empty() {
            let message = format!("`{}` has no argument", self.keyword);
            return self.complain(self.keyword_span, message, "give it one, or remove the line");
        }
        match self.keyword {
            "ENV" | "LABEL" => self.pairs(at).map(Body::Pairs),
            "ARG" => {
                let words = words::split(self.line, at);
                Some(Body::Pairs(words.into_iter().map(|(start, end)| self.pair(start, end)).collect()))
            }
            "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" => Some(Body::Command(self.command(at))),
            "HEALTHCHECK" => self.healthcheck(at),
            "ONBUILD" if may_nest => {
                parse(self.line, at, self.file, false).map(|inner| Body::OnBuild(Box::new(inner)))
            }
            "ONBUILD" => {
                let message = "`ONBUILD` cannot hold another `ONBUILD`".to_owned();
                self.complain(self.keyword_span, message, "remove one of them")
            }
            _ => Some(Body::Words(self.words(at))),
        }
    }

    fn words(&self, at: usize) -> Vec<Word> {
        if let Some(list) = self.exec_list(at) {
            return list;
        }
        let of = |(start, end)| Word::of(self.line, start, end);
        words::split(self.line, at).into_iter().map(of).collect()
    }

    /// `A=1 B="two"`, or the old form `A the rest of the line`.
    fn pairs(&mut self, at: usize) -> Option<Vec<Pair>> {
        let words = words::split(self.line, at);
        let &(start, end) = words.first()?;
        let first = self.line.text.get(start..end).unwrap_or_default();
        if !first.contains('=') {
            let value_start = self.skip_blanks(end);
            if value_start >= self.line.text.len() {
                let message = format!("`{}` gives `{}` no value", self.keyword, shortened(first));
                let help = "write `NAME=value`; an empty value is `NAME=`";
                return self.complain(self.line.span(start, end), message, help);
            }
            let name = Word::of(self.line, start, end);
            let value = Word::of(self.line, value_start, self.line.text.len());
            let span = self.line.span(start, self.line.text.len());
            return Some(vec![Pair { name: name.text, name_span: name.span, value: Some(value), span }]);
        }
        let mut pairs = Vec::with_capacity(words.len());
        for (start, end) in words {
            let pair = self.pair(start, end);
            if pair.value.is_none() || pair.name.is_empty() {
                // The word itself may be the rest of a secret, and is not repeated.
                let message = format!("a word of this `{}` is no `NAME=value`", self.keyword);
                self.complain::<()>(pair.span, message, "quote values that hold blanks");
                continue;
            }
            pairs.push(pair);
        }
        Some(pairs)
    }

    fn command(&self, at: usize) -> Command {
        let span = self.line.span(at, self.line.text.len());
        if let Some(words) = self.exec_list(at) {
            return Command::Exec { words, span };
        }
        let text = self.line.text.get(at..).unwrap_or_default().to_owned();
        Command::Shell { map: submap(self.line, at, &text, span), text, span }
    }

    fn healthcheck(&mut self, at: usize) -> Option<Body> {
        let rest = self.line.text.get(at..).unwrap_or_default();
        let word = rest.split([' ', '\t']).next().unwrap_or_default();
        match word.to_ascii_uppercase().as_str() {
            "NONE" => Some(Body::Healthcheck(None)),
            "CMD" => Some(Body::Healthcheck(Some(self.command(self.skip_blanks(at + word.len()))))),
            _ => {
                let message = format!("`HEALTHCHECK` takes CMD or NONE, not `{}`", shortened(word));
                let span = self.line.span(at, at + word.len());
                self.complain(span, message, "write `HEALTHCHECK CMD <command>` or `HEALTHCHECK NONE`")
            }
        }
    }

    /// The elements of `["a", "b"]`. Anything that is not exactly a JSON list of texts is a shell form,
    /// as for the builder.
    fn exec_list(&self, at: usize) -> Option<Vec<Word>> {
        let text = self.line.text.get(at..)?.trim_end();
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        let base = at + 1;
        let mut words = Vec::new();
        let mut offset = inner.len() - inner.trim_start().len();
        while offset < inner.len() {
            let rest = inner.get(offset..)?;
            let (element, length) = words::json_text(rest)?;
            words.push(Word::literal(element, self.line.span(base + offset, base + offset + length)));
            let after = rest.get(length..)?.trim_start();
            match after.strip_prefix(',') {
                Some(next) if !next.trim_start().is_empty() => {
                    offset = inner.len() - next.trim_start().len();
                }
                None if after.is_empty() => break,
                _ => return None,
            }
        }
        Some(words)
    }
}

/// The map of the part of a logical line from `at` on, as a text of its own.
fn submap(line: &Logical, at: usize, text: &str, span: Span) -> TextMap {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let file = |offset: usize| line.span(offset, offset).start;
    let mut anchors = vec![(0, file(at))];
    let mut expected = file(at);
    for (offset, c) in text.char_indices() {
        let place = file(at + offset);
        if place != expected {
            anchors.push((number(offset), place));
        }
        expected = place + number(c.len_utf8());
    }
    TextMap::stretches(line.map.source(), anchors, span)
}

/// Here-documents that the instruction's words announce: `<<EOF`, `<<-EOF`, `3<<"EOF"`.
fn heredocs(
    instruction: &Instruction,
    line: &Logical,
    lines: &mut Lines<'_>,
    file: &mut Dockerfile,
) -> Vec<Heredoc> {
    let mut all = Vec::new();
    if !matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
        return all;
    }
    for (start, end) in words::split(line, 0) {
        let raw = line.text.get(start..end).unwrap_or_default();
        let Some(word) = raw.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<") else {
            continue;
        };
        let (strip_tabs, word) = word.strip_prefix('-').map_or((false, word), |word| (true, word));
        let delimiter = word.trim_matches(['"', '\'']);
        if !is_delimiter(delimiter) {
            continue;
        }
        match lines.heredoc(delimiter, delimiter.len() != word.len(), strip_tabs) {
            Some(heredoc) => all.push(heredoc),
            None => file.diagnostics.push(
                Diagnostic::error(
                    "dockerfile-syntax",
                    line.span(start, end),
                    format!("the here-document `{delimiter}` is never closed"),
                )
                .with_label("opened here")
                .with_help(format!("end it with a line that holds only `{delimiter}`")),
            ),
        }
    }
    all
}

/// Begins a stage: `FROM [--platform=P] image [AS name]`.
fn from(instruction: Instruction, file: &mut Dockerfile) {
    let Instruction { span, keyword_span, flags, body, .. } = instruction;
    let Body::Words(words) = body else { return };
    let mut words = words.into_iter();
    let Some(base) = words.next() else { return };
    let name = match (words.next(), words.next(), words.next()) {
        (None, ..) => None,
        (Some(keyword), Some(name), None) if keyword.text.eq_ignore_ascii_case("as") => Some(name),
        (Some(other), ..) => {
            file.diagnostics.push(
                Diagnostic::error(
                    "dockerfile-syntax",
                    other.span,
                    format!("`FROM` takes an image and `AS name`, not `{}`", shortened(&other.text)),
                )
                .with_label("not read")
                .with_related(keyword_span, "this FROM")
                .with_help("write `FROM image AS name`"),
            );
            None
        }
    };
    let platform = flags.into_iter().find(|flag| flag.name == "--platform").and_then(|flag| flag.value);
    file.stages.push(Stage { span, base, name, platform, instructions: Vec::new() });
}
