//! Comments of files, as plain data: what stands in them, and which lines they speak of.
//!
//! Readers collect them from their parser's tokens, so that the same characters in a string, a here-document
//! or a block scalar are none. What a comment says is another room's business.

use crate::source::{Source, SourceId, Span, TextMap};

/// What a comment that is meant for the program begins with. A file without these bytes has none, and its
/// comments need not be collected.
pub const ADDRESSED: &str = "celador:";

/// One comment, its marker included.
#[derive(Clone, Debug)]
pub struct Comment {
    /// As its language reads it: in a script inside a quoted scalar, with the scalar's escapes resolved.
    pub text: String,
    /// From these characters to those of the file.
    pub map: TextMap,
}

impl Comment {
    /// The comment's characters in the file.
    pub fn span(&self) -> Span {
        self.map.span(0, self.text.len())
    }
}

/// The comments of one file or script.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    pub all: Vec<Comment>,
    /// Stretches in which no comment can stand although they may reach over several lines: texts in quotes,
    /// continued lines.
    pub closed: Vec<Span>,
}

/// A comment that is meant for the program, with the lines that it speaks of.
#[derive(Clone, Debug)]
pub struct Remark {
    pub comment: Comment,
    pub span: Span,
    /// Nothing else stands on its line.
    pub own_line: bool,
    /// Its own line; of a comment on a line of its own the line below, with the lines that continue it where
    /// no comment can stand between. `None` if a blank line or the end of the file follows.
    pub covers: Option<Span>,
}

impl Comments {
    /// Adds a comment that stands in the file as it is.
    pub fn add(&mut self, source: &Source, span: Span) {
        let text = source.slice(span).to_owned();
        let map = TextMap::identity(span.source, span.start as usize, text.len());
        self.all.push(Comment { text, map });
    }

    /// Takes the comments of another reader of the same file.
    pub fn append(&mut self, other: &mut Comments) {
        self.all.append(&mut other.all);
        self.closed.append(&mut other.closed);
    }

    /// The comments that are meant for the program, in the order of the file, each once.
    pub fn remarks(mut self, id: SourceId, source: &Source) -> Vec<Remark> {
        if self.all.iter().all(|comment| !comment.text.contains(ADDRESSED)) {
            return Vec::new();
        }
        self.all.sort_by_key(|comment| (comment.span().start, comment.span().end));
        self.all.dedup_by_key(|comment| comment.span());
        let places: Vec<Place> = self.all.iter().map(|comment| Place::of(comment.span(), source)).collect();
        let mut remarks = Vec::new();
        for (comment, place) in self.all.iter().zip(&places) {
            if !comment.text.contains(ADDRESSED) {
                continue;
            }
            let lines = match place.own_line {
                false => Some((place.first, place.last)),
                true => below(place.last + 1, &places, &self.closed, source),
            };
            let covers = lines.map(|(first, last)| {
                let all = source.lines();
                Span::new(id, all.start(first), all.range(source.text(), last).end)
            });
            let span = comment.span();
            remarks.push(Remark { comment: comment.clone(), span, own_line: place.own_line, covers });
        }
        remarks
    }
}

/// The lines (from 0) on which a comment stands.
struct Place {
    first: usize,
    last: usize,
    own_line: bool,
}

impl Place {
    fn of(span: Span, source: &Source) -> Place {
        let lines = source.lines();
        let first = lines.index_of(span.start as usize);
        let last = lines.index_of((span.end as usize).saturating_sub(1).max(span.start as usize));
        let blank = |from: usize, to: usize| {
            let text = source.text().get(from..to).unwrap_or_default();
            text.trim_start_matches('\u{feff}').trim().is_empty()
        };
        let own_line = blank(lines.start(first), span.start as usize)
            && blank(span.end as usize, lines.range(source.text(), last).end);
        Place { first, last, own_line }
    }
}

/// The first line from `line` on that is no comment, with those that continue it.
fn below(mut line: usize, places: &[Place], closed: &[Span], source: &Source) -> Option<(usize, usize)> {
    let lines = source.lines();
    let mut next = places.partition_point(|place| place.first < line);
    while let Some(place) = places.get(next).filter(|place| place.own_line && place.first == line) {
        line = place.last + 1;
        next += 1;
    }
    if line >= lines.count() {
        return None;
    }
    let text = |line: usize| source.text().get(lines.range(source.text(), line)).unwrap_or_default();
    if text(line).trim().is_empty() {
        return None;
    }
    let mut last = line;
    loop {
        let end = lines.range(source.text(), last).end;
        let over = closed.iter().filter(|span| (span.start as usize) <= end && end < span.end as usize);
        let reach = over.map(|span| lines.index_of((span.end as usize).saturating_sub(1))).max();
        match reach.filter(|reach| *reach > last) {
            Some(reach) => last = reach,
            None => return Some((line, last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Comments, Sources, Span};

    #[test]
    fn a_comment_speaks_of_its_line_or_of_what_stands_below_it() {
        let text = "a # celador: 1\n# celador: 2\n  # another\nb \\\n c\n\n# celador: 3\n\nd\n# celador: 4";
        let mut sources = Sources::new();
        let id = sources.add("a.sh", text);
        let source = sources.get(id);
        let mut comments = Comments::default();
        for (at, _) in text.match_indices('#') {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            comments.add(source, Span::new(id, at, end));
        }
        let slash = text.find('\\').unwrap();
        comments.closed.push(Span::new(id, slash, slash + 3));
        let remarks = comments.remarks(id, source);
        let covered: Vec<Option<&str>> =
            remarks.iter().map(|one| one.covers.map(|span| source.slice(span))).collect();
        assert_eq!(covered, [Some("a # celador: 1"), Some("b \\\n c"), None, None]);
    }
}
