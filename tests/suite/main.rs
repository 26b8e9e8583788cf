//! The one integration binary: one link for all tests that use the library from outside.

mod house;
