//! Runs the cases of `tests/fixtures/reports/*.md`: files, and below them what `celador` prints of their
//! project.
//!
//! What is expected stands behind the command that prints it: ```` ```report COLUMNS=40 celador check ````.
//! In a file `\u{202e}` stands for that character and `«text×300»` for the text so many times; in a report
//! `␛` stands for the escape character.

use crate::pages::{self, Block};
use crate::run::{Scratch, celador_with};

#[test]
fn a_report_stays_readable_whatever_the_terminal_and_the_files() {
    pages::check("reports", |info| info.starts_with("report "), report);
}

fn report(info: &str, given: &[Block]) -> String {
    let scratch = Scratch::new("reports");
    for block in given {
        let (_, path) =
            block.info.split_once(' ').unwrap_or_else(|| panic!("`{}` names no file", block.info));
        scratch.write(&written(path), written(&block.body));
    }
    let words: Vec<&str> = info.split(' ').skip(1).collect();
    let (environment, arguments) = words.split_at(words.iter().position(|word| *word == "celador").unwrap());
    let environment: Vec<(&str, &str)> = environment.iter().filter_map(|word| word.split_once('=')).collect();
    let run = celador_with(scratch.path(), &arguments[1..], &environment);
    let ascii = environment.contains(&("TERM", "dumb")) || environment.contains(&("LC_ALL", "C"));
    assert!(!ascii || run.stdout.is_ascii(), "not ASCII:\n{}", run.stdout);
    for c in run.stdout.chars() {
        let steers = matches!(c, '\u{80}'..='\u{9f}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}');
        assert!(!steers && (!c.is_control() || matches!(c, '\n' | '\u{1b}')), "{c:?} is in the report");
    }
    let errors: String = run.stderr.lines().map(|line| format!("stderr: {line}\n")).collect();
    format!("{}{errors}exit code {}\n", run.stdout.replace('\u{1b}', "␛"), run.code.unwrap_or(-1))
}

/// A file's text, with the characters that no editor shows.
fn written(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        out.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap());
        out.push_str(rest);
    }
    while let Some((before, rest)) = out.split_once('«') {
        let (repeated, after) = rest.split_once('»').unwrap();
        let (what, times) = repeated.rsplit_once('×').unwrap();
        out = format!("{before}{}{after}", what.repeat(times.parse().unwrap()));
    }
    out
}
