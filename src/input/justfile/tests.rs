use super::programs;
use crate::input::Limits;
use crate::input::shell::tests::spans;
use crate::script::{ExpressionKind, Literal};
use crate::source::Sources;

fn literals(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add("justfile", text);
    let source = sources.get(id);
    let mut literals = Vec::new();
    let (all, _) = programs(source, id, &Limits::default());
    for program in &all {
        spans::expressions(&program.body, &mut |expression| {
            if let ExpressionKind::Literal(Literal::Text(text)) = &expression.kind {
                literals.push(format!("{text} at {:?}", source.slice(expression.span)));
            }
        });
    }
    literals
}

#[test]
fn words_of_recipes_stand_in_the_file() {
    let all = literals(
        "memory := '512Mi'\n\n[private]\ndeploy env='staging' *rest: build (push env)\n    @gcloud run deploy api \\\n      \
         --memory={{ memory }} {{rest}}\n    ls é\n",
    );
    for expected in
        ["512Mi at \"'512Mi'\"", "staging at \"'staging'\"", "--memory= at \"--memory=\"", "é at \"é\""]
    {
        assert!(all.iter().any(|literal| literal == expected), "{expected} in {all:?}");
    }
}

#[test]
fn hostile_files_end() {
    for text in [
        format!("a := {}\nb:\n  echo\n", "(".repeat(100_000)),
        format!("a := {}'x'\nb:\n  echo\n", "if 'a' == 'a' { ".repeat(20_000)),
        format!("a: {}\n  echo\n", "(b ".repeat(50_000)),
        format!("a {}:\n  echo\n", "x='".repeat(10_001)),
        "a:\n  {{ {{ }}\n  {{{{ x\n  {{\n".to_string(),
        "a:\n    #!/usr/bin/env python3\n    print(1)\n".to_string(),
        "b := \"\\\nc:\n\techo {{env('X', 'y'\n".to_string(),
        "@\n:\na\n(:\n".to_string(),
    ] {
        let _ = literals(&text);
    }
}
