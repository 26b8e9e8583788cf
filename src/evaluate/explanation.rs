//! How each verdict came to be: recorded only where somebody asks.

use super::Inputs;
use super::subjects::Subject;
use crate::cel::{Activation, Leaf, Outcome, Read, World};
use crate::diagnostic::{ExplainedCondition, ExplainedOperand, Explanation, OperandValue, Verdict};
use crate::policy::{Compiled, CompiledValidation};

/// Whose verdicts are explained.
#[derive(Clone, Copy)]
pub(super) struct Explains<'a> {
    pub subject: &'a Subject,
    pub inputs: &'a Inputs<'a>,
}

/// The explanation of one validation in one world. `open`: a matchCondition cannot be told, so that the
/// verdict stays open where the validation fails.
pub(super) fn explain(
    policy: &Compiled,
    validation: &CompiledValidation,
    Explains { subject, inputs }: Explains<'_>,
    reference: Option<&Subject>,
    activation: &Activation,
    world: &World,
    open: bool,
) -> Explanation {
    let verdict = match &world.outcome {
        outcome if outcome.is_true() => Verdict::Pass,
        outcome if outcome.is_false() && !open => Verdict::Fail,
        Outcome::Error(_) | Outcome::Value(_) if !world.outcome.is_false() => Verdict::Error,
        _ => Verdict::Undetermined,
    };
    let condition = world.condition.without(&subject.condition);
    let leaves = validation.expression.leaves(activation, &world.condition);
    Explanation {
        policy: policy.policy.name.to_string(),
        subject: subject.label(inputs),
        reference: reference.map(|reference| reference.label(inputs)),
        verdict,
        condition: if condition.is_always() { String::new() } else { condition.to_string() },
        anchor: subject.anchor,
        validation: validation.expression.span(),
        conditions: leaves.iter().map(explained).collect(),
        unknowns: match &world.outcome {
            Outcome::Unknown(unknowns) => unknowns.clone(),
            _ => Vec::new(),
        },
    }
}

/// The read that an operand stands for. The variable of a loop is read under the element's own path:
/// `one.port` is `deployment.containers[0].port`.
fn read_of<'a>(leaf: &'a Leaf, expression: &str) -> Option<&'a Read> {
    let exact = leaf.reads.iter().find(|read| read.path == expression);
    let of_element = || {
        let at = expression.find(['.', '['])?;
        let (root, inner) = expression.split_at(at);
        let is_loop = leaf.reads.iter().all(|read| read.root() != root);
        leaf.reads.iter().find(|read| is_loop && read.path.ends_with(inner))
    };
    exact.or_else(of_element)
}

fn explained(leaf: &Leaf) -> ExplainedCondition {
    let operand = |OperandValue { expression, value }: &OperandValue| {
        let read = read_of(leaf, expression);
        ExplainedOperand {
            expression: expression.clone(),
            value: value.clone(),
            place: read.map(|read| read.place.span),
            platform_default: read.is_some_and(|read| read.place.platform_default),
        }
    };
    ExplainedCondition {
        expression: leaf.expression.clone(),
        value: (!leaf.open).then_some(leaf.value),
        operands: leaf.operands.iter().map(operand).collect(),
    }
}
