//! The comments of documents, whatever their format.

use crate::document::{Document, NodeKind, Ref, Style};
use crate::input::dockerfile::{Body, Command, Dockerfile, Instruction};
use crate::input::{Format, Limits, shell};
use crate::source::{ADDRESSED, Comments, Source, Span};

/// The comments of a document, and its scalars over several lines, in which none can stand. A block scalar
/// of several lines is left open: it may be a script, which has comments of its own.
pub fn of_document(document: &Document, source: &Source) -> Comments {
    let mut found = Comments::default();
    for comment in &document.comments {
        found.add(source, comment.span);
    }
    found.closed = document.ids().filter_map(|id| closed(document.at(id), source)).collect();
    found
}

fn closed(node: Ref<'_>, source: &Source) -> Option<Span> {
    let NodeKind::Scalar { text, style, .. } = &node.node().kind else { return None };
    let span = node.span();
    let lines = source.lines();
    let (first, last) = (lines.index_of(span.start as usize), lines.index_of((span.end as usize).max(1) - 1));
    match style {
        // The header of a block scalar stands on the line before.
        Style::Block if !text.trim_end().contains('\n') => {
            let header = lines.range(source.text(), first.checked_sub(1)?).end;
            Some(Span::new(span.source, header, span.end as usize))
        }
        Style::Plain | Style::Quoted if first < last => Some(span),
        _ => None,
    }
}

/// The comments of a Dockerfile, and those of the scripts that it runs.
pub fn of_dockerfile(file: &Dockerfile, source: &Source, limits: &Limits) -> Comments {
    let mut found = Comments::default();
    for comment in &file.comments {
        found.add(source, comment.span);
    }
    for instruction in file.stages.iter().flat_map(|stage| &stage.instructions) {
        of_instruction(instruction, limits, &mut found);
    }
    found
}

fn of_instruction(instruction: &Instruction, limits: &Limits, found: &mut Comments) {
    let mut script = |text: &str, map| {
        if text.contains(ADDRESSED) {
            found.append(&mut shell::lower(text, map, limits).comments);
        }
    };
    match &instruction.body {
        Body::Command(Command::Shell { text, map, .. })
        | Body::Healthcheck(Some(Command::Shell { text, map, .. })) => {
            script(text, map);
        }
        Body::OnBuild(inner) => return of_instruction(inner, limits, found),
        _ => {}
    }
    // A here-document is a script where it is all that RUN runs; else a program reads it, or a file it is.
    let is_script = match &instruction.body {
        Body::Command(Command::Shell { text, .. }) => text.trim_start().starts_with("<<"),
        _ => false,
    };
    for heredoc in instruction.heredocs.iter().filter(|_| is_script && instruction.keyword == "RUN") {
        let first = heredoc.text.lines().next().unwrap_or_default();
        if !first.starts_with("#!") || Format::of_first_line(first) == Some(Format::Shell) {
            script(&heredoc.text, &heredoc.map);
        }
    }
}
