use super::{check, span};
use crate::report::sample::incidents;
use crate::source::{Sources, Span};

#[test]
fn columns_are_code_points_a_mark_is_three_bytes_and_the_end_is_never_the_line_after() {
    let mut sources = Sources::new();
    let id = sources.add("a", "\u{feff}漢: x\r\nb: |\n  y\n\n");
    let of = |start, end| {
        let span = span(&sources, Span::new(id, start, end));
        (span.line, span.column, span.end_line, span.end_column, span.start, span.end)
    };
    assert_eq!(of(3, 6), (1, 1, 1, 2, 3, 6), "after the mark, one code point");
    assert_eq!(of(8, 11), (1, 4, 1, 5, 8, 9), "the line break is no part of it");
    assert_eq!(of(11, 22), (2, 1, 3, 4, 11, 19), "nor are empty lines");
    assert_eq!(of(9, 11), (1, 5, 1, 5, 9, 11), "a lone line break ends where it begins");
    assert_eq!(of(900, 901), (5, 1, 5, 1, 21, 21), "what lies outside is the end of the text");
}

#[test]
fn the_contract_of_check() {
    insta::assert_snapshot!(check(&incidents()));
}
