//! Assignments and declarations.

use super::{Lowerer, Shape, children, literal, name, named_children};
use crate::script::{
    BinaryOperator, Block, Expression, ExpressionKind, Literal, MapEntry, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::Reason;
use tree_sitter::Node;

/// What a declaration says about all its names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Declared {
    pub local: bool,
    pub export: bool,
    shape: Option<Shape>,
}

impl<'a> Lowerer<'a> {
    /// `X=...`, `X+=...`, `A[i]=...`.
    pub(super) fn assignment(&mut self, node: Node<'a>, declared: Declared, out: &mut Block) {
        let Some(left) = node.child_by_field_name("name") else { return };
        let appends = children(node).iter().any(|child| child.kind() == "+=");
        let span = self.span(node);
        let (target, variable, indexed) = match left.kind() {
            "subscript" => match self.subscript_target(left) {
                Some((target, variable)) => (target, variable, true),
                None => return,
            },
            _ => {
                let variable = self.source(left);
                (Target::Name(variable.to_string(), self.span(left)), variable, false)
            }
        };
        let value = match node.child_by_field_name("value") {
            Some(value) if value.kind() == "variable_assignment" => self.value_of_chain(value),
            Some(value) => self.value(value),
            None => literal("", Span { start: span.end, ..span }),
        };
        let value = match declared.shape {
            Some(Shape::Map) => as_map(value),
            _ => value,
        };
        let value = match (&target, appends) {
            (Target::Name(_, at), false) => self.option_value(variable, *at, value),
            _ => value,
        };
        // Nothing to append to: an array that begins with `A+=(...)`.
        let is_list = matches!(value.kind, ExpressionKind::List(_));
        let begins = appends && is_list && !self.in_function && !self.shapes.contains_key(variable);
        if !indexed {
            self.note_shape(variable, &value, appends);
        }
        let kind = match appends && !begins {
            true => StatementKind::Augment { target, operator: BinaryOperator::Add, value },
            false => StatementKind::Assign { target, value, local: declared.local, export: declared.export },
        };
        out.push(Statement { kind, span });
    }

    /// `A=B=c` in arithmetic: the last value.
    fn value_of_chain(&mut self, node: Node<'a>) -> Expression {
        match node.child_by_field_name("value") {
            Some(value) if value.kind() != "variable_assignment" => self.value(value),
            _ => self.opaque(node, Reason::NotFollowed),
        }
    }

    fn subscript_target(&mut self, node: Node<'a>) -> Option<(Target, &'a str)> {
        let array = node.child_by_field_name("name")?;
        let at = node.child_by_field_name("index")?;
        let variable = self.source(array);
        let key = self.key(variable, at);
        let array = name(variable, self.span(array));
        Some((Target::Index(Box::new(array), Box::new(key), self.span(node)), variable))
    }

    fn note_shape(&mut self, variable: &str, value: &Expression, appends: bool) {
        let shape = match &value.kind {
            ExpressionKind::List(_) => Shape::Array,
            ExpressionKind::Map(_) => Shape::Map,
            ExpressionKind::Literal(Literal::Text(text)) if text.is_empty() => Shape::Empty,
            _ => Shape::Text,
        };
        match self.shapes.get_mut(variable) {
            // What is appended to an array makes no text of it.
            Some(Shape::Array | Shape::Map) if appends => {}
            Some(have) => *have = shape,
            None => {
                self.shapes.insert(variable.to_string(), shape);
            }
        }
    }

    /// `export`, `local`, `declare`, `readonly`, `typeset`.
    pub(super) fn declaration(&mut self, node: Node<'a>, out: &mut Block) {
        let keyword = node.child(0).map_or("", |keyword| self.source(keyword));
        let local = keyword == "local" || (self.in_function && matches!(keyword, "declare" | "typeset"));
        let mut declared = Declared { local, export: keyword == "export", shape: None };
        for child in named_children(node) {
            match child.kind() {
                "word" if self.source(child).starts_with('-') => {
                    let options = self.source(child);
                    declared.export |= options.contains('x');
                    declared.local &= !options.contains('g');
                    match options {
                        _ if options.contains('A') => declared.shape = Some(Shape::Map),
                        _ if options.contains('a') => declared.shape = Some(Shape::Array),
                        _ => {}
                    }
                }
                "variable_assignment" => self.assignment(child, declared, out),
                "variable_name" | "word" => self.declared_name(child, keyword, declared, out),
                _ => self.declared_elsewhere(child, out),
            }
        }
    }

    /// A name without a value: `local x`, `export X`, `declare -A m`.
    fn declared_name(&mut self, node: Node<'a>, keyword: &str, declared: Declared, out: &mut Block) {
        let span = self.span(node);
        let variable = self.source(node).to_string();
        let empty = Span { start: span.end, ..span };
        let value = match declared.shape {
            Some(Shape::Map) => Expression { kind: ExpressionKind::Map(Vec::new()), span: empty },
            Some(Shape::Array) => Expression { kind: ExpressionKind::List(Vec::new()), span: empty },
            _ if declared.local => literal("", empty),
            // An export of something assigned before; what was not is in the environment already.
            _ if keyword == "export" && self.shapes.contains_key(&variable) => name(variable.clone(), span),
            _ => return,
        };
        if keyword != "export" {
            self.note_shape(&variable, &value, false);
        }
        let target = Target::Name(variable, span);
        let kind = StatementKind::Assign { target, value, local: declared.local, export: declared.export };
        out.push(Statement { kind, span });
    }

    /// `export $(grep -v '^#' .env | xargs)`: the file's variables, as `source` gives them.
    fn declared_elsewhere(&mut self, node: Node<'a>, out: &mut Block) {
        let span = self.span(node);
        let is_file = |word: &&str| {
            let name = word.rsplit('/').next().unwrap_or(word);
            name.starts_with(".env") || name.ends_with(".env")
        };
        let text = self.source(node);
        let words = text.split(|c: char| c.is_whitespace() || "\"'()<>|;`".contains(c));
        if let Some(file) = words.into_iter().filter(|word| !word.starts_with('-')).find(is_file) {
            let module = file.to_string();
            let kind = StatementKind::Import { module, names: Vec::new(), binding: None };
            out.push(Statement { kind, span });
            return;
        }
        let value = self.value(node);
        self.effects_of(value, out);
    }

    /// `[k]=v` in an array literal.
    pub(super) fn keyed_element(&mut self, node: Node<'a>) -> Option<MapEntry> {
        let text = self.source(node);
        let close = text.strip_prefix('[')?.find("]=")? + 1;
        let start = self.start(node);
        let key_text = text.get(1..close)?;
        let key_text = key_text.trim_matches(['"', '\'']);
        if key_text.contains(['$', '`']) {
            return None;
        }
        let key = literal(key_text, self.map.span(start + 1, start + close));
        let value_from = start + close + 2;
        let mut parts = Vec::new();
        let nodes: Vec<Node<'a>> =
            named_children(node).into_iter().filter(|child| self.start(*child) >= value_from).collect();
        self.pieces_between(value_from, &nodes, self.end(node), &mut parts);
        let span = self.map.span(value_from, self.end(node));
        let value = match parts.len() {
            1 => parts.remove(0),
            _ => super::word::join(parts, span),
        };
        Some(MapEntry::Pair(key, value))
    }

    /// Names whose value is read while the script runs: `read X`, `mapfile A`.
    pub(super) fn assign_read(&mut self, variable: &str, span: Span, out: &mut Block) {
        self.shapes.insert(variable.to_string(), Shape::Text);
        let target = Target::Name(variable.to_string(), span);
        let value = super::expansion::opaque(Reason::ReadAtRunTime, variable, span);
        let kind = StatementKind::Assign { target, value, local: false, export: false };
        out.push(Statement { kind, span });
    }
}

/// `declare -A M=()` is an empty map.
fn as_map(value: Expression) -> Expression {
    match value.kind {
        ExpressionKind::List(elements) if elements.is_empty() => {
            Expression { kind: ExpressionKind::Map(Vec::new()), span: value.span }
        }
        _ => value,
    }
}
