//! From events to a tree.

mod expand;

use crate::diagnostic::Diagnostic;
use crate::document::{Builder, Document, Entry, NodeId, NodeKind, ScalarType, Style};
use crate::input::problem::{self, Problems};
use crate::input::yaml::template::{self, Mask};
use crate::input::yaml::{scalar, words};
use crate::input::{Limits, Read};
use crate::source::{SourceId, Span};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag};
use std::collections::HashMap;

/// What came of one pass over the events.
pub(super) struct Outcome {
    pub read: Read,
    /// A syntax error was met.
    pub broken: bool,
    /// `{{ x }}` was met, which is a mapping in a mapping to YAML and a template to everybody else.
    pub braces_in_braces: bool,
}

/// A collection that is still open.
struct Frame {
    /// Byte offset of the bracket, or of the first child.
    start: usize,
    /// Byte offset of the last child's end.
    end: usize,
    flow: bool,
    anchor: usize,
    depth: usize,
    /// What the children add up to: see `Size`.
    size: Size,
    content: Content,
}

enum Content {
    Items(Vec<NodeId>),
    Entries { entries: Vec<Entry>, key: Option<Key>, merges: Vec<(usize, Span)> },
}

/// A key whose value has not come yet.
struct Key {
    text: String,
    span: Span,
    /// A plain `<<`.
    merge: bool,
}

/// How large a node is once aliases are expanded. Aliased children are shared in the arena, but whoever
/// walks the tree meets each of them again.
#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    height: usize,
}

const LEAF: Size = Size { nodes: 1, height: 1 };

pub(super) struct Reader<'t> {
    /// The file as it is.
    text: &'t str,
    masks: &'t [Mask],
    source: SourceId,
    limits: Limits,
    parser: Parser<'t, StrInput<'t>>,
    documents: Vec<Document>,
    problems: Problems,
    broken: bool,
    braces_in_braces: bool,
    /// Nodes of all documents, aliases expanded.
    nodes: usize,
    tree: Tree,
}

/// The document that is being read.
struct Tree {
    builder: Builder,
    /// By node.
    sizes: Vec<Size>,
    open: Vec<Frame>,
    root: Option<NodeId>,
    anchors: HashMap<usize, NodeId>,
}

impl Tree {
    fn new(source: SourceId) -> Tree {
        Tree {
            builder: Builder::new(source),
            sizes: Vec::new(),
            open: Vec::new(),
            root: None,
            anchors: HashMap::new(),
        }
    }

    fn node(&mut self, kind: NodeKind, span: Span, size: Size) -> NodeId {
        self.sizes.push(size);
        self.builder.node(kind, span)
    }

    fn size(&self, id: NodeId) -> Size {
        self.sizes.get(id.index()).copied().unwrap_or(LEAF)
    }
}

/// Reading cannot go on; the diagnostic is already among the problems.
struct Stop;

impl<'t> Reader<'t> {
    /// A reader of `masked`, which is `text` with its `masks` applied, byte for byte as long.
    pub(super) fn new(
        text: &'t str,
        masked: &'t str,
        masks: &'t [Mask],
        source: SourceId,
        limits: &Limits,
    ) -> Reader<'t> {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            // A licence or a commented-out block is often longer than the default of 96 lines.
            max_buffered_comment_events: 1 << 20,
            flow_nesting_limit: limits.depth,
            block_nesting_limit: limits.depth,
        };
        Reader {
            text,
            masks,
            source,
            limits: *limits,
            parser: Parser::new_from_str_with_options(masked, options),
            documents: Vec::new(),
            problems: Problems::default(),
            broken: false,
            braces_in_braces: false,
            nodes: 0,
            tree: Tree::new(source),
        }
    }

    pub(super) fn read(mut self) -> Outcome {
        loop {
            let event = match self.parser.next_event() {
                None => break,
                Some(Ok((Event::StreamEnd, _))) => break,
                Some(Ok((event, span))) => {
                    let range = span.byte_range().unwrap_or_default();
                    self.event(event, range.start, range.end)
                }
                Some(Err(error)) => {
                    self.syntax_error(&error);
                    // Documents after the broken one are as good as if they stood in a file of their own.
                    match self.parser.proceed_next_document() {
                        Ok(true) => Ok(()),
                        Ok(false) | Err(_) => Err(Stop),
                    }
                }
            };
            if event.is_err() {
                break;
            }
        }
        self.end_document(None);
        // Comments after the last document are the last document's.
        let Reader { mut documents, tree, .. } = self;
        if let Some(last) = documents.last_mut() {
            last.comments.extend(tree.builder.into_comments());
        }
        Outcome {
            read: Read { documents, diagnostics: self.problems.finish() },
            broken: self.broken,
            braces_in_braces: self.braces_in_braces,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    fn event(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), Stop> {
        match event {
            Event::Comment(..) => {
                let written = self.text.get(start..end).unwrap_or_default();
                let span = self.span(start, end);
                self.tree.builder.comment(written.trim_start_matches('#').trim(), span);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), start, end)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(style, anchor, start, Content::Items(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, _) => {
                let content = Content::Entries { entries: Vec::new(), key: None, merges: Vec::new() };
                self.open(style, anchor, start, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.tree.open.pop() {
                    let end = if frame.flow { end } else { frame.end };
                    self.close(frame, end)?;
                }
            }
            Event::Alias(anchor) => self.alias(anchor, start, end)?,
            Event::UnresolvedAlias(name) => {
                let span = self.span(start, end);
                self.problems.add(
                    Diagnostic::error(
                        "yaml-alias",
                        span,
                        format!("no anchor `&{name}` stands before this alias"),
                    )
                    .with_label("names nothing")
                    .with_help(
                        "define the anchor earlier in the same document, or quote the value if `*` is text",
                    ),
                );
                self.unreadable(format!("*{name}"), span)?;
            }
            Event::DocumentEnd => self.end_document(None),
            _ => {}
        }
        Ok(())
    }

    fn open(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        start: usize,
        content: Content,
    ) -> Result<(), Stop> {
        let depth = self.tree.open.len() + 1;
        if depth > self.limits.depth {
            return self.stop(problem::too_deep(self.span(start, start + 1), self.limits.depth), start);
        }
        let flow = matches!(style, StructureStyle::Flow);
        let size = LEAF;
        self.tree.open.push(Frame { start, end: start, flow, anchor, depth, size, content });
        Ok(())
    }

    /// Ends the document and the reading.
    fn stop(&mut self, diagnostic: Diagnostic, at: usize) -> Result<(), Stop> {
        self.problems.add(diagnostic);
        self.end_document(Some(self.span(at, at)));
        Err(Stop)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
    ) -> Result<(), Stop> {
        // The parser's span of a block scalar runs on to the next token; its own end is its last line's.
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let end = if block { end_of_block(self.text, start, end) } else { end };
        let span = self.span(start, end);
        let masks = template::within(self.masks, start, end);
        // An empty value comes as `~` without characters.
        let text = if style == ScalarStyle::Plain && span.is_empty() { "" } else { text };
        let text = match masks {
            [] => text.to_owned(),
            _ if block => self.text.get(start..end).unwrap_or_default().to_owned(),
            _ => template::restore(text, self.text, masks),
        };
        if anchor == 0 && self.wants_key() {
            let merge = style == ScalarStyle::Plain && text == "<<";
            self.key(Key { text, span, merge });
            return Ok(());
        }
        let template = match masks.first() {
            Some(mask) => Some(mask.expression.clone()),
            None if span.is_empty() => self.expression_below(end),
            None if block => None,
            None => template::expression_of(&text),
        };
        // A tag of the document's own (`!Ref x`, `!vault`) is for another tool to resolve.
        let custom = tag.filter(|tag| tag.is_custom() && tag.suffix() != "!" && !tag.suffix().is_empty());
        let template =
            template.or_else(|| custom.map(|tag| format!("{} {text}", tag.original()).trim().to_owned()));
        let (style, kind) = match style {
            ScalarStyle::Plain if tag.is_some() && !is_typed(tag) => (Style::Plain, ScalarType::Text),
            ScalarStyle::Plain if template.is_some() && !span.is_empty() => (Style::Plain, ScalarType::Text),
            ScalarStyle::Plain => (Style::Plain, scalar::core_type(&text)),
            ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, ScalarType::Text),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (Style::Quoted, ScalarType::Text),
        };
        let id = self.tree.node(NodeKind::Scalar { text, style, kind, template }, span, LEAF);
        self.count(LEAF, end)?;
        self.anchored(anchor, id);
        self.complete(id, span, None)
    }

    /// The expression on the lines below an empty value, which renders to that value:
    /// `labels:` over `{{ include "labels" . }}`.
    fn expression_below(&self, at: usize) -> Option<String> {
        let from = self.masks.partition_point(|mask| mask.start < at);
        let mask = self.masks.get(from).filter(|mask| mask.alone && mask.is_value())?;
        let between = self.text.get(at..mask.start)?;
        between.trim().trim_start_matches(':').trim().is_empty().then(|| mask.expression.clone())
    }

    fn wants_key(&self) -> bool {
        let frame = self.tree.open.last();
        matches!(frame.map(|frame| &frame.content), Some(Content::Entries { key: None, .. }))
    }

    fn key(&mut self, new: Key) {
        if let Some(frame) = self.tree.open.last_mut() {
            frame.end = frame.end.max(new.span.end as usize);
            if let Content::Entries { key, .. } = &mut frame.content {
                *key = Some(new);
            }
        }
    }

    fn anchored(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.tree.anchors.insert(anchor, id);
        }
    }

    /// Counts nodes against the budget.
    fn count(&mut self, size: Size, at: usize) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(size.nodes);
        if self.nodes > self.limits.nodes {
            return self.stop(problem::too_many(self.span(at, at), self.limits.nodes), at);
        }
        Ok(())
    }

    /// Puts a finished node where it belongs: under the waiting key, into the list, at the root, or as a
    /// key that is more than a plain scalar. `place` is where it was written: an alias's own characters.
    fn complete(&mut self, id: NodeId, place: Span, alias: Option<Span>) -> Result<(), Stop> {
        let size = self.tree.size(id);
        if self.wants_key() {
            let text = match &self.tree.builder.get(id).kind {
                NodeKind::Scalar { text, .. } => text.clone(),
                _ => self.text.get(place.range()).unwrap_or_default().to_owned(),
            };
            self.key(Key { text, span: place, merge: false });
            return Ok(());
        }
        let Some(frame) = self.tree.open.last_mut() else {
            self.tree.root = Some(id);
            return Ok(());
        };
        frame.end = frame.end.max(place.end as usize);
        frame.size.nodes = frame.size.nodes.saturating_add(size.nodes);
        frame.size.height = frame.size.height.max(size.height + 1);
        match &mut frame.content {
            Content::Items(items) => items.push(id),
            Content::Entries { entries, key, merges } => {
                if let Some(Key { text, span, merge }) = key.take() {
                    if merge {
                        merges.push((entries.len(), alias.unwrap_or(place)));
                    }
                    entries.push(Entry { key: text, key_span: span, value: id, merged: None });
                }
            }
        }
        Ok(())
    }

    /// Makes a node of a collection whose end has come.
    fn close(&mut self, frame: Frame, end: usize) -> Result<(), Stop> {
        let Frame { start, anchor, mut size, content, flow, depth, .. } = frame;
        let span = self.span(start, end);
        let kind = match content {
            Content::Items(items) => NodeKind::Sequence(items),
            Content::Entries { entries, merges, .. } => {
                self.braces_in_braces |= flow && self.is_braces_in_braces(span);
                self.report_duplicates(&entries);
                let entries =
                    if merges.is_empty() { entries } else { self.merge(entries, &merges, &mut size, end)? };
                NodeKind::Mapping(entries)
            }
        };
        let own = Size { nodes: 1, height: 1 };
        if depth + size.height > self.limits.depth + 2 {
            return self.stop(problem::too_deep(span, self.limits.depth), start);
        }
        self.count(own, end)?;
        let id = self.tree.node(kind, span, size);
        self.anchored(anchor, id);
        self.complete(id, span, None)
    }

    fn is_braces_in_braces(&self, span: Span) -> bool {
        let written = self.text.get(span.range()).unwrap_or_default();
        written.starts_with("{{") && written.ends_with("}}")
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        // Bytes inside a character cannot be underlined.
        let at = (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = self.span(at, at + width);
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            self.problems.add(problem::too_deep(span, self.limits.depth));
        } else {
            self.broken = true;
            let words = words::of(error.kind());
            self.problems.add(
                Diagnostic::error("yaml-syntax", span, format!("not valid YAML: {}", words.message))
                    .with_label("the YAML cannot be read from here on")
                    .with_help(words.help),
            );
        }
        self.end_document(Some(self.span(at, at)));
    }

    /// Hands over what was read of a document. `broken` is where reading had to stop, if it had to: then
    /// open collections are closed as far as they were read.
    fn end_document(&mut self, broken: Option<Span>) {
        while let Some(mut frame) = self.tree.open.pop() {
            if let (Some(at), Content::Entries { entries, key, .. }) = (broken, &mut frame.content)
                && let Some(Key { text, span, .. }) = key.take()
            {
                let kind = NodeKind::Scalar {
                    text: String::new(),
                    style: Style::Plain,
                    kind: ScalarType::Null,
                    template: Some("what follows a syntax error".to_owned()),
                };
                let value = self.tree.node(kind, at, LEAF);
                entries.push(Entry { key: text, key_span: span, value, merged: None });
            }
            self.abandon(frame);
        }
        let source = self.source;
        if let Some(root) = self.tree.root.take() {
            let mut tree = std::mem::replace(&mut self.tree, Tree::new(source));
            if let Some(at) = broken {
                tree.builder.incomplete(at);
            }
            self.documents.push(tree.builder.finish(root));
        } else {
            // Comments stay: they may stand before the next document.
            let comments = std::mem::replace(&mut self.tree, Tree::new(source)).builder.into_comments();
            for comment in comments {
                self.tree.builder.comment(comment.text, comment.span);
            }
        }
    }

    /// Closes a collection of a broken document: like [`Reader::close`], but nothing can stop it, and
    /// nothing is merged or reported any more.
    fn abandon(&mut self, frame: Frame) {
        let Frame { start, end, size, content, .. } = frame;
        let span = self.span(start, end);
        let kind = match content {
            Content::Items(items) => NodeKind::Sequence(items),
            Content::Entries { entries, .. } => NodeKind::Mapping(entries),
        };
        let id = self.tree.node(kind, span, size);
        // Completing a node that is already counted cannot stop.
        let _ = self.complete(id, span, None);
    }
}

/// The end of a block scalar's last line that is not blank, its trailing blanks included.
fn end_of_block(text: &str, start: usize, end: usize) -> usize {
    let written = text.get(start..end).unwrap_or_default();
    let content = written.trim_end().len();
    let blanks = written.get(content..).unwrap_or_default().find(|c| !matches!(c, ' ' | '\t'));
    // At the end of the file everything up to it belongs to the last line.
    start + blanks.map_or(written.len(), |blanks| content + blanks)
}

/// Whether a tag leaves the type to the characters: `!!int`, `!!bool` and their like.
fn is_typed(tag: Option<&Tag>) -> bool {
    tag.and_then(Tag::core_suffix).is_some_and(|suffix| matches!(suffix, "int" | "float" | "bool" | "null"))
}
