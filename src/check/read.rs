//! Reading one file: its documents, what its scripts may run, its code settings.

use super::{File, Selected, Settings, schemas};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::input::{
    self, Format, Read, dockerfile, dotenv, embedded, hcl, json, justfile, makefile, python, shell, yaml,
};
use crate::model::{Artifact, Bypass, CodeSetting, CodeValue, Deployment, Unresolved};
use crate::platform::{self, Objects, Rewrites, Trace};
use crate::provenance::Provenance;
use crate::script::{self, CodeFacts, Interpretation, Invocation, Modules, Program};
use crate::source::{ADDRESSED, Comments, Remark, Source, SourceId, Sources, Span, TextMap, path};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one file yields.
#[derive(Debug)]
pub(super) struct FileFacts {
    pub source: SourceId,
    /// Those that something after reading asks for.
    pub documents: Vec<Document>,
    /// What the documents deploy; not known yet where files of one folder say it together.
    pub deployments: Option<Vec<Deployment>>,
    /// What a Dockerfile or an environment file is.
    pub artifact: Option<Artifact>,
    pub invocations: Vec<Invocation>,
    pub code: CodeFacts,
    /// What the commands that deploy hang on, and commands of which nothing is known.
    pub unresolved: Vec<Unresolved>,
    /// The steps of this file's values.
    pub provenance: Provenance,
    pub diagnostics: Vec<Diagnostic>,
    /// Collected only where one of them may be meant for the program.
    pub comments: Comments,
    /// Those that are, placed.
    pub remarks: Vec<Remark>,
}

impl FileFacts {
    fn new(source: SourceId) -> FileFacts {
        FileFacts {
            source,
            documents: Vec::new(),
            deployments: Some(Vec::new()),
            artifact: None,
            invocations: Vec::new(),
            code: CodeFacts::default(),
            unresolved: Vec::new(),
            provenance: Provenance::new(),
            diagnostics: Vec::new(),
            comments: Comments::default(),
            remarks: Vec::new(),
        }
    }
}

/// Fewer files than these are not worth waking other threads for.
const FEW: usize = 8;

/// Reads all files, each once, on all threads; what they yield stands in their order.
pub(super) fn all(texts: &Texts<'_>, files: &[File]) -> All {
    let next = AtomicUsize::new(0);
    // Each thread takes the next file when it is done with one, since scripts cost a thousand times what
    // manifests do, and keeps what it lowered, since scripts import each other.
    let work = || {
        let reader = Reader::new(texts);
        let mut read = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return read };
            read.push((index, reader.read(file)));
        }
    };
    let mut read: Vec<(usize, FileFacts)> = match files.len() {
        0..FEW => work(),
        _ => rayon::broadcast(|_| work()).into_iter().flatten().collect(),
    };
    read.sort_unstable_by_key(|(index, _)| *index);
    All::of(read.into_iter().map(|(_, facts)| facts))
}

/// All texts of a run, with what reading any of them needs to know of the others.
pub(super) struct Texts<'a> {
    sources: &'a Sources,
    settings: &'a Settings,
    /// Script files by path, for imports.
    scripts: HashMap<&'a str, (SourceId, Format)>,
    /// Whether a policy may read documents.
    documents_are_read: bool,
}

impl<'a> Texts<'a> {
    pub fn new(sources: &'a Sources, files: &[File], settings: &'a Settings) -> Texts<'a> {
        let is_script = |file: &&File| matches!(file.format, Format::Python | Format::Shell);
        let scripts = files.iter().filter(is_script);
        let scripts =
            scripts.map(|file| (sources.get(file.source).path(), (file.source, file.format))).collect();
        let documents_are_read = settings.policies.may_read_documents(sources);
        Texts { sources, settings, scripts, documents_are_read }
    }
}

/// What one thread reads with.
pub(super) struct Reader<'t, 'a> {
    texts: &'t Texts<'a>,
    /// The scripts that others import, lowered.
    modules: RefCell<HashMap<SourceId, Rc<Program>>>,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(texts: &'t Texts<'a>) -> Reader<'t, 'a> {
        Reader { texts, modules: RefCell::default() }
    }

    /// The shell script that a file names by its path, if it may deploy.
    pub(super) fn script_at(&self, from: SourceId, path: &str) -> Option<SourceId> {
        let here = self.texts.sources.get(from).path();
        let folders = [path::folder(here), ""];
        let mut candidates = folders.into_iter().filter_map(|folder| path::within(folder, path));
        let found = candidates.find_map(|path| self.texts.scripts.get(path.as_str()));
        let (id, _) = found.filter(|(_, format)| *format == Format::Shell)?;
        platform::may_deploy(self.texts.sources.get(*id).text()).then_some(*id)
    }

    /// The path by which a file is reported.
    pub(super) fn path(&self, id: SourceId) -> &str {
        self.texts.sources.get(id).path()
    }

    /// A shell script, lowered.
    pub(super) fn script(&self, id: SourceId) -> Program {
        self.lower(id, Format::Shell)
    }

    /// What a program runs; what keeps it from being followed was told where it was read by itself.
    pub(super) fn follow(&self, program: &Program, provenance: &mut Provenance) -> Vec<Invocation> {
        let path = self.texts.sources.get(program.source).path();
        let arena = provenance.take(program.source);
        let followed = script::interpret(program, path, self, &self.texts.settings.script, arena);
        provenance.add(followed.arena);
        followed.invocations
    }

    /// Reads one file.
    fn read(&self, file: &File) -> FileFacts {
        let (id, source) = (file.source, self.texts.sources.get(file.source));
        let limits = &self.texts.settings.input;
        let mut facts = FileFacts::new(id);
        let remarked = source.text().contains(ADDRESSED);
        match file.format {
            Format::Yaml => self.manifest(yaml::read(source, id, limits), &mut facts),
            Format::Json => self.manifest(json::read(source, id, limits), &mut facts),
            Format::Toml => self.manifest(input::toml::read(source, id, limits), &mut facts),
            Format::Hcl => {
                self.document(hcl::read(source, id, limits), &mut facts);
                facts.deployments = None;
            }
            Format::Dotenv => {
                let read = dotenv::read(source, id, limits);
                facts.diagnostics = read.diagnostics;
                for document in read.documents.iter().filter(|_| remarked) {
                    facts.comments.append(&mut input::of_document(document, source));
                }
                let mut trace = Trace { sources: self.texts.sources, provenance: &mut facts.provenance };
                let artifact = |document| platform::env_file::artifact(document, &mut trace);
                facts.artifact = read.documents.first().map(artifact);
            }
            Format::Dockerfile => {
                let mut dockerfile = dockerfile::read(source, id, limits);
                facts.diagnostics.append(&mut dockerfile.diagnostics);
                if remarked {
                    facts.comments = input::of_dockerfile(&dockerfile, source, limits);
                }
                let mut trace = Trace { sources: self.texts.sources, provenance: &mut facts.provenance };
                facts.artifact = platform::dockerfile::artifact(&dockerfile, &mut trace);
            }
            // Files that name no command which deploys, and turn no check off, have nothing to be
            // followed for.
            Format::Makefile | Format::Justfile
                if !remarked
                    && !platform::may_deploy(source.text())
                    && !platform::checks::may_hold(source.text()) => {}
            Format::Makefile => {
                self.programs(makefile::programs(source, id, limits), source, &mut facts);
                if remarked {
                    facts.comments.append(&mut makefile::comments(source, id));
                }
            }
            Format::Justfile => {
                self.programs(justfile::programs(source, id, limits), source, &mut facts);
                if remarked {
                    facts.comments.append(&mut justfile::comments(source, id));
                }
            }
            Format::Python | Format::Shell => {
                let program = self.program(id, file.format);
                facts.code = script::code_facts(&program, source.path(), source, facts.provenance.arena(id));
                // Application code is full of commands that deploy nothing, and following it is dear.
                let is_code = file.format == Format::Python && file.selected != Selected::Named;
                if is_code && !platform::may_deploy(source.text()) {
                    facts.diagnostics.extend_from_slice(&program.diagnostics);
                    facts.comments.append(&mut program.comments.clone());
                } else {
                    self.interpret(&program, &mut facts);
                }
                without_command_words(&mut facts, file.format);
            }
        }
        facts.remarks = std::mem::take(&mut facts.comments).remarks(id, source);
        facts
    }

    /// Takes documents, and the scripts that they hold.
    fn document(&self, read: Read, facts: &mut FileFacts) {
        facts.diagnostics.extend(read.diagnostics);
        for document in &read.documents {
            let source = self.texts.sources.get(document.source);
            if source.text().contains(ADDRESSED) {
                facts.comments.append(&mut input::of_document(document, source));
            }
            for program in embedded::programs(document, source, source.path(), &self.texts.settings.input) {
                self.interpret(&program, facts);
            }
        }
        facts.documents = read.documents;
    }

    /// Takes documents that say by themselves what they deploy.
    fn manifest(&self, read: Read, facts: &mut FileFacts) {
        self.document(read, facts);
        let mut trace = Trace { sources: self.texts.sources, provenance: &mut facts.provenance };
        let deployed =
            facts.documents.iter().flat_map(|document| platform::deployments(document, &mut trace));
        facts.deployments = Some(deployed.collect());
        facts.documents.retain(|document| self.keeps(document));
    }

    /// Whether something after reading asks for a document: a policy about documents, a schema, or a
    /// deployment that takes its variables or its image from it. Of ten thousand manifests nothing but the deployments
    /// is asked for, and the trees are most of what reading them takes.
    fn keeps(&self, document: &Document) -> bool {
        let root = document.root();
        let is_object = root.get("apiVersion").is_some() && root.get("kind").is_some();
        !is_object
            || Objects::holds(document)
            || Rewrites::holds(document, self.texts.sources)
            || self.texts.documents_are_read
            || schemas::concern(document, self.texts.sources, &self.texts.settings.schemas)
    }

    fn programs(
        &self,
        (programs, told): (Vec<Program>, Vec<Diagnostic>),
        source: &Source,
        facts: &mut FileFacts,
    ) {
        facts.diagnostics.extend(told);
        for program in programs {
            self.interpret(&program, facts);
        }
        // What only turns checks off is followed for that alone.
        if !platform::may_deploy(source.text()) {
            facts.diagnostics.clear();
            facts.unresolved.clear();
        }
    }

    fn interpret(&self, program: &Program, facts: &mut FileFacts) {
        let path = self.texts.sources.get(program.source).path();
        facts.diagnostics.extend_from_slice(&program.diagnostics);
        facts.comments.append(&mut program.comments.clone());
        let arena = facts.provenance.take(program.source);
        let Interpretation { invocations, arena, unresolved, diagnostics } =
            script::interpret(program, path, self, &self.texts.settings.script, arena);
        facts.provenance.add(arena);
        // Where nothing that deploys was met, a limit is no news: nobody asked to follow the script.
        let mut trace = Trace { sources: self.texts.sources, provenance: &mut facts.provenance };
        let source = program.source;
        let mut deploys =
            |invocation: &Invocation| platform::recognise(source, invocation, &mut trace).is_some();
        let matters = diagnostics.is_empty() || invocations.iter().any(&mut deploys);
        facts.diagnostics.extend(diagnostics.into_iter().filter(|_| matters));
        let mut by_span: HashMap<Span, Option<String>> = HashMap::new();
        let hanging: HashSet<Span> = unresolved.iter().map(|(span, _)| *span).collect();
        for invocation in invocations.iter().filter(|invocation| hanging.contains(&invocation.span)) {
            let call = platform::recognise(source, invocation, &mut trace);
            let name = by_span.entry(invocation.span).or_default();
            *name = name.take().or_else(|| call.map(|call| call.command.name()));
        }
        for (span, unknown) in unresolved {
            // What other commands hang on is of no interest; a command of which nothing is known may deploy.
            let subject = match by_span.get(&span) {
                Some(None) => continue,
                Some(Some(name)) => name.clone(),
                None => "a command".to_owned(),
            };
            facts.unresolved.push(Unresolved { subject, unknown });
        }
        facts.invocations.extend(invocations);
    }

    /// The script of a file. Most scripts are imported by none, and are not kept.
    fn program(&self, id: SourceId, format: Format) -> Rc<Program> {
        let known = self.modules.borrow().get(&id).map(Rc::clone);
        known.unwrap_or_else(|| Rc::new(self.lower(id, format)))
    }

    fn lower(&self, id: SourceId, format: Format) -> Program {
        let source = self.texts.sources.get(id);
        match format {
            Format::Python => python::lower(source, id, &self.texts.settings.input),
            _ => {
                let (text, mark) = source.text_after_mark();
                shell::lower(text, &TextMap::identity(id, mark, text.len()), &self.texts.settings.input)
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

impl Modules for Reader<'_, '_> {
    /// Python: `a.b` is `a/b.py` or `a/b/__init__.py`, from the project's root or beside the importing
    /// file; a leading dot is the importing file's folder. Shell: a path, from the root or beside it.
    fn module(&self, from: SourceId, name: &str) -> Option<Rc<Program>> {
        let here = self.texts.sources.get(from).path();
        let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
        let candidates = candidates(folder, name);
        let (id, format) = candidates.iter().find_map(|path| self.texts.scripts.get(path.as_str()))?;
        if *id == from {
            return None;
        }
        let program = self.program(*id, *format);
        self.modules.borrow_mut().insert(*id, Rc::clone(&program));
        Some(program)
    }

    fn inline(&self, text: &str, map: &TextMap) -> Option<Rc<Program>> {
        Some(Rc::new(shell::lower(text, map, &self.texts.settings.input)))
    }

    fn characters(&self, span: Span) -> Option<&str> {
        Some(self.texts.sources.slice(span))
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
    /// What the documents of each file deploy, if that is known yet.
    pub deployments: Vec<(SourceId, Option<Vec<Deployment>>)>,
    pub invocations: Vec<(SourceId, Invocation)>,
    pub artifacts: Vec<Artifact>,
    pub settings: Vec<CodeSetting>,
    pub bypasses: Vec<Bypass>,
    pub unresolved: Vec<Unresolved>,
    pub provenance: Provenance,
    pub diagnostics: Vec<Diagnostic>,
    pub remarks: Vec<Remark>,
}

impl All {
    fn of(files: impl IntoIterator<Item = FileFacts>) -> All {
        let mut all = All::default();
        for file in files {
            let source = file.source;
            all.documents.extend(file.documents);
            all.deployments.push((source, file.deployments));
            all.invocations.extend(file.invocations.into_iter().map(|invocation| (source, invocation)));
            all.artifacts.extend(file.artifact);
            all.settings.extend(file.code.settings);
            all.bypasses.extend(file.code.bypasses);
            all.unresolved.extend(file.unresolved);
            all.provenance.absorb(file.provenance);
            all.diagnostics.extend(file.diagnostics);
            all.remarks.extend(file.remarks);
        }
        all
    }
}

/// What all documents deploy, in the order of the files.
pub(super) fn deployments(
    by_file: Vec<(SourceId, Option<Vec<Deployment>>)>,
    documents: &[Document],
    sources: &Sources,
    provenance: &mut Provenance,
) -> Vec<Deployment> {
    let mut all = Vec::new();
    for (source, deployments) in by_file {
        all.extend(deployments.unwrap_or_else(|| {
            let mut trace = Trace { sources, provenance };
            let own = documents.iter().filter(|document| document.source == source);
            own.flat_map(|document| platform::deployments(document, &mut trace)).collect()
        }));
    }
    all
}
