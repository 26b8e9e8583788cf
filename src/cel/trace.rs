//! What the evaluations of one expression have met: which of its conditions were seen true and false,
//! and what was read. Kept only for expressions that somebody [observes](crate::cel::Expression::observed).

use super::evaluate::{Step, Verdict, step};
use super::world::Read;
use ::cel::common::ast::{Expr, IdedExpr};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

const TRUE: u8 = 1;
const FALSE: u8 = 2;

/// Reads that are kept; an example of a policy has a few dozen.
const READS: usize = 4096;

/// The record of one expression. Threads may share it.
#[derive(Debug)]
pub(super) struct Trace {
    /// What each node came to, by id from 1.
    outcomes: Vec<AtomicU8>,
    reads: Mutex<Vec<Read>>,
}

impl Trace {
    pub(super) fn new(nodes: usize) -> Trace {
        Trace { outcomes: (0..nodes).map(|_| AtomicU8::new(0)).collect(), reads: Mutex::default() }
    }

    fn cell(&self, id: u64) -> Option<&AtomicU8> {
        self.outcomes.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    /// Notes what a node came to. Only certain outcomes count as seen.
    pub(super) fn outcome(&self, id: u64, verdict: &Verdict) {
        let bit = match verdict {
            Verdict::True => TRUE,
            Verdict::False => FALSE,
            _ => return,
        };
        if let Some(cell) = self.cell(id) {
            cell.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Notes what one evaluation read, each place once.
    pub(super) fn read(&self, reads: Vec<Read>) {
        let mut all = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        for read in reads {
            let new = !all.iter().any(|have| have.path == read.path && have.place.span == read.place.span);
            if new && all.len() < READS {
                all.push(read);
            }
        }
    }

    /// Whether a node was seen true, and seen false.
    pub(super) fn seen(&self, id: u64) -> (bool, bool) {
        let bits = self.cell(id).map_or(0, |cell| cell.load(Ordering::Relaxed));
        (bits & TRUE != 0, bits & FALSE != 0)
    }

    pub(super) fn reads(&self) -> Vec<Read> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The conditions of which an expression is made: operands of `&&`, `||`, `!` and `?:`, and what a loop
/// asks of each element. Constants are none, and neither is an expression that is one condition as a
/// whole.
pub(super) fn conditions(root: &IdedExpr) -> Vec<u64> {
    let mut found = Vec::new();
    collect(root, true, &mut found);
    found
}

fn collect(expr: &IdedExpr, whole: bool, found: &mut Vec<u64>) {
    match step(expr) {
        Step::And(a, b) | Step::Or(a, b) => [a, b].iter().for_each(|one| collect(one, false, found)),
        Step::Not(operand) => collect(operand, whole, found),
        Step::Choice(condition, a, b) => {
            [condition, a, b].iter().for_each(|one| collect(one, false, found));
        }
        Step::Loop(_, _, asked) => {
            add(expr, whole, found);
            collect(asked, false, found);
        }
        Step::Bind(parts) => collect(&parts.result, whole, found),
        Step::Leaf => add(expr, whole, found),
    }
}

fn add(expr: &IdedExpr, whole: bool, found: &mut Vec<u64>) {
    if !whole && expr.id != 0 && !matches!(expr.expr, Expr::Literal(_)) {
        found.push(expr.id);
    }
}
