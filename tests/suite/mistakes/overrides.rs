//! Values of the wrong type for the params of the pack, as a project file gives them.

use super::{Mutant, Place};
use celador::input::{Limits, yaml};
use celador::policy::{PACK, ParamType, Policy, configure, read};
use celador::source::Sources;
use std::rc::Rc;

/// Values that are none of a type, and which characters of each are wrong.
fn wrong_values(kind: &ParamType) -> &'static [(&'static str, &'static str)] {
    match kind {
        ParamType::Quantity => {
            &[("2GB", "2GB"), ("10m5s", "10m5s"), ("[1Gi]", "[1Gi]"), ("plenty", "plenty")]
        }
        ParamType::Duration => &[("300", "300"), ("2Gi", "2Gi"), ("true", "true"), ("a while", "a while")],
        ParamType::Ratio => &[("half", "half"), ("50%", "50%"), ("10s", "10s"), ("{a: 1}", "{a: 1}")],
        ParamType::Int => &[("1.5", "1.5"), ("\"3\"", "\"3\""), ("few", "few"), ("512Mi", "512Mi")],
        ParamType::Bool => &[("1", "1"), ("\"true\"", "\"true\"")],
        ParamType::Text => &[("[a, b]", "[a, b]"), ("{a: b}", "{a: b}")],
        ParamType::List(_) => &[("latest", "latest"), ("[[a]]", "[a]"), ("{a: b}", "{a: b}")],
        ParamType::Map(_) => &[("3", "3"), ("[a]", "[a]")],
    }
}

/// Every param of the pack with every wrong value, for all, in an environment and for a service.
pub fn places() -> Vec<Place> {
    const SCOPES: [(&str, &str); 3] = [
        ("params:\n  ", "\n"),
        ("environments:\n  staging:\n    params: {", "}\n"),
        ("action: warn\nservices: {auth: {params: {", "}}}\n"),
    ];
    let mut all = Vec::new();
    for builtin in PACK {
        let mut sources = Sources::new();
        let id = sources.add("policy.yaml", builtin.text());
        let policy = Rc::new(read(id, sources.get(id)).0.remove(0));
        for param in &policy.params {
            for (before, behind) in SCOPES {
                for &(value, wrong) in wrong_values(&param.kind) {
                    let start = format!("{before}{}: ", param.name);
                    let at = start.len() + value.find(wrong).unwrap();
                    let text = format!("{start}{value}{behind}");
                    let policy = Rc::clone(&policy);
                    let make = move || Some(mutant(builtin.name, &policy, &text, wrong, at));
                    all.push(Place { policy: builtin.name, make: Box::new(make) });
                }
            }
        }
    }
    all
}

fn mutant(name: &'static str, policy: &Policy, text: &str, wrong: &str, at: usize) -> Mutant {
    let mut sources = Sources::new();
    let id = sources.add("celador.yaml", text);
    let documents = yaml::read(sources.get(id), id, &Limits::default()).documents;
    let (_, told) = configure(policy, documents[0].root());
    let span = at..at + wrong.len();
    Mutant { policy: name, wrong: wrong.to_owned(), span, text: text.to_owned(), told }
}
