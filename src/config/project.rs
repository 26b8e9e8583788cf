//! What a project says about itself, as plain data with spans.

use crate::document::{Document, NodeId, Ref};
use crate::enforce::{self, ActionRule, Waiver};
use crate::evaluate::{Gate, Required};
use crate::model::Environment;
use crate::policy::Selection;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A pattern of paths relative to the project's root, with the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub glob: String,
    pub span: Span,
}

/// How an environment is told.
#[derive(Clone, Debug)]
pub struct EnvironmentRule {
    pub environment: Environment,
    pub paths: Vec<Pattern>,
    /// Names of cloud projects, accounts or namespaces.
    pub projects: Vec<String>,
    /// Branches that are deployed to it, without `refs/heads/`. Not paths: no folder is put before them.
    pub branches: Vec<Pattern>,
    /// Variables with the values that tell it.
    pub variables: Vec<(String, Vec<String>)>,
    pub span: Span,
}

/// What is said of one service.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Other names that it goes by.
    pub aliases: Vec<String>,
    pub required: Required,
}

/// The block of one policy under `policies.configure`; the policy room reads it, since it knows the
/// parameters' types.
#[derive(Clone, Debug)]
pub struct PolicyBlock {
    pub policy: String,
    /// The policy's name in the file.
    pub span: Span,
    /// Which of the project's documents, and where in it.
    pub document: usize,
    pub node: NodeId,
}

/// A JSON Schema for files that match a pattern.
#[derive(Clone, Debug)]
pub struct SchemaRule {
    pub files: Vec<Pattern>,
    /// A path on disk, or `celador:NAME` for one that is built in.
    pub schema: SchemaPlace,
    pub span: Span,
}

/// Where a schema is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaPlace {
    File(PathBuf),
    Builtin(String),
}

/// A project with its file, or the defaults.
#[derive(Debug, Default)]
pub struct Project {
    /// The folder that paths are relative to, absolute.
    pub root: PathBuf,
    /// The project file, if there is one; of several that extend each other the nearest.
    pub file: Option<SourceId>,
    pub include: Vec<Pattern>,
    pub exclude: Vec<Pattern>,
    pub environments: Vec<EnvironmentRule>,
    /// By canonical name.
    pub services: BTreeMap<String, Service>,
    pub builtin: Selection,
    /// The steps that judging one subject by one policy may take.
    pub cost: Option<u64>,
    /// Files or folders of policies, on disk.
    pub policy_paths: Vec<(PathBuf, Span)>,
    /// The blocks of `policies.configure`, in the order in which they take effect.
    pub blocks: Vec<PolicyBlock>,
    pub schemas: Vec<SchemaRule>,
    pub actions: Vec<ActionRule>,
    pub gates: BTreeMap<Environment, Gate>,
    /// Those of the gates that say why they tolerate findings.
    pub budgets: Vec<enforce::Gate>,
    pub bypass_environments: Vec<Environment>,
    /// Where it says which environments these are.
    pub bypass_place: Option<Span>,
    /// Patterns of policies that are never tolerated and never bypassed.
    pub unbypassable: Vec<(String, Span)>,
    /// Groups of policies that rows of `actions` name.
    pub named_groups: Vec<(String, Span)>,
    /// Where the file of known findings is, if not at its usual place.
    pub baseline: Option<(PathBuf, Span)>,
    /// The same of the record of what policies were bound to.
    pub record: Option<(PathBuf, Span)>,
    pub waivers: Vec<Waiver>,
    /// What is asked of waivers; of each key the last row that applies counts.
    pub waiver_rules: Vec<enforce::waiver::Rule>,
    /// The project files' trees, in the order in which they take effect.
    pub documents: Vec<Document>,
}

impl Project {
    /// The defaults for a folder without a project file.
    pub fn without_file(root: PathBuf) -> Project {
        Project { root, ..Project::default() }
    }

    /// Where findings about the project as a whole point.
    pub fn place(&self) -> Option<Span> {
        self.file.map(Span::beginning)
    }

    /// The blocks of `policies.configure` in the order in which they take effect: the last one wins.
    pub fn policy_blocks(&self) -> impl Iterator<Item = (&PolicyBlock, Ref<'_>)> {
        self.blocks
            .iter()
            .filter_map(|block| Some((block, self.documents.get(block.document)?.at(block.node))))
    }

    pub(super) fn add_block(&mut self, policy: &str, span: Span, node: Ref<'_>) {
        // The document is pushed after it was read: its index is the next one.
        let document = self.documents.len();
        self.blocks.push(PolicyBlock { policy: policy.to_owned(), span, document, node: node.id() });
    }

    /// Every place that names a policy or a pattern of policies, to be checked against those there are; those
    /// of waivers are findings.
    pub fn named_policies(&self) -> impl Iterator<Item = (&str, Span)> {
        let blocks = self.blocks.iter().map(|block| (block.policy.as_str(), block.span));
        let actions = self.actions.iter().map(|action| (action.policy.as_str(), action.span));
        let unbypassable = self.unbypassable.iter().map(|(name, span)| (name.as_str(), *span));
        blocks.chain(actions).chain(unbypassable)
    }
}
