//! How a value came to be where it is used.
//!
//! Each file has one [`Arena`] of steps; a step knows the one before it, its span and its kind. All
//! others carry an [`Origin`], two small numbers. No text is built before a report asks for it: the
//! names that a step speaks of are the characters at its span.

use crate::source::{SourceId, Span};

/// Names one step of one file's arena: the last step that a value took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    pub source: SourceId,
    index: u32,
}

/// What happened to a value at a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// It was written here; the span is the literal with its quotes.
    Literal,
    /// Bound to a variable, a constant or an attribute; the span is the target.
    Assigned,
    /// Passed as an argument; the span is the argument.
    Argument,
    /// Taken because nothing else was given: a parameter's default, `${X:-d}`, `.get(X, d)`.
    Default,
    /// Put into a longer text; the span is the place in that text.
    Interpolated,
    /// Put into, or taken out of, a list or a dictionary.
    Element,
    /// The outcome of arithmetic or of a text operation; the span is the expression.
    Computed,
    /// Returned from a function; the span is the call.
    Returned,
    /// Read from the process environment, an option or a parameter that only the caller knows.
    Input,
    /// Another value was given later and wins; the span is the loser.
    Overridden,
    /// Handed to the command that deploys; the span is the word, or the flag that takes it.
    Passed,
    /// Filled in by the platform because nobody said otherwise.
    PlatformDefault,
    /// A YAML alias; the span is the `*alias`, the step before it the anchored node.
    Alias,
    /// Came in through a merge key, an `extends` or an included file.
    Merged,
    /// The base image of a Dockerfile that this deployment builds.
    BaseImage,
    /// Concluded from a name, as a last resort: `alpine` in a path.
    ByName,
}

impl Step {
    /// The word used in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Literal => "literal",
            Step::Assigned => "assigned",
            Step::Argument => "argument",
            Step::Default => "default",
            Step::Interpolated => "interpolated",
            Step::Element => "element",
            Step::Computed => "computed",
            Step::Returned => "returned",
            Step::Input => "input",
            Step::Overridden => "overridden",
            Step::Passed => "passed",
            Step::PlatformDefault => "platform default",
            Step::Alias => "alias",
            Step::Merged => "merged",
            Step::BaseImage => "base image",
            Step::ByName => "by name",
        }
    }
}

/// One step with its place and the step before it (which may stand in another file).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    pub parent: Option<Origin>,
    pub span: Span,
    pub step: Step,
}

/// The steps of one file. Steps are added and never change; a parent always comes before its child.
#[derive(Debug)]
pub struct Arena {
    source: SourceId,
    hops: Vec<Hop>,
}

impl Arena {
    /// An empty arena for one file.
    pub fn new(source: SourceId) -> Arena {
        Arena { source, hops: Vec::new() }
    }

    /// The file whose steps these are.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// A value written at `span`.
    pub fn literal(&mut self, span: Span) -> Origin {
        self.push(None, span, Step::Literal)
    }

    /// `parent`, one step on. A step that repeats its parent's span and kind is not recorded twice.
    pub fn step(&mut self, parent: Origin, span: Span, step: Step) -> Origin {
        let same = |hop: &Hop| hop.span == span && hop.step == step;
        if parent.source == self.source && self.hops.get(parent.index as usize).is_some_and(same) {
            return parent;
        }
        self.push(Some(parent), span, step)
    }

    /// A first step that is no literal: an input, a platform's default.
    pub fn start(&mut self, span: Span, step: Step) -> Origin {
        self.push(None, span, step)
    }

    fn push(&mut self, parent: Option<Origin>, span: Span, step: Step) -> Origin {
        let index = u32::try_from(self.hops.len()).unwrap_or(u32::MAX);
        self.hops.push(Hop { parent, span, step });
        Origin { source: self.source, index }
    }

    /// The hop of an origin of this arena.
    pub fn hop(&self, origin: Origin) -> Option<&Hop> {
        (origin.source == self.source).then(|| self.hops.get(origin.index as usize)).flatten()
    }
}

/// The arenas of all files of a run.
#[derive(Debug, Default)]
pub struct Provenance {
    /// By the position of their file, from `first` on: files that are read are neighbours, and a hop is
    /// looked up for every value that is read.
    arenas: Vec<Option<Arena>>,
    first: usize,
}

impl Provenance {
    /// No steps yet.
    pub fn new() -> Provenance {
        Provenance::default()
    }

    /// Adds a file's arena. A file has one arena; a second one for the same file is an error of the
    /// program and replaces the first.
    pub fn add(&mut self, arena: Arena) {
        let place = self.place(arena.source);
        *place = Some(arena);
    }

    /// The place of a file's arena, made if there is none.
    fn place(&mut self, source: SourceId) -> &mut Option<Arena> {
        let index = source.index();
        if self.arenas.is_empty() {
            self.first = index;
        }
        let missing = self.first.saturating_sub(index);
        self.arenas.splice(0..0, std::iter::repeat_with(|| None).take(missing));
        self.first -= missing;
        let at = index - self.first;
        if at >= self.arenas.len() {
            self.arenas.resize_with(at + 1, || None);
        }
        &mut self.arenas[at]
    }

    fn known(&self, source: SourceId) -> Option<&Arena> {
        self.arenas.get(source.index().checked_sub(self.first)?)?.as_ref()
    }

    /// The arena of a file, made if there is none: for steps that are added after interpretation.
    pub fn arena(&mut self, source: SourceId) -> &mut Arena {
        self.place(source).get_or_insert_with(|| Arena::new(source))
    }

    /// Takes a file's arena out, to be added again when more steps are in it; empty if there is none.
    pub fn take(&mut self, source: SourceId) -> Arena {
        self.place(source).take().unwrap_or_else(|| Arena::new(source))
    }

    /// Adds the arenas of other files.
    pub fn absorb(&mut self, other: Provenance) {
        for arena in other.arenas.into_iter().flatten() {
            self.add(arena);
        }
    }

    /// One hop.
    pub fn hop(&self, origin: Origin) -> Option<&Hop> {
        self.known(origin.source)?.hop(origin)
    }

    /// All hops from the literal (first) to the last use.
    pub fn trail(&self, origin: Origin) -> Vec<Hop> {
        let mut trail = Vec::new();
        let mut next = Some(origin);
        while let Some(hop) = next.and_then(|origin| self.hop(origin)) {
            trail.push(*hop);
            next = hop.parent;
        }
        trail.reverse();
        trail
    }

    /// Where the value was written: the span of the first hop.
    pub fn literal(&self, origin: Origin) -> Option<Span> {
        let mut hop = self.hop(origin)?;
        while let Some(parent) = hop.parent.and_then(|parent| self.hop(parent)) {
            hop = parent;
        }
        Some(hop.span)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arena, Provenance, Step};
    use crate::source::{SourceId, Span};

    #[test]
    fn a_trail_leads_from_the_literal_to_the_use() {
        let at = |start, end| Span::new(SourceId::FIRST, start, end);
        let mut arena = Arena::new(SourceId::FIRST);
        let written = arena.literal(at(5, 10));
        let bound = arena.step(written, at(0, 3), Step::Assigned);
        assert_eq!(bound, arena.step(bound, at(0, 3), Step::Assigned), "a repeated step is one step");
        let mut provenance = Provenance::new();
        provenance.add(arena);
        let steps: Vec<Step> = provenance.trail(bound).iter().map(|hop| hop.step).collect();
        assert_eq!(steps, [Step::Literal, Step::Assigned]);
        assert_eq!(provenance.literal(bound), Some(at(5, 10)));
    }
}
