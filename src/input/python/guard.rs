//! A bound on nesting, held before the parser runs.
//!
//! The parser grows its stack on the heap without bound, and dropping a deep tree recurses. So the
//! tokens are counted first: an expression can be no deeper than the operators, brackets and keywords
//! that stand between it and the beginning of its statement, commas of enclosing brackets left out.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Tokens that may enclose one another. Real files stay below 300.
const NESTING: usize = 1_000;

/// The length of the part of `text` that is safe to parse: all of it, or all before the first line that
/// nests too deeply.
pub(super) fn safe_length(text: &str) -> usize {
    if !too_deep(text) {
        return text.len();
    }
    // The lexer does not tell where its tokens stand, so the line is found by halving: if a text is too
    // deep, so is every longer one.
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let (mut safe, mut deep) = (0, starts.len());
    while deep - safe > 1 {
        let middle = safe + (deep - safe) / 2;
        let prefix = starts.get(middle).and_then(|&end| text.get(..end)).unwrap_or(text);
        if too_deep(prefix) {
            deep = middle;
        } else {
            safe = middle;
        }
    }
    starts.get(safe).copied().unwrap_or(0)
}

fn too_deep(text: &str) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    // Operators since the last comma in each open bracket; what encloses a token is their sum.
    let mut open: Vec<usize> = vec![0];
    let (mut sum, mut lambdas, mut indents) = (0usize, 0usize, 0usize);
    let mut line_begins = true;
    loop {
        let kind = lexer.next_token();
        let statement_begins = line_begins && begins_statement(kind);
        line_begins = matches!(kind, TokenKind::Newline | TokenKind::NonLogicalNewline);
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline | TokenKind::Semi => {
                open.truncate(0);
                open.push(0);
                (sum, lambdas) = (0, 0);
            }
            // An unclosed bracket swallows the rest of a file here; the parser recovers at statements.
            _ if statement_begins => {
                open.truncate(0);
                open.push(0);
                (sum, lambdas) = (0, 0);
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                count(&mut open, &mut sum);
                open.push(0);
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                count(&mut open, &mut sum);
                open.push(0);
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd
                if open.len() > 1 =>
            {
                sum = sum.saturating_sub(open.pop().unwrap_or(0));
            }
            TokenKind::Comma => {
                if let Some(top) = open.last_mut() {
                    sum = sum.saturating_sub(*top);
                    *top = 0;
                }
            }
            TokenKind::Lambda => lambdas += 1,
            kind if nests(kind) => count(&mut open, &mut sum),
            _ => {}
        }
        if sum + lambdas + indents > NESTING {
            return true;
        }
    }
}

fn count(open: &mut [usize], sum: &mut usize) {
    if let Some(top) = open.last_mut() {
        *top += 1;
        *sum += 1;
    }
}

/// Whether a token may put an expression inside another one.
fn nests(kind: TokenKind) -> bool {
    !matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::None
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Ellipsis
    )
}

/// Keywords that begin a statement and stand in no expression.
fn begins_statement(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Def
            | TokenKind::Class
            | TokenKind::Return
            | TokenKind::Import
            | TokenKind::With
            | TokenKind::Try
            | TokenKind::Raise
            | TokenKind::While
            | TokenKind::Assert
    )
}
