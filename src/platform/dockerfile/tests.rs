use super::artifact;
use crate::input::{Limits, dockerfile};
use crate::platform::Trace;
use crate::provenance::Provenance;
use crate::source::Sources;
use crate::value::Value;
use std::fmt::{Display, Write as _};

fn value<T: Display>(value: &Value<T>) -> String {
    match value {
        Value::Known(known) => match &known.overridable_by {
            Some(by) => format!("{} (unless {by})", known.value),
            None => known.value.to_string(),
        },
        Value::Unknown(unknown, _) => format!("unknown:{} {}", unknown.input, unknown.reason.as_str()),
        Value::Either(_) => "either".to_owned(),
    }
}

fn shown(text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add("Dockerfile", text);
    let file = dockerfile::read(sources.get(id), id, &Limits::default());
    let mut provenance = Provenance::new();
    let mut trace = Trace { sources: &sources, provenance: &mut provenance };
    let Some(artifact) = artifact(&file, &mut trace) else { return "no artifact".to_owned() };
    let mut out = String::new();
    let further = artifact.further_ports.iter().map(|port| ("port", port));
    for (name, setting) in artifact.settings.iter().chain(further) {
        let literal = setting
            .value
            .as_known()
            .and_then(|known| provenance.literal(known.origin))
            .map(|span| (sources.get(id).position(span.start).line, sources.slice(span)));
        let _ = writeln!(out, "{name} {} {:?} {literal:?}", value(&setting.value), setting.written);
    }
    for variable in &artifact.env.all {
        let _ = writeln!(
            out,
            "env {} {} = {} at {:?}",
            variable.name,
            variable.state().as_str(),
            value(&variable.value),
            sources.slice(variable.span)
        );
    }
    for open in &artifact.env.open {
        let _ = writeln!(out, "open: {}", open.input);
    }
    for (port, span, honours) in &artifact.bound_ports {
        let _ = writeln!(out, "bound {} at {:?} {honours}", value(port), sources.slice(*span));
    }
    out
}

#[test]
fn the_last_stage_and_those_below_it_are_told() {
    insta::assert_snapshot!(shown(concat!(
        "ARG TAG=3.11-slim\n",
        "FROM node:20-alpine AS assets\n",
        "ENV IGNORED=1\n",
        "EXPOSE 1\n",
        "FROM python:${TAG} AS base\n",
        "ENV PATH=/venv/bin:$PATH MODE=plain\n",
        "EXPOSE 8000 9000-9010\n",
        "HEALTHCHECK CMD curl -f http://localhost:8000/health\n",
        "FROM base\n",
        "ARG VERSION\n",
        "ARG TAG\n",
        "ENV VERSION $VERSION\n",
        "ENV TAG=$TAG EMPTY= MODE=${MODE}-two\n",
        "ARG PORT=8080\n",
        "EXPOSE ${PORT}/tcp 9443/udp\n",
        "USER root\n",
        "USER app:app\n",
        "CMD [\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"app:main\"]\n",
    )), @"");
}

#[test]
fn what_is_not_known_is_not_guessed() {
    insta::assert_snapshot!(shown("ARG IMAGE\nFROM ${IMAGE}\nHEALTHCHECK NONE\nEXPOSE $P\n"), @"");
    insta::assert_snapshot!(shown("FROM node:${V}-alpine\n"), @"");
    insta::assert_snapshot!(shown("FROM node:${V}\n"), @"");
    insta::assert_snapshot!(shown("FROM scratch\nCMD [\"/app\"]\n"), @"");
    insta::assert_snapshot!(shown("# nothing\n"), @"");
}

/// The ports that a CMD fixes.
fn bound(command: &str) -> String {
    let shown = shown(&format!("FROM scratch\nENV PORT=8080 OTHER=9\nCMD {command}\n"));
    let lines: Vec<&str> = shown.lines().filter_map(|line| line.strip_prefix("bound ")).collect();
    format!("{command}\n    {}\n", lines.join("; "))
}

#[test]
fn ports_of_commands() {
    let all = [
        "uvicorn main:app --host 0.0.0.0 --port 8000",
        "exec gunicorn --bind=0.0.0.0:${PORT:-8000} --workers 4 app:main",
        "gunicorn -b :$PORT app",
        "gunicorn -b \"${HOST}:${UNSET:-5000}\" app",
        "streamlit run app.py --server.port=${UNSET}",
        "[\"node\", \"server.js\", \"--port\", \"3000\"]",
        "[\"uvicorn\", \"--port\", \"$PORT\"]",
        "[\"sh\", \"-c\", \"uvicorn app --port $PORT\"]",
        "[\"/bin/bash\", \"-lc\", \"serve \\\"x\\\" -l 3000\"]",
        "wait-for-it db:5432 -- PORT=4000 ./app $OTHER",
        "curl -fsS http://127.0.0.1:8000/health || exit 1",
        "python -c \"import urllib.request as u; u.urlopen('http://localhost:${PORT}/')\"",
        "nc -z localhost 6379 && redis-cli -p 6379 ping",
        "http://example.com:8000/ --port 99999 --port 80x",
        "php -S 0.0.0.0:80",
    ];
    let shown: String = all.iter().map(|command| bound(command)).collect();
    insta::assert_snapshot!(shown, @"");
}

#[test]
fn an_entry_point_takes_away_the_command_below() {
    let text = "FROM a AS x\nCMD serve --port 1\nFROM x\nENTRYPOINT [\"serve\", \"--port\", \"2\"]\n";
    assert!(shown(text).ends_with("bound 2 at \"2\" false\n"), "{}", shown(text));
}
