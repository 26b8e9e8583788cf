//! The shape of a platform's table: signatures, fields, defaults, limits. Plain data; the engines in
//! `command` and `manifest` give it meaning.

mod sheet;

pub use sheet::{Grant, Objects, Pair, ProbePlace, Shape, Sheet, SheetProbe, Spelling, Variables};

use crate::model::EnvKind;
use crate::platform::convert::Conversion;

/// One platform.
#[derive(Debug)]
pub struct Platform {
    /// The name in the JSON contract: `cloud-run`.
    pub name: &'static str,
    /// The name for people: `Cloud Run`.
    pub title: &'static str,
    /// Where it is documented. Rows that rest on a page of their own name it beside them.
    pub pages: &'static [&'static str],
    /// The command lines that deploy to it, or build for it.
    pub commands: &'static [Command],
    /// The documents that are deployments of it, as Kubernetes and its descendants write them.
    pub workloads: &'static [Workload],
    /// Documents of forms of their own.
    pub sheets: &'static [Sheet],
    /// Where documents keep settings. Of several rows for one setting the first that is there counts.
    pub fields: &'static [Field],
    pub defaults: &'static [Default],
    pub limits: &'static [Limit],
    /// Placeholders in documents that another tool fills in before the platform sees them.
    pub placeholders: Placeholders,
    /// Whether a container whose `restartPolicy` is `Always` among the init containers is a sidecar.
    pub init_sidecars: bool,
}

/// How a document's texts name variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholders {
    /// `${NAME}` and `${NAME:-default}`, as `envsubst` and its like fill them in; a lone `$` is a dollar.
    Substituted,
    /// The same and `$NAME`; `$$` is a dollar. The platform's own tool fills them in.
    Interpolated,
    /// `${expression}`, with `$${` for the characters themselves; `${name:-default}` where the reader
    /// knows what the name stands for.
    Expressions,
    /// None: a text is what it says.
    Literal,
}

/// What running a command does to settings that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It creates: the platform's defaults fill them.
    Creates,
    /// It changes what runs, or creates it if nothing does: they stay as they are.
    Updates,
    /// Something else that is not read here decides: the chart's values.
    Completes(&'static str),
    /// It builds an image and deploys nothing.
    Builds,
}

/// What the words without a flag are, after the sub-command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positional {
    /// The service's name, wherever it stands.
    Name,
    /// The image; what follows is the container's command.
    Image,
    /// The build context.
    Context,
    /// `kind/name`, or the kind and the name; what follows is as told.
    Resource(Words),
    /// The service's name, then what is told.
    Named(Words),
    /// The words name no service.
    Plain(Words),
}

/// What further words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Of no interest here.
    Ignored,
    /// `NAME=value`, and `NAME-` where a variable is taken away.
    Variables(EnvKind),
    /// `container=image`.
    Images,
    /// The value of a setting.
    Amount(&'static str, Conversion),
    /// `process=count`, where the process serves requests: `web=2`, `web=2:Standard-1X`.
    Counts(&'static str),
}

/// How flags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `--flag value`, `--flag=value`, `--no-flag`; single letters stand alone.
    Long,
    /// The same, and single letters that stack and take their value at once: `-itp80:80`.
    Short,
}

/// A command line that is recognised.
#[derive(Debug)]
pub struct Command {
    /// The program's name without its folder and `.cmd` or `.exe`.
    pub programs: &'static [&'static str],
    /// Words that may stand between the program and the path: `alpha`, `beta`.
    pub tracks: &'static [&'static str],
    /// The sub-command's words.
    pub path: &'static [&'static str],
    /// The platform's own word for what is deployed: `service`, `job`.
    pub workload: &'static str,
    pub effect: Effect,
    pub positional: Positional,
    pub style: Style,
    /// If not empty, one of these must be there, or the command is a one-off and no deployment.
    pub serves: &'static [&'static str],
    /// If one of these is there, nothing is deployed: `--dry-run`.
    pub unless: &'static [&'static str],
    /// The first table that knows a flag decides.
    pub flags: &'static [&'static [Flag]],
}

/// A flag by its names, each with its dashes.
#[derive(Debug)]
pub struct Flag {
    pub names: &'static [&'static str],
    pub action: Action,
}

/// What a flag gives.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// A setting; the value follows. The last one wins.
    Setting(&'static str, Conversion),
    /// A setting that is true when the flag is there, and false under `--no-`.
    Switch(&'static str),
    /// A setting that is false when the flag is there.
    Off(&'static str),
    /// Variables, `NAME=value` separated by commas (or by what `^...^` says).
    Variables(EnvKind, Merge),
    /// Names of variables that are taken away.
    Unset,
    /// All variables of a kind are taken away.
    ClearVariables(EnvKind),
    /// One variable, `NAME=value`, or `NAME` with the caller's value.
    Variable,
    /// `NAME=value` in each word up to the next flag; a value with this prefix names a secret.
    Assignments(EnvKind, Merge, Option<&'static str>),
    /// Settings by key, `memory=512Mi,cpu=1`: the key, the setting, how it is read.
    Pairs(&'static [(&'static str, &'static str, Conversion)]),
    /// Variables in braces behind a key: `Variables={A=1,B=2}`.
    Braced(&'static str),
    /// A file of variables.
    VariableFile(Merge),
    /// A file of flags.
    FlagsFile,
    /// A probe as `key=value` pairs.
    Probe(&'static str),
    /// `host:container` ports.
    Publish,
    /// The service's name.
    Name,
    /// `NAME=value`: a setting of a service of its own, given once for each.
    Scale(&'static str, Conversion),
    /// The container that the flags behind it speak of.
    Container,
    /// A build's Dockerfile.
    Dockerfile,
    /// A build's image.
    Tag,
    /// Kept as it is; takes a value.
    Value,
    /// Kept as it is; takes none.
    Bare,
}

/// What a map flag does to the entries that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// They are gone.
    Replace,
    /// They stay.
    Keep,
}

/// A kind of document.
#[derive(Debug)]
pub struct Workload {
    /// The API group with its slash, or the whole `apiVersion`: `apps/`, `v1`.
    pub api: &'static str,
    pub kind: &'static str,
    pub workload: &'static str,
    /// From the root to the object whose `metadata` belongs to each instance.
    pub template: &'static [&'static str],
    /// From the root to the object that lists the containers.
    pub pod: &'static [&'static str],
}

/// From where a field's path is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Root,
    Template,
    Pod,
    Container,
}

/// Where documents keep a setting.
#[derive(Debug)]
pub struct Field {
    /// The workloads it holds for; empty: all.
    pub workloads: &'static [&'static str],
    pub base: Base,
    pub path: &'static [&'static str],
    pub setting: &'static str,
    pub conversion: Conversion,
}

/// What the platform does when nobody says otherwise.
#[derive(Debug)]
pub struct Default {
    pub setting: &'static str,
    /// The workloads it holds for; empty: all.
    pub workloads: &'static [&'static str],
    pub value: Filled,
    pub page: &'static str,
}

/// A default's value.
#[derive(Clone, Copy, Debug)]
pub enum Filled {
    /// As one would write it, with the way to read it.
    Written(&'static str, Conversion),
    /// The same value as another setting, where that one is given.
    SameAs(&'static str),
}

/// A bound that the platform enforces.
#[derive(Debug)]
pub struct Limit {
    /// In snake case: `memory_floor`. What `platform.limits` calls it.
    pub name: &'static str,
    pub bound: Bound,
    /// One sentence for people.
    pub description: &'static str,
    pub page: &'static str,
}

/// A limit's value, as one would write it.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    Quantity(&'static str),
    /// Seconds.
    Duration(i64),
    Int(i64),
    Texts(&'static [&'static str]),
    /// Pairs of quantities: from the first on, at least (or above it, at most) the second. The
    /// description says which.
    Coupled(&'static [(&'static str, &'static str)]),
}

impl Platform {
    /// A platform of which nothing is known: what a table does not say is so.
    pub const EMPTY: Platform = Platform {
        name: "",
        title: "",
        pages: &[],
        commands: &[],
        workloads: &[],
        sheets: &[],
        fields: &[],
        defaults: &[],
        limits: &[],
        placeholders: Placeholders::Literal,
        init_sidecars: false,
    };

    /// The default of a setting for a workload.
    pub fn default_of(&self, setting: &str, workload: &str) -> Option<&'static Default> {
        self.defaults.iter().find(|row| {
            row.setting == setting && (row.workloads.is_empty() || row.workloads.contains(&workload))
        })
    }

    /// The fields of a workload's documents.
    pub fn fields_of(&self, workload: &str) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(move |row| row.workloads.is_empty() || row.workloads.contains(&workload))
    }

    /// How the texts of a sheet name variables: Terraform's resources in its own way, others plainly.
    pub fn placeholders_of(&self, sheet: &Sheet) -> Placeholders {
        match (sheet.spelling, self.placeholders) {
            (Spelling::Snake, _) => Placeholders::Expressions,
            (Spelling::Camel, own) => own,
        }
    }

    /// The limit of a name.
    pub fn limit(&self, name: &str) -> Option<&'static Limit> {
        self.limits.iter().find(|limit| limit.name == name)
    }
}

impl Field {
    /// A row for all workloads.
    pub const fn new(
        base: Base,
        path: &'static [&'static str],
        setting: &'static str,
        conversion: Conversion,
    ) -> Field {
        Field { workloads: &[], base, path, setting, conversion }
    }
}

impl Flag {
    /// A row.
    pub const fn new(names: &'static [&'static str], action: Action) -> Flag {
        Flag { names, action }
    }
}

impl Command {
    /// The command as a person calls it: `gcloud run deploy`.
    pub fn name(&self) -> String {
        let words: Vec<&str> = self.programs.iter().take(1).chain(self.path).copied().collect();
        words.join(" ")
    }

    /// A command line that nothing recognises: what a table does not say is so.
    pub const EMPTY: Command = Command {
        programs: &[],
        tracks: &[],
        path: &[],
        workload: "",
        effect: Effect::Updates,
        positional: Positional::Name,
        style: Style::Long,
        serves: &[],
        unless: &[],
        flags: &[],
    };

    /// The row of a flag as written, and whether it stands there in its `--no-` form.
    pub fn flag(&self, name: &str) -> Option<(&'static Flag, bool)> {
        let find = |name: &str| {
            self.flags.iter().flat_map(|table| table.iter()).find(|flag| flag.names.contains(&name))
        };
        if let Some(flag) = find(name) {
            return Some((flag, false));
        }
        let positive = format!("--{}", name.strip_prefix("--no-")?);
        find(&positive).filter(|flag| matches!(flag.action, Action::Switch(_))).map(|flag| (flag, true))
    }
}

impl Action {
    /// Whether the next word is the flag's value.
    pub fn takes_value(self) -> bool {
        !matches!(self, Action::Switch(_) | Action::Off(_) | Action::ClearVariables(_) | Action::Bare)
    }
}
