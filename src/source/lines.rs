//! Lines and columns of a text.

/// A place as people count it: line and column from 1, the column in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// The byte offsets at which lines begin. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, &byte) in bytes.iter().enumerate() {
            let ends = byte == b'\n' || (byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            if ends {
                starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
            }
        }
        Lines { starts }
    }

    /// How many lines the text has; the empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The number (from 0) of the line that holds a byte offset.
    pub fn index_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// The byte offset at which a line (from 0) begins; past the last line, the last line's.
    pub fn start(&self, index: usize) -> usize {
        self.starts.get(index).or(self.starts.last()).map_or(0, |&start| start as usize)
    }

    /// The byte range of a line (from 0) without its line break.
    pub fn range(&self, text: &str, index: usize) -> std::ops::Range<usize> {
        let start = self.start(index);
        let end = self.starts.get(index + 1).map_or(text.len(), |&next| next as usize);
        let line = text.get(start..end).unwrap_or_default();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let index = self.index_of(offset);
        let start = self.start(index);
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        // A byte order mark is in no editor's column.
        let column = before.chars().filter(|&c| c != '\u{feff}' || start != 0).count();
        let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Position { line: number(index), column: number(column) }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Position, Sources};

    #[test]
    fn positions_count_code_points_and_every_kind_of_line_break() {
        let mut sources = Sources::new();
        let id = sources.add("a", "\u{feff}añb\r\nc\rd\n");
        let source = sources.get(id);
        let at = |text: &str| source.position(u32::try_from(source.text().find(text).unwrap()).unwrap());
        assert_eq!(at("a"), Position { line: 1, column: 1 });
        assert_eq!(at("b"), Position { line: 1, column: 3 });
        assert_eq!(at("c"), Position { line: 2, column: 1 });
        assert_eq!(at("d"), Position { line: 3, column: 1 });
        assert_eq!(source.lines().count(), 4);
        assert_eq!(&source.text()[source.lines().range(source.text(), 0)], "\u{feff}añb");
    }
}
