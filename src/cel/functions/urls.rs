//! URLs, as Kubernetes has them: absolute ones, and absolute paths.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library>

use super::Kind::{Bool, List, Map, Text, Url};
use super::arguments::{Answer, Arguments, bool, boxed, mismatch, opaque, string, take, text};
use super::{Row, takes};
use crate::cel::values::{self, Opaque, Outcome, fault, work};
use ::cel::common::types::{CelList, CelMap, CelMapKey};
use ::cel::common::value::{CowVal, Val};
use fluent_uri::UriRef;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "url",
        member: false,
        signatures: &[takes(&[Text], Url), takes(&[Url], Url)],
        doc: "an absolute URL, or a path that begins with `/`",
        example: r#"url("https://example.com:8080/a").getPort() == "8080""#,
        implementation: to_url,
    },
    Row {
        name: "isURL",
        member: false,
        signatures: &[takes(&[Text], Bool)],
        doc: "whether a text is an absolute URL, or a path that begins with `/`",
        example: r#"isURL("https://example.com") && !isURL("../relative")"#,
        implementation: is_url,
    },
    Row {
        name: "getScheme",
        member: true,
        signatures: &[takes(&[Url], Text)],
        doc: "the scheme of a URL; empty if there is none",
        example: r#"url("https://example.com/").getScheme() == "https""#,
        implementation: scheme,
    },
    Row {
        name: "getHost",
        member: true,
        signatures: &[takes(&[Url], Text)],
        doc: "the host of a URL with its port; empty if there is none",
        example: r#"url("https://example.com:80/").getHost() == "example.com:80""#,
        implementation: host,
    },
    Row {
        name: "getHostname",
        member: true,
        signatures: &[takes(&[Url], Text)],
        doc: "the host of a URL without its port, an IPv6 address without brackets",
        example: r#"url("https://[::1]:80/").getHostname() == "::1""#,
        implementation: hostname,
    },
    Row {
        name: "getPort",
        member: true,
        signatures: &[takes(&[Url], Text)],
        doc: "the port of a URL as written; empty if there is none",
        example: r#"url("https://example.com/").getPort() == """#,
        implementation: port,
    },
    Row {
        name: "getEscapedPath",
        member: true,
        signatures: &[takes(&[Url], Text)],
        doc: "the path of a URL, with its escapes",
        example: r#"url("https://example.com/with%20space").getEscapedPath() == "/with%20space""#,
        implementation: path,
    },
    Row {
        name: "getQuery",
        member: true,
        signatures: &[takes(&[Url], Map(&List(&Text)))],
        doc: "the query of a URL: the values of each key, decoded",
        example: r#"url("https://example.com/?a=1&a=2").getQuery() == {"a": ["1", "2"]}"#,
        implementation: query,
    },
];

/// Reads a URL.
pub(super) fn parse(text: &str) -> Outcome<UriRef<String>> {
    let wrong = |why: &str| fault::wrong(format!("{text:?} is no URL: {why}"));
    let url =
        UriRef::parse(text.to_owned()).map_err(|_| wrong("a character is not allowed where it stands"))?;
    if url.scheme().is_none() && !text.starts_with('/') {
        return Err(wrong("it begins neither with a scheme nor with `/`"));
    }
    Ok(url)
}

fn of(value: &CowVal<'_, '_>) -> Outcome<Arc<UriRef<String>>> {
    match value.downcast_ref::<Opaque>() {
        Some(Opaque::Url(url)) => Ok(Arc::clone(url)),
        _ => Err(mismatch("a URL", value.as_ref())),
    }
}

fn to_url<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match values::text(value.as_ref()) {
        Some(text) => opaque(Opaque::Url(Arc::new(parse(text)?))),
        None => opaque(Opaque::Url(of(&value)?)),
    }
}

fn is_url<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(parse(text(&value)?).is_ok())
}

fn scheme<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(of(&value)?.scheme().map_or("", |scheme| scheme.as_str()).to_owned())
}

fn host<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let url = of(&value)?;
    let Some(authority) = url.authority() else {
        return string(String::new());
    };
    string(match authority.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    })
}

fn hostname<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let url = of(&value)?;
    let host = url.authority().map_or("", |authority| authority.host());
    string(host.trim_start_matches('[').trim_end_matches(']').to_owned())
}

fn port<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let url = of(&value)?;
    string(url.authority().and_then(|authority| authority.port()).map_or("", |port| port.as_str()).to_owned())
}

fn path<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    string(of(&value)?.path().as_str().to_owned())
}

/// A part of a query without its escapes: `+` is a blank.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn query<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let url = of(&value)?;
    let query = url.query().map_or("", |query| query.as_str());
    work::charge(query.len())?;
    let mut found: BTreeMap<String, Vec<Box<dyn Val + 'v>>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A pair that cannot be decoded is left out, as Go does.
        if let (Some(key), Some(value)) = (decoded(key), decoded(value)) {
            found.entry(key).or_default().push(boxed(&value));
        }
    }
    let entry = |(key, values): (String, Vec<Box<dyn Val + 'v>>)| {
        let values: Box<dyn Val + 'v> = Box::new(CelList::from(values));
        (CelMapKey::from(key), values)
    };
    let entries: HashMap<CelMapKey<'v>, Box<dyn Val + 'v>> = found.into_iter().map(entry).collect();
    Ok(CowVal::owned(CelMap::from(entries)))
}
