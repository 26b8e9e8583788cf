//! Ten thousand generated expressions, sound and broken: no panic, no abort, no hang.
//!
//! A grammar makes expressions that mostly compile; bytes of a part of them are then changed. Everything
//! hangs on one seed, so that a failure can be met again.

// A hang is told by the clock.
#![allow(clippy::disallowed_methods)]

use super::{activation, identity};
use crate::cel::functions::Kind;
use crate::cel::{Declarations, Expected, Target, Type, WORLD_LIMIT, compile, compile_unchecked, functions};
use crate::value::Condition;
use std::time::{Duration, Instant};

/// A small generator of numbers: xorshift, by Marsaglia.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const LITERALS: &[&str] = &[
    "0",
    "1",
    "-1",
    "42u",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615u",
    "1.5",
    "-0.0",
    "1e308",
    "1.0 / 0.0",
    "true",
    "false",
    "null",
    "''",
    "'a'",
    "'añ☃'",
    "\"%s %d %.3f\"",
    "r'\\d+'",
    "b'ab'",
    "[]",
    "{}",
    "[1, 2, 3]",
    "['b', 'a']",
    "{'a': 1}",
    "{1: 'x', true: 'y'}",
    "[[1], [2, [3]]]",
    "'2Gi'",
    "'90s'",
    "'2026-01-31T12:00:00Z'",
    "'10.0.0.0/8'",
    "'127.0.0.1'",
    "'https://a.b/c?d=e'",
    "'1.2.3'",
    "'(a{1000}){1000}'",
    "'(('",
    "lists.range(1000)",
    "duration('1h')",
    "quantity('1Gi')",
    "timestamp(0)",
    "ip('::1')",
    "optional.none()",
    "optional.of(1)",
    "format.uuid()",
];

const NAMES: &[&str] = &[
    "deployment",
    "deployment.memory",
    "deployment.timeout",
    "deployment.replicas",
    "deployment.image",
    "deployment.image.tag",
    "deployment.env",
    "deployment.containers",
    "deployment.flags",
    "deployment.cpu",
    "params.minimum",
    "variables.half",
    "x",
    "y",
    "x.name",
    "nothing",
];

const BINARY: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in"];

/// An expression of a type.
fn typed(random: &mut Random, kind: Kind) -> String {
    let pool: &[&str] = match kind {
        Kind::Bool => &["true", "has(deployment.memory)", "deployment.service == 'a'"],
        Kind::Int => &["0", "-3", "7", "9223372036854775807", "size(deployment.containers)"],
        Kind::Uint => &["0u", "18446744073709551615u"],
        Kind::Double => &["1.5", "-0.0", "1e308", "0.0 / 0.0"],
        Kind::Text => &["''", "'añ☃b'", "'2Gi'", "'(a+)+b'", "'%s %.3f'", "'1.2.3'", "deployment.service"],
        Kind::Bytes => &["b''", "b'\\xff\\x00'"],
        Kind::Quantity => &["quantity('1Gi')", "quantity('-500m')", "params.minimum"],
        Kind::Duration => &["duration('1h')", "duration('-0.5s')"],
        Kind::Timestamp => &["timestamp(0)", "timestamp('9999-12-31T23:59:59.999999999Z')"],
        Kind::Ip => &["ip('127.0.0.1')", "ip('::1')"],
        Kind::Cidr => &["cidr('10.0.0.0/8')", "cidr('::/0')"],
        Kind::Url => &["url('https://[::1]:80/a%20b?c=%64&c')"],
        Kind::Version => &["semver('1.2.3-rc.1+build')"],
        Kind::Format => &["format.qualifiedName()", "format.dns1123LabelPrefix()"],
        Kind::Dyn | Kind::Any | Kind::Type => &["1", "'a'", "[1]", "null", "type(1)", "{'a': [1]}"],
        Kind::List(element) => {
            return match random.below(3) {
                0 => "[]".to_owned(),
                1 => format!("[{}]", typed(random, *element)),
                _ => format!("[{}, {}]", typed(random, *element), typed(random, *element)),
            };
        }
        Kind::Map(value) => return format!("{{'a': {}}}", typed(random, *value)),
        Kind::Optional(value) => return format!("optional.of({})", typed(random, *value)),
    };
    (*random.pick(pool)).to_owned()
}

/// Makes an expression of so many levels at most.
fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        let pool = if random.below(3) == 0 { NAMES } else { LITERALS };
        return (*random.pick(pool)).to_owned();
    }
    let inner = |random: &mut Random| expression(random, depth - 1);
    match random.below(20) {
        0..=3 => {
            let (a, b) = (inner(random), inner(random));
            format!("({a} {} {b})", random.pick(BINARY))
        }
        4 => format!("!{}", inner(random)),
        5 => format!("-{}", inner(random)),
        6 => format!("({} ? {} : {})", inner(random), inner(random), inner(random)),
        7 => format!("[{}, {}]", inner(random), inner(random)),
        8 => format!("{{{}: {}}}", inner(random), inner(random)),
        9 => format!("{}[{}]", inner(random), inner(random)),
        10 => format!("{}.?{}.orValue({})", inner(random), random.pick(&["a", "name", "tag"]), inner(random)),
        11 => {
            let name = random.pick(&["all", "exists", "existsOne", "map", "filter", "sortBy", "optMap"]);
            format!("{}.{name}(x, {})", inner(random), inner(random))
        }
        12 => {
            let name = random.pick(&["all", "exists", "transformList", "transformMap", "transformMapEntry"]);
            format!("{}.{name}(x, y, {})", inner(random), inner(random))
        }
        13 => format!("cel.bind(x, {}, {})", inner(random), inner(random)),
        // Calls, in which most of the code is.
        _ => {
            let rows: Vec<_> = functions::rows().collect();
            let row = random.pick(&rows);
            let signature = random.pick(row.signatures);
            // Half of the calls get what they take, so that they come to something.
            let fits = random.below(2) == 0;
            let arg =
                |random: &mut Random, kind: Kind| if fits { typed(random, kind) } else { inner(random) };
            let args: Vec<String> = signature.params.iter().map(|&kind| arg(random, kind)).collect();
            match args.split_first() {
                Some((target, rest)) if row.member => format!("{target}.{}({})", row.name, rest.join(", ")),
                _ => format!("{}({})", row.name, args.join(", ")),
            }
        }
    }
}

/// Changes a few bytes: removed, doubled, or taken from what the language is made of.
fn broken(random: &mut Random, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 if !bytes.is_empty() => drop(bytes.remove(at)),
            1 => bytes.truncate(at),
            2 => bytes.extend_from_within(at..),
            _ => bytes.insert(at, *random.pick(b"()[]{}.,?:!&|<>=+-*/%'\"`\\#@ \n\0ab19eu\xc3")),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn ten_thousand_expressions_neither_panic_nor_hang() {
    let activation = activation();
    let mut declarations = Declarations::of(Target::Deployment, false);
    declarations.param("minimum".into(), Type::Quantity);
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        let mut random = Random(0x2026_0131);
        let (mut sound, mut checked, mut slowest) = (0, 0, (Duration::ZERO, String::new()));
        for round in 0..10_000 {
            let depth = 1 + random.below(4);
            let mut text = expression(&mut random, depth);
            if round % 3 == 0 {
                text = broken(&mut random, &text);
            }
            let begun = Instant::now();
            let map = identity(&text);
            checked += usize::from(compile(&text, &map, &declarations, Expected::Any).is_ok());
            if let Ok(expression) = compile_unchecked(&text, &map) {
                sound += 1;
                for world in expression.worlds(&activation, &Condition::always(), WORLD_LIMIT) {
                    let told = format!("{:?}", world.outcome);
                    assert!(!told.contains("broke off"), "panicked: {text}");
                    expression.failing_leaves(&activation, &world.condition);
                }
            }
            slowest = slowest.max((begun.elapsed(), text));
        }
        println!(
            "{sound} of 10000 compile, {checked} pass the checks; the slowest took {:?}: {}",
            slowest.0, slowest.1
        );
        assert!(sound > 6_000, "{sound} compile");
        assert!(slowest.0 < Duration::from_secs(10), "{:?} for {}", slowest.0, slowest.1);
    });
    worker.unwrap().join().unwrap();
}
