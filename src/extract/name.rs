//! Names of services and paths of files.

use crate::model::{Deployment, Environment};
use crate::source::path;
use crate::value::{Piece, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The canonical name: a declared alias's owner, else the name without its environment tokens.
pub fn family(deployment: &Deployment, aliases: &BTreeMap<String, Vec<String>>) -> Option<Arc<str>> {
    let bare = without_environment(deployment.service.as_ref()?)?;
    let whole = deployment.service.as_ref().and_then(Text::plain);
    let owner = aliases.iter().find(|(owner, names)| {
        let is = |name: &str| whole.as_deref() == Some(name) || bare == name;
        is(owner) || names.iter().any(|name| is(name))
    });
    // An alias without its environment names the other environments' services too.
    let owner = owner.or_else(|| {
        aliases.iter().find(|(_, names)| {
            names.iter().any(|name| {
                without_environment(&Text::literal(name.as_str(), None)).as_deref() == Some(&*bare)
            })
        })
    });
    Some(owner.map_or_else(|| bare.as_str().into(), |(owner, _)| owner.as_str().into()))
}

/// A name without the tokens, and without the unknown parts, that tell an environment; `None` if another
/// part is unknown or nothing is left.
fn without_environment(name: &Text) -> Option<String> {
    let mut kept: Vec<String> = vec![String::new()];
    for part in &name.parts {
        match &part.piece {
            Piece::Literal(text) => {
                for (index, token) in text.split(['-', '_', '.', '/']).enumerate() {
                    if index > 0 {
                        kept.push(String::new());
                    }
                    if let Some(last) = kept.last_mut() {
                        last.push_str(token);
                    }
                }
            }
            Piece::Hole(unknown) if is_environment_input(&unknown.input) => {}
            Piece::Hole(_) => return None,
        }
    }
    kept.retain(|token| !token.is_empty() && Environment::known(token).is_none());
    (!kept.is_empty()).then(|| kept.join("-"))
}

/// Whether an input's name says that it holds an environment's name: `ENVIRONMENT`, `args.env`,
/// `APP_ENV`, `--stage`. `NODE_ENV` tells how code is built, not where it runs.
pub fn is_environment_input(input: &str) -> bool {
    let lower = input.to_lowercase();
    let last = lower.split(|c: char| !c.is_alphanumeric()).rfind(|token| !token.is_empty());
    let named = matches!(last, Some("environment" | "env" | "stage"));
    named && !lower.ends_with("node_env")
}

/// The paths that a path in a file may mean: relative to the file's folder, then to the root.
pub fn candidates(named: &str, from: &str) -> Vec<String> {
    [path::within(path::folder(from), named), path::within("", named)].into_iter().flatten().collect()
}
