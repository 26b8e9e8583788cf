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
    for port in &artifact.bound_ports {
        let honours = if port.honours_variable { " or PORT" } else { "" };
        let verb = if port.asked { "asked" } else { "bound" };
        let _ = writeln!(out, "{verb} {} at {:?}{honours}", value(&port.value), sources.slice(port.span));
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
    )), @r###"
alpine false (unless TAG) ["false"] Some((5, "python:${TAG}"))
base_image python:3.11-slim (unless TAG) ["python:3.11-slim"] Some((5, "python:${TAG}"))
healthcheck true ["true"] Some((8, "HEALTHCHECK"))
port 8000 ["8000"] Some((7, "8000"))
user app:app ["app:app"] Some((17, "app:app"))
port 8080 (unless PORT) ["8080"] Some((15, "${PORT}/tcp"))
port 9443 ["9443"] Some((15, "9443/udp"))
env PATH set = /venv/bin:{PATH} at "PATH=/venv/bin:$PATH"
env MODE set = plain at "MODE=plain"
env VERSION unknown = unknown:VERSION given when the script is called at "VERSION $VERSION"
env TAG set = 3.11-slim (unless TAG) at "TAG=$TAG"
env EMPTY empty =  at "EMPTY="
env MODE set = plain-two at "MODE=${MODE}-two"
open: python:3.11-slim
bound 8000 at "8000"
asked 8000 at "8000"
"###);
}

#[test]
fn what_is_not_known_is_not_guessed() {
    insta::assert_snapshot!(shown("ARG IMAGE\nFROM ${IMAGE}\nHEALTHCHECK NONE\nEXPOSE $P\n"), @r###"
alpine unknown:IMAGE given when the script is called [] None
base_image unknown:IMAGE given when the script is called [] None
healthcheck false ["false"] Some((3, "HEALTHCHECK"))
port unknown:P the file it comes from was not found [] None
open: base image
"###);
    insta::assert_snapshot!(shown("FROM node:${V}-alpine\n"), @r###"
alpine true ["true"] Some((1, "node:${V}-alpine"))
base_image node:{V}-alpine ["node:{V}-alpine"] Some((1, "node:${V}-alpine"))
open: node:{V}-alpine
"###);
    insta::assert_snapshot!(shown("FROM node:${V}\n"), @r###"
alpine unknown:V given when the script is called [] None
base_image node:{V} ["node:{V}"] Some((1, "node:${V}"))
open: node:{V}
"###);
    insta::assert_snapshot!(shown("FROM scratch\nCMD [\"/app\"]\n"), @r###"
alpine false ["false"] Some((1, "scratch"))
base_image scratch ["scratch"] Some((1, "scratch"))
"###);
    insta::assert_snapshot!(shown("# nothing\n"), @r###"
no artifact
"###);
}

/// The ports that a CMD fixes.
fn bound(command: &str) -> String {
    let shown = shown(&format!("FROM scratch\nENV PORT=8080 OTHER=9\nCMD {command}\n"));
    let ports = |line: &&str| line.starts_with("bound ") || line.starts_with("asked ");
    let lines: Vec<&str> = shown.lines().filter(ports).collect();
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
    insta::assert_snapshot!(shown, @r###"
uvicorn main:app --host 0.0.0.0 --port 8000
    bound 8000 at "8000"
exec gunicorn --bind=0.0.0.0:${PORT:-8000} --workers 4 app:main
    bound 8080 (unless PORT) at "${PORT:-8000}" or PORT
gunicorn -b :$PORT app
    bound 8080 (unless PORT) at "$PORT" or PORT
gunicorn -b "${HOST}:${UNSET:-5000}" app
    bound 5000 (unless UNSET) at "${UNSET:-5000}"
streamlit run app.py --server.port=${UNSET}
    bound unknown:UNSET read from the caller's environment at "${UNSET}"
["node", "server.js", "--port", "3000"]
    bound 3000 at "3000"
["uvicorn", "--port", "$PORT"]
    
["sh", "-c", "uvicorn app --port $PORT"]
    bound 8080 (unless PORT) at "$PORT" or PORT
["/bin/bash", "-lc", "serve \"x\" -l 3000"]
    bound 3000 at "3000"
wait-for-it db:5432 -- PORT=4000 ./app $OTHER
    bound 4000 at "4000"
curl -fsS http://127.0.0.1:8000/health || exit 1
    asked 8000 at "8000"
python -c "import urllib.request as u; u.urlopen('http://localhost:${PORT}/')"
    asked 8080 (unless PORT) at "${PORT}" or PORT
nc -z localhost 6379 && redis-cli -p 6379 ping
    asked 6379 at "6379"; bound 6379 at "6379"
http://example.com:8000/ --port 99999 --port 80x
    
php -S 0.0.0.0:80
    bound 80 at "80"
"###);
}

#[test]
fn a_port_of_a_continued_string_is_found_where_it_stands() {
    let text = "FROM a\nCMD [\"sh\", \"-c\", \"\\\n  echo \\\"up\\\" && \\\n  exec gunicorn \\\n  --bind 0.0.0.0:8000\"]\n";
    assert!(shown(text).ends_with("bound 8000 at \"8000\"\n"), "{}", shown(text));
}

#[test]
fn an_entry_point_takes_away_the_command_below() {
    let text = "FROM a AS x\nCMD serve --port 1\nFROM x\nENTRYPOINT [\"serve\", \"--port\", \"2\"]\n";
    assert!(shown(text).ends_with("bound 2 at \"2\"\n"), "{}", shown(text));
}
