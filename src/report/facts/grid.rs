//! Columns of text that fit the terminal.

use crate::report::style::{Ink, Style};
use crate::report::text::{width, wrap};

/// Blanks between columns.
const GAP: usize = 2;

/// Stands for a blank at which a cell is not broken.
pub const JOINT: char = '\u{a0}';

/// A table. Cells that do not fit are broken at blanks, paths and words tied by a [`JOINT`] never.
pub struct Grid {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    style: Style,
}

impl Grid {
    pub fn new(heads: &[&str], style: Style) -> Grid {
        Grid { heads: heads.iter().map(|&head| head.to_owned()).collect(), rows: Vec::new(), style }
    }

    /// Adds a row with as many cells as there are heads.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The widths: as wide as the widest cell; if that is too much, the widest columns are narrowed first,
    /// none below its longest word, the last one (the place) never.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| width(head)).collect();
        for row in &self.rows {
            for (have, cell) in widths.iter_mut().zip(row) {
                *have = (*have).max(width(cell));
            }
        }
        let last = widths.len().saturating_sub(1);
        let longest = |cell: &String| cell.split(' ').map(width).max().unwrap_or(0);
        let mut least: Vec<usize> = self.heads.iter().map(longest).collect();
        for row in &self.rows {
            for (have, cell) in least.iter_mut().zip(row) {
                *have = (*have).max(longest(cell));
            }
        }
        loop {
            let total = widths.iter().sum::<usize>() + GAP * last;
            let shrinks = widths.iter().zip(&least).take(last).enumerate();
            let widest =
                shrinks.filter(|(_, (have, least))| have > least).max_by_key(|(_, (have, _))| **have);
            match widest.map(|(at, _)| at) {
                Some(at) if total > self.style.width => {
                    if let Some(width) = widths.get_mut(at) {
                        *width -= 1;
                    }
                }
                _ => return widths,
            }
        }
    }

    /// The table's lines, each with a line break.
    pub fn print(&self) -> String {
        let widths = self.widths();
        let mut out = self.style.paint(Ink::Faint, line(&self.heads, &widths).trim_end());
        out.push('\n');
        for row in &self.rows {
            let cells: Vec<Vec<String>> =
                row.iter().zip(&widths).map(|(cell, &width)| wrap(cell, width, width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for i in 0..height {
                let part = |cell: &Vec<String>| cell.get(i).cloned().unwrap_or_default();
                let parts: Vec<String> = cells.iter().map(part).collect();
                out.push_str(line(&parts, &widths).trim_end());
                out.push('\n');
            }
        }
        out
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, &room) in cells.iter().zip(widths) {
        line.push_str(&cell.replace(JOINT, " "));
        line.extend(std::iter::repeat_n(' ', room.saturating_sub(width(cell)) + GAP));
    }
    line
}
