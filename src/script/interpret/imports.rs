//! Modules and sourced files.

use super::Interpreter;
use super::values::{Kind, Part, Piece, ScopeId, Val};
use crate::script::{Program, Scoping};
use crate::source::{Span, TextMap};
use std::rc::Rc;

/// How deeply imports and sourced files may nest.
const DEEPEST: usize = 8;

/// All imports together may take as many steps as this part of the script's own.
const SHARE: usize = 8;

impl Interpreter<'_> {
    pub(super) fn import(
        &mut self,
        module: &str,
        names: &[(String, String)],
        binding: Option<&str>,
        span: Span,
    ) {
        if self.rules.scoping == Scoping::Dynamic {
            return self.source_file(module, span);
        }
        let scope = self.load(module);
        if let Some(binding) = binding {
            let value = match scope {
                Some(scope) => Val::new(Kind::Module(scope), None),
                None => Val::new(Kind::Free(module.into()), None),
            };
            self.bind(binding, value, false);
        }
        for (name, bound) in names {
            if name == "*" {
                if let Some(scope) = scope {
                    for (name, slot) in self.names_of(scope) {
                        if let Some(value) = self.variable(slot).cloned() {
                            self.bind(&name, value, false);
                        }
                    }
                }
                continue;
            }
            let value = scope.and_then(|scope| self.name_in(scope, name).cloned());
            let value = match value {
                Some(value) => value,
                None => self.submodule(module, name),
            };
            self.bind(bound, value, false);
        }
    }

    /// `from package import module`, or a name of a module that was not read.
    fn submodule(&mut self, module: &str, name: &str) -> Val {
        let separator = if module.is_empty() || module.ends_with('.') { "" } else { "." };
        let path = format!("{module}{separator}{name}");
        match self.load(&path) {
            Some(scope) => Val::new(Kind::Module(scope), None),
            None => Val::new(Kind::Free(path.into()), None),
        }
    }

    /// The names of a module, its definitions evaluated once. What it would run when executed by itself
    /// does not count.
    fn load(&mut self, module: &str) -> Option<ScopeId> {
        let key = (self.file(), module.to_string());
        if let Some(&loaded) = self.loaded.get(&key) {
            return loaded;
        }
        // An import in a circle finds nothing yet.
        self.loaded.insert(key.clone(), None);
        let program: Rc<Program> = self.modules.module(key.0, module)?;
        if self.sourcing >= DEEPEST {
            return None;
        }
        let known = self
            .loaded
            .iter()
            .find(|((file, name), scope)| *file == program.source && name.is_empty() && scope.is_some());
        if let Some((_, &scope)) = known {
            self.loaded.insert(key, scope);
            return scope;
        }
        let scope = self.open_scope(None);
        if let Some(scope) = self.scopes.get_mut(scope.0) {
            scope.captured = true;
        }
        self.loaded.insert((program.source, String::new()), Some(scope));
        let outer = (self.scope, self.source, self.quiet, std::mem::take(&mut self.calls));
        (self.scope, self.source, self.quiet) = (scope, program.source, true);
        self.sourcing += 1;
        // What a module does when it is imported must not use up what the script itself may take.
        let (begun, ceiling, met) = (self.steps, self.ceiling, self.limit_met);
        let left = (self.limits.steps / SHARE).saturating_sub(self.imported);
        self.ceiling = ceiling.min(begun.saturating_add(left));
        self.block(&program.body);
        self.ceiling = ceiling;
        if self.sourcing == 1 {
            self.imported = self.imported.saturating_add(self.steps.saturating_sub(begun));
            self.steps = begun;
        }
        self.limit_met = met;
        self.sourcing -= 1;
        (self.scope, self.source, self.quiet) = (outer.0, outer.1, outer.2);
        self.calls = outer.3;
        // A module that ends itself when imported still is what was read of it.
        self.live = true;
        self.loaded.insert(key, Some(scope));
        Some(scope)
    }

    /// A file that the script is sure to have written itself.
    fn written_file(&self, name: &str) -> Option<Rc<Program>> {
        let text = self.emitted.written(name, &self.path.all)?;
        let whole = text.parts.iter().find_map(|part| self.literal_of(part.origin?));
        let map = TextMap::whole(whole?);
        self.modules.inline(&text.plain()?, &map)
    }

    /// Runs a text as if it stood here. One that is not wholly known is taken for a command line.
    pub(super) fn evaluate(&mut self, value: &Val, place: Span, span: Span) {
        let value = self.narrow(value.clone());
        let map = match &value.kind {
            Kind::Text(parts) => self.map_of(parts, place),
            _ => TextMap::whole(place),
        };
        let program = match value.plain().filter(|_| value.input.is_none() && self.sourcing < DEEPEST) {
            Some(text) => self.modules.inline(&text, &map),
            None => None,
        };
        match program {
            Some(program) => {
                self.sourcing += 1;
                self.block(&program.body);
                self.sourcing -= 1;
            }
            None => self.run_text(&value, place, span),
        }
    }

    /// Where the characters of a text stand, as far as its parts stand in one file as they are.
    fn map_of(&self, parts: &[Part], place: Span) -> TextMap {
        let [Part { verbatim: Some(span), piece: Piece::Literal(text), .. }] = parts else {
            return TextMap::whole(place);
        };
        match text.len() == span.len() {
            true => TextMap::identity(span.source, span.start as usize, span.len()),
            false => TextMap::whole(place),
        }
    }

    /// The path of a file. Where only its folder is not known, it is taken for the script's own.
    pub(super) fn path_of_file(&mut self, value: &Val) -> Option<String> {
        if let Some(path) = value.plain() {
            return Some(path.to_string());
        }
        let Kind::Text(parts) = &value.kind else { return None };
        let (first, rest) = parts.split_first()?;
        let rest = super::values::plain(rest)?;
        let file = rest.strip_prefix('/').filter(|file| !file.is_empty())?;
        matches!(first.piece, Piece::Hole(_)).then(|| file.to_string())
    }

    /// A sourced file runs where it is sourced.
    pub(super) fn source_file(&mut self, name: &str, span: Span) {
        if self.sourcing >= DEEPEST {
            return self.meet_limit(span, "its files source each other too deeply");
        }
        let Some(program) = self.modules.module(self.file(), name).or_else(|| self.written_file(name)) else {
            return;
        };
        let outer = std::mem::replace(&mut self.source, program.source);
        self.sourcing += 1;
        self.block(&program.body);
        self.sourcing -= 1;
        self.source = outer;
    }
}
