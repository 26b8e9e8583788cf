//! What standard output can show. Asked only when a report for people is written.

use crate::cli::args::Color;
use crate::report::Style;
use std::io::IsTerminal;

/// Columns where nobody says how many there are.
const COLUMNS: usize = 100;

/// Reports are not made wider than a line that the eye can follow.
const WIDEST: usize = 160;

/// The style for standard output.
pub fn style(color: Color) -> Style {
    let is_terminal = std::io::stdout().is_terminal();
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let size = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    decide(color, is_terminal, &variable, &size)
}

/// The decision by itself: `variable` is empty where a variable is not set.
fn decide(
    color: Color,
    is_terminal: bool,
    variable: &dyn Fn(&str) -> String,
    size: &dyn Fn() -> Option<usize>,
) -> Style {
    let dumb = variable("TERM") == "dumb";
    let forced = !matches!(variable("CLICOLOR_FORCE").as_str(), "" | "0");
    let refused = !variable("NO_COLOR").is_empty();
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        // NO_COLOR is the reader's own word and stands above what a CI system forces.
        Color::Auto => !refused && (forced || (is_terminal && !dumb)),
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).into_iter().find(|value| !value.is_empty());
    let ascii_locale = locale.is_some_and(|locale| matches!(locale.as_str(), "C" | "POSIX"));
    // A file or a pipe takes every character; what shows it later is not known here. Whoever says that it
    // shows ASCII only is taken at their word.
    let unicode = !(dumb || ascii_locale);
    let columns = variable("COLUMNS").parse().ok().filter(|&columns: &usize| columns > 0);
    let columns = columns.or_else(|| if is_terminal { size() } else { None });
    Style { color, unicode, width: columns.unwrap_or(COLUMNS).clamp(40, WIDEST) }
}

#[cfg(test)]
mod tests {
    use super::decide;
    use crate::cli::args::Color;

    #[test]
    fn the_reader_decides_over_the_terminal_and_the_terminal_over_the_default() {
        let of = |color, terminal, set: &'static [(&'static str, &'static str)]| {
            let variable = move |name: &str| {
                set.iter()
                    .find(|(have, _)| *have == name)
                    .map_or(String::new(), |(_, value)| (*value).to_owned())
            };
            let style = decide(color, terminal, &variable, &|| Some(72));
            (style.color, style.unicode, style.width)
        };
        assert_eq!(of(Color::Auto, true, &[]), (true, true, 72));
        assert_eq!(of(Color::Auto, false, &[]), (false, true, 100));
        assert_eq!(of(Color::Auto, false, &[("LC_ALL", "C.UTF-8"), ("LANG", "C")]), (false, true, 100));
        assert_eq!(of(Color::Auto, false, &[("LANG", "C")]), (false, false, 100));
        assert!(!of(Color::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).0);
        assert_eq!(
            of(Color::Auto, false, &[("CLICOLOR_FORCE", "1"), ("COLUMNS", "1000")]),
            (true, true, 160)
        );
        assert_eq!(of(Color::Auto, true, &[("TERM", "dumb")]), (false, false, 72));
        assert!(of(Color::Always, false, &[("NO_COLOR", "1")]).0);
        assert!(!of(Color::Auto, true, &[("LC_ALL", "POSIX")]).1);
    }
}
