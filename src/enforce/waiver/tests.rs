use super::{Waiver, covers_all, of_comment};
use crate::source::{Comments, Sources, Span};

/// What a comment says: the parts of its waivers, or what is wrong, with the characters where it is.
fn told(comment: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add("a.sh", comment);
    let source = sources.get(id);
    let mut comments = Comments::default();
    comments.add(source, Span::new(id, 0, comment.len()));
    let remarks = comments.remarks(id, source);
    let waivers = remarks.iter().flat_map(of_comment);
    let told = waivers.map(|read| match read {
        Ok(waiver) => parts(&waiver),
        Err(wrong) => format!("at `{}`: {}; {}", &comment[wrong.range], wrong.message, wrong.help),
    });
    told.collect::<Vec<_>>().join(" | ")
}

fn parts(waiver: &Waiver) -> String {
    let names: Vec<&str> = waiver.policies.iter().map(|policy| policy.text.as_str()).collect();
    let mut out = names.join("+");
    let parts = [
        ("until", waiver.expires.as_ref().map(|day| day.text.as_str())),
        ("owner", waiver.owner.as_deref()),
        ("reason", waiver.reason.as_deref()),
        ("service", waiver.services.first().map(String::as_str)),
        ("environment", waiver.environments.first().map(String::as_str)),
        ("condition", waiver.conditions.first().map(String::as_str)),
    ];
    for (key, value) in parts {
        out.extend(value.map(|value| format!(" {key}={value}")));
    }
    out
}

#[test]
fn a_waiver_is_read_part_by_part() {
    let cases = [
        (
            "# celador: allow(a) until=2026-12-31 owner=@team reason=\"rebuilt hourly\"",
            "a until=2026-12-31 owner=@team reason=rebuilt hourly",
        ),
        ("#celador:allow(a,b-2 , *-c)", "a+b-2+*-c"),
        ("# celador: allow(a, a)", "a"),
        ("// celador: allow-file(a) reason='say \\'so\\' \\\\ # yes'", "a reason=say 'so' \\ # yes"),
        ("/* celador: allow(a) owner=x */", "a owner=x"),
        ("# renovate: pin # celador: allow(a) owner=x # noqa", "a owner=x"),
        ("# celador: allow(a) # celador: allow(b)", "a | b"),
        (
            "# celador: allow(a) service=web environment=prd condition=\"x == 1\"",
            "a service=web environment=production condition=x == 1",
        ),
        ("# celador: allow(a) reason=\"señal für später\"", "a reason=señal für später"),
        // Only words that speak of it.
        ("# see celador: allow(a) in the docs", ""),
        ("# Celador: allow(a)", ""),
    ];
    for (comment, expected) in cases {
        assert_eq!(told(comment), expected, "{comment}");
    }
}

#[test]
fn what_does_not_fit_is_wrong_as_a_whole_and_told_at_its_characters() {
    let cases = [
        "# celador:",
        "# celador: this service is special",
        "# celador: alow(a)",
        "# celador: allow",
        "# celador: allow a",
        "# celador: allow()",
        "# celador: allow(a",
        "# celador: allow(a,)",
        "# celador: allow(a b)",
        "# celador: allow(Floating)",
        "# celador: allow(a)until=2026-12-31",
        "# celador: allow(a) until=2026-02-30",
        "# celador: allow(a) until=2026-12-31T00:00:00+14:00",
        "# celador: allow(a) expires=2026-12-31",
        "# celador: allow(a) ownr=@x",
        "# celador: allow(a) owner",
        "# celador: allow(a) owner=",
        "# celador: allow(a) reason=rebuilt hourly",
        "# celador: allow(a) reason=\"\"",
        "# celador: allow(a) reason=\"never closed",
        "# celador: allow(a) reason=\"x\"y",
        "# celador: allow(a) reason=\"x\" reason=\"y\"",
        "# celador: allow(a) because it is so",
        "# celador: allow(a), allow(b)",
        // Look-alikes: Cyrillic, full width, dashes, quotes, and what cannot be seen.
        "# celador: \u{430}llow(a)",
        "# celador: allow(flo\u{430}ting)",
        "# celador: allow(\u{ff0a})",
        "# celador: allow\u{ff08}a)",
        "# celador: allow(a\u{2010}b)",
        "# celador: allow(a) \u{443}ntil=2026-12-31",
        "# celador: allow(a) until=2026\u{2011}12\u{2011}31",
        "# celador: allow(a) until=\u{ff12}026-12-31",
        "# celador: allow(a) reason=\u{201c}x\u{201d}",
        "# celador: allow(a\u{200b})",
        "# \u{200b}celador: allow(a)\u{200b}",
        "# celador:\u{a0}allow(a)",
        "# celador: allow(a) reason=\"x\u{202e}y\"",
        "# celador: allow(a) reason=\"x\u{200b}y\"",
    ];
    let all: Vec<String> =
        cases.iter().map(|comment| format!("{}\n  {}", comment.escape_debug(), told(comment))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn every_name_must_be_covered() {
    let patterns = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    assert!(covers_all(&[], [].into_iter()));
    assert!(covers_all(&patterns(&["*"]), [].into_iter()));
    assert!(!covers_all(&patterns(&["a"]), [].into_iter()));
    assert!(!covers_all(&patterns(&["a"]), ["a", "b"].into_iter()));
    assert!(covers_all(&patterns(&["a", "b*"]), ["a", "bc"].into_iter()));
}
