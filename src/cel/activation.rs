//! What the names in an expression stand for.

use crate::cel::Expression;
use crate::cel::object::{Datum, Field, Map, Place};
use std::sync::Arc;

/// The subject, the params and the named sub-expressions that an evaluation can see. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Activation {
    pub(super) variables: Arc<Vec<(&'static str, Field)>>,
    pub(super) definitions: Arc<Vec<(Arc<str>, Expression)>>,
}

impl Activation {
    /// Nothing bound yet.
    pub fn new() -> Activation {
        Activation::default()
    }

    /// Binds a variable: `deployment`, `reference`, `setting`. The first binding of a name wins.
    #[must_use]
    pub fn with(mut self, name: &'static str, field: Field) -> Activation {
        Arc::make_mut(&mut self.variables).push((name, field));
        self
    }

    /// Binds `params`; the anchor is where the params are declared.
    #[must_use]
    pub fn with_params(
        self,
        params: impl IntoIterator<Item = (Arc<str>, Field)>,
        anchor: Place,
    ) -> Activation {
        let map = Map { entries: Arc::new(params.into_iter().collect()), open: None, anchor };
        self.with("params", Field::known(Datum::Map(map), anchor))
    }

    /// Binds `variables.NAME` for each definition. A definition is evaluated where it is read, and may
    /// read those that stand before it.
    #[must_use]
    pub fn with_definitions(mut self, definitions: Arc<Vec<(Arc<str>, Expression)>>) -> Activation {
        self.definitions = definitions;
        self
    }
}
