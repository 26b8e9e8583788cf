//! Settings of deployments, and settings of application code.

use crate::model::Environment;
use crate::provenance::Origin;
use crate::source::Span;
use crate::value::{Condition, Known, NameMap, Scalar, Value};
use std::sync::Arc;

/// A setting of one deployment or container: what is known of its value, and what lost against it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What is in effect. Unknown with [`Reason::KeptFromRunning`](crate::value::Reason) where the
    /// command does not say.
    pub value: Value,
    /// As written, one for each known alternative in the order of `value.alternatives()`; what people
    /// are shown: `512Mi`, `300`.
    pub written: Vec<String>,
    /// Values given earlier for the same setting that lost, with the condition under which they did.
    pub overridden: Vec<(Condition, Known<Scalar>, String)>,
    /// Whether the platform filled it in.
    pub platform_default: bool,
    /// The flag, key or word that gives the setting: where a reader looks when the value is elsewhere.
    pub place: Span,
}

/// Settings by the name of their row in the [catalogue](crate::model::catalogue).
#[derive(Clone, Debug, Default)]
pub struct Settings {
    all: NameMap<Setting>,
}

impl Settings {
    /// The setting of a name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.all.get(name)
    }

    /// Sets, or replaces, a setting.
    pub fn insert(&mut self, name: &'static str, setting: Setting) {
        self.all.insert(name, setting);
    }

    /// A setting, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Setting> {
        self.all.get_mut(name)
    }

    /// Takes a setting out.
    pub fn remove(&mut self, name: &str) -> Option<Setting> {
        self.all.remove(name)
    }

    /// All settings in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        self.all.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The typed value of a code setting. Which one it is follows from the name's suffix or words.
#[derive(Clone, Debug, PartialEq)]
pub enum CodeValue {
    Duration(crate::value::Duration),
    /// A multiplier, factor, margin.
    Ratio(f64),
    Count(i64),
    Flag(bool),
    Text(String),
    Number(f64),
}

impl CodeValue {
    /// The kind's name: the field of `setting` under which CEL sees the value.
    pub fn kind(&self) -> &'static str {
        match self {
            CodeValue::Duration(_) => "duration",
            CodeValue::Ratio(_) => "ratio",
            CodeValue::Count(_) => "count",
            CodeValue::Flag(_) => "flag",
            CodeValue::Text(_) => "text",
            CodeValue::Number(_) => "number",
        }
    }
}

/// A value of application code that is chosen by environment, or that belongs to a budget.
#[derive(Clone, Debug)]
pub struct CodeSetting {
    /// The target or key path: `timeout_multiplier`, `initialization_timeout`.
    pub name: Arc<str>,
    /// `path::Class.function`; with the name it is the key by which environments are paired.
    pub scope: Arc<str>,
    /// The environment whose branch, key or class the value stands in; `None` if it holds for all.
    pub environment: Option<Environment>,
    pub value: CodeValue,
    /// As written: `0.7`.
    pub written: String,
    /// The literal's characters, or the expression's where arithmetic made the value.
    pub span: Span,
    pub origin: Origin,
    /// What else must hold: `self.is_cloud_run`.
    pub condition: Condition,
    /// Whether later arithmetic made this value from an earlier one of the same setting.
    pub derived: bool,
    /// The members of a budget: settings whose sum or maximum this one must not be below.
    pub parts: Vec<(Arc<str>, CodeValue, Span)>,
    /// What the members are to this setting, if there are any.
    pub budget: Option<Budget>,
}

/// How a budget bounds its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// The members run one after the other: their sum counts.
    Sum,
    /// The members are bounded as one group: the largest counts.
    Largest,
}
