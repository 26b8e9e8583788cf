//! From tokens to a tree, without recursion.

use crate::diagnostic::Diagnostic;
use crate::document::{Builder, Entry, NodeId, NodeKind, ScalarType, Style};
use crate::input::problem::{self, Problems};
use crate::input::{Limits, Read};
use crate::source::{Source, SourceId, Span};
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

/// What may come next in the innermost collection (or in the file).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// A value, or the end of a list in which nothing stands yet.
    FirstValue,
    /// A value after a comma, a colon, or at the beginning of the file.
    Value,
    FirstKey,
    Key,
    Colon,
    CommaOrEnd,
    /// The file's value is complete.
    Nothing,
}

enum Content {
    Items(Vec<NodeId>),
    Entries(Vec<Entry>),
}

struct Frame {
    start: usize,
    content: Content,
    /// The key whose value comes next.
    key: Option<(String, Span)>,
}

struct Reader<'t> {
    id: SourceId,
    limits: Limits,
    /// Bytes of the byte order mark, which the scanner does not see.
    mark: usize,
    text: &'t str,
    builder: Builder,
    problems: Problems,
    open: Vec<Frame>,
    root: Option<NodeId>,
    expect: Expect,
    /// The last comma, to report it if a bracket follows.
    comma: Span,
    trailing_commas: usize,
}

/// Reading ends here; the diagnostic is among the problems.
struct Stop(Span);

pub(super) fn read(source: &Source, id: SourceId, limits: &Limits) -> Read {
    let (text, mark) = source.text_after_mark();
    // JSON5 is not JSON: whatever loads these files would reject what is switched off here.
    let options = ScannerOptions {
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let mut scanner = Scanner::new(text, &options);
    let mut reader = Reader {
        id,
        limits: *limits,
        mark,
        text,
        builder: Builder::new(id),
        problems: Problems::default(),
        open: Vec::new(),
        root: None,
        expect: Expect::Value,
        comma: Span::beginning(id),
        trailing_commas: 0,
    };
    let stopped = reader.run(&mut scanner);
    reader.finish(stopped.err())
}

impl<'t> Reader<'t> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.id, start + self.mark, end + self.mark)
    }

    fn run(&mut self, scanner: &mut Scanner<'t>) -> Result<(), Stop> {
        loop {
            match scanner.scan() {
                Ok(Some(token)) => {
                    let span = self.span(scanner.token_start(), scanner.token_end());
                    self.token(token, span)?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let range = error.range();
                    let span = self.span(range.start, range.end.max(range.start));
                    let message = lower_first(&error.kind().to_string());
                    return self.syntax(span, message, "mend the syntax; what follows is not read");
                }
            }
        }
    }

    fn syntax(&mut self, span: Span, message: String, help: &str) -> Result<(), Stop> {
        let diagnostic = Diagnostic::error("json-syntax", span, format!("not valid JSON: {message}"));
        self.problems.add(diagnostic.with_label("the JSON cannot be read from here on").with_help(help));
        Err(Stop(span))
    }

    fn token(&mut self, token: Token<'t>, span: Span) -> Result<(), Stop> {
        match token {
            Token::CommentLine(text) | Token::CommentBlock(text) => {
                self.builder.comment(text.trim(), span);
                Ok(())
            }
            Token::OpenBrace => self.opens(Content::Entries(Vec::new()), Expect::FirstKey, span),
            Token::OpenBracket => self.opens(Content::Items(Vec::new()), Expect::FirstValue, span),
            Token::CloseBrace | Token::CloseBracket => self.closes(token == Token::CloseBrace, span),
            Token::Comma => self.comma(span),
            Token::Colon if self.expect == Expect::Colon => {
                self.expect = Expect::Value;
                Ok(())
            }
            Token::Colon => self.unexpected("`:`", span),
            Token::String(text) if matches!(self.expect, Expect::FirstKey | Expect::Key) => {
                self.key(text.into_owned(), span);
                Ok(())
            }
            Token::String(text) if self.after_missing_comma(span, true) => {
                self.key(text.into_owned(), span);
                Ok(())
            }
            Token::String(text) => self.scalar(text.into_owned(), Style::Quoted, ScalarType::Text, span),
            Token::Boolean(value) => {
                self.scalar(value.to_string(), Style::Plain, ScalarType::Bool(value), span)
            }
            Token::Null => self.scalar("null".to_owned(), Style::Plain, ScalarType::Null, span),
            Token::Number(text) => self.scalar(text.to_owned(), Style::Plain, number(text), span),
            // The word is not repeated: it may be a secret whose quotes were forgotten.
            Token::Word(_) => {
                let message = "a word without quotes is no JSON value".to_owned();
                self.syntax(span, message, "put texts and keys in double quotes")
            }
        }
    }

    fn unexpected(&mut self, what: &str, span: Span) -> Result<(), Stop> {
        let wanted = match self.expect {
            Expect::FirstValue | Expect::Value => "a value",
            Expect::FirstKey | Expect::Key => "a key in double quotes",
            Expect::Colon => "a `:`",
            Expect::CommaOrEnd => "a `,` or the closing bracket",
            Expect::Nothing => "the end of the file",
        };
        self.syntax(
            span,
            format!("{what} stands where {wanted} belongs"),
            "mend the syntax; what follows is not read",
        )
    }

    /// Whether a token stands where only a comma is missing before it. The mistake is told and reading
    /// goes on as if the comma were there.
    fn after_missing_comma(&mut self, span: Span, is_text: bool) -> bool {
        let Some(frame) = self.open.last().filter(|_| self.expect == Expect::CommaOrEnd) else {
            return false;
        };
        let in_mapping = matches!(frame.content, Content::Entries(_));
        if in_mapping && !is_text {
            return false;
        }
        self.problems.add(
            Diagnostic::error("json-syntax", span, "a `,` is missing before this")
                .with_label("read as if the comma were there")
                .with_help("separate entries with commas"),
        );
        self.expect = if in_mapping { Expect::Key } else { Expect::Value };
        in_mapping
    }

    /// Makes sure that a value may stand here.
    fn value_fits(&mut self, span: Span) -> Result<(), Stop> {
        self.after_missing_comma(span, false);
        if matches!(self.expect, Expect::FirstValue | Expect::Value) {
            return Ok(());
        }
        self.unexpected("this", span)
    }

    fn opens(&mut self, content: Content, expect: Expect, span: Span) -> Result<(), Stop> {
        self.value_fits(span)?;
        if self.open.len() >= self.limits.depth {
            self.problems.add(problem::too_deep(span, self.limits.depth));
            return Err(Stop(span));
        }
        self.open.push(Frame { start: span.start as usize, content, key: None });
        self.expect = expect;
        Ok(())
    }

    fn closes(&mut self, brace: bool, span: Span) -> Result<(), Stop> {
        let fits = match (self.open.last().map(|frame| &frame.content), self.expect) {
            (Some(Content::Items(_)), Expect::FirstValue | Expect::Value | Expect::CommaOrEnd) => !brace,
            (Some(Content::Entries(_)), Expect::FirstKey | Expect::Key | Expect::CommaOrEnd) => brace,
            _ => false,
        };
        if !fits {
            return self.unexpected(if brace { "`}`" } else { "`]`" }, span);
        }
        if matches!(self.expect, Expect::Value | Expect::Key) {
            self.trailing_comma();
        }
        if let Some(frame) = self.open.pop() {
            self.close(frame, span.end as usize);
        }
        self.within_budget(span)
    }

    fn trailing_comma(&mut self) {
        self.trailing_commas += 1;
        // Whoever writes one writes many; one is enough to tell.
        if self.trailing_commas > 1 {
            return;
        }
        self.problems.add(
            Diagnostic::warning(
                "json-syntax",
                self.comma,
                "a comma before a closing bracket is not strict JSON",
            )
            .with_label("nothing follows it")
            .with_help("remove the comma; many tools refuse the file"),
        );
    }

    fn comma(&mut self, span: Span) -> Result<(), Stop> {
        let Some(frame) = self.open.last().filter(|_| self.expect == Expect::CommaOrEnd) else {
            return self.unexpected("`,`", span);
        };
        self.expect = if matches!(frame.content, Content::Entries(_)) { Expect::Key } else { Expect::Value };
        self.comma = span;
        Ok(())
    }

    fn key(&mut self, text: String, span: Span) {
        if let Some(frame) = self.open.last_mut() {
            frame.key = Some((text, span));
            self.expect = Expect::Colon;
        }
    }

    fn scalar(&mut self, text: String, style: Style, kind: ScalarType, span: Span) -> Result<(), Stop> {
        self.value_fits(span)?;
        let node = NodeKind::Scalar { text, style, kind, template: None };
        self.node(node, span);
        self.within_budget(span)
    }

    fn close(&mut self, frame: Frame, end: usize) {
        let span = Span::new(self.id, frame.start, end);
        let kind = match frame.content {
            Content::Items(items) => NodeKind::Sequence(items),
            Content::Entries(entries) => {
                self.problems.duplicate_keys(&entries);
                NodeKind::Mapping(entries)
            }
        };
        self.node(kind, span);
    }

    fn node(&mut self, kind: NodeKind, span: Span) {
        let id = self.builder.node(kind, span);
        match self.open.last_mut() {
            None => {
                self.root = Some(id);
                self.expect = Expect::Nothing;
            }
            Some(frame) => {
                match (&mut frame.content, frame.key.take()) {
                    (Content::Items(items), _) => items.push(id),
                    (Content::Entries(entries), Some((key, key_span))) => {
                        entries.push(Entry { key, key_span, value: id, merged: None });
                    }
                    (Content::Entries(_), None) => {}
                }
                self.expect = Expect::CommaOrEnd;
            }
        }
    }

    fn within_budget(&mut self, span: Span) -> Result<(), Stop> {
        if self.builder.len() > self.limits.nodes {
            self.problems.add(problem::too_many(span, self.limits.nodes));
            return Err(Stop(span));
        }
        Ok(())
    }

    /// Closes what is still open and hands over what was read.
    fn finish(mut self, stopped: Option<Stop>) -> Read {
        let end = self.text.len() + self.mark;
        let mut incomplete = stopped.map(|Stop(at)| at);
        if incomplete.is_none() && !self.open.is_empty() {
            let start = self.open.last().map_or(0, |frame| frame.start);
            let span = Span::new(self.id, start, start + 1);
            self.problems.add(
                Diagnostic::error("json-syntax", span, "a bracket is never closed")
                    .with_label("opened here")
                    .with_help("add the missing closing bracket"),
            );
            incomplete = Some(Span::new(self.id, end, end));
        }
        if incomplete.is_none() && self.root.is_none() && self.open.is_empty() {
            let span = Span::new(self.id, end, end);
            self.problems.add(
                Diagnostic::error("json-syntax", span, "not valid JSON: the file holds no value")
                    .with_help("write `{}` if nothing is meant, or remove the file"),
            );
        }
        let reach = incomplete.map_or(end, |at| at.start as usize);
        while let Some(mut frame) = self.open.pop() {
            if let (Content::Entries(entries), Some((key, key_span))) = (&mut frame.content, frame.key.take())
            {
                let kind = NodeKind::Scalar {
                    text: String::new(),
                    style: Style::Plain,
                    kind: ScalarType::Null,
                    template: Some("what follows a syntax error".to_owned()),
                };
                let value = self.builder.node(kind, Span::new(self.id, reach, reach));
                entries.push(Entry { key, key_span, value, merged: None });
            }
            self.close(frame, reach);
        }
        let mut documents = Vec::new();
        if let Some(root) = self.root {
            if let Some(at) = incomplete {
                self.builder.incomplete(at);
            }
            documents.push(self.builder.finish(root));
        }
        Read { documents, diagnostics: self.problems.finish() }
    }
}

fn number(text: &str) -> ScalarType {
    match text.parse() {
        Ok(int) => ScalarType::Int(int),
        Err(_) => text.parse().map_or(ScalarType::Text, ScalarType::Float),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
