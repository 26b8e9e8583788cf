//! Image references.
//!
//! Grammar: <https://github.com/distribution/reference>

use crate::value::{Known, Part, Piece, Text, Value};

/// The last component of the repository, without tag and digest: `app` of `gcr.io/p/app:1.2`. What
/// people call a container that has no other name.
pub fn name_of(image: &Value<Text>) -> Value<Text> {
    image.map(&mut |known: &Known<Text>| {
        Value::Known(Known { value: repository_name(&known.value), ..known.clone() })
    })
}

fn repository_name(image: &Text) -> Text {
    let mut name: Vec<Part> = Vec::new();
    for part in &image.parts {
        match &part.piece {
            Piece::Literal(text) => match text.rsplit_once('/') {
                Some((_, last)) => {
                    name = vec![Part { piece: Piece::Literal(last.to_owned()), ..part.clone() }]
                }
                None => name.push(part.clone()),
            },
            Piece::Hole(_) => name.push(part.clone()),
        }
    }
    let mut kept = Vec::with_capacity(name.len());
    for part in name {
        let Piece::Literal(text) = &part.piece else {
            kept.push(part);
            continue;
        };
        let end = text.find([':', '@']).unwrap_or(text.len());
        let ends = end < text.len();
        if end > 0 {
            kept.push(Part { piece: Piece::Literal(text[..end].to_owned()), ..part.clone() });
        }
        if ends {
            break;
        }
    }
    Text { parts: kept }
}

/// Whether the known characters of a reference name Alpine: `alpine:3`, `redis:7-alpine`,
/// `node:22-alpine3.20`. A registry or a user of that name does not count.
pub fn names_alpine(image: &Text) -> bool {
    let shown = image.to_string();
    let last = shown.rsplit('/').next().unwrap_or(&shown);
    let without_digest = last.split('@').next().unwrap_or(last);
    without_digest.to_ascii_lowercase().contains("alpine")
}

#[cfg(test)]
mod tests {
    use super::{names_alpine, repository_name};
    use crate::value::Text;

    #[test]
    fn a_reference_is_taken_apart() {
        let text = |text: &str| Text::literal(text, None);
        let name = |image: &str| repository_name(&text(image)).to_string();
        assert_eq!(name("gcr.io/p/app:1.2"), "app");
        assert_eq!(name("localhost:5000/app@sha256:ab"), "app");
        assert_eq!(name("redis"), "redis");
        assert!(names_alpine(&text("docker.io/library/redis:7-alpine")));
        assert!(!names_alpine(&text("alpine.example.com/team/app:1")));
    }
}
