//! How a report for people may look. Decided by the shell, which alone knows the terminal.

/// What the reader's terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be written.
    pub color: bool,
    /// Whether lines may be drawn with box characters; ASCII otherwise.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    /// No colours, box characters, so many columns: for pipes, files and tests.
    pub fn plain(width: usize) -> Style {
        Style { color: false, unicode: true, width }
    }
}

/// What a stretch of text is to the reader, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Error,
    Warning,
    Info,
    /// Verdicts that are open.
    Undetermined,
    /// The other side, steps on the way.
    Related,
    /// Frames, line numbers, keywords such as `fix`.
    Faint,
    Strong,
    /// Paths and commands to type.
    Path,
}

impl Style {
    /// A text in the ink's colour.
    pub(super) fn paint(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Ink::Plain => return text.to_owned(),
            Ink::Error => "1;31",
            Ink::Warning => "1;33",
            Ink::Info => "1;34",
            Ink::Undetermined => "1;35",
            Ink::Related => "36",
            Ink::Faint => "2",
            Ink::Strong => "1",
            Ink::Path => "4",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    pub(super) fn glyphs(self) -> &'static Glyphs {
        if self.unicode { &BOXES } else { &ASCII }
    }
}

/// The characters that frames are drawn with, each one column wide.
#[derive(Debug)]
pub(super) struct Glyphs {
    pub top: &'static str,
    pub joint: &'static str,
    pub bottom: &'static str,
    pub bar: &'static str,
    pub dot: &'static str,
    pub line: char,
    pub tee: char,
    pub stem: char,
    pub elbow: &'static str,
    pub elbow_left: &'static str,
    pub ellipsis: char,
    /// Of headings.
    pub rule: &'static str,
}

const BOXES: Glyphs = Glyphs {
    top: "╭─",
    joint: "├─",
    bottom: "╰─",
    bar: "│",
    dot: "·",
    line: '─',
    tee: '┬',
    stem: '│',
    elbow: "╰── ",
    elbow_left: " ──╯",
    ellipsis: '…',
    rule: "─",
};

const ASCII: Glyphs = Glyphs {
    top: "--",
    joint: "--",
    bottom: "--",
    bar: "|",
    dot: ":",
    line: '^',
    tee: '^',
    stem: '|',
    elbow: "`-- ",
    elbow_left: " --'",
    ellipsis: '~',
    rule: "=",
};
