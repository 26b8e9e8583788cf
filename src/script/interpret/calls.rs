//! Calls: functions of the program, with their arguments bound.

use super::Interpreter;
use super::flow::Way;
use super::store::{Content, Slot};
use super::values::{ClassValue, Closure, Element, Item, Kind, List, ScopeId, Val};
use crate::provenance::Step;
use crate::script::{Argument, Expression, ExpressionKind, Function, ParameterKind, Scoping};
use crate::source::{SourceId, Span};
use crate::value::{Condition, Reason, Unknown};
use std::rc::Rc;
use std::sync::Arc;

/// How often one function may be in progress at once.
const RECURSION: usize = 2;

/// A call in progress.
pub(super) struct Frame {
    /// The function's name for people: `Class.method`.
    pub name: Arc<str>,
    function: Span,
    /// What `$1` and its like mean in it.
    pub positional: Option<Slot>,
    pub receiver: Option<Val>,
    pub class: Option<Rc<ClassValue>>,
}

/// The arguments of a call, evaluated.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    pub positional: List,
    pub named: Vec<(Rc<str>, Val, Span)>,
    /// Further named arguments may be there.
    pub open: Option<Unknown>,
}

impl Arguments {
    /// The positional argument at an index, if it is a single known value.
    pub fn at(&self, index: usize) -> Option<&Val> {
        match &self.positional.get(index)?.value {
            Element::One(value) => Some(value),
            Element::Rest(_) => None,
        }
    }

    pub fn named(&self, name: &str) -> Option<&Val> {
        self.named.iter().find(|(have, ..)| **have == *name).map(|(_, value, _)| value)
    }
}

impl Interpreter<'_> {
    pub(super) fn call_expression(
        &mut self,
        callee: &Expression,
        arguments: &[Argument],
        whole: &Expression,
    ) -> Val {
        if let ExpressionKind::Name(name) = &callee.kind
            && name == "super"
            && let Some(frame) = self.calls.last()
            && let (Some(receiver), Some(class)) = (frame.receiver.clone(), frame.class.clone())
        {
            return Val::new(Kind::Super(Rc::new((receiver, class))), None);
        }
        let function = match &callee.kind {
            // Where names are variables, only the form's own vocabulary is called like this.
            ExpressionKind::Name(name) if self.rules.free_names_are_inputs => {
                Val::new(Kind::Free(name.as_str().into()), None)
            }
            _ => self.eval(callee),
        };
        let arguments = self.arguments(arguments);
        let value = self.call(&function, arguments, whole);
        self.narrow(value)
    }

    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Arguments {
        let mut evaluated = Arguments::default();
        for argument in arguments {
            match argument {
                Argument::Positional(one) => {
                    let value = self.eval(one);
                    evaluated.positional.push(Item::one(value, one.span));
                }
                Argument::Named(name, one) => {
                    let value = self.eval(one);
                    evaluated.named.push((name.as_str().into(), value, one.span));
                }
                Argument::Spread(one) => {
                    let value = self.eval(one);
                    evaluated.positional.extend(self.items(&value, one.span));
                }
                Argument::SpreadNamed(one) => {
                    let value = self.eval(one);
                    match self.content_of(&value) {
                        Content::Map(map) => {
                            let entry = |entry: &Rc<super::values::Entry>| {
                                (entry.key.1.clone(), entry.value.clone(), entry.span)
                            };
                            evaluated.named.extend(map.entries.iter().map(entry));
                            evaluated.open = map.open.clone().or(evaluated.open);
                        }
                        _ => evaluated.open = Some(self.unknown_of(&value, one.span)),
                    }
                }
            }
        }
        evaluated
    }

    /// Whether a call of the function is in progress.
    pub(super) fn is_running(&self, closure: &Closure) -> bool {
        self.calls.iter().any(|frame| frame.function == closure.function.span)
    }

    /// Calls whatever a value is.
    pub(super) fn call(&mut self, callee: &Val, arguments: Arguments, whole: &Expression) -> Val {
        let span = whole.span;
        match &callee.kind {
            Kind::Either(all) => {
                let mut arms = Vec::with_capacity(all.len());
                for (condition, one) in all.clone().iter() {
                    let side = super::path::Side::of(self.path.news(condition));
                    let arguments = arguments.clone();
                    arms.push(self.arm(side, true, |this| this.call(one, arguments, whole)));
                }
                self.join(arms)
            }
            Kind::Function(closure) => self.call_function(&closure.clone(), None, arguments, whole),
            Kind::Bound(pair) => {
                let pair = pair.clone();
                self.call_function(&pair.1, Some(pair.0.clone()), arguments, whole)
            }
            Kind::Class(class) => self.construct(&class.clone(), arguments, whole),
            Kind::Method(pair) => {
                let pair = pair.clone();
                self.call_method(&pair.0, &pair.1, arguments, whole)
            }
            Kind::Free(name) => {
                let name = name.clone();
                self.call_builtin(&name, arguments, whole)
            }
            Kind::Unknown(unknown, event) => {
                // The outcome hangs on the same input, but it is not the input.
                let (unknown, event) = (unknown.clone(), *event);
                match self.looked_up(&unknown, event, &arguments, span) {
                    Some(value) => value,
                    None => self.call_unknown(&unknown, event, span),
                }
            }
            _ => {
                let name = self.describe(whole);
                self.event(&name, Reason::NotFollowed, span)
            }
        }
    }

    /// `settings.get("memory", "512Mi")` of settings that are not known: the default, which they may
    /// override.
    fn looked_up(&mut self, unknown: &Unknown, event: u32, arguments: &Arguments, span: Span) -> Option<Val> {
        let key = arguments.at(0)?.plain()?;
        let input = super::describe::shorten(&format!("{}[{key}]", unknown.input.strip_suffix(".get")?));
        let default = arguments.positional.get(1).map(|item| (arguments.at(1), item.span));
        match default {
            Some((Some(default), place))
                if matches!(default.kind, Kind::Text(_) | Kind::Number(_) | Kind::Bool(_)) =>
            {
                let value = self.with_step(default.clone(), place, Step::Default);
                let value = self.with_step(value, span, Step::Input);
                Some(value.overridable_by(&input.into()))
            }
            _ => {
                let unknown = Unknown { input: input.into(), span, ..unknown.clone() };
                let origin = self.arena.start(span, Step::Input);
                Some(Val::new(Kind::Unknown(unknown, event), Some(origin)))
            }
        }
    }

    fn call_unknown(&mut self, unknown: &Unknown, event: u32, span: Span) -> Val {
        // Methods that only trim or decode do not change what a person would call the value.
        for method in [".strip", ".rstrip", ".lstrip", ".decode", ".encode", ".copy"] {
            if let Some(input) = unknown.input.strip_suffix(method) {
                let unknown = Unknown { input: input.into(), ..unknown.clone() };
                return Val::new(Kind::Unknown(unknown, event), None);
            }
        }
        let input = super::describe::shorten(&format!("{}()", unknown.input));
        Val::new(Kind::Unknown(Unknown { input: input.into(), span, ..unknown.clone() }, event), None)
    }

    pub(super) fn closure(&mut self, function: &Rc<Function>, class: Option<Rc<ClassValue>>) -> Val {
        self.capture();
        let closure = Closure { function: function.clone(), scope: self.scope, class };
        Val::new(Kind::Function(Rc::new(closure)), None)
    }

    pub(super) fn call_function(
        &mut self,
        closure: &Rc<Closure>,
        receiver: Option<Val>,
        arguments: Arguments,
        whole: &Expression,
    ) -> Val {
        let function = closure.function.clone();
        let running = self.calls.iter().filter(|frame| frame.function == function.span).count();
        if self.calls.len() >= self.limits.depth {
            return self.limit(whole.span, "its calls nest too deeply");
        }
        if running >= RECURSION {
            let name = self.describe(whole);
            return self.event(&name, Reason::Limit, whole.span);
        }
        self.entered.insert(function.span);
        if !function.prints && !self.captures.is_empty() && self.rules.scoping == Scoping::Dynamic {
            let name = self.describe(whole);
            let printed = self.event(&name, Reason::CommandOutput, whole.span);
            self.print(printed, whole.span);
        }
        let name: Arc<str> = match &closure.class {
            Some(class) => format!("{}.{}", class.class.name, function.name).into(),
            None => function.name.as_str().into(),
        };
        let parent = match self.rules.scoping {
            Scoping::Lexical => closure.scope,
            Scoping::Dynamic => self.scope,
        };
        let scope = self.open_scope(Some(parent));
        let positional = (self.rules.scoping == Scoping::Dynamic)
            .then(|| self.store.add(Content::List(Rc::new(arguments.positional.clone()))));
        self.calls.push(Frame {
            name,
            function: function.span,
            positional,
            receiver: receiver.clone(),
            class: closure.class.clone(),
        });
        let (outer, source) = (self.scope, self.source);
        let value = self.catch(Way::Return, |this| {
            this.bind_parameters(&function, closure.scope, scope, receiver, arguments);
            this.scope = scope;
            this.source = function.span.source;
            this.block(&function.body);
            Val::null()
        });
        self.scope = outer;
        self.source = source;
        self.calls.pop();
        self.close_scope(scope);
        self.store.forget(positional.into_iter());
        // What a command returns is its status, which whoever runs it looks at.
        let value = match self.rules.scoping {
            Scoping::Lexical => self.told_by_call(value, whole),
            Scoping::Dynamic => value,
        };
        self.with_step(value, whole.span, Step::Returned)
    }

    /// A true-or-false answer that hangs on more than a reader can follow is told as the call itself.
    fn told_by_call(&mut self, value: Val, whole: &Expression) -> Val {
        let Kind::Either(all) = &value.kind else { return value };
        let is_plain = |value: &Val| matches!(value.kind, Kind::Bool(_) | Kind::Null);
        if !all.iter().all(|(_, one)| is_plain(one))
            || (all.len() <= 2 && !all.iter().any(|(condition, _)| self.hangs_on_events(condition)))
        {
            return value;
        }
        let holds = |value: &Val| matches!(value.kind, Kind::Bool(true));
        let pick =
            |wanted: bool| all.iter().find(|(_, one)| holds(one) == wanted).map(|(_, one)| one.clone());
        let (Some(yes), Some(no)) = (pick(true), pick(false)) else { return value };
        let cases = |wanted: bool| -> Vec<Condition> {
            all.iter().filter(|(_, one)| holds(one) == wanted).map(|(case, _)| case.clone()).collect()
        };
        let name = self.describe(whole);
        let atom = self.named_event(&name, cases(true), cases(false), whole.span);
        let negated = Condition::of(atom.negated());
        self.either(vec![(Condition::of(atom), yes), (negated, no)])
    }

    /// Binds arguments to parameters in the new scope. Defaults are evaluated where the function was
    /// defined.
    fn bind_parameters(
        &mut self,
        function: &Function,
        defined_in: ScopeId,
        scope: ScopeId,
        receiver: Option<Val>,
        arguments: Arguments,
    ) {
        let mut positional = arguments.positional.into_iter();
        if let Some(receiver) = receiver {
            positional = std::iter::once(Item::one(receiver, function.name_span))
                .chain(positional)
                .collect::<List>()
                .into_iter();
        }
        let mut named = arguments.named;
        let mut rest: Option<Unknown> = None;
        for parameter in &function.parameters {
            let value = match parameter.kind {
                ParameterKind::Rest => {
                    let items: List = positional.by_ref().collect();
                    self.new_list(items)
                }
                ParameterKind::Keywords => {
                    let map = self.new_map();
                    for (name, value, place) in named.drain(..) {
                        let key = Val::literal(&name, None);
                        self.set_item(&map, &key, value, place);
                    }
                    if let (Some(unknown), Kind::Object(slot)) = (arguments.open.clone(), &map.kind) {
                        let slot = *slot;
                        self.open_map(slot, unknown);
                    }
                    map
                }
                ParameterKind::Normal | ParameterKind::Keyword => {
                    let given = named.iter().position(|(name, ..)| **name == *parameter.name);
                    let given = given.map(|at| named.remove(at)).map(|(_, value, place)| (value, place));
                    let next = match (given, parameter.kind) {
                        (Some(given), _) => Some(given),
                        (None, ParameterKind::Normal) if rest.is_none() => {
                            positional.next().and_then(|item| match &item.value {
                                Element::One(value) => Some((value.clone(), item.span)),
                                Element::Rest(unknown) => {
                                    rest = Some(unknown.clone());
                                    None
                                }
                            })
                        }
                        _ => None,
                    };
                    match next {
                        Some((value, place)) => self.with_step(value, place, Step::Argument),
                        None => {
                            let open = rest.as_ref().or(arguments.open.as_ref()).cloned();
                            self.default_argument(function, parameter, defined_in, open)
                        }
                    }
                }
            };
            self.bind_in(scope, &parameter.name, value);
        }
    }

    fn default_argument(
        &mut self,
        function: &Function,
        parameter: &crate::script::Parameter,
        defined_in: ScopeId,
        open: Option<Unknown>,
    ) -> Val {
        let outer = std::mem::replace(&mut self.scope, defined_in);
        let value = match (&parameter.default, open) {
            (Some(default), None) if function.is_command => {
                let unknown = Unknown {
                    input: parameter.name.as_str().into(),
                    reason: Reason::Argument,
                    span: parameter.span,
                };
                self.defaulted(&unknown, default, parameter.span)
            }
            (Some(default), None) => {
                let value = self.eval(default);
                self.with_step(value, default.span, Step::Default)
            }
            (Some(default), Some(unknown)) => {
                let unknown = Unknown { input: parameter.name.as_str().into(), ..unknown };
                self.defaulted(&unknown, default, parameter.span)
            }
            (None, Some(unknown)) => {
                let unknown = Unknown { input: parameter.name.as_str().into(), ..unknown };
                Val::unknown(unknown, None)
            }
            (None, None) => {
                let reason = if function.is_command { Reason::Argument } else { Reason::Parameter };
                self.input(&parameter.name, reason, parameter.span)
            }
        };
        self.scope = outer;
        value
    }

    /// The function that runs, for people.
    pub(super) fn scope_name(&self) -> Option<Arc<str>> {
        self.calls.last().map(|frame| frame.name.clone())
    }

    /// The file of a span that code was read from.
    pub(super) fn file(&self) -> SourceId {
        self.source
    }
}
