//! One line of a file as it is shown: tabs spread, secrets masked, cut to the terminal.

use crate::report::human::Page;
use crate::report::human::frame::Mark;
use crate::report::text;
use crate::report::visible::Visible;
use crate::source::{SourceId, Span};
use unicode_width::UnicodeWidthChar;

/// Characters of a line that are looked at; what lies beyond in a minified file is never shown unless a
/// mark is there.
const LONGEST: usize = 20_000;

/// Columns of a word that is left out as a whole at the edge of a view.
const WORD: usize = 12;

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
    let (mut visible, mut blanks) = (Visible::new(true), String::new());
    for c in text.chars().take(LONGEST) {
        match c {
            ' ' | '\t' => visible.push(c, None, blanks.len(), &mut blanks),
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
    let mut visible = Visible::new(page.style.unicode);
    let line = source.text().get(from..range.end).unwrap_or_default();
    let mut rest = line.char_indices().take(LONGEST).peekable();
    while let Some((i, c)) = rest.next() {
        let offset = from + i;
        let mut text = String::new();
        if c == '\u{feff}' && offset == 0 {
            // A byte order mark is in no editor's column.
        } else if page.redactor.is_secret(file, offset) && !c.is_whitespace() {
            text.extend(std::iter::repeat_n('*', c.width().unwrap_or(1).max(1)));
        } else {
            visible.push(c, rest.peek().map(|&(_, next)| next), column, &mut text);
        }
        let columns = text::width(&text);
        // Of a tab that reaches over the indentation that is left out, the rest is shown.
        let beyond = (column + columns).saturating_sub(dedent);
        if column >= dedent {
            cells.push(Cell { offset: small(offset), column: column - dedent, text });
        } else if beyond > 0 {
            cells.push(Cell { offset: small(offset), column: 0, text: " ".repeat(beyond) });
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
        // A view begins and ends between words where there are any near.
        let between = |from: usize, to: usize| {
            cells.iter().filter(move |cell| (from..to).contains(&cell.column) && cell.text == " ")
        };
        if left > 0 {
            left = between(left, start.min(left + WORD)).next().map_or(left, |cell| cell.column + 1);
        }
        if right < columns {
            right = between(stop.max(right.saturating_sub(WORD)), right)
                .next_back()
                .map_or(right, |cell| cell.column);
        }
    }
    let mut text = String::new();
    let lead = if left > 0 || cut_before { 2 } else { 0 };
    if lead > 0 {
        text.push(ellipsis);
        text.push(' ');
    }
    let mut kept = Vec::new();
    let mut shown_end = None;
    // Counted from what is shown: a wide character may have been cut off in its middle.
    let mut column = lead;
    for cell in cells.iter().filter(|cell| cell.column >= left) {
        if cell.column >= right && right < columns {
            shown_end = Some((cell.offset, column));
            break;
        }
        kept.push((cell.offset, column));
        text.push_str(&cell.text);
        column += text::width(&cell.text);
    }
    let cut = shown_end.is_some();
    if cut {
        text.push(' ');
        text.push(ellipsis);
    }
    let shown_end = shown_end.unwrap_or((end.0, column));
    Shown { text: text.trim_end().to_owned(), cells: kept, end: shown_end, cut }
}
