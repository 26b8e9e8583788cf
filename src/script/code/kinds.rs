//! What kind of value a name promises.

use super::environments::words;
use crate::model::CodeValue;
use crate::script::Literal;
use crate::value::{Duration, Number};

/// What the words of a name say about a number that it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Time; the factor turns the number into seconds.
    Duration(f64),
    Ratio,
    Count,
    /// The name says nothing.
    Plain,
}

/// The kind that a name promises. The last word that says something decides: `timeout_multiplier` is a
/// ratio, `retry_delay_ms` a time. Of a path of keys the last key that says something does:
/// `timeouts.connect` is a time.
pub(super) fn kind_of(name: &str) -> Kind {
    let mut kinds = name.rsplit('.').map(kind_of_part);
    kinds.find(|kind| *kind != Kind::Plain).unwrap_or(Kind::Plain)
}

fn kind_of_part(part: &str) -> Kind {
    let words = words(part);
    // `requests_per_minute` counts.
    if words.len() > 2 && words.iter().rev().nth(1).is_some_and(|word| word == "per") {
        return Kind::Count;
    }
    if let Some(last) = words.last()
        && let Some(seconds) = unit(last)
    {
        return Kind::Duration(seconds);
    }
    for word in words.iter().rev() {
        let singular = word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word);
        match singular {
            "multiplier" | "factor" | "ratio" | "margin" | "fraction" | "percent" | "percentage" => {
                return Kind::Ratio;
            }
            "count" | "retrie" | "attempt" | "instance" | "size" | "limit" | "worker" | "replica"
            | "connection" | "concurrency" | "thread" | "overflow" | "capacity" | "byte" | "length"
            | "threshold" | "number" => {
                return Kind::Count;
            }
            "timeout" | "delay" | "interval" | "ttl" | "buffer" | "duration" | "wait" | "period"
            | "deadline" | "expiry" | "cooldown" | "recycle" | "lifetime" | "backoff" => {
                return Kind::Duration(1.0);
            }
            _ => {}
        }
    }
    match words.first().map(String::as_str) {
        Some("max" | "min") => Kind::Count,
        _ => Kind::Plain,
    }
}

/// The seconds that a unit stands for.
fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "ms" | "millis" | "millisecond" | "milliseconds" => 1e-3,
        "us" | "microseconds" => 1e-6,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "mins" | "minute" | "minutes" => 60.0,
        "hour" | "hours" => 3_600.0,
        "days" => 86_400.0,
        _ => return None,
    })
}

/// A literal as the value of a setting of that kind; `None` for what is no value.
pub(super) fn typed(literal: &Literal, kind: Kind) -> Option<CodeValue> {
    Some(match (literal, kind) {
        (Literal::Null, _) => return None,
        (Literal::Bool(bool), _) => CodeValue::Flag(*bool),
        (Literal::Text(text), Kind::Duration(seconds)) => {
            match (text.trim().parse::<f64>(), Duration::parse(text)) {
                (Ok(number), _) => CodeValue::Duration(Duration::from_seconds_f64(number * seconds)?),
                (_, Ok(duration)) => CodeValue::Duration(duration),
                _ => CodeValue::Text(text.clone()),
            }
        }
        (Literal::Text(text), _) => CodeValue::Text(text.clone()),
        (Literal::Number(number, _), kind) => typed_number(*number, kind)?,
    })
}

/// The same for a number.
pub(super) fn typed_number(number: Number, kind: Kind) -> Option<CodeValue> {
    let float = number.as_f64();
    Some(match kind {
        Kind::Duration(seconds) => CodeValue::Duration(Duration::from_seconds_f64(float * seconds)?),
        Kind::Ratio => CodeValue::Ratio(float),
        Kind::Count => match number {
            Number::Int(int) => CodeValue::Count(int),
            Number::Float(_) => CodeValue::Number(float),
        },
        Kind::Plain => CodeValue::Number(float),
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind_of};

    #[test]
    fn the_last_word_that_says_something_decides() {
        assert_eq!(kind_of("timeout_multiplier"), Kind::Ratio);
        assert_eq!(kind_of("max_total_timeout"), Kind::Duration(1.0));
        assert_eq!(kind_of("retryDelayMs"), Kind::Duration(1e-3));
        assert_eq!(kind_of("max_retries"), Kind::Count);
        assert_eq!(kind_of("base_buffers"), Kind::Duration(1.0));
        assert_eq!(kind_of("buffer_size"), Kind::Count);
        assert_eq!(kind_of("pool.max_overflow"), Kind::Count);
        assert_eq!(kind_of("timeouts.connect"), Kind::Duration(1.0));
        assert_eq!(kind_of("base_receive"), Kind::Plain);
        assert_eq!(kind_of("memory_min"), Kind::Plain);
    }
}
