//! Room.
pub mod object;
