//! `xargs command`: a command for the words, or for each line, of what it reads.

use super::command::Simple;
use super::{Lowerer, function, literal, method, name};
use crate::script::{Block, Expression, ExpressionKind, Statement, StatementKind, Target};
use crate::value::Reason;
use tree_sitter::Node;

/// The variable that holds what one call is for. No script can name it so.
const ITEM: &str = "xargs item";

/// How `xargs` hands over what it reads.
#[derive(Default)]
struct Options {
    /// One word a call.
    one_by_one: bool,
    /// What stands for the line in the words.
    replaced: Option<String>,
    /// Something that is not followed.
    other: bool,
    /// How many words of `xargs` itself stand before the command.
    length: usize,
}

impl<'a> Lowerer<'a> {
    /// Lowers `xargs ...`; gives back what is none.
    pub(super) fn xargs(&mut self, node: Node<'a>, input: Expression, out: &mut Block) -> Option<Expression> {
        if node.kind() != "command" {
            return Some(input);
        }
        let is_xargs = node.child_by_field_name("name").is_some_and(|name| self.source(name) == "xargs");
        if !is_xargs {
            return Some(input);
        }
        let mut words = super::named_children(node);
        let options = self.xargs_options(&words);
        words.drain(..options.length.min(words.len()));
        let Some(first) = words.first() else { return Some(input) };
        if first.kind() == "command_name" {
            return Some(input);
        }
        let span = self.span(node);
        let input = if options.other { self.opaque(node, Reason::NotFollowed) } else { input };
        let simple = Simple { node, name: None, words, environment: Vec::new(), io: Default::default() };
        let mut run = self.run(simple);
        let ExpressionKind::Run(crate::script::Command::Words { words, .. }) = &mut run.kind else {
            return None;
        };
        let body = |run| vec![Statement { kind: StatementKind::Expression(run), span }];
        match options.replaced {
            Some(replaced) => {
                for word in words.iter_mut() {
                    let place = word.span;
                    let taken = std::mem::replace(word, literal("", place));
                    let arguments = vec![literal(replaced.clone(), place), name(ITEM, place)];
                    *word = method(taken, "replace", arguments, place);
                }
                let iterable = function("read lines", vec![input], span);
                out.push(self.for_each(iterable, body(run), span));
            }
            None if options.one_by_one => {
                words.push(name(ITEM, span));
                let iterable = function("all fields", vec![input], span);
                out.push(self.for_each(iterable, body(run), span));
            }
            None => {
                let fields = function("all fields", vec![input], span);
                words.push(fields);
                out.extend(body(run));
            }
        }
        None
    }

    fn for_each(&self, iterable: Expression, body: Block, span: crate::source::Span) -> Statement {
        let target = Target::Name(ITEM.to_string(), span);
        let kind = StatementKind::For { target, iterable, body, otherwise: Vec::new() };
        Statement { kind, span }
    }

    fn xargs_options(&self, words: &[Node<'a>]) -> Options {
        let mut options = Options { length: 1, ..Options::default() };
        let mut rest = words.iter().skip(1).map(|word| self.plain(*word));
        while let Some(Some(option)) = rest
            .next()
            .filter(|word| word.as_deref().is_some_and(|word| word.starts_with('-') && word.len() > 1))
        {
            options.length += 1;
            let (flag, joined) = option.split_at_checked(2).unwrap_or((&option, ""));
            let mut value = |options: &mut Options| match joined {
                "" => {
                    options.length += 1;
                    rest.next().flatten()
                }
                joined => Some(joined.to_string()),
            };
            match (flag, &*option) {
                ("-n" | "-L", _) => match value(&mut options).as_deref() {
                    Some("1") => options.one_by_one = true,
                    _ => options.other = true,
                },
                ("-I", _) => options.replaced = value(&mut options),
                ("-P", _) => drop(value(&mut options)),
                (_, "-r" | "-t" | "--no-run-if-empty" | "--verbose") => {}
                _ => options.other = true,
            }
        }
        options
    }
}
