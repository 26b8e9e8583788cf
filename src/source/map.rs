//! From the characters of a decoded text back to the file.

use crate::source::{SourceId, Span};

/// Where each stretch of a decoded text (a YAML scalar without its quotes and indentation, a shell
/// script inside a workflow) stands in its file.
#[derive(Clone, Debug)]
pub struct TextMap {
    source: SourceId,
    /// (offset in the decoded text, offset in the file), ascending in both. Between two of them both
    /// texts run in step, byte by byte.
    anchors: Vec<(u32, u32)>,
    /// The whole scalar in the file: the answer where the stretch is not byte-equal.
    whole: Span,
    exact: bool,
}

impl TextMap {
    /// A text that stands in the file as it is, beginning at `start`.
    pub fn identity(source: SourceId, start: usize, len: usize) -> TextMap {
        let start32 = u32::try_from(start).unwrap_or(u32::MAX);
        TextMap {
            source,
            anchors: vec![(0, start32)],
            whole: Span::new(source, start, start + len),
            exact: true,
        }
    }

    /// A text put together from stretches of the file, each `(offset in the text, offset in the file)`.
    pub fn stretches(source: SourceId, anchors: Vec<(u32, u32)>, whole: Span) -> TextMap {
        TextMap { source, exact: !anchors.is_empty(), anchors, whole }
    }

    /// A text whose characters cannot be told apart in the file: every span is the whole scalar.
    pub fn whole(span: Span) -> TextMap {
        TextMap { source: span.source, anchors: Vec::new(), whole: span, exact: false }
    }

    /// The file.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Whether spans are exact rather than the whole scalar's.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The characters in the file for a byte range of the decoded text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        if !self.exact {
            return self.whole;
        }
        let from = self.offset(start);
        // The end of a stretch belongs to the character before it, not to the next line's indentation.
        let to = if end > start { self.offset(end - 1) + 1 } else { from };
        // The line break that ends a block text may be missing from the file: nothing lies outside.
        let inside = |at: usize| at.clamp(self.whole.start as usize, self.whole.end as usize);
        Span::new(self.source, inside(from), inside(to.max(from)))
    }

    /// The map of a stretch of the text.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> TextMap {
        let whole = self.span(start, end);
        if !self.exact {
            return TextMap::whole(whole);
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let from = number(start);
        let mut anchors = vec![(0, number(self.offset(start)))];
        let inside = self.anchors.iter().filter(|&&(text, _)| text > from && (text as usize) < end);
        anchors.extend(inside.map(|&(text, file)| (text - from, file)));
        TextMap { source: self.source, anchors, whole, exact: true }
    }

    fn offset(&self, at: usize) -> usize {
        let index = self.anchors.partition_point(|&(text, _)| text as usize <= at).saturating_sub(1);
        let (text, file) = self.anchors[index];
        (file as usize) + at.saturating_sub(text as usize)
    }
}
