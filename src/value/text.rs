//! Texts of which some parts may be unknown or depend on a condition.

use crate::provenance::Origin;
use crate::value::{Condition, Reason, Unknown};
use std::fmt;

/// What one part of a text is.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// These characters.
    Literal(String),
    /// Characters that are not known here.
    Hole(Unknown),
}

/// One part of a text. The part is there only where its condition holds, so that a text that grows
/// under fifteen independent tests has fifteen conditional parts and not 32,768 alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub condition: Condition,
    pub piece: Piece,
    pub origin: Option<Origin>,
}

/// A text as a sequence of parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    pub parts: Vec<Part>,
}

impl Text {
    /// A text that is wholly known.
    pub fn literal(text: impl Into<String>, origin: Option<Origin>) -> Text {
        let piece = Piece::Literal(text.into());
        Text { parts: vec![Part { condition: Condition::always(), piece, origin }] }
    }

    /// A text of which nothing is known.
    pub fn hole(unknown: Unknown, origin: Option<Origin>) -> Text {
        Text { parts: vec![Part { condition: Condition::always(), piece: Piece::Hole(unknown), origin }] }
    }

    /// The characters, if every part is known and unconditional.
    pub fn plain(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match &part.piece {
                Piece::Literal(text) if part.condition.is_always() => whole.push_str(text),
                _ => return None,
            }
        }
        Some(whole)
    }

    /// The text if it is a single literal part.
    pub fn as_single(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part { condition, piece: Piece::Literal(text), .. }] if condition.is_always() => Some(text),
            [] => Some(""),
            _ => None,
        }
    }

    /// The first unknown part.
    pub fn first_hole(&self) -> Option<&Unknown> {
        self.parts.iter().find_map(|part| match &part.piece {
            Piece::Hole(unknown) => Some(unknown),
            Piece::Literal(_) => None,
        })
    }

    /// Whether nothing at all of the text is known: one hole, or several with nothing between them.
    pub fn is_wholly_unknown(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| matches!(part.piece, Piece::Hole(_)))
    }

    /// Whether two texts are surely the same characters. Of two unknown parts with one name only inputs
    /// surely are; what a command printed must have been read at the same place.
    pub fn is_same(&self, other: &Text) -> bool {
        let same_hole = |a: &Unknown, b: &Unknown| {
            let is_input = matches!(a.reason, Reason::Environment | Reason::Argument | Reason::Variable);
            a.input == b.input && a.reason == b.reason && (is_input || a.span == b.span)
        };
        let same = |a: &Piece, b: &Piece| match (a, b) {
            (Piece::Literal(a), Piece::Literal(b)) => a == b,
            (Piece::Hole(a), Piece::Hole(b)) => same_hole(a, b),
            _ => false,
        };
        match (self.pieces(), other.pieces()) {
            (Some(ours), Some(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| same(a, b))
            }
            _ => false,
        }
    }

    /// Its pieces with neighbouring literals joined; `None` if one hangs on a condition.
    fn pieces(&self) -> Option<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in &self.parts {
            if !part.condition.is_always() {
                return None;
            }
            match (pieces.last_mut(), &part.piece) {
                (Some(Piece::Literal(whole)), Piece::Literal(more)) => whole.push_str(more),
                (_, piece) => pieces.push(piece.clone()),
            }
        }
        Some(pieces)
    }

    /// The parts that are there when `condition` holds, free of what it already says.
    #[must_use]
    pub fn under(&self, condition: &Condition) -> Text {
        let keep = |part: &Part| {
            (!part.condition.contradicts(condition))
                .then(|| Part { condition: part.condition.without(condition), ..part.clone() })
        };
        Text { parts: self.parts.iter().filter_map(keep).collect() }
    }

    /// The conditions of its parts, each once.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut all: Vec<&Condition> = Vec::new();
        for part in &self.parts {
            if !part.condition.is_always() && !all.contains(&&part.condition) {
                all.push(&part.condition);
            }
        }
        all
    }

    /// Appends another text.
    pub fn append(&mut self, other: Text) {
        self.parts.extend(other.parts);
    }
}

/// Unknown parts are shown as `{NAME}`, as the JSON contract has them.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match &part.piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Hole(unknown) => write!(f, "{{{}}}", unknown.input)?,
            }
        }
        Ok(())
    }
}
