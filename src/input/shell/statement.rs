//! Statements and lists of them.

use super::command::Io;
use super::{Lowerer, field_children, named_children};
use crate::script::{Block, Ignoring, Statement, StatementKind};
use crate::value::Reason;
use tree_sitter::Node;

impl<'a> Lowerer<'a> {
    /// The statements that stand in a node.
    pub(super) fn block(&mut self, node: Node<'a>) -> Block {
        self.statements(&named_children(node))
    }

    pub(super) fn statements(&mut self, nodes: &[Node<'a>]) -> Block {
        let mut out = Vec::new();
        let tolerated = self.tolerated(nodes);
        for (index, node) in nodes.iter().enumerate() {
            match tolerated.get(&index) {
                Some(span) => {
                    let mut inner = Vec::new();
                    self.statement(*node, Io::default(), &mut inner);
                    let name = "set +e".to_string();
                    let said = Ignoring { name, span: *span, when: None, is_whole: false, reason: None };
                    out.push(super::ignoring::ignoring(said, inner));
                }
                None => self.statement(*node, Io::default(), &mut out),
            }
        }
        out
    }

    /// Statements that may run or not.
    pub(super) fn branch(&mut self, nodes: &[Node<'a>]) -> Block {
        self.statements(nodes)
    }

    /// Lowers one statement. What its expressions assign (`${X:=d}`) comes before it.
    pub(super) fn statement(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        let outer = std::mem::take(&mut self.pending);
        let mut own = Vec::new();
        self.deeper(node, |this| this.statement_here(node, io, &mut own));
        out.append(&mut std::mem::replace(&mut self.pending, outer));
        out.append(&mut own);
    }

    fn statement_here(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        match node.kind() {
            "command" => self.command_that_may_fail(node, io, out),
            "variable_assignment" => self.assignment(node, super::assign::Declared::default(), out),
            "variable_assignments" => {
                for child in named_children(node) {
                    self.assignment(child, super::assign::Declared::default(), out);
                }
            }
            "declaration_command" => self.declaration(node, out),
            "unset_command" => self.unset(node, out),
            "redirected_statement" => self.redirected(node, io, out),
            "pipeline" => self.pipeline(&named_children(node), io, out),
            "list" => self.list_statement(node, out),
            "negated_command" => {
                for child in named_children(node) {
                    self.statement(child, Io::default(), out);
                }
            }
            "test_command" => {}
            "if_statement" => self.if_statement(node, out),
            "case_statement" => self.case_statement(node, out),
            "for_statement" => self.for_statement(node, out),
            "c_style_for_statement" => self.counting_for(node, out),
            "while_statement" => self.while_statement(node, io, out),
            "compound_statement" if self.source(node).starts_with("((") => {
                self.arithmetic_effects(node, out);
            }
            "compound_statement" | "do_group" => out.append(&mut self.block(node)),
            "subshell" => {
                let kind = StatementKind::Subshell(self.block(node));
                out.push(Statement { kind, span: self.span(node) });
            }
            "function_definition" => self.function_definition(node, out),
            // What stands in a broken place is read as far as it goes.
            "ERROR" => {
                for child in named_children(node) {
                    self.statement(child, Io::default(), out);
                }
            }
            _ => {}
        }
    }

    /// Each command of a pipeline may run; what one is known to print is the next one's input.
    pub(super) fn pipeline(&mut self, parts: &[Node<'a>], first: Io<'a>, out: &mut Block) {
        let mut io = first;
        for (i, part) in parts.iter().enumerate() {
            let is_last = i + 1 == parts.len();
            let mut printed = if is_last { None } else { self.printed(*part) };
            // `echo text | cat | while read ...`
            if !is_last && printed.is_none() && self.is_bare_cat(*part) {
                printed = io.input.take();
            }
            if printed.is_none() {
                let mut own = std::mem::take(&mut io);
                let known = own.input.take();
                let rest = match known {
                    Some(input) => self.xargs(*part, input, out),
                    None if i > 0 => {
                        let unknown = self.opaque(*part, Reason::CommandOutput);
                        self.xargs(*part, unknown, out).and(None)
                    }
                    None => None,
                };
                let is_done = i > 0 && rest.is_none() && self.is_xargs(*part);
                own.input = rest;
                if !is_done {
                    self.part(*part, own, is_last, parts.len() > 1, out);
                }
            }
            io = Io { input: printed, ..Io::default() };
        }
    }

    /// One part of a pipeline: a shell of its own, whose output only the last part hands on.
    fn part(&mut self, part: Node<'a>, io: Io<'a>, is_last: bool, is_piped: bool, out: &mut Block) {
        let is_compound = part.kind().ends_with("_statement") || part.kind() == "redirected_statement";
        if !is_piped || (is_last && !is_compound) {
            return self.statement(part, io, out);
        }
        let span = self.span(part);
        let mut block = Vec::new();
        self.statement(part, io, &mut block);
        if is_compound {
            block = vec![Statement { kind: StatementKind::Subshell(block), span }];
        }
        match is_last || !self.prints {
            true => out.append(&mut block),
            false => out.push(Statement { kind: StatementKind::Silent(block), span }),
        }
    }

    fn is_xargs(&self, node: Node<'a>) -> bool {
        node.kind() == "command"
            && node.child_by_field_name("name").is_some_and(|name| self.source(name) == "xargs")
    }

    fn unset(&mut self, node: Node<'a>, out: &mut Block) {
        let mut targets = Vec::new();
        for child in named_children(node) {
            let variable = self.source(child);
            if !variable.starts_with('-') {
                self.shapes.remove(variable);
                targets.push(crate::script::Target::Name(variable.to_string(), self.span(child)));
            }
        }
        out.push(Statement { kind: StatementKind::Delete(targets), span: self.span(node) });
    }

    /// A statement with redirections: where its input comes from and its output goes.
    fn redirected(&mut self, node: Node<'a>, io: Io<'a>, out: &mut Block) {
        let redirects = self.redirects(&field_children(node, "redirect"), io);
        let Some(body) = node.child_by_field_name("body") else { return };
        if redirects.pipeline.is_empty() {
            let is_group = !matches!(body.kind(), "command" | "test_command");
            if is_group && self.prints && redirects.io.discards {
                let mut block = Vec::new();
                self.statement(body, redirects.io, &mut block);
                out.push(Statement { kind: StatementKind::Silent(block), span: self.span(node) });
            } else {
                self.statement(body, redirects.io, out);
            }
        } else {
            // `cat <<EOF | kubectl apply -f -`: the grammar hangs the pipeline on the here-document.
            let mut io = redirects.io;
            let input = if self.is_bare_cat(body) { io.input.take() } else { None };
            if input.is_none() {
                self.statement(body, io, out);
            }
            self.pipeline(&redirects.pipeline, Io { input, ..Io::default() }, out);
        }
        if let Some((operator, right)) = redirects.then {
            let alternative = self.branch(&[right]);
            match operator {
                "&&" => out.extend(alternative),
                _ => self.where_it_fails(self.opaque(body, Reason::CommandOutput), alternative, out),
            }
        }
    }
}
