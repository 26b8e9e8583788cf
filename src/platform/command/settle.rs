//! Which of several values for one setting is in effect: the last that is given where it is given.

use crate::model::{Repeated, Setting};
use crate::platform::convert::{Choice, value_and_written};
use crate::platform::text::{MAX_ALTERNATIVES, negations};
use crate::platform::trace::Trace;
use crate::source::Span;
use crate::value::{Condition, Known, Unknown, Value};
use std::sync::Arc;

/// One flag that gives a setting.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) flag: Arc<str>,
    pub(super) condition: Condition,
    pub(super) choices: Vec<Choice>,
    pub(super) place: Span,
    /// Whether the flag may be given again without taking anything back, as `docker run -p` may.
    pub(super) adds_up: bool,
}

/// What a setting is where no flag gives it.
#[derive(Debug)]
pub(super) enum Rest {
    Absent,
    Default(Choice),
    Kept(Unknown),
}

/// The setting that comes of its flags, in their order.
pub(super) fn settle(givens: &[Given], rest: Rest) -> Option<Setting> {
    let Some(last) = givens.last() else {
        let Rest::Default(choice) = rest else { return None };
        let place = match &choice.value {
            Value::Known(known) => Span::beginning(known.origin.source),
            _ => return None,
        };
        let (value, written) = value_and_written(vec![choice])?;
        return Some(Setting { value, written, overridden: Vec::new(), platform_default: true, place });
    };
    let mut left = vec![Condition::always()];
    let mut chosen: Vec<(usize, Choice)> = Vec::new();
    for (index, given) in givens.iter().enumerate().rev() {
        let mut beyond = Vec::new();
        for under in left {
            let Some(both) = under.and(&given.condition) else {
                beyond.push(under);
                continue;
            };
            chosen.extend(given.choices.iter().filter_map(|choice| {
                Some((index, Choice { condition: both.and(&choice.condition)?, ..choice.clone() }))
            }));
            beyond.extend(negations(&given.condition).iter().filter_map(|not| under.and(not)));
        }
        left = beyond;
        if left.is_empty() || left.len() + chosen.len() > MAX_ALTERNATIVES {
            break;
        }
    }
    chosen.sort_by_key(|(index, _)| *index);
    let mut choices: Vec<Choice> = chosen.into_iter().map(|(_, choice)| choice).collect();
    for condition in left {
        match &rest {
            Rest::Absent => {}
            Rest::Default(choice) => choices.push(Choice { condition, ..choice.clone() }),
            Rest::Kept(unknown) => {
                let value = Value::Unknown(unknown.clone(), None);
                choices.push(Choice { condition, value, written: String::new() });
            }
        }
    }
    let (value, written) = value_and_written(choices)?;
    Some(Setting {
        value,
        written,
        overridden: overridden(givens),
        platform_default: false,
        place: last.place,
    })
}

/// What an earlier flag gave where a later one is there too.
fn overridden(givens: &[Given]) -> Vec<(Condition, Known<crate::value::Scalar>, String)> {
    let mut lost = Vec::new();
    for (index, earlier) in givens.iter().enumerate() {
        let later = givens.iter().skip(index + 1).find_map(|later| earlier.condition.and(&later.condition));
        let Some(both) = later else { continue };
        for choice in &earlier.choices {
            if let (Value::Known(known), Some(condition)) = (&choice.value, both.and(&choice.condition)) {
                lost.push((condition, known.clone(), choice.written.clone()));
            }
        }
    }
    lost
}

/// The record of a scalar flag that is given more than once at the same time.
pub(super) fn repeated(givens: &[Given], trace: &Trace<'_>) -> Option<Repeated> {
    if givens.iter().any(|given| given.adds_up) {
        return None;
    }
    let together = givens.iter().enumerate().any(|(index, earlier)| {
        givens.iter().skip(index + 1).any(|later| !earlier.condition.contradicts(&later.condition))
    });
    if !together {
        return None;
    }
    let values = givens
        .iter()
        .flat_map(|given| {
            given.choices.iter().filter_map(|choice| {
                let condition = given.condition.and(&choice.condition)?;
                let (written, origin) = match &choice.value {
                    Value::Known(known) => (choice.written.clone(), Some(known.origin)),
                    Value::Unknown(unknown, origin) => (format!("unknown:{}", unknown.input), *origin),
                    Value::Either(_) => return None,
                };
                let literal = origin.and_then(|origin| trace.literal(origin));
                Some((written, literal.unwrap_or(given.place), condition))
            })
        })
        .collect();
    Some(Repeated { flag: givens.last()?.flag.clone(), values })
}
