//! How much one evaluation may do besides visiting elements: comparing, copying and matching inside of
//! functions, which a loop can multiply.

use super::{Outcome, fault};
use crate::cel::limits;
use std::cell::Cell;

thread_local! {
    /// What is left. An evaluation stays on its thread, and functions are handed nothing but their
    /// arguments, so that the count cannot be with the session.
    static LEFT: Cell<usize> = const { Cell::new(limits::WORK) };
}

/// An evaluation begins.
pub(in crate::cel) fn begin() {
    LEFT.set(limits::WORK);
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
