//! Characters that look like others, or like nothing: a waiver that a reviewer reads must be the one that
//! acts.

/// What a character outside of ASCII is, for people. Blocks as in <https://www.unicode.org/charts/>.
pub(super) fn kind(c: char) -> &'static str {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}' => {
            "an invisible character"
        }
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' => {
            "an invisible character that turns the direction of writing"
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}' => "an invisible character",
        c if c.is_control() => "a control character",
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' => {
            "a blank of another kind"
        }
        '\u{205f}' | '\u{3000}' => "a blank of another kind",
        '\u{ff01}'..='\u{ff5e}' => "a full-width character",
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => "a Cyrillic letter",
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "a Greek letter",
        '\u{530}'..='\u{58f}' => "an Armenian letter",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a dash that is no hyphen",
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => "a typographic quote",
        '\u{1d400}'..='\u{1d7ff}' => "a mathematical letter",
        _ => "no ASCII character",
    }
}

/// Whether a character is not to be seen, or moves what is.
pub(super) fn is_hidden(c: char) -> bool {
    !matches!(c, ' ' | '\t') && (c.is_control() || kind(c).starts_with("an invisible"))
}

/// A character for people: `а` (U+0430).
pub(super) fn named(c: char) -> String {
    match is_hidden(c) || c.is_whitespace() {
        true => format!("U+{:04X}", c as u32),
        false => format!("`{c}` (U+{:04X})", c as u32),
    }
}
