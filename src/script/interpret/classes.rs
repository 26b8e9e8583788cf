//! Classes: definition, construction, attributes.

use super::Interpreter;
use super::calls::Arguments;
use super::store::{Content, Slot};
use super::values::{ClassValue, Closure, Element, Instance, Kind, Member, Val};
use crate::provenance::Step;
use crate::script::{Class, Expression, Field, Function};
use crate::source::Span;
use crate::value::{Reason, Unknown};
use std::collections::HashMap;
use std::rc::Rc;

/// How long a chain of bases may be.
const DEEPEST: usize = 16;

/// The method that a constructor call runs on the new instance.
const CONSTRUCTOR: &str = "__init__";

/// The method that runs behind the binding of a record's fields.
const AFTER_FIELDS: &str = "__post_init__";

impl Interpreter<'_> {
    pub(super) fn define_class(&mut self, class: &Rc<Class>) {
        let mut bases = Vec::new();
        let mut open = false;
        let mut is_text = false;
        for base in &class.bases {
            let value = self.eval(base);
            match &value.kind {
                Kind::Class(class) => {
                    is_text |= class.is_text;
                    bases.push(class.clone());
                }
                Kind::Free(name) if matches!(&**name, "str" | "StrEnum" | "enum.StrEnum") => is_text = true,
                Kind::Free(name)
                    if matches!(
                        &**name,
                        "object"
                            | "ABC"
                            | "abc.ABC"
                            | "Enum"
                            | "enum.Enum"
                            | "NamedTuple"
                            | "typing.NamedTuple"
                    ) => {}
                _ => open = true,
            }
        }
        self.capture();
        let fields = HashMap::new();
        let slot = self.store.add(Content::Instance(Rc::new(Instance { class: None, fields })));
        let value =
            Rc::new(ClassValue { class: class.clone(), bases, open, is_text, scope: self.scope, slot });
        self.classes.insert(class.span, value.clone());
        self.bind(&class.name, Val::new(Kind::Class(value.clone()), None), false);
        // The body of a class sees its own names; its methods do not.
        let outer = self.scope;
        self.scope = self.open_scope(Some(outer));
        for (name, place, expression) in &class.attributes {
            let attribute = self.eval(expression);
            let attribute = self.assigned(attribute, *place);
            self.bind(name, attribute.clone(), true);
            self.set_attribute(&Val::new(Kind::Class(value.clone()), None), name, attribute);
        }
        self.scope = outer;
    }

    /// The class and its bases, nearest first.
    pub(super) fn lineage(class: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let mut line = vec![class.clone()];
        let mut at = 0;
        while let Some(next) = line.get(at).cloned() {
            if line.len() > DEEPEST {
                break;
            }
            line.extend(next.bases.iter().cloned());
            at += 1;
        }
        line
    }

    pub(super) fn find_method(
        class: &Rc<ClassValue>,
        name: &str,
        skip: usize,
    ) -> Option<(Rc<ClassValue>, Rc<Function>)> {
        Self::lineage(class).into_iter().skip(skip).find_map(|class| {
            let found = class.class.methods.iter().rev().find(|method| method.name == name)?.clone();
            Some((class, found))
        })
    }

    /// The method as a value, bound to what it was read from.
    fn bind_method(&mut self, class: Rc<ClassValue>, function: Rc<Function>, receiver: Option<Val>) -> Val {
        let is_static = function.is_static;
        let is_class_method = function.is_class_method;
        let closure = Rc::new(Closure { function, scope: class.scope, class: Some(class.clone()) });
        let receiver = if is_static {
            None
        } else if is_class_method {
            Some(match receiver {
                Some(Val { kind: Kind::Class(own), .. }) => Val::new(Kind::Class(own), None),
                Some(instance) => match self.class_of(&instance) {
                    Some(own) => Val::new(Kind::Class(own), None),
                    None => Val::new(Kind::Class(class), None),
                },
                None => Val::new(Kind::Class(class), None),
            })
        } else {
            receiver.filter(|receiver| !matches!(receiver.kind, Kind::Class(_)))
        };
        match receiver {
            Some(receiver) => Val::new(Kind::Bound(Rc::new((receiver, closure))), None),
            None => Val::new(Kind::Function(closure), None),
        }
    }

    pub(super) fn class_of(&self, value: &Val) -> Option<Rc<ClassValue>> {
        match &value.kind {
            Kind::Object(slot) => match self.store.get(*slot) {
                Content::Instance(instance) => instance.class.clone(),
                _ => None,
            },
            Kind::Member(member) => Some(member.class.clone()),
            _ => None,
        }
    }

    /// A call of a class makes an instance, or finds a member of an enumeration.
    pub(super) fn construct(
        &mut self,
        class: &Rc<ClassValue>,
        arguments: Arguments,
        whole: &Expression,
    ) -> Val {
        if class.class.is_enum {
            return self.member_of_value(class, arguments.at(0), whole);
        }
        let fields = HashMap::new();
        let instance = Instance { class: Some(class.clone()), fields };
        let slot = self.store.add(Content::Instance(Rc::new(instance)));
        self.instances.entry(class.slot).or_default().push(slot);
        let object = Val::object(slot);
        if let Some((owner, function)) = Self::find_method(class, CONSTRUCTOR, 0) {
            let closure = Rc::new(Closure { function, scope: owner.scope, class: Some(owner) });
            self.call_function(&closure, Some(object.clone()), arguments, whole);
            return object;
        }
        if Self::lineage(class).iter().any(|class| class.class.is_record) {
            self.bind_fields(class, slot, arguments);
        }
        if let Some((owner, function)) = Self::find_method(class, AFTER_FIELDS, 0) {
            let closure = Rc::new(Closure { function, scope: owner.scope, class: Some(owner) });
            self.call_function(&closure, Some(object.clone()), Arguments::default(), whole);
        }
        object
    }

    /// Arguments of a record's constructor go to the fields: those of its bases first.
    fn bind_fields(&mut self, class: &Rc<ClassValue>, slot: Slot, arguments: Arguments) {
        let mut fields: Vec<(Rc<ClassValue>, usize)> = Vec::new();
        for class in Self::lineage(class).into_iter().rev() {
            for (at, field) in class.class.fields.iter().enumerate() {
                let same = |(owner, at): &(Rc<ClassValue>, usize)| {
                    owner.class.fields.get(*at).is_some_and(|have| have.name == field.name)
                };
                match fields.iter().position(same) {
                    Some(place) => fields[place] = (class.clone(), at),
                    None => fields.push((class.clone(), at)),
                }
            }
        }
        let mut positional = arguments.positional.iter();
        let mut rest: Option<Unknown> = None;
        let mut values = HashMap::with_capacity(fields.len());
        for (owner, at) in fields {
            let Some(field) = owner.class.fields.get(at) else { continue };
            let named = arguments.named.iter().find(|(name, ..)| **name == *field.name);
            let given = match named {
                Some((_, value, place)) => Some((value.clone(), *place)),
                None if rest.is_none() => positional.next().and_then(|item| match &item.value {
                    Element::One(value) => Some((value.clone(), item.span)),
                    Element::Rest(unknown) => {
                        rest = Some(unknown.clone());
                        None
                    }
                }),
                None => None,
            };
            let value = match given {
                Some((value, place)) => self.with_step(value, place, Step::Argument),
                None => {
                    let open = rest.as_ref().or(arguments.open.as_ref()).cloned();
                    self.field_default(field, owner.scope, open)
                }
            };
            values.insert(Rc::from(field.name.as_str()), value);
        }
        if let Content::Instance(instance) = self.store.get(slot) {
            let fields = values;
            let instance = Instance { class: instance.class.clone(), fields };
            self.store.set(slot, Content::Instance(Rc::new(instance)));
        }
    }

    fn field_default(&mut self, field: &Field, scope: super::values::ScopeId, open: Option<Unknown>) -> Val {
        let outer = std::mem::replace(&mut self.scope, scope);
        let value = match (&field.default, open) {
            (Some(default), None) => {
                let value = self.eval(default);
                self.with_step(value, field.span, Step::Default)
            }
            (Some(default), Some(unknown)) => {
                let unknown = Unknown { input: field.name.as_str().into(), ..unknown };
                self.defaulted(&unknown, default, field.span)
            }
            (None, Some(unknown)) => {
                Val::unknown(Unknown { input: field.name.as_str().into(), ..unknown }, None)
            }
            (None, None) => self.input(&field.name, Reason::Parameter, field.span),
        };
        self.scope = outer;
        value
    }

    pub(super) fn instance_attribute(&mut self, object: &Val, name: &str, span: Span) -> Val {
        let Kind::Object(slot) = object.kind else { return Val::unbound() };
        let Content::Instance(instance) = self.store.get(slot) else { return Val::unbound() };
        if let Some(value) = instance.fields.get(name) {
            return value.clone();
        }
        let Some(class) = instance.class.clone() else { return self.missing(name, false, span) };
        if name == "__class__" {
            return Val::new(Kind::Class(class), None);
        }
        if let Some((owner, function)) = Self::find_method(&class, name, 0) {
            return self.read_method(owner, function, object, span);
        }
        match self.class_field(&class, name) {
            Some(value) => value,
            None => {
                let open = Self::lineage(&class).iter().any(|class| class.open);
                self.missing(name, open, span)
            }
        }
    }

    fn read_method(
        &mut self,
        owner: Rc<ClassValue>,
        function: Rc<Function>,
        object: &Val,
        span: Span,
    ) -> Val {
        let is_property = function.is_property;
        let method = self.bind_method(owner, function, Some(object.clone()));
        if !is_property {
            return method;
        }
        let whole = Expression { kind: crate::script::ExpressionKind::Name("a property".into()), span };
        self.call(&method, Arguments::default(), &whole)
    }

    /// An attribute that nothing in the files read sets.
    fn missing(&mut self, name: &str, open: bool, span: Span) -> Val {
        let reason = if open { Reason::ExternalCall } else { Reason::NotFollowed };
        self.event(&format!("self.{name}"), reason, span)
    }

    pub(super) fn class_field(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<Val> {
        for class in Self::lineage(class) {
            if let Content::Instance(attributes) = self.store.get(class.slot)
                && let Some(value) = attributes.fields.get(name)
            {
                return Some(value.clone());
            }
            // A field with a default is an attribute of the class, too.
            if let Some(field) = class.class.fields.iter().find(|field| field.name == name)
                && field.default.is_some()
            {
                return Some(self.field_default(field, class.scope, None));
            }
        }
        None
    }

    pub(super) fn class_attribute(
        &mut self,
        class: &Rc<ClassValue>,
        object: &Val,
        name: &str,
        span: Span,
    ) -> Val {
        if class.class.is_enum {
            if let Some(member) = self.class_member(class, name) {
                return member;
            }
            if name == "__members__" {
                return self.event("__members__", Reason::NotFollowed, span);
            }
        }
        if let Some((owner, function)) = Self::find_method(class, name, 0) {
            return self.bind_method(owner, function, Some(object.clone()));
        }
        if name == "__name__" {
            return Val::literal(&class.class.name, None);
        }
        match self.class_field(class, name) {
            Some(value) => value,
            None => self.missing(name, class.open, span),
        }
    }

    pub(super) fn super_attribute(
        &mut self,
        receiver: &Val,
        class: &Rc<ClassValue>,
        name: &str,
        span: Span,
    ) -> Val {
        match Self::find_method(class, name, 1) {
            Some((owner, function)) => self.bind_method(owner, function, Some(receiver.clone())),
            // The constructor of a class that was not read: it sets nothing that is known.
            None => self.event(&format!("super().{name}"), Reason::ExternalCall, span),
        }
    }

    /// A member of an enumeration by its name.
    pub(super) fn class_member(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<Val> {
        class.class.attributes.iter().find(|(have, ..)| have == name)?;
        let value = match self.store.get(class.slot) {
            Content::Instance(attributes) => attributes.fields.get(name)?.clone(),
            _ => return None,
        };
        let origin = value.origin;
        let member = Member { class: class.clone(), name: name.to_string(), value };
        Some(Val::new(Kind::Member(Rc::new(member)), origin))
    }

    /// `Class(value)`: the member whose value it is. For an input each member under its condition.
    fn member_of_value(&mut self, class: &Rc<ClassValue>, value: Option<&Val>, whole: &Expression) -> Val {
        let Some(value) = value.cloned() else {
            return self.event("a member", Reason::NotFollowed, whole.span);
        };
        if matches!(value.kind, Kind::Member(_)) {
            return value;
        }
        let mut alternatives = Vec::new();
        let names: Vec<String> = class.class.attributes.iter().map(|(name, ..)| name.clone()).collect();
        for name in names {
            let Some(member) = self.class_member(class, &name) else { continue };
            let Kind::Member(found) = &member.kind else { continue };
            let equal = crate::script::CompareOperator::Equal;
            let own = found.value.clone();
            let test = self.compare(equal, &value, &own, whole, whole, whole).on(&self.path);
            match test.outcome() {
                Some(true) => return member,
                Some(false) => {}
                None => alternatives.extend(test.when(true).into_iter().map(|case| (case, member.clone()))),
            }
        }
        if alternatives.is_empty() {
            return self.event(&class.class.name, Reason::NotFollowed, whole.span);
        }
        self.either(alternatives)
    }

    pub(super) fn member_attribute(
        &mut self,
        member: &Rc<Member>,
        object: &Val,
        name: &str,
        span: Span,
    ) -> Val {
        match name {
            "value" | "_value_" => return member.value.clone(),
            "name" | "_name_" => return Val::literal(&member.name, object.origin),
            _ => {}
        }
        if let Some((owner, function)) = Self::find_method(&member.class, name, 0) {
            return self.read_method(owner, function, object, span);
        }
        if member.class.is_text {
            return Val::new(Kind::Method(Rc::new((member.value.clone(), name.to_string()))), None);
        }
        self.missing(name, true, span)
    }
}
