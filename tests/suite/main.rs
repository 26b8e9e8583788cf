//! The one integration binary: one link for all tests that use the program from outside.

mod bad_input;
mod examples;
mod honesty;
mod house;
mod interpret;
mod mutations;
mod pack;
mod run;
mod secrets;
