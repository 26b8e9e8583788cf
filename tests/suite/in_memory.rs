//! Scripts held in memory: lowered as the program lowers them, with the modules that they may run.

use celador::input;
use celador::provenance::Arena;
use celador::script::{Interpretation, Limits, Modules, Program, interpret};
use celador::source::{SourceId, Sources, Span, TextMap};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A script language of the tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Shell,
}

/// Modules by the names under which scripts run or import them.
#[derive(Default)]
pub struct Scripts {
    pub sources: Sources,
    programs: BTreeMap<String, Rc<Program>>,
}

impl Scripts {
    /// Adds a module.
    pub fn add(&mut self, name: &str, language: Language, text: &str) {
        let id = self.sources.add(name, text);
        self.programs.insert(name.to_owned(), Rc::new(lower(&self.sources, id, language)));
    }

    /// Interprets a script, which may run the modules that were added.
    pub fn run(&mut self, path: &str, language: Language, text: &str, limits: &Limits) -> Interpretation {
        let id = self.sources.add(path, text);
        let program = lower(&self.sources, id, language);
        interpret(&program, path, self, limits, Arena::new(id))
    }
}

impl Modules for Scripts {
    fn module(&self, _: SourceId, name: &str) -> Option<Rc<Program>> {
        self.programs.get(name.trim_start_matches("./")).cloned()
    }

    fn inline(&self, text: &str, map: &TextMap) -> Option<Rc<Program>> {
        Some(Rc::new(input::shell::lower(text, map, &input::Limits::default())))
    }

    fn characters(&self, span: Span) -> Option<&str> {
        Some(self.sources.slice(span))
    }
}

fn lower(sources: &Sources, id: SourceId, language: Language) -> Program {
    let limits = input::Limits::default();
    let source = sources.get(id);
    match language {
        Language::Python => input::python::lower(source, id, &limits),
        Language::Shell => {
            input::shell::lower(source.text(), &TextMap::identity(id, 0, source.text().len()), &limits)
        }
    }
}
