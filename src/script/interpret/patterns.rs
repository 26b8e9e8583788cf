//! Patterns: what of a text they match, and what stands there instead.

use super::Interpreter;
use super::calls::Arguments;
use super::glob;
use super::values::{Item, Kind, Val};
use crate::script::Expression;
use crate::source::Span;
use crate::value::Reason;
use std::ops::Range;
use std::rc::Rc;

impl Interpreter<'_> {
    pub(super) fn by_pattern(
        &mut self,
        value: &Val,
        pattern: Option<Rc<str>>,
        span: Span,
        change: impl Fn(&str, &str) -> Option<String>,
    ) -> Val {
        let Some(pattern) = pattern else { return self.computed_from(&[value], span) };
        self.each(value, |this, value| match &value.kind {
            Kind::Number(_) => {
                let value = this.as_text(value, span);
                this.changed(&value, span, |text| change(text, &pattern))
            }
            Kind::Unbound => value.clone(),
            _ => this.changed(value, span, |text| change(text, &pattern)),
        })
    }

    /// Whether a text matches a regular expression; what its groups match is bound for the script.
    pub(super) fn matches_expression(
        &mut self,
        text: &Val,
        arguments: &Arguments,
        whole: &Expression,
    ) -> Val {
        let text = match &text.kind {
            Kind::Number(_) => self.as_text(text, whole.span),
            _ => text.clone(),
        };
        let plain = text.plain().filter(|_| text.input.is_none());
        let expression = arguments.at(1).and_then(Val::plain).and_then(|expression| {
            // The classes of POSIX stand inside brackets in both; a script's other words are the same.
            regex::RegexBuilder::new(&expression).size_limit(1 << 20).build().ok()
        });
        let (Some(plain), Some(expression)) = (plain, expression) else {
            let name = self.describe(whole);
            return self.event(&name, Reason::NotFollowed, whole.span);
        };
        let Some(found) = expression.captures(&plain) else { return Val::bool(false) };
        let groups = found.iter().map(|group| {
            let group = group.map_or("", |group| group.as_str());
            Item::one(Val::literal(group, text.origin), whole.span)
        });
        let groups = groups.collect();
        let groups = self.new_list(groups);
        self.bind("BASH_REMATCH", groups, false);
        Val::bool(true)
    }
}

/// The stretch at one end of a text that a pattern matches: the shortest, or the longest.
pub(super) fn removed(text: &str, pattern: &str, way: &str) -> Option<Range<usize>> {
    let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    // From the front the shortest ends first, from the back it begins last.
    if matches!(way, "##" | "%") {
        ends.reverse();
    }
    let front = way.starts_with('#');
    let found = ends.into_iter().find(|&at| {
        let stretch = if front { text.get(..at) } else { text.get(at..) };
        stretch.is_some_and(|stretch| glob::matches(pattern, stretch))
    });
    Some(match found {
        Some(at) if front => 0..at,
        Some(at) => at..text.len(),
        None => 0..0,
    })
}

/// A text with the longest matches of a pattern replaced: the first (`/`), all (`//`), one at the
/// beginning (`/#`) or at the end (`/%`).
pub(super) fn replaced(text: &str, pattern: &str, with: &str, way: &str) -> String {
    if way == "/#" || way == "/%" {
        let side = if way == "/#" { "##" } else { "%%" };
        let range = removed(text, pattern, side).unwrap_or(0..0);
        let matched = text.get(range.clone()).is_some_and(|stretch| glob::matches(pattern, stretch));
        if !matched {
            return text.to_string();
        }
        let (before, behind) = (text.get(..range.start), text.get(range.end..));
        return format!("{}{with}{}", before.unwrap_or_default(), behind.unwrap_or_default());
    }
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest
            .char_indices()
            .map(|(end, c)| end + c.len_utf8())
            .rev()
            .find(|&end| rest.get(..end).is_some_and(|stretch| glob::matches(pattern, stretch)))
            .filter(|_| !done);
        match length {
            Some(length) => {
                out.push_str(with);
                at += length;
                done = way == "/";
            }
            None => {
                let c = rest.chars().next().unwrap_or_default();
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
}
