//! The values that the interpreter computes with.

use super::store::Slot;
use crate::provenance::Origin;
use crate::script::{Class, Function};
use crate::source::Span;
use crate::value::{Condition, Number, Reason, Unknown};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Names one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ScopeId(pub usize);

/// A value with the way it came. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub kind: Kind,
    pub origin: Option<Origin>,
    /// The input that would take its place if it were given.
    pub input: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text(Rc<Vec<Part>>),
    Number(Number),
    Bool(bool),
    Null,
    /// A list, a map or an instance: it has an identity, and whoever holds it sees it change.
    Object(Slot),
    Function(Rc<Closure>),
    /// A method with the instance or class that it was read from.
    Bound(Rc<(Val, Rc<Closure>)>),
    /// A method of a builtin type with the value that it was read from.
    Method(Rc<(Val, String)>),
    Class(Rc<ClassValue>),
    Member(Rc<Member>),
    /// `super()`: the instance and the class behind which methods are looked up.
    Super(Rc<(Val, Rc<ClassValue>)>),
    Module(ScopeId),
    /// A name that nothing in the files read binds: a builtin, or something imported; dotted.
    Free(Rc<str>),
    /// Alternatives whose conditions exclude each other; none is itself an `Either`.
    Either(Rc<Vec<(Condition, Val)>>),
    /// With the number of the event that made it, so that two runs of one command are told apart; 0 for
    /// an input, which is the same whenever it is read.
    Unknown(Unknown, u32),
    /// A variable that nothing was assigned to yet.
    Unbound,
}

/// One part of a text: `value::Part` with what further splitting and narrowing need.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub condition: Condition,
    pub piece: Piece,
    pub origin: Option<Origin>,
    /// Where exactly these characters stand in a file, if they stand there verbatim.
    pub verbatim: Option<Span>,
    /// The input that would take the part's place if it were given.
    pub input: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Literal(Rc<str>),
    Hole(Unknown),
}

/// A function with the scope that it was defined in.
#[derive(Debug)]
pub(super) struct Closure {
    pub function: Rc<Function>,
    pub scope: ScopeId,
    /// The class that it is a method of.
    pub class: Option<Rc<ClassValue>>,
}

/// A class with its evaluated bases; its attributes live in `slot`.
#[derive(Debug)]
pub(super) struct ClassValue {
    pub class: Rc<Class>,
    pub bases: Vec<Rc<ClassValue>>,
    /// Whether a base is not among the files read: then no attribute is known to be absent.
    pub open: bool,
    /// Members are compared and printed by value: `class E(str, Enum)`.
    pub is_text: bool,
    pub scope: ScopeId,
    pub slot: Slot,
}

/// A member of an enumeration.
#[derive(Debug)]
pub(super) struct Member {
    pub class: Rc<ClassValue>,
    pub name: String,
    pub value: Val,
}

/// An item of a list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub condition: Condition,
    pub value: Element,
    /// The expression that put it there.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Element {
    One(Val),
    /// Any number of items of which nothing is known.
    Rest(Unknown),
}

impl Item {
    pub fn one(value: Val, span: Span) -> Rc<Item> {
        Rc::new(Item { condition: Condition::always(), value: Element::One(value), span })
    }

    pub fn rest(unknown: Unknown) -> Rc<Item> {
        let span = unknown.span;
        Rc::new(Item { condition: Condition::always(), value: Element::Rest(unknown), span })
    }
}

/// A list's items.
pub(super) type List = Vec<Rc<Item>>;

/// What a map's key is known as: its type and its text, so that `1` and `"1"` differ.
pub(super) type Key = (char, Rc<str>);

/// A map in the order of insertion.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    pub entries: Vec<Rc<Entry>>,
    index: HashMap<Key, usize>,
    /// Entries may be there that are not known.
    pub open: Option<Unknown>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: Key,
    pub name: Val,
    pub condition: Condition,
    pub value: Val,
    pub span: Span,
}

impl Map {
    pub fn get(&self, key: &Key) -> Option<&Rc<Entry>> {
        self.entries.get(*self.index.get(key)?)
    }

    pub fn insert(&mut self, entry: Rc<Entry>) {
        match self.index.get(&entry.key).and_then(|&at| self.entries.get_mut(at)) {
            Some(place) => *place = entry,
            None => {
                self.index.insert(entry.key.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    pub fn remove(&mut self, key: &Key) -> Option<Rc<Entry>> {
        let at = self.index.remove(key)?;
        let removed = self.entries.remove(at);
        for place in self.index.values_mut().filter(|place| **place > at) {
            *place -= 1;
        }
        Some(removed)
    }
}

/// An instance, or the attributes of a class.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub class: Option<Rc<ClassValue>>,
    pub fields: HashMap<Rc<str>, Val>,
}

impl Val {
    pub fn new(kind: Kind, origin: Option<Origin>) -> Val {
        Val { kind, origin, input: None }
    }

    pub fn null() -> Val {
        Val::new(Kind::Null, None)
    }

    pub fn unbound() -> Val {
        Val::new(Kind::Unbound, None)
    }

    pub fn bool(value: bool) -> Val {
        Val::new(Kind::Bool(value), None)
    }

    /// A value of which there are too many to be told apart. The script goes on: whoever reads the value is
    /// told why it is not known.
    pub fn bounded(span: Span, what: &'static str) -> Val {
        Val::unknown(Unknown { input: what.into(), reason: Reason::Limit, span }, None)
    }

    pub fn unknown(unknown: Unknown, origin: Option<Origin>) -> Val {
        Val::new(Kind::Unknown(unknown, 0), origin)
    }

    pub fn object(slot: Slot) -> Val {
        Val::new(Kind::Object(slot), None)
    }

    pub fn literal(text: &str, origin: Option<Origin>) -> Val {
        Val::text(vec![Part::literal(text.into(), origin)], origin)
    }

    pub fn text(parts: Vec<Part>, origin: Option<Origin>) -> Val {
        Val::new(Kind::Text(Rc::new(parts)), origin)
    }

    pub fn int(number: i64, origin: Option<Origin>) -> Val {
        Val::new(Kind::Number(Number::Int(number)), origin)
    }

    /// The alternatives with their conditions; one under the empty condition unless it is an `Either`.
    pub fn alternatives(&self) -> Vec<(Condition, Val)> {
        match &self.kind {
            Kind::Either(all) => all.to_vec(),
            _ => vec![(Condition::always(), self.clone())],
        }
    }

    pub fn is_either(&self) -> bool {
        matches!(self.kind, Kind::Either(_))
    }

    pub fn is_unbound(&self) -> bool {
        matches!(self.kind, Kind::Unbound)
    }

    /// A known value that an input would take the place of, unless another would already.
    pub fn overridable_by(self, input: &Arc<str>) -> Val {
        let input = self.input.clone().unwrap_or_else(|| input.clone());
        match &self.kind {
            Kind::Text(parts) if parts.len() == 1 => {
                let marked = |part: &Part| Part { input: Some(input.clone()), ..part.clone() };
                let parts = parts.iter().map(marked).collect();
                Val { kind: Kind::Text(Rc::new(parts)), input: Some(input), ..self }
            }
            _ => Val { input: Some(input), ..self },
        }
    }

    /// The text, if it is wholly known and unconditional. Says nothing of inputs that may override it.
    pub fn plain(&self) -> Option<Rc<str>> {
        match &self.kind {
            Kind::Text(parts) => plain(parts),
            _ => None,
        }
    }

    /// Whether two values cannot be told apart, their literals included.
    pub fn same(&self, other: &Val) -> bool {
        if self.input != other.input {
            return false;
        }
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) | (Kind::Unbound, Kind::Unbound) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a == b && self.origin == other.origin,
            (Kind::Text(a), Kind::Text(b)) => Rc::ptr_eq(a, b) || a == b,
            (Kind::Object(a), Kind::Object(b)) => a == b,
            (Kind::Function(a), Kind::Function(b)) => Rc::ptr_eq(a, b),
            (Kind::Class(a), Kind::Class(b)) => Rc::ptr_eq(a, b),
            (Kind::Member(a), Kind::Member(b)) => Rc::ptr_eq(&a.class, &b.class) && a.name == b.name,
            (Kind::Module(a), Kind::Module(b)) => a == b,
            (Kind::Free(a), Kind::Free(b)) => a == b,
            (Kind::Unknown(a, m), Kind::Unknown(b, n)) => m == n && a == b,
            (Kind::Either(a), Kind::Either(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.len() == b.len()
                        && a.iter().zip(b.iter()).all(|(x, y)| x.0 == y.0 && x.1.same(&y.1)))
            }
            _ => false,
        }
    }
}

impl Part {
    pub fn literal(text: Rc<str>, origin: Option<Origin>) -> Part {
        let piece = Piece::Literal(text);
        Part { condition: Condition::always(), piece, origin, verbatim: None, input: None }
    }

    pub fn hole(unknown: Unknown, origin: Option<Origin>) -> Part {
        let piece = Piece::Hole(unknown);
        Part { condition: Condition::always(), piece, origin, verbatim: None, input: None }
    }
}

/// The characters, if every part is known and unconditional.
pub(super) fn plain(parts: &[Part]) -> Option<Rc<str>> {
    if let [Part { condition, piece: Piece::Literal(text), .. }] = parts
        && condition.is_always()
    {
        return Some(text.clone());
    }
    let mut whole = String::new();
    for part in parts {
        match &part.piece {
            Piece::Literal(text) if part.condition.is_always() => whole.push_str(text),
            _ => return None,
        }
    }
    Some(whole.into())
}
