//! `celador facts --bypasses`: what turns checks off, by environment.

use crate::model::{Bypass, Recorded};
use crate::report::facts::grid::Grid;
use crate::report::human::Page;
use crate::report::outcome::Outcome;
use crate::report::text::one_line;
use std::collections::BTreeMap;

/// The table, and a line of counts. What acts in several environments has a row in each.
pub fn table(page: &Page<'_>, outcome: &Outcome) -> String {
    let all = &outcome.model.bypasses;
    let mut rows: BTreeMap<(usize, String), Vec<&Bypass>> = BTreeMap::new();
    for bypass in all {
        match &bypass.environments {
            None => rows.entry((0, "any".to_owned())).or_default().push(bypass),
            Some(environments) => {
                for environment in environments {
                    let rank = match environment.as_str() {
                        "production" => 1,
                        "staging" => 2,
                        _ => 3,
                    };
                    rows.entry((rank, environment.to_string())).or_default().push(bypass);
                }
            }
        }
    }
    let heads = ["ENVIRONMENT", "SWITCH", "WHAT IT TURNS OFF", "WHEN", "THRESHOLD", "REASON", "FROM"];
    let mut grid = Grid::new(&heads, page.style);
    for ((_, environment), bypasses) in &rows {
        for bypass in bypasses {
            grid.row(row(page, environment, bypass));
        }
    }
    let number = all.len();
    let counts = match number {
        0 => "no switch turns a check off".to_owned(),
        1 => "1 switch turns a check off".to_owned(),
        _ => format!("{number} switches turn checks off"),
    };
    let anywhere = all.iter().filter(|one| one.is_unconditional()).count();
    let tail = if anywhere > 0 { format!(", {anywhere} of them wherever they stand") } else { String::new() };
    match number {
        0 => format!("{counts}\n"),
        _ => format!("{}\n{counts}{tail}\n", grid.print()),
    }
}

fn row(page: &Page<'_>, environment: &str, bypass: &Bypass) -> Vec<String> {
    let text = |text: &str| one_line(&page.redactor.text(text), page.style.unicode);
    let mut turns_off = text(&bypass.turns_off);
    if let Some(command) = &bypass.command {
        turns_off = format!("{turns_off} ({})", text(&shortened(command)));
    }
    if let Some(service) = &bypass.service {
        turns_off = format!("{turns_off} of {}", text(service));
    }
    let when = match (bypass.condition.is_always(), bypass.flag) {
        (false, _) => text(&bypass.condition.to_string()),
        (true, true) => "it is set".to_owned(),
        (true, false) => "always".to_owned(),
    };
    let reason = match bypass.recorded {
        Recorded::At(span) => text(page.redactor.slice(span).trim_matches(['"', '\''])),
        Recorded::Nowhere => "-".to_owned(),
        Recorded::Untold => "?".to_owned(),
    };
    let source = page.sources.get(bypass.span.source);
    let path = one_line(source.path(), page.style.unicode);
    vec![
        environment.to_owned(),
        text(&bypass.name),
        turns_off,
        when,
        bypass.threshold.map_or_else(|| "-".to_owned(), |(number, _)| number.to_string()),
        reason,
        format!("{path}:{}", source.position(bypass.span.start).line),
    ]
}

/// A command as far as a table has room.
fn shortened(command: &str) -> String {
    const LONGEST: usize = 40;
    match command.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", command.get(..at).unwrap_or_default()),
        None => command.to_owned(),
    }
}
