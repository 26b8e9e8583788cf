//! The one table of what an expression can name. The checker, completion and `celador fields` read it;
//! whoever builds subjects fills exactly these fields.

use crate::cel::Type;
use crate::model::catalogue;

/// A variable at the root of a path.
#[derive(Clone, Copy, Debug)]
pub struct VariableRow {
    pub name: &'static str,
    /// The object type, or `dyn`, `params`, `variables`.
    pub type_name: &'static str,
    pub description: &'static str,
}

/// A field of an object type.
#[derive(Clone, Debug)]
pub struct FieldRow {
    pub owner: &'static str,
    pub name: &'static str,
    pub kind: Type,
    /// Whether it may be absent, so that it must be guarded.
    pub optional: bool,
    pub description: &'static str,
}

const fn variable_row(name: &'static str, type_name: &'static str, description: &'static str) -> VariableRow {
    VariableRow { name, type_name, description }
}

/// All variables. Which of them an expression sees follows from its policy's target.
pub const VARIABLES: &[VariableRow] = &[
    variable_row("deployment", "deployment", "one service as deployed to one environment on one platform"),
    variable_row("reference", "deployment", "the same subject in the environment compared with"),
    variable_row("artifact", "artifact", "a Dockerfile or an environment file"),
    variable_row("service", "service", "a service with all its deployments"),
    variable_row("setting", "setting", "a value of application code that is chosen by environment"),
    variable_row("bypass", "bypass", "a switch in code, a script or a pipeline that turns a check off"),
    variable_row("object", "dyn", "the raw document"),
    variable_row("file", "file", "the file that the subject stands in"),
    variable_row("project", "project", "everything that was read"),
    variable_row("params", "params", "the policy's params"),
    variable_row("variables", "variables", "the policy's named expressions"),
];

/// The row of a variable.
pub fn variable(name: &str) -> Option<&'static VariableRow> {
    VARIABLES.iter().find(|row| row.name == name)
}

/// The types that rows are written with.
#[derive(Clone, Copy)]
enum Of {
    Bool,
    Int,
    Double,
    Ratio,
    Text,
    Memory,
    Cpu,
    Duration,
    Dyn,
    One(&'static str),
    List(&'static Of),
    Map(&'static Of),
}

impl Of {
    fn expand(self) -> Type {
        match self {
            Bool => Type::Bool,
            Int => Type::Int,
            Double => Type::Double,
            Ratio => Type::Ratio,
            Text => Type::Text,
            Memory => Type::Memory,
            Cpu => Type::Cpu,
            Duration => Type::Duration,
            Dyn => Type::Dyn,
            One(name) => Type::Object(name),
            List(element) => Type::list(element.expand()),
            Map(value) => Type::map(value.expand()),
        }
    }
}

/// Whether a field is always there.
#[derive(Clone, Copy, PartialEq)]
enum Presence {
    Always,
    Maybe,
}

use Of::{Bool, Cpu, Double, Duration, Dyn, Int, List, Map, Memory, One, Ratio, Text};
use Presence::{Always, Maybe};

type Row = (&'static str, &'static str, Of, Presence, &'static str);

/// Fields that are not settings of the catalogue; those follow with the levels in [`CATALOGUE`].
const FIELDS: &[Row] = &[
    ("deployment", "service", Text, Always, "name on the platform"),
    ("deployment", "family", Text, Maybe, "name without environment tokens, aliases resolved"),
    ("deployment", "environment", Text, Maybe, "canonical name: production, staging, development"),
    ("deployment", "platform", Text, Always, "cloud-run, kubernetes, compose, docker"),
    ("deployment", "workload", Text, Always, "the platform's own word: service, job, deployment, cronjob"),
    ("deployment", "file", Text, Always, "path of the file that deploys it"),
    ("deployment", "condition", Text, Maybe, "when it is deployed, in words"),
    ("deployment", "env", Map(&One("env_variable")), Always, "variables of the main container, by name"),
    ("deployment", "containers", List(&One("container")), Always, "all containers"),
    ("deployment", "flags", Map(&Text), Always, "what else was passed to the command, by flag"),
    ("deployment", "repeated", List(&One("repeated_flag")), Always, "scalar flags given more than once"),
    (
        "deployment",
        "required",
        List(&One("required_variable")),
        Always,
        "variables that celador.yaml requires",
    ),
    ("deployment", "dockerfile", Text, Maybe, "path of the Dockerfile that builds the image"),
    ("deployment", "artifacts", List(&One("artifact")), Always, "Dockerfiles that build its image"),
    ("container", "name", Text, Maybe, "the container's name"),
    ("container", "role", Text, Always, "main, sidecar or init"),
    ("container", "env", Map(&One("env_variable")), Always, "its variables, by name"),
    ("image", "reference", Text, Maybe, "the whole reference, as written"),
    ("image", "registry", Text, Maybe, "host of the registry: gcr.io"),
    ("image", "repository", Text, Maybe, "path without registry, tag and digest"),
    ("image", "tag", Text, Maybe, "the tag, if one is given"),
    ("image", "digest", Text, Maybe, "the digest, if one is given"),
    ("image", "base", Text, Maybe, "base image of the last stage of its Dockerfile"),
    ("image", "alpine", Bool, Maybe, "whether it is built on Alpine"),
    ("probe", "path", Text, Maybe, "path that is asked, or `exec`"),
    ("probe", "port", Int, Maybe, "port that is asked"),
    ("probe", "period", Duration, Maybe, "time between two attempts"),
    ("probe", "timeout", Duration, Maybe, "how long one attempt may take"),
    ("probe", "failure_threshold", Int, Maybe, "failed attempts before the platform gives up"),
    ("probe", "initial_delay", Duration, Maybe, "time before the first attempt"),
    ("probe", "budget", Duration, Maybe, "period times failure threshold"),
    ("env_variable", "name", Text, Always, "the variable's name"),
    ("env_variable", "value", Text, Maybe, "the value of a plain variable"),
    ("env_variable", "secret", Text, Maybe, "the secret that fills it, by name"),
    ("env_variable", "kind", Text, Always, "plain, secret or from_file"),
    ("env_variable", "set", Bool, Always, "whether it has a value that is not empty"),
    ("repeated_flag", "flag", Text, Always, "the flag as written: --timeout"),
    ("repeated_flag", "values", List(&Text), Always, "its values as written, the winning one last"),
    ("required_variable", "name", Text, Always, "the variable's name"),
    ("required_variable", "kind", Text, Always, "env or secret"),
    ("required_variable", "state", Text, Always, "SET, EMPTY, MISSING; unknown if it cannot be told"),
    ("artifact", "kind", Text, Always, "dockerfile or env-file"),
    ("artifact", "file", Text, Always, "path of the file"),
    ("artifact", "environment", Text, Maybe, "canonical name of its environment"),
    ("artifact", "env", Map(&One("env_variable")), Always, "variables it sets, by name"),
    ("artifact", "bound_ports", List(&One("bound_port")), Always, "ports that its commands fix"),
    ("bound_port", "port", Int, Always, "the port number"),
    ("bound_port", "honours_variable", Bool, Always, "whether the variable PORT overrides it"),
    ("bound_port", "asked", Bool, Always, "whether it is asked, as a health check does, and not listened on"),
    ("service", "name", Text, Always, "name without environment tokens, aliases resolved"),
    ("service", "deployments", List(&One("deployment")), Always, "its deployments"),
    ("service", "environments", List(&Text), Always, "canonical names of the environments it is deployed to"),
    ("setting", "name", Text, Always, "the target or key path: timeout_multiplier"),
    ("setting", "scope", Text, Always, "path::Class.function"),
    ("setting", "file", Text, Always, "path of the file"),
    ("setting", "environment", Text, Maybe, "canonical name of the environment it is for"),
    ("setting", "kind", Text, Always, "duration, ratio, count, flag, text or number"),
    ("setting", "duration", Duration, Maybe, "the value, if it is a time"),
    ("setting", "ratio", Ratio, Maybe, "the value, if it is a multiplier or a margin"),
    ("setting", "count", Int, Maybe, "the value, if it is a count"),
    ("setting", "flag", Bool, Maybe, "the value, if it is true or false"),
    ("setting", "text", Text, Maybe, "the value, if it is a text"),
    ("setting", "number", Double, Maybe, "the value, if it is a number without a unit"),
    ("setting", "written", Text, Always, "the value as written"),
    ("setting", "derived", Bool, Always, "whether later arithmetic made the value"),
    ("setting", "condition", Text, Maybe, "what else must hold, in words"),
    ("setting", "parts", List(&One("part")), Always, "members that the setting is a budget of"),
    ("setting", "budget", Text, Maybe, "sum or largest: what the members are to it"),
    ("part", "name", Text, Always, "the member's name"),
    ("part", "duration", Duration, Maybe, "the value, if it is a time"),
    ("part", "ratio", Ratio, Maybe, "the value, if it is a multiplier or a margin"),
    ("part", "count", Int, Maybe, "the value, if it is a count"),
    ("part", "number", Double, Maybe, "the value, if it is a number without a unit"),
    ("bypass", "kind", Text, Always, "condition (in code), variable, flag, ignored (a result)"),
    ("bypass", "name", Text, Always, "the switch's name: BYPASS_VALIDATION, --no-verify, || true"),
    ("bypass", "turns_off", Text, Always, "the check that it turns off, in words: tests, startup validation"),
    ("bypass", "command", Text, Maybe, "the command that has the flag, or whose result is ignored"),
    ("bypass", "service", Text, Maybe, "the service for which the variable is set"),
    ("bypass", "scope", Text, Always, "the file, and the function, it stands in"),
    ("bypass", "file", Text, Always, "path of the file"),
    ("bypass", "environments", List(&Text), Maybe, "where it can act; absent if no environment is tested"),
    ("bypass", "threshold", Double, Maybe, "the number of failures that bounds it"),
    ("bypass", "flag", Bool, Always, "whether a variable or an option must be set for it"),
    ("bypass", "condition", Text, Maybe, "when it acts, in words"),
    ("bypass", "unconditional", Bool, Always, "whether it acts wherever what it stands in runs"),
    ("bypass", "recorded", Bool, Maybe, "whether a reason is given or printed; absent if that is not told"),
    ("bypass", "before_deployment", Bool, Always, "whether its job deploys, or one that waits for it"),
    ("file", "path", Text, Always, "path from the project's root"),
    ("file", "name", Text, Always, "the last part of the path"),
    ("file", "document", Dyn, Always, "the raw document"),
    ("project", "services", List(&One("service")), Always, "all services"),
    ("project", "deployments", List(&One("deployment")), Always, "all deployments"),
    ("project", "artifacts", List(&One("artifact")), Always, "all artifacts"),
    ("project", "settings", List(&One("setting")), Always, "all code settings"),
    ("project", "bypasses", List(&One("bypass")), Always, "all bypasses"),
    ("project", "gates", Map(&Int), Always, "failures that celador.yaml tolerates, by environment"),
    ("project", "bypass_environments", List(&Text), Always, "where celador.yaml allows bypasses"),
    ("deployment", "given", List(&Text), Always, "names of the settings that the file itself gives"),
    (
        "deployment",
        "environment_fixed",
        Bool,
        Always,
        "whether nothing that only the caller knows decides where it goes: a project, a namespace",
    ),
    ("repeated_flag", "first", Text, Always, "the value that was given first"),
    ("repeated_flag", "last", Text, Always, "the value that wins"),
    ("repeated_flag", "conflict", Bool, Always, "whether two of its values differ for certain"),
    (
        "env_variable",
        "kinds",
        List(&Text),
        Always,
        "every kind in which it is given: plain, secret, from_file",
    ),
    ("artifact", "further_ports", List(&Int), Always, "ports exposed after the first"),
    ("required_variable", "status", Text, Always, "the state for messages: UNKNOWN where it cannot be told"),
];

/// The object types that have the settings of the catalogue as fields, and which of them.
const CATALOGUE: &[(&str, bool)] = &[("deployment", true), ("container", false), ("artifact", true)];

fn setting_type(kind: catalogue::Type) -> Of {
    match kind {
        catalogue::Type::Memory => Memory,
        catalogue::Type::Cpu => Cpu,
        catalogue::Type::Duration => Duration,
        catalogue::Type::Int => Int,
        catalogue::Type::Bool => Bool,
        catalogue::Type::Text => Text,
        catalogue::Type::Image => One("image"),
        catalogue::Type::Probe => One("probe"),
    }
}

fn expand(&(owner, name, kind, presence, description): &Row) -> FieldRow {
    FieldRow { owner, name, kind: kind.expand(), optional: presence == Maybe, description }
}

fn settings_of(owner: &str) -> impl Iterator<Item = FieldRow> {
    let found = CATALOGUE.iter().find(|(name, _)| *name == owner);
    found.into_iter().flat_map(|&(owner, whole)| {
        let here = move |row: &&catalogue::Row| whole || row.level == catalogue::Level::Container;
        catalogue::ROWS.iter().filter(here).map(move |row| FieldRow {
            owner,
            name: row.name,
            kind: setting_type(row.kind).expand(),
            optional: true,
            description: row.description,
        })
    })
}

/// All fields of an object type, in the order in which they are listed for people.
pub fn fields(owner: &str) -> Vec<FieldRow> {
    let own = FIELDS.iter().filter(|row| row.0 == owner).map(expand);
    own.chain(settings_of(owner)).collect()
}

/// One field of an object type.
pub fn field(owner: &str, name: &str) -> Option<FieldRow> {
    FIELDS
        .iter()
        .find(|row| row.0 == owner && row.1 == name)
        .map(expand)
        .or_else(|| settings_of(owner).find(|row| row.name == name))
}
