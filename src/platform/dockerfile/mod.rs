//! What a Dockerfile says about the image that it builds: the last stage with the stages below it.
//!
//! Facts: <https://docs.docker.com/reference/dockerfile/>

mod bound;

use crate::input::dockerfile::{Base, Body, Command, Dockerfile, Instruction, Pair, Scope, Stage, Word};
use crate::model::{Artifact, BoundPort, EnvKind, EnvVariable, EnvVariables, Kind, Setting, Settings};
use crate::platform::convert::Conversion;
use crate::platform::image::names_alpine;
use crate::platform::trace::Trace;
use crate::platform::{origin_of, probe};
use crate::source::Span;
use crate::value::{Condition, Known, Reason, Scalar, Text, Unknown, Value};

/// The image that a Dockerfile builds; `None` if the file has no stage. Which environment it is for,
/// the caller knows by its path.
pub fn artifact(file: &Dockerfile, trace: &mut Trace<'_>) -> Option<Artifact> {
    let arena = trace.provenance.arena(file.source);
    let base = file.base(arena)?;
    let global = Scope::global(file, arena);
    let last = file.stages.last()?;
    let mut image = Image::new(&base);
    for stage in base.chain.iter().filter_map(|&index| file.stages.get(index)) {
        image.stage(stage, &global, trace);
    }
    let mut settings = image.settings;
    based_on(&base, &mut settings, trace);
    let commands = [image.entrypoint, image.command];
    let mut bound_ports: Vec<BoundPort> = commands
        .into_iter()
        .flatten()
        .flat_map(|command| bound::ports(command, &image.variables, trace))
        .collect();
    let checked = image.healthcheck.map(|command| bound::ports(command, &image.variables, trace));
    bound_ports.extend(checked.into_iter().flatten().map(|port| BoundPort { asked: true, ..port }));
    let mut ports = image.ports.into_iter();
    if let Some(first) = ports.next() {
        settings.insert("port", first);
    }
    Some(Artifact {
        kind: Kind::Dockerfile,
        source: file.source,
        anchor: last.span,
        environment: None,
        evidence: None,
        settings,
        further_ports: ports.collect(),
        env: image.env,
        bound_ports,
    })
}

/// `base_image` and `alpine`.
fn based_on(base: &Base, settings: &mut Settings, trace: &mut Trace<'_>) {
    if let Some(setting) = probe::setting(Conversion::Text, &base.image, base.place, trace) {
        settings.insert("base_image", setting);
    }
    let alpine = base.image.map(&mut |known: &Known<Text>| {
        let of = |value| {
            let overridable_by = known.overridable_by.clone();
            Value::Known(Known { value: Scalar::Bool(value), origin: known.origin, overridable_by })
        };
        match (names_alpine(&known.value), known.value.first_hole()) {
            (true, _) => of(true),
            (false, None) => of(false),
            (false, Some(hole)) => Value::Unknown(hole.clone(), Some(known.origin)),
        }
    });
    let written = alpine.as_known().map(|known| known.value.to_string()).into_iter().collect();
    settings.insert("alpine", setting(alpine, written, base.place));
}

fn setting(value: Value, written: Vec<String>, place: Span) -> Setting {
    Setting { value, written, overridden: Vec::new(), platform_default: false, place }
}

/// What is known of the image after some stages.
struct Image<'f> {
    settings: Settings,
    ports: Vec<Setting>,
    env: EnvVariables,
    /// What `ENV` set: the only variables that the next stage and the running container see.
    variables: Scope,
    entrypoint: Option<&'f Command>,
    command: Option<&'f Command>,
    healthcheck: Option<&'f Command>,
}

impl<'f> Image<'f> {
    fn new(base: &Base) -> Image<'f> {
        let plain = base.image.as_known().and_then(|known| known.value.plain());
        // `FROM scratch` is the empty image; any other may set variables of its own.
        let open = match plain.as_deref() {
            Some("scratch") => Vec::new(),
            _ => {
                let input =
                    base.image.as_known().map_or("base image".to_owned(), |known| known.value.to_string());
                vec![Unknown { input: input.into(), reason: Reason::NotFound, span: base.place }]
            }
        };
        Image {
            settings: Settings::default(),
            ports: Vec::new(),
            env: EnvVariables { all: Vec::new(), open, ..EnvVariables::default() },
            variables: Scope::of_image(),
            entrypoint: None,
            command: None,
            healthcheck: None,
        }
    }

    fn stage(&mut self, stage: &'f Stage, global: &Scope, trace: &mut Trace<'_>) {
        // Arguments end with their stage.
        let mut scope = self.variables.clone();
        let inherited = self.command;
        for instruction in &stage.instructions {
            match (&instruction.body, instruction.keyword.as_str()) {
                (Body::Pairs(pairs), "ARG") => {
                    let arena = trace.provenance.arena(instruction.span.source);
                    for pair in pairs.iter().filter(|pair| self.variables.get(&pair.name).is_none()) {
                        scope.argument(pair, Some(global), arena);
                    }
                }
                (Body::Pairs(pairs), "ENV") => self.variables_set(pairs, &mut scope, trace),
                (Body::Words(words), "EXPOSE") => self.exposed(words, &scope, trace),
                (Body::Words(words), "USER") => self.user(words, instruction, &scope, trace),
                (Body::Healthcheck(command), _) => self.healthcheck(command.as_ref(), instruction, trace),
                (Body::Command(command), "CMD") => self.command = Some(command),
                (Body::Command(command), "ENTRYPOINT") => {
                    self.entrypoint = Some(command);
                    // An entry point takes away the command of the image below.
                    if self.command.map(Command::span) == inherited.map(Command::span) {
                        self.command = None;
                    }
                }
                _ => {}
            }
        }
    }

    fn variables_set(&mut self, pairs: &[Pair], scope: &mut Scope, trace: &mut Trace<'_>) {
        // All values of one ENV are expanded before any of them is set.
        let expand = |pair: &Pair, trace: &mut Trace<'_>| {
            let word = pair.value.as_ref()?;
            Some(scope.expand(word, trace.provenance.arena(word.span.source)))
        };
        let values: Vec<_> = pairs.iter().map(|pair| expand(pair, trace)).collect();
        for (pair, value) in pairs.iter().zip(values) {
            let Some(value) = value else { continue };
            scope.set(&pair.name, value.clone());
            self.variables.set(&pair.name, value.clone());
            self.env.all.push(EnvVariable {
                name: pair.name.as_str().into(),
                kind: EnvKind::Plain,
                origin: origin_of(&value),
                value,
                condition: Condition::always(),
                span: pair.span,
            });
        }
    }

    fn exposed(&mut self, words: &[Word], scope: &Scope, trace: &mut Trace<'_>) {
        for word in words {
            // A range (`8000-8010`) is no port that anybody could be held to.
            if word.plain().is_some_and(|text| text.contains('-')) {
                continue;
            }
            let value = scope.expand(word, trace.provenance.arena(word.span.source));
            if let Some(mut port) = probe::setting(Conversion::Int, &value, word.span, trace) {
                for written in &mut port.written {
                    // The protocol is no part of the number.
                    written.truncate(written.find('/').unwrap_or(written.len()));
                }
                self.ports.push(port);
            }
        }
    }

    fn user(&mut self, words: &[Word], instruction: &Instruction, scope: &Scope, trace: &mut Trace<'_>) {
        let Some(word) = words.first() else { return };
        let value = scope.expand(word, trace.provenance.arena(word.span.source));
        if let Some(user) = probe::setting(Conversion::Text, &value, instruction.keyword_span, trace) {
            self.settings.insert("user", user);
        }
    }

    fn healthcheck(&mut self, command: Option<&'f Command>, at: &Instruction, trace: &mut Trace<'_>) {
        self.healthcheck = command;
        let has = command.is_some();
        let value = Value::known(Scalar::Bool(has), trace.written(at.keyword_span));
        self.settings.insert("healthcheck", setting(value, vec![has.to_string()], at.keyword_span));
    }
}

#[cfg(test)]
mod tests;
