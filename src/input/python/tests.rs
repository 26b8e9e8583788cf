use crate::input::Limits;
use crate::input::python::lower;
use crate::script::Program;
use crate::source::{SourceId, Sources};

fn lowered(text: &str) -> Program {
    let mut sources = Sources::new();
    let id = sources.add("script.py", text);
    lower(sources.get(id), SourceId::FIRST, &Limits::default())
}

#[test]
fn nesting_without_end_is_told_and_not_followed() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("lambda: ", ""), ("f(", ")"), ("1+", "")]
    {
        let text = format!("before = 1\nx = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        let program = lowered(&text);
        assert_eq!(program.body.len(), 1, "what stands before is kept: {open}");
        assert!(program.diagnostics.iter().any(|diagnostic| diagnostic.code.0 == "input-limit"));
    }
    let program = lowered(&format!("x = {}1{}\n", "[".repeat(400), "]".repeat(400)));
    assert_eq!(program.diagnostics.len(), 1);
    assert_eq!(program.body.len(), 1);
}
