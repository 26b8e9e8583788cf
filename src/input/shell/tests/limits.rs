use super::{lower, print};
use crate::input::Limits;
use crate::source::{SourceId, TextMap};

fn codes(text: &str) -> Vec<&'static str> {
    lower(text).diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect()
}

#[test]
fn nesting_without_bound_is_told_and_not_followed() {
    for unit in ["(", "{ ", "$(", "\"$(", "[[ (", "a[", "${X:-", "((", "`"] {
        let text = unit.repeat(100_000);
        assert!(!codes(&text).is_empty(), "{unit}");
    }
}

#[test]
fn deep_but_balanced_nesting_meets_the_depth_limit() {
    let text = format!("{}x{}", "( ".repeat(400), " )".repeat(400));
    assert_eq!(codes(&text), ["input-limit"]);
    let text = format!("{}x{}", "if a; then\n".repeat(2_000), "\nfi".repeat(2_000));
    assert_eq!(codes(&text), ["input-limit"]);
    let text = format!("X={}d{}", "${X:-".repeat(300), "}".repeat(300));
    assert_eq!(codes(&text), ["input-limit"]);
}

#[test]
fn long_lists_and_pipelines_are_no_nesting() {
    assert!(codes(&vec!["a"; 20_000].join(" && ")).is_empty());
    assert!(codes(&vec!["a"; 5_000].join(" | ")).is_empty());
}

#[test]
fn too_long_a_text_is_told() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    let text = "echo 1; echo 2";
    let program = super::super::lower(text, &TextMap::identity(SourceId::FIRST, 0, text.len()), &limits);
    assert_eq!(program.diagnostics[0].code.0, "input-limit");
}

#[test]
fn a_broken_place_is_told_and_the_rest_is_read() {
    let text = "A=1\nif then )\ngcloud run deploy x\n";
    assert!(codes(text).contains(&"shell-syntax"));
    assert!(print(text).contains("'gcloud' 'run' 'deploy' 'x'"), "{}", print(text));
}
