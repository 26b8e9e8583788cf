//! The types of the language and the one table of variables, objects and fields.

mod size;
mod table;
mod unit;
mod words;

pub use size::elements;
pub(super) use size::{ELEMENTS_OF_A_DOCUMENT, ELEMENTS_OF_A_PARAM};
pub use table::{FieldRow, VARIABLES, VariableRow, field, fields, variable};
pub use unit::of_quantity;
pub use words::words;

use std::fmt;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Anything: raw documents. Checked when evaluated.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    /// A float that multiplies: what one amount is to another.
    Ratio,
    Text,
    Bytes,
    /// Bytes or cores, as nothing says which.
    Quantity,
    /// A quantity of bytes.
    Memory,
    /// A quantity of cores.
    Cpu,
    Duration,
    Timestamp,
    /// An address, a network, a URL, a version, a named format: values of the libraries.
    Ip,
    Cidr,
    Url,
    Version,
    Format,
    List(Box<Type>),
    /// From texts to values of one type.
    Map(Box<Type>),
    /// An object of the table, by name.
    Object(&'static str),
    Optional(Box<Type>),
    /// The params of a policy, whose names are declared by the policy.
    Params,
    /// The named sub-expressions of a policy.
    Definitions,
    /// The type of a type: `type(x)`.
    Type,
}

impl Type {
    /// A list of these.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// A map to these.
    pub fn map(value: Type) -> Type {
        Type::Map(Box::new(value))
    }

    /// Such a value, or none.
    pub fn optional(value: Type) -> Type {
        Type::Optional(Box::new(value))
    }

    /// Whether it may be any type.
    pub fn is_dyn(&self) -> bool {
        matches!(self, Type::Dyn)
    }

    /// Whether it is an integer, with a sign or without, or a float.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double | Type::Ratio)
    }

    /// Whether it is a quantity of anything.
    pub fn is_quantity(&self) -> bool {
        matches!(self, Type::Quantity | Type::Memory | Type::Cpu)
    }

    /// Whether a value of type `other` may stand where this one is expected.
    pub fn accepts(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::List(ours), Type::List(theirs))
            | (Type::Map(ours), Type::Map(theirs))
            | (Type::Optional(ours), Type::Optional(theirs)) => ours.accepts(theirs),
            (Type::Map(_), Type::Params | Type::Definitions) => true,
            // What a quantity is of may not be known; memory and CPU never stand for each other.
            (Type::Quantity, theirs) if theirs.is_quantity() => true,
            (ours, Type::Quantity) if ours.is_quantity() => true,
            (Type::Double, Type::Ratio) | (Type::Ratio, Type::Double) => true,
            (ours, theirs) => ours == theirs,
        }
    }
}

/// The name used in policies, in `celador fields` and in diagnostics.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::Ratio => f.write_str("ratio"),
            Type::Text => f.write_str("string"),
            Type::Bytes => f.write_str("bytes"),
            Type::Quantity => f.write_str("quantity"),
            Type::Memory => f.write_str("memory"),
            Type::Cpu => f.write_str("cpu"),
            Type::Duration => f.write_str("duration"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Ip => f.write_str("net.IP"),
            Type::Cidr => f.write_str("net.CIDR"),
            Type::Url => f.write_str("url"),
            Type::Version => f.write_str("semver"),
            Type::Format => f.write_str("format"),
            Type::List(element) => write!(f, "list<{element}>"),
            Type::Map(value) => write!(f, "map<string, {value}>"),
            Type::Object(name) => f.write_str(name),
            Type::Optional(value) => write!(f, "optional<{value}>"),
            Type::Params => f.write_str("params"),
            Type::Definitions => f.write_str("variables"),
            Type::Type => f.write_str("type"),
        }
    }
}
