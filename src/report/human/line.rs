//! One line of a file as it is shown: tabs spread, secrets masked, cut to the terminal.

use crate::report::human::Page;
use crate::report::human::frame::Mark;
use crate::report::text::{self, visible};
use crate::source::{SourceId, Span};
use unicode_width::UnicodeWidthChar;

/// Characters of a line that are looked at; what lies beyond in a minified file is never shown unless a
/// mark is there.
const LONGEST: usize = 20_000;

/// A line made ready, with the way from bytes to columns.
pub struct Shown {
    pub text: String,
    /// For each character that is shown: its byte offset in the file and its first column.
    cells: Vec<(u32, usize)>,
    /// The byte offset after the last character shown, and the column after it.
    end: (u32, usize),
    /// Whether the line goes on beyond the end.
    cut: bool,
}

impl Shown {
    /// The columns of a span, at least one wide; `None` if its beginning is not in view.
    pub fn columns(&self, span: Span) -> Option<(usize, usize)> {
        let first = self.cells.first().map_or(self.end.0, |&(offset, _)| offset);
        if span.start < first || span.start > self.end.0 || (span.start == self.end.0 && self.cut) {
            return None;
        }
        let column = |offset: u32| {
            let at = self.cells.partition_point(|&(cell, _)| cell < offset);
            self.cells.get(at).map_or(self.end.1, |&(_, column)| column)
        };
        let start = column(span.start);
        let end = if span.end > self.end.0 { self.end.1 } else { column(span.end) };
        Some((start, end.max(start + 1)))
    }
}

/// How many columns of blanks a line (counted from 0) begins with; `None` if it holds nothing else.
pub fn indentation(page: &Page<'_>, file: SourceId, number: usize) -> Option<usize> {
    let source = page.sources.get(file);
    let text = source.text().get(source.lines().range(source.text(), number)).unwrap_or_default();
    let mut blanks = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            ' ' | '\t' => visible(c, blanks.len(), true, &mut blanks),
            _ => return Some(blanks.len()),
        }
    }
    None
}

/// The view of a line (counted from 0) without `dedent` columns of its indentation, that shows as many
/// of the marks as possible from the first on.
pub fn shown(
    page: &Page<'_>,
    file: SourceId,
    number: usize,
    marks: &[&Mark],
    room: usize,
    dedent: usize,
) -> Shown {
    let source = page.sources.get(file);
    let range = source.lines().range(source.text(), number);
    let mut from = range.start;
    // Of a line of megabytes only the neighbourhood of the first mark is looked at.
    if let Some(mark) = marks.first().filter(|_| range.len() > LONGEST) {
        from = (mark.span.start as usize).saturating_sub(LONGEST / 2).max(range.start);
        while from > range.start && !source.text().is_char_boundary(from) {
            from -= 1;
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    let (mut column, mut end) = (0, from);
    for (i, c) in source.text().get(from..range.end).unwrap_or_default().char_indices().take(LONGEST) {
        let offset = from + i;
        let mut text = String::new();
        if c == '\u{feff}' && offset == 0 {
            // A byte order mark is in no editor's column.
        } else if page.redactor.is_secret(file, offset) && !c.is_whitespace() {
            text.extend(std::iter::repeat_n('*', c.width().unwrap_or(1).max(1)));
        } else {
            visible(c, column, page.style.unicode, &mut text);
        }
        let columns = text::width(&text);
        if column >= dedent {
            cells.push(Cell { offset: small(offset), column: column - dedent, text });
        }
        column += columns;
        end = offset + c.len_utf8();
    }
    let end = (small(end), column.saturating_sub(dedent));
    window(&cells, end, marks, room, page.style.glyphs().ellipsis, from > range.start)
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

struct Cell {
    offset: u32,
    column: usize,
    text: String,
}

/// Cuts a line to the room there is, around the first marks.
fn window(
    cells: &[Cell],
    end: (u32, usize),
    marks: &[&Mark],
    room: usize,
    ellipsis: char,
    cut_before: bool,
) -> Shown {
    let columns = end.1;
    let whole = columns <= room && !cut_before;
    let column_of = |offset: u32| {
        let at = cells.partition_point(|cell| cell.offset < offset);
        cells.get(at).map_or(columns, |cell| cell.column)
    };
    let (mut left, mut right) = (0, columns);
    if !whole {
        let inner = room.saturating_sub(4);
        let start = marks.first().map_or(0, |mark| column_of(mark.span.start));
        // As many marks as fit together; the last one that does decides what is in the middle.
        let stop = marks
            .iter()
            .map(|mark| column_of(mark.span.end))
            .filter(|&stop| stop <= start + inner)
            .max()
            .unwrap_or(start + inner);
        let slack = inner.saturating_sub(stop.saturating_sub(start));
        left = start.saturating_sub(slack / 2);
        if left <= 4 && !cut_before {
            left = 0;
        }
        right = (left + inner).min(columns);
        if right == columns {
            left = columns.saturating_sub(inner);
        }
    }
    let mut text = String::new();
    let lead = if left > 0 || cut_before { 2 } else { 0 };
    if lead > 0 {
        text.push(ellipsis);
        text.push(' ');
    }
    let mut kept = Vec::new();
    let mut shown_end = end;
    let mut cut = false;
    for cell in cells {
        if cell.column < left {
            continue;
        }
        let column = cell.column - left + lead;
        if cell.column >= right && right < columns {
            shown_end = (cell.offset, column);
            cut = true;
            break;
        }
        kept.push((cell.offset, column));
        text.push_str(&cell.text);
    }
    if cut {
        text.push(' ');
        text.push(ellipsis);
    } else {
        shown_end = (end.0, end.1.saturating_sub(left) + lead);
    }
    Shown { text: text.trim_end().to_owned(), cells: kept, end: shown_end, cut }
}
