//! Under which circumstances a value holds.

use crate::source::Span;
use std::fmt;
use std::sync::Arc;

/// What an input is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operand {
    One(Arc<str>),
    Many(Vec<Arc<str>>),
    /// For the operators that need none: `Holds`, `Fails`, `Set`, `Unset`.
    None,
}

/// How an input is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    /// The input is true, or a text that is not empty, or a command that succeeds.
    Holds,
    /// The opposite of `Holds`.
    Fails,
    Equal,
    NotEqual,
    In,
    NotIn,
    /// A shell pattern.
    Matches,
    NotMatches,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Operator {
    /// The operator that holds exactly where this one does not.
    #[must_use]
    pub fn negated(self) -> Operator {
        match self {
            Operator::Holds => Operator::Fails,
            Operator::Fails => Operator::Holds,
            Operator::Equal => Operator::NotEqual,
            Operator::NotEqual => Operator::Equal,
            Operator::In => Operator::NotIn,
            Operator::NotIn => Operator::In,
            Operator::Matches => Operator::NotMatches,
            Operator::NotMatches => Operator::Matches,
            Operator::Less => Operator::GreaterEqual,
            Operator::LessEqual => Operator::Greater,
            Operator::Greater => Operator::LessEqual,
            Operator::GreaterEqual => Operator::Less,
        }
    }
}

/// One test of one input: `use_alpine`, `$1 == staging`, `service.name in [backend, auth]`.
#[derive(Clone, Debug)]
pub struct Atom {
    /// The input's name as a person would say it. Two atoms speak of the same input if the names are
    /// equal.
    pub input: Arc<str>,
    pub operator: Operator,
    pub operand: Operand,
    /// Where the test stands. It tells a reader why; it does not take part in equality.
    pub span: Span,
}

impl PartialEq for Atom {
    fn eq(&self, other: &Atom) -> bool {
        (self.operator, &self.input, &self.operand) == (other.operator, &other.input, &other.operand)
    }
}

impl Eq for Atom {}

impl Atom {
    /// The atom that holds exactly where this one does not.
    #[must_use]
    pub fn negated(&self) -> Atom {
        Atom { operator: self.operator.negated(), ..self.clone() }
    }

    /// The values that the input may have if this atom names them: `==` and `in`.
    pub fn allowed(&self) -> Option<Vec<&str>> {
        self.allows().map(|values| values.iter().map(|value| &**value).collect())
    }

    /// The values that the input cannot have if this atom names them: `!=` and `not in`.
    pub fn excluded(&self) -> Option<Vec<&str>> {
        self.excludes().map(|values| values.iter().map(|value| &**value).collect())
    }

    /// Like [`Atom::allowed`], without a list of its own: conditions are compared all the time.
    fn allows(&self) -> Option<&[Arc<str>]> {
        match (self.operator, &self.operand) {
            (Operator::Equal, Operand::One(one)) => Some(std::slice::from_ref(one)),
            (Operator::In, Operand::Many(many)) => Some(many),
            _ => None,
        }
    }

    fn excludes(&self) -> Option<&[Arc<str>]> {
        match (self.operator, &self.operand) {
            (Operator::NotEqual, Operand::One(one)) => Some(std::slice::from_ref(one)),
            (Operator::NotIn, Operand::Many(many)) => Some(many),
            _ => None,
        }
    }

    /// Both tests as one, if they speak of the same input and one of them names its values; `Some(None)`
    /// if no value passes both.
    fn values_of_both(&self, other: &Atom) -> Option<Option<Atom>> {
        if self.input != other.input {
            return None;
        }
        let (named, values) = match (self.allowed(), other.allowed()) {
            (Some(values), _) => (self, values),
            (None, values) => (other, values?),
        };
        let passes = |value: &&str| {
            [self, other].iter().all(|atom| match (atom.allowed(), atom.excluded()) {
                (Some(allowed), _) => allowed.contains(value),
                (None, excluded) => excluded.is_some_and(|excluded| !excluded.contains(value)),
            })
        };
        if [self, other].iter().any(|atom| atom.allowed().is_none() && atom.excluded().is_none()) {
            return None;
        }
        let mut left: Vec<Arc<str>> = values.into_iter().filter(passes).map(Into::into).collect();
        let (operator, operand) = match (left.pop(), left.is_empty()) {
            (None, _) => return Some(None),
            (Some(only), true) => (Operator::Equal, Operand::One(only)),
            (Some(last), false) => {
                left.push(last);
                (Operator::In, Operand::Many(left))
            }
        };
        Some(Some(Atom { operator, operand, ..named.clone() }))
    }

    /// Whether both cannot hold at once. `false` means "not known to contradict".
    pub fn contradicts(&self, other: &Atom) -> bool {
        if self.input != other.input {
            return false;
        }
        if self.operator == other.operator.negated() && self.operand == other.operand {
            return true;
        }
        let one_way = |a: &Atom, b: &Atom| match (a.allows(), b.allows(), b.excludes()) {
            (Some(ours), Some(theirs), _) => !ours.iter().any(|value| theirs.contains(value)),
            (Some(ours), _, Some(theirs)) => ours.iter().all(|value| theirs.contains(value)),
            // A text that equals something non-empty is a text that holds.
            (Some(ours), _, _) if b.operator == Operator::Fails => ours.iter().all(|value| !value.is_empty()),
            _ => false,
        };
        one_way(self, other) || one_way(other, self)
    }

    /// Whether `other` holds wherever this one does. `false` means "not known to".
    pub fn implies(&self, other: &Atom) -> bool {
        if self.input != other.input {
            return false;
        }
        if self.operator == other.operator && self.operand == other.operand {
            return true;
        }
        match (self.allows(), other.allows(), other.excludes()) {
            (Some(ours), Some(theirs), _) => ours.iter().all(|value| theirs.contains(value)),
            (Some(ours), _, Some(theirs)) => !ours.iter().any(|value| theirs.contains(value)),
            (None, None, Some(theirs)) => {
                self.excludes().is_some_and(|ours| theirs.iter().all(|value| ours.contains(value)))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = match self.operator {
            Operator::Holds => return write!(f, "{}", self.input),
            Operator::Fails => return write!(f, "not {}", self.input),
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::In => "in",
            Operator::NotIn => "not in",
            Operator::Matches => "matches",
            Operator::NotMatches => "does not match",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterEqual => ">=",
        };
        write!(f, "{} {operator} ", self.input)?;
        match &self.operand {
            Operand::One(one) if one.is_empty() => write!(f, "\"\""),
            Operand::One(one) => write!(f, "{one}"),
            Operand::Many(many) => write!(f, "[{}]", many.join(", ")),
            Operand::None => Ok(()),
        }
    }
}

/// A conjunction of atoms; the empty one always holds. Sorted by nothing: atoms stand in the order in
/// which the branches were met, which is the order a reader wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    atoms: Vec<Atom>,
}

impl Condition {
    /// The condition that always holds.
    pub fn always() -> Condition {
        Condition::default()
    }

    /// The condition of a single test.
    pub fn of(atom: Atom) -> Condition {
        Condition { atoms: vec![atom] }
    }

    /// The conjunction of atoms of which none follows from another and none contradicts another.
    pub fn from_atoms(atoms: Vec<Atom>) -> Condition {
        Condition { atoms }
    }

    /// Whether it always holds.
    pub fn is_always(&self) -> bool {
        self.atoms.is_empty()
    }

    /// The atoms, all of which must hold.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Both conditions at once; `None` if they contradict each other.
    pub fn and(&self, other: &Condition) -> Option<Condition> {
        let mut all = self.clone();
        for atom in &other.atoms {
            if all.atoms.iter().any(|have| have.contradicts(atom)) {
                return None;
            }
            if all.atoms.iter().any(|have| have.implies(atom)) {
                continue;
            }
            all.atoms.retain(|have| !atom.implies(have));
            all.narrow(atom.clone())?;
        }
        (!all.leaves_nothing()).then_some(all)
    }

    /// Whether the values that one atom allows are excluded by others, though by none of them alone:
    /// `env in [a, b] and env != a and env != b`.
    fn leaves_nothing(&self) -> bool {
        self.atoms.iter().any(|one| {
            let excluded = |value: &Arc<str>| {
                let others = self.atoms.iter().filter(|other| other.input == one.input);
                others.filter_map(Atom::excludes).any(|values| values.contains(value))
            };
            one.allows().is_some_and(|allowed| allowed.iter().all(excluded))
        })
    }

    /// Adds an atom. What several tests leave of the values of one input is said by one of them:
    /// `x in [a, b]` and `x != a` is `x == b`. `None` if they leave nothing.
    fn narrow(&mut self, mut atom: Atom) -> Option<()> {
        let mut place = self.atoms.len();
        for at in (0..self.atoms.len()).rev() {
            let Some(both) = self.atoms.get(at).and_then(|have| have.values_of_both(&atom)) else { continue };
            atom = both?;
            self.atoms.remove(at);
            place = at;
        }
        self.atoms.insert(place.min(self.atoms.len()), atom);
        Some(())
    }

    /// Whether the two cannot hold at once.
    pub fn contradicts(&self, other: &Condition) -> bool {
        self.atoms.iter().any(|ours| other.atoms.iter().any(|theirs| ours.contradicts(theirs)))
    }

    /// Whether every atom of `other` follows from this condition.
    pub fn implies(&self, other: &Condition) -> bool {
        other.atoms.iter().all(|theirs| self.atoms.iter().any(|ours| ours.implies(theirs)))
    }

    /// This condition without what `known` already says.
    #[must_use]
    pub fn without(&self, known: &Condition) -> Condition {
        let news = |atom: &&Atom| !known.atoms.iter().any(|have| have.implies(atom));
        Condition { atoms: self.atoms.iter().filter(news).cloned().collect() }
    }
}

impl Condition {
    /// The condition as the end of a sentence: `when use_alpine`, `unless --no-alpine`; empty if it always
    /// holds.
    pub fn clause(&self) -> String {
        match self.atoms.as_slice() {
            [] => String::new(),
            [atom] if atom.operator == Operator::Fails => format!("unless {}", atom.input),
            _ => format!("when {self}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, atom) in self.atoms.iter().enumerate() {
            if i > 0 {
                write!(f, " and ")?;
            }
            write!(f, "{atom}")?;
        }
        Ok(())
    }
}
