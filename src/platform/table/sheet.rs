//! Documents of a platform's own form: where they keep what.

use crate::model::EnvKind;
use crate::platform::table::{Base, Field};

/// A document, or an object in one, that is a deployment by itself: its settings stand at fixed paths.
/// Where a path meets a list it goes on with the first item.
#[derive(Debug)]
pub struct Sheet {
    /// The platform's own word for what is deployed: `service`, `task-definition`.
    pub workload: &'static str,
    /// File names that tell the document, with `*` for any characters; empty: any name.
    pub files: &'static [&'static str],
    /// From the root to the object, or to a mapping of objects.
    pub objects: Objects,
    /// Paths in the object that must all be there.
    pub requires: &'static [&'static [&'static str]],
    /// Where the service's name stands; the first that is there counts.
    pub name: &'static [&'static [&'static str]],
    /// The list of containers; empty: the object is its own and only container.
    pub containers: &'static [&'static str],
    pub init_containers: &'static [&'static str],
    /// `Base::Root` is the object, `Base::Container` each container.
    pub fields: &'static [Field],
    /// Settings of a container that have another name where the object itself gives them.
    pub nested: &'static [(&'static str, &'static str)],
    pub variables: &'static [Variables],
    /// Keys of a container that are probes.
    pub probes: &'static [SheetProbe],
    pub spelling: Spelling,
    /// Paths, from the object or a container, that say that health is checked.
    pub checks: &'static [(Base, &'static [&'static str])],
    /// Settings whose text is put together from two places.
    pub pairs: &'static [Pair],
    /// Other objects of the document that give this one a setting.
    pub grants: &'static [Grant],
    /// Whether the folder names the service where nothing else does.
    pub named_by_folder: bool,
    /// A key of the object that says under which condition there is one: `count`.
    pub condition: Option<&'static str>,
    /// What else decides: settings that are absent here may be given there.
    pub elsewhere: Option<&'static str>,
    /// The key of the object whose text names its project or namespace.
    pub flags: &'static [&'static str],
}

/// Where the objects of a sheet are.
#[derive(Clone, Copy, Debug)]
pub enum Objects {
    /// At one of these paths from the root; the first that is there counts. `&[]` is the root.
    At(&'static [&'static [&'static str]]),
    /// Each value of the mapping at this path.
    Each(&'static [&'static str]),
}

/// A text in two parts: `repository` and `tag`. Without the second it is what `otherwise` names.
#[derive(Debug)]
pub struct Pair {
    pub setting: &'static str,
    pub first: &'static [&'static str],
    pub separator: &'static str,
    pub second: &'static [&'static str],
    pub otherwise: &'static str,
}

/// An object that gives a truth to the one that it names: a binding that lets everybody call a service.
#[derive(Debug)]
pub struct Grant {
    /// The mapping of such objects, from the root.
    pub objects: &'static [&'static str],
    /// The key that names the other object, by reference or by name.
    pub names: &'static str,
    /// Keys that must have these texts; the last one is where the grant is said.
    pub says: &'static [(&'static str, &'static str)],
    pub setting: &'static str,
}

/// How the keys of probes are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `initialDelaySeconds`.
    Camel,
    /// `initial_delay_seconds`.
    Snake,
}

/// A probe of a container.
#[derive(Clone, Copy, Debug)]
pub struct SheetProbe {
    /// The setting: `liveness_probe`.
    pub setting: &'static str,
    pub at: ProbePlace,
}

/// Where a probe stands.
#[derive(Clone, Copy, Debug)]
pub enum ProbePlace {
    /// Under a key.
    Key(&'static str),
    /// In the list `probes`, as the item whose `type` is this.
    Item(&'static str),
}

/// Where a sheet keeps variables.
#[derive(Debug)]
pub struct Variables {
    pub base: Base,
    pub path: &'static [&'static str],
    pub kind: EnvKind,
    pub shape: Shape,
}

/// How variables are written.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Names and values of a mapping.
    Map,
    /// Items with `name`, and the value under the first key; the second is a path that, where it is there,
    /// says that the value comes from a secret.
    List(&'static str, &'static [&'static str]),
    /// Items that name files.
    Files(&'static str),
}

impl Sheet {
    /// A sheet that reads nothing: what a table does not say is so.
    pub const EMPTY: Sheet = Sheet {
        workload: "",
        files: &[],
        objects: Objects::At(&[&[]]),
        requires: &[],
        name: &[],
        containers: &[],
        init_containers: &[],
        fields: &[],
        nested: &[],
        variables: &[],
        probes: &[],
        spelling: Spelling::Camel,
        checks: &[],
        pairs: &[],
        grants: &[],
        named_by_folder: false,
        condition: None,
        elsewhere: None,
        flags: &[],
    };
}
