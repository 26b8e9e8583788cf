//! The picture of a report in the README is one: `docs/report.svg` is drawn from what the program prints.

use crate::generated::same;
use crate::run::celador_with;
use anstyle_svg::Term;
use std::path::Path;

/// The findings that the picture shows; an ellipsis stands for the others.
const SHOWN: [&str; 2] = ["alpine-minimum-memory", "connection-timeout-exceeds-request-timeout"];

#[test]
fn the_picture_shows_what_the_program_prints() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/alpine-outage/before");
    let run = celador_with(&example, &["check", "--color", "always"], &[("COLUMNS", "100")]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{}", run.stdout);
    let parts: Vec<&str> = run.stdout.split("\n\n").collect();
    let shown = |part: &&str| SHOWN.iter().any(|policy| part.lines().next().unwrap().contains(policy));
    let findings: Vec<&str> = parts.iter().copied().filter(shown).collect();
    assert_eq!(findings.len(), SHOWN.len(), "{}", run.stdout);
    let more = "\u{1b}[2m…\u{1b}[0m";
    let summary = parts.last().unwrap().trim_end();
    let screen =
        format!("\u{1b}[2m$\u{1b}[0m celador check\n{}\n\n{more}\n\n{summary}", findings.join("\n\n"));
    // Line breaks of a checkout do not belong to the picture.
    same("docs/report.svg", &format!("{}\n", drawn(&screen).trim_end()));
}

fn drawn(screen: &str) -> String {
    let dark = anstyle_svg::WIN10_CONSOLE;
    Term::new().palette(dark).render_svg(screen)
}
