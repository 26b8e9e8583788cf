//! How much one evaluation may do besides visiting elements: comparing, copying and matching inside of
//! functions, which a loop can multiply.

use super::{Outcome, fault};
use crate::cel::limits;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

thread_local! {
    /// What is left. An evaluation stays on its thread, and functions are handed nothing but their
    /// arguments, so that the count cannot be with the session.
    static LEFT: Cell<usize> = const { Cell::new(limits::WORK) };
}

thread_local! {
    /// The texts of which [`first`] was asked.
    static SEEN: RefCell<HashSet<String>> = RefCell::default();
}

/// An evaluation begins.
pub(in crate::cel) fn begin() {
    LEFT.set(limits::WORK);
    SEEN.with_borrow_mut(HashSet::clear);
}

/// Whether the evaluation asks of a text for the first time. Fails when it has had its share.
pub(in crate::cel) fn first(text: &str) -> Outcome<bool> {
    charge(0)?;
    Ok(SEEN.with_borrow_mut(|seen| !seen.contains(text) && seen.insert(text.to_owned())))
}

/// Counts so many elements or characters; fails when the evaluation has had its share.
pub(in crate::cel) fn charge(amount: usize) -> Outcome<()> {
    let left = LEFT.get().saturating_sub(amount.saturating_add(1));
    LEFT.set(left);
    if left == 0 {
        return Err(fault::limit(
            limits::code::WORK,
            format!("the evaluation takes more than {} steps", limits::WORK),
        ));
    }
    Ok(())
}
