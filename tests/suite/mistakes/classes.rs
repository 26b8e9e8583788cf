//! The ten classes of mistakes, each made wherever an expression of the pack has a place for it.
//!
//! A change is only made where the result is wrong by construction: a misspelt name is no name of
//! anything, a literal of another unit stands where the other operand has one, and so on.

use super::expression::{Kind, MACROS, Names, Path, Role, Site};
use celador::cel::{Type, types};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// A change of an expression's text.
pub struct Edit {
    pub range: Range<usize>,
    pub new: String,
    /// What is wrong then, in the new text.
    pub wrong: Range<usize>,
}

/// Something else in the place of some characters, which is what is wrong.
fn replaced(range: &Range<usize>, new: impl Into<String>) -> Edit {
    let new = new.into();
    Edit { range: range.clone(), wrong: range.start..range.start + new.len(), new }
}

/// Something inserted, which is what is wrong.
fn inserted(at: usize, before: &str, new: &str) -> Edit {
    let start = at + before.len();
    Edit { range: at..at, new: format!("{before}{new}"), wrong: start..start + new.len() }
}

/// Names that stand for something somewhere, so that no misspelling may meet them.
static TAKEN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    const WORDS: &str = "each params variables true false in null bool bytes double int list map string type as \
        break const continue else for function if import let loop package namespace return var void while";
    const OBJECTS: &str =
        "container image probe env_variable repeated_flag required_variable bound_port part";
    let roots = types::VARIABLES.iter().map(|row| row.type_name);
    let fields = roots.chain(OBJECTS.split(' ')).flat_map(types::fields).map(|row| row.name);
    let functions = celador::cel::documentation().into_iter().map(|row| row.name);
    let variables = types::VARIABLES.iter().map(|row| row.name);
    WORDS.split_whitespace().chain(fields).chain(functions).chain(variables).collect()
});

/// Four ways to misspell a word.
fn misspelt(word: &str) -> Vec<String> {
    let (first, rest) = word.split_at(word.len() / 2);
    let swapped = || {
        let mut bytes = word.as_bytes().to_vec();
        let at = (1..bytes.len().saturating_sub(1)).find(|&at| bytes[at] != bytes[at + 1])?;
        bytes.swap(at, at + 1);
        String::from_utf8(bytes).ok()
    };
    let doubled = format!("{first}{}{rest}", rest.chars().next().unwrap_or('x'));
    let dropped = format!("{first}{}", rest.get(1..).unwrap_or_default());
    let all = [swapped(), Some(doubled), Some(dropped), Some(format!("{word}s"))];
    all.into_iter()
        .flatten()
        .filter(|new| new != word && !new.is_empty() && !TAKEN.contains(new.as_str()))
        .collect()
}

fn words<'s>(site: &'s Site, path: &Path, count: usize) -> Vec<&'s str> {
    path.names.iter().take(count).map(|name| site.word(name)).collect()
}

/// The type of what a path names.
fn type_of(site: &Site, path: &Path, names: &Names<'_>) -> Option<(Type, bool)> {
    names.resolve(&words(site, path, path.names.len() - usize::from(path.called)))
}

pub fn misspelt_field(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for path in &site.paths {
        for (i, name) in path.names.iter().enumerate().skip(1) {
            let is_call = path.called && i + 1 == path.names.len();
            let owner = names.resolve(&words(site, path, i)).map(|(owner, _)| owner);
            if !is_call && matches!(owner, Some(Type::Object(_))) {
                all.extend(misspelt(site.word(name)).into_iter().map(|new| replaced(name, new)));
            }
        }
    }
    all
}

pub fn misspelt_name(site: &Site, _: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    let declared = site.declared();
    for path in &site.paths {
        let root = &path.names[0];
        let is_function = path.called && path.names.len() == 1;
        if !is_function && !declared.contains(&path.at) {
            all.extend(misspelt(site.word(root)).into_iter().map(|new| replaced(root, new)));
        }
        if ["params", "variables"].contains(&site.word(root)) && path.names.len() > 1 {
            all.extend(
                misspelt(site.word(&path.names[1])).into_iter().map(|new| replaced(&path.names[1], new)),
            );
        }
    }
    all
}

/// Whether something can end, or begin, right behind or before a token.
fn is_edge(token: &str) -> bool {
    ["", "(", ")", "&&", "||", "?", ":", ","].contains(&token)
}

const RELATIONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// Comparisons of a path with something: the path, its type, and the other operand if it is a path, a
/// literal or a call of one literal. `ranks` tells whether the other operand is the one to blame.
fn comparisons(site: &Site, names: &Names<'_>) -> Vec<(Type, Range<usize>)> {
    let mut all = Vec::new();
    for path in site.paths.iter().filter(|path| !path.called) {
        let Some((kind, _)) = type_of(site, path, names) else { continue };
        let behind = path.behind();
        if RELATIONS.contains(&site.token(behind)) && is_edge(site.before(path.at)) {
            let end = operand_end(site, behind + 1);
            all.extend(end.map(|end| (kind.clone(), site.tokens[behind + 1].range.start..end)));
        }
        let left = path.at.checked_sub(2).filter(|_| RELATIONS.contains(&site.before(path.at)));
        if let (Some(left), true) = (left, is_edge(site.token(behind))) {
            let start = operand_start(site, left);
            all.extend(start.map(|start| (kind, start..site.tokens[left].range.end)));
        }
    }
    all
}

/// Where a simple operand that begins at a token ends, if an edge follows it.
fn operand_end(site: &Site, at: usize) -> Option<usize> {
    let token = site.tokens.get(at)?;
    let mut last = at;
    if token.kind == Kind::Name {
        let path = site.paths.iter().find(|path| path.at == at)?;
        last = path.behind() - 1;
        if path.called {
            last = site.closing(path.behind())?;
        }
    } else if token.kind == Kind::Symbol {
        return None;
    }
    is_edge(site.token(last + 1)).then(|| site.tokens[last].range.end)
}

fn operand_start(site: &Site, last: usize) -> Option<usize> {
    let path = site.paths.iter().find(|path| !path.called && path.behind() == last + 1);
    let first = match (path, site.tokens.get(last)?.kind) {
        (Some(path), _) => path.at,
        (None, Kind::Text | Kind::Number) => last,
        _ => return None,
    };
    is_edge(site.before(first)).then(|| site.tokens[first].range.start)
}

fn is_memory(text: &str) -> bool {
    text.contains("memory")
}

pub fn wrong_unit(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    let written: &[&str] = match () {
        () if is_memory(&site.text) => &["quantity(\"500m\")"],
        () if site.text.contains("cpu") => &["quantity(\"512Mi\")"],
        () => &[],
    };
    for (kind, other) in comparisons(site, names) {
        let literals: Vec<&str> = match kind {
            Type::Duration => vec!["300", "\"300s\"", "1.5", "quantity(\"300\")"],
            // Only what stands right beside a subject's setting has a unit for certain.
            kind if is_amount(&kind) => {
                let all = ["512", "\"512Mi\"", "0.5", "duration(\"512s\")"];
                all.into_iter().chain(written.iter().copied().filter(|_| kind != Type::Quantity)).collect()
            }
            _ => continue,
        };
        all.extend(literals.into_iter().map(|new| replaced(&other, new)));
    }
    all
}

/// Memory, CPU, or a quantity of which nothing says what it is of.
fn is_amount(kind: &Type) -> bool {
    ["quantity", "memory", "cpu"].contains(&kind.to_string().as_str())
}

pub fn wrong_type(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for (kind, other) in comparisons(site, names) {
        let literals: &[&str] = match kind {
            Type::Text => &["1", "true", "[\"a\"]"],
            Type::Int => &["\"1\"", "true", "duration(\"1s\")"],
            Type::Bool => &["\"true\"", "1"],
            _ => continue,
        };
        all.extend(literals.iter().map(|new| replaced(&other, *new)));
    }
    for path in site.paths.iter().filter(|path| path.called) {
        let name = path.names.last().unwrap();
        let arguments = site.arguments(path.behind());
        match (site.word(name), arguments.as_slice()) {
            ("matches" | "join", [argument]) if path.names.len() > 1 => {
                all.extend(["1", "[\"a\"]", "false"].map(|new| replaced(argument, new)));
            }
            // A quantity may be made of a number: of cores, of bytes.
            ("quantity", [argument]) => all.push(replaced(argument, "true")),
            ("duration", [argument]) => all.extend(["1", "true"].map(|new| replaced(argument, new))),
            // A text is joined with what is none.
            ("string", [argument]) if path.names.len() == 1 => {
                let close = site.closing(path.behind()).unwrap();
                let range = name.start..site.tokens[close].range.end;
                let kind = site.paths.iter().find(|path| path.value() == Some(argument.clone()));
                let kind = kind.and_then(|path| type_of(site, path, names)).map(|(kind, _)| kind);
                let joined = site.before(path.at) == "+" || site.token(close + 1) == "+";
                let whole = range == (0..site.text.trim_end().len());
                if kind.is_some_and(|kind| kind != Type::Text) && (joined || whole) {
                    all.push(replaced(&range, site.word(argument)));
                }
            }
            _ => {}
        }
    }
    for (at, token) in site.tokens.iter().enumerate() {
        // `path in ...`
        if site.word(&token.range) == "in" {
            let path = site.paths.iter().find(|path| !path.called && path.behind() == at);
            if let Some(path) = path.filter(|path| is_edge(site.before(path.at))) {
                all.extend(["1", "true"].map(|new| replaced(&path.upto(path.names.len()), new)));
            }
        }
    }
    all
}

pub fn unguarded(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    if site.role == Role::At {
        return all;
    }
    for path in &site.paths {
        // Something that is always there gives way to something of its type that need not be.
        let count = path.names.len() - usize::from(path.called);
        let resolved = names.resolve(&words(site, path, count));
        let owner = names.resolve(&words(site, path, count.saturating_sub(1)));
        let tested = site.before(path.at) == "(" && path.at > 1 && site.token(path.at - 2) == "has";
        if let (Some((kind, false)), Some((Type::Object(owner), false))) = (resolved, owner)
            && !tested
            && count > 1
        {
            let others = types::fields(owner).into_iter().filter(|row| row.optional && row.kind == kind);
            let prefix = site.word(&path.upto(count - 1)).to_owned();
            // Neither guarded anywhere in the policy, nor a guard itself: the key that is asked for.
            let fresh = others.filter(|row| !names.guards(&prefix, row.name));
            let is_key = site.before(path.at) == "[" || site.token(path.behind()) == "in";
            let range = path.upto(count);
            all.extend(
                fresh.filter(|_| !is_key).map(|row| replaced(&range, format!("{prefix}.{}", row.name))),
            );
        }
        // `!has(path) || ..` and `has(path) && ..` lose their guard.
        if path.called && path.names.len() == 1 && site.word(&path.names[0]) == "has" {
            all.extend(without_guard(site, path));
        }
    }
    all
}

fn without_guard(site: &Site, has: &Path) -> Option<Edit> {
    let close = site.closing(has.behind())?;
    let argument = site.arguments(has.behind()).pop()?;
    let negated = site.before(has.at) == "!";
    let first = has.at - usize::from(negated);
    let connective = site.token(close + 1);
    let guards = connective == if negated { "||" } else { "&&" };
    if !guards || !["", "(", connective].contains(&site.before(first)) {
        return None;
    }
    let guarded = site.word(&argument);
    let range = site.tokens[first].range.start..site.tokens[close + 2].range.start;
    let rest: Vec<usize> =
        site.text.match_indices(guarded).map(|(at, _)| at).filter(|&at| at >= range.end).collect();
    let once = site.text.matches(&format!("has({guarded})")).count() == 1;
    // The first use is what is wrong: as a whole path, or as the beginning of one.
    let used = *rest.first()?;
    let ends =
        !site.text[used + guarded.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '[');
    let start = used - range.len();
    (once && ends).then(|| Edit { range, new: String::new(), wrong: start..start + guarded.len() })
}

/// The calls of functions that are no macros: the path of each and the token of its parenthesis.
fn calls(site: &Site) -> impl Iterator<Item = (&Path, usize, &str)> {
    site.paths.iter().filter(|path| path.called).map(|path| {
        let name = site.word(path.names.last().unwrap());
        (path, path.behind(), name)
    })
}

fn is_macro(name: &str) -> bool {
    MACROS.contains(&name) || name == "has"
}

pub fn wrong_function(site: &Site, _: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for (path, open, name) in calls(site) {
        let place = path.names.last().unwrap();
        all.extend(misspelt(name).into_iter().map(|new| replaced(place, new)));
        if is_macro(name) {
            continue;
        }
        let close = site.closing(open).unwrap();
        let arguments = site.arguments(open);
        let end = site.tokens[close].range.end;
        // One argument more is what is wrong; where one is missing, the call is.
        let extra = if arguments.is_empty() { "" } else { ", " };
        all.push(inserted(end - 1, extra, "\"x\""));
        if name != "join" && !arguments.is_empty() {
            let new = format!("{name}()");
            let wrong = place.start..place.start + new.len();
            all.push(Edit { range: place.start..end, new, wrong });
        }
    }
    all
}

pub fn wrong_receiver(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for (path, _, name) in calls(site).filter(|(path, _, name)| path.names.len() > 1 && !is_macro(name)) {
        let range = path.value().unwrap();
        let unfit = |kind: &Type| match name {
            "matches" | "lowerAscii" => *kind != Type::Text && *kind != Type::Dyn,
            "join" | "sum" => !matches!(kind, Type::List(_) | Type::Dyn),
            _ => matches!(kind, Type::Bool | Type::Int | Type::Duration),
        };
        for root in ["deployment", "setting", "artifact", "bypass", "each", "project"] {
            let Some((Type::Object(owner), _)) = names.resolve(&[root]) else { continue };
            let rows = types::fields(owner).into_iter().filter(|row| !row.optional && unfit(&row.kind));
            all.extend(rows.map(|row| replaced(&range, format!("{root}.{}", row.name))));
        }
    }
    all
}

pub fn macro_misuse(site: &Site, names: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for (path, open, name) in calls(site).filter(|(_, _, name)| is_macro(name)) {
        let place = path.names.last().unwrap();
        let end = site.tokens[site.closing(open).unwrap()].range.end;
        let called = |new: String| {
            let wrong = place.start..place.start + new.len();
            Edit { range: place.start..end, new, wrong }
        };
        let arguments = site.arguments(open);
        if name == "has" {
            let tested = &arguments[0];
            let text = site.word(tested);
            let root = text.split('.').next().unwrap();
            all.extend([
                replaced(tested, format!("\"{}\"", text.replace('"', ""))),
                replaced(tested, root),
                replaced(tested, format!("{text} == true")),
                called("has()".to_owned()),
                called(format!("has({text}, {root})")),
            ]);
            continue;
        }
        let [variable, body] = arguments.as_slice() else { continue };
        let (variable_text, body_text) = (site.word(variable), site.word(body));
        all.push(replaced(variable, format!("\"{variable_text}\"")));
        all.push(replaced(variable, format!("{variable_text}.x")));
        all.push(called(format!("{name}({variable_text})")));
        all.push(called(format!("{name}({variable_text}, 1, 2, 3, {body_text})")));
        if name != "map" {
            all.push(replaced(body, "\"x\""));
            all.push(replaced(body, "1"));
        }
        // A loop over what has no elements.
        for root in ["deployment", "setting", "bypass"] {
            let text = format!("{root}.file");
            if names.resolve(&[root, "file"]).is_some() && path.names.len() > 1 {
                all.push(replaced(&path.value().unwrap(), text));
            }
        }
    }
    all
}

pub fn syntax(site: &Site, _: &Names<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    for (at, token) in site.tokens.iter().enumerate() {
        let range = &token.range;
        match site.word(range) {
            "==" => all.extend(["=", "==="].map(|new| replaced(range, new))),
            "!=" => all.extend(["<>", "!=="].map(|new| replaced(range, new))),
            ">=" => all.push(replaced(range, "=>")),
            "<=" => all.push(replaced(range, "=<")),
            symbol @ ("&&" | "||") => {
                let other = if symbol == "&&" { ["and", "&"] } else { ["or", "|"] };
                all.extend(other.map(|new| replaced(range, new)));
                all.push(inserted(range.end, " ", symbol));
            }
            "+" => all.push(inserted(range.end, " ", "+")),
            "!" if site.token(at + 1) != "(" => {
                // `not x`
                let next = site.tokens.get(at + 1).filter(|next| next.kind == Kind::Name);
                let wrong = range.start..range.start + 3;
                all.extend(next.map(|_| Edit { range: range.clone(), new: "not ".to_owned(), wrong }));
            }
            // Quotes that are not closed, or of another kind.
            text if token.kind == Kind::Text => {
                let end =
                    site.text[range.start..].find('\n').map_or(site.text.len(), |end| range.start + end);
                let quotes_behind = site.text[range.end..end].contains(['"', '\'']);
                if !quotes_behind && site.text[end..].trim().is_empty() {
                    let new = &text[..text.len() - 1];
                    let wrong = range.start..site.text.trim_end_matches('\n').len() - 1;
                    all.push(Edit { range: range.clone(), new: new.to_owned(), wrong });
                }
            }
            _ => {}
        }
    }
    let end = site.text.trim_end().len();
    all.push(inserted(end, "", ")"));
    all.push(inserted(end, " ", "&&"));
    all.push(inserted(end, " ", "deployment"));
    all.push(inserted(end, " ", "@"));
    all
}
