//! Each file in `cases` is a document; its snapshot shows the scripts in it as they are lowered, with the
//! characters that stand at the spans of the literals that are words.

// The cases are files.
#![allow(clippy::disallowed_methods)]

use super::programs;
use crate::input::shell::tests::{print, spans};
use crate::input::{Limits, yaml};
use crate::script::{ExpressionKind, Literal};
use crate::source::Sources;
use std::fmt::Write;

fn lowered(path: &str, text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add(path, text);
    let source = sources.get(id);
    let limits = Limits::default();
    let mut out = String::new();
    for document in &yaml::read(source, id, &limits).documents {
        for program in programs(document, source, path, &limits) {
            out.push_str(&print::program(&program, &|span| source.slice(span).to_string()));
            out.push('\n');
            spans::expressions(&program.body, &mut |expression| {
                if let ExpressionKind::Literal(Literal::Text(text)) = &expression.kind {
                    let written = source.slice(expression.span);
                    let made_up = matches!(text.as_str(), "cd" | "tee" | "-a")
                        || super::actions::is_made_up(expression);
                    if !made_up
                        && !written.contains(text.trim())
                        && !written.contains(['\\', '$', '/', '\'', '"'])
                    {
                        let _ = writeln!(out, "?? {text:?} is not in {written:?}");
                    }
                }
            });
        }
    }
    out
}

#[test]
fn scripts_in_documents_are_lowered() {
    insta::glob!("cases/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(format!("{text}\n-----\n\n{}", lowered(&name, &text)));
    });
}

#[test]
fn words_of_embedded_scripts_point_into_the_document() {
    // The last line holds blanks beyond the script's indentation.
    let text = "jobs:\n  a:\n    steps:\n      - run: |\n          gcloud run deploy api \\\n            --memory=512Mi\n              \n      - run: ls\n";
    let mut sources = Sources::new();
    let id = sources.add("w.yml", text);
    let source = sources.get(id);
    let documents = yaml::read(source, id, &Limits::default()).documents;
    let all = programs(&documents[0], source, "w.yml", &Limits::default());
    let mut words = Vec::new();
    spans::expressions(&all[0].body, &mut |expression| {
        if matches!(expression.kind, ExpressionKind::Literal(_)) {
            words.push(source.slice(expression.span));
        }
    });
    assert_eq!(words, ["gcloud", "run", "deploy", "api", "--memory=", "512Mi"]);
}

#[test]
fn other_documents_hold_no_scripts() {
    assert_eq!(lowered("a.yaml", "services:\n  web:\n    image: a\n"), "");
    assert_eq!(lowered("a.yaml", "kind: Pod\nspec: {containers: [{name: a, args: [b]}]}\n"), "");
}
