//! A command line as the deployment, or the build, that it makes.

use crate::model::catalogue::{self, Level};
use crate::model::{Container, Deployment, EnvVariables, Role, Settings};
use crate::platform::command::settle::{Given, Rest, repeated, settle};
use crate::platform::command::variables::Collected;
use crate::platform::command::words::{before_equals, behind_name, pairs, resource, words};
use crate::platform::command::{Argument, Build, Call};
use crate::platform::convert::{Choice, Conversion};
use crate::platform::probe;
use crate::platform::table::{Action, Effect, Filled, Positional, Words};
use crate::platform::text::{joined, leading};
use crate::platform::trace::Trace;
use crate::platform::variable::origin_of;
use crate::platform::{image, ports};
use crate::provenance::Step;
use crate::value::{Condition, Known, Reason, Scalar, Text, Unknown, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the flags say about one container (or, of deployment-level settings, about all).
#[derive(Default)]
struct Group {
    name: Option<Value<Text>>,
    givens: BTreeMap<&'static str, Vec<Given>>,
    variables: Collected,
    probes: Vec<(&'static str, Argument)>,
}

/// The name with all its alternatives.
pub(super) fn name(call: &Call<'_>) -> Option<Value<Text>> {
    let flagged = call.arguments.iter().rev().find(|argument| {
        matches!(argument.flag.map(|flag| flag.action), Some(Action::Name)) && argument.value.is_some()
    });
    if let Some(argument) = flagged {
        return argument.value.clone();
    }
    let scaled = call.scaled().next().and_then(|argument| argument.value.as_ref());
    if let Some(value) = scaled {
        return Some(value.map(&mut |known: &Known<Text>| Value::Known(before_equals(known))));
    }
    match call.command.positional {
        Positional::Name => positional(call),
        Positional::Image => positional(call).map(|value| image::name_of(&value)),
        Positional::Resource(_) => resource(call).0,
        Positional::Named(_) => positional(call),
        Positional::Context | Positional::Plain(_) => None,
    }
}

/// The first word without a flag, or those that exclude each other in its place.
pub(super) fn positional(call: &Call<'_>) -> Option<Value<Text>> {
    let mut taken: Vec<(Condition, Value<Text>)> = Vec::new();
    for (condition, value) in &call.positionals {
        if taken.iter().any(|(own, _)| !own.contradicts(condition)) {
            break;
        }
        taken.push((condition.clone(), value.clone()));
    }
    joined(taken)
}

/// The deployment that a call makes where `world` holds. The call must have been narrowed to it.
pub fn deployment(call: &Call<'_>, world: &Condition, trace: &mut Trace<'_>) -> Option<Deployment> {
    let anchor = call.invocation.anchor;
    let mut groups = vec![Group::default()];
    let mut flags: Vec<(Arc<str>, Value<Text>, crate::source::Span)> = Vec::new();
    for argument in &call.arguments {
        let Some(action) = argument.flag.map(|flag| flag.action) else {
            flags.push(plain_flag(argument, trace));
            continue;
        };
        if let (Action::Container, Some(value)) = (action, &argument.value) {
            groups.push(Group { name: Some(value.clone()), ..Group::default() });
            continue;
        }
        if !take(call, &mut groups, argument, action, trace) {
            flags.push(plain_flag(argument, trace));
        }
    }
    if call.command.positional == Positional::Image
        && let Some(value) = positional(call)
        && let Some(group) = groups.first_mut()
    {
        let choices = passed(Conversion::Text.choices(&value, trace), anchor, trace);
        let condition = Condition::always();
        let place = place_of(&value, call, trace);
        let given = Given { flag: "image".into(), condition, choices, place, adds_up: false };
        group.givens.entry("image").or_default().push(given);
    }
    if let Some(group) = groups.first_mut() {
        for argument in words(call, trace) {
            take_word(group, &argument, trace);
        }
    }
    let mut settings = Settings::default();
    let mut repetitions = Vec::new();
    let mut containers = Vec::new();
    for group in merged(groups) {
        let mut container = Container {
            name: group.name.as_ref().and_then(|name| Some(name.as_known()?.value.plain()?.into())),
            role: Role::Sidecar,
            settings: Settings::default(),
            probes: BTreeMap::new(),
            env: EnvVariables::default(),
            anchor,
        };
        for (setting, givens) in &group.givens {
            repetitions.extend(repeated(givens, trace));
            let Some(settled) = settle(givens, rest(call, setting, trace)) else { continue };
            match catalogue::find(setting).map(|row| row.level) {
                Some(Level::Deployment) => settings.insert(setting, settled),
                _ => container.settings.insert(setting, settled),
            }
        }
        for (kind, argument) in &group.probes {
            probe::of_flag(&mut container, kind, argument.value.as_ref(), argument.place, trace);
        }
        container.env = group.variables.finish(call);
        containers.push(container);
    }
    roles(&mut containers);
    let service = call.name().and_then(|name| name_text(&name));
    let mut deployment = Deployment {
        service,
        family: None,
        environment: None,
        evidence: None,
        platform: call.platform.name,
        workload: call.command.workload,
        recorded: false,
        source: call.source,
        anchor,
        condition: world.clone(),
        settings,
        containers,
        open: open(call),
        flags,
        repeated: repetitions,
        dockerfile: None,
    };
    // Where any flag may stand among unknown words, nobody knows that a setting is left to the platform.
    if call.command.effect == Effect::Creates && call.open.is_empty() {
        crate::platform::defaults::fill(call.platform, &mut deployment, trace);
    }
    Some(deployment)
}

/// Takes a word behind the name into the container's settings or variables.
fn take_word(group: &mut Group, (kind, argument): &(Words, Argument), trace: &mut Trace<'_>) {
    let Some(value) = &argument.value else { return };
    let (setting, choices) = match kind {
        Words::Ignored => return,
        Words::Variables(kind) => {
            return group.variables.assignment(*kind, None, argument, value, trace);
        }
        Words::Amount(setting, conversion) => (*setting, conversion.choices(value, trace)),
        Words::Images => ("image", Conversion::Text.choices(&behind_name(value, None, trace), trace)),
        Words::Counts(setting) => {
            let serves = |known: &Known<Text>| leading(&known.value).starts_with("web=");
            if !value.as_known().is_some_and(serves) {
                return;
            }
            (*setting, Conversion::Int.choices(&behind_name(value, Some(':'), trace), trace))
        }
    };
    let given = Given {
        flag: setting.into(),
        condition: argument.condition.clone(),
        choices: passed(choices, argument.place, trace),
        place: argument.place,
        adds_up: false,
    };
    group.givens.entry(setting).or_default().push(given);
}

/// A name as one text: of several alternatives none is the name.
fn name_text(name: &Value<Text>) -> Option<Text> {
    match name {
        Value::Known(known) => Some(known.value.clone()),
        Value::Unknown(unknown, origin) => Some(Text::hole(unknown.clone(), *origin)),
        Value::Either(_) => None,
    }
}

/// Why a setting that no flag gives may have a value all the same.
fn open(call: &Call<'_>) -> Option<Unknown> {
    if let Some((_, unknown)) = call.open.first() {
        return Some(unknown.clone());
    }
    match call.command.effect {
        Effect::Updates => Some(kept(call)),
        Effect::Completes(what) => Some(elsewhere(call, what)),
        Effect::Creates | Effect::Builds => None,
    }
}

fn elsewhere(call: &Call<'_>, what: &str) -> Unknown {
    Unknown { input: what.into(), reason: Reason::NotFound, span: call.invocation.anchor }
}

fn kept(call: &Call<'_>) -> Unknown {
    let span = call.invocation.anchor;
    Unknown { input: "the running revision".into(), reason: Reason::KeptFromRunning, span }
}

fn rest(call: &Call<'_>, setting: &str, trace: &mut Trace<'_>) -> Rest {
    if let (Effect::Creates, Some((_, unknown))) = (call.command.effect, call.open.first()) {
        return Rest::Kept(unknown.clone());
    }
    match call.command.effect {
        Effect::Updates => Rest::Kept(kept(call)),
        Effect::Completes(what) => Rest::Kept(elsewhere(call, what)),
        Effect::Builds => Rest::Absent,
        Effect::Creates => {
            match call.platform.default_of(setting, call.command.workload).map(|row| row.value) {
                Some(Filled::Written(written, conversion)) => {
                    let Some(scalar) = conversion.scalar(written) else { return Rest::Absent };
                    let span = call.invocation.anchor;
                    let origin = trace.provenance.arena(span.source).start(span, Step::PlatformDefault);
                    let condition = Condition::always();
                    Rest::Default(Choice {
                        condition,
                        value: Value::known(scalar, origin),
                        written: written.into(),
                    })
                }
                _ => Rest::Absent,
            }
        }
    }
}

/// Takes an argument into the last group; `false` if it is only a flag among others.
fn take(
    call: &Call<'_>,
    groups: &mut [Group],
    argument: &Argument,
    action: Action,
    trace: &mut Trace<'_>,
) -> bool {
    let Some(group) = groups.last_mut() else { return false };
    let mut give = |setting: &'static str, choices: Vec<Choice>| {
        group.givens.entry(setting).or_default().push(Given {
            flag: argument.written.clone(),
            condition: argument.condition.clone(),
            choices,
            place: argument.place,
            adds_up: false,
        });
    };
    match (action, &argument.value) {
        (Action::Setting(setting, conversion), Some(value)) => {
            give(setting, passed(conversion.choices(value, trace), argument.place, trace));
        }
        (Action::Scale(setting, conversion), Some(value)) => {
            let value = behind_name(value, None, trace);
            give(setting, passed(conversion.choices(&value, trace), argument.place, trace));
        }
        (Action::Switch(setting), value) => {
            let on = !argument.negated;
            let choices = match value {
                Some(value) => Conversion::Bool.choices(value, trace),
                None => switched(argument, on),
            };
            give(setting, passed(choices, argument.place, trace));
        }
        (Action::Off(setting), _) => give(setting, switched(argument, false)),
        (Action::Publish, Some(value)) => {
            for (setting, choices) in ports::published(value, trace) {
                // Ports add up: the first that is published is the port, where it is published at all.
                let givens = group.givens.entry(setting).or_default();
                if givens.iter().any(|given| given.condition.is_always()) {
                    continue;
                }
                let choices = passed(choices, argument.place, trace);
                let given = Given {
                    flag: argument.written.clone(),
                    condition: argument.condition.clone(),
                    choices,
                    place: argument.place,
                    adds_up: true,
                };
                givens.insert(0, given);
            }
        }
        (Action::Pairs(rows), Some(value)) => {
            for (setting, choices) in pairs(value, rows, trace) {
                give(setting, passed(choices, argument.place, trace));
            }
        }
        (Action::Probe(kind), Some(_)) => group.probes.push((kind, argument.clone())),
        (Action::VariableFile(_), Some(value)) => {
            give("env_file", passed(Conversion::Text.choices(value, trace), argument.place, trace));
            group.variables.take(call, argument, action, trace);
        }
        (
            Action::Variables(..)
            | Action::Variable
            | Action::Assignments(..)
            | Action::Braced(_)
            | Action::Unset
            | Action::ClearVariables(_),
            _,
        ) => group.variables.take(call, argument, action, trace),
        (Action::Name, Some(_)) => {}
        _ => return false,
    }
    true
}

/// The value of a switch: it was written by the flag itself.
fn switched(argument: &Argument, on: bool) -> Vec<Choice> {
    let Some(origin) = origin_of(&argument.word) else { return Vec::new() };
    let value = Value::known(Scalar::Bool(on), origin);
    vec![Choice { condition: Condition::always(), value, written: on.to_string() }]
}

/// Records that the command took the values.
fn passed(mut choices: Vec<Choice>, place: crate::source::Span, trace: &mut Trace<'_>) -> Vec<Choice> {
    for choice in &mut choices {
        match &mut choice.value {
            Value::Known(Known { origin, .. }) => *origin = trace.passed(*origin, place),
            Value::Unknown(_, Some(origin)) => *origin = trace.passed(*origin, place),
            _ => {}
        }
    }
    choices
}

pub(super) fn place_of(value: &Value<Text>, call: &Call<'_>, trace: &Trace<'_>) -> crate::source::Span {
    origin_of(value)
        .and_then(|origin| trace.place(origin))
        .filter(|span| span.source == call.source)
        .unwrap_or(call.invocation.anchor)
}

fn plain_flag(argument: &Argument, trace: &Trace<'_>) -> (Arc<str>, Value<Text>, crate::source::Span) {
    let value = argument.value.clone().unwrap_or_else(|| match origin_of(&argument.word) {
        Some(origin) => Value::known(Text::literal((!argument.negated).to_string(), Some(origin)), origin),
        None => argument.word.clone(),
    });
    let span = origin_of(&value).and_then(|origin| trace.literal(origin)).unwrap_or(argument.place);
    (argument.written.clone(), value, span)
}

/// With `--container`, what stands before the first one speaks of the deployment and, where only one
/// container is named, of that one.
fn merged(mut groups: Vec<Group>) -> Vec<Group> {
    if groups.len() == 1 {
        return groups;
    }
    let before = groups.remove(0);
    if let Some(first) = groups.first_mut() {
        for (setting, mut givens) in before.givens {
            givens.append(first.givens.entry(setting).or_default());
            first.givens.insert(setting, givens);
        }
        let mut variables = before.variables;
        variables.append(std::mem::take(&mut first.variables));
        first.variables = variables;
        first.probes.extend(before.probes);
    }
    groups
}

/// The main container is the one with a port, else the first.
fn roles(containers: &mut [Container]) {
    let main = containers.iter().position(|one| one.settings.get("port").is_some()).unwrap_or(0);
    if let Some(container) = containers.get_mut(main) {
        container.role = Role::Main;
    }
}

/// The build that a call makes.
pub(super) fn build(call: &Call<'_>) -> Option<Build> {
    if call.command.effect != Effect::Builds {
        return None;
    }
    let of = |wanted: fn(Action) -> bool| {
        call.arguments
            .iter()
            .filter(move |argument| argument.flag.is_some_and(|flag| wanted(flag.action)))
            .filter_map(|argument| joined(vec![(argument.condition.clone(), argument.value.clone()?)]))
    };
    let images: Vec<Value<Text>> = of(|action| matches!(action, Action::Tag)).collect();
    if images.is_empty() {
        return None;
    }
    Some(Build {
        source: call.source,
        images,
        dockerfile: of(|action| matches!(action, Action::Dockerfile)).next_back(),
        context: positional(call),
        condition: call.invocation.condition.clone(),
        span: call.invocation.span,
    })
}
