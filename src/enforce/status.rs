//! What a run comes to.

use super::Enforced;
use crate::diagnostic::Action;

/// How a run ended; each has an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing denies.
    Passed,
    /// Something denies.
    Denied,
    /// A run over folders found no subject, or asked no policy about any.
    NoSubject,
    /// The project file, a policy, a path or the output is wrong. Wins over all others.
    Wrong,
}

impl Status {
    /// The exit code of the contract.
    pub fn code(self) -> u8 {
        match self {
            Status::Passed => 0,
            Status::Denied => 1,
            Status::Wrong => 2,
            Status::NoSubject => 3,
        }
    }
}

/// The status of a run. `errors`: the project file or a policy is wrong, or a policy raised an error.
/// `no_subject`: folders were searched, and nothing was judged.
pub fn status(enforced: &Enforced, errors: bool, no_subject: bool) -> Status {
    let denies = enforced.findings.iter().chain(&enforced.undetermined).any(|one| one.action == Action::Deny);
    if errors {
        Status::Wrong
    } else if denies {
        Status::Denied
    } else if no_subject {
        Status::NoSubject
    } else {
        Status::Passed
    }
}
