mod gates;

use super::{ActionRule, Date, Enforced, Judged, Known, Settings, Status, enforce, status};
use crate::diagnostic::{Action, Annotation, By, Finding, Severity, Verdict};
use crate::model::Environment;
use crate::source::{Sources, Span};

fn finding(sources: &Sources, policy: &str, service: &str, at: &str) -> Finding {
    let (id, source) = sources.iter().next().unwrap();
    let start = source.text().find(at).unwrap();
    Finding {
        policy: policy.to_owned(),
        verdict: Verdict::Fail,
        severity: Severity::Error,
        action: Action::Deny,
        message: format!("{at} is wrong"),
        services: vec![service.to_owned()],
        environment: Some("staging".to_owned()),
        platform: None,
        condition: String::new(),
        primary: Annotation::new(Span::new(id, start, start + at.len()), ""),
        origin: None,
        related: Vec::new(),
        because: None,
        further: Vec::new(),
        help: None,
        fix: None,
        unknowns: Vec::new(),
        fingerprint: String::new(),
    }
}

fn judged(findings: Vec<Finding>) -> Judged {
    Judged { findings, ..Judged::default() }
}

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add("deploy.sh", text);
    sources
}

#[test]
fn days_are_checked_and_counted() {
    assert!(Date::parse("2026-02-29").is_err());
    assert!(Date::parse("2024-02-29").is_ok());
    assert!(Date::parse("26-2-9").is_err());
    assert!(Date::parse("2026-+2-01").is_err());
    let day = Date::of_unix_seconds(1_795_363_200).unwrap();
    assert_eq!(day.to_string(), "2026-11-22");
    assert_eq!(day.days_until(Date::parse("2026-12-31").unwrap()), 39);
    for days in [0, 59, 60, 365, 10_957, 20_000, 47_541] {
        let date = Date::of_unix_seconds(days * 86_400).unwrap();
        assert_eq!(Date::new(1970, 1, 1).unwrap().days_until(date), days, "{date}");
    }
}

#[test]
fn the_last_row_that_applies_decides_and_dates_end() {
    let sources = sources("--memory 512Mi");
    let rule = |action, until: Option<&str>| ActionRule {
        policy: "alpine-*".to_owned(),
        group: None,
        severity: None,
        service: None,
        environment: Some(Environment::named("staging")),
        action,
        until: until.map(|day| Date::parse(day).unwrap()),
        from: None,
        span: Span::beginning(crate::source::SourceId::FIRST),
    };
    let run = |actions, today: &str| {
        let settings = Settings { actions, today: Some(Date::parse(today).unwrap()), ..Settings::default() };
        let found = vec![finding(&sources, "alpine-minimum-memory", "api", "512Mi")];
        let enforced = enforce(judged(found), &settings, &sources);
        (enforced.findings[0].action, status(&enforced, false, false))
    };
    let rows = || vec![rule(Action::Warn, Some("2027-01-31"))];
    assert_eq!(run(rows(), "2027-01-31"), (Action::Warn, Status::Passed));
    assert_eq!(run(rows(), "2027-02-01"), (Action::Deny, Status::Denied));
    assert_eq!(run(Vec::new(), "2027-01-31"), (Action::Deny, Status::Denied));
}

#[test]
fn fingerprints_follow_the_words_of_the_line_and_not_its_number() {
    let before = sources("gcloud run deploy api --memory 512Mi\n");
    let after = sources("# a comment\n  gcloud run  deploy api --memory 512Mi\n");
    let print = |sources: &Sources, policy| {
        let found = vec![finding(sources, policy, "api", "512Mi")];
        enforce(judged(found), &Settings::default(), sources).findings[0].fingerprint.clone()
    };
    assert_eq!(print(&before, "one"), print(&after, "one"));
    assert_ne!(print(&before, "one"), print(&before, "two"));
    assert_eq!(print(&before, "one").len(), 16);
}

#[test]
fn errors_win_over_denials_and_strict_denies_what_is_undetermined() {
    let sources = sources("--memory 512Mi");
    let mut open = finding(&sources, "one", "api", "512Mi");
    open.verdict = Verdict::Undetermined;
    open.action = Action::Warn;
    let run = |strict| {
        let settings = Settings { strict, ..Settings::default() };
        enforce(Judged { undetermined: vec![open.clone()], ..Judged::default() }, &settings, &sources)
    };
    assert_eq!(status(&run(false), false, false), Status::Passed);
    assert_eq!(status(&run(true), false, false), Status::Denied);
    assert_eq!(status(&run(true), true, false), Status::Wrong);
    assert_eq!(status(&run(false), false, true).code(), 3);
}

/// One finding of one policy for every `512Mi` or `256Mi` of some files.
fn small_memory(files: &[(&str, &str)], base: Known) -> (Enforced, Sources) {
    let mut sources = Sources::new();
    let mut found = Vec::new();
    for (path, text) in files {
        let id = sources.add(*path, *text);
        for (start, literal) in text.match_indices("512Mi").chain(text.match_indices("256Mi")) {
            let like = self::sources("512Mi");
            let primary = Annotation::new(Span::new(id, start, start + literal.len()), "");
            found.push(Finding { primary, ..finding(&like, "memory", "api", "512Mi") });
        }
    }
    let settings = Settings { base, ..Settings::default() };
    (enforce(judged(found), &settings, &sources), sources)
}

/// How many findings of `after` are new against `before`.
fn new_findings(before: &[(&str, &str)], after: &[(&str, &str)]) -> usize {
    let (enforced, sources) = small_memory(before, Known::default());
    let gone = |path: &str| after.iter().all(|(other, _)| *other != path);
    let by = By::Base { commit: "1234567".to_owned() };
    let (enforced, _) = small_memory(after, Known::of_findings(&enforced.findings, &sources, gone, &by));
    assert!(enforced.set_aside.iter().all(|one| one.by == by));
    enforced.findings.len()
}

#[test]
fn a_known_finding_is_known_again_where_it_moved_and_each_only_once() {
    let old = [("a.sh", "deploy --memory 512Mi\n")];
    assert_eq!(new_findings(&old, &old), 0);
    assert_eq!(new_findings(&old, &[("a.sh", "# moved\n\n   deploy  --memory 512Mi\n")]), 0);
    // Another literal, another word, another setting of the same line.
    assert_eq!(new_findings(&old, &[("a.sh", "deploy --memory 256Mi\n")]), 1);
    assert_eq!(new_findings(&old, &[("a.sh", "deploy --cpu 1 --memory 512Mi\n")]), 1);
    // A second copy, above or below, in the file or beside it.
    assert_eq!(new_findings(&old, &[("a.sh", "deploy --memory 512Mi\ndeploy --memory 512Mi\n")]), 1);
    assert_eq!(new_findings(&old, &[old[0], ("b.sh", "deploy --memory 512Mi\n")]), 1);
    // A renamed file, and one that was renamed and copied.
    assert_eq!(new_findings(&old, &[("b.sh", "deploy --memory 512Mi\n")]), 0);
    assert_eq!(new_findings(&old, &[("b.sh", "deploy --memory 512Mi\n"), ("c.sh", old[0].1)]), 1);
    // One of two that are alike was mended; which one cannot be told, and need not be.
    let two = [("a.sh", "deploy --memory 512Mi\ndeploy --memory 512Mi\n")];
    assert_eq!(new_findings(&two, &old), 0);
    assert_eq!(new_findings(&two, &two), 0);
}

#[test]
fn a_known_file_of_one_line_is_no_licence_for_the_rest_of_it() {
    let filler = "x".repeat(1_000);
    let line = |memory: &str, tail: &str| format!("{filler} deploy --memory {memory} {filler}{tail}");
    let old = line("512Mi", "");
    assert_eq!(new_findings(&[("a.json", &old)], &[("a.json", &line("512Mi", " more"))]), 0);
    assert_eq!(new_findings(&[("a.json", &old)], &[("a.json", &line("256Mi", ""))]), 1);
    let wide = line("512Mi", "é").replace('x', "é");
    assert_eq!(new_findings(&[("a.json", &wide)], &[("a.json", &wide)]), 0);
}

#[test]
fn what_could_not_be_told_does_not_hide_what_fails() {
    let sources = sources("--memory 512Mi");
    let failed = finding(&sources, "memory", "api", "512Mi");
    let open = Finding { verdict: Verdict::Undetermined, ..failed.clone() };
    let before =
        enforce(Judged { undetermined: vec![open], ..Judged::default() }, &Settings::default(), &sources);
    let by = By::Base { commit: "1234567".to_owned() };
    let base = Known::of_findings(&before.undetermined, &sources, |_| true, &by);
    let settings = Settings { base, ..Settings::default() };
    assert_eq!(enforce(judged(vec![failed]), &settings, &sources).findings.len(), 1);
}
