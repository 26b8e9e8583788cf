//! Functions that nothing called: a library's `deploy()` deploys all the same.

use super::Interpreter;
use super::calls::Arguments;
use super::mentions::{Candidate, collect};
use super::path::Path;
use super::store::Content;
use super::values::{ClassValue, Closure, Instance, Kind, ScopeId, Val};
use crate::script::{Expression, ExpressionKind, Function, Program};
use crate::value::Reason;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

impl Interpreter<'_> {
    /// Runs every function that was not entered and that leads to a command, with inputs for its
    /// parameters: first those that no other of them calls.
    pub(super) fn reach_the_rest(&mut self, program: &Program) {
        let mut candidates = Vec::new();
        collect(&program.body, None, &mut candidates, 0);
        let mut running: HashSet<String> =
            candidates.iter().filter(|one| one.runs).map(|one| one.function.name.clone()).collect();
        loop {
            let more: Vec<String> = candidates
                .iter()
                .filter(|one| !running.contains(&one.function.name))
                .filter(|one| one.calls.iter().any(|name| running.contains(name)))
                .map(|one| one.function.name.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            running.extend(more);
        }
        // What is never defined, in a branch that is not taken or behind the script's end, cannot be called.
        candidates.retain(|one| match &one.class {
            Some(class) => self.classes.contains_key(&class.span),
            None => self.defined.contains(&one.function.span),
        });
        candidates.retain(|one| running.contains(&one.function.name));
        let called_by_others: BTreeMap<String, usize> = {
            let mut counts = BTreeMap::new();
            for one in &candidates {
                for name in one.calls.iter().filter(|name| **name != one.function.name) {
                    *counts.entry(name.clone()).or_default() += 1;
                }
            }
            counts
        };
        let is_root = |one: &&Candidate| !called_by_others.contains_key(&one.function.name);
        let roots: Vec<&Candidate> = candidates.iter().filter(is_root).collect();
        let rest: Vec<&Candidate> = candidates.iter().filter(|one| !is_root(one)).collect();
        for candidate in roots.into_iter().chain(rest) {
            if !self.entered.contains(&candidate.function.span) {
                self.enter_by_itself(candidate);
            }
        }
    }

    fn enter_by_itself(&mut self, candidate: &Candidate) {
        self.live = true;
        self.path = Path::default();
        self.scope = ScopeId(0);
        self.source = candidate.function.span.source;
        let function = candidate.function.clone();
        let (scope, receiver, class) = match &candidate.class {
            Some(class) => {
                // The class may stand on a path that was never taken.
                if !self.classes.contains_key(&class.span) {
                    self.define_class(class);
                }
                let Some(class) = self.classes.get(&class.span).cloned() else { return };
                let receiver = if function.is_static {
                    None
                } else if function.is_class_method {
                    Some(Val::new(Kind::Class(class.clone()), None))
                } else {
                    Some(self.some_instance(&class))
                };
                (class.scope, receiver, Some(class))
            }
            None => (self.defined_in(&function), None, None),
        };
        // The constructor may have called it.
        if self.entered.contains(&function.span) || !self.live {
            return;
        }
        let closure = Rc::new(Closure { function: function.clone(), scope, class });
        let arguments = self.unknown_arguments(&function, receiver.is_some());
        let whole =
            Expression { kind: ExpressionKind::Name(function.name.clone()), span: function.name_span };
        self.call_function(&closure, receiver, arguments, &whole);
    }

    /// The scope in which a function that is bound somewhere at the top was defined.
    fn defined_in(&self, function: &Rc<Function>) -> ScopeId {
        match self.bound(&function.name).map(|value| &value.kind) {
            Some(Kind::Function(closure)) if Rc::ptr_eq(&closure.function, function) => closure.scope,
            _ => ScopeId(0),
        }
    }

    /// Inputs, named as the parameters are; a default is a known value that the caller may override.
    fn unknown_arguments(&mut self, function: &Function, has_receiver: bool) -> Arguments {
        let mut arguments = Arguments::default();
        if self.rules.scoping == crate::script::Scoping::Dynamic {
            // `$1` of a function that nobody calls.
            let (input, reason) = (super::positional::ALL.into(), Reason::Parameter);
            let unknown = crate::value::Unknown { input, reason, span: function.name_span };
            arguments.positional.push(super::values::Item::rest(unknown));
            return arguments;
        }
        for parameter in function.parameters.iter().skip(usize::from(has_receiver)) {
            use crate::script::ParameterKind::{Keyword, Keywords, Normal, Rest};
            let reason = if function.is_command { Reason::Argument } else { Reason::Parameter };
            let unknown =
                crate::value::Unknown { input: parameter.name.as_str().into(), reason, span: parameter.span };
            match parameter.kind {
                Normal | Keyword => {
                    let value = match &parameter.default {
                        Some(default) => self.defaulted(&unknown, default, parameter.span),
                        None => self.input(&parameter.name, reason, parameter.span),
                    };
                    arguments.named.push((parameter.name.as_str().into(), value, parameter.span));
                }
                Rest => arguments.positional.push(super::values::Item::rest(unknown)),
                Keywords => arguments.open = Some(unknown),
            }
        }
        arguments
    }

    /// The instance that the script made; if it made several, what they have in common; else one made
    /// with inputs for arguments.
    fn some_instance(&mut self, class: &Rc<ClassValue>) -> Val {
        let made = self.instances.get(&class.slot).cloned().unwrap_or_default();
        let present = |slot: &super::store::Slot| match self.store.get(*slot) {
            Content::Instance(instance) => Some((*slot, instance.clone())),
            _ => None,
        };
        let all: Vec<_> = made.iter().filter_map(present).collect();
        match all.as_slice() {
            [] => {
                let whole = Expression {
                    kind: ExpressionKind::Name(class.class.name.clone()),
                    span: class.class.name_span,
                };
                let constructor = Self::find_method(class, "__init__", 0).map(|(_, function)| function);
                let arguments = match constructor {
                    Some(function) => self.unknown_arguments(&function, true),
                    None => self.unknown_fields(class),
                };
                let value = self.construct(class, arguments, &whole);
                self.live = true;
                self.path = Path::default();
                value
            }
            [(slot, _)] => Val::object(*slot),
            [(_, first), rest @ ..] => {
                let mut fields = HashMap::with_capacity(first.fields.len());
                for (name, value) in &first.fields {
                    let same = rest
                        .iter()
                        .all(|(_, one)| one.fields.get(name).is_some_and(|other| other.same(value)));
                    let value = if same {
                        value.clone()
                    } else {
                        self.input(&format!("self.{name}"), Reason::Parameter, class.class.name_span)
                    };
                    fields.insert(name.clone(), value);
                }
                let instance = Instance { class: Some(class.clone()), fields };
                Val::object(self.store.add(Content::Instance(Rc::new(instance))))
            }
        }
    }

    fn unknown_fields(&mut self, class: &Rc<ClassValue>) -> Arguments {
        let mut arguments = Arguments::default();
        if !class.class.is_record {
            return arguments;
        }
        for field in &class.class.fields {
            let unknown = crate::value::Unknown {
                input: field.name.as_str().into(),
                reason: Reason::Parameter,
                span: field.span,
            };
            let value = match &field.default {
                Some(default) => self.defaulted(&unknown, default, field.span),
                None => self.input(&field.name, Reason::Parameter, field.span),
            };
            arguments.named.push((field.name.as_str().into(), value, field.span));
        }
        arguments
    }
}
