//! How a value was reached, written only when somebody asks.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A path from a variable to a value. Cheap to clone and to extend.
#[derive(Clone, Debug)]
pub(in crate::cel) struct Path(Arc<Step>);

#[derive(Debug)]
enum Step {
    Root(Cow<'static, str>),
    Field(Path, Cow<'static, str>),
    Index(Path, usize),
}

impl Path {
    /// A variable.
    pub(in crate::cel) fn root(name: impl Into<Cow<'static, str>>) -> Path {
        Path(Arc::new(Step::Root(name.into())))
    }

    /// A field or a key.
    pub(in crate::cel) fn field(&self, name: impl Into<Cow<'static, str>>) -> Path {
        Path(Arc::new(Step::Field(self.clone(), name.into())))
    }

    /// An element, counted from 0.
    pub(in crate::cel) fn index(&self, index: usize) -> Path {
        Path(Arc::new(Step::Index(self.clone(), index)))
    }
}

/// As an expression would have it: `deployment.env["MY-KEY"].value`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Step::Root(name) => f.write_str(name),
            Step::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Step::Field(parent, name) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
                    write!(f, "{parent}.{name}")
                } else {
                    write!(f, "{parent}[{name:?}]")
                }
            }
        }
    }
}
