//! Errors of YAML's syntax in people's words.

use granit_parser::ErrorKind;

/// What is wrong, and what to do about it.
pub(super) struct Words {
    pub message: String,
    pub help: &'static str,
}

/// The parser's error kinds in words. What is not listed keeps the parser's own.
pub(super) fn of(kind: &ErrorKind) -> Words {
    let (message, help) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            ("a tab stands where YAML takes only spaces", "replace the tab with spaces")
        }
        ErrorKind::UnclosedQuotedScalar => {
            ("a quoted text is never closed", "close the quote on the line where the text ends")
        }
        ErrorKind::UnclosedFlowCollection { open: '{' } | ErrorKind::UnexpectedEofFlowMapping => {
            ("a `{` is never closed", "add the missing `}`, or quote the value if the brace is text")
        }
        ErrorKind::UnclosedFlowCollection { .. } | ErrorKind::UnexpectedEofFlowSequence => {
            ("a `[` is never closed", "add the missing `]`, or quote the value if the bracket is text")
        }
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            ("a closing bracket has no opening one", "remove it, or quote the value if the bracket is text")
        }
        ErrorKind::ExpectedFlowMappingSeparator => {
            ("a `,` or `}` is missing", "separate the entries with commas and close the `{`")
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a `,` or `]` is missing", "separate the items with commas and close the `[`")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            "a `: ` stands where no mapping can begin",
            "put the key on a line of its own, or quote the text that holds the colon",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => (
            "this does not fit the mapping around it",
            "indent the keys of one mapping alike, and write each as `key: value`",
        ),
        ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::BlockSequenceEntryNotAllowed => (
            "this does not fit the list around it",
            "begin each item of one list with `- ` at the same indentation",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a key without `:`", "write `key: value`, or indent the line if it continues a text")
        }
        ErrorKind::MissingAnchorOrAliasName => (
            "`*` and `&` begin an alias or an anchor, and its name is missing",
            "quote the value if the character is text",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "an unknown escape in a double-quoted text",
            "double the backslash, or use single quotes, which know no escapes",
        ),
        ErrorKind::InvalidBlockScalarIndent | ErrorKind::InvalidBlockScalarHeader => (
            "a block text (`|` or `>`) is not indented as it began",
            "indent its lines at least as its first one",
        ),
        ErrorKind::UnexpectedCharacter { character } => {
            return Words {
                message: format!("`{}` cannot begin a value", character.escape_default()),
                help: "quote the value",
            };
        }
        other => {
            return Words {
                message: other.to_string(),
                help: "mend the syntax; until then only what stands before it is read",
            };
        }
    };
    Words { message: message.to_owned(), help }
}
