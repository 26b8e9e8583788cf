use super::programs;
use crate::input::Limits;
use crate::input::shell::tests::{print, spans};
use crate::script::{ExpressionKind, Literal};
use crate::source::Sources;

/// The programs of a file, printed, and the characters of its literals.
fn lowered(text: &str) -> (String, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add("Makefile", text);
    let source = sources.get(id);
    let (mut printed, mut literals) = (String::new(), Vec::new());
    let (all, _) = programs(source, id, &Limits::default());
    for program in &all {
        printed.push_str(&print::program(program, &|span| source.slice(span).to_string()));
        printed.push('\n');
        spans::expressions(&program.body, &mut |expression| {
            if let ExpressionKind::Literal(Literal::Text(text)) = &expression.kind {
                literals.push(format!("{text} at {:?}", source.slice(expression.span)));
            }
        });
    }
    (printed, literals)
}

#[test]
fn words_of_recipes_stand_in_the_file() {
    let (_, literals) = lowered(
        "MEMORY ?= 512Mi\n.PHONY: deploy\ndeploy: build\n\t@gcloud run deploy api \\\n\t\t--memory=$(MEMORY) --tag=v$@-é $$HOME\n",
    );
    for expected in [
        "512Mi at \"512Mi\"",
        "gcloud at \"gcloud\"",
        "--memory= at \"--memory=\"",
        "deploy at \"$@\"",
        "-é at \"-é\"",
    ] {
        assert!(literals.iter().any(|literal| literal == expected), "{expected} in {literals:?}");
    }
}

#[test]
fn hostile_files_end() {
    for text in [
        "a: ".to_string() + &"$(".repeat(50_000),
        format!("X = {}\na:\n\techo $(X)\n", "$(or ".repeat(10_000) + &")".repeat(10_000)),
        "ifeq (a,a)\n".repeat(20_000) + "X=1\na:\n\techo\n",
        format!("a: {}\n\techo\n", "a ".repeat(50_000)),
        (0..3_000).map(|n| format!("t{n}: t{} \nt{n}: V{n} = {n}\nt{n}:\n\techo\n", n + 1)).collect(),
        "\tx\n\\".to_string(),
        "a:\n\t$\n\t$(\n\t${}\n".to_string(),
        "define x\n".to_string(),
        "\u{feff}X := 1\r\na:\r\n\techo $(X)\r\n".to_string(),
    ] {
        let (printed, _) = lowered(&text);
        assert!(printed.len() < 1 << 30);
    }
}
