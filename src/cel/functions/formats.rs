//! Named formats of texts, as Kubernetes has them.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library>; the forms are those of
//! `k8s.io/apimachinery/pkg/util/validation` and of OpenAPI's `format`.

use super::Kind::{Format as Named, List, Optional, Text};
use super::arguments::{Answer, Arguments, boxed, mismatch, opaque, optional, take, text};
use super::{Row, patterns, takes};
use crate::cel::values::{Format, Opaque, Timestamp, work};
use ::cel::common::types::CelList;
use ::cel::common::value::Val;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "format.named",
        member: false,
        signatures: &[takes(&[Text], Optional(&Named))],
        doc: "the format of a name, if there is one",
        example: r#"format.named("dns1123Label").hasValue() && !format.named("none").hasValue()"#,
        implementation: named,
    },
    Row {
        name: "validate",
        member: true,
        signatures: &[takes(&[Named, Text], Optional(&List(&Text)))],
        doc: "what is wrong with a text by a format; none if nothing is",
        example: r#"!format.dns1123Label().validate("my-label").hasValue()"#,
        implementation: validate,
    },
    Row {
        name: "format.dns1123Label",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "labels of DNS: lower case letters, digits and `-`, at most 63 characters",
        example: r#"!format.dns1123Label().validate("my-label").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DNS_LABEL)),
    },
    Row {
        name: "format.dns1123LabelPrefix",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "beginnings of labels of DNS, as `generateName` takes them",
        example: r#"!format.dns1123LabelPrefix().validate("my-label-").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DNS_LABEL_PREFIX)),
    },
    Row {
        name: "format.dns1123Subdomain",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "labels of DNS with dots between them, at most 253 characters",
        example: r#"!format.dns1123Subdomain().validate("apps.example.com").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DNS_SUBDOMAIN)),
    },
    Row {
        name: "format.dns1123SubdomainPrefix",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "beginnings of subdomains of DNS",
        example: r#"!format.dns1123SubdomainPrefix().validate("mysubdomain.prefix.-").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DNS_SUBDOMAIN_PREFIX)),
    },
    Row {
        name: "format.dns1035Label",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "labels of DNS that begin with a letter: names of services",
        example: r#"format.dns1035Label().validate("1st").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&SERVICE_LABEL)),
    },
    Row {
        name: "format.dns1035LabelPrefix",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "beginnings of labels of DNS that begin with a letter",
        example: r#"!format.dns1035LabelPrefix().validate("my-label-").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&SERVICE_LABEL_PREFIX)),
    },
    Row {
        name: "format.qualifiedName",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "keys of labels and annotations: a name, with the subdomain of its owner before a `/`",
        example: r#"!format.qualifiedName().validate("apps.example.com/my-name").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&QUALIFIED_NAME)),
    },
    Row {
        name: "format.labelValue",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "values of labels: empty, or letters, digits, `-`, `_` and `.`, at most 63 characters",
        example: r#"!format.labelValue().validate("my-value").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&LABEL_VALUE)),
    },
    Row {
        name: "format.uri",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "absolute URLs, and paths that begin with `/`",
        example: r#"!format.uri().validate("https://example.com").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&URI)),
    },
    Row {
        name: "format.uuid",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "UUIDs, with `-` between their groups or without",
        example: r#"!format.uuid().validate("123e4567-e89b-12d3-a456-426614174000").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&UUID)),
    },
    Row {
        name: "format.byte",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "Base64",
        example: r#"!format.byte().validate("aGVsbG8=").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&BYTE)),
    },
    Row {
        name: "format.date",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "dates: `2026-01-31`",
        example: r#"!format.date().validate("2026-01-31").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DATE)),
    },
    Row {
        name: "format.datetime",
        member: false,
        signatures: &[takes(&[], Named)],
        doc: "points in time: `2026-01-31T12:00:00Z`",
        example: r#"!format.datetime().validate("2026-01-31T12:00:00Z").hasValue()"#,
        implementation: |_| opaque(Opaque::Format(&DATE_TIME)),
    },
];

static DNS_LABEL: Format = Format { name: "dns1123Label", check: |text| dns_label(text, false) };
static DNS_LABEL_PREFIX: Format = Format { name: "dns1123LabelPrefix", check: |text| dns_label(text, true) };
static DNS_SUBDOMAIN: Format = Format { name: "dns1123Subdomain", check: |text| subdomain(text, false) };
static DNS_SUBDOMAIN_PREFIX: Format =
    Format { name: "dns1123SubdomainPrefix", check: |text| subdomain(text, true) };
static SERVICE_LABEL: Format = Format { name: "dns1035Label", check: |text| service_label(text, false) };
static SERVICE_LABEL_PREFIX: Format =
    Format { name: "dns1035LabelPrefix", check: |text| service_label(text, true) };
static QUALIFIED_NAME: Format = Format { name: "qualifiedName", check: qualified_name };
static LABEL_VALUE: Format = Format { name: "labelValue", check: label_value };
static URI: Format = Format { name: "uri", check: uri };
static UUID: Format = Format { name: "uuid", check: uuid };
static BYTE: Format = Format { name: "byte", check: byte };
static DATE: Format = Format { name: "date", check: date };
static DATE_TIME: Format = Format { name: "datetime", check: date_time };

/// All formats, by name.
static FORMATS: [&Format; 13] = [
    &DNS_LABEL,
    &DNS_LABEL_PREFIX,
    &DNS_SUBDOMAIN,
    &DNS_SUBDOMAIN_PREFIX,
    &SERVICE_LABEL,
    &SERVICE_LABEL_PREFIX,
    &QUALIFIED_NAME,
    &LABEL_VALUE,
    &URI,
    &UUID,
    &BYTE,
    &DATE,
    &DATE_TIME,
];

fn named<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [name] = take(args)?;
    let name = text(&name)?;
    let found = FORMATS.iter().find(|format| format.name == name);
    optional(found.map(|format| -> Box<dyn Val + 'v> { Box::new(Opaque::Format(format)) }))
}

fn validate<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [format, value] = take(args)?;
    let Some(Opaque::Format(format)) = format.downcast_ref::<Opaque>() else {
        return Err(mismatch("a format", format.as_ref()));
    };
    let value = text(&value)?;
    work::charge(value.len())?;
    let wrong: Vec<Box<dyn Val + 'v>> = (format.check)(value).iter().map(|wrong| boxed(wrong)).collect();
    let some = !wrong.is_empty();
    optional(some.then(|| -> Box<dyn Val + 'v> { Box::new(CelList::from(wrong)) }))
}

/// Whether a text has a form; the forms are constants.
fn has_form(text: &str, form: &str) -> bool {
    patterns::pattern(form).is_ok_and(|pattern| pattern.is_match(text))
}

/// What is wrong with a text that must have a form and a length.
fn judged(text: &str, form: &str, length: usize, otherwise: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > length {
        wrong.push(format!("must be no more than {length} characters"));
    }
    if !has_form(text, form) {
        wrong.push(otherwise.to_owned());
    }
    wrong
}

/// A prefix may end in `-`: what is generated behind it ends in a letter or a digit.
fn without_dash(text: &str, prefix: bool) -> &str {
    if prefix { text.strip_suffix('-').unwrap_or(text) } else { text }
}

fn dns_label(text: &str, prefix: bool) -> Vec<String> {
    let otherwise =
        "must consist of lower case letters, digits or `-`, and begin and end with a letter or digit";
    judged(without_dash(text, prefix), r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63, otherwise)
}

fn subdomain(text: &str, prefix: bool) -> Vec<String> {
    let otherwise =
        "must consist of lower case letters, digits, `-` or `.`, and begin and end with a letter or digit";
    let text = without_dash(text, prefix);
    let text = if prefix { text.strip_suffix('.').unwrap_or(text) } else { text };
    judged(text, r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", 253, otherwise)
}

fn service_label(text: &str, prefix: bool) -> Vec<String> {
    let otherwise = "must consist of lower case letters, digits or `-`, begin with a letter, and end with a letter or digit";
    judged(without_dash(text, prefix), r"^[a-z]([-a-z0-9]*[a-z0-9])?$", 63, otherwise)
}

const NAME: &str = r"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";

fn qualified_name(text: &str) -> Vec<String> {
    let otherwise =
        "the name must consist of letters, digits, `-`, `_` or `.`, and begin and end with a letter or digit";
    match text.split_once('/') {
        None => judged(text, NAME, 63, otherwise),
        Some((_, name)) if name.contains('/') => vec!["must have one `/` at most".to_owned()],
        Some((owner, name)) => {
            let mut wrong: Vec<String> =
                subdomain(owner, false).iter().map(|wrong| format!("the part before `/` {wrong}")).collect();
            wrong.extend(judged(name, NAME, 63, otherwise));
            wrong
        }
    }
}

fn label_value(text: &str) -> Vec<String> {
    let otherwise = "must be empty, or consist of letters, digits, `-`, `_` or `.`, and begin and end with a letter or digit";
    judged(text, r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", 63, otherwise)
}

fn one(sound: bool, otherwise: &str) -> Vec<String> {
    if sound { Vec::new() } else { vec![otherwise.to_owned()] }
}

fn uri(text: &str) -> Vec<String> {
    one(super::urls::parse(text).is_ok(), "must be an absolute URL, or a path that begins with `/`")
}

fn uuid(text: &str) -> Vec<String> {
    let form = "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$";
    one(has_form(text, form), "must be a UUID")
}

fn byte(text: &str) -> Vec<String> {
    one(STANDARD.decode(text).is_ok(), "must be Base64")
}

fn date(text: &str) -> Vec<String> {
    let sound = text.len() == 10 && Timestamp::parse(&format!("{text}T00:00:00Z")).is_ok();
    one(sound, "must be a date like `2026-01-31`")
}

fn date_time(text: &str) -> Vec<String> {
    one(Timestamp::parse(text).is_ok(), "must be a time like `2026-01-31T12:00:00Z`")
}
