//! The engine's own parser is the oracle: what it accepts, ours reads into the same tree.

use super::{SyntaxError, parse};
use crate::cel::limits;
use ::cel::Env;
use ::cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue};
use ::cel::parser::Macro;
use proptest::prelude::*;
use std::sync::LazyLock;

/// One expression a line; `#` begins a comment line. Shared by the oracle and the mutations.
const EXPRESSIONS: &str = include_str!("expressions.txt");

fn expressions() -> impl Iterator<Item = &'static str> {
    EXPRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

static ORACLE: LazyLock<Env> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let bind = Macro::receiver("bind", 3, |helper, target, args| {
        if !matches!(&target.as_ref().map(|target| &target.expr), Some(Expr::Ident(name)) if name == "cel") {
            return Ok(None);
        }
        let result = args.pop().unwrap();
        let accu_init = args.pop().unwrap();
        let Expr::Ident(name) = args.pop().unwrap().expr else {
            return Err(helper.new_error(0, "a name"));
        };
        let iter_range = helper.next_expr(Expr::List(ListExpr::new(vec![])));
        let loop_cond = helper.next_expr(Expr::Literal(LiteralValue::Boolean(false.into())));
        let loop_step = helper.next_expr(Expr::Ident(name.clone()));
        Ok(Some(helper.next_expr(Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range,
            iter_var: "#unused".to_owned(),
            iter_var2: None,
            accu_var: name,
            accu_init,
            loop_cond,
            loop_step,
            result,
        })))))
    });
    env.add_macro(bind).unwrap();
    env
});

/// A tree without ids, which the two parsers give out in different orders.
fn stripped(expr: &IdedExpr) -> IdedExpr {
    let all = |list: &[IdedExpr]| list.iter().map(stripped).collect::<Vec<_>>();
    let expr = match &expr.expr {
        Expr::Call(call) => Expr::Call(CallExpr {
            func_name: call.func_name.clone(),
            target: call.target.as_deref().map(|target| Box::new(stripped(target))),
            args: all(&call.args),
        }),
        Expr::Comprehension(c) => Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: stripped(&c.iter_range),
            accu_init: stripped(&c.accu_init),
            loop_cond: stripped(&c.loop_cond),
            loop_step: stripped(&c.loop_step),
            result: stripped(&c.result),
            ..(**c).clone()
        })),
        Expr::List(list) => {
            Expr::List(ListExpr::new_with_optionals(all(&list.elements), list.optional_indices.clone()))
        }
        Expr::Map(map) => {
            let mut map = map.clone();
            for entry in &mut map.entries {
                entry.id = 0;
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    entry.key = stripped(&entry.key);
                    entry.value = stripped(&entry.value);
                }
            }
            Expr::Map(map)
        }
        Expr::Select(select) => {
            let mut select = select.clone();
            select.operand = Box::new(stripped(&select.operand));
            Expr::Select(select)
        }
        Expr::Struct(message) => {
            let mut message = message.clone();
            for entry in &mut message.entries {
                entry.id = 0;
                if let EntryExpr::StructField(field) = &mut entry.expr {
                    field.value = stripped(&field.value);
                }
            }
            Expr::Struct(message)
        }
        other => other.clone(),
    };
    IdedExpr { id: 0, expr }
}

/// What the oracle makes of a text; `None` if it rejects it.
fn oracle(text: &str) -> Option<IdedExpr> {
    let parser = ORACLE.parser().enable_optional_syntax(true).enable_ident_escape_syntax(true);
    parser.parse(text).ok().map(|expr| stripped(&expr))
}

#[test]
fn the_table_gives_the_same_trees_as_the_engine() {
    let (mut count, mut accepted) = (0, 0);
    for text in expressions() {
        let text = text.replace("␤", "\n").replace("␍", "\r");
        let ours = parse(&text).map(|tree| stripped(&tree.root)).ok();
        accepted += usize::from(ours.is_some());
        assert_eq!(ours, oracle(&text), "{text}");
        count += 1;
    }
    assert!(count > 300 && accepted > 200, "{count} expressions, {accepted} of them right");
}

/// Macros that the engine does not have: their trees are ours alone. Loops with two variables are told
/// by the tree.
const OWN: [&str; 5] = ["cel.block(", "cel.index(", "cel.iterVar(", "cel.accuVar(", ".sortBy("];

fn has_two_variables(tree: &IdedExpr) -> bool {
    let mut found = false;
    walk(tree, &mut |expr| found |= matches!(&expr.expr, Expr::Comprehension(c) if c.iter_var2.is_some()));
    found
}

/// Expressions of the conformance cases that need protobuf messages to be evaluated, but none to be read.
const OTHERS: &str = include_str!("../../../tests/conformance/cel/expressions/others.json");

#[test]
fn the_conformance_expressions_give_the_same_trees_as_the_engine() {
    // The engine's parser needs it: some of the cases nest what can be nested.
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(compare_with_the_engine);
    worker.unwrap().join().unwrap();
}

fn compare_with_the_engine() {
    let mut all = crate::cel::tests::conformance::expressions();
    all.extend(serde_json::from_str::<Vec<String>>(OTHERS).unwrap());
    all.sort_unstable();
    all.dedup();
    let (mut same, mut rejected, mut own, mut wrong) = (0, 0, 0, Vec::new());
    for text in &all {
        let ours = parse(text).map(|tree| stripped(&tree.root)).ok();
        if OWN.iter().any(|name| text.contains(name)) || ours.as_ref().is_some_and(has_two_variables) {
            own += usize::from(ours.is_some());
            continue;
        }
        match (ours, oracle(text)) {
            (None, None) => rejected += 1,
            (ours, theirs) if ours == theirs => same += 1,
            (ours, theirs) => wrong.push(format!("{text}\n  ours {ours:?}\n  theirs {theirs:?}")),
        }
    }
    println!(
        "{} expressions: {same} with the same tree, {rejected} rejected by both, {own} with own macros",
        all.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(same > 2_000 && own < 100, "{same} with the same tree, {own} with own macros");
}

#[test]
fn every_node_knows_its_characters() {
    let text = "has(a.b) && (c.d + 1) * 2 >= f(x, y) ? [e[0]] : l.all(v, v.?w.orValue(true))";
    let tree = parse(text).unwrap();
    let mut seen = Vec::new();
    walk(&tree.root, &mut |expr| {
        let place = tree.place(expr.id);
        seen.push(text[place.start as usize..place.end as usize].to_owned());
    });
    for wanted in [
        text,
        "has(a.b) && (c.d + 1) * 2 >= f(x, y)",
        "has(a.b)",
        "(c.d + 1) * 2 >= f(x, y)",
        "c.d + 1",
        "c.d",
        "f(x, y)",
        "e[0]",
        "[e[0]]",
        "l.all(v, v.?w.orValue(true))",
        "v.?w.orValue(true)",
        "v.?w",
    ] {
        assert!(seen.iter().any(|text| text == wanted), "{wanted} is not among {seen:#?}");
    }
}

fn walk(expr: &IdedExpr, visit: &mut dyn FnMut(&IdedExpr)) {
    visit(expr);
    match &expr.expr {
        Expr::Call(call) => call.target.iter().map(|t| &**t).chain(&call.args).for_each(|e| walk(e, visit)),
        Expr::Comprehension(c) => {
            [&c.iter_range, &c.accu_init, &c.loop_cond, &c.loop_step, &c.result]
                .into_iter()
                .for_each(|e| walk(e, visit));
        }
        Expr::List(list) => list.elements.iter().for_each(|e| walk(e, visit)),
        Expr::Map(map) => map.entries.iter().for_each(|entry| {
            if let EntryExpr::MapEntry(entry) = &entry.expr {
                walk(&entry.key, visit);
                walk(&entry.value, visit);
            }
        }),
        Expr::Select(select) => walk(&select.operand, visit),
        _ => {}
    }
}

/// Errors as `characters: message`, one a line.
fn shown(text: &str, errors: &[SyntaxError]) -> String {
    let line = |error: &SyntaxError| {
        let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{:?} {}: {}{help}", error.range, &text[error.range.clone()], error.message)
    };
    errors.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn errors_say_what_was_expected_and_several_are_reported() {
    let cases = [
        "",
        "a =  b",
        "a and b",
        "deployment.memory >= && deployment.cpu >=",
        "f(a, b",
        "[1, 2",
        "{'a': 1, 'b'}",
        "'open",
        "\"a\\qb\" == x",
        "has(a)",
        "l.all(1, x)",
        "a.",
        "a..b",
        "1 + + 2",
        "(a",
        "a)",
        "a ? b",
        "if == 1",
        "99999999999999999999",
        "x ¤ y && z =",
    ];
    let text: Vec<String> = cases
        .iter()
        .map(|text| match parse(text) {
            Ok(_) => format!("{text}\n  no error"),
            Err(errors) => format!("{text}\n{}", shown(text, &errors)),
        })
        .collect();
    insta::assert_snapshot!(text.join("\n\n"));
}

#[test]
fn limits_are_met_with_an_error_of_their_own() {
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    let chain = vec!["1"; 5_000].join(" + ");
    let unary = "-(".repeat(3_000);
    let members = format!("a{}", ".b".repeat(4_000));
    let calls = format!("a{}", ".b()".repeat(3_000));
    let macros = format!("{}true{}", "l.all(x, ".repeat(1_500), ")".repeat(1_500));
    let long = format!("'{}'", "a".repeat(20_000));
    for text in [deep, chain, unary, members, calls, macros, long] {
        let errors = parse(&text).unwrap_err();
        assert!(errors.iter().any(|error| error.limit.is_some()), "{errors:?}");
    }
    // What is longer than any expression may be is told as such, however deep it is.
    let brackets = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(parse(&brackets).unwrap_err()[0].limit, Some(limits::code::SOURCE));
    for pair in ["()", "[]", "{}"] {
        let (open, close) = pair.split_at(1);
        let deep = format!("{}{}", open.repeat(8_000), close.repeat(8_000));
        let errors = parse(&deep).unwrap_err();
        assert!(errors.iter().any(|error| error.limit == Some(limits::code::DEPTH)), "{errors:?}");
    }
    let wide = vec!["a.b == 1"; 1_000].join(" && ");
    assert!(parse(&wide).is_ok(), "a chain of conditions is balanced");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to an expression, the parser ends, and reads what the engine reads.
    #[test]
    fn mutated_expressions_never_panic(
        pick in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..5u8, "[\\PC]|[-+*/%!?:.,()\\[\\]{}'\"`&|=<> a1\\\\\n]"), 1..6),
    ) {
        let all: Vec<&str> = expressions().collect();
        let mut characters: Vec<char> = pick.get(&all).chars().collect();
        for (at, kind, text) in edits {
            let at = at.index(characters.len() + 1);
            match kind {
                0 if at < characters.len() => { characters.remove(at); }
                1 => characters.truncate(at),
                _ => { characters.splice(at..at, text.chars()); }
            }
        }
        let text: String = characters.into_iter().collect();
        let ours = parse(&text);
        if let Ok(tree) = &ours {
            for id in 1..=tree.len() as u64 {
                let place = tree.place(id);
                prop_assert!(text.get(place.start as usize..place.end as usize).is_some());
            }
        }
        let ours = ours.ok().map(|tree| stripped(&tree.root));
        // The engine's parser may panic where it should report an error.
        if let Ok(theirs) = std::panic::catch_unwind(|| oracle(&text)) {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
