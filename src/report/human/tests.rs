// The clock is read to hold a bound.
#![allow(clippy::disallowed_methods)]

use crate::diagnostic::{Annotation, Because, Diagnostic};
use crate::report::human::{GroupBy, Verbosity, View};
use crate::report::sample::{at, found, incidents, operand};
use crate::report::{Coverage, Outcome, Style, concise};
use crate::source::Span;

fn check(outcome: &Outcome, style: Style, verbosity: Verbosity) -> String {
    super::check(outcome, style, View { verbosity, ..View::default() })
}

#[test]
fn the_incidents_as_a_person_sees_them() {
    let outcome = incidents();
    insta::assert_snapshot!("wide", check(&outcome, Style::plain(120), Verbosity::Normal));
    insta::assert_snapshot!("narrow_verbose", check(&outcome, Style::plain(80), Verbosity::Verbose));
    let ascii = Style { unicode: false, ..Style::plain(100) };
    insta::assert_snapshot!("ascii_quiet", check(&outcome, ascii, Verbosity::Quiet));
    let color = check(&outcome, Style { color: true, ..Style::plain(100) }, Verbosity::Quiet);
    insta::assert_snapshot!("color", color.replace('\u{1b}', "␛"));
}

#[test]
fn awkward_lines_stay_readable() {
    let mut outcome = Outcome::default();
    let long = format!(
        "\t\t{{\"a\": \"{}\", \"memory\": \"512Mi\", \"b\": \"{}\", \"cpu\": 1}}",
        "x".repeat(300),
        "y".repeat(300)
    );
    let minified = outcome.sources.add("min.json", long);
    let odd = outcome.sources.add(
        "odd.yaml",
        "\u{feff}env:\r\n\t- {name: DB_PASSWORD, value: hunter2!} # \u{1b}[31m\u{202e}evil\r\n  漢字: \"値\" # ::error::x\r\nlast:",
    );
    let ink =
        |outcome: &Outcome, file, part: &str, label: &str| Annotation::new(at(outcome, file, part), label);
    let mut cut = found(
        "long-line",
        "a very long line is cut around what matters\n::error::and is one line",
        ink(&outcome, minified, "\"512Mi\"", "512Mi is not enough"),
    );
    cut.related = vec![ink(&outcome, minified, "1}", "far away")];
    let mut masked =
        found("masked", "DB_PASSWORD is hunter2!", ink(&outcome, odd, "hunter2!", "set here to hunter2!"));
    masked.because = Some(Because {
        expression: "size(deployment.env.DB_PASSWORD.value) == 0".to_owned(),
        operands: vec![operand("deployment.env.DB_PASSWORD.value", "hunter2!")],
        value: false,
        gap: None,
    });
    masked.related = vec![
        ink(&outcome, odd, "\"値\"", "wide characters"),
        ink(&outcome, odd, "last:", ""),
        Annotation::new(
            Span::new(odd, outcome.sources.get(odd).text().len(), outcome.sources.get(odd).text().len()),
            "nothing here",
        ),
        Annotation::new(
            at(&outcome, odd, "env:"),
            "a label that is so long that it does not fit into the space that is left at the right of its stem",
        ),
    ];
    outcome.diagnostics = vec![
        Diagnostic::error("unknown-key", at(&outcome, odd, "last"), "`last` is no key of `celador.yaml`")
            .with_label("did you mean `list`?")
            .with_help("remove it, or write `list`"),
        Diagnostic::warning("path-not-found", Span::beginning(odd), "nothing is there"),
    ];
    outcome.findings = vec![cut, masked];
    insta::assert_snapshot!("awkward", check(&outcome, Style::plain(80), Verbosity::Normal));
}

#[test]
fn a_clean_run_is_one_line() {
    let outcome = Outcome { coverage: Coverage { files: 1, excluded: Vec::new() }, ..Outcome::default() };
    assert_eq!(
        check(&outcome, Style::plain(80), Verbosity::Normal),
        "nothing to report: 1 file read, 0 policies bound\n"
    );
    assert_eq!(check(&outcome, Style::plain(80), Verbosity::Quiet), "");
}

#[test]
fn many_findings_in_a_large_file_take_no_time() {
    let mut outcome = Outcome::default();
    let text: String = (0..40_000).map(|i| format!("  key_{i}: some value of the config\n")).collect();
    let file = outcome.sources.add("large.yaml", text);
    for i in 0..500 {
        let primary = Annotation::new(at(&outcome, file, &format!("key_{}:", i * 79)), "here");
        outcome.findings.push(found("policy", "a message", primary));
    }
    let started = std::time::Instant::now();
    let report = check(&outcome, Style::plain(100), Verbosity::Normal);
    let took = started.elapsed();
    assert!(report.lines().count() > 3_000);
    // Milliseconds with a line index; minutes if every finding counted lines from the top.
    assert!(took.as_secs() < 20, "{took:?}");
}

#[test]
fn findings_are_counted_and_put_together() {
    let outcome = incidents();
    let mut all = String::new();
    for group_by in [None, Some(GroupBy::Policy), Some(GroupBy::File), Some(GroupBy::Service)] {
        for statistics in [true, false] {
            let view = View { verbosity: Verbosity::Verbose, statistics, group_by };
            let concise = concise::check(&outcome, Style::plain(80), view);
            all.push_str(&format!("---- {group_by:?}, statistics: {statistics}, concise\n{concise}"));
            if statistics || group_by == Some(GroupBy::Service) {
                let human = super::check(&outcome, Style::plain(80), view);
                let human = human.split("\nPOLICY  ").next().unwrap_or_default();
                all.push_str(&format!("---- {group_by:?}, statistics: {statistics}, human\n{human}"));
            }
        }
    }
    insta::assert_snapshot!("grouped", all);
}

#[test]
fn an_escape_hatch_leaves_its_trace_however_quiet_the_run() {
    use crate::diagnostic::{By, SetAside};
    let mut outcome = incidents();
    let by = [
        By::Bypass { reason: "the site is down".to_owned() },
        By::Budget { environment: "staging".to_owned(), tolerate: 2, reason: None, span: None },
        By::Base { commit: "main".to_owned() },
    ];
    let finding = outcome.findings.remove(0);
    outcome.findings.clear();
    outcome.undetermined.clear();
    outcome.set_aside = by.map(|by| SetAside { finding: finding.clone(), by }).to_vec();
    let mut all = String::new();
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        let view = View { verbosity, ..View::default() };
        outcome.tallies.clear();
        all.push_str(&format!("---- {verbosity:?}\n{}", super::check(&outcome, Style::plain(80), view)));
        all.push_str(&format!("----\n{}", concise::check(&outcome, Style::plain(80), view)));
    }
    insta::assert_snapshot!("set_aside", all);
}
