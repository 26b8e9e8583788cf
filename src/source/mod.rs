//! Texts of files and the places in them.
//!
//! Everything that Celador tells is told about a [`Span`]: a half-open range of bytes of one
//! [`Source`]. Spans are made by parsers and carried along; lines and columns are computed only when
//! something is rendered. This room knows no file system: who loads a text hands it over.

mod comment;
mod lines;
mod map;
pub mod path;

pub use comment::{ADDRESSED, Comment, Comments, Remark};
pub use lines::{Lines, Position};
pub use map::TextMap;

use std::sync::OnceLock;

/// Names one text in [`Sources`]. Cheap to copy, ordered by the order of loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

impl SourceId {
    /// The source that a test or a single-file reader speaks of when there is only one.
    pub const FIRST: SourceId = SourceId(0);

    /// The position in [`Sources`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes `start..end` in one source, counted in the original file, so that a
/// byte order mark takes the bytes 0 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub source: SourceId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// A span of `source` from `start` to `end`, both byte offsets of the original file.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Span { source, start, end: end.max(start) }
    }

    /// The empty span at the beginning of a source, for what has no better place.
    pub fn beginning(source: SourceId) -> Span {
        Span { source, start: 0, end: 0 }
    }

    /// The smallest span that holds both. Spans of different sources do not join: `self` wins.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The byte range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// One text with the path under which it is reported (relative to the project's root, with `/`).
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    lines: OnceLock<Lines>,
}

impl Source {
    /// The reported path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text as it stands in the file, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text without a byte order mark, and the number of bytes that were taken off (0 or 3).
    pub fn text_after_mark(&self) -> (&str, usize) {
        match self.text.strip_prefix('\u{feff}') {
            Some(rest) => (rest, '\u{feff}'.len_utf8()),
            None => (&self.text, 0),
        }
    }

    /// The index of lines, built at the first call.
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// The characters at `span`; empty if the span does not fit this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte offset, both from 1, the column in Unicode code points.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset as usize)
    }
}

/// All texts of a run. They are added, and their characters never change.
#[derive(Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Adds a text under the path by which it is reported.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Source { path: path.into(), text: text.into(), lines: OnceLock::new() });
        id
    }

    /// Reports a text under another path: two commits have files of the same path.
    pub fn relabel(&mut self, id: SourceId, path: impl Into<String>) {
        if let Some(source) = self.all.get_mut(id.index()) {
            source.path = path.into();
        }
    }

    /// The same texts under the same ids, one of them perhaps with another text.
    #[must_use]
    pub fn again(&self, replaced: Option<(SourceId, &str)>) -> Sources {
        let mut sources = Sources::new();
        for (id, source) in self.iter() {
            let text = replaced.filter(|(other, _)| *other == id).map_or(source.text(), |(_, text)| text);
            sources.add(source.path(), text);
        }
        sources
    }

    /// The text of an id that this collection gave out.
    ///
    /// # Panics
    /// Only if the id comes from another collection, which is a mistake in the program.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.index()]
    }

    /// The characters at a span.
    pub fn slice(&self, span: Span) -> &str {
        self.all.get(span.source.index()).map_or("", |source| source.slice(span))
    }

    /// Looks a reported path up.
    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.iter().find(|(_, source)| source.path == path).map(|(id, _)| id)
    }

    /// All texts in the order of loading.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all
            .iter()
            .enumerate()
            .map(|(i, source)| (SourceId(u32::try_from(i).unwrap_or(u32::MAX)), source))
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
