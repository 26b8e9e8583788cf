//! Published ports: `[[host-ip:]host:]container[/protocol]`.
//!
//! <https://docs.docker.com/engine/network/port-publishing/>

use crate::platform::convert::{Choice, Conversion};
use crate::platform::text::{split, value_of};
use crate::platform::trace::Trace;
use crate::value::{Text, Value};

/// What a published port gives: the container's port and, if it is fixed, the host's. A range of ports
/// gives nothing.
pub fn published(value: &Value<Text>, trace: &mut Trace<'_>) -> Vec<(&'static str, Vec<Choice>)> {
    let (mut container, mut host) = (Vec::new(), Vec::new());
    for (condition, value) in value.alternatives() {
        let Value::Known(known) = value else {
            let choices = Conversion::Int.choices(value, trace);
            container
                .extend(choices.into_iter().map(|choice| Choice { condition: condition.clone(), ..choice }));
            continue;
        };
        let segments = split(&known.value, ":", trace);
        let mut segments = segments.into_iter().rev();
        for (into, segment) in [(&mut container, segments.next()), (&mut host, segments.next())] {
            let Some(segment) = segment else { continue };
            let range_or_address = segment.text.plain().is_some_and(|text| {
                !text.split('/').next().is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()))
            });
            if range_or_address {
                continue;
            }
            let value = value_of(segment.text, known, trace);
            for choice in Conversion::Int.choices(&value, trace) {
                let Some(condition) = condition.and(&choice.condition) else { continue };
                into.push(Choice { condition, ..choice });
            }
        }
    }
    [("port", container), ("host_port", host)]
        .into_iter()
        .filter(|(_, choices)| !choices.is_empty())
        .collect()
}
