//! The conformance cases of the language, `tests/conformance/cel`, as a gate.
//!
//! A case passes if the value is the one that is wanted, of the very type; or if the error is one of the
//! class that is wanted, so that no case passes because something is missing. What does not pass is listed
//! in `exceptions.txt` with its reason; a listed case that passes fails the gate as well.

use crate::cel::evaluate::{self, Scope, Verdict};
use crate::cel::functions;
use crate::cel::lower::{SESSION, lower};
use crate::cel::parser;
use crate::cel::values::fault::{self, Class};
use crate::cel::values::{self, Measure, Owned, Session, SessionVal, Timestamp, work};
use crate::cel::{Activation, compile_unchecked};
use crate::source::{SourceId, TextMap};
use crate::value::{Condition, Duration};
use ::cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelOptional, CelString,
    CelType, CelUInt,
};
use ::cel::common::value::{CowVal, Val};
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../tests/conformance/cel/", $name, ".json")))),*]
    };
}

/// The files, by name.
const FILES: [(&str, &str); 23] = files![
    "basic",
    "bindings_ext",
    "block_ext",
    "comparisons",
    "conversions",
    "encoders_ext",
    "fields",
    "fp_math",
    "integer_math",
    "lists",
    "logic",
    "macros",
    "macros2",
    "math_ext",
    "namespace",
    "network_ext",
    "optionals",
    "parse",
    "plumbing",
    "string",
    "string_ext",
    "timestamps",
    "type_deduction",
];

/// What is known not to pass: `file/section/name: reason`.
const EXCEPTIONS: &str = include_str!("../../../tests/conformance/cel/exceptions.txt");

/// The page that tells the figures.
const DOCUMENTED: &str = include_str!("../../../docs/cel.md");

/// How many cases must pass.
const REQUIRED: usize = 1_690;

/// One case.
struct Case {
    name: String,
    expr: String,
    container: String,
    bindings: Vec<(String, Json)>,
    wanted: Wanted,
}

enum Wanted {
    Value(Json),
    Error(String),
}

fn cases() -> impl Iterator<Item = (&'static str, Case)> {
    FILES.iter().flat_map(|&(file, text)| {
        let all: Vec<Json> = serde_json::from_str(text).unwrap();
        all.into_iter().map(move |case| {
            let text = |name: &str| case.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            let bindings = case.get("bindings").and_then(Json::as_object).cloned().unwrap_or_default();
            let wanted = match case.get("value") {
                Some(value) => Wanted::Value(value.clone()),
                None => Wanted::Error(text("error")),
            };
            let name = format!("{file}/{}", text("name"));
            let case = Case {
                name,
                expr: text("expr"),
                container: text("container"),
                bindings: bindings.into_iter().collect(),
                wanted,
            };
            (file, case)
        })
    })
}

/// The expressions of all cases, for the parser's oracle.
pub(in crate::cel) fn expressions() -> Vec<String> {
    cases().map(|(_, case)| case.expr).collect()
}

/// The engine's value of what a case has written down.
fn build(json: &Json) -> Owned {
    let (kind, held) = json.as_object().and_then(|entry| entry.iter().next()).unwrap();
    let text = held.as_str().unwrap_or_default();
    match kind.as_str() {
        "bool" => Box::new(CelBool::from(held.as_bool().unwrap())),
        "int" => Box::new(CelInt::from(text.parse::<i64>().unwrap())),
        "uint" => Box::new(CelUInt::from(text.parse::<u64>().unwrap())),
        "double" => Box::new(CelDouble::from(text.parse::<f64>().unwrap())),
        "string" => Box::new(CelString::from(text.to_owned())),
        "bytes" => Box::new(CelBytes::from(base64::Engine::decode(&STANDARD, text).unwrap())),
        "null" => Box::new(CelNull),
        "type" => Box::new(CelType::new(text)),
        "duration" => {
            Box::new(Measure::duration(Duration::from_nanos(seconds(held) * 1_000_000_000 + nanos(held))))
        }
        "timestamp" => {
            Box::new(Timestamp::from_unix(seconds(held), i32::try_from(nanos(held)).unwrap()).unwrap())
        }
        "list" => Box::new(CelList::from(held.as_array().unwrap().iter().map(build).collect::<Vec<_>>())),
        "map" => {
            let entry = |pair: &Json| {
                let key: CelMapKey<'static> = CowVal::Owned(build(&pair[0])).try_into().unwrap();
                (key, build(&pair[1]))
            };
            Box::new(CelMap::from(held.as_array().unwrap().iter().map(entry).collect::<HashMap<_, _>>()))
        }
        other => panic!("no value is of the kind {other}"),
    }
}

fn seconds(held: &Json) -> i64 {
    held[0].as_i64().unwrap()
}

fn nanos(held: &Json) -> i64 {
    held[1].as_i64().unwrap()
}

/// Whether two values are the same and of the same type, to the innermost.
fn same(found: &dyn Val, wanted: &dyn Val) -> bool {
    if found.get_type().name() != wanted.get_type().name() {
        return false;
    }
    if let (Some(a), Some(b)) = (found.downcast_ref::<CelList>(), wanted.downcast_ref::<CelList>()) {
        let (a, b) = (a.inner(), b.inner());
        return a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a.as_ref(), b.as_ref()));
    }
    if let (Some(a), Some(b)) = (found.downcast_ref::<CelMap>(), wanted.downcast_ref::<CelMap>()) {
        let (a, b) = (a.inner(), b.inner());
        return a.len() == b.len()
            && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a.as_ref(), b.as_ref())));
    }
    if let (Some(a), Some(b)) = (values::double(found), values::double(wanted)) {
        return a.to_bits() == b.to_bits() || a == b || (a.is_nan() && b.is_nan());
    }
    found.equals(wanted)
}

/// The class of error that a message of the specification's own implementations stands for.
fn class_of(message: &str) -> &'static [Class] {
    let message = message.to_ascii_lowercase();
    let says = |part: &str| message.contains(part);
    let mismatches = ["overload", "does not support field selection", "unsupported key type", "was given"];
    if mismatches.into_iter().any(says) {
        &[Class::Mismatch]
    } else if says("zero") {
        &[Class::Zero]
    } else if says("no such key") {
        &[Class::Absent]
    } else if says("repeated key") {
        &[Class::Repeated]
    } else if says("undeclared") || says("unbound") || says("unknown variable") {
        &[Class::Undeclared]
    } else if says("index") || says("substring range") || says("offset") || says("invalid_argument") {
        &[Class::Index]
    } else if says("range") || says("overflow") {
        &[Class::Range]
    } else if says("utf-8") || says("conversion") || says("parse") || says("not allowed") || says("clause") {
        &[Class::Wrong]
    } else {
        &[]
    }
}

/// Cases whose message is the wording of one implementation rather than the class of the error: a key of
/// a type that no map has, say, is told as such here, and as one that is not there by the specification.
const WORDED: [(&str, Class); 14] = [
    ("fields/map_fields/map_bad_key_type", Class::Mismatch),
    ("fields/map_fields/map_bad_key_type_or_false", Class::Mismatch),
    ("fields/map_fields/map_bad_key_type_and_true", Class::Mismatch),
    ("lists/index/zero_based_double_error", Class::Mismatch),
    ("lists/index/bad_index_type", Class::Mismatch),
    ("lists/index/bad_index_type_or_false", Class::Mismatch),
    ("lists/index/bad_index_type_and_true", Class::Mismatch),
    ("logic/AND/error_right", Class::Zero),
    ("logic/AND/error_left", Class::Zero),
    ("logic/OR/error_right", Class::Zero),
    ("logic/OR/error_left", Class::Zero),
    ("optionals/optionals/map_null_entry_no_such_key", Class::Mismatch),
    ("optionals/optionals/map_present_key_invalid_field", Class::Mismatch),
    ("plumbing/eval_results/error_result", Class::Zero),
];

/// Evaluates a case as a policy's expression is evaluated, and says what is wrong with the outcome.
fn run(case: &Case) -> Result<(), String> {
    let map = TextMap::identity(SourceId::FIRST, 0, case.expr.len());
    if let Err(errors) = compile_unchecked(&case.expr, &map) {
        return Err(format!("does not compile: {}", errors[0].message));
    }
    let tree = parser::parse(&case.expr).map_err(|errors| format!("{errors:?}"))?;
    let lowered = lower(tree.root);
    let session = Arc::new(Session::new(Activation::new(), Condition::always()));
    let mut env = functions::build(lowered.libraries);
    env.set_container(&case.container).unwrap();
    let mut scope: Scope<'static> = ::cel::Context::with_env(Arc::new(env));
    scope.add_variable_as_val(SESSION, Box::new(SessionVal(Arc::clone(&session))));
    for (name, value) in &case.bindings {
        scope.add_variable_as_val(name.as_str(), build(value));
    }
    work::begin();
    let found: Owned = match evaluate::judge(&lowered.root, &scope, &session) {
        Verdict::True => Box::new(CelBool::from(true)),
        Verdict::False => Box::new(CelBool::from(false)),
        Verdict::Value(value) => value,
        Verdict::Error(error, _) => return judge_error(case, &error),
        other => return Err(format!("came to {other:?}")),
    };
    let found = match found.downcast_ref::<CelOptional>() {
        // The data write an optional as its value.
        Some(optional) => optional.option().map_or_else(|| Box::new(CelNull) as Owned, Val::clone_as_boxed),
        None => found,
    };
    match &case.wanted {
        Wanted::Value(wanted) if same(found.as_ref(), build(wanted).as_ref()) => Ok(()),
        Wanted::Value(wanted) => Err(format!("came to {found:?}, not to {wanted}")),
        Wanted::Error(message) => Err(format!("came to {found:?}, not to the error {message:?}")),
    }
}

fn judge_error(case: &Case, error: &::cel::ExecutionError) -> Result<(), String> {
    let (told, found) = (fault::describe(error), fault::class(error));
    let worded = WORDED.iter().find(|(name, _)| *name == case.name).map(|(_, class)| *class);
    match &case.wanted {
        Wanted::Error(_) if worded == Some(found) => Ok(()),
        Wanted::Error(message) if worded.is_none() && class_of(message).contains(&found) => Ok(()),
        Wanted::Error(message) => Err(format!("failed with {told:?} ({found:?}), not with {message:?}")),
        Wanted::Value(value) => Err(format!("failed with {told:?} ({found:?}), not {value}")),
    }
}

/// Cases by name, with what follows the name on a line.
fn exceptions() -> BTreeMap<&'static str, &'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no reason: {line}"))).collect()
}

#[test]
fn the_language_conforms() {
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(|| {
        let exceptions = exceptions();
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let (mut report, mut met) = (String::new(), 0);
        for (file, case) in cases() {
            let (passed, all) = counts.entry(file).or_default();
            *all += 1;
            match (run(&case), exceptions.get(case.name.as_str())) {
                (Ok(()), None) => *passed += 1,
                (Ok(()), Some(_)) => {
                    let _ = writeln!(report, "{}: is an exception, and passes", case.name);
                }
                (Err(_), Some(_)) => met += 1,
                (Err(wrong), None) => {
                    let _ = writeln!(report, "{}: `{}` {wrong}", case.name, case.expr);
                }
            }
        }
        for (file, (passed, all)) in &counts {
            println!("{passed:5} of {all:4}  {file}");
        }
        for (file, (passed, all)) in &counts {
            let row = format!("| {file} | {passed} | {all} |");
            assert!(DOCUMENTED.contains(&row), "docs/cel.md has no row {row}");
        }
        let passed: usize = counts.values().map(|(passed, _)| passed).sum();
        println!("{passed:5} of {:4}  in all", counts.values().map(|(_, all)| all).sum::<usize>());
        assert!(report.is_empty(), "\n{report}");
        assert_eq!(met, exceptions.len(), "an exception names no case");
        assert!(passed >= REQUIRED, "{passed} cases pass, {REQUIRED} must");
    });
    worker.unwrap().join().unwrap();
}
