//! The other places of a finding: the branch that was not taken, the reference's side, the value that
//! lost, the place of use.

use super::Inputs;
use super::finding::platform_title;
use super::judge::Failure;
use super::subjects::Subject;
use crate::cel::object::{Datum, Field};
use crate::cel::{Leaf, Read, ReadState};
use crate::diagnostic::Annotation;
use crate::model::Environment;
use crate::policy::{Compiled, Kind, show};
use crate::provenance::Step;
use crate::source::Span;
use crate::value::Condition;

/// What is known of one failure when places are looked for.
pub(super) struct Tree<'a> {
    pub subject: &'a Subject,
    /// The subject's tree.
    pub root: &'a Field,
    pub failure: &'a Failure<'a>,
    pub variable: &'static str,
    pub inputs: &'a Inputs<'a>,
}

/// One step of a path: `.memory`, `[0]`, `["NAME"]`.
enum Segment<'a> {
    Name(&'a str),
    Index(usize),
}

impl Tree<'_> {
    /// The words at the literal: its value, when it holds, and what the value is otherwise.
    pub fn label(&self, read: &Read) -> String {
        match read.state {
            ReadState::Absent => format!("no {} is given", last_name(&read.path)),
            ReadState::Unknown(_) => format!("{} is not known here", last_name(&read.path)),
            ReadState::Known if read.place.platform_default => {
                format!("{}, the platform's default", read.written)
            }
            ReadState::Known => {
                let others = self.other_alternatives(read);
                let written = bare(&read.written);
                match (self.condition_of(read), others.as_slice()) {
                    // What stands elsewhere has a label of its own.
                    (Some(condition), [(_, (span, other))]) if *span == read.place.span => {
                        format!("{written} {}; {other} otherwise", condition.clause())
                    }
                    (Some(condition), _) => format!("{written} {}", condition.clause()),
                    (None, _) => match (self.name_of_owner(read), self.other_environment()) {
                        (Some(name), _) => format!("{name} is {written}"),
                        (None, Some((own, _))) => format!("{own}: {written}"),
                        (None, None) => written.to_owned(),
                    },
                }
            }
        }
    }

    /// All other places, each once, the primary one left out.
    pub fn related(&self, policy: &Compiled, primary: Option<&Read>) -> Vec<Annotation> {
        let mut all: Vec<Annotation> = Vec::new();
        if let Some(read) = primary {
            for (condition, (span, written)) in self.other_alternatives(read) {
                all.push(Annotation::new(span, format!("{written} {}", condition.clause())));
            }
            all.extend(self.overridden(read));
        }
        let reads = self.failure.leaves.first().map_or(&[][..], |leaf| leaf.reads.as_slice());
        for read in reads.iter().filter(|read| !read.passed_through) {
            all.extend(self.side(policy, read));
        }
        for leaf in self.failure.leaves.iter().skip(1) {
            all.extend(self.further(leaf));
        }
        if let Some(span) = primary.and_then(|read| self.place_of_use(read)) {
            let label = match self.subject.platform {
                Some(platform) => format!("passed to {} here", platform_title(platform)),
                None => "passed here".to_owned(),
            };
            all.push(Annotation::new(span, label));
        }
        let first = primary.map(|read| read.place.span);
        let mut seen: Vec<Span> = first.into_iter().collect();
        all.retain(|annotation| {
            let fresh = !seen.contains(&annotation.span);
            seen.push(annotation.span);
            fresh
        });
        all
    }

    /// A read of the reference, of the params, or another one of the subject.
    fn side(&self, policy: &Compiled, read: &Read) -> Option<Annotation> {
        let span = read.place.span;
        let name = last_name(&read.path);
        let label = match read.root() {
            "reference" => match self.other_environment() {
                Some((_, side)) => format!("{side}: {}", bare(&read.written)),
                None => format!("{name} is {} there", bare(&read.written)),
            },
            // A default of the policy itself is no place in the project.
            "params" if span.source == policy.policy.source => return None,
            "params" => format!("{name} is {} here", bare(&read.written)),
            _ if read.state == ReadState::Known => match self.name_of_owner(read) {
                Some(owner) => format!("{owner} is {}", bare(&read.written)),
                None => format!("{name} is {}", bare(&read.written)),
            },
            _ => return None,
        };
        Some(Annotation::new(span, label))
    }

    /// The subject's environment and the reference's, where they differ.
    fn other_environment(&self) -> Option<(&Environment, &Environment)> {
        let side = self.failure.reference?.environment.as_ref()?;
        let own = self.subject.environment.as_ref()?;
        (side != own).then_some((own, side))
    }

    /// Another element that fails the same validation.
    fn further(&self, leaf: &Leaf) -> Option<Annotation> {
        let read = leaf.reads.iter().find(|read| !read.passed_through)?;
        Some(Annotation::new(read.place.span, self.label(read)))
    }

    /// The value that was given earlier and lost, for settings of a deployment.
    fn overridden(&self, read: &Read) -> Vec<Annotation> {
        let Some(name) = read.path.strip_prefix("deployment.") else { return Vec::new() };
        if self.variable != Kind::Deployment.variable() {
            return Vec::new();
        }
        let Some(deployment) = self.inputs.model.deployments.get(self.subject.index) else {
            return Vec::new();
        };
        let own = deployment.settings.get(name);
        let setting = own.or_else(|| deployment.main().and_then(|main| main.settings.get(name)));
        let Some(setting) = setting else { return Vec::new() };
        let lost =
            setting.overridden.iter().filter(|(condition, ..)| !condition.contradicts(&self.failure.world));
        lost.filter_map(|(_, known, written)| {
            let span = self.inputs.provenance.literal(known.origin)?;
            Some(Annotation::new(span, format!("{written} was given before; the last one wins")))
        })
        .collect()
    }

    /// Where the value enters the command.
    fn place_of_use(&self, read: &Read) -> Option<Span> {
        let trail = self.inputs.provenance.trail(read.place.origin?);
        trail.iter().rev().find(|hop| hop.step == Step::Passed).map(|hop| hop.span)
    }

    /// The alternatives that were not chosen, with their conditions, places and values.
    fn other_alternatives(&self, read: &Read) -> Vec<(Condition, (Span, String))> {
        let Some(Field::Either(all)) = self.lookup(&read.path) else { return Vec::new() };
        let told = |(condition, field): &(Condition, Field)| {
            let (span, written) = match field {
                Field::Known { place, .. } => (place.span, show(field)),
                Field::Absent(place) => (place.span, "absent".to_owned()),
                Field::Unknown { unknown, .. } => (unknown.span, "unknown".to_owned()),
                Field::Either(_) => return None,
            };
            let chosen = span == read.place.span && written == read.written;
            (!chosen && condition.contradicts(&self.failure.world))
                .then(|| (condition.without(&self.subject.condition), (span, written)))
        };
        all.iter().filter_map(told).collect()
    }

    /// When the chosen alternative holds, if there was a choice.
    fn condition_of(&self, read: &Read) -> Option<Condition> {
        let Some(Field::Either(all)) = self.lookup(&read.path) else { return None };
        let chosen = all.iter().find(|(condition, _)| self.failure.world.implies(condition));
        let condition = chosen.map(|(condition, _)| condition.without(&self.subject.condition))?;
        (!condition.is_always()).then_some(condition)
    }

    /// The name of the element that the read belongs to: of a variable, a part, a container, a flag.
    fn name_of_owner(&self, read: &Read) -> Option<String> {
        let (owner, field) = read.path.rsplit_once('.')?;
        if matches!(field, "name" | "flag") || owner == self.variable {
            return None;
        }
        let text = |field: Field| match field {
            Field::Known { datum: Datum::Text(name), .. } => Some(name.to_string()),
            _ => None,
        };
        ["name", "flag"].iter().find_map(|field| text(self.lookup(&format!("{owner}.{field}"))?))
    }

    /// The field at a path, with its alternatives.
    fn lookup(&self, path: &str) -> Option<Field> {
        let mut segments = segments(path);
        let Some(Segment::Name(root)) = segments.next() else { return None };
        let mut here = match root {
            "each" => self.failure.each.clone()?,
            root if root == self.variable => self.root.clone(),
            _ => return None,
        };
        for segment in segments {
            if let Field::Either(all) = here {
                let chosen = all.into_iter().find(|(condition, _)| self.failure.world.implies(condition));
                here = chosen?.1;
            }
            let Field::Known { datum, .. } = &here else { return None };
            let next = match (datum, segment) {
                (Datum::Object(object), Segment::Name(name)) => object.fields.get(name),
                (Datum::Map(map), Segment::Name(name)) => map.entries.get(name),
                (Datum::List(list), Segment::Index(index)) => list.elements.get(index),
                _ => None,
            };
            here = next?.clone();
        }
        Some(here)
    }
}

/// How strict the reference is that a failure was compared with: its value, where that is a number.
pub(super) fn strictness(failure: &Failure<'_>) -> f64 {
    let reads = failure.leaves.first().map_or(&[][..], |leaf| leaf.reads.as_slice());
    let Some(read) = reads.iter().rev().find(|read| read.root() == "reference" && !read.passed_through)
    else {
        return 0.0;
    };
    let field = match failure.reference.and_then(Subject::kept) {
        Some(Field::Known { datum: Datum::Object(object), .. }) => object.fields.get(last_name(&read.path)),
        _ => None,
    };
    match field {
        Some(Field::Known { datum: Datum::Quantity { amount, .. }, .. }) => amount.as_f64(),
        Some(Field::Known { datum: Datum::Duration { amount, .. }, .. }) => amount.as_seconds(),
        Some(Field::Known { datum: Datum::Double(number), .. }) => *number,
        #[allow(clippy::cast_precision_loss)]
        Some(Field::Known { datum: Datum::Int(number), .. }) => *number as f64,
        _ => 0.0,
    }
}

/// The steps of a path as reads record it.
fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = path;
    std::iter::from_fn(move || {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']').unwrap_or(inside.len());
            let (word, after) = inside.split_at(end);
            rest = after.strip_prefix(']').unwrap_or(after);
            return Some(match word.parse() {
                Ok(index) => Segment::Index(index),
                Err(_) => Segment::Name(word.trim_matches(['"', '\''])),
            });
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(Segment::Name(word))
    })
}

/// A text as people say it, without the quotes that an expression gives it.
fn bare(written: &str) -> &str {
    written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(written)
}

/// The last name of a path: of `deployment.env["X"].value` the `value`.
fn last_name(path: &str) -> &str {
    let word = path.rsplit('.').next().unwrap_or(path);
    word.split('[').next().unwrap_or(word)
}
