//! Names and where they are looked up.

use super::Interpreter;
use super::store::{Content, Slot};
use super::values::{Kind, ScopeId, Val};
use crate::script::Scoping;
use crate::source::Span;
use crate::value::Reason;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The names of a module, a function call or a class body.
#[derive(Debug, Default)]
pub(super) struct Scope {
    names: HashMap<Rc<str>, Slot>,
    parent: Option<ScopeId>,
    /// Names that belong to an outer scope.
    outer: HashSet<String>,
    /// Whether a function was defined in it, so that its variables outlive it.
    pub captured: bool,
}

impl Interpreter<'_> {
    pub(super) fn open_scope(&mut self, parent: Option<ScopeId>) -> ScopeId {
        self.scopes.push(Scope { parent, ..Scope::default() });
        ScopeId(self.scopes.len() - 1)
    }

    /// Lets go of a scope that nothing can reach any more.
    pub(super) fn close_scope(&mut self, scope: ScopeId) {
        let Some(closed) = self.scopes.get_mut(scope.0) else { return };
        if !closed.captured {
            let slots: Vec<Slot> = closed.names.drain().map(|(_, slot)| slot).collect();
            self.store.forget(slots.into_iter());
        }
    }

    pub(super) fn capture(&mut self) {
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            let Some(here) = self.scopes.get_mut(id.0) else { return };
            if here.captured {
                return;
            }
            here.captured = true;
            scope = here.parent;
        }
    }

    pub(super) fn declare_outer(&mut self, names: &[String]) {
        if let Some(scope) = self.scopes.get_mut(self.scope.0) {
            scope.outer.extend(names.iter().cloned());
        }
    }

    fn slot_in(&self, scope: ScopeId, name: &str) -> Option<Slot> {
        self.scopes.get(scope.0)?.names.get(name).copied()
    }

    pub(super) fn variable(&self, slot: Slot) -> Option<&Val> {
        match self.store.get(slot) {
            Content::Variable(value) if !value.is_unbound() => Some(value),
            _ => None,
        }
    }

    /// What a name is bound to in one scope alone.
    pub(super) fn name_in(&self, scope: ScopeId, name: &str) -> Option<&Val> {
        self.variable(self.slot_in(scope, name)?)
    }

    /// What a name is bound to here or further out.
    pub(super) fn bound(&self, name: &str) -> Option<&Val> {
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            let here = self.scopes.get(id.0)?;
            if let Some(value) = here.names.get(name).and_then(|&slot| self.variable(slot)) {
                return Some(value);
            }
            scope = here.parent;
        }
        None
    }

    /// The value of a name.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Val {
        if let Some(value) = self.bound(name).cloned() {
            let value = self.fill_unbound(value, name, span);
            return self.narrow(value);
        }
        if self.rules.free_names_are_inputs {
            let value = self.input(name, Reason::Environment, span);
            return self.narrow(value);
        }
        Val::new(Kind::Free(name.into()), None)
    }

    /// On some path nothing was assigned: there it is the caller's variable, or an error that ends the
    /// script, so that the other alternatives stand alone.
    fn fill_unbound(&mut self, value: Val, name: &str, span: Span) -> Val {
        let Kind::Either(all) = &value.kind else { return value };
        if !all.iter().any(|(_, one)| one.is_unbound()) {
            return value;
        }
        if self.rules.free_names_are_inputs {
            let input = self.input(name, Reason::Environment, span);
            let filled = all
                .iter()
                .map(|(c, one)| (c.clone(), if one.is_unbound() { input.clone() } else { one.clone() }));
            return Val::new(Kind::Either(Rc::new(filled.collect())), value.origin);
        }
        let mut bound: Vec<_> = all.iter().filter(|(_, one)| !one.is_unbound()).cloned().collect();
        match bound.len() {
            1 => bound.remove(0).1,
            _ => Val::new(Kind::Either(Rc::new(bound)), value.origin),
        }
    }

    /// Where an assignment to a name goes.
    fn place(&mut self, name: &str, local: bool) -> ScopeId {
        let here = self.scope;
        let redirected = match self.rules.scoping {
            Scoping::Lexical => self.scopes.get(here.0).is_some_and(|scope| scope.outer.contains(name)),
            Scoping::Dynamic => !local,
        };
        if !redirected {
            return here;
        }
        let mut scope = match self.rules.scoping {
            Scoping::Dynamic => here,
            Scoping::Lexical => match self.scopes.get(here.0).and_then(|scope| scope.parent) {
                Some(parent) => parent,
                None => return here,
            },
        };
        while let Some(open) = self.scopes.get(scope.0) {
            match open.parent {
                Some(parent) if !open.names.contains_key(name) => scope = parent,
                _ => break,
            }
        }
        scope
    }

    /// Binds a name. `local` matters under dynamic scoping only.
    pub(super) fn bind(&mut self, name: &str, value: Val, local: bool) {
        let scope = self.place(name, local);
        self.bind_in(scope, name, value);
    }

    pub(super) fn bind_in(&mut self, scope: ScopeId, name: &str, value: Val) {
        if let Some(slot) = self.slot_in(scope, name) {
            self.store.set(slot, Content::Variable(value));
            return;
        }
        let slot = self.store.add(Content::Variable(value));
        if let Some(scope) = self.scopes.get_mut(scope.0) {
            scope.names.insert(name.into(), slot);
        }
    }

    /// The bound names of a scope, in the order of binding.
    pub(super) fn names_of(&self, scope: ScopeId) -> Vec<(Rc<str>, Slot)> {
        let Some(scope) = self.scopes.get(scope.0) else { return Vec::new() };
        let mut names: Vec<_> = scope.names.iter().map(|(name, &slot)| (name.clone(), slot)).collect();
        names.sort_by_key(|(_, slot)| *slot);
        names
    }
}
