//! Image references: `registry/repository:tag@digest`, of which parts may be unknown.
//!
//! Grammar: <https://github.com/distribution/reference/blob/main/reference.go>

use super::fields::{at, either, object, place_of, split, text, under};
use crate::cel::object::{Field, Place};
use crate::model::Settings;
use crate::model::catalogue;
use crate::provenance::Provenance;
use crate::source::Span;
use crate::value::{Condition, NameMap, Part, Piece, Scalar, Text, Unknown, Value};

const FIELDS: [&str; 5] = ["reference", "registry", "repository", "tag", "digest"];

/// The object `image` of a container or a deployment; `None` if nothing tells of an image.
pub(super) fn image(provenance: &Provenance, settings: &Settings, anchor: Span) -> Option<Field> {
    let mut fields: NameMap<Field> = NameMap::new();
    let mut place = at(anchor);
    for (name, from) in [("base", "base_image"), ("alpine", "alpine")] {
        if let (Some(found), Some(row)) = (settings.get(from), catalogue::find(from)) {
            place = at(found.place);
            fields.insert(name, super::fields::setting(provenance, row, found));
        }
    }
    if let Some(found) = settings.get("image") {
        let mut all: [Vec<(Condition, Field)>; 5] = Default::default();
        for (condition, value) in found.value.alternatives() {
            let (reference, origin) = match value {
                Value::Known(known) => match &known.value {
                    Scalar::Text(reference) => (reference.clone(), Some(known.origin)),
                    other => (Text::literal(other.to_string(), Some(known.origin)), Some(known.origin)),
                },
                Value::Unknown(unknown, origin) => (Text::hole(unknown.clone(), *origin), *origin),
                Value::Either(_) => continue,
            };
            let here = Place {
                platform_default: found.platform_default,
                ..place_of(provenance, origin, found.place)
            };
            place = here;
            for (inner, reference) in split(&reference).unwrap_or_default() {
                let Some(both) = condition.and(&inner) else { continue };
                for (alternatives, field) in all.iter_mut().zip(parse(provenance, &reference, here)) {
                    alternatives.extend(under(&both, field));
                }
            }
        }
        for (name, alternatives) in FIELDS.into_iter().zip(all).filter(|(_, all)| !all.is_empty()) {
            fields.insert(name, either(alternatives));
        }
    }
    (!fields.is_empty()).then(|| object("Image", fields, place))
}

/// One character of a reference, or something unknown, with the part it stands in.
#[derive(Clone, Copy)]
enum Unit<'a> {
    Char(char, &'a Part),
    Hole(&'a Unknown),
}

/// `reference registry repository tag digest` of a text without conditional parts.
fn parse(provenance: &Provenance, reference: &Text, place: Place) -> [Field; 5] {
    let mut units: Vec<Unit<'_>> = Vec::new();
    for part in &reference.parts {
        match &part.piece {
            Piece::Literal(literal) => units.extend(literal.chars().map(|c| Unit::Char(c, part))),
            Piece::Hole(unknown) => units.push(Unit::Hole(unknown)),
        }
    }
    let is = |unit: &Unit<'_>, wanted: char| matches!(unit, Unit::Char(c, _) if *c == wanted);
    let slice = |units: &[Unit<'_>]| stretch(provenance, units, place);
    let whole = slice(&units);
    let (named, digest) = match units.iter().position(|unit| is(unit, '@')) {
        Some(index) => (&units[..index], slice(&units[index + 1..])),
        None if no_digest(&units) => (&units[..], Field::Absent(place)),
        None => (&units[..], unless_hole(&units, place)),
    };
    let last_slash = named.iter().rposition(|unit| is(unit, '/'));
    let tail = last_slash.map_or(0, |index| index + 1);
    let colon = named[tail..].iter().rposition(|unit| is(unit, ':')).map(|index| tail + index);
    let (path, tag) = match colon {
        Some(index) => (&named[..index], slice(&named[index + 1..])),
        // An unknown part at the end may hold a tag, and one that stands alone may be anything.
        None => (named, unless_hole(&named[tail..], place)),
    };
    let first_slash = path.iter().position(|unit| is(unit, '/'));
    let (registry, repository) = match first_slash {
        Some(index) if is_registry(&path[..index]) => (slice(&path[..index]), slice(&path[index + 1..])),
        Some(index) if path[..index].iter().any(|unit| matches!(unit, Unit::Hole(_))) => {
            (slice(&path[..index]), slice(path))
        }
        _ => (unless_hole(path, place), slice(path)),
    };
    [whole, registry, repository, tag, digest]
}

/// Whether what is written behind the last unknown part leaves no room for a digest in it: a digest is
/// the end of a reference, and `:latest` is none.
fn no_digest(units: &[Unit<'_>]) -> bool {
    let after = units.iter().rposition(|unit| matches!(unit, Unit::Hole(_))).map_or(0, |index| index + 1);
    let written: Vec<char> = units[after..]
        .iter()
        .filter_map(|unit| match unit {
            Unit::Char(c, _) => Some(*c),
            Unit::Hole(_) => None,
        })
        .collect();
    let tag = written.iter().rposition(|c| *c == ':').map(|index| &written[index + 1..]);
    written.contains(&'/') || tag.is_some_and(|tag| tag.iter().any(|c| !c.is_ascii_hexdigit()))
}

/// Absent, unless an unknown part may hold what is looked for.
fn unless_hole(units: &[Unit<'_>], place: Place) -> Field {
    units
        .iter()
        .find_map(|unit| match unit {
            Unit::Hole(unknown) => Some(Field::Unknown { unknown: (*unknown).clone(), place }),
            Unit::Char(..) => None,
        })
        .unwrap_or(Field::Absent(place))
}

/// The first component is a registry if it has a dot or a port, or is `localhost`.
fn is_registry(units: &[Unit<'_>]) -> bool {
    let special = |unit: &Unit<'_>| matches!(unit, Unit::Char('.' | ':', _));
    let word: String = units
        .iter()
        .filter_map(|unit| match unit {
            Unit::Char(c, _) => Some(*c),
            Unit::Hole(_) => None,
        })
        .collect();
    units.iter().any(special) || word == "localhost"
}

/// The text of a stretch, at the literal that its first character was written in.
fn stretch(provenance: &Provenance, units: &[Unit<'_>], place: Place) -> Field {
    let mut whole = String::new();
    let mut first: Option<&Part> = None;
    for unit in units {
        match unit {
            Unit::Hole(unknown) => return Field::Unknown { unknown: (*unknown).clone(), place },
            Unit::Char(c, part) => {
                whole.push(*c);
                first = first.or(Some(part));
            }
        }
    }
    if whole.is_empty() {
        return Field::Absent(place);
    }
    let origin = first.and_then(|part| part.origin);
    // The tag of an interpolated reference was written where its own part was; the way from there to
    // the command is the whole reference's.
    let span = origin.and_then(|origin| provenance.literal(origin)).unwrap_or(place.span);
    text(whole, Place { span, origin: place.origin.or(origin), ..place })
}
