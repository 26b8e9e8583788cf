//! The functions of the language: one row each, with types, documentation, an example that runs as a
//! test, and the implementation.

mod amounts;
mod arguments;
mod arithmetic;
mod bits;
mod collections;
mod conversions;
mod encoders;
mod format;
mod formats;
mod lists;
mod network;
mod numbers;
mod operators;
mod optionals;
mod patterns;
mod quantities;
mod sets;
mod slices;
mod texts;
mod times;
mod urls;
mod versions;

pub(super) use amounts::{parse_duration, parse_quantity};
pub(super) use operators::{
    ADD, COPY, DIVIDE, ENTRIES, EQUAL, GREATER, GREATER_EQUAL, HAS, IN, INDEX, LESS, LESS_EQUAL, MERGED,
    MODULO, MULTIPLY, NEGATE, OPTIONAL, PAIRS, SORT, SUBTRACT, UNEQUAL, VISIT, internal,
};
pub(super) use patterns::pattern;

use crate::cel::Type;
use ::cel::Env;
use ::cel::common::functions::Function as Implementation;
use ::cel::common::types as engine;
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// A type in a signature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Quantity,
    Duration,
    Timestamp,
    Ip,
    Cidr,
    Url,
    Version,
    Format,
    Dyn,
    Type,
    List(&'static Kind),
    Map(&'static Kind),
    Optional(&'static Kind),
    /// Whatever it is, the same wherever it stands in the signature.
    Any,
}

impl Kind {
    /// The type, with what `Any` stands for.
    pub(super) fn with(self, any: &Type) -> Type {
        match self {
            Kind::Bool => Type::Bool,
            Kind::Int => Type::Int,
            Kind::Uint => Type::Uint,
            Kind::Double => Type::Double,
            Kind::Text => Type::Text,
            Kind::Bytes => Type::Bytes,
            Kind::Quantity => Type::Quantity,
            Kind::Duration => Type::Duration,
            Kind::Timestamp => Type::Timestamp,
            Kind::Ip => Type::Ip,
            Kind::Cidr => Type::Cidr,
            Kind::Url => Type::Url,
            Kind::Version => Type::Version,
            Kind::Format => Type::Format,
            Kind::Dyn => Type::Dyn,
            Kind::Type => Type::Type,
            Kind::List(element) => Type::list(element.with(any)),
            Kind::Map(value) => Type::map(value.with(any)),
            Kind::Optional(value) => Type::optional(value.with(any)),
            Kind::Any => any.clone(),
        }
    }
}

/// What a function takes and gives. A member's first param is what it is called on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) params: &'static [Kind],
    pub(super) result: Kind,
}

const fn takes(params: &'static [Kind], result: Kind) -> Signature {
    Signature { params, result }
}

/// One function.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// `size`, `math.least`.
    pub(super) name: &'static str,
    /// Whether it is called on its first param: `x.size()`.
    pub(super) member: bool,
    pub(super) signatures: &'static [Signature],
    pub(super) doc: &'static str,
    /// An expression that holds.
    pub(super) example: &'static str,
    pub(super) implementation: Implementation,
}

/// The functions that most policies call, by subject.
const CORE: [&[Row]; 7] = [
    texts::ROWS,
    patterns::ROWS,
    lists::ROWS,
    numbers::ROWS,
    amounts::ROWS,
    conversions::ROWS,
    optionals::ROWS,
];

/// The functions that few policies call: the engine is told of them where one does.
const LIBRARIES: [&[Row]; 11] = [
    format::ROWS,
    formats::ROWS,
    slices::ROWS,
    sets::ROWS,
    bits::ROWS,
    quantities::ROWS,
    times::ROWS,
    encoders::ROWS,
    network::ROWS,
    urls::ROWS,
    versions::ROWS,
];

/// All rows.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    CORE.into_iter().chain(LIBRARIES).flatten()
}

/// Whether a function, by its name with the namespace if it has one, is of a library.
pub(super) fn is_library(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| LIBRARIES.into_iter().flatten().map(|row| row.name).collect());
    NAMES.contains(name)
}

/// Whether a name is the part before the dot of functions: `math` of `math.least`.
pub(super) fn is_namespace(name: &str) -> bool {
    let within = |row: &Row| row.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    !name.is_empty() && rows().any(within)
}

/// The rows of a name, for calls of one style.
pub(super) fn named(name: &str, member: bool) -> impl Iterator<Item = &'static Row> {
    let name = name.to_owned();
    rows().filter(move |row| row.member == member && row.name == name)
}

/// The engine's environment with our functions, those of the libraries too or without them. It holds no
/// function of the engine's own library: ours take values that may be unknown. Each of the two is made
/// when it is first asked for, as declaring all functions takes a tenth of a run.
pub(super) fn environment(libraries: bool) -> Arc<Env> {
    static PLAIN: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(build(false)));
    static WHOLE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(build(true)));
    Arc::clone(if libraries { &WHOLE } else { &PLAIN })
}

/// Makes an environment.
pub(super) fn build(libraries: bool) -> Env {
    let mut env = Env::default();
    env.set_error_on_duplicate_map_keys(true);
    let mut declared = Vec::new();
    let rows = rows().filter(|row| libraries || !is_library(row.name));
    for row in rows {
        for signature in row.signatures {
            let count = signature.params.len();
            // The engine picks by number of arguments; the implementation looks at their types.
            if !declared.contains(&(row.name, row.member, count)) {
                declared.push((row.name, row.member, count));
                declare(&mut env, row.name, row.member, count, row.implementation);
            }
        }
    }
    for &(name, count, implementation) in operators::INTERNAL {
        declare(&mut env, name, false, count, implementation);
    }
    for kind in [
        engine::BOOL_TYPE,
        engine::INT_TYPE,
        engine::UINT_TYPE,
        engine::DOUBLE_TYPE,
        engine::STRING_TYPE,
        engine::BYTES_TYPE,
        engine::LIST_TYPE,
        engine::MAP_TYPE,
        engine::NULL_TYPE,
        engine::TYPE_TYPE,
        engine::OPTIONAL_TYPE,
        engine::TIMESTAMP_TYPE,
        engine::DURATION_TYPE,
        engine::Type::new_unspecified_type("net.IP"),
        engine::Type::new_unspecified_type("net.CIDR"),
    ] {
        // Only a second type of one name can fail, and these have one each.
        let _ = env.add_type(kind);
    }
    env
}

fn declare(env: &mut Env, name: &str, member: bool, count: usize, implementation: Implementation) {
    let id = format!("{name}/{member}/{count}");
    let params = |count: usize| (0..count).map(|_| engine::DYN_TYPE).collect::<Vec<_>>();
    // Only a second declaration of one id can fail; a test holds that there is none.
    let _ = if member {
        env.add_member_overload(name, &id, engine::DYN_TYPE, params(count - 1), implementation)
    } else {
        env.add_overload(name, &id, params(count), implementation)
    };
}

/// Whether a text is a regular expression that may be evaluated.
///
/// # Errors
/// What is wrong with it.
pub fn check_pattern(text: &str) -> Result<(), String> {
    pattern(text).map(|_| ())
}

/// A function for people: name, signatures, documentation, example.
#[derive(Clone, Debug)]
pub struct Documentation {
    pub name: &'static str,
    /// `string.contains(string) -> bool`, one for each signature.
    pub signatures: Vec<String>,
    pub doc: &'static str,
    pub example: &'static str,
}

/// All functions, for the documentation and for completion.
pub fn documentation() -> Vec<Documentation> {
    let describe = |row: &Row| {
        let any = Type::Dyn;
        let signature = |signature: &Signature| {
            let params: Vec<String> =
                signature.params.iter().map(|kind| kind.with(&any).to_string()).collect();
            let result = signature.result.with(&any);
            match params.split_first() {
                Some((target, rest)) if row.member => {
                    format!("{target}.{}({}) -> {result}", row.name, rest.join(", "))
                }
                _ => format!("{}({}) -> {result}", row.name, params.join(", ")),
            }
        };
        let signatures = row.signatures.iter().map(signature).collect();
        Documentation { name: row.name, signatures, doc: row.doc, example: row.example }
    };
    rows().map(describe).collect()
}

#[cfg(test)]
mod tests;
