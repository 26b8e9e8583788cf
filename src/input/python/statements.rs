//! Statements.

use crate::input::python::Lowering;
use crate::script::{
    BinaryOperator, Block, Clause, Expression, ExpressionKind, Literal, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::Reason;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;
use std::rc::Rc;

impl<'a> Lowering<'a> {
    /// The statements of the file. The record of command-line options comes first.
    pub(super) fn module(&mut self, body: &'a [Stmt]) -> Block {
        let mut block: Block = self.namespace_class().into_iter().collect();
        block.extend(self.block(body));
        block
    }

    /// A block of statements.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Block {
        let mut block = Vec::with_capacity(body.len());
        for statement in body {
            self.statement(statement, &mut block);
        }
        block
    }

    /// Like `block`, for a block that is entered anew: bindings moved out of its expressions stay in it.
    fn conditional_block(&mut self, body: &'a [Stmt]) -> Block {
        // A statement of its own can move bindings in front of itself, whatever encloses it.
        let conditional = std::mem::take(&mut self.conditional);
        let before = std::mem::take(&mut self.before);
        let block = self.block(body);
        self.before = before;
        self.conditional = conditional;
        block
    }

    fn statement(&mut self, statement: &'a Stmt, out: &mut Block) {
        if !self.enter(statement) {
            let opaque = self.opaque(statement, Reason::Limit);
            let span = opaque.span;
            out.push(Statement { kind: StatementKind::Expression(opaque), span });
            return;
        }
        let span = self.span(statement);
        let kinds = self.statement_kinds(statement, span);
        self.leave();
        // What was bound inside the statement's expressions is bound before the statement runs.
        out.append(&mut self.before);
        out.extend(kinds.into_iter().map(|kind| Statement { kind, span }));
    }

    fn statement_kinds(&mut self, statement: &'a Stmt, span: Span) -> Vec<StatementKind> {
        let kind = match statement {
            Stmt::FunctionDef(function) => return self.function_statement(function),
            Stmt::ClassDef(class) => return self.class_statements(class),
            Stmt::Return(returned) => return self.return_statement(returned),
            Stmt::Delete(delete) => {
                StatementKind::Delete(delete.targets.iter().map(|target| self.target(target)).collect())
            }
            Stmt::Assign(assign) => return self.assign(assign),
            Stmt::AugAssign(assign) => self.augment(assign),
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => self.assign_one(&assign.target, value),
                None => return Vec::new(),
            },
            Stmt::For(loops) => {
                let iterable = self.expression(&loops.iter);
                let target = self.target(&loops.target);
                let body = self.conditional_block(&loops.body);
                let otherwise = self.conditional_block(&loops.orelse);
                StatementKind::For { target, iterable, body, otherwise }
            }
            Stmt::While(loops) => return self.while_statement(loops),
            Stmt::If(branches) => self.if_statement(branches),
            Stmt::With(with) => StatementKind::Block(self.with_statement(with)),
            Stmt::Match(matching) => return self.match_statement(matching),
            Stmt::Raise(_) => StatementKind::Exit,
            Stmt::Try(tries) => {
                let body = self.conditional_block(&tries.body);
                let handlers = tries.handlers.iter().map(|handler| self.handler(handler)).collect();
                let otherwise = self.conditional_block(&tries.orelse);
                let finally = self.conditional_block(&tries.finalbody);
                StatementKind::Try { body, handlers, otherwise, finally }
            }
            Stmt::Assert(assert) => {
                let test = self.expression(&assert.test);
                let test_span = test.span;
                let condition = Expression { kind: ExpressionKind::Not(Box::new(test)), span: test_span };
                let body = vec![Statement { kind: StatementKind::Exit, span }];
                StatementKind::If { clauses: vec![Clause { condition, body }], otherwise: Vec::new() }
            }
            Stmt::Import(import) => return import_modules(import),
            Stmt::ImportFrom(import) => import_names(import),
            Stmt::Global(global) => {
                StatementKind::Global(global.names.iter().map(|name| name.as_str().to_owned()).collect())
            }
            Stmt::Nonlocal(nonlocal) => {
                StatementKind::Global(nonlocal.names.iter().map(|name| name.as_str().to_owned()).collect())
            }
            Stmt::Expr(expression) => return self.expression_statement(expression, span),
            Stmt::Break(_) => StatementKind::Break,
            Stmt::Continue(_) => StatementKind::Continue,
            Stmt::Pass(_) | Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => return Vec::new(),
        };
        vec![kind]
    }

    fn expression_statement(&mut self, statement: &'a ast::StmtExpr, span: Span) -> Vec<StatementKind> {
        let value = &*statement.value;
        match value {
            // Docstrings and the like have no effect.
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) => Vec::new(),
            Expr::Yield(yielded) => self.yield_statement(yielded.value.as_deref(), false, span),
            Expr::YieldFrom(yielded) => self.yield_statement(Some(&yielded.value), true, span),
            Expr::Call(call) if self.is_exit(call) => {
                // `sys.exit(main())` runs `main` first.
                let mut kinds: Vec<StatementKind> = Vec::new();
                for argument in &call.arguments.args {
                    kinds.push(StatementKind::Expression(self.expression(argument)));
                }
                kinds.push(StatementKind::Exit);
                kinds
            }
            value => vec![StatementKind::Expression(self.expression(value))],
        }
    }

    fn assign(&mut self, assign: &'a ast::StmtAssign) -> Vec<StatementKind> {
        if let [only] = assign.targets.as_slice()
            && let Some(class) = self.named_tuple(only, &assign.value)
        {
            return vec![class];
        }
        let mut targets = assign.targets.iter();
        let Some(first) = targets.next() else { return Vec::new() };
        let mut kinds = vec![self.assign_one(first, &assign.value)];
        // `a = b = value`: the others take what the first got, if that can be said without evaluating
        // the value twice.
        for target in targets {
            let value = match first {
                Expr::Name(_) | Expr::Attribute(_) if is_simple(first) => self.expression(first),
                _ => self.opaque(&*assign.value, Reason::NotFollowed),
            };
            let target = self.target(target);
            kinds.push(StatementKind::Assign { target, value, local: false, export: false });
        }
        kinds
    }

    fn assign_one(&mut self, target: &'a Expr, value: &'a Expr) -> StatementKind {
        let value = match value {
            // `args, rest = parser.parse_known_args()` keeps its shape.
            Expr::Call(call) if matches!(target, Expr::Tuple(_)) => {
                self.known_arguments(call).unwrap_or_else(|| self.expression(value))
            }
            value => self.expression(value),
        };
        let target = self.target(target);
        StatementKind::Assign { target, value, local: false, export: false }
    }

    fn augment(&mut self, assign: &'a ast::StmtAugAssign) -> StatementKind {
        let value = self.expression(&assign.value);
        let target = self.target(&assign.target);
        match binary_operator(assign.op) {
            Some(operator) => StatementKind::Augment { target, operator, value },
            None => {
                let value = self.opaque(assign, Reason::NotFollowed);
                StatementKind::Assign { target, value, local: false, export: false }
            }
        }
    }

    /// What an assignment binds.
    pub(super) fn target(&mut self, target: &'a Expr) -> Target {
        let span = self.span(target);
        if !self.enter(target) {
            return Target::Ignored(span);
        }
        let lowered = match target {
            Expr::Name(name) => Target::Name(name.id.as_str().to_owned(), span),
            Expr::Attribute(attribute) => {
                let value = self.expression(&attribute.value);
                Target::Attribute(Box::new(value), attribute.attr.as_str().to_owned(), span)
            }
            Expr::Subscript(subscript) => {
                let value = self.expression(&subscript.value);
                let index = self.expression(&subscript.slice);
                Target::Index(Box::new(value), Box::new(index), span)
            }
            Expr::Tuple(tuple) => Target::Tuple(self.targets(&tuple.elts), span),
            Expr::List(list) => Target::Tuple(self.targets(&list.elts), span),
            Expr::Starred(starred) => self.target(&starred.value),
            _ => Target::Ignored(span),
        };
        self.leave();
        lowered
    }

    fn targets(&mut self, elements: &'a [Expr]) -> Vec<(Target, bool)> {
        elements.iter().map(|element| (self.target(element), element.is_starred_expr())).collect()
    }

    fn while_statement(&mut self, loops: &'a ast::StmtWhile) -> Vec<StatementKind> {
        let condition = self.expression(&loops.test);
        let body = self.conditional_block(&loops.body);
        let mut kinds = vec![StatementKind::While { before: Vec::new(), condition, body, after: Vec::new() }];
        if !loops.orelse.is_empty() {
            kinds.push(StatementKind::Block(self.conditional_block(&loops.orelse)));
        }
        kinds
    }

    fn if_statement(&mut self, branches: &'a ast::StmtIf) -> StatementKind {
        let condition = self.expression(&branches.test);
        let mut clauses = vec![Clause { condition, body: self.conditional_block(&branches.body) }];
        let mut otherwise = Vec::new();
        for clause in &branches.elif_else_clauses {
            match &clause.test {
                Some(test) => {
                    // A later test is evaluated only where the earlier ones failed.
                    let condition = self.conditionally(|lowering| lowering.expression(test));
                    clauses.push(Clause { condition, body: self.conditional_block(&clause.body) });
                }
                None => otherwise = self.conditional_block(&clause.body),
            }
        }
        StatementKind::If { clauses, otherwise }
    }

    fn with_statement(&mut self, with: &'a ast::StmtWith) -> Block {
        let mut block = Vec::new();
        for item in &with.items {
            let value = self.expression(&item.context_expr);
            let span = self.span(item);
            let kind = match &item.optional_vars {
                Some(target) => {
                    let target = self.target(target);
                    StatementKind::Assign { target, value, local: false, export: false }
                }
                None => StatementKind::Expression(value),
            };
            block.push(Statement { kind, span });
        }
        block.append(&mut self.conditional_block(&with.body));
        block
    }

    fn handler(&mut self, handler: &'a ast::ExceptHandler) -> Block {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        let mut block = Vec::new();
        if let Some(name) = &handler.name {
            let span = self.span(name);
            let target = Target::Name(name.as_str().to_owned(), span);
            let value = self.opaque(name, Reason::ReadAtRunTime);
            let kind = StatementKind::Assign { target, value, local: false, export: false };
            block.push(Statement { kind, span });
        }
        block.append(&mut self.conditional_block(&handler.body));
        block
    }

    fn function_statement(&mut self, function: &'a ast::StmtFunctionDef) -> Vec<StatementKind> {
        if self.is_only_declared(function) {
            return Vec::new();
        }
        vec![StatementKind::Function(Rc::new(self.function(function)))]
    }

    /// Lowers something that is evaluated under a condition or repeatedly.
    pub(super) fn conditionally<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        self.conditional += 1;
        let lowered = lower(self);
        self.conditional -= 1;
        lowered
    }

    /// A null of no written form, at a node's place.
    pub(super) fn null(&self, node: &impl Ranged) -> Expression {
        Expression { kind: ExpressionKind::Literal(Literal::Null), span: self.span(node) }
    }
}

fn import_modules(import: &ast::StmtImport) -> Vec<StatementKind> {
    let one = |alias: &ast::Alias| {
        let module = alias.name.as_str();
        // `import a.b` binds `a`, which is then the package and not the module named.
        let binding = match &alias.asname {
            Some(name) => Some(name.as_str()),
            None if module.contains('.') => None,
            None => Some(module),
        };
        StatementKind::Import {
            module: module.to_owned(),
            names: Vec::new(),
            binding: binding.map(ToOwned::to_owned),
        }
    };
    import.names.iter().map(one).collect()
}

fn import_names(import: &ast::StmtImportFrom) -> StatementKind {
    let dots = ".".repeat(import.level as usize);
    let module = import.module.as_ref().map_or("", |module| module.as_str());
    let bound = |alias: &ast::Alias| {
        let name = alias.name.as_str().to_owned();
        let bound = alias.asname.as_ref().map_or_else(|| name.clone(), |name| name.as_str().to_owned());
        (name, bound)
    };
    StatementKind::Import {
        module: format!("{dots}{module}"),
        names: import.names.iter().map(bound).collect(),
        binding: None,
    }
}

/// Names and attributes of names: evaluating them twice is the same as once.
pub(super) fn is_simple(expression: &Expr) -> bool {
    let mut expression = expression;
    loop {
        match expression {
            Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_) => return true,
            Expr::Attribute(attribute) => expression = &attribute.value,
            _ => return false,
        }
    }
}

/// The form's operator, if it has one.
pub(super) fn binary_operator(operator: ast::Operator) -> Option<BinaryOperator> {
    Some(match operator {
        ast::Operator::Add => BinaryOperator::Add,
        ast::Operator::Sub => BinaryOperator::Subtract,
        ast::Operator::Mult => BinaryOperator::Multiply,
        ast::Operator::Div => BinaryOperator::Divide,
        ast::Operator::FloorDiv => BinaryOperator::FloorDivide,
        ast::Operator::Mod => BinaryOperator::Modulo,
        ast::Operator::Pow => BinaryOperator::Power,
        ast::Operator::BitOr => BinaryOperator::Union,
        _ => return None,
    })
}
