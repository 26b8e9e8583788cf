//! Excerpts of files with labels under the characters they speak of.
//!
//! An own renderer. `miette`, which draws the same kind of frame, was tried on the same finding: with
//! labels at lines 87, 97 and 984 it fills the lines between (88 to 96) or opens a second frame, cuts
//! the beginning of a line when it shows no context, knows no labels across files, and would have to be
//! given a masked copy of each text. Here a frame holds the lines that matter and nothing else, other
//! files continue the same frame, tabs and very long lines are cut to the terminal, and a line is masked
//! while it is drawn.

use crate::report::human::Page;
use crate::report::human::line::{Shown, indentation, shown};
use crate::report::style::Ink;
use crate::report::text::{one_line, width, wrap};
use crate::source::{SourceId, Span};

/// Columns that a label takes at least, even if they lead beyond the terminal.
const LABEL: usize = 16;

/// Characters to underline, with what is said about them.
#[derive(Clone, Debug)]
pub(in crate::report) struct Mark {
    pub span: Span,
    pub label: String,
    pub ink: Ink,
}

/// Draws the marks: first the file of the first mark, whose position stands in the frame's head, then
/// the other files in the order in which they are first named.
pub(in crate::report) fn draw(page: &Page<'_>, marks: &[Mark]) -> String {
    let Some(first) = marks.first() else { return String::new() };
    let mut files: Vec<SourceId> = Vec::new();
    for mark in marks {
        if !files.contains(&mark.span.source) {
            files.push(mark.span.source);
        }
    }
    let last_line =
        marks.iter().map(|mark| page.sources.get(mark.span.source).position(mark.span.start).line);
    let gutter = last_line.max().unwrap_or(1).to_string().len() + 1;
    let glyphs = page.style.glyphs();
    let mut out = String::new();
    for (number, &file) in files.iter().enumerate() {
        let own: Vec<&Mark> = marks.iter().filter(|mark| mark.span.source == file).collect();
        let head = if number == 0 { first } else { own.first().copied().unwrap_or(first) };
        let corner = if number == 0 { glyphs.top } else { glyphs.joint };
        let place = page.place(head.span);
        out.push_str(&" ".repeat(gutter));
        out.push_str(&page.style.paint(Ink::Faint, corner));
        out.push_str(&format!("[{}]\n", page.style.paint(Ink::Path, &place)));
        lines(page, file, &own, gutter, &mut out);
    }
    out.push_str(&" ".repeat(gutter));
    out.push_str(&page.style.paint(Ink::Faint, glyphs.bottom));
    out.push('\n');
    out
}

/// The lines of one file that have marks, in their order.
fn lines(page: &Page<'_>, file: SourceId, marks: &[&Mark], gutter: usize, out: &mut String) {
    let source = page.sources.get(file);
    let mut by_line: Vec<(usize, Vec<&Mark>)> = Vec::new();
    for mark in marks {
        let line = source.lines().index_of(mark.span.start as usize);
        match by_line.iter_mut().find(|(number, _)| *number == line) {
            Some((_, marks)) => marks.push(mark),
            None => by_line.push((line, vec![mark])),
        }
    }
    by_line.sort_by_key(|&(line, _)| line);
    let room = page.style.width.saturating_sub(gutter + 3).max(20);
    let indented = by_line.iter().filter_map(|&(number, _)| indentation(page, file, number));
    let dedent = indented.min().unwrap_or(0);
    for (number, mut marks) in by_line {
        marks.sort_by_key(|mark| (mark.span.start, mark.span.end));
        // Marks too far apart for one view of a long line get a view each.
        while !marks.is_empty() {
            let view = shown(page, file, number, &marks, room, dedent);
            let (now, later): (Vec<&Mark>, Vec<&Mark>) =
                marks.iter().copied().partition(|mark| view.columns(mark.span).is_some());
            line(page, number + 1, &view, &now, gutter, out);
            if now.is_empty() {
                break;
            }
            marks = later;
        }
    }
}

/// One line with its underlines and labels.
fn line(page: &Page<'_>, number: usize, view: &Shown, marks: &[&Mark], gutter: usize, out: &mut String) {
    let style = page.style;
    let glyphs = style.glyphs();
    let prefix = format!("{number:<gutter$}{} ", glyphs.bar);
    out.push_str(&style.paint(Ink::Faint, &prefix));
    out.push_str(&format!(" {}\n", view.text).replace(" \n", "\n"));
    let margin = format!("{:gutter$}{} ", "", glyphs.dot);
    let mut row = |content: &str| {
        out.push_str(&style.paint(Ink::Faint, &margin));
        out.push_str(&format!(" {}", content.trim_end()));
        out.push('\n');
    };
    let mut places: Vec<(usize, usize, &Mark)> = Vec::new();
    for mark in marks {
        let Some((start, end)) = view.columns(mark.span) else { continue };
        match places.iter().position(|&(s, e, _)| (s, e) == (start, end)) {
            // One span with two labels has one underline.
            Some(at) if places.get(at).is_some_and(|(_, _, have)| have.label.is_empty()) => {
                if let Some(place) = places.get_mut(at) {
                    place.2 = mark;
                }
            }
            Some(_) if mark.label.is_empty() => {}
            _ => places.push((start, end, mark)),
        }
    }
    row(&underlines(page, &places));
    let labelled: Vec<(usize, &Mark)> = places
        .iter()
        .filter(|(_, _, mark)| !mark.label.is_empty())
        .map(|&(start, end, mark)| (start + (end - start - 1) / 2, mark))
        .collect();
    let room = style.width.saturating_sub(gutter + 3);
    for at in (0..labelled.len()).rev() {
        let (before, rest) = labelled.split_at(at);
        let Some(&(column, mark)) = rest.first() else { continue };
        label(page, before, column, mark, room, &mut row);
    }
}

/// `───┬───` under each mark; the marks of verdicts are drawn over those of steps.
fn underlines(page: &Page<'_>, places: &[(usize, usize, &Mark)]) -> String {
    let glyphs = page.style.glyphs();
    let end = places.iter().map(|&(_, end, _)| end).max().unwrap_or(0);
    let mut cells: Vec<(char, Ink)> = vec![(' ', Ink::Plain); end];
    for &(start, end, mark) in places.iter().rev() {
        let middle = start + (end - start - 1) / 2;
        for (column, cell) in cells.iter_mut().enumerate().take(end).skip(start) {
            let stem = column == middle && !mark.label.is_empty();
            *cell = (if stem { glyphs.tee } else { glyphs.line }, mark.ink);
        }
    }
    painted(page, &cells)
}

/// Cells with neighbours of one ink painted together.
fn painted(page: &Page<'_>, cells: &[(char, Ink)]) -> String {
    cells
        .chunk_by(|a, b| a.1 == b.1)
        .map(|run| {
            let text: String = run.iter().map(|&(c, _)| c).collect();
            page.style.paint(run.first().map_or(Ink::Plain, |&(_, ink)| ink), &text)
        })
        .collect()
}

fn stems(page: &Page<'_>, labels: &[(usize, &Mark)]) -> String {
    let end = labels.iter().map(|&(column, _)| column + 1).max().unwrap_or(0);
    let mut cells = vec![(' ', Ink::Plain); end];
    for &(column, mark) in labels {
        if let Some(cell) = cells.get_mut(column) {
            *cell = (page.style.glyphs().stem, mark.ink);
        }
    }
    painted(page, &cells)
}

/// One label, hanging from its stem: to the right if there is room, else to the left if there is more of
/// it, broken into lines where it has to be.
fn label(
    page: &Page<'_>,
    before: &[(usize, &Mark)],
    column: usize,
    mark: &Mark,
    room: usize,
    row: &mut impl FnMut(&str),
) {
    let style = page.style;
    let glyphs = style.glyphs();
    let text = one_line(&page.redactor.text_at(mark.span, &mark.label), style.unicode);
    let elbow = width(glyphs.elbow);
    let stems = stems(page, before);
    let right = room.saturating_sub(column + elbow);
    // Between the stems that go on and its own, with a blank on either side.
    let taken = width(&stems) + usize::from(!before.is_empty());
    let left = (column + 1).saturating_sub(elbow + taken);
    if width(&text) > right && (width(&text) <= left || (right < LABEL && left > right)) {
        for (i, part) in wrap(&text, left, left).into_iter().enumerate() {
            let blanks = " ".repeat((taken - width(&stems)) + left.saturating_sub(width(&part)));
            let tail = if i == 0 { glyphs.elbow_left } else { "" };
            row(&format!("{stems}{blanks}{}", style.paint(mark.ink, &format!("{part}{tail}"))));
        }
        return;
    }
    let indent = " ".repeat(column.saturating_sub(width(&stems)));
    let right = right.max(LABEL);
    for (i, part) in wrap(&text, right, right).into_iter().enumerate() {
        let lead = if i == 0 { glyphs.elbow } else { "    " };
        row(&format!("{stems}{indent}{}", style.paint(mark.ink, &format!("{lead}{part}"))));
    }
}
