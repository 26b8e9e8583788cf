//! Values that only their own functions look into: addresses, networks, URLs, versions, formats.

use super::fault;
use ::cel::ExecutionError;
use ::cel::common::traits::Comparer;
use ::cel::common::types::Type;
use ::cel::common::value::{StaticVal, Val};
use fluent_uri::UriRef;
use ipnet::IpNet;
use semver::Version;
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// A form that texts may have to have, by name.
#[derive(Debug)]
pub(in crate::cel) struct Format {
    pub(in crate::cel) name: &'static str,
    /// What is wrong with a text, each in a sentence; nothing if it has the form.
    pub(in crate::cel) check: fn(&str) -> Vec<String>,
}

/// A value of one of the types that have no operators but comparisons.
#[derive(Clone, Debug)]
pub(in crate::cel) enum Opaque {
    /// An address; one of version 4 that is mapped into version 6 counts as version 4.
    Ip(IpAddr),
    Cidr(IpNet),
    /// A URL as written, with what was parsed of it.
    Url(Arc<UriRef<String>>),
    Version(Arc<Version>),
    Format(&'static Format),
}

static IP: Type = Type::new_unspecified_type("net.IP");
static CIDR: Type = Type::new_unspecified_type("net.CIDR");
static URL: Type = Type::new_unspecified_type("url");
static VERSION: Type = Type::new_unspecified_type("semver");
static FORMAT: Type = Type::new_unspecified_type("format");

impl Opaque {
    fn order(&self, other: &Opaque) -> Option<Ordering> {
        match (self, other) {
            // Precedence: what stands behind a `+` does not count.
            (Opaque::Version(a), Opaque::Version(b)) => Some(a.cmp_precedence(b)),
            _ => None,
        }
    }
}

impl PartialEq for Opaque {
    fn eq(&self, other: &Opaque) -> bool {
        match (self, other) {
            (Opaque::Ip(a), Opaque::Ip(b)) => a == b,
            (Opaque::Cidr(a), Opaque::Cidr(b)) => a == b,
            (Opaque::Url(a), Opaque::Url(b)) => a.as_str() == b.as_str(),
            (Opaque::Version(_), Opaque::Version(_)) => self.order(other) == Some(Ordering::Equal),
            (Opaque::Format(a), Opaque::Format(b)) => a.name == b.name,
            _ => false,
        }
    }
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Opaque::Ip(address) => write!(f, "{address}"),
            Opaque::Cidr(network) => write!(f, "{network}"),
            Opaque::Url(url) => f.write_str(url.as_str()),
            Opaque::Version(version) => write!(f, "{version}"),
            Opaque::Format(format) => f.write_str(format.name),
        }
    }
}

impl Val for Opaque {
    fn get_type(&self) -> &Type {
        match self {
            Opaque::Ip(_) => &IP,
            Opaque::Cidr(_) => &CIDR,
            Opaque::Url(_) => &URL,
            Opaque::Version(_) => &VERSION,
            Opaque::Format(_) => &FORMAT,
        }
    }

    fn cel_type() -> &'static Type {
        &IP
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Opaque>() == Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Opaque {}

impl Comparer for Opaque {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        let ordered = other.downcast_ref::<Opaque>().and_then(|other| self.order(other));
        ordered.ok_or_else(|| {
            fault::mismatch(format!("{} cannot be compared with {}", fault::kind(self), fault::kind(other)))
        })
    }
}
