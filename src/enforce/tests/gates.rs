//! Rows of actions, budgets, the gated environment, the bypass.

use super::{finding, judged, sources};
use crate::diagnostic::{Action, By, Finding, Severity, Verdict};
use crate::enforce::{
    ActionRule, Bypass, Date, Enforced, Gate, Judged, Only, Settings, Status, enforce, status,
};
use crate::model::Environment;
use crate::source::{SourceId, Span};

fn place() -> Span {
    Span::beginning(SourceId::FIRST)
}

/// Denied findings of these environments (`-` is none), each of a policy of its own: `p0`, `p1`...
fn findings(environments: &[&str]) -> Vec<Finding> {
    let sources = sources("--memory 512Mi");
    let of = |(at, environment): (usize, &&str)| Finding {
        environment: Some((*environment).to_owned()).filter(|name| name != "-"),
        ..finding(&sources, &format!("p{at}"), "api", "512Mi")
    };
    environments.iter().enumerate().map(of).collect()
}

fn run(findings: Vec<Finding>, settings: &Settings) -> Enforced {
    enforce(judged(findings), settings, &sources("--memory 512Mi"))
}

/// The policies whose findings count, and those that were let pass by what.
fn counted(environments: &[&str], settings: &Settings) -> String {
    let enforced = run(findings(environments), settings);
    let counted = enforced.findings.iter().map(|finding| finding.policy.clone());
    let passed = enforced.set_aside.iter().map(|one| format!("{}:{}", one.finding.policy, one.by.as_str()));
    counted.chain(passed).collect::<Vec<_>>().join(" ")
}

fn gate(environment: &str, tolerate: usize) -> Gate {
    let (environment, reason) = (Environment::named(environment), "the vault is moved".to_owned());
    Gate { environment, tolerate, reason, span: place() }
}

#[test]
fn a_budget_tolerates_so_many_and_of_one_more_none() {
    let settings = Settings { gates: vec![gate("staging", 2), gate("production", 0)], ..Settings::default() };
    assert_eq!(counted(&["staging", "staging"], &settings), "p0:budget p1:budget");
    assert_eq!(counted(&["staging", "staging", "staging"], &settings), "p0 p1 p2");
    assert_eq!(counted(&["production"], &settings), "p0");
    // What is of no environment, or of another one too, is nobody's to tolerate.
    assert_eq!(counted(&["-", "staging", "staging, production"], &settings), "p0 p2 p1:budget");
    let enforced = run(findings(&["staging"]), &settings);
    assert_eq!(enforced.set_aside[0].by.reason(), "staging tolerates 2: the vault is moved");
    assert_eq!(status(&enforced, false, false), Status::Passed);
}

#[test]
fn a_budget_counts_what_denies_and_nothing_else() {
    let settings = Settings { gates: vec![gate("staging", 1)], ..Settings::default() };
    let mut all = findings(&["staging", "staging"]);
    all[0].action = Action::Warn;
    let enforced = run(all, &settings);
    assert_eq!((enforced.findings.len(), enforced.set_aside.len()), (1, 1));
    // A verdict that is open and denies is one of them.
    let mut open = findings(&["staging", "staging"]);
    open[0].verdict = Verdict::Undetermined;
    let undetermined = vec![open.remove(0)];
    let judged = Judged { findings: open, undetermined, ..Judged::default() };
    let enforced = enforce(judged, &settings, &sources("--memory 512Mi"));
    assert_eq!(
        (enforced.findings.len(), enforced.undetermined.len()),
        (1, 1),
        "two of them are one too many"
    );
}

#[test]
fn a_gated_environment_is_all_that_counts() {
    let only = Some(Only { environment: Environment::named("prod"), span: place() });
    let settings = Settings { only, gates: vec![gate("staging", 9)], ..Settings::default() };
    assert_eq!(
        counted(&["staging", "production", "staging, production", "-"], &settings),
        "p1 p2 p3 p0:environment"
    );
    assert_eq!(status(&run(findings(&["staging"]), &settings), false, false), Status::Passed);
}

#[test]
fn a_bypass_is_told_even_if_it_changes_nothing_and_spares_what_is_guarded() {
    let bypass = |environments: &[&str]| {
        let environments = environments.iter().map(|name| Environment::named(name)).collect();
        Some(Bypass { reason: "the site is down".to_owned(), environments, span: place() })
    };
    let settings =
        Settings { bypass: bypass(&["staging"]), unbypassable: vec!["p1".to_owned()], ..Settings::default() };
    let all = ["staging", "staging", "production", "-", "staging, production"];
    assert_eq!(counted(&all, &settings), "p1 p2 p3 p4 p0:bypass");
    let idle = run(Vec::new(), &settings);
    assert_eq!(idle.diagnostics[0].message, "staging bypassed, 0 findings set aside: the site is down");
    let both = Settings { bypass: bypass(&["staging", "production"]), ..Settings::default() };
    assert_eq!(counted(&["staging, production"], &both), "p0:bypass");
    // What denies nothing needs no bypass.
    let mut warns = findings(&["staging"]);
    warns[0].action = Action::Warn;
    assert_eq!(run(warns, &both).set_aside.len(), 0);
    // A budget comes first; what is guarded is no part of it.
    let gates = vec![gate("staging", 1)];
    let settings = Settings { gates, unbypassable: vec!["p0".to_owned()], ..Settings::default() };
    assert_eq!(counted(&["staging", "staging"], &settings), "p0 p1:budget");
}

fn row(action: Action) -> ActionRule {
    ActionRule {
        policy: "*".to_owned(),
        group: None,
        severity: None,
        service: None,
        environment: None,
        action,
        until: None,
        from: None,
        span: place(),
    }
}

/// What the rows make of one denied error of the service `api` in an environment.
fn decided(policy: &str, environment: &str, rows: Vec<ActionRule>, today: &str) -> Action {
    let today = Some(Date::parse(today).unwrap());
    let settings = Settings { actions: rows, today, ..Settings::default() };
    let mut all = findings(&[environment]);
    all[0].policy = policy.to_owned();
    run(all, &settings).findings[0].action
}

#[test]
fn a_row_narrows_by_group_severity_and_service_and_the_last_one_wins() {
    let day = "2026-11-22";
    let warn = || row(Action::Warn);
    let of = |rule: ActionRule| decided("floating-image-tag", "staging", vec![rule], day);
    assert_eq!(of(ActionRule { group: Some("images".to_owned()), ..warn() }), Action::Warn);
    assert_eq!(of(ActionRule { group: Some("ports".to_owned()), ..warn() }), Action::Deny);
    assert_eq!(of(ActionRule { severity: Some(Severity::Error), ..warn() }), Action::Warn);
    assert_eq!(of(ActionRule { severity: Some(Severity::Info), ..warn() }), Action::Deny);
    assert_eq!(of(ActionRule { service: Some("a*".to_owned()), ..warn() }), Action::Warn);
    assert_eq!(of(ActionRule { service: Some("web".to_owned()), ..warn() }), Action::Deny);
    let last = decided("p", "staging", vec![warn(), row(Action::Audit), row(Action::Deny)], day);
    assert_eq!(last, Action::Deny);
}

#[test]
fn a_row_for_one_environment_never_softens_what_concerns_another_too() {
    let staging = |action| ActionRule { environment: Some(Environment::named("stg")), ..row(action) };
    let day = "2026-11-22";
    assert_eq!(decided("p", "staging, production", vec![staging(Action::Warn)], day), Action::Deny);
    let rows = vec![row(Action::Warn), staging(Action::Deny)];
    assert_eq!(decided("p", "staging, production", rows, day), Action::Deny, "and may make it graver");
    assert_eq!(decided("p", "-", vec![staging(Action::Warn)], day), Action::Deny);
}

#[test]
fn a_row_warns_until_its_day_and_the_next_one_denies_from_then_on() {
    let last = Date::parse("2027-01-31").unwrap();
    let rows = || {
        let from = Some(Date::parse("2027-02-01").unwrap());
        vec![ActionRule { until: Some(last), ..row(Action::Warn) }, ActionRule { from, ..row(Action::Deny) }]
    };
    assert_eq!(decided("p", "staging", rows(), "2027-01-31"), Action::Warn);
    assert_eq!(decided("p", "staging", rows(), "2027-02-01"), Action::Deny);
    let told = |today: &str| {
        let today = Some(Date::parse(today).unwrap());
        let told = run(Vec::new(), &Settings { actions: rows(), today, ..Settings::default() }).diagnostics;
        told.into_iter().map(|told| told.message).collect::<Vec<_>>()
    };
    assert_eq!(told("2027-01-31"), Vec::<String>::new());
    assert_eq!(told("2027-02-01"), ["this row of `actions` held until 2027-01-31 and does nothing any more"]);
}

#[test]
fn what_decided_is_kept_by_fingerprint() {
    let settings = Settings { actions: vec![row(Action::Warn)], ..Settings::default() };
    let enforced = run(findings(&["staging"]), &settings);
    assert_eq!(enforced.decisions.get(&enforced.findings[0].fingerprint), Some(&place()));
    assert!(!matches!(enforced.set_aside.first().map(|one| &one.by), Some(By::Budget { .. })));
}
