//! Statements.

use super::Interpreter;
use super::flow::{Arm, Way};
use super::loops::While;
use super::path::{MOST_CASES, Path, Side, Test, refined};
use super::store::Content;
use super::values::{Kind, Val};
use crate::provenance::Step;
use crate::script::{Clause, ExpressionKind, Literal, Scoping, Statement, StatementKind, Target};
use crate::source::Span;
use crate::value::{Atom, Condition, Operand, Operator};

impl Interpreter<'_> {
    /// Runs statements until the path ends.
    pub(super) fn block(&mut self, block: &[Statement]) {
        let Some(first) = block.first() else { return };
        if !self.deeper(first.span) {
            return;
        }
        for statement in block {
            if !self.live || !self.step(statement.span) {
                break;
            }
            self.statement(statement);
        }
        self.nesting -= 1;
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Expression(expression) => {
                self.effect(expression);
            }
            StatementKind::Assign { target, value, local, export } => {
                let value = self.eval(value);
                self.assign(target, value, *local);
                if *export
                    && let Target::Name(name, _) = target
                    && !self.exports.iter().any(|have| **have == **name)
                {
                    self.exports.push(name.as_str().into());
                }
            }
            StatementKind::Augment { target, operator, value } => self.augment(target, *operator, value),
            StatementKind::If { clauses, otherwise } => self.clauses(clauses, otherwise),
            StatementKind::For { target, iterable, body, otherwise } => {
                self.for_loop(target, iterable, body, otherwise);
            }
            StatementKind::While { before, condition, body, after } => {
                self.while_loop(&While { before, condition, body, after });
            }
            StatementKind::Shift(count) => self.shift(count),
            StatementKind::Arguments(elements) => {
                let items = self.elements(elements);
                self.set_arguments(items);
            }
            StatementKind::ByArguments { known, otherwise } => {
                self.block(if self.arguments_are_known() { known } else { otherwise });
            }
            StatementKind::Source(path) => {
                let value = self.eval(path);
                if let Some(name) = self.path_of_file(&value) {
                    self.source_file(&name, statement.span);
                }
            }
            StatementKind::Evaluate(text) => {
                let value = self.eval(text);
                self.evaluate(&value, text.span, statement.span);
            }
            StatementKind::Print(text) => {
                let value = self.eval(text);
                self.print(value, text.span);
            }
            StatementKind::Silent(block) => {
                self.capture_output(|this| this.block(block));
            }
            StatementKind::Try { body, handlers, otherwise, finally } => {
                self.attempt(statement.span, body, handlers, otherwise);
                self.block(finally);
            }
            StatementKind::Return(value) => {
                let value = value.as_ref().map_or_else(Val::null, |value| self.eval(value));
                self.leave(Way::Return, value);
            }
            StatementKind::Break => self.leave(Way::Break, Val::unbound()),
            StatementKind::Continue => self.leave(Way::Continue, Val::unbound()),
            StatementKind::Exit => self.live = false,
            StatementKind::Global(names) => self.declare_outer(names),
            StatementKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StatementKind::Function(function) => {
                self.defined.insert(function.span);
                let value = self.closure(function, None);
                match self.rules.scoping {
                    Scoping::Lexical => self.bind(&function.name, value, false),
                    // Functions of a dynamically scoped language live beside its variables.
                    Scoping::Dynamic => {
                        let name = format!("{}()", function.name);
                        let value = self.defined_here(value, self.bound(&name).is_none());
                        self.bind(&name, value, false);
                    }
                }
            }
            StatementKind::Class(class) => self.define_class(class),
            StatementKind::Import { module, names, binding } => {
                self.import(module, names, binding.as_deref(), statement.span);
            }
            StatementKind::Block(block) => self.block(block),
            StatementKind::Subshell(block) => self.subshell(block),
            StatementKind::Ignoring(ignoring, block) => self.ignoring(ignoring, block),
        }
    }

    /// A function that is defined in a branch for the first time is defined nowhere else: there its name
    /// is that of a program.
    fn defined_here(&mut self, function: Val, is_new: bool) -> Val {
        let condition = self.path.shown.clone();
        if !is_new || condition.is_always() {
            return function;
        }
        let elsewhere = Side::opposite(&condition).cases;
        let elsewhere = elsewhere.into_iter().map(|case| (case, Val::unbound()));
        let all: Vec<_> = [(condition, function)].into_iter().chain(elsewhere).collect();
        Val::new(Kind::Either(std::rc::Rc::new(all)), None)
    }

    /// The tests in order, each on the path on which those before it failed; then all branches at once
    /// are merged, so that a long chain costs no more than its branches.
    fn clauses(&mut self, clauses: &[Clause], otherwise: &[Statement]) {
        let entry = self.path.clone();
        let mut arms: Vec<Arm> = Vec::new();
        let mut before = vec![Condition::always()];
        for clause in clauses {
            if self.quiet && self.calls.is_empty() && tests_literals(&clause.condition) {
                // The lowering's answer to whether the file is the one that is run; here it is imported.
                break;
            }
            let test = self.test(&clause.condition);
            match test.outcome() {
                Some(false) => continue,
                Some(true) => {
                    self.branch_of(&mut arms, &entry, &before, Side::of(Condition::always()), &clause.body);
                    return self.join_chain(arms, entry);
                }
                None => {}
            }
            let (yes, no) = self.sides(&test, &clause.condition);
            self.branch_of(&mut arms, &entry, &before, yes, &clause.body);
            let Some(path) = self.enter(&self.path, &no.path, true) else {
                return self.join_chain(arms, entry);
            };
            self.path = path;
            before = self.both(&entry, &before, &no);
        }
        self.branch_of(&mut arms, &entry, &before, Side::of(Condition::always()), otherwise);
        self.join_chain(arms, entry);
    }

    /// Runs one branch of a chain. Its cases count from the chain's entry.
    fn branch_of(
        &mut self,
        arms: &mut Vec<Arm>,
        entry: &Path,
        before: &[Condition],
        side: Side,
        body: &[Statement],
    ) {
        let cases = self.both(entry, before, &side);
        let told = match cases.as_slice() {
            [one] => one.clone(),
            _ => self.since(entry, &side),
        };
        let mut arm = self.arm(side, true, |this| {
            this.block(body);
            Val::unbound()
        });
        arm.entry = told;
        arm.cases = cases;
        arms.push(arm);
    }

    /// Where the tests before failed and this side is taken; as one condition where there are too many.
    fn both(&self, entry: &Path, before: &[Condition], side: &Side) -> Vec<Condition> {
        let pair = |one: &Condition, case: &Condition| one.and(case).and_then(refined);
        let pairs = before.iter().flat_map(|one| side.cases.iter().filter_map(move |case| pair(one, case)));
        let cases: Vec<Condition> = pairs.take(MOST_CASES + 1).collect();
        if cases.len() <= MOST_CASES && !cases.is_empty() {
            return cases;
        }
        vec![self.since(entry, side)]
    }

    /// What a side of a test adds to what was known at the chain's entry, as one condition.
    fn since(&self, entry: &Path, side: &Side) -> Condition {
        let here = self.enter(&self.path, &side.path, false).unwrap_or_else(|| self.path.clone());
        here.all.without(&entry.all)
    }

    fn join_chain(&mut self, mut arms: Vec<Arm>, entry: Path) {
        self.path = entry;
        if arms.len() == 1
            && let Some(arm) = arms.pop()
        {
            // Every other branch was ruled out.
            self.join(vec![arm]);
            return;
        }
        self.join(arms);
    }

    /// What the body does stands; a handler is another circumstance, in which only what it sets itself
    /// differs.
    fn attempt(
        &mut self,
        span: Span,
        body: &[Statement],
        handlers: &[Vec<Statement>],
        otherwise: &[Statement],
    ) {
        if handlers.iter().all(|handler| handler.is_empty()) {
            self.block(body);
            return self.block(otherwise);
        }
        let input = self.event_name("an error");
        let failed = Atom { input, operator: Operator::Holds, operand: Operand::None, span };
        let fine = Side::of(Condition::of(failed.negated()));
        let events = self.next_event;
        let mut cannot_fail = false;
        let mut arms = vec![self.arm(fine, false, |this| {
            this.block(body);
            cannot_fail = this.next_event == events;
            if this.live {
                this.block(otherwise);
            }
            Val::unbound()
        })];
        let is_known = |content: &Content| match content {
            Content::Variable(value) => !matches!(value.kind, Kind::Unknown(..) | Kind::Either(_)),
            _ => true,
        };
        if let [done] = arms.as_mut_slice()
            && (cannot_fail && !done.ran && done.live && done.changes.values().all(is_known))
        {
            // Everything in it is known and nothing of it runs a command: nothing can have failed.
            self.forget_atom(&failed.negated());
            done.path = self.path.clone();
            self.join(arms);
            return;
        }
        // Of several handlers one runs; telling them apart would need conditions that nobody can read.
        for handler in handlers {
            let side = Side::of(Condition::of(failed.clone()));
            let arm = self.arm(side, true, |this| {
                this.block(handler);
                Val::unbound()
            });
            if arm.live || arms.len() == 1 {
                arms.truncate(1);
                arms.push(arm);
            }
        }
        if let [done, handled] = arms.as_mut_slice()
            && done.live
        {
            for (slot, content) in &done.changes {
                if !matches!(content, Content::Absent) {
                    handled.changes.entry(*slot).or_insert_with(|| content.clone());
                }
            }
        }
        self.join(arms);
    }

    /// Runs a block whose changes are lost and whose exit ends only itself.
    pub(super) fn subshell(&mut self, block: &[Statement]) {
        let path = self.path.clone();
        self.store.push();
        self.block(block);
        let mut changes = self.store.take_back();
        // What it printed is not lost.
        for slot in &self.captures {
            if let Some(printed) = changes.remove(slot) {
                self.store.set(*slot, printed);
            }
        }
        self.path = path;
        self.live = true;
    }

    fn delete(&mut self, target: &Target) {
        match target {
            Target::Name(name, _) => self.bind(name, Val::unbound(), false),
            Target::Index(object, key, _) => {
                let (object, key) = (self.eval(object), self.eval(key));
                self.remove_key(&object, &key);
            }
            Target::Tuple(targets, _) => targets.iter().for_each(|(target, _)| self.delete(target)),
            Target::Attribute(..) | Target::Ignored(_) => {}
        }
    }

    /// An expression that stands as a statement: `a && b`, `a || b` run commands one behind the other.
    fn effect(&mut self, expression: &crate::script::Expression) {
        let value = match &expression.kind {
            ExpressionKind::And(operands) => return self.chain(operands, true),
            ExpressionKind::Or(operands) => return self.chain(operands, false),
            _ => self.eval(expression),
        };
        let _ = value;
    }

    /// The operands in order, as long as the ones before came out as `wanted`. That a command succeeds
    /// is taken for granted; that one fails is a circumstance.
    fn chain(&mut self, operands: &[crate::script::Expression], wanted: bool) {
        let Some((first, rest)) = operands.split_first() else { return };
        if rest.is_empty() {
            return self.effect(first);
        }
        let is_command = matches!(first.kind, ExpressionKind::Run(_) | ExpressionKind::Call { .. });
        if is_command && wanted {
            self.effect(first);
            return self.chain(rest, wanted);
        }
        if !self.deeper(first.span) {
            return;
        }
        let test = self.test(first);
        match test.outcome() {
            Some(outcome) if outcome == wanted => self.chain(rest, wanted),
            Some(_) => {}
            None => {
                let (yes, no) = self.sides(&test, first);
                let (taken, other) = if wanted { (yes, no) } else { (no, yes) };
                let taken = self.arm(taken, true, |this| {
                    this.chain(rest, wanted);
                    Val::unbound()
                });
                let other = self.arm(other, true, |_| Val::unbound());
                self.join(vec![taken, other]);
            }
        }
        self.nesting -= 1;
    }

    /// Tests of a value that is at hand, named by what it is.
    pub(super) fn test_of(&mut self, value: &Val, expression: &crate::script::Expression) -> Test {
        let test = self.truth(value, expression);
        test.on(&self.path)
    }

    /// A value under its step, for targets.
    pub(super) fn assigned(&mut self, value: Val, span: Span) -> Val {
        match value.kind {
            Kind::Object(_) => value,
            _ => self.with_step(value, span, Step::Assigned),
        }
    }
}

/// Whether a test has nothing but literals to decide it.
fn tests_literals(condition: &crate::script::Expression) -> bool {
    match &condition.kind {
        ExpressionKind::Literal(literal) => !matches!(literal, Literal::Null),
        ExpressionKind::Compare { left, right, .. } => tests_literals(left) && tests_literals(right),
        _ => false,
    }
}
