use super::{ActionRule, Date, Settings, Status, Waiver, enforce, status};
use crate::diagnostic::{Action, Annotation, Finding, Severity, Verdict};
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

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add("deploy.sh", text);
    sources
}

fn waiver(policy: &str, service: Option<&str>, expires: Option<&str>) -> Waiver {
    Waiver {
        policy: policy.to_owned(),
        service: service.map(str::to_owned),
        environment: None,
        path: None,
        reason: "rebuilt hourly".to_owned(),
        owner: "@platform".to_owned(),
        expires: expires.map(|day| Date::parse(day).unwrap()),
        span: Span::beginning(crate::source::SourceId::FIRST),
        expires_span: None,
    }
}

#[test]
fn days_are_checked_and_counted() {
    assert!(Date::parse("2026-02-29").is_err());
    assert!(Date::parse("2024-02-29").is_ok());
    assert!(Date::parse("26-2-9").is_err());
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
        environment: Some(Environment::named("staging")),
        action,
        until: until.map(|day| Date::parse(day).unwrap()),
        from: None,
        span: Span::beginning(crate::source::SourceId::FIRST),
    };
    let run = |actions, today: &str| {
        let settings = Settings { actions, today: Some(Date::parse(today).unwrap()), ..Settings::default() };
        let found = vec![finding(&sources, "alpine-minimum-memory", "api", "512Mi")];
        let enforced = enforce(found, Vec::new(), &settings, &sources);
        (enforced.findings[0].action, status(&enforced, false, false))
    };
    let rows = || vec![rule(Action::Warn, Some("2027-01-31"))];
    assert_eq!(run(rows(), "2027-01-31"), (Action::Warn, Status::Passed));
    assert_eq!(run(rows(), "2027-02-01"), (Action::Deny, Status::Denied));
    assert_eq!(run(Vec::new(), "2027-01-31"), (Action::Deny, Status::Denied));
}

#[test]
fn a_waiver_sets_aside_until_its_day_and_is_told_when_it_sets_nothing_aside() {
    let sources = sources("--memory 512Mi");
    let run = |waiver: Waiver| {
        let today = Some(Date::parse("2026-11-22").unwrap());
        let settings = Settings { waivers: vec![waiver], today, ..Settings::default() };
        let found = vec![finding(&sources, "floating-image-tag", "docs", "512Mi")];
        let enforced = enforce(found, Vec::new(), &settings, &sources);
        let codes: Vec<&str> = enforced.diagnostics.iter().map(|one| one.code.0).collect();
        (enforced.findings.len(), enforced.set_aside.len(), codes.join(" "))
    };
    assert_eq!(run(waiver("floating-*", Some("docs"), Some("2026-11-22"))), (0, 1, String::new()));
    assert_eq!(run(waiver("floating-*", Some("docs"), Some("2026-11-21"))), (1, 0, "waiver-expired".into()));
    assert_eq!(run(waiver("floating-*", Some("api"), None)), (1, 0, "waiver-unused".into()));
}

#[test]
fn fingerprints_follow_the_words_of_the_line_and_not_its_number() {
    let before = sources("gcloud run deploy api --memory 512Mi\n");
    let after = sources("# a comment\n  gcloud run  deploy api --memory 512Mi\n");
    let print = |sources: &Sources, policy| {
        let found = vec![finding(sources, policy, "api", "512Mi")];
        enforce(found, Vec::new(), &Settings::default(), sources).findings[0].fingerprint.clone()
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
        enforce(Vec::new(), vec![open.clone()], &settings, &sources)
    };
    assert_eq!(status(&run(false), false, false), Status::Passed);
    assert_eq!(status(&run(true), false, false), Status::Denied);
    assert_eq!(status(&run(true), true, false), Status::Wrong);
    assert_eq!(status(&run(false), false, true).code(), 3);
}
