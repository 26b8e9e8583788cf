//! Every format, on one outcome that has something of everything.

use crate::diagnostic::{By, Diagnostic, SetAside, WaiverNote};
use crate::enforce::Status;
use crate::report::sample::{at, incidents};
use crate::report::{Outcome, Rule, Run};
use crate::source::SourceId;

/// The incidents, with findings set aside by everything that sets one aside, and a policy that is wrong.
fn everything() -> Outcome {
    let mut outcome = incidents();
    let place = at(&outcome, SourceId::FIRST, "\"512Mi\"");
    let note = WaiverNote {
        reason: "measured: 400Mi | <b>".to_owned(),
        owner: None,
        expires: None,
        days_left: None,
        inline: true,
        span: at(&outcome, SourceId::FIRST, "service.memory"),
    };
    let all = [
        By::Waiver(note),
        By::Baseline { span: place, reason: None },
        By::Budget { environment: "staging".to_owned(), tolerate: 2, reason: None, span: Some(place) },
        By::Environment { gated: "staging".to_owned() },
        By::Bypass { reason: "the site is down".to_owned() },
        By::Base { commit: "1a2b3c4".to_owned() },
    ];
    let finding = outcome.findings[0].clone();
    let set_aside = all.into_iter().enumerate().map(|(number, by)| {
        let mut finding = finding.clone();
        finding.fingerprint = format!("{number:016x}");
        SetAside { finding, by }
    });
    outcome.set_aside.extend(set_aside);
    let wrong = outcome.sources.add("policies/own.yaml", "kind: Polcy\n");
    let span = at(&outcome, wrong, "Polcy");
    let told = Diagnostic::error("unknown-kind", span, "there is no kind `Polcy`");
    outcome.diagnostics.push(told.with_label("here").with_help("did you mean `Policy`?"));
    let given = outcome.sources.add("command line", "--policy nothing");
    let told = Diagnostic::warning("unknown-policy", at(&outcome, given, "nothing"), "there is no `nothing`");
    outcome.diagnostics.push(told);
    outcome
}

fn with_rules(outcome: &Outcome, write: fn(&Run<'_>) -> String) -> String {
    let mut rule = Rule::named("alpine-minimum-memory");
    rule.title = "Alpine services get the memory their start-up needs".to_owned();
    rule.group = "resources".to_owned();
    rule.rationale =
        "A smaller image is no *smaller* process.\n\nSet `minimum` to that; ask @team.".to_owned();
    rule.help = vec!["raise the memory".to_owned()];
    write(&Run { outcome, status: Status::Wrong, rules: &[rule], prefix: "apps/" })
}

macro_rules! formats {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(with_rules(&everything(), crate::report::$name));
        }
    )*};
}

formats!(azure, checkstyle, github, gitlab, junit, markdown, rdjson, sarif, tap);

#[test]
fn json_lines() {
    insta::assert_snapshot!(crate::report::json::lines(&everything()));
}

#[test]
fn a_page_is_never_longer_than_a_comment_holds_and_says_what_is_missing() {
    let mut outcome = everything();
    let finding = outcome.findings[0].clone();
    outcome.findings.extend(std::iter::repeat_n(finding, 2_000));
    let page = with_rules(&outcome, crate::report::markdown);
    assert!(page.encode_utf16().count() <= crate::report::MARKDOWN_MOST, "{}", page.len());
    assert!(page.encode_utf16().count() > 60_000, "{}", page.len());
    let last = page.lines().last().unwrap();
    assert!(last.contains("left out (") && last.contains("`celador check` shows all"), "{last}");
}

#[test]
fn a_clean_run_is_an_empty_report_and_no_missing_one() {
    let clean = Outcome::default();
    let run = Run { outcome: &clean, status: Status::Passed, rules: &[], prefix: "" };
    assert_eq!(crate::report::gitlab(&run), "[]\n");
    assert!(crate::report::sarif(&run).contains("\"results\": []"));
    assert!(crate::report::rdjson(&run).contains("\"diagnostics\": []"));
    assert_eq!(crate::report::tap(&run), "TAP version 14\n1..0\n");
    assert_eq!(crate::report::github(&run), "celador: nothing found\n");
    assert_eq!(crate::report::azure(&run), "celador: nothing found\n");
    assert!(crate::report::junit(&run).contains("<testsuites "));
    assert!(crate::report::checkstyle(&run).contains("<checkstyle version=\"4.3\">"));
    assert!(crate::report::markdown(&run).starts_with("### Celador: nothing denies\n"));
}
