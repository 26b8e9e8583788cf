//! One policy over one subject: its worlds and its verdict.

use super::bind::Bound;
use super::explanation::{Explains, explain};
use super::subjects::{Subject, Subjects, Wanted};
use crate::cel::object::{Datum, Field};
use crate::cel::{Activation, EvaluationError, Expression, Leaf, Outcome, POLICY_ERROR, Read, WORLD_LIMIT};
use crate::diagnostic::{Explanation, Tally, UnknownInput, Verdict};
use crate::policy::{Compiled, CompiledValidation, Kind, Named};
use crate::value::{Condition, Reason, Unknown};

/// A validation that is false in a world.
pub(super) struct Failure<'a> {
    pub validation: usize,
    pub reference: Option<&'a Subject>,
    pub world: Condition,
    /// What decided: the first leaf, and further ones where several elements of a list fail.
    pub leaves: Vec<Leaf>,
    /// The reads of `at`, where the policy says where to point.
    pub at: Vec<Read>,
    pub message: Option<String>,
    pub replacement: Option<String>,
    /// The element that was judged, of a policy with `forEach`.
    pub each: Option<Field>,
}

/// A validation on which an unknown value decides.
pub(super) struct Open {
    pub validation: usize,
    pub world: Condition,
    pub unknowns: Vec<UnknownInput>,
}

/// What came of one subject.
#[derive(Default)]
pub(super) struct Judgement<'a> {
    /// Whether the matchConditions selected it, in any world.
    pub bound: bool,
    pub failures: Vec<Failure<'a>>,
    pub open: Vec<Open>,
    pub errors: Vec<EvaluationError>,
    /// How each verdict came to be, if that was asked for.
    pub explanations: Vec<Explanation>,
}

impl Judgement<'_> {
    /// The worst that was found.
    pub fn verdict(&self) -> Verdict {
        if !self.errors.is_empty() {
            Verdict::Error
        } else if !self.failures.is_empty() {
            Verdict::Fail
        } else if !self.open.is_empty() {
            Verdict::Undetermined
        } else {
            Verdict::Pass
        }
    }

    /// Counts the subject.
    pub fn count(&self, tally: &mut Tally) {
        if !self.bound {
            return;
        }
        tally.bound += 1;
        *match self.verdict() {
            Verdict::Pass => &mut tally.passed,
            Verdict::Fail => &mut tally.failed,
            Verdict::Undetermined => &mut tally.undetermined,
            Verdict::Error => &mut tally.errors,
        } += 1;
    }
}

/// A world that the matchConditions select, or may select.
struct Selected {
    condition: Condition,
    /// What decides whether they do, if that is not known.
    unknowns: Vec<UnknownInput>,
    error: Option<EvaluationError>,
}

/// Judges a subject against each of its references.
pub(super) fn judge<'a>(
    policy: &Compiled,
    bound: &Bound<'a>,
    subjects: &Subjects<'_>,
    reads: Reads,
    explains: Option<Explains<'_>>,
) -> Judgement<'a> {
    let mut judgement = Judgement::default();
    let subject = bound.subject;
    let elements = policy.policy.for_each.as_ref().map(|path| elements(&bound.tree, &path.text));
    if elements.as_ref().is_some_and(Vec::is_empty) {
        return judgement;
    }
    let activation = activation(policy, bound, subjects, reads);
    let alone = [None];
    let compared: Vec<Option<&'a Subject>> = bound.references.iter().copied().map(Some).collect();
    let elements = elements.map(|all| match compared.len() {
        0 | 1 => all,
        _ => apart_from_references(policy, &activation, &subject.condition, all),
    });
    for reference in if compared.is_empty() { &alone[..] } else { &compared[..] } {
        let activation = match reference {
            Some(other) => {
                let tree = subjects.reference_tree(policy.policy.target.kind, other, subject);
                activation.clone().with("reference", tree)
            }
            None => activation.clone(),
        };
        match &elements {
            None => {
                let start = &subject.condition;
                judge_one(policy, *reference, &activation, start, None, explains, &mut judgement);
            }
            Some(elements) => {
                for (condition, element) in elements {
                    let Some(start) = subject.condition.and(condition) else { continue };
                    let activation = activation.clone().with("each", element.clone());
                    let each = Some(element);
                    judge_one(policy, *reference, &activation, &start, each, explains, &mut judgement);
                }
            }
        }
    }
    judgement
}

/// The elements that a matchCondition which reads no reference does not rule out. Among many siblings most
/// elements are ruled out by what they are themselves, which need not be asked for every pair again.
fn apart_from_references(
    policy: &Compiled,
    activation: &Activation,
    start: &Condition,
    elements: Vec<(Condition, Field)>,
) -> Vec<(Condition, Field)> {
    // What a variable reads is not known here.
    let is_apart = |condition: &&Named| {
        !condition.expression.names("reference") && !condition.expression.names("variables")
    };
    let conditions: Vec<&Named> = policy.conditions.iter().filter(is_apart).collect();
    let may_hold = |(condition, element): &(Condition, Field)| {
        let Some(start) = start.and(condition) else { return false };
        let activation = activation.clone().with("each", element.clone());
        conditions.iter().all(|condition| {
            let worlds = condition.expression.worlds(&activation, &start, WORLD_LIMIT);
            !worlds.iter().all(|world| matches!(world.outcome, Outcome::Value(Datum::Bool(false))))
        })
    };
    elements.into_iter().filter(may_hold).collect()
}

/// Which variables a policy's expressions name, beyond its subject: trees that nobody reads are not made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reads {
    file: bool,
    object: bool,
    project: bool,
    service: bool,
}

impl Reads {
    pub fn of(policy: &Compiled) -> Reads {
        Reads {
            file: policy.reads("file"),
            object: policy.reads("object"),
            project: policy.reads("project"),
            service: policy.reads("service"),
        }
    }

    /// Adds what these variables, and the subject itself, are made of.
    pub fn want(self, policy: &Compiled, wanted: &mut Wanted) {
        policy.members("deployment", &mut wanted.deployment);
        if policy.policy.target.kind == Kind::Deployment {
            policy.members("reference", &mut wanted.deployment);
        }
        if self.project || policy.policy.target.kind == Kind::Project {
            policy.members("project", wanted.project.get_or_insert_default());
        }
        wanted.service |= self.service;
        wanted.documents |= self.object || (self.file && policy.mentions("document"));
    }
}

/// The variables that a policy's expressions see, apart from `reference` and `each`.
fn activation(policy: &Compiled, bound: &Bound<'_>, subjects: &Subjects<'_>, reads: Reads) -> Activation {
    let (kind, subject) = (policy.policy.target.kind, bound.subject);
    let mut activation = Activation::new().with(kind.variable(), bound.tree.clone());
    if !policy.policy.params.is_empty() {
        let names: Vec<&str> = subject.names.iter().map(String::as_str).collect();
        let params = policy.params(subject.environment.as_ref(), &names);
        activation = activation.with_params(params, policy.params_place());
    }
    if !policy.variables.is_empty() {
        activation = activation.with_definitions(std::sync::Arc::clone(&policy.variables));
    }
    if reads.file {
        activation = activation.with("file", subjects.file(subject.source));
    }
    if kind != Kind::Document
        && reads.object
        && let Some(document) = subjects.document(subject.source)
    {
        activation = activation.with("object", document.clone());
    }
    if let (Some(project), true) = (subjects.project(), reads.project) {
        activation = activation.with("project", project.clone());
    }
    if reads.service
        && let Some(service) = subject.key.as_ref().and_then(|key| subjects.service(key))
    {
        activation = activation.with("service", service.clone());
    }
    activation
}

fn judge_one<'a>(
    policy: &Compiled,
    reference: Option<&'a Subject>,
    activation: &Activation,
    start: &Condition,
    each: Option<&Field>,
    explains: Option<Explains<'_>>,
    into: &mut Judgement<'a>,
) {
    let selected = select(policy, activation, start);
    if selected.is_empty() {
        return;
    }
    into.bound = true;
    for (index, validation) in policy.validations.iter().enumerate() {
        for select in &selected {
            for world in validation.expression.worlds(activation, &select.condition, WORLD_LIMIT) {
                if let Some(explains) = explains {
                    let open = !select.unknowns.is_empty() || select.error.is_some();
                    let told = explain(policy, validation, explains, reference, activation, &world, open);
                    into.explanations.push(told);
                }
                let mut open = |unknowns: Vec<UnknownInput>| {
                    let unknowns = join(&select.unknowns, unknowns);
                    into.open.push(Open { validation: index, world: world.condition.clone(), unknowns });
                };
                match &world.outcome {
                    Outcome::Value(Datum::Bool(true)) => {}
                    Outcome::Value(Datum::Bool(false)) => match &select.error {
                        Some(error) => into.errors.push(error.clone()),
                        None if !select.unknowns.is_empty() => open(Vec::new()),
                        None => into.failures.push(failure(
                            index,
                            validation,
                            reference,
                            activation,
                            &world.condition,
                            each,
                        )),
                    },
                    Outcome::Value(_) => into.errors.push(EvaluationError {
                        code: POLICY_ERROR,
                        message: "a validation must come to true or false".to_owned(),
                        span: validation.expression.span(),
                    }),
                    Outcome::Unknown(unknowns) => open(unknowns.clone()),
                    Outcome::Error(error) => into.errors.push(error.clone()),
                    Outcome::Limit => open(vec![limit(validation)]),
                }
            }
        }
    }
}

/// The worlds in which every matchCondition holds or may hold.
fn select(policy: &Compiled, activation: &Activation, start: &Condition) -> Vec<Selected> {
    let first = Selected { condition: start.clone(), unknowns: Vec::new(), error: None };
    let mut worlds = vec![first];
    for condition in &policy.conditions {
        let mut next = Vec::new();
        for before in worlds {
            for world in condition.expression.worlds(activation, &before.condition, WORLD_LIMIT) {
                let mut selected = Selected {
                    condition: world.condition,
                    unknowns: before.unknowns.clone(),
                    error: before.error.clone(),
                };
                match world.outcome {
                    Outcome::Value(Datum::Bool(true)) => {}
                    Outcome::Value(Datum::Bool(false)) => continue,
                    Outcome::Value(_) => {
                        selected.error.get_or_insert(EvaluationError {
                            code: POLICY_ERROR,
                            message: "a matchCondition must come to true or false".to_owned(),
                            span: condition.expression.span(),
                        });
                    }
                    Outcome::Unknown(unknowns) => selected.unknowns = join(&selected.unknowns, unknowns),
                    Outcome::Error(error) => drop(selected.error.get_or_insert(error)),
                    Outcome::Limit => selected.unknowns.push(UnknownInput {
                        name: condition.name.to_string(),
                        unknown: too_many(&condition.expression),
                    }),
                }
                next.push(selected);
            }
        }
        next.truncate(WORLD_LIMIT);
        worlds = next;
    }
    worlds
}

/// Both lists, each input once.
fn join(first: &[UnknownInput], more: Vec<UnknownInput>) -> Vec<UnknownInput> {
    let mut all = first.to_vec();
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn limit(validation: &CompiledValidation) -> UnknownInput {
    UnknownInput { name: "the validation".to_owned(), unknown: too_many(&validation.expression) }
}

fn too_many(expression: &Expression) -> Unknown {
    Unknown {
        input: "more combinations of alternatives than are judged".into(),
        reason: Reason::Limit,
        span: expression.span(),
    }
}

fn failure<'a>(
    index: usize,
    validation: &CompiledValidation,
    reference: Option<&'a Subject>,
    activation: &Activation,
    world: &Condition,
    each: Option<&Field>,
) -> Failure<'a> {
    let first = |expression: &Expression| expression.worlds(activation, world, 1).into_iter().next();
    let text_of = |expression: &Option<Expression>| {
        let world = first(expression.as_ref()?)?;
        world.outcome.text().map(str::to_owned)
    };
    Failure {
        validation: index,
        reference,
        world: world.clone(),
        leaves: validation.expression.failing_leaves(activation, world),
        at: validation.at.as_ref().and_then(first).map(|world| world.reads()).unwrap_or_default(),
        message: text_of(&validation.message_expression).or_else(|| validation.message.clone()),
        replacement: text_of(&validation.fix.as_ref().map(|(expression, _)| expression.clone())),
        each: each.cloned(),
    }
}

/// The elements of the list or map at a path of the subject, each known, with the condition under which
/// it is there. Elements that are absent or unknown are none.
fn elements(subject: &Field, path: &str) -> Vec<(Condition, Field)> {
    let mut here = vec![(Condition::always(), subject.clone())];
    for name in path.trim().split('.').skip(1) {
        let step = |(condition, field): (Condition, Field)| {
            let Field::Known { datum: Datum::Object(object), .. } = field else { return Vec::new() };
            object.fields.get(name).map(|field| flatten(&condition, field)).unwrap_or_default()
        };
        here = here.into_iter().flat_map(step).collect();
    }
    let inside = |(condition, field): (Condition, Field)| -> Vec<(Condition, Field)> {
        match field {
            Field::Known { datum: Datum::List(list), .. } => {
                list.elements.iter().flat_map(|element| flatten(&condition, element)).collect()
            }
            Field::Known { datum: Datum::Map(map), .. } => {
                map.entries.values().flat_map(|element| flatten(&condition, element)).collect()
            }
            _ => Vec::new(),
        }
    };
    here.into_iter().flat_map(inside).collect()
}

/// A field as its known alternatives.
fn flatten(condition: &Condition, field: &Field) -> Vec<(Condition, Field)> {
    match field {
        Field::Known { .. } => vec![(condition.clone(), field.clone())],
        Field::Either(all) => all
            .iter()
            .filter(|(_, field)| matches!(field, Field::Known { .. }))
            .filter_map(|(inner, field)| Some((condition.and(inner)?, field.clone())))
            .collect(),
        Field::Absent(_) | Field::Unknown { .. } => Vec::new(),
    }
}
