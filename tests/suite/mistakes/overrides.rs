//! Values of the wrong type for the params of the pack, as a project file gives them.

use super::Mutant;
use celador::input::{Limits, yaml};
use celador::policy::{PACK, ParamType, configure, read};
use celador::source::Sources;

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
pub fn mutants() -> Vec<Mutant> {
    const SCOPES: [(&str, &str); 3] = [
        ("params:\n  ", "\n"),
        ("environments:\n  staging:\n    params: {", "}\n"),
        ("action: warn\nservices: {auth: {params: {", "}}}\n"),
    ];
    let mut all = Vec::new();
    for builtin in PACK {
        let mut sources = Sources::new();
        let id = sources.add("policy.yaml", builtin.text());
        let policy = read(id, sources.get(id)).0.remove(0);
        for param in &policy.params {
            for (before, behind) in SCOPES {
                for (value, wrong) in wrong_values(&param.kind) {
                    let start = format!("{before}{}: ", param.name);
                    let text = format!("{start}{value}{behind}");
                    let at = start.len() + value.find(wrong).unwrap();
                    let id = sources.add("celador.yaml", text.as_str());
                    let documents = yaml::read(sources.get(id), id, &Limits::default()).documents;
                    let (_, told) = configure(&policy, documents[0].root());
                    let wrong = (*wrong).to_owned();
                    let span = at..at + wrong.len();
                    all.push(Mutant { policy: builtin.name, wrong, span, text, told });
                }
            }
        }
    }
    all
}
