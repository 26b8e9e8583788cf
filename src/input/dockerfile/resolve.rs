//! Which values the variables of a Dockerfile have, and what the last stage is built on.

use crate::input::dockerfile::words::{self, Modifier, Piece, Word};
use crate::input::dockerfile::{Dockerfile, Pair};
use crate::provenance::{Arena, Origin, Step};
use crate::source::Span;
use crate::value::{Known, Part, Reason, Text, Unknown, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Variables of which the builder knows the value, by name.
#[derive(Clone, Debug)]
pub struct Scope {
    variables: HashMap<String, Value<Text>>,
    /// Why a variable that nothing declares is not known.
    undeclared: Reason,
}

/// How deeply defaults may stand in defaults: `${A:-${B:-c}}`.
const DEPTH: usize = 8;

/// How many parts and bytes a value may have: `ENV A=$A$A` doubles it at every line.
const PARTS: usize = 256;
const BYTES: usize = 64 << 10;

impl Scope {
    /// The arguments that stand before the first `FROM`, the only ones that a `FROM` may use.
    pub fn global(file: &Dockerfile, arena: &mut Arena) -> Scope {
        let mut scope = Scope { variables: HashMap::new(), undeclared: Reason::Argument };
        for pair in &file.globals {
            scope.argument(pair, None, arena);
        }
        scope
    }

    /// The variables of a stage's beginning: only the image below has some, and it is not read.
    pub fn of_image() -> Scope {
        Scope { variables: HashMap::new(), undeclared: Reason::NotFound }
    }

    /// Declares an `ARG`. Without a default of its own it takes the one that `outer` has for its name;
    /// with neither only the caller of the build knows it. (An `ENV` of the same name wins over an `ARG`
    /// wherever they stand: then there is nothing to declare.)
    pub fn argument(&mut self, pair: &Pair, outer: Option<&Scope>, arena: &mut Arena) {
        let value = match &pair.value {
            Some(default) => overridable(self.expand(default, arena), &pair.name),
            None => outer.and_then(|outer| outer.variables.get(&pair.name)).cloned().unwrap_or_else(|| {
                let origin = arena.start(pair.name_span, Step::Input);
                Value::Unknown(given_by_caller(&pair.name, pair.name_span), Some(origin))
            }),
        };
        self.variables.insert(pair.name.clone(), value);
    }

    /// Sets an `ENV` variable to a value that was expanded before.
    pub fn set(&mut self, name: &str, value: Value<Text>) {
        self.variables.insert(name.to_owned(), value);
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value<Text>> {
        self.variables.get(name)
    }

    /// The value of a word with its variables filled in.
    pub fn expand(&self, word: &Word, arena: &mut Arena) -> Value<Text> {
        let filled = self.fill(&word.pieces, word.span, arena, DEPTH);
        if filled.is_too_long() {
            let origin = arena.literal(word.span);
            let input = "a very long value".into();
            return Value::Unknown(Unknown { input, reason: Reason::Limit, span: word.span }, Some(origin));
        }
        if let ([_], [_]) = (filled.text.parts.as_slice(), word.pieces.as_slice())
            && let Some(whole) = filled.whole
        {
            // The word is one variable: the value is the variable's, put in here.
            return match whole {
                Value::Known(known) => {
                    let origin = arena.step(known.origin, word.span, Step::Interpolated);
                    Value::Known(Known { origin, ..known })
                }
                other => other,
            };
        }
        let origin = arena.literal(word.span);
        match filled.text.parts.as_slice() {
            [Part { piece: crate::value::Piece::Hole(unknown), .. }] => {
                Value::Unknown(unknown.clone(), Some(origin))
            }
            _ => Value::Known(Known { value: filled.text, origin, overridable_by: filled.overridable_by }),
        }
    }

    fn fill(&self, pieces: &[Piece], span: Span, arena: &mut Arena, depth: usize) -> Filled {
        let mut filled = Filled::default();
        for piece in pieces {
            if filled.is_too_long() {
                break;
            }
            match piece {
                Piece::Literal(text) => {
                    let origin = Some(arena.literal(span));
                    filled.bytes += text.len();
                    filled.text.append(Text::literal(text.clone(), origin));
                }
                Piece::Variable { name, modifier } => {
                    let value = self.variable(name, modifier, span, arena, depth);
                    filled.append(&value);
                    filled.whole = (pieces.len() == 1).then_some(value);
                }
            }
        }
        filled
    }

    fn variable(
        &self,
        name: &str,
        modifier: &Modifier,
        span: Span,
        arena: &mut Arena,
        depth: usize,
    ) -> Value<Text> {
        let own = self.variables.get(name);
        let is_set = matches!(own, Some(Value::Known(_)));
        let inner = |raw: &str, arena: &mut Arena| -> Value<Text> {
            if depth == 0 {
                return unknown(name, Reason::Limit, span, arena);
            }
            let filled = self.fill(&words::pieces(raw), span, arena, depth - 1);
            let origin = arena.start(span, Step::Literal);
            filled.whole.unwrap_or_else(|| Value::known(filled.text, origin))
        };
        match (modifier, own) {
            (Modifier::Default(raw), _) if !is_set => {
                let value = inner(raw, arena);
                let origin_of = |origin: Origin, arena: &mut Arena| arena.step(origin, span, Step::Default);
                let value = match value {
                    Value::Known(known) => {
                        Value::Known(Known { origin: origin_of(known.origin, arena), ..known })
                    }
                    other => other,
                };
                // Of a name that nothing declares the caller cannot give a value either.
                if own.is_some() { overridable(value, name) } else { value }
            }
            (Modifier::Alternative(raw), Some(_)) if is_set => inner(raw, arena),
            (Modifier::Alternative(_), None) => {
                let origin = arena.literal(span);
                Value::known(Text::literal("", Some(origin)), origin)
            }
            (Modifier::None | Modifier::Default(_), Some(value)) => value.clone(),
            (Modifier::Other, _) => unknown(name, Reason::NotFollowed, span, arena),
            _ => unknown(name, self.undeclared, span, arena),
        }
    }
}

/// A text that is being filled.
#[derive(Default)]
struct Filled {
    text: Text,
    bytes: usize,
    overridable_by: Option<Arc<str>>,
    /// The variable's value, if the text is one variable and nothing else.
    whole: Option<Value<Text>>,
}

impl Filled {
    fn is_too_long(&self) -> bool {
        self.text.parts.len() > PARTS || self.bytes > BYTES
    }

    fn append(&mut self, value: &Value<Text>) {
        match value {
            Value::Known(known) => {
                let length = |part: &Part| match &part.piece {
                    crate::value::Piece::Literal(text) => text.len(),
                    crate::value::Piece::Hole(_) => 0,
                };
                self.bytes += known.value.parts.iter().map(length).sum::<usize>();
                self.text.append(known.value.clone());
                if self.overridable_by.is_none() {
                    self.overridable_by.clone_from(&known.overridable_by);
                }
            }
            Value::Unknown(unknown, origin) => self.text.append(Text::hole(unknown.clone(), *origin)),
            // A Dockerfile has no branches, so that no variable of it has two values.
            Value::Either(_) => {}
        }
    }
}

fn overridable(value: Value<Text>, by: &str) -> Value<Text> {
    match value {
        Value::Known(known) => Value::Known(Known { overridable_by: Some(by.into()), ..known }),
        other => other,
    }
}

fn given_by_caller(name: &str, span: Span) -> Unknown {
    Unknown { input: name.into(), reason: Reason::Argument, span }
}

fn unknown(name: &str, reason: Reason, span: Span, arena: &mut Arena) -> Value<Text> {
    let origin = arena.start(span, Step::Input);
    Value::Unknown(Unknown { input: name.into(), reason, span }, Some(origin))
}

/// What a stage is built on in the end.
#[derive(Clone, Debug)]
pub struct Base {
    /// The image that the first stage of the chain names.
    pub image: Value<Text>,
    /// The word that names it.
    pub place: Span,
    /// The stages, from that one to the stage asked for.
    pub chain: Vec<usize>,
}

impl Dockerfile {
    /// What the last stage is built on, followed through the names of stages. `None` without a stage.
    pub fn base(&self, arena: &mut Arena) -> Option<Base> {
        let scope = Scope::global(self, arena);
        let mut index = self.stages.len().checked_sub(1)?;
        let mut chain = vec![index];
        let mut uses: Vec<Span> = Vec::new();
        loop {
            let stage = self.stages.get(index)?;
            let image = scope.expand(&stage.base, arena);
            let name = image.as_known().and_then(|known| known.value.plain());
            // Only earlier stages can be meant, so that the walk ends.
            match name.and_then(|name| self.stage_named(&name, index)) {
                Some(earlier) => {
                    uses.push(stage.base.span);
                    chain.push(earlier);
                    index = earlier;
                }
                None => {
                    chain.reverse();
                    let place = stage.base.span;
                    return Some(Base { image: used(image, &uses, arena), place, chain });
                }
            }
        }
    }
}

/// The image with the `FROM`s that name its stage, the last stage's at the end.
fn used(image: Value<Text>, uses: &[Span], arena: &mut Arena) -> Value<Text> {
    match image {
        Value::Known(known) => {
            let through = |origin, span: &Span| arena.step(origin, *span, Step::BaseImage);
            let origin = uses.iter().rev().fold(known.origin, through);
            Value::Known(Known { origin, ..known })
        }
        other => other,
    }
}
