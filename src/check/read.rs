//! Reading one file: its documents, what its scripts may run, its code settings.

use super::{File, Selected, Settings};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::input::{
    Format, Read, dockerfile, dotenv, embedded, hcl, json, justfile, makefile, python, shell, toml, yaml,
};
use crate::model::{Artifact, Bypass, CodeSetting, CodeValue};
use crate::platform::{self, Trace};
use crate::provenance::Provenance;
use crate::script::{self, CodeFacts, Interpretation, Invocation, Modules, Program};
use crate::source::{SourceId, Sources, Span, TextMap};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What one file yields.
#[derive(Debug)]
pub(super) struct FileFacts {
    pub source: SourceId,
    pub documents: Vec<Document>,
    /// What a Dockerfile or an environment file is.
    pub artifact: Option<Artifact>,
    pub invocations: Vec<Invocation>,
    pub code: CodeFacts,
    /// The steps of this file's values.
    pub provenance: Provenance,
    pub diagnostics: Vec<Diagnostic>,
}

impl FileFacts {
    fn new(source: SourceId) -> FileFacts {
        FileFacts {
            source,
            documents: Vec::new(),
            artifact: None,
            invocations: Vec::new(),
            code: CodeFacts::default(),
            provenance: Provenance::new(),
            diagnostics: Vec::new(),
        }
    }
}

/// All texts of a run, with what reading any of them needs to know of the others.
pub(super) struct Texts<'a> {
    sources: &'a Sources,
    settings: &'a Settings,
    /// Script files by path, for imports.
    scripts: HashMap<&'a str, (SourceId, Format)>,
}

impl<'a> Texts<'a> {
    pub fn new(sources: &'a Sources, files: &[File], settings: &'a Settings) -> Texts<'a> {
        let is_script = |file: &&File| matches!(file.format, Format::Python | Format::Shell);
        let scripts = files.iter().filter(is_script);
        let scripts =
            scripts.map(|file| (sources.get(file.source).path(), (file.source, file.format))).collect();
        Texts { sources, settings, scripts }
    }

    /// Reads one file.
    pub fn read(&self, file: &File) -> FileFacts {
        let (id, source) = (file.source, self.sources.get(file.source));
        let limits = &self.settings.input;
        let mut facts = FileFacts::new(id);
        match file.format {
            Format::Yaml => self.document(yaml::read(source, id, limits), &mut facts),
            Format::Json => self.document(json::read(source, id, limits), &mut facts),
            Format::Toml => self.document(toml::read(source, id, limits), &mut facts),
            Format::Hcl => self.document(hcl::read(source, id, limits), &mut facts),
            Format::Dotenv => {
                let read = dotenv::read(source, id, limits);
                facts.diagnostics = read.diagnostics;
                let mut trace = Trace { sources: self.sources, provenance: &mut facts.provenance };
                let artifact = |document| platform::env_file::artifact(document, &mut trace);
                facts.artifact = read.documents.first().map(artifact);
            }
            Format::Dockerfile => {
                let mut dockerfile = dockerfile::read(source, id, limits);
                facts.diagnostics.append(&mut dockerfile.diagnostics);
                let mut trace = Trace { sources: self.sources, provenance: &mut facts.provenance };
                facts.artifact = platform::dockerfile::artifact(&dockerfile, &mut trace);
            }
            // Files that name no command which deploys have nothing to be followed for.
            Format::Makefile | Format::Justfile if !platform::may_deploy(source.text()) => {}
            Format::Makefile => self.programs(makefile::programs(source, id, limits), &mut facts),
            Format::Justfile => self.programs(justfile::programs(source, id, limits), &mut facts),
            Format::Python | Format::Shell => {
                let program = self.lower(id, file.format);
                facts.code = script::code_facts(&program, source.path(), source, facts.provenance.arena(id));
                // Application code is full of commands that deploy nothing, and following it is dear.
                let is_code = file.format == Format::Python && file.selected != Selected::Named;
                if is_code && !platform::may_deploy(source.text()) {
                    facts.diagnostics.extend(program.diagnostics);
                } else {
                    self.interpret(program, &mut facts);
                }
                without_command_words(&mut facts, file.format);
            }
        }
        facts
    }

    /// Takes documents, and the scripts that they hold.
    fn document(&self, read: Read, facts: &mut FileFacts) {
        facts.diagnostics.extend(read.diagnostics);
        for document in &read.documents {
            let source = self.sources.get(document.source);
            for program in embedded::programs(document, source, source.path(), &self.settings.input) {
                self.interpret(program, facts);
            }
        }
        facts.documents = read.documents;
    }

    fn programs(&self, (programs, told): (Vec<Program>, Vec<Diagnostic>), facts: &mut FileFacts) {
        facts.diagnostics.extend(told);
        for program in programs {
            self.interpret(program, facts);
        }
    }

    fn interpret(&self, mut program: Program, facts: &mut FileFacts) {
        let path = self.sources.get(program.source).path();
        facts.diagnostics.append(&mut program.diagnostics);
        let arena = facts.provenance.take(program.source);
        let Interpretation { invocations, arena, diagnostics, .. } =
            script::interpret(&program, path, self, &self.settings.script, arena);
        facts.provenance.add(arena);
        // Where nothing that deploys was met, a limit is no news: nobody asked to follow the script.
        let mut trace = Trace { sources: self.sources, provenance: &mut facts.provenance };
        let source = program.source;
        let mut deploys =
            |invocation: &Invocation| platform::recognise(source, invocation, &mut trace).is_some();
        let matters = diagnostics.is_empty() || invocations.iter().any(&mut deploys);
        // A limit that was met inside an imported module is told as the reason of whatever it left unknown.
        let own = |told: &Diagnostic| told.primary.span.source == source;
        facts.diagnostics.extend(diagnostics.into_iter().filter(|told| matters && own(told)));
        facts.invocations.extend(invocations);
    }

    fn lower(&self, id: SourceId, format: Format) -> Program {
        let source = self.sources.get(id);
        match format {
            Format::Python => python::lower(source, id, &self.settings.input),
            _ => {
                let (text, mark) = source.text_after_mark();
                shell::lower(text, &TextMap::identity(id, mark, text.len()), &self.settings.input)
            }
        }
    }
}

/// Drops the code settings that only feed command lines: what a deploy command makes of them is judged as
/// the deployment's own setting, and text in a shell script is nothing else.
fn without_command_words(facts: &mut FileFacts, format: Format) {
    let words: HashSet<Span> = facts
        .invocations
        .iter()
        .flat_map(Invocation::origins)
        .filter_map(|origin| facts.provenance.literal(origin))
        .collect();
    let is_shell = format == Format::Shell;
    facts.code.settings.retain(|setting| {
        let is_text = matches!(setting.value, CodeValue::Text(_));
        !(words.contains(&setting.span) || (is_shell && is_text))
    });
}

impl Modules for Texts<'_> {
    /// Python: `a.b` is `a/b.py` or `a/b/__init__.py`, from the project's root or beside the importing
    /// file; a leading dot is the importing file's folder. Shell: a path, from the root or beside it.
    fn module(&self, from: SourceId, name: &str) -> Option<Rc<Program>> {
        let here = self.sources.get(from).path();
        let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
        let candidates = candidates(folder, name);
        let (id, format) = candidates.iter().find_map(|path| self.scripts.get(path.as_str()))?;
        (*id != from).then(|| Rc::new(self.lower(*id, *format)))
    }

    fn inline(&self, text: &str, map: &TextMap) -> Option<Rc<Program>> {
        Some(Rc::new(shell::lower(text, map, &self.settings.input)))
    }

    fn characters(&self, span: Span) -> Option<&str> {
        Some(self.sources.slice(span))
    }
}

/// The paths that a module's name may stand for.
fn candidates(folder: &str, name: &str) -> Vec<String> {
    let join = |folder: &str, rest: &str| match folder {
        "" => rest.to_owned(),
        folder => format!("{folder}/{rest}"),
    };
    if name.contains('/') || name.ends_with(".sh") || name.ends_with(".env") {
        let plain = name.trim_start_matches("./");
        return vec![join(folder, plain), plain.to_owned()];
    }
    let dots = name.len() - name.trim_start_matches('.').len();
    let rest = name.trim_start_matches('.').replace('.', "/");
    let mut folders = vec![folder];
    if dots == 0 {
        folders.insert(0, "");
    }
    for _ in 1..dots {
        folders = folders.iter().map(|folder| folder.rsplit_once('/').map_or("", |(up, _)| up)).collect();
    }
    let file =
        |folder: &&str| [join(folder, &format!("{rest}.py")), join(folder, &format!("{rest}/__init__.py"))];
    folders.iter().flat_map(file).collect()
}

/// What all files yield, put together in the order of the files.
#[derive(Debug, Default)]
pub(super) struct All {
    pub documents: Vec<Document>,
    pub invocations: Vec<(SourceId, Invocation)>,
    pub artifacts: Vec<Artifact>,
    pub settings: Vec<CodeSetting>,
    pub bypasses: Vec<Bypass>,
    pub provenance: Provenance,
    pub diagnostics: Vec<Diagnostic>,
}

impl All {
    pub fn of(files: Vec<FileFacts>) -> All {
        let mut all = All::default();
        for file in files {
            let source = file.source;
            all.documents.extend(file.documents);
            all.invocations.extend(file.invocations.into_iter().map(|invocation| (source, invocation)));
            all.artifacts.extend(file.artifact);
            all.settings.extend(file.code.settings);
            all.bypasses.extend(file.code.bypasses);
            all.provenance.absorb(file.provenance);
            all.diagnostics.extend(file.diagnostics);
        }
        all
    }
}
