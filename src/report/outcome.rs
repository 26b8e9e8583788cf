//! What a run has to tell, as plain data: the input of every report.

use crate::diagnostic::{By, Diagnostic, Explanation, Finding, SetAside, Severity, Tally, WaiverNote};
use crate::enforce::Bypass;
use crate::model::{Deployment, Environment, Model};
use crate::provenance::Provenance;
use crate::source::{SourceId, Sources, Span};
use std::collections::{BTreeSet, HashMap};

/// What was read and what was left out.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Files whose text was read.
    pub files: usize,
    /// What the default exclusions left out, by kind (`tests`, `backups`), with the number of files
    /// or, where a whole folder was passed over, of folders.
    pub excluded: Vec<(String, usize)>,
}

/// Everything that came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    pub sources: Sources,
    pub provenance: Provenance,
    pub model: Model,
    /// In the order in which they are reported.
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Finding>,
    /// What counts for nothing, and why.
    pub set_aside: Vec<SetAside>,
    /// By fingerprint the row of `actions` that decided what is done about a finding.
    pub decisions: HashMap<String, Span>,
    /// What the run was told to let pass.
    pub bypass: Option<Bypass>,
    /// The one environment whose findings count, if the run gates one.
    pub only: Option<Environment>,
    pub tallies: Vec<Tally>,
    /// How each verdict came to be, if that was asked for.
    pub explanations: Vec<Explanation>,
    /// What is wrong with the run itself: policies, `celador.yaml`, paths.
    pub diagnostics: Vec<Diagnostic>,
    pub coverage: Coverage,
}

impl Outcome {
    /// How many services are deployed.
    pub fn services(&self) -> usize {
        self.model.deployments.iter().map(Deployment::family_name).collect::<BTreeSet<String>>().len()
    }

    /// What waivers set aside.
    pub fn waived(&self) -> impl Iterator<Item = (&Finding, &WaiverNote)> {
        self.set_aside.iter().filter_map(|one| match &one.by {
            By::Waiver(waiver) => Some((&one.finding, waiver)),
            _ => None,
        })
    }

    /// How many subjects there are for policies to be judged on.
    pub fn subjects(&self) -> usize {
        let model = &self.model;
        model.deployments.len() + model.artifacts.len() + model.settings.len() + model.bypasses.len()
    }

    /// Policies that were bound to at least one subject, and those that matched nothing.
    pub fn policies(&self) -> (usize, usize) {
        let bound = self.tallies.iter().filter(|tally| tally.bound > 0).count();
        (bound, self.tallies.len() - bound)
    }

    /// How many diagnostics are errors.
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// The files that a report of the findings speaks of.
    pub fn spoken_of(&self) -> BTreeSet<SourceId> {
        let findings = self.findings.iter().chain(&self.undetermined);
        let findings = findings.chain(self.set_aside.iter().map(|one| &one.finding));
        let mut files: BTreeSet<SourceId> = findings
            .flat_map(|finding| {
                let related = finding.related.iter().map(|related| related.span.source);
                related.chain([finding.primary.span.source])
            })
            .collect();
        let operands = self.explanations.iter().flat_map(|one| &one.conditions).flat_map(|one| &one.operands);
        files.extend(operands.filter_map(|operand| operand.place).map(|place| place.source));
        files.extend(self.set_aside.iter().filter_map(|one| one.by.span()).map(|span| span.source));
        files.extend(self.diagnostics.iter().map(|diagnostic| diagnostic.primary.span.source));
        files
    }
}
