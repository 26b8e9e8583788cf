//! Every row's example holds, checked and unchecked; and the table has no two rows that the engine would
//! take for one.

use super::rows;
use crate::cel::{Activation, Declarations, Expected, compile, compile_unchecked};
use crate::source::{SourceId, TextMap};
use crate::value::Condition;
use std::collections::BTreeSet;

#[test]
fn examples_hold() {
    for row in rows() {
        let map = TextMap::identity(SourceId::FIRST, 0, row.example.len());
        let checked = compile(row.example, &map, &Declarations::default(), Expected::Bool);
        let unchecked = compile_unchecked(row.example, &map);
        for expression in [checked, unchecked] {
            let expression = expression.unwrap_or_else(|errors| panic!("{}: {errors:?}", row.example));
            let worlds = expression.worlds(&Activation::new(), &Condition::always(), 1);
            assert!(worlds.iter().all(|world| world.outcome.is_true()), "{}: {worlds:?}", row.example);
        }
    }
}

#[test]
fn rows_are_sound() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert((row.name, row.member)), "{} has two rows", row.name);
        assert!(!row.doc.is_empty() && !row.doc.ends_with('.'), "{}", row.name);
        let bare = row.name.rsplit('.').next().unwrap();
        assert!(row.example.contains(bare), "{} is not in its example", row.name);
        assert!(!row.member || row.signatures.iter().all(|one| !one.params.is_empty()), "{}", row.name);
    }
}
