//! The one integration binary: one link for all tests that use the program, or several of its rooms, from
//! outside.

// Tests write files, run the program and panic at what they do not expect.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod action;
mod attempts;
mod bad_input;
mod checker;
mod documents;
mod examples;
mod executed;
mod explanation;
mod facts;
mod formats;
mod gates;
mod generated;
mod git;
mod honesty;
mod hostile;
mod house;
mod in_memory;
mod init;
mod install;
mod interpret;
mod limits;
mod language;
mod mistakes;
mod mutations;
mod pack;
mod pages;
mod picture;
mod reports;
mod policies_page;
mod run;
mod schemas;
mod secrets;
mod testing;
mod waivers;
mod yaml_suite;
