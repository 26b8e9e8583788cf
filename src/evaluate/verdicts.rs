//! The property of verdicts: what is said of values that are known, one of several, or unknown is what
//! brute force says over every way in which they could turn out.
//!
//! Small models and small validations are generated from a fixed seed. In the first test each setting is
//! read at one place only, so that three-valued logic loses nothing, and the verdicts are equal. In the
//! second anything may be read anywhere, unguarded as well: then an open verdict is allowed where brute
//! force knows better, but nothing false may be said. There what is unknown is there, whatever it is: the
//! checker lets nobody read without a guard what may be absent.

use super::{Inputs, Settings, evaluate};
use crate::diagnostic::Tally;
use crate::input::{self, Limits};
use crate::model::{Deployment, Model, Setting};
use crate::platform::{self, Trace};
use crate::policy::{self, Compiled};
use crate::provenance::{Origin, Provenance};
use crate::source::{SourceId, Sources, Span};
use crate::value::{
    Alternative, Atom, Condition, Duration, Known, Number, Operand, Operator, Quantity, Reason, Scalar,
    Unknown, Value,
};
use std::fmt;
use std::sync::Arc;

/// A generator of numbers that are the same at every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// The settings that models have: name, the constants of CEL for the values 0, 1 and 2, and whether a
/// container has it.
const SETTINGS: [(&str, [&str; 3], bool); 5] = [
    ("port", ["80", "8080", "9090"], true),
    ("min_instances", ["0", "1", "2"], false),
    ("memory", ["quantity(\"512Mi\")", "quantity(\"1Gi\")", "quantity(\"2Gi\")"], true),
    ("timeout", ["duration(\"30s\")", "duration(\"60s\")", "duration(\"300s\")"], false),
    ("concurrency", ["1", "80", "1000"], false),
];

fn scalar(setting: usize, value: usize) -> Scalar {
    let int = |all: [i64; 3]| Scalar::Number(Number::Int(all[value]));
    match setting {
        0 => int([80, 8080, 9090]),
        1 => int([0, 1, 2]),
        2 => Scalar::Quantity(Quantity::parse(["512Mi", "1Gi", "2Gi"][value]).unwrap()),
        3 => Scalar::Duration(Duration::parse(["30s", "60s", "300s"][value]).unwrap()),
        _ => int([1, 80, 1000]),
    }
}

/// What is known of one setting.
#[derive(Clone, Debug)]
enum Knowledge {
    Absent,
    Known(usize),
    Unknown,
    /// `input == "a"`: the first, else the second. Which of the two inputs decides is the number.
    Either(usize, Box<Knowledge>, Box<Knowledge>),
}

/// What the inputs are in one world: whether each is `a`.
type World = [bool; 2];

impl Knowledge {
    fn generate(random: &mut Random, nested: bool) -> Knowledge {
        match random.below(if nested { 8 } else { 5 }) {
            0 if nested => Knowledge::Absent,
            0..=2 => Knowledge::Known(random.below(3)),
            3 | 4 => Knowledge::Unknown,
            _ => {
                let input = random.below(2);
                let inner = |random: &mut Random| Box::new(Knowledge::generate(random, false));
                Knowledge::Either(input, inner(random), inner(random))
            }
        }
    }

    /// The values that it may turn out to have in a world; `None` is absence.
    fn completions(&self, world: World, may_be_absent: bool) -> Vec<Option<usize>> {
        match self {
            Knowledge::Absent => vec![None],
            Knowledge::Known(value) => vec![Some(*value)],
            Knowledge::Unknown if may_be_absent => vec![None, Some(0), Some(1), Some(2)],
            Knowledge::Unknown => vec![Some(0), Some(1), Some(2)],
            Knowledge::Either(input, first, second) => {
                (if world[*input] { first } else { second }).completions(world, may_be_absent)
            }
        }
    }

    fn value(&self, setting: usize, origin: Origin, span: Span) -> Option<Value> {
        Some(match self {
            Knowledge::Absent => return None,
            Knowledge::Known(value) => {
                Value::Known(Known { value: scalar(setting, *value), origin, overridable_by: None })
            }
            Knowledge::Unknown => {
                let input = SETTINGS[setting].0.to_uppercase().into();
                Value::Unknown(Unknown { input, reason: Reason::Variable, span }, Some(origin))
            }
            Knowledge::Either(input, first, second) => {
                let atom = |operator| {
                    let input = ["x", "y"][*input].into();
                    Condition::of(Atom { input, operator, operand: Operand::One("a".into()), span })
                };
                let alternative = |operator, inner: &Knowledge| {
                    Some(Alternative {
                        condition: atom(operator),
                        value: inner.value(setting, origin, span)?,
                    })
                };
                Value::Either(vec![
                    alternative(Operator::Equal, first)?,
                    alternative(Operator::NotEqual, second)?,
                ])
            }
        })
    }
}

/// A generated expression.
#[derive(Clone, Debug)]
enum Expr {
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Has(usize),
    /// `has(x) && x OP c`.
    Guarded(usize, usize),
    /// `!has(x) || x OP c`.
    Lenient(usize, usize),
    /// `x OP c`, an error where `x` is absent.
    Bare(usize, usize),
}

/// Each is true of one of the three values at least, and false of one.
const OPERATORS: [&str; 6] = [">=", "<", "==", "!=", ">", "<="];

/// What an expression or a policy comes to; an error is `None`.
type Truth = Option<bool>;

impl Expr {
    /// Leaves are settings that `take` hands out; none are left when it is empty.
    fn generate(random: &mut Random, depth: usize, take: &mut Vec<usize>, bare: bool) -> Expr {
        let again = bare;
        let split = depth > 0 && (again || take.len() > 1);
        let inner = |random: &mut Random, take: &mut Vec<usize>| {
            Box::new(Expr::generate(random, depth.saturating_sub(1), take, bare))
        };
        match random.below(10) {
            0 if depth > 0 => Expr::Not(inner(random, take)),
            1..=3 if split => {
                let first = inner(random, take);
                if take.is_empty() { Expr::Not(first) } else { Expr::And(first, inner(random, take)) }
            }
            4..=6 if split => {
                let first = inner(random, take);
                if take.is_empty() { Expr::Not(first) } else { Expr::Or(first, inner(random, take)) }
            }
            7 if depth > 0 && (again || take.len() > 2) => {
                let condition = inner(random, take);
                if take.is_empty() {
                    return *condition;
                }
                let first = inner(random, take);
                if take.is_empty() {
                    return Expr::And(condition, first);
                }
                Expr::If(condition, first, inner(random, take))
            }
            _ => {
                let at = random.below(take.len());
                let setting = if again { take[at] } else { take.remove(at) };
                let operator = random.below(OPERATORS.len());
                match random.below(if bare { 4 } else { 3 }) {
                    0 => Expr::Has(setting),
                    1 => Expr::Guarded(setting, operator),
                    2 => Expr::Lenient(setting, operator),
                    _ => Expr::Bare(setting, operator),
                }
            }
        }
    }

    /// By CEL's own rules, one completion at a time.
    fn evaluate(&self, values: &[Option<usize>]) -> Truth {
        let compare = |setting: usize, operator: usize| {
            let value = values[setting]?;
            Some(match OPERATORS[operator] {
                ">=" => value >= 1,
                "<" => value < 1,
                "==" => value == 1,
                "!=" => value != 1,
                ">" => value > 1,
                _ => value <= 1,
            })
        };
        match self {
            Expr::Not(inner) => inner.evaluate(values).map(|value| !value),
            Expr::And(a, b) => match (a.evaluate(values), b.evaluate(values)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Expr::Or(a, b) => match (a.evaluate(values), b.evaluate(values)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Expr::If(condition, a, b) => {
                if condition.evaluate(values)? {
                    a.evaluate(values)
                } else {
                    b.evaluate(values)
                }
            }
            Expr::Has(setting) => Some(values[*setting].is_some()),
            Expr::Guarded(setting, operator) => compare(*setting, *operator).or(Some(false)),
            Expr::Lenient(setting, operator) => compare(*setting, *operator).or(Some(true)),
            Expr::Bare(setting, operator) => compare(*setting, *operator),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = |setting: usize, operator: usize| {
            let (name, constants, _) = SETTINGS[setting];
            format!("deployment.{name} {} {}", OPERATORS[operator], constants[1])
        };
        match self {
            Expr::Not(inner) => write!(f, "!({inner})"),
            Expr::And(a, b) => write!(f, "({a} && {b})"),
            Expr::Or(a, b) => write!(f, "({a} || {b})"),
            Expr::If(condition, a, b) => write!(f, "({condition} ? {a} : {b})"),
            Expr::Has(setting) => write!(f, "has(deployment.{})", SETTINGS[*setting].0),
            Expr::Guarded(setting, operator) => {
                let compared = compared(*setting, *operator);
                write!(f, "(has(deployment.{}) && {compared})", SETTINGS[*setting].0)
            }
            Expr::Lenient(setting, operator) => {
                let compared = compared(*setting, *operator);
                write!(f, "(!has(deployment.{}) || {compared})", SETTINGS[*setting].0)
            }
            Expr::Bare(setting, operator) => f.write_str(&compared(*setting, *operator)),
        }
    }
}

/// A verdict on the one subject; `Unbound` where no matchCondition selects it in any world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Unbound,
    Pass,
    Undetermined,
    Fail,
    Error,
}

/// A policy: a matchCondition, if there is one, and a validation.
#[derive(Clone, Debug)]
struct Rules {
    condition: Option<Expr>,
    validation: Expr,
}

impl Rules {
    /// The verdict on one completion.
    fn completed(&self, values: &[Option<usize>]) -> Verdict {
        let selected = self.condition.as_ref().map_or(Some(true), |one| one.evaluate(values));
        match (selected, self.validation.evaluate(values)) {
            (Some(false), _) => Verdict::Unbound,
            // Whether the policy is for it or not: it holds.
            (_, Some(true)) => Verdict::Pass,
            (Some(true), Some(false)) => Verdict::Fail,
            _ => Verdict::Error,
        }
    }

    /// The verdicts of all completions, world by world; and whether anything raises an error in any of
    /// them, be the policy for it or not.
    fn worlds(&self, model: &[Knowledge], may_be_absent: bool) -> (Vec<Vec<Verdict>>, bool) {
        let worlds = [[true, true], [true, false], [false, true], [false, false]];
        let mut raises = false;
        let mut of = |world: World| {
            let mut all = vec![Vec::new()];
            for knowledge in model {
                let possible = knowledge.completions(world, may_be_absent);
                let extend = |values: &Vec<Option<usize>>| {
                    let with = |value: &Option<usize>| values.iter().copied().chain([*value]).collect();
                    possible.iter().map(with).collect::<Vec<Vec<_>>>()
                };
                all = all.iter().flat_map(extend).collect();
            }
            raises |= all.iter().any(|values| {
                let condition = self.condition.iter();
                condition.chain([&self.validation]).any(|one| one.evaluate(values).is_none())
            });
            let mut verdicts: Vec<Verdict> = all.iter().map(|values| self.completed(values)).collect();
            verdicts.sort_unstable();
            verdicts.dedup();
            verdicts
        };
        (worlds.map(&mut of).to_vec(), raises)
    }

    fn policy(&self) -> String {
        let condition = self.condition.as_ref().map_or(String::new(), |one| {
            format!("  matchConditions:\n    - name: only\n      expression: '{one}'\n")
        });
        format!(
            "apiVersion: celador/v1\nkind: Policy\nmetadata: {{name: tried, title: Tried}}\nspec:\n  \
             target: {{kind: Deployment}}\n{condition}  validations:\n    - expression: '{}'\n      message: x\n",
            self.validation
        )
    }
}

/// The whole verdict, from those of the worlds: the worst that is certain somewhere, else open if it may
/// fail anywhere.
fn brute_force(worlds: &[Vec<Verdict>]) -> Verdict {
    let certain = |verdict: Verdict| worlds.iter().any(|all| all.as_slice() == [verdict]);
    let possible = |verdict: Verdict| worlds.iter().any(|all| all.contains(&verdict));
    if certain(Verdict::Error) {
        Verdict::Error
    } else if certain(Verdict::Fail) {
        Verdict::Fail
    } else if possible(Verdict::Fail) || possible(Verdict::Error) {
        Verdict::Undetermined
    } else if possible(Verdict::Pass) {
        Verdict::Pass
    } else {
        Verdict::Unbound
    }
}

/// Judges generated models. The subject is a real deployment whose settings are replaced.
struct Court {
    sources: Sources,
    provenance: Provenance,
    template: Deployment,
    origin: Origin,
    span: Span,
}

impl Court {
    fn new() -> Court {
        let mut sources = Sources::new();
        // The policy is read first, and its place in the sources stays free for it.
        sources.add("policy.yaml", "");
        let id = sources.add(
            "a.yaml",
            "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      \
             containers:\n        - {image: 'a/b:1', resources: {limits: {memory: 1Gi}}}\n",
        );
        let read = input::yaml::read(sources.get(id), id, &Limits::default());
        let mut provenance = Provenance::new();
        let mut trace = Trace { sources: &sources, provenance: &mut provenance };
        let mut template = platform::deployments(read.documents.first().unwrap(), &mut trace).remove(0);
        let memory = template.main().unwrap().settings.get("memory").unwrap().clone();
        let origin = memory.value.as_known().unwrap().origin;
        template.open = None;
        for (name, _, _) in SETTINGS {
            template.settings.remove(name);
            template.main_mut().unwrap().settings.remove(name);
        }
        Court { sources, provenance, template, origin, span: memory.place }
    }

    fn judge(&self, policy: &Compiled, model: &[Knowledge]) -> Tally {
        let mut deployment = self.template.clone();
        for (index, knowledge) in model.iter().enumerate() {
            let Some(value) = knowledge.value(index, self.origin, self.span) else { continue };
            let known = value.alternatives().iter().filter(|(_, one)| one.as_known().is_some()).count();
            let setting = Setting {
                written: vec!["?".to_owned(); known],
                value,
                overridden: Vec::new(),
                platform_default: false,
                place: self.span,
            };
            let (name, _, of_container) = SETTINGS[index];
            if of_container {
                deployment.main_mut().unwrap().settings.insert(name, setting);
            } else {
                deployment.settings.insert(name, setting);
            }
        }
        let model = Model { deployments: vec![deployment], ..Model::default() };
        let inputs =
            Inputs { model: &model, documents: &[], sources: &self.sources, provenance: &self.provenance };
        let mut evaluation = evaluate(inputs, std::slice::from_ref(policy), &Settings::default());
        evaluation.tallies.remove(0)
    }
}

fn verdict_of(tally: &Tally) -> Verdict {
    match tally {
        Tally { bound: 0, .. } => Verdict::Unbound,
        Tally { errors: 1, .. } => Verdict::Error,
        Tally { failed: 1, .. } => Verdict::Fail,
        Tally { undetermined: 1, .. } => Verdict::Undetermined,
        _ => Verdict::Pass,
    }
}

fn compile(rules: &Rules) -> Compiled {
    let mut sources = Sources::new();
    let id = sources.add("policy.yaml", rules.policy());
    assert_eq!(id, SourceId::FIRST);
    let (mut policies, told) = policy::read(id, sources.get(id));
    assert!(told.is_empty(), "{told:?}");
    policy::compile_unchecked(Arc::new(policies.remove(0)))
        .unwrap_or_else(|errors| panic!("{errors:?}\n{}", rules.policy()))
}

/// Runs `policies` times `models` cases and returns how often each verdict was met.
fn run(
    seed: u64,
    policies: usize,
    repeats: bool,
    check: impl Fn(Verdict, &[Vec<Verdict>], bool) -> bool,
) -> [usize; 5] {
    const MODELS: usize = 20;
    let mut random = Random(seed);
    let court = Court::new();
    let mut met = [0; 5];
    for _ in 0..policies {
        let mut settings: Vec<usize> = (0..SETTINGS.len()).collect();
        let condition = random.one_in(2).then(|| {
            // Where each setting is read once, the matchCondition takes its own.
            let mut own = if repeats { settings.clone() } else { settings.split_off(random.below(3) + 2) };
            Expr::generate(&mut random, 2, &mut own, repeats)
        });
        let validation = Expr::generate(&mut random, 3, &mut settings, repeats);
        let rules = Rules { condition, validation };
        let compiled = compile(&rules);
        for _ in 0..MODELS {
            let model: Vec<Knowledge> =
                SETTINGS.iter().map(|_| Knowledge::generate(&mut random, true)).collect();
            let (worlds, raises) = rules.worlds(&model, !repeats);
            let told = verdict_of(&court.judge(&compiled, &model));
            assert!(
                check(told, &worlds, raises),
                "{told:?}, but brute force says {:?}: {worlds:?}\n{}\n{model:?}",
                brute_force(&worlds),
                rules.policy()
            );
            met[told as usize] += 1;
        }
    }
    met
}

#[test]
fn a_verdict_is_what_brute_force_says_over_all_completions() {
    let met = run(0x5eed_ce1a_d012, 150, false, |told, worlds, _| told == brute_force(worlds));
    assert_eq!(met.iter().sum::<usize>(), 3_000);
    assert!(met[..4].iter().all(|&count| count > 150), "a verdict is hardly ever met: {met:?}");
}

#[test]
fn nothing_false_is_said_whatever_is_read_wherever() {
    let met = run(0xa_11ce, 150, true, |told, worlds, raises| {
        let certain = |verdict: Verdict| worlds.iter().any(|all| all.as_slice() == [verdict]);
        let may = |verdict: Verdict| worlds.iter().any(|all| all.contains(&verdict));
        match told {
            Verdict::Unbound => !may(Verdict::Pass) && !may(Verdict::Fail) && !may(Verdict::Error),
            Verdict::Pass => !may(Verdict::Fail) && !may(Verdict::Error),
            Verdict::Fail => certain(Verdict::Fail),
            // An open verdict may be more careful than brute force; it is never a pass.
            Verdict::Undetermined => true,
            // An error counts as well where it cannot be told whether the policy is for the subject.
            Verdict::Error => raises,
        }
    });
    assert!(met[1..].iter().all(|&count| count > 30), "a verdict is hardly ever met: {met:?}");
}
