//! The abstract interpreter: what a script may run, over all its inputs at once.
//!
//! A [`Program`] is run on values of which each is known, one of several under conditions, or unknown
//! with a reason. A test that known values decide runs one branch; any other runs both, and what they
//! leave is merged: values become alternatives, lists and texts that grew get guarded items and parts,
//! so that fifteen independent tests cost fifteen guards. A default that an input may override is a
//! known value, but decides nothing.
//!
//! Nothing is executed, and nothing is known here of a script language or a platform: names of builtin
//! functions and methods are the vocabulary of the form. Steps, depth, alternatives, iterations and
//! sizes are bounded by [`Limits`].

mod arithmetic;
mod assign;
mod builtins;
mod calls;
mod classes;
mod collections;
mod commands;
mod compare;
mod compound;
mod describe;
mod emit;
mod environment;
mod expressions;
mod fields;
mod files;
mod flow;
mod formats;
mod glob;
mod ignoring;
mod imports;
mod loops;
mod maps;
mod mentions;
mod merge;
mod methods;
mod narrow;
mod numbers;
mod path;
mod patterns;
mod positional;
mod printf;
mod options;
mod order;
mod reach;
mod scopes;
mod sequences;
mod slices;
mod splits;
mod splitting;
mod statements;
mod status;
mod store;
mod tested;
mod text_methods;
mod texts;
mod told;
mod truth;
mod values;
mod verbatim;

use crate::diagnostic::Diagnostic;
use crate::provenance::{Arena, Origin, Step};
use crate::script::{Ignored, Invocation, Program, RunsIn};
use crate::source::{SourceId, Span, TextMap};
use crate::value::{Reason, Unknown};
use path::Path;
use scopes::Scope;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use store::{Slot, Store};
use values::{ClassValue, Kind, ScopeId, Val};

/// Where the programs of other files come from.
pub trait Modules {
    /// The program of a module or sourced file as the importing file names it, if it was read.
    fn module(&self, from: SourceId, name: &str) -> Option<Rc<Program>>;

    /// A text that the script runs as if it stood in it, read like the script itself; `map` leads from the
    /// text to the file.
    fn inline(&self, _text: &str, _map: &TextMap) -> Option<Rc<Program>> {
        None
    }

    /// The characters at a span, if the file is at hand. With them words inside a longer literal are
    /// pointed at exactly; without, a literal that is escaped is pointed at as a whole.
    fn characters(&self, _span: Span) -> Option<&str> {
        None
    }
}

/// No other file was read.
pub struct NoModules;

impl Modules for NoModules {
    fn module(&self, _: SourceId, _: &str) -> Option<Rc<Program>> {
        None
    }
}

/// Bounds of one interpretation. What meets one is unknown with [`Reason::Limit`], and a diagnostic
/// with the code `script-limit` says so once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Statements and expressions that are run.
    pub steps: usize,
    /// Calls inside calls.
    pub depth: usize,
    /// Alternatives of one value.
    pub alternatives: usize,
    /// Iterations of one loop over a known collection.
    pub unroll: usize,
    /// Items of one list, entries of one map, words of one command.
    pub items: usize,
    /// Parts of one text.
    pub parts: usize,
    /// Invocations of one program.
    pub invocations: usize,
}

impl Default for Limits {
    /// Far above what real deploy scripts need; a program that meets all of them takes seconds, no more.
    fn default() -> Limits {
        Limits {
            steps: 6_000_000,
            depth: 40,
            alternatives: 64,
            unroll: 256,
            items: 4096,
            parts: 1024,
            invocations: 4096,
        }
    }
}

/// What a script may run.
#[derive(Debug)]
pub struct Interpretation {
    /// In the order in which they are met; each once, repeats with the same words are one.
    pub invocations: Vec<Invocation>,
    /// The steps of all values, those that come from other files included.
    pub arena: Arena,
    /// Inputs that words of invocations hang on, with the place of the word; each input once a place.
    pub unresolved: Vec<(Span, Unknown)>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs a program over all its inputs. `source_path` is what `$0` is: the path by which the script is
/// reported. `arena` is the file's, with the steps that are in it already: a file may hold several
/// programs.
pub fn interpret(
    program: &Program,
    source_path: &str,
    modules: &dyn Modules,
    limits: &Limits,
    arena: Arena,
) -> Interpretation {
    let mut interpreter = Interpreter::new(program, source_path, modules, limits, arena);
    interpreter.block(&program.body);
    interpreter.reach_the_rest(program);
    interpreter.finish()
}

/// The state of one interpretation.
struct Interpreter<'a> {
    modules: &'a dyn Modules,
    limits: &'a Limits,
    source_path: &'a str,
    /// Scoping and what free names are: of the program that is run.
    rules: Rules,
    arena: Arena,
    store: Store,
    path: Path,
    /// Whether the current path still goes on.
    live: bool,
    scopes: Vec<Scope>,
    scope: ScopeId,
    /// The calls in progress, for depth, recursion and `return`.
    calls: Vec<calls::Frame>,
    /// The script's own positional arguments.
    script_arguments: Slot,
    /// Where what is printed goes, innermost last.
    captures: Vec<Slot>,
    catches: Vec<flow::Catch>,
    /// The file whose code runs.
    source: SourceId,
    loaded: HashMap<(SourceId, String), Option<ScopeId>>,
    sourcing: usize,
    exports: Vec<Rc<str>>,
    emitted: emit::Emitted,
    /// The inputs that words of the command at hand hang on.
    tested: Vec<tested::Tested>,
    /// Switches that tests ask the opposite of.
    opposites: told::Opposites,
    /// Functions that were entered, by their span.
    entered: HashSet<Span>,
    /// Functions whose definitions were met.
    defined: HashSet<Span>,
    /// Objects by the class that made them.
    instances: BTreeMap<Slot, Vec<Slot>>,
    classes: HashMap<Span, Rc<ClassValue>>,
    /// Where the constant of `input == constant` stands.
    pins: HashMap<(Arc<str>, Arc<str>), Span>,
    /// For each way to put a test, the events it speaks of in order.
    events: HashMap<String, Vec<u32>>,
    next_event: u32,
    /// Inputs of tests on values that exist only while the script runs.
    volatile: HashSet<Arc<str>>,
    /// Tests of several parts that go by one name.
    compounds: compound::Compounds,
    /// Inputs that are either on or off.
    switches: HashSet<Arc<str>>,
    steps: usize,
    /// How many steps what runs now may reach.
    ceiling: usize,
    /// Steps that imports have taken.
    imported: usize,
    /// How deeply expressions and statements nest.
    nesting: usize,
    limit_met: Option<(Span, &'static str)>,
    /// Why what runs now may fail, and whether that holds inside functions too.
    ignored: Option<(Arc<Ignored>, bool)>,
    job: Option<Arc<RunsIn>>,
    /// Whether invocations count: not while a module is loaded for its definitions.
    quiet: bool,
}

/// How deeply blocks and expressions may nest, over all calls in progress: what fits the stack of 8 MiB
/// that a thread of a debug build has, with room to spare.
const DEEPEST: usize = 320;

/// Whether a value that is unknown for this reason is given from outside: the same whenever it is read,
/// and known to people by its name.
fn is_input(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::Environment | Reason::Argument | Reason::Variable | Reason::Parameter | Reason::Template
    )
}

#[derive(Clone, Copy)]
struct Rules {
    scoping: crate::script::Scoping,
    free_names_are_inputs: bool,
    commands_call_functions: bool,
}

impl<'a> Interpreter<'a> {
    fn new(
        program: &Program,
        source_path: &'a str,
        modules: &'a dyn Modules,
        limits: &'a Limits,
        arena: Arena,
    ) -> Interpreter<'a> {
        let mut store = Store::default();
        let span = Span::beginning(program.source);
        let unknown = Unknown { input: positional::ALL.into(), reason: Reason::Argument, span };
        let script_arguments = store.add(store::Content::List(Rc::new(vec![values::Item::rest(unknown)])));
        Interpreter {
            modules,
            limits,
            source_path,
            rules: Rules {
                scoping: program.scoping,
                free_names_are_inputs: program.free_names_are_inputs,
                commands_call_functions: program.commands_call_functions,
            },
            arena,
            store,
            script_arguments,
            captures: Vec::new(),
            path: Path::default(),
            live: true,
            scopes: vec![Scope::default()],
            scope: ScopeId(0),
            calls: Vec::new(),
            catches: Vec::new(),
            source: program.source,
            loaded: HashMap::new(),
            sourcing: 0,
            exports: Vec::new(),
            emitted: emit::Emitted::default(),
            tested: Vec::new(),
            opposites: told::Opposites::new(),
            entered: HashSet::new(),
            defined: HashSet::new(),
            instances: BTreeMap::new(),
            classes: HashMap::new(),
            pins: HashMap::new(),
            events: HashMap::new(),
            next_event: 0,
            volatile: HashSet::new(),
            compounds: compound::Compounds::default(),
            switches: HashSet::new(),
            steps: 0,
            ceiling: limits.steps,
            imported: 0,
            nesting: 0,
            limit_met: None,
            ignored: None,
            job: program
                .job
                .as_ref()
                .map(|job| Arc::new(RunsIn { job: job.span, waited_for_by: job.waited_for_by.to_vec() })),
            quiet: false,
        }
    }

    fn finish(self) -> Interpretation {
        let mut diagnostics = Vec::new();
        if let Some((span, what)) = self.limit_met {
            diagnostics.push(
                Diagnostic::warning(
                    "script-limit",
                    span,
                    format!("this script is not followed to its end: {what}"),
                )
                .with_label("not followed from here on")
                .with_help(
                    "what hangs on it counts as unknown; split the script, or exclude it in celador.yaml",
                ),
            );
        }
        let (mut invocations, unresolved) = self.emitted.into_parts();
        told::rename(&mut invocations, self.opposites);
        files::attach(&mut invocations);
        Interpretation { invocations, arena: self.arena, unresolved, diagnostics }
    }

    /// Counts a step; `false` once there are too many. Where many tests led here every step compares
    /// with them, so that it counts for more: the bound is one on time.
    fn step(&mut self, span: Span) -> bool {
        self.charge(1 + self.path.weight() / 4);
        if self.steps > self.ceiling {
            self.meet_limit(span, "it takes too many steps");
            return false;
        }
        true
    }

    /// Counts work that is no step of the script: merging what branches leave behind.
    fn charge(&mut self, work: usize) {
        self.steps = self.steps.saturating_add(work);
    }

    /// Goes one level deeper; `false` where the stack might end. Each success is undone by `nesting -= 1`.
    fn deeper(&mut self, span: Span) -> bool {
        if self.nesting >= DEEPEST {
            self.meet_limit(span, "it nests too deeply");
            return false;
        }
        self.nesting += 1;
        true
    }

    fn meet_limit(&mut self, span: Span, what: &'static str) {
        self.limit_met.get_or_insert((span, what));
    }

    /// A value that a limit made unknown, and that ends the script for what hangs on it.
    fn limit(&mut self, span: Span, what: &'static str) -> Val {
        self.meet_limit(span, what);
        Val::bounded(span, what)
    }

    /// A value that hangs on an input, which is the same whenever it is read.
    fn input(&mut self, name: &str, reason: Reason, span: Span) -> Val {
        let origin = self.arena.start(span, Step::Input);
        Val::unknown(Unknown { input: name.into(), reason, span }, Some(origin))
    }

    /// A value that comes into being while the script runs: two of the same name may differ.
    fn event(&mut self, name: &str, reason: Reason, span: Span) -> Val {
        self.next_event += 1;
        let unknown = Unknown { input: describe::shorten(name).into(), reason, span };
        let origin = self.arena.start(span, Step::Input);
        Val::new(Kind::Unknown(unknown, self.next_event), Some(origin))
    }

    fn step_of(&mut self, origin: Option<Origin>, span: Span, step: Step) -> Option<Origin> {
        origin.map(|origin| self.arena.step(origin, span, step))
    }
}
