//! What `printf` prints.

use super::Interpreter;
use super::calls::Arguments;
use super::values::{Element, Part, Val};
use crate::source::Span;
use crate::value::Reason;

impl Interpreter<'_> {
    /// `printf format arguments`: the format is used again as long as arguments are left.
    pub(super) fn format_text(&mut self, format: &Val, arguments: &Arguments, span: Span) -> Val {
        let stretches = format.plain().filter(|_| format.input.is_none()).and_then(|text| printf(&text));
        let Some(stretches) = stretches else { return self.computed_from(&[format], span) };
        let mut items = arguments.positional.iter().skip(1).cloned().peekable();
        let takes = stretches.iter().any(|stretch| matches!(stretch, Printed::Value(_)));
        let mut parts: Vec<Part> = Vec::new();
        loop {
            // A round is there where its first argument is.
            let guard = items.peek().map(|item| item.condition.clone()).unwrap_or_default();
            for stretch in &stretches {
                let more = match stretch {
                    Printed::Literal(text) => vec![Part::literal(text.as_str().into(), format.origin)],
                    Printed::Value(specification) => {
                        let value = match items.next() {
                            Some(item) => match &item.value {
                                Element::One(value) if item.condition == guard => value.clone(),
                                Element::One(_) => return self.event("a text", Reason::NotFollowed, span),
                                Element::Rest(unknown) => Val::unknown(unknown.clone(), None),
                            },
                            None => Val::text(Vec::new(), None),
                        };
                        let value = self.print_value(&value, specification, span);
                        self.parts(&value, span)
                    }
                };
                parts.extend(
                    more.into_iter()
                        .filter_map(|part| Some(Part { condition: guard.and(&part.condition)?, ..part })),
                );
                if parts.len() > self.limits.parts {
                    return self.limit(span, "a text has too many parts");
                }
            }
            if !takes || items.peek().is_none() {
                break;
            }
        }
        let origin = match parts.as_slice() {
            [single] => single.origin,
            _ => Some(self.arena.literal(span)),
        };
        let input = parts.iter().find_map(|part| part.input.clone());
        Val { input, ..Val::text(parts, origin) }
    }

    pub(super) fn print_value(&mut self, value: &Val, specification: &str, span: Span) -> Val {
        match specification {
            "s" => value.clone(),
            _ if specification.ends_with('d') => {
                let number = match value.plain().as_deref() {
                    Some("") => Val::int(0, None),
                    _ => self.as_number(value, true, span),
                };
                let layout = specification.trim_end_matches('d');
                if layout.is_empty() {
                    return number;
                }
                self.formatted(&number, &format!("{layout}d"), span)
            }
            _ => {
                let layout = specification.trim_end_matches('s');
                let layout = match layout.strip_prefix('-') {
                    Some(width) => format!("<{width}"),
                    None => format!(">{layout}"),
                };
                let value = self.as_text(value, span);
                self.formatted(&value, &layout, span)
            }
        }
    }
}

/// A stretch of what `printf` prints.
enum Printed {
    Literal(String),
    /// The conversion without its sign: `s`, `d`, `03d`, `-10s`.
    Value(String),
}

/// The stretches of a format; `None` where one is not followed.
fn printf(format: &str) -> Option<Vec<Printed>> {
    let mut stretches = Vec::new();
    let mut literal = String::new();
    let mut characters = format.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next()? {
                'n' => literal.push('\n'),
                't' => literal.push('\t'),
                '\\' => literal.push('\\'),
                '"' => literal.push('"'),
                _ => return None,
            },
            '%' if characters.next_if_eq(&'%').is_some() => literal.push('%'),
            '%' => {
                let mut specification = String::new();
                loop {
                    let c = characters.next()?;
                    specification.push(c);
                    match c {
                        's' | 'd' => break,
                        '-' | '0'..='9' => {}
                        _ => return None,
                    }
                }
                if !literal.is_empty() {
                    stretches.push(Printed::Literal(std::mem::take(&mut literal)));
                }
                stretches.push(Printed::Value(specification));
            }
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        stretches.push(Printed::Literal(literal));
    }
    Some(stretches)
}
