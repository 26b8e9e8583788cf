//! What could not be followed: by the input that it hangs on, what most hangs on first.

use crate::report::facts::entries::{self, State};
use crate::report::facts::grid::Grid;
use crate::report::human::Page;
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::one_line;
use crate::source::Span;
use crate::value::{Reason, Unknown};
use std::collections::{BTreeMap, BTreeSet};

/// An input with everything that hangs on it for one reason.
pub struct Group<'a> {
    pub input: &'a str,
    pub reason: Reason,
    /// What hangs on it, in the order of the report, each once: `memory of api`, `gcloud run deploy`.
    pub subjects: Vec<String>,
    /// How many values and commands hang on it: at least one for each subject.
    pub count: usize,
    /// Where it is read first.
    pub span: Span,
    places: BTreeSet<(String, Span)>,
}

/// All groups, the largest first; of two alike the one that is read first.
pub fn groups(outcome: &Outcome) -> Vec<Group<'_>> {
    let mut all: BTreeMap<(Reason, &str), Group<'_>> = BTreeMap::new();
    for deployment in &outcome.model.deployments {
        for entry in entries::of_deployment(deployment, &outcome.provenance) {
            if let (State::Unknown, Some(unknown)) = (entry.state, entry.unknown) {
                let subject = format!("{} of {}", entry.name, deployment.display_name());
                add(&mut all, subject, unknown);
            }
        }
    }
    for one in &outcome.model.unresolved {
        // A command is told where none of its settings is: the same input at the same place is one.
        let is_told = all
            .get(&(one.unknown.reason, &*one.unknown.input))
            .is_some_and(|group| group.places.iter().any(|(_, span)| *span == one.unknown.span));
        if !is_told {
            add(&mut all, one.subject.clone(), &one.unknown);
        }
    }
    let mut all: Vec<Group<'_>> = all.into_values().collect();
    all.sort_by_key(|group| (std::cmp::Reverse(group.count), group.span));
    all
}

fn add<'a>(all: &mut BTreeMap<(Reason, &'a str), Group<'a>>, subject: String, unknown: &'a Unknown) {
    let group = all.entry((unknown.reason, &unknown.input)).or_insert_with(|| Group {
        input: &unknown.input,
        reason: unknown.reason,
        subjects: Vec::new(),
        count: 0,
        span: unknown.span,
        places: BTreeSet::new(),
    });
    group.span = group.span.min(unknown.span);
    if group.places.insert((subject.clone(), unknown.span)) {
        group.count += 1;
        if !group.subjects.contains(&subject) {
            group.subjects.push(subject);
        }
    }
}

/// One input a line, with how much hangs on it and where it is read first.
pub fn table(page: &Page<'_>, outcome: &Outcome) -> String {
    let groups = groups(outcome);
    if groups.is_empty() {
        return format!("{}\n", page.style.paint(Ink::Strong, "everything that was read could be followed"));
    }
    let mut grid = Grid::new(&["COUNT", "HANGS ON", "WHY", "WHAT", "FROM"], page.style);
    let text = |text: &str| one_line(&page.redactor.text(text), page.style.unicode);
    for group in groups {
        let what = match group.subjects.as_slice() {
            [] => String::new(),
            [only] => text(only),
            [first, rest @ ..] => format!("{} and {} more", text(first), rest.len()),
        };
        grid.row(vec![
            group.count.to_string(),
            text(group.input),
            group.reason.as_str().to_owned(),
            what,
            page.place(group.span),
        ]);
    }
    grid.print()
}
