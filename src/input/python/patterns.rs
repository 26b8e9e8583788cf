//! `match` statements, lowered to tests.

use crate::input::python::Lowering;
use crate::input::python::statements::is_simple;
use crate::input::python::texts::call_of;
use crate::script::{
    Clause, CompareOperator, Element, Expression, ExpressionKind, Literal, Statement, StatementKind, Target,
};
use crate::source::Span;
use crate::value::{Number, Reason};
use ruff_python_ast::{self as ast, Pattern};
use ruff_text_size::Ranged;

/// The variable that holds a subject which must not be evaluated twice.
const SUBJECT: &str = "match";

/// How patterns refer to what they look at.
enum Subject<'a, 's> {
    Simple(&'a ast::Expr),
    Bound(Span),
    /// An element, counted from the end where the position is negative.
    Element(&'s Subject<'a, 's>, i64),
    /// What all elements between two positions are, of which the second is counted from the end.
    Elements(&'s Subject<'a, 's>, usize, usize),
    Entry(&'s Subject<'a, 's>, &'a ast::Expr),
    Attribute(&'s Subject<'a, 's>, &'a str),
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
        kinds.extend(self.cases(&matching.cases, &subject));
        kinds
    }

    fn cases(&mut self, cases: &'a [ast::MatchCase], subject: &Subject<'a, '_>) -> Vec<StatementKind> {
        let mut clauses = Vec::new();
        let mut otherwise = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            let case_span = self.span(&case.pattern);
            let mut bindings = Vec::new();
            let mut tests = self.pattern(&case.pattern, subject, &mut bindings);
            if let Some(guard) = &case.guard
                && !bindings.is_empty()
                && self.enter(&**guard)
            {
                // The guard speaks of what the pattern binds, which therefore is bound before it is tested.
                tests.push(self.conditionally(|lowering| lowering.expression(guard)));
                let body = self.case_body(case);
                let condition = all_of(tests, case_span);
                let rest = self.cases(cases.get(at + 1..).unwrap_or_default(), subject);
                self.leave();
                let rest = rest.into_iter().map(|kind| Statement { kind, span: case_span }).collect();
                let kind = StatementKind::If { clauses: vec![Clause { condition, body }], otherwise: rest };
                bindings.push(Statement { kind, span: case_span });
                otherwise = bindings;
                break;
            }
            if let Some(guard) = &case.guard {
                tests.push(self.conditionally(|lowering| lowering.expression(guard)));
            }
            bindings.extend(self.case_body(case));
            if tests.is_empty() {
                otherwise = bindings;
                break;
            }
            clauses.push(Clause { condition: all_of(tests, case_span), body: bindings });
        }
        match clauses.is_empty() {
            true => vec![StatementKind::Block(otherwise)],
            false => vec![StatementKind::If { clauses, otherwise }],
        }
    }

    fn case_body(&mut self, case: &'a ast::MatchCase) -> Vec<Statement> {
        let conditional = std::mem::take(&mut self.conditional);
        let before = std::mem::take(&mut self.before);
        let body = self.block(&case.body);
        self.before = before;
        self.conditional = conditional;
        body
    }

    fn subject(&mut self, subject: &Subject<'a, '_>, span: Span) -> Expression {
        let kind = match subject {
            Subject::Simple(expression) => return self.expression(expression),
            Subject::Bound(span) => {
                return Expression { kind: ExpressionKind::Name(SUBJECT.to_owned()), span: *span };
            }
            Subject::Element(of, at) => {
                let whole = Box::new(self.subject(of, span));
                ExpressionKind::Index(whole, Box::new(whole_number(*at, span)))
            }
            Subject::Elements(of, from, behind) => ExpressionKind::Slice {
                value: Box::new(self.subject(of, span)),
                from: Some(Box::new(whole_number(i64::try_from(*from).unwrap_or(i64::MAX), span))),
                to: (*behind > 0).then(|| {
                    Box::new(whole_number(i64::try_from(*behind).map_or(i64::MIN, i64::wrapping_neg), span))
                }),
            },
            Subject::Entry(of, key) => {
                let whole = Box::new(self.subject(of, span));
                ExpressionKind::Index(whole, Box::new(self.expression(key)))
            }
            Subject::Attribute(of, name) => {
                ExpressionKind::Attribute(Box::new(self.subject(of, span)), (*name).to_owned())
            }
        };
        Expression { kind, span }
    }

    /// The tests that a pattern makes, all of which must hold; none if it always matches.
    fn pattern(
        &mut self,
        pattern: &'a Pattern,
        subject: &Subject<'a, '_>,
        bindings: &mut Vec<Statement>,
    ) -> Vec<Expression> {
        if !self.enter(pattern) {
            return vec![self.opaque(pattern, Reason::Limit)];
        }
        let tests = self.pattern_within(pattern, subject, bindings);
        self.leave();
        tests
    }

    fn pattern_within(
        &mut self,
        pattern: &'a Pattern,
        subject: &Subject<'a, '_>,
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
                    Some(inner) => self.pattern(inner, subject, bindings),
                    None => Vec::new(),
                };
                if let Some(name) = &capture.name {
                    let value = self.subject(subject, span);
                    self.bind(name, value, bindings);
                }
                tests
            }
            Pattern::MatchSequence(sequence) => self.sequence(sequence, subject, bindings, span),
            Pattern::MatchMapping(mapping) if mapping.rest.is_none() => {
                let mut tests = vec![self.instance_of("dict", subject, span)];
                for (key, value) in mapping.keys.iter().zip(&mapping.patterns) {
                    let kind = ExpressionKind::Compare {
                        operator: CompareOperator::In,
                        left: self.boxed(key),
                        right: Box::new(self.subject(subject, span)),
                    };
                    tests.push(Expression { kind, span: self.span(key) });
                    tests.extend(self.pattern(value, &Subject::Entry(subject, key), bindings));
                }
                tests
            }
            Pattern::MatchClass(class) if class.arguments.patterns.is_empty() => {
                let left = self.subject(subject, span);
                let class_value = self.expression(&class.cls);
                let mut tests = vec![call_of("isinstance", vec![left, class_value], span)];
                for keyword in &class.arguments.keywords {
                    let attribute = Subject::Attribute(subject, keyword.attr.as_str());
                    tests.extend(self.pattern(&keyword.pattern, &attribute, bindings));
                }
                tests
            }
            Pattern::MatchStar(_) | Pattern::MatchMapping(_) | Pattern::MatchClass(_) => {
                for name in captured(pattern) {
                    let value = self.opaque(name, Reason::NotFollowed);
                    self.bind(name, value, bindings);
                }
                vec![self.opaque(pattern, Reason::NotFollowed)]
            }
        }
    }

    /// `[a, b, *rest]`.
    fn sequence(
        &mut self,
        sequence: &'a ast::PatternMatchSequence,
        subject: &Subject<'a, '_>,
        bindings: &mut Vec<Statement>,
        span: Span,
    ) -> Vec<Expression> {
        let whole = self.subject(subject, span);
        let length = call_of("len", vec![whole], span);
        let star = sequence.patterns.iter().position(|one| matches!(one, Pattern::MatchStar(_)));
        let count = sequence.patterns.len() - usize::from(star.is_some());
        let kind = ExpressionKind::Compare {
            operator: if star.is_some() { CompareOperator::GreaterEqual } else { CompareOperator::Equal },
            left: Box::new(length),
            right: Box::new(whole_number(i64::try_from(count).unwrap_or(i64::MAX), span)),
        };
        // A text is no sequence here, and neither is a dictionary.
        let whole = self.subject(subject, span);
        let kinds = ["list", "tuple"]
            .map(|name| Element::One(Expression { kind: ExpressionKind::Name(name.to_owned()), span }));
        let kinds = Expression { kind: ExpressionKind::Tuple(kinds.into()), span };
        let mut tests = vec![call_of("isinstance", vec![whole, kinds], span), Expression { kind, span }];
        for (at, pattern) in sequence.patterns.iter().enumerate() {
            let behind = sequence.patterns.len() - at - 1;
            match (pattern, star) {
                (Pattern::MatchStar(rest), _) => {
                    if let Some(name) = &rest.name {
                        let value = self.subject(&Subject::Elements(subject, at, behind), span);
                        self.bind(name, value, bindings);
                    }
                }
                (pattern, star) => {
                    let place = match star {
                        Some(star) if at > star => i64::try_from(behind).map_or(-1, |behind| -1 - behind),
                        _ => i64::try_from(at).unwrap_or(i64::MAX),
                    };
                    tests.extend(self.pattern(pattern, &Subject::Element(subject, place), bindings));
                }
            }
        }
        tests
    }

    fn instance_of(&mut self, class: &str, subject: &Subject<'a, '_>, span: Span) -> Expression {
        let class = Expression { kind: ExpressionKind::Name(class.to_owned()), span };
        let value = self.subject(subject, span);
        call_of("isinstance", vec![value, class], span)
    }

    /// One of several patterns. Those that are no plain values are tests of their own, as long as they
    /// bind nothing.
    fn any_of(
        &mut self,
        any: &'a ast::PatternMatchOr,
        subject: &Subject<'a, '_>,
        span: Span,
    ) -> Vec<Expression> {
        let values: Option<Vec<&'a ast::Expr>> = any
            .patterns
            .iter()
            .map(|pattern| match pattern {
                Pattern::MatchValue(value) => Some(&*value.value),
                _ => None,
            })
            .collect();
        let Some(values) = values else {
            let mut bindings = Vec::new();
            let mut tests = Vec::with_capacity(any.patterns.len());
            for pattern in &any.patterns {
                let all = self.pattern(pattern, subject, &mut bindings);
                let place = self.span(pattern);
                if all.is_empty() && bindings.is_empty() {
                    return Vec::new();
                }
                tests.push(all_of(all, place));
            }
            if bindings.is_empty() {
                return vec![Expression { kind: ExpressionKind::Or(tests), span }];
            }
            return vec![self.opaque(any, Reason::NotFollowed)];
        };
        let elements = values.into_iter().map(|value| Element::One(self.expression(value))).collect();
        let right = Expression { kind: ExpressionKind::List(elements), span };
        vec![self.compare(CompareOperator::In, subject, right, span)]
    }

    fn compare(
        &mut self,
        operator: CompareOperator,
        subject: &Subject<'a, '_>,
        right: Expression,
        span: Span,
    ) -> Expression {
        let left = Box::new(self.subject(subject, span));
        Expression { kind: ExpressionKind::Compare { operator, left, right: Box::new(right) }, span }
    }

    fn bind(&mut self, name: &ast::Identifier, value: Expression, bindings: &mut Vec<Statement>) {
        let span = self.span(name);
        let target = Target::Name(name.as_str().to_owned(), span);
        let kind = StatementKind::Assign { target, value, local: false, export: false };
        bindings.push(Statement { kind, span });
    }
}

/// All of several tests as one.
fn all_of(mut tests: Vec<Expression>, span: Span) -> Expression {
    match tests.len() {
        1 => tests.remove(0),
        _ => Expression { kind: ExpressionKind::And(tests), span },
    }
}

fn whole_number(number: i64, span: Span) -> Expression {
    let literal = Literal::Number(Number::Int(number), number.to_string());
    Expression { kind: ExpressionKind::Literal(literal), span }
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
