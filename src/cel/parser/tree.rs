//! The parsed tree with the place of every node.

use ::cel::common::ast::{Expr, IdedExpr};
use std::collections::BTreeMap;

/// The bytes of a node in the expression's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cel) struct Place {
    pub(in crate::cel) start: u32,
    pub(in crate::cel) end: u32,
    /// The token that makes the node what it is: the operator, the field's name, the function's name.
    pub(in crate::cel) anchor: (u32, u32),
}

/// A macro, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cel) enum Macro {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    Bind,
    TransformList,
    TransformMap,
    TransformMapEntry,
}

/// An expression, parsed. Node ids count from 1.
#[derive(Debug)]
pub(in crate::cel) struct Tree {
    pub(in crate::cel) root: IdedExpr,
    places: Vec<Place>,
    /// Comprehensions by id, with the macro that they were expanded from.
    pub(in crate::cel) macros: BTreeMap<u64, Macro>,
}

impl Tree {
    /// The place of a node; the whole beginning of the text for an id that is none.
    pub(in crate::cel) fn place(&self, id: u64) -> Place {
        let index = usize::try_from(id).unwrap_or(0).wrapping_sub(1);
        self.places.get(index).copied().unwrap_or_default()
    }

    /// The byte ranges of all nodes, in the order of their ids.
    pub(in crate::cel) fn ranges(&self) -> Vec<(u32, u32)> {
        self.places.iter().map(|place| (place.start, place.end)).collect()
    }

    /// How many nodes there are: ids are `1..=len`.
    pub(in crate::cel) fn len(&self) -> usize {
        self.places.len()
    }
}

/// Hands out ids and keeps places.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    places: Vec<Place>,
    macros: BTreeMap<u64, Macro>,
}

impl Nodes {
    /// A node at a place.
    pub(super) fn node(&mut self, expr: Expr, place: Place) -> IdedExpr {
        IdedExpr { id: self.id(place), expr }
    }

    /// An id for a node at a place.
    pub(super) fn id(&mut self, place: Place) -> u64 {
        self.places.push(place);
        self.places.len() as u64
    }

    /// The place of a node.
    pub(super) fn place(&self, id: u64) -> Place {
        let index = usize::try_from(id).unwrap_or(0).wrapping_sub(1);
        self.places.get(index).copied().unwrap_or_default()
    }

    /// Remembers which macro a comprehension was.
    pub(super) fn expanded(&mut self, id: u64, name: Macro) {
        self.macros.insert(id, name);
    }

    /// The tree of a root.
    pub(super) fn finish(self, root: IdedExpr) -> Tree {
        Tree { root, places: self.places, macros: self.macros }
    }
}
