//! `match` statements, lowered to tests.

use crate::input::python::Lowering;
use crate::input::python::statements::is_simple;
use crate::script::{
    Clause, CompareOperator, Element, Expression, ExpressionKind, Literal, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::Reason;
use ruff_python_ast::{self as ast, Pattern};
use ruff_text_size::Ranged;

/// The variable that holds a subject which must not be evaluated twice.
const SUBJECT: &str = "match";

/// How the cases of one `match` refer to its subject.
enum Subject<'a> {
    Simple(&'a ast::Expr),
    Bound(Span),
}

impl<'a> Lowering<'a> {
    pub(super) fn match_statement(&mut self, matching: &'a ast::StmtMatch) -> Vec<StatementKind> {
        let mut kinds = Vec::new();
        let subject = if is_simple(&matching.subject) {
            Subject::Simple(&matching.subject)
        } else {
            let value = self.expression(&matching.subject);
            let span = value.span;
            let target = Target::Name(SUBJECT.to_owned(), span);
            kinds.push(StatementKind::Assign { target, value, local: false, export: false });
            Subject::Bound(span)
        };
        let mut clauses = Vec::new();
        let mut otherwise = Vec::new();
        for case in &matching.cases {
            let mut bindings = Vec::new();
            let mut tests = self.pattern(&case.pattern, &subject, &mut bindings);
            if let Some(guard) = &case.guard {
                tests.push(self.conditionally(|lowering| lowering.expression(guard)));
            }
            let conditional = std::mem::take(&mut self.conditional);
            let before = std::mem::take(&mut self.before);
            bindings.extend(self.block(&case.body));
            self.before = before;
            self.conditional = conditional;
            let case_span = self.span(&case.pattern);
            match tests.len() {
                0 => {
                    otherwise = bindings;
                    break;
                }
                1 => clauses.push(Clause { condition: tests.remove(0), body: bindings }),
                _ => {
                    let condition = Expression { kind: ExpressionKind::And(tests), span: case_span };
                    clauses.push(Clause { condition, body: bindings });
                }
            }
        }
        if clauses.is_empty() {
            kinds.push(StatementKind::Block(otherwise));
        } else {
            kinds.push(StatementKind::If { clauses, otherwise });
        }
        kinds
    }

    fn subject(&mut self, subject: &Subject<'a>) -> Expression {
        match subject {
            Subject::Simple(expression) => self.expression(expression),
            Subject::Bound(span) => {
                Expression { kind: ExpressionKind::Name(SUBJECT.to_owned()), span: *span }
            }
        }
    }

    /// The tests that a pattern makes, all of which must hold; none if it always matches.
    fn pattern(
        &mut self,
        pattern: &'a Pattern,
        subject: &Subject<'a>,
        bindings: &mut Vec<Statement>,
    ) -> Vec<Expression> {
        let span = self.span(pattern);
        match pattern {
            Pattern::MatchValue(value) => {
                let right = self.expression(&value.value);
                vec![self.compare(CompareOperator::Equal, subject, right, span)]
            }
            Pattern::MatchSingleton(singleton) => {
                let literal = match singleton.value {
                    ast::Singleton::None => Literal::Null,
                    ast::Singleton::True => Literal::Bool(true),
                    ast::Singleton::False => Literal::Bool(false),
                };
                let right = Expression { kind: ExpressionKind::Literal(literal), span };
                vec![self.compare(CompareOperator::Is, subject, right, span)]
            }
            Pattern::MatchOr(any) => self.any_of(any, subject, span),
            Pattern::MatchAs(capture) => {
                let tests = match &capture.pattern {
                    Some(inner) if self.enter(&**inner) => {
                        let tests = self.pattern(inner, subject, bindings);
                        self.leave();
                        tests
                    }
                    Some(inner) => vec![self.opaque(&**inner, Reason::Limit)],
                    None => Vec::new(),
                };
                if let Some(name) = &capture.name {
                    let value = self.subject(subject);
                    self.bind(name, value, bindings);
                }
                tests
            }
            Pattern::MatchStar(_)
            | Pattern::MatchSequence(_)
            | Pattern::MatchMapping(_)
            | Pattern::MatchClass(_) => {
                for name in captured(pattern) {
                    let value = self.opaque(name, Reason::NotFollowed);
                    self.bind(name, value, bindings);
                }
                vec![self.opaque(pattern, Reason::NotFollowed)]
            }
        }
    }

    fn any_of(&mut self, any: &'a ast::PatternMatchOr, subject: &Subject<'a>, span: Span) -> Vec<Expression> {
        let values: Option<Vec<&'a ast::Expr>> = any
            .patterns
            .iter()
            .map(|pattern| match pattern {
                Pattern::MatchValue(value) => Some(&*value.value),
                _ => None,
            })
            .collect();
        let Some(values) = values else {
            return vec![self.opaque(any, Reason::NotFollowed)];
        };
        let elements = values.into_iter().map(|value| Element::One(self.expression(value))).collect();
        let right = Expression { kind: ExpressionKind::List(elements), span };
        vec![self.compare(CompareOperator::In, subject, right, span)]
    }

    fn compare(
        &mut self,
        operator: CompareOperator,
        subject: &Subject<'a>,
        right: Expression,
        span: Span,
    ) -> Expression {
        let left = Box::new(self.subject(subject));
        Expression { kind: ExpressionKind::Compare { operator, left, right: Box::new(right) }, span }
    }

    fn bind(&mut self, name: &ast::Identifier, value: Expression, bindings: &mut Vec<Statement>) {
        let span = self.span(name);
        let target = Target::Name(name.as_str().to_owned(), span);
        let kind = StatementKind::Assign { target, value, local: false, export: false };
        bindings.push(Statement { kind, span });
    }
}

/// The names that a structured pattern binds, whatever their depth.
fn captured(pattern: &Pattern) -> Vec<&ast::Identifier> {
    let mut names = Vec::new();
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Pattern::MatchSequence(sequence) => open.extend(&sequence.patterns),
            Pattern::MatchMapping(mapping) => {
                open.extend(&mapping.patterns);
                names.extend(&mapping.rest);
            }
            Pattern::MatchClass(class) => {
                open.extend(&class.arguments.patterns);
                open.extend(class.arguments.keywords.iter().map(|keyword| &keyword.pattern));
            }
            Pattern::MatchStar(star) => names.extend(&star.name),
            Pattern::MatchAs(capture) => {
                open.extend(capture.pattern.as_deref());
                names.extend(&capture.name);
            }
            Pattern::MatchOr(any) => open.extend(&any.patterns),
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }
    names.sort_by_key(|name| name.range().start());
    names
}
