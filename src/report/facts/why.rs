//! `celador facts --why SERVICE.SETTING`: the way of one value as labelled source.

use crate::diagnostic::nearest;
use crate::model::{CodeSetting, Deployment, EnvVariable, catalogue};
use crate::provenance::{Origin, Step};
use crate::report::facts::entries::{self, Entry, State};
use crate::report::facts::table::platform_name;
use crate::report::human::{Mark, Page, draw, step_label};
use crate::report::outcome::Outcome;
use crate::report::style::Ink;
use crate::report::text::{one_line, wrap};
use crate::source::Span;
use crate::value::Condition;
use std::collections::BTreeSet;

/// The labelled source of every value that the setting has. `wanted` is `SERVICE.SETTING`,
/// `SERVICE.env.NAME` or the name of a code setting.
///
/// # Errors
/// One sentence that says what is not there, with the nearest name.
pub fn why(page: &Page<'_>, outcome: &Outcome, wanted: &str) -> Result<String, String> {
    let code: Vec<&CodeSetting> = outcome.model.settings.iter().filter(|one| &*one.name == wanted).collect();
    if !code.is_empty() {
        return Ok(code.iter().map(|one| code_setting(page, one)).collect::<Vec<String>>().join("\n"));
    }
    let Some((service, setting)) = split(wanted) else {
        return Err(format!("`{wanted}` names no setting: write SERVICE.SETTING, as in `backend.memory`"));
    };
    let named: Vec<&Deployment> =
        outcome.model.deployments.iter().filter(|deployment| is_called(deployment, service)).collect();
    if named.is_empty() {
        let names: BTreeSet<String> = outcome.model.deployments.iter().flat_map(names).collect();
        return Err(match nearest(service, names.iter().map(String::as_str)) {
            Some(near) => format!("no service `{service}` is deployed here; did you mean `{near}`?"),
            None if names.is_empty() => "no service is deployed by the files that were read".to_owned(),
            None => format!(
                "no service `{service}` is deployed here; there are: {}",
                names.into_iter().collect::<Vec<String>>().join(", ")
            ),
        });
    }
    let mut parts = Vec::new();
    for deployment in &named {
        if let Some(variable) = setting.strip_prefix("env.") {
            let all = deployment.containers.iter().flat_map(|container| container.env.named(variable));
            parts.extend(all.map(|one| variable_way(page, deployment, one)));
            continue;
        }
        let entries = entries::of_deployment(deployment, &outcome.provenance);
        let entries: Vec<Entry<'_>> = entries.into_iter().filter(|entry| entry.name == setting).collect();
        parts.extend(entries.iter().map(|entry| entry_way(page, deployment, entry)));
    }
    if parts.is_empty() {
        let known = catalogue::ROWS.iter().map(|row| row.name);
        return Err(match nearest(setting, known) {
            Some(near) if near != setting && catalogue::find(setting).is_none() => {
                format!("`{setting}` is no setting; did you mean `{near}`?")
            }
            _ => format!("`{service}` has no value for `{setting}`: the files do not give one"),
        });
    }
    Ok(parts.join("\n"))
}

/// Service and setting of `web.memory`, `api.example.memory`, `web.env.PORT`.
fn split(wanted: &str) -> Option<(&str, &str)> {
    if let Some((service, variable)) = wanted.split_once(".env.") {
        let start = wanted.len() - variable.len() - "env.".len();
        return Some((service, wanted.get(start..)?));
    }
    wanted.rsplit_once('.')
}

fn names(deployment: &Deployment) -> Vec<String> {
    let family = deployment.family.as_ref().map(ToString::to_string);
    entries::service_name(deployment).into_iter().chain(family).collect()
}

fn is_called(deployment: &Deployment, name: &str) -> bool {
    names(deployment).iter().any(|have| have == name)
}

fn entry_way(page: &Page<'_>, deployment: &Deployment, entry: &Entry<'_>) -> String {
    let state = match entry.state {
        State::Known => String::new(),
        State::Partial => " (partly known)".to_owned(),
        State::Unknown => {
            entry.unknown.map_or(String::new(), |unknown| format!(" ({})", unknown.reason.as_str()))
        }
        State::PlatformDefault => " (the platform's default)".to_owned(),
        State::Overridden => " (overridden)".to_owned(),
    };
    let mut value = format!("{}{state}", entry.written);
    if let Some(input) = entry.overridable_by {
        value.push_str(&format!(", unless {input} is given"));
    }
    let head = headline(page, entry.name, deployment, &value, &entry.condition);
    let label = entry.unknown.map_or(String::new(), |unknown| format!("{} is read here", unknown.input));
    format!("{head}{}", way(page, entry.origin, entry.span, &label, entry.state == State::Overridden))
}

fn variable_way(page: &Page<'_>, deployment: &Deployment, variable: &EnvVariable) -> String {
    let value = format!("{}, {}", variable.kind.as_str().replace('_', " "), variable.state().as_str());
    let head = headline(page, &variable.name, deployment, &value, &variable.condition);
    format!("{head}{}", way(page, variable.origin, variable.span, "", false))
}

fn code_setting(page: &Page<'_>, setting: &CodeSetting) -> String {
    let environment = setting.environment.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    let mut text = format!(
        "{}{environment}: {} in {}",
        setting.name,
        page.redactor.value_of(&setting.name, &setting.written),
        setting.scope
    );
    if !setting.condition.is_always() {
        text.push_str(&format!(" {}", setting.condition.clause()));
    }
    format!("{}{}", sentence(page, &text), way(page, Some(setting.origin), setting.span, "", false))
}

/// `memory of backend (staging, Cloud Run): 512Mi when use_alpine`.
fn headline(
    page: &Page<'_>,
    name: &str,
    deployment: &Deployment,
    value: &str,
    condition: &Condition,
) -> String {
    let mut place: Vec<&str> = deployment.environment.iter().map(crate::model::Environment::as_str).collect();
    place.push(platform_name(deployment.platform));
    let mut text = format!("{name} of {} ({}): {value}", deployment.display_name(), place.join(", "));
    if !condition.is_always() {
        text.push_str(&format!(" {}", condition.clause()));
    }
    sentence(page, &text)
}

fn sentence(page: &Page<'_>, text: &str) -> String {
    let text = one_line(&page.redactor.text(text), page.style.unicode);
    let lines = wrap(&text, page.style.width, page.style.width.saturating_sub(6));
    let mut out = String::new();
    for (i, line) in lines.iter().enumerate() {
        if i == 0 {
            out.push_str(&format!("{}\n", page.style.paint(Ink::Strong, line)));
        } else {
            out.push_str(&format!("      {line}\n"));
        }
    }
    out
}

/// Every step, from the literal to the command, numbered in the order in which the value took them.
fn way(page: &Page<'_>, origin: Option<Origin>, span: Span, label: &str, lost: bool) -> String {
    let trail = origin.map(|origin| page.provenance.trail(origin)).unwrap_or_default();
    let mut marks: Vec<Mark> = Vec::new();
    let several = trail.len() > 2;
    for (i, hop) in trail.iter().enumerate() {
        let text = step_label(hop.step);
        let label = if several { format!("{}. {text}", i + 1) } else { text.to_owned() };
        let ink = match hop.step {
            Step::Literal if lost => Ink::Faint,
            Step::Literal => Ink::Info,
            Step::Input => Ink::Undetermined,
            _ => Ink::Related,
        };
        match marks.iter_mut().find(|mark| mark.span == hop.span) {
            Some(mark) => mark.label = format!("{}; {label}", mark.label),
            None => marks.push(Mark { span: hop.span, label, ink }),
        }
    }
    if marks.is_empty() {
        marks.push(Mark { span, label: label.to_owned(), ink: Ink::Info });
    }
    draw(page, &marks)
}
