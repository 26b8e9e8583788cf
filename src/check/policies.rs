//! Which policies judge: the project's own, and of the pack those that can bind.

use super::{known, schemas, unreadable, vacuity};
use crate::diagnostic::{Diagnostic, RELAXED_BY_CHANGE, Tally, nearest};
use crate::document::{Document, NodeId, Ref};
use crate::enforce::{self, waiver::POLICIES};
use crate::evaluate::Evaluation;
use crate::model::Model;
use crate::policy::{self, Builtin, COST_LIMIT, Compiled, Configuration, Kind, PACK, Policy, Selection};
use crate::source::{SourceId, Sources, Span};
use std::sync::Arc;

/// Policies that the pipeline itself judges: their files say why, and take their parameters.
pub(super) const OF_THE_PIPELINE: &[&str] =
    &[unreadable::POLICY, schemas::POLICY, RELAXED_BY_CHANGE, known::POLICY, vacuity::BOUND, vacuity::FILES];

/// Those of them that judge what the other policies came to: whoever asks for one asks all.
const WATCHERS: &[&str] = &[known::POLICY, vacuity::BOUND, vacuity::FILES];

/// Whether the pipeline itself judges a policy.
fn is_of_the_pipeline(name: &str) -> bool {
    OF_THE_PIPELINE.contains(&name) || POLICIES.contains(&name)
}

/// Which policies a run wants, and how they are configured.
#[derive(Clone, Debug, Default)]
pub struct PolicySettings {
    pub pack: Selection,
    /// Only these, if there are any: `--policy NAME`. The pack's are found whatever the selection.
    pub only: Vec<String>,
    /// The project's own policy files, loaded into the same sources.
    pub files: Vec<SourceId>,
    /// The project files that configure policies.
    pub documents: Vec<Document>,
    /// The steps that judging one subject by one policy may take; `None` where the project sets no limit.
    pub cost_limit: Option<u64>,
    /// The blocks of `policies.configure`, in the order in which they take effect.
    pub blocks: Vec<Block>,
}

/// What a project says of one policy.
#[derive(Clone, Debug)]
pub struct Block {
    pub policy: String,
    /// Which of `PolicySettings::documents`, and where in it.
    pub document: usize,
    pub node: NodeId,
}

impl PolicySettings {
    /// Whether a policy of the pipeline itself is asked.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        wanted(name, self.pack != Selection::None, self)
    }

    /// Whether a policy is asked for by name that judges what the others come to.
    pub(super) fn watches(&self) -> bool {
        self.only.iter().any(|only| WATCHERS.contains(&only.as_str()))
    }

    /// Whether every policy of the project is asked.
    pub(super) fn asks_all(&self) -> bool {
        self.only.is_empty() || self.watches()
    }

    /// The same of one that only a file of the project's asks for, whatever else is asked of the pack.
    pub(super) fn asks_always(&self, name: &str) -> bool {
        wanted(name, true, self)
    }

    /// Whether only policies about waivers are asked. Then the others judge all the same, unheard: what a waiver
    /// is worth is told by what it sets aside.
    pub(super) fn asks_about_waivers(&self) -> bool {
        !self.only.is_empty() && self.only.iter().all(|only| POLICIES.contains(&only.as_str()))
    }

    /// Whether a policy may read whole documents. The pack's do not: a test holds that. A project's policy
    /// that says none of these words cannot.
    pub(super) fn may_read_documents(&self, sources: &Sources) -> bool {
        let says = |&id: &SourceId| {
            let text = sources.get(id).text();
            ["Document", "object", "document"].iter().any(|word| text.contains(word))
        };
        self.files.iter().any(says)
    }

    fn blocks_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Ref<'a>> {
        let blocks = self.blocks.iter().filter(move |block| block.policy == name);
        blocks.filter_map(|block| Some(self.documents.get(block.document)?.at(block.node)))
    }
}

/// The policies of a run.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub compiled: Vec<Compiled>,
    /// Policies that were asked for and have no subject here.
    pub idle: Vec<Tally>,
    pub about: enforce::Policies,
    pub diagnostics: Vec<Diagnostic>,
    /// The names of the project's own policies, asked or not.
    pub own: Vec<Arc<str>>,
}

/// Loads and compiles. Built-in policies are read only if the model has a subject that they may bind;
/// a user's are always read and checked.
pub(super) fn select(
    sources: &mut Sources,
    model: &Model,
    documents: &[Document],
    settings: &PolicySettings,
) -> Chosen {
    let mut chosen = Chosen::default();
    let mut own: Vec<Policy> = Vec::new();
    for &id in &settings.files {
        let (policies, diagnostics) = policy::read(id, sources.get(id));
        chosen.diagnostics.extend(diagnostics);
        own.extend(policies);
    }
    unknown_names(&own, settings, &mut chosen.diagnostics);
    chosen.own = own.iter().map(|policy| Arc::clone(&policy.name)).collect();
    for policy in own {
        // A project's policy may replace one of the pack, which is then not asked.
        if wanted(&policy.name, true, settings) {
            compile(policy, policy::compile, true, settings, &mut chosen);
        }
    }
    for builtin in PACK {
        let replaced = chosen.compiled.iter().any(|own| *own.policy.name == *builtin.name);
        if replaced || is_of_the_pipeline(builtin.name) {
            continue;
        }
        let configured = settings.blocks_of(builtin.name).next().is_some();
        if !wanted(builtin.name, settings.pack.takes(builtin), settings) && !configured {
            continue;
        }
        if !may_bind(builtin, model, documents) && !configured {
            chosen.idle.push(Tally { policy: builtin.name.to_owned(), ..Tally::default() });
            continue;
        }
        if let Some(policy) = builtin.load(sources, false) {
            // Whoever configures a policy wants it, unless it says `enabled: false`.
            let by_default = settings.pack.takes(builtin) || configured;
            compile(policy, policy::compile_unchecked, by_default, settings, &mut chosen);
        }
    }
    chosen
}

/// Whether a policy is asked, configuration aside.
fn wanted(name: &str, by_default: bool, settings: &PolicySettings) -> bool {
    let is_about_waivers = POLICIES.contains(&name);
    if settings.asks_all() || (settings.asks_about_waivers() && !is_about_waivers) {
        return by_default || settings.only.iter().any(|only| only == name);
    }
    settings.only.iter().any(|only| only == name)
}

/// All that the project's files say of a policy, put together.
pub(super) fn configuration(policy: &Policy, settings: &PolicySettings) -> (Configuration, Vec<Diagnostic>) {
    let mut configuration = Configuration::default();
    let mut diagnostics = Vec::new();
    for block in settings.blocks_of(&policy.name) {
        let (found, told) = policy::configure(policy, block);
        diagnostics.extend(told);
        configuration.overrides.extend(found.overrides);
        configuration.action = found.action.or(configuration.action);
        configuration.enabled = found.enabled.or(configuration.enabled);
        configuration.unbypassable |= found.unbypassable;
    }
    (configuration, diagnostics)
}

/// The parameters that the project's files give a policy, in the order in which they take effect.
pub fn overrides(policy: &Policy, settings: &PolicySettings) -> Vec<policy::Override> {
    configuration(policy, settings).0.overrides
}

/// A compiled policy as the project's files configure it.
pub(super) fn configured(policy: Compiled, settings: &PolicySettings) -> (Compiled, Vec<Diagnostic>) {
    let (configuration, diagnostics) = configuration(&policy.policy, settings);
    (policy.configured(configuration), diagnostics)
}

fn compile(
    policy: Policy,
    compiler: fn(Arc<Policy>) -> Result<Compiled, Vec<Diagnostic>>,
    by_default: bool,
    settings: &PolicySettings,
    chosen: &mut Chosen,
) {
    let (configuration, told) = configuration(&policy, settings);
    chosen.diagnostics.extend(told);
    let by_default = configuration.enabled.unwrap_or(by_default);
    if !wanted(&policy.name, by_default, settings) {
        return;
    }
    // What a project says of params and of costs is checked for the pack's policies as well.
    let checks = settings.cost_limit.is_some() || !configuration.overrides.is_empty();
    let compiled = match if checks { policy::compile } else { compiler }(Arc::new(policy)) {
        Ok(compiled) => compiled,
        Err(errors) => return chosen.diagnostics.extend(errors),
    };
    chosen.diagnostics.extend(compiled.warnings.iter().cloned());
    let wrong = compiled.check_overrides(&configuration);
    let dear = too_dear(&compiled, settings.cost_limit.unwrap_or(COST_LIMIT));
    if dear.is_none() {
        chosen.about.add(&compiled.policy, configuration.unbypassable);
        chosen.compiled.push(compiled.configured(configuration));
    }
    chosen.diagnostics.extend(wrong.into_iter().chain(dear));
}

/// Leaves only what was asked for by name, where others had to be asked for its sake.
pub(super) fn only_asked(evaluation: &mut Evaluation, settings: &PolicySettings) {
    if settings.watches() {
        let asked = |name: &String| settings.only.contains(name);
        evaluation.findings.retain(|finding| asked(&finding.policy));
        evaluation.undetermined.retain(|finding| asked(&finding.policy));
        evaluation.tallies.retain(|tally| asked(&tally.policy));
        evaluation.explanations.retain(|one| asked(&one.policy));
    }
}

/// Does to the findings of the pipeline's own policies what the project's files say of these.
pub(super) fn configure_pipeline(
    evaluation: &mut Evaluation,
    sources: &mut Sources,
    settings: &PolicySettings,
    about: &mut enforce::Policies,
) {
    for name in OF_THE_PIPELINE {
        let configured = settings.blocks_of(name).next().is_some();
        let builtin = policy::find_builtin(name).filter(|_| configured);
        let Some(policy) = builtin.and_then(|builtin| builtin.load(sources, false)) else { continue };
        let (configuration, told) = configuration(&policy, settings);
        evaluation.diagnostics.extend(told);
        about.add(&policy, configuration.unbypassable);
        let asked = settings.only.iter().any(|only| only == name);
        if configuration.enabled == Some(false) && !asked {
            evaluation.tallies.retain(|tally| tally.policy != *name);
            evaluation.findings.retain(|finding| finding.policy != *name);
        }
        for finding in evaluation.findings.iter_mut().filter(|finding| finding.policy == *name) {
            finding.action = configuration.action.unwrap_or(finding.action);
        }
    }
}

/// A policy that may take more steps than the project allows is not asked.
fn too_dear(compiled: &Compiled, limit: u64) -> Option<Diagnostic> {
    let cost = compiled.cost();
    if cost <= limit {
        return None;
    }
    let name = &compiled.policy.name;
    let message =
        format!("`{name}` may take {} steps for one subject, {limit} are allowed", policy::steps(cost));
    let told = Diagnostic::error("policy-cost", compiled.dearest(), message).with_label("most of them here");
    Some(told.with_help("loop over less, or raise `cost` under `policies` in celador.yaml"))
}

/// Names in `--policy` that no policy has. Those in `celador.yaml` are the project file's business.
fn unknown_names(own: &[Policy], settings: &PolicySettings, diagnostics: &mut Vec<Diagnostic>) {
    let known = || PACK.iter().map(|builtin| builtin.name).chain(own.iter().map(|policy| &*policy.name));
    let help = |name: &str| match nearest(name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`celador explain` lists all policies".to_owned(),
    };
    for name in settings.only.iter().filter(|name| !known().any(|known| known == name.as_str())) {
        let message = format!("there is no policy `{name}`");
        let at = Span::beginning(settings.files.first().copied().unwrap_or(SourceId::FIRST));
        diagnostics.push(Diagnostic::error("unknown-policy", at, message).with_help(help(name)));
    }
}

/// Whether the model has a subject of the kind, on a platform of the policy.
fn may_bind(builtin: &Builtin, model: &Model, documents: &[Document]) -> bool {
    let kind = builtin.kind;
    match kind {
        Kind::Deployment | Kind::Service => {
            model.deployments.iter().any(|deployment| builtin.may_bind(kind, deployment.platform))
        }
        Kind::Artifact => {
            model.artifacts.iter().any(|artifact| builtin.may_bind(kind, artifact.kind.as_str()))
        }
        Kind::Setting => !model.settings.is_empty(),
        Kind::Bypass => !model.bypasses.is_empty(),
        Kind::Document => !documents.is_empty(),
        Kind::Project => !model.deployments.is_empty() || !model.settings.is_empty(),
    }
}

/// A policy by name, whole, with its examples: the project's own first, then the pack's.
pub fn explain(name: &str, sources: &mut Sources, settings: &PolicySettings) -> Option<Policy> {
    let mut own = settings.files.iter().flat_map(|&id| policy::read(id, sources.get(id)).0);
    if let Some(policy) = own.find(|policy| &*policy.name == name) {
        return Some(policy);
    }
    drop(own);
    policy::find_builtin(name)?.load(sources, true)
}
