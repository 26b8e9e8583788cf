//! Waivers meet findings: each finding is set aside by the first waiver that covers it and says all that is
//! asked; what the waivers themselves leave to be told comes after the last finding.

use super::problem::{self, Grade, count};
use super::rules::{Lacking, Rules};
use super::{Place, Waiver, comment};
use crate::diagnostic::{Annotation, Diagnostic, Finding, WaiverNote, nearest};
use crate::enforce::Settings;
use crate::enforce::action::matches;
use crate::source::{Remark, SourceId, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// What a run knows besides its findings.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Comments that are meant for the program.
    pub remarks: Vec<Remark>,
    /// The names of all policies there are.
    pub known: BTreeSet<String>,
    /// The names of those that were asked.
    pub asked: BTreeSet<String>,
    /// Whether the findings are those of the whole project, so that what sets none aside sets nothing aside.
    pub whole: bool,
    /// Files that were read only for comparisons: nothing is told of comments in them.
    pub peers: BTreeSet<SourceId>,
    /// The policies about waivers that are asked.
    pub grades: BTreeMap<&'static str, Grade>,
}

/// A finding that a waiver set aside, as far as its width is a matter of it.
#[derive(Debug)]
struct Use {
    policy: String,
    services: Vec<String>,
    environments: Vec<String>,
    path: String,
    line: usize,
}

/// A waiver with what became of it.
#[derive(Debug)]
struct Entry {
    waiver: Waiver,
    uses: Vec<Use>,
    /// By policy, whether it set something aside.
    used: Vec<bool>,
    /// What it lacks whatever it is for.
    lacking: Option<Lacking>,
    /// What it lacks for a finding that it would set aside, and where that points.
    lacking_for: Option<(Lacking, Annotation)>,
    /// Its day is over, and it would still set something aside.
    missed: bool,
}

/// The waivers of a run.
#[derive(Debug)]
pub struct Stage<'a> {
    settings: &'a Settings,
    sources: &'a Sources,
    entries: Vec<Entry>,
    told: Vec<(&'static str, Diagnostic)>,
}

impl<'a> Stage<'a> {
    /// Reads the comments; those of `celador.yaml` were read with it. What stands beside a finding comes
    /// first, so that an entry that is no longer needed shows.
    pub fn new(settings: &'a Settings, sources: &'a Sources) -> Stage<'a> {
        let mut stage = Stage { settings, sources, entries: Vec::new(), told: Vec::new() };
        for remark in &settings.asked.remarks {
            for read in comment::read(remark) {
                match read {
                    Ok(waiver) => stage.add(waiver),
                    Err((span, wrong)) => {
                        stage.told.push((problem::MALFORMED, problem::at(span, wrong.message, wrong.help)));
                    }
                }
            }
        }
        for waiver in &settings.waivers {
            stage.add(waiver.clone());
        }
        stage
    }

    fn add(&mut self, waiver: Waiver) {
        self.entries.push(Entry {
            lacking: Rules(&self.settings.waiver_rules).lacking_anywhere(&waiver),
            used: vec![false; waiver.policies.len()],
            waiver,
            uses: Vec::new(),
            lacking_for: None,
            missed: false,
        });
    }

    /// How many waivers there are, those that cannot be read included.
    pub fn len(&self) -> usize {
        self.entries.len() + self.told.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What sets a finding aside, if a waiver does.
    pub fn apply(&mut self, finding: &Finding) -> Option<WaiverNote> {
        let today = self.settings.today;
        let source = self.sources.get(finding.span().source);
        let rules = Rules(&self.settings.waiver_rules);
        for entry in self.entries.iter_mut().filter(|entry| entry.lacking.is_none()) {
            let Some(policy) = entry.waiver.covers(finding, source.path()) else { continue };
            if entry.waiver.has_expired(today) {
                entry.missed = true;
                continue;
            }
            if let Some(lacking) = rules.lacking(&entry.waiver, finding, today) {
                entry.lacking_for.get_or_insert((lacking, finding.primary.clone()));
                continue;
            }
            if let Some(used) = entry.used.get_mut(policy) {
                *used = true;
            }
            entry.uses.push(Use {
                policy: finding.policy.clone(),
                services: finding.services.clone(),
                environments: finding.environments().map(str::to_owned).collect(),
                path: source.path().to_owned(),
                line: source.lines().index_of(finding.span().start as usize),
            });
            return (!self.settings.without_waivers).then(|| entry.waiver.note(today));
        }
        None
    }

    /// What is wrong with the waivers, as findings of the policies that are asked.
    pub fn finish(mut self) -> Vec<Finding> {
        let asked = &self.settings.asked;
        for entry in std::mem::take(&mut self.entries) {
            self.told.extend(self.unknown(&entry.waiver).into_iter().map(|told| (problem::UNKNOWN, told)));
            if let Some(told) = self.malformed(&entry) {
                self.told.push((problem::MALFORMED, told));
            } else if entry.waiver.has_expired(self.settings.today) {
                self.told.push((problem::EXPIRED, self.expired(&entry)));
            } else {
                self.told.extend(self.unused(&entry).into_iter().map(|told| (problem::UNUSED, told)));
                self.told.extend(self.expiring(&entry).map(|told| (problem::EXPIRING, told)));
                self.told.extend(self.wide(&entry).map(|told| (problem::WIDE, told)));
            }
        }
        let told = self.told.into_iter().filter(|(_, told)| !asked.peers.contains(&told.primary.span.source));
        told.filter_map(|(policy, told)| Some(problem::finding(policy, *asked.grades.get(policy)?, told)))
            .collect()
    }

    fn malformed(&self, entry: &Entry) -> Option<Diagnostic> {
        let waiver = &entry.waiver;
        if let Some(policy) =
            waiver.policies.iter().find(|policy| problem::POLICIES.contains(&policy.text.as_str()))
        {
            let message = format!("`{}` is about waivers, and cannot be waived", policy.text);
            let help = "mend the waiver that it finds, or set its action under `actions` in celador.yaml";
            return Some(problem::at(policy.span, message, help));
        }
        let (lacking, place) = match (&entry.lacking, &entry.lacking_for) {
            (Some(lacking), _) => (lacking, None),
            (None, Some((lacking, place))) => (lacking, Some(place)),
            (None, None) => return None,
        };
        let names = waiver.names();
        let told = match lacking {
            Lacking::Parts(parts) => {
                let inline = waiver.place.is_inline();
                let form = |part: &&str| match (*part, inline) {
                    ("until", true) => "`until=2026-12-31`",
                    ("until", false) => "`expires: 2026-12-31`",
                    ("owner", true) => "`owner=@team`",
                    ("owner", false) => "`owner: \"@team\"`",
                    (_, true) => "`reason=\"...\"`",
                    (_, false) => "`reason: ...`",
                };
                let words = parts.iter().map(|part| if *part == "until" { "last day" } else { part });
                let words = words.map(|word| format!("no {word}")).collect::<Vec<_>>();
                let lacks = match words.as_slice() {
                    [one, two, three] => format!("{one}, {two} and {three}"),
                    few => few.join(" and "),
                };
                let forms = parts.iter().map(form).collect::<Vec<_>>().join(" ");
                let help = format!("add {forms}; `waiver_rules` in celador.yaml say where less is asked");
                let message = format!("the waiver of {names} has {lacks}, and sets nothing aside");
                problem::at(waiver.span, message, help)
            }
            Lacking::Longer { days, allowed } => {
                let last = self.settings.today.and_then(|today| today.plus(*allowed));
                let last = last.map_or_else(String::new, |last| format!(": {last} or earlier"));
                let message = format!(
                    "the waiver of {names} would hold for {}, {} allowed; it sets nothing aside",
                    count(*days, "day"),
                    if *allowed == 1 { "1 is".to_owned() } else { format!("{allowed} are") },
                );
                let span = waiver.expires.as_ref().map_or(waiver.span, |day| day.span);
                problem::at(span, message, format!("let it end sooner{last}"))
            }
            Lacking::Pattern => {
                let span = waiver.policies.iter().find(|policy| policy.text.contains('*'));
                let message =
                    format!("a comment names policies one by one, so that {names} sets nothing aside");
                let help = "name what is meant; `patterns: true` in a row of `waiver_rules` allows patterns";
                problem::at(span.map_or(waiver.span, |policy| policy.span), message, help)
            }
        };
        Some(place.map_or(told.clone(), |place| problem::beside(told, place, "this stays")))
    }

    /// Names that no policy has, and patterns that no policy's name fits.
    fn unknown(&self, waiver: &Waiver) -> Vec<Diagnostic> {
        let known = &self.settings.asked.known;
        let mut all = Vec::new();
        for policy in &waiver.policies {
            if known.iter().any(|name| matches(&policy.text, name)) {
                continue;
            }
            let message = format!("there is no policy `{}` to be waived", policy.text);
            let help = match nearest(&policy.text, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`celador explain` lists all policies".to_owned(),
            };
            all.push(problem::at(policy.span, message, help));
        }
        all
    }

    fn expired(&self, entry: &Entry) -> Diagnostic {
        let waiver = &entry.waiver;
        let day = waiver.expires.as_ref();
        let (text, span) = day.map_or(("", waiver.span), |day| (day.text.as_str(), day.span));
        let ago = self.settings.today.zip(waiver.last_day()).map(|(today, last)| last.days_until(today));
        let ago = ago.map_or_else(String::new, |days| format!(", {} ago", count(days, "day")));
        let message = format!("the waiver of {} has expired: its last day was {text}{ago}", waiver.names());
        let help = match (entry.missed, &waiver.owner) {
            (false, _) if self.settings.asked.whole => "remove it: it would set nothing aside".to_owned(),
            (_, Some(owner)) => format!("mend what it set aside, or agree on a new day with {owner}"),
            (_, None) => "mend what it set aside, or agree on a new day".to_owned(),
        };
        problem::at(span, message, help)
    }

    fn expiring(&self, entry: &Entry) -> Option<Diagnostic> {
        let waiver = &entry.waiver;
        let window = self.settings.asked.grades.get(problem::EXPIRING)?.days;
        let day = waiver.expires.as_ref()?;
        let left = self.settings.today?.days_until(waiver.last_day()?);
        if left > window || entry.uses.is_empty() {
            return None;
        }
        let when =
            if left == 0 { "today is its last day".to_owned() } else { format!("in {}", count(left, "day")) };
        let message = format!("the waiver of {} expires on {}: {when}", waiver.names(), day.text);
        let owner = waiver.owner.as_ref().map_or_else(String::new, |owner| format!(" with {owner}"));
        Some(problem::at(day.span, message, format!("mend what it sets aside, or agree on a new day{owner}")))
    }

    /// Policies of a waiver that were asked and of which it sets nothing aside.
    fn unused(&self, entry: &Entry) -> Vec<Diagnostic> {
        let asked = &self.settings.asked;
        let waiver = &entry.waiver;
        if !asked.whole {
            return Vec::new();
        }
        let was_asked = |name: &str| asked.asked.iter().any(|asked| matches(name, asked));
        let all = waiver.policies.iter().zip(&entry.used);
        let unused: Vec<_> = all.filter(|(policy, used)| !**used && was_asked(&policy.text)).collect();
        let whole = unused.len() == waiver.policies.len();
        let help = match waiver.place {
            Place::Lines(None) => {
                "nothing stands directly below it: move it to the line it is for, or remove it"
            }
            Place::Lines(Some(_)) => {
                "remove it if that was mended; it is for what is underlined on its line, or on the one below"
            }
            Place::File(_) | Place::Project => "remove it if what it was for has been mended",
        };
        let told = |policy: &super::Named| {
            let message = format!("the waiver of `{}` sets nothing aside", policy.text);
            problem::at(if whole { waiver.span } else { policy.span }, message, help)
        };
        match unused.as_slice() {
            [_, _, ..] if whole => {
                let message = format!("the waiver of {} sets nothing aside", waiver.names());
                vec![problem::at(waiver.span, message, help)]
            }
            some => some.iter().map(|(policy, _)| told(policy)).collect(),
        }
    }

    /// Whether a waiver sets aside more than what it names.
    fn wide(&self, entry: &Entry) -> Option<Diagnostic> {
        let waiver = &entry.waiver;
        let uses = || entry.uses.iter();
        let policies: BTreeSet<&str> = uses().map(|one| one.policy.as_str()).collect();
        let rules = Rules(&self.settings.waiver_rules);
        if let Some(pattern) = waiver.policies.iter().find(|policy| {
            let fits = |name: &&&str| matches(&policy.text, name) && !rules.allow_patterns(name);
            policy.text.contains('*') && policies.iter().filter(fits).count() > 1
        }) {
            let message =
                format!("`{}` sets aside findings of {}", pattern.text, listed("policy", &policies));
            return Some(problem::at(pattern.span, message, "name the policies that are meant"));
        }
        match waiver.place {
            Place::Lines(_) => None,
            Place::File(_) => {
                let lines: BTreeSet<usize> = uses().map(|one| one.line).collect();
                // Of policies that were not asked nobody knows on how many lines they would find something.
                let asked = &self.settings.asked;
                let all_asked = waiver.policies.iter().all(|policy| asked.asked.contains(&policy.text));
                let line = lines.first().filter(|_| lines.len() == 1 && asked.whole && all_asked)? + 1;
                let message =
                    format!("a waiver for the whole file sets aside only what stands on line {line}");
                Some(problem::at(
                    waiver.span,
                    message,
                    "write `allow` on that line, or on one of its own above it",
                ))
            }
            Place::Project if !waiver.paths.is_empty() => None,
            Place::Project => {
                let services: BTreeSet<&str> =
                    uses().flat_map(|one| &one.services).map(String::as_str).collect();
                let environments = uses().flat_map(|one| &one.environments).map(String::as_str).collect();
                let files: BTreeSet<&str> = uses().map(|one| one.path.as_str()).collect();
                let wider = [
                    ("service", waiver.services.is_empty(), services),
                    ("environment", waiver.environments.is_empty(), environments),
                    ("path", waiver.services.is_empty(), files),
                ];
                let (key, _, named) = wider.into_iter().find(|(_, open, found)| *open && found.len() > 1)?;
                let what = if key == "path" { "file" } else { key };
                let message = format!(
                    "the waiver of {} sets aside findings of {}, and names no {what}",
                    waiver.names(),
                    listed(what, &named)
                );
                let help = format!("add `{key}:` with those that are meant; \"*\" says that all are");
                Some(problem::at(waiver.span, message, help))
            }
        }
    }
}

/// `2 services: api, web`; of many the first.
fn listed(what: &str, names: &BTreeSet<&str>) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
    let rest = names.len().saturating_sub(SHOWN);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    let many = if what == "policy" { "policies".to_owned() } else { format!("{what}s") };
    format!("{} {many} ({}{rest})", names.len(), shown.join(", "))
}
