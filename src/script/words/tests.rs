use super::{CommandLine, split};
use crate::source::{SourceId, Span};
use crate::value::{Atom, Condition, Operand, Operator, Part, Piece, Reason, Text, Unknown};

const AT: Span = Span { source: SourceId::FIRST, start: 0, end: 0 };

fn guard(input: &str) -> Condition {
    Condition::of(Atom { input: input.into(), operator: Operator::Holds, operand: Operand::None, span: AT })
}

/// Parts in a notation of their own: `{x}` is unknown, `cond? text` is guarded.
fn text(parts: &[&str]) -> Text {
    let part = |spec: &&str| {
        let (condition, rest) = match spec.split_once("? ") {
            Some((input, rest)) => (guard(input), rest),
            None => (Condition::always(), *spec),
        };
        let piece = match rest.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => Piece::Hole(Unknown { input: name.into(), reason: Reason::NotFollowed, span: AT }),
            None => Piece::Literal(rest.to_string()),
        };
        Part { condition, piece, origin: None }
    };
    Text { parts: parts.iter().map(part).collect() }
}

fn show(commands: &[CommandLine]) -> String {
    let mut out = String::new();
    for command in commands {
        for (name, value) in &command.environment {
            out.push_str(&format!("{name}={value} "));
        }
        for word in &command.words {
            let split = if word.may_split { "*" } else { "" };
            let guard =
                if word.condition.is_always() { String::new() } else { format!("({})", word.condition) };
            let inner: Vec<String> = word.text.conditions().iter().map(ToString::to_string).collect();
            let inner = if inner.is_empty() { String::new() } else { format!("<{}>", inner.join(",")) };
            out.push_str(&format!("[{}]{split}{guard}{inner} ", word.text));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

fn check(parts: &[&str], expected: &str) {
    let commands = split(&text(parts), AT, &mut |origin, _| origin);
    assert_eq!(show(&commands).trim_end(), expected, "{parts:?}");
}

#[test]
fn quotes_and_escapes_are_resolved() {
    check(&[r#"a 'b c' "d \"e\" \x" f\ g '' h"i"'j'"#], r#"[a] [b c] [d "e" \x] [f g] [] [hij]"#);
    check(&["gcloud run \\\n  deploy"], "[gcloud] [run] [deploy]");
}

#[test]
fn operators_and_line_breaks_separate_commands() {
    check(&["a && b || c; d | e\nf & g"], "[a]\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]");
    check(&["(cd x; a) # b\nif c; then d; fi"], "[cd] [x]\n[a]\n[c]\n[d]");
}

#[test]
fn redirections_and_here_documents_are_no_words() {
    check(&["a 2>&1 >> log b &> x c < in"], "[a] [b] [c]");
    check(&["cat <<'EOF' > f\ngcloud run deploy\nEOF\nb"], "[cat]\n[b]");
}

#[test]
fn unknown_parts_stay_in_their_words() {
    check(
        &["deploy ", "{name}", " --image=gcr.io/", "{p}", "/a '", "{q}", "'"],
        "[deploy] [{name}]* [--image=gcr.io/{p}/a]* [{q}]",
    );
    check(
        &["run $A \"${B:-x}\" '$C' $1 $(date +%s) `id`"],
        "[run] [{A}]* [{B}] [$C] [{$1}]* [{$(date +%s)}]* [{$(id)}]*",
    );
}

#[test]
fn guarded_parts_keep_their_conditions() {
    check(
        &["run", "alpine?  --memory 512Mi", " --cpu ", "alpine? 1", "big? 2"],
        "[run] [--memory](alpine) [512Mi](alpine) [--cpu] [12]<alpine,big>",
    );
}

#[test]
fn wrappers_and_assignments_stand_aside() {
    check(&["sudo -u deploy env -i A=1 B=", "{b}", " nohup gcloud run"], "A=1 B={b} [gcloud] [run]");
    check(
        &["timeout 10m docker push; command -v gcloud; env"],
        "[docker] [push]\n[command] [-v] [gcloud]\n[env]",
    );
    check(&["bash -c 'a 1 && b ", "{x}", "'"], "[a] [1]\n[b] [{x}]*");
    check(&["X=1"], "");
}

proptest::proptest! {
    #[test]
    fn any_text_is_split_without_a_panic(a in "[-a-z'\"$(){}<>|&;#\\\\` \n=0-9]{0,60}", b in ".{0,20}") {
        let _ = split(&text(&[&a, "{x}", &b]), AT, &mut |origin, _| origin);
    }
}
