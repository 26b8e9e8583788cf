//! `celador check --explain`: how every verdict came to be, condition by condition.

use crate::diagnostic::{ExplainedCondition, ExplainedOperand, Explanation, Verdict};
use crate::report::human::Page;
use crate::report::style::Ink;
use crate::report::text::{one_line, width};

/// All explanations, policy by policy.
pub fn explanations(page: &Page<'_>, all: &[Explanation]) -> Option<String> {
    let parts: Vec<String> = all.iter().map(|one| explanation(page, one)).collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

fn explanation(page: &Page<'_>, one: &Explanation) -> String {
    let style = page.style;
    let (ink, word) = match one.verdict {
        Verdict::Pass => (Ink::Info, "passes"),
        Verdict::Fail => (Ink::Error, "fails"),
        Verdict::Undetermined => (Ink::Undetermined, "cannot be told"),
        Verdict::Error => (Ink::Error, "raises an error"),
    };
    let safe = |text: &str| one_line(&page.redactor.text(text), style.unicode);
    let with = one.reference.as_ref().map_or(String::new(), |other| format!(" beside {}", safe(other)));
    let when = match one.condition.as_str() {
        "" => String::new(),
        condition => format!(" when {}", safe(condition)),
    };
    let mut out = format!(
        "{}   {}{with}{when}: {}\n",
        style.paint(Ink::Strong, &one.policy),
        safe(&one.subject),
        style.paint(ink, word)
    );
    one.conditions.iter().for_each(|one| condition(page, one, &mut out));
    for unknown in &one.unknowns {
        let (name, input) = (safe(&unknown.name), safe(&unknown.unknown.input));
        let place = style.paint(Ink::Faint, &page.place(unknown.unknown.span));
        out.push_str(&format!("   {name} hangs on {input}: {}  {place}\n", unknown.unknown.reason.as_str()));
    }
    out
}

/// `deployment.memory >= params.minimum is false`, and below it each operand with its value and place.
fn condition(page: &Page<'_>, one: &ExplainedCondition, out: &mut String) {
    let style = page.style;
    let (ink, word) = match one.value {
        Some(true) => (Ink::Info, "is true"),
        Some(false) => (Ink::Error, "is false"),
        None => (Ink::Undetermined, "cannot be told"),
    };
    let expression = one_line(&page.redactor.text(&one.expression), style.unicode);
    out.push_str(&format!("   {expression} {}\n", style.paint(ink, word)));
    let value = |operand: &ExplainedOperand| {
        let value = page.redactor.value_of(&operand.expression, &operand.value);
        let value = match operand.place {
            Some(place) => page.redactor.text_at(place, &value).into_owned(),
            None => value.into_owned(),
        };
        one_line(&value, style.unicode)
    };
    let names: Vec<String> =
        one.operands.iter().map(|one| one_line(&one.expression, style.unicode)).collect();
    let values: Vec<String> = one.operands.iter().map(value).collect();
    let widest = |all: &[String]| all.iter().map(|text| width(text)).max().unwrap_or(0);
    let (name_room, value_room) = (widest(&names).min(40), widest(&values).min(24));
    for ((name, value), operand) in names.iter().zip(&values).zip(&one.operands) {
        let pad = |text: &str, room: usize| " ".repeat(room.saturating_sub(width(text)));
        let place = match operand.place {
            Some(_) if operand.platform_default => "the platform's default".to_owned(),
            Some(place) => page.place(place),
            None => String::new(),
        };
        let line = format!("     {name}{} = {value}{}  ", pad(name, name_room), pad(value, value_room));
        out.push_str(format!("{line}{}", style.paint(Ink::Faint, &place)).trim_end());
        out.push('\n');
    }
}
