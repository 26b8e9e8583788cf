//! Google Cloud Build: build steps.
//!
//! A step runs the image's program with `args`, or a `script`. `$_NAME`, `$PROJECT_ID` and their like are
//! filled in by Cloud Build before anything runs; `$$` is a dollar for the shell. Defaults stand in
//! `substitutions` and give way to the trigger's.
//!
//! <https://cloud.google.com/build/docs/build-config-file-schema>,
//! <https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values>

use super::text::{self, scalar};
use super::{At, bound, change_directory, exported, input, literal};
use crate::document::Ref;
use crate::input::{shell, text_map};
use crate::script::{
    Block, Command, Expression, ExpressionKind, Job, Literal, Program, Statement, StatementKind,
};
use crate::source::{Span, TextMap};

pub(super) fn is_build(root: Ref<'_>) -> bool {
    root.get("steps").is_some_and(|steps| {
        steps.items().next().is_some()
            && steps.items().all(|step| {
                step.get("name").is_some()
                    && ["args", "script", "entrypoint"].iter().any(|key| step.get(key).is_some())
            })
    })
}

pub(super) fn programs(root: Ref<'_>, at: At<'_>) -> Vec<Program> {
    let build = Build { root, at };
    let one = |step: Ref<'_>| {
        let program = build.step(step)?;
        let program = super::tolerated(super::plain_tolerance(step, "allowFailure"), program);
        Some(Program { job: Some(Job::alone(root.span())), ..program })
    };
    root.get("steps").into_iter().flat_map(Ref::items).filter_map(one).collect()
}

#[derive(Clone, Copy)]
struct Build<'a> {
    root: Ref<'a>,
    at: At<'a>,
}

impl<'a> Build<'a> {
    fn step(self, step: Ref<'a>) -> Option<Program> {
        let mut before = Vec::new();
        for level in [self.root.get("options"), Some(step)].into_iter().flatten() {
            for item in level.get("env").into_iter().flat_map(Ref::items) {
                self.environment(item, &mut before);
            }
        }
        if let Some(directory) = step.get("dir").filter(|directory| directory.text().is_some()) {
            before.push(change_directory(self.value(directory), directory.span()));
        }
        if let Some(script) = step.get("script").filter(|script| script.text().is_some()) {
            let map = text_map(self.at.source, script);
            let program = shell::lower(script.text()?, &map, self.at.limits);
            return Some(super::program(script.span(), before, vec![program], Vec::new()));
        }
        let args: Vec<Ref<'a>> = match step.get("args") {
            Some(args) if args.text().is_some() => vec![args],
            Some(args) => args.items().collect(),
            None => Vec::new(),
        };
        let first = self.program_name(step)?;
        if let Some(script) = inline_script(&first, &args) {
            let program = self.script(script, &mut before);
            return Some(super::program(script.span(), before, vec![program], Vec::new()));
        }
        let span = step.span();
        let words = first.into_iter().chain(args.iter().map(|arg| self.value(*arg))).collect::<Vec<_>>();
        if words.is_empty() {
            return None;
        }
        let command = Command::Words { words, environment: Vec::new(), input: None };
        let run = Expression { kind: ExpressionKind::Run(command), span };
        before.push(Statement { kind: StatementKind::Expression(run), span });
        Some(super::program(span, before, Vec::new(), Vec::new()))
    }

    /// The word that the arguments follow: the entry point, or the program that the builder image is
    /// named after. The outer `None`: an image whose program is not known.
    fn program_name(self, step: Ref<'a>) -> Option<Option<Expression>> {
        if let Some(entrypoint) = step.get("entrypoint").filter(|entrypoint| entrypoint.text().is_some()) {
            return Some(Some(self.value(entrypoint)));
        }
        let image = step.get("name")?;
        let reference = image.text()?;
        let without_digest = reference.split('@').next()?;
        let (path, last) = without_digest.rsplit_once('/').unwrap_or(("", without_digest));
        let last = last.split(':').next()?;
        match last {
            // These images start what the first argument names.
            "cloud-sdk" | "google-cloud-cli" => Some(None),
            _ if path.ends_with("cloud-builders") => Some(Some(literal(last, image.span()))),
            _ => None,
        }
    }

    /// `NAME=value` in a list.
    fn environment(self, item: Ref<'a>, before: &mut Block) {
        let Some((name, _)) = item.text().and_then(|text| text.split_once('=')) else { return };
        let map = text_map(self.at.source, item);
        let value = self.value_from(item, name.len() + 1);
        before.push(exported(name, map.span(0, name.len()), value));
    }

    fn value(self, node: Ref<'a>) -> Expression {
        let mut value =
            scalar(node, self.at, text::dollars, &mut |name, span, _, _| self.substitution(name, span));
        let parts = match &mut value.kind {
            ExpressionKind::Join(parts) => parts.as_mut_slice(),
            _ => std::slice::from_mut(&mut value),
        };
        for part in parts {
            if let ExpressionKind::Literal(Literal::Text(text)) = &mut part.kind {
                *text = text.replace("$$", "$");
            }
        }
        value
    }

    /// A scalar's value from byte `from` of its text on.
    fn value_from(self, node: Ref<'a>, from: usize) -> Expression {
        let whole = self.value(node);
        let span = whole.span;
        let ExpressionKind::Join(parts) = whole.kind else { return literal("", span) };
        // The text is cut behind its `NAME=`.
        let skipped = node.text().map_or(0, |text| text.get(..from).map_or(0, str::len)).min(1);
        text::join(parts.into_iter().skip(skipped).collect(), span)
    }

    fn substitution(self, name: &str, span: Span) -> Expression {
        let declared = self.root.path(&["substitutions", name]).filter(|value| value.text().is_some());
        let default = declared.map(|value| {
            scalar(value, self.at, text::dollars, &mut |inner, span, _, _| input(inner, None, span))
        });
        input(name, default, span)
    }

    /// A script in `args`: substitutions are bound, `$$` becomes the shell's dollar.
    fn script(self, node: Ref<'a>, before: &mut Block) -> Program {
        let written = node.text().unwrap_or_default();
        let map = text_map(self.at.source, node);
        let mut names: Vec<&str> = Vec::new();
        for found in text::dollars(written) {
            let Some(name) = written.get(found.inner.clone()) else { continue };
            if !names.contains(&name) && is_substitution(name) {
                names.push(name);
                let span = map.span(found.range.start, found.range.end);
                before.push(bound(name.to_string(), span, self.substitution(name, span)));
            }
        }
        let (text, map) = without_double_dollars(written, &map, node.span());
        shell::lower(&text, &map, self.at.limits)
    }
}

/// The script behind `bash -c`, `bash -euo pipefail -c`.
fn inline_script<'a>(program: &Option<Expression>, args: &[Ref<'a>]) -> Option<Ref<'a>> {
    let name = match program {
        Some(Expression { kind: ExpressionKind::Literal(Literal::Text(name)), .. }) => name,
        Some(_) => return None,
        None => args.first()?.text()?,
    };
    if !matches!(name.rsplit('/').next(), Some("bash" | "sh")) {
        return None;
    }
    let option = args.iter().position(|arg| {
        arg.text().is_some_and(|text| text.starts_with('-') && !text.starts_with("--") && text.ends_with('c'))
    })?;
    args.get(option + 1).copied().filter(|script| script.text().is_some())
}

/// Names that Cloud Build fills in; others are left to the shell only if written with `$$`, so that a
/// build with an unknown one does not start.
fn is_substitution(name: &str) -> bool {
    const BUILT_IN: &[&str] = &[
        "BRANCH_NAME",
        "BUILD_ID",
        "COMMIT_SHA",
        "LOCATION",
        "PROJECT_ID",
        "PROJECT_NUMBER",
        "REF_NAME",
        "REPO_FULL_NAME",
        "REPO_NAME",
        "REVISION_ID",
        "SERVICE_ACCOUNT",
        "SERVICE_ACCOUNT_EMAIL",
        "SHORT_SHA",
        "TAG_NAME",
        "TRIGGER_BUILD_CONFIG_PATH",
        "TRIGGER_NAME",
    ];
    name.starts_with('_') || BUILT_IN.contains(&name)
}

/// The text with one dollar for two, and the map that leads from it to the file.
fn without_double_dollars(text: &str, map: &TextMap, whole: Span) -> (String, TextMap) {
    if !text.contains("$$") {
        return (text.to_string(), map.clone());
    }
    let mut out = String::with_capacity(text.len());
    let mut anchors = Vec::new();
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let mut at_line_start = true;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let doubled = c == '$' && characters.next_if(|&(_, next)| next == '$').is_some();
        // Lines of a block scalar are indented in the file, so each begins a stretch of its own.
        if at_line_start || doubled || anchors.is_empty() {
            anchors.push((number(out.len()), map.span(at, at).start));
        }
        out.push(c);
        if doubled {
            anchors.push((number(out.len()), map.span(at + 2, at + 2).start));
        }
        at_line_start = c == '\n';
    }
    let map = match map.is_exact() {
        true => TextMap::stretches(map.source(), anchors, whole),
        false => TextMap::whole(whole),
    };
    (out, map)
}
