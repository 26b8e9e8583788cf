//! The small form that scripts are lowered to.
//!
//! A lowering keeps every construct's span and decides everything that depends on the language: quoting,
//! splitting, scoping, what a call runs. What it cannot express becomes [`ExpressionKind::Opaque`] with
//! its reason, never a guess. Scripts may be nested without bound, so the form's depth is limited by the
//! lowering (see [`Program::MAX_DEPTH`]); the interpreter relies on that.

use crate::diagnostic::Diagnostic;
use crate::source::{Comments, SourceId, Span};
use crate::value::{Number, Reason};
use std::rc::Rc;

/// A lowered script.
#[derive(Debug)]
pub struct Program {
    pub source: SourceId,
    pub scoping: Scoping,
    /// A name that nothing assigned is a variable of the caller's environment (shell), rather than a
    /// builtin or an import that is not followed.
    pub free_names_are_inputs: bool,
    /// The first word of a command may name a function of the program.
    pub commands_call_functions: bool,
    /// What it runs together with; `None` where nothing tells which of a file's programs run together.
    pub job: Option<Job>,
    pub body: Block,
    /// Errors of syntax and limits. What could be read stands in `body` all the same.
    pub diagnostics: Vec<Diagnostic>,
    /// Collected only where one of them may be meant for the program.
    pub comments: Comments,
}

impl Program {
    /// How deeply expressions and statements may nest; deeper ones become `Opaque` with
    /// [`Reason::Limit`].
    pub const MAX_DEPTH: usize = 200;
}

/// What runs from its beginning to its end unless something fails: a script, a job of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The characters that stand for it; no two jobs have the same.
    pub span: Span,
    /// The jobs that begin only once this one has succeeded.
    pub waited_for_by: Rc<[Span]>,
}

impl Job {
    /// A job for which none waits.
    pub fn alone(span: Span) -> Job {
        Job { span, waited_for_by: Rc::new([]) }
    }
}

/// That a failure counts for nothing: `|| true`, `continue-on-error: true`.
#[derive(Debug)]
pub struct Ignoring {
    /// How it is written, for people.
    pub name: String,
    pub span: Span,
    /// When failures are ignored, where not always.
    pub when: Option<Expression>,
    /// Everything inside counts for nothing, however deep. Else only the status of its last command
    /// does: a function that is called there may still end the script.
    pub is_whole: bool,
    /// A text that says why, with its characters.
    pub reason: Option<(String, Span)>,
}

/// Which variable an assignment in a function sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scoping {
    /// The function's own, unless declared otherwise (`StatementKind::Global`).
    Lexical,
    /// The caller's or the global one, unless the assignment is `local`.
    Dynamic,
}

/// Statements in order.
pub type Block = Vec<Statement>;

/// A statement with its characters.
#[derive(Debug)]
pub struct Statement {
    pub kind: StatementKind,
    pub span: Span,
}

/// What a statement does.
#[derive(Debug)]
pub enum StatementKind {
    /// Evaluates for effect: a call, a command (`ExpressionKind::Run`).
    Expression(Expression),
    /// Binds a value. `local` declares the name in the innermost function first (dynamic scoping);
    /// `export` puts it into the environment of later commands.
    Assign {
        target: Target,
        value: Expression,
        local: bool,
        export: bool,
    },
    /// `target op= value`.
    Augment {
        target: Target,
        operator: BinaryOperator,
        value: Expression,
    },
    /// The tests in order, the first that holds wins. A `case` or `match` is lowered to this with
    /// `CompareOperator::Matches` or `Equal`.
    If {
        clauses: Vec<Clause>,
        otherwise: Block,
    },
    /// Unrolled over a known collection, run once with an unknown element over an unknown one.
    For {
        target: Target,
        iterable: Expression,
        body: Block,
        otherwise: Block,
    },
    /// Unrolled while the condition is known to hold; else run once, as if any number of times: what it
    /// assigns is no longer known. `before` runs ahead of each test, `after` behind each iteration, also
    /// one that went on early.
    While {
        before: Block,
        condition: Expression,
        body: Block,
        after: Block,
    },
    /// Body, then handlers (each as if it may run), then the rest.
    Try {
        body: Block,
        handlers: Vec<Block>,
        otherwise: Block,
        finally: Block,
    },
    Return(Option<Expression>),
    Break,
    Continue,
    /// Ends the script, or raises: nothing behind it runs on this path.
    Exit,
    /// Takes so many positional arguments off the front.
    Shift(Expression),
    /// Replaces the positional arguments.
    Arguments(Vec<Element>),
    /// The first block where the positional arguments are known one by one, the other where they are the
    /// caller's.
    ByArguments {
        known: Block,
        otherwise: Block,
    },
    /// Runs another file where it stands: the path as the script gives it.
    Source(Expression),
    /// Runs a text as if it stood here: `eval`.
    Evaluate(Expression),
    /// Prints a text, for whoever reads what the block prints (`ExpressionKind::Output`).
    Print(Expression),
    /// A block whose output goes elsewhere.
    Silent(Block),
    /// The names refer to the outermost scope from here on.
    Global(Vec<String>),
    /// Forgets the targets.
    Delete(Vec<Target>),
    Function(Rc<Function>),
    Class(Rc<Class>),
    /// Binds names from a module. `module` is dotted as written (`deployment.secrets_config`, with a
    /// leading dot for each level up) or, for a sourced file, its path expression's text; `names` are
    /// (name in the module, name bound here), empty for the module itself; `binding` is the name that
    /// the module itself gets.
    Import {
        module: String,
        names: Vec<(String, String)>,
        binding: Option<String>,
    },
    /// A nested block that shares the scope: `with`, `{ ...; }`.
    Block(Block),
    /// A block in a scope of its own whose assignments are lost: a subshell.
    Subshell(Block),
    /// A block of which a failure counts for nothing.
    Ignoring(Box<Ignoring>, Block),
}

/// One test of an `If` with its branch.
#[derive(Debug)]
pub struct Clause {
    pub condition: Expression,
    pub body: Block,
}

/// What an assignment binds.
#[derive(Debug)]
pub enum Target {
    Name(String, Span),
    Attribute(Box<Expression>, String, Span),
    Index(Box<Expression>, Box<Expression>, Span),
    /// Destructuring; the flag marks the one that takes the rest.
    Tuple(Vec<(Target, bool)>, Span),
    /// Something that is evaluated for nothing.
    Ignored(Span),
}

impl Target {
    /// The target's characters.
    pub fn span(&self) -> Span {
        match self {
            Target::Name(_, span)
            | Target::Attribute(_, _, span)
            | Target::Index(_, _, span)
            | Target::Tuple(_, span)
            | Target::Ignored(span) => *span,
        }
    }
}

/// A function or method.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub name_span: Span,
    pub parameters: Vec<Parameter>,
    pub body: Block,
    /// A method that gets no instance: static.
    pub is_static: bool,
    /// A method that gets its class: `@classmethod`.
    pub is_class_method: bool,
    /// Read like an attribute: `@property`.
    pub is_property: bool,
    /// Default of a command-line option that a decorator gives, by parameter name: `click`, `typer`.
    /// The parameter then is an input, not unknown.
    pub is_command: bool,
    /// Its `Print` statements are all that it prints itself; else nothing is known of it.
    pub prints: bool,
    pub span: Span,
}

/// How a parameter takes arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By position or by name.
    Normal,
    /// By name only.
    Keyword,
    /// All remaining positional ones, as a list.
    Rest,
    /// All remaining named ones, as a map.
    Keywords,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub span: Span,
    pub kind: ParameterKind,
    pub default: Option<Expression>,
}

/// A class. A constructor call first runs `constructor` if there is one (a method named by the
/// lowering), else binds the arguments to the fields in order, as dataclasses do.
#[derive(Debug)]
pub struct Class {
    pub name: String,
    pub name_span: Span,
    pub bases: Vec<Expression>,
    /// Annotated fields with their defaults, in order.
    pub fields: Vec<Field>,
    /// Class attributes that are no fields, and enum members.
    pub attributes: Vec<(String, Span, Expression)>,
    pub methods: Vec<Rc<Function>>,
    /// Whether arguments of a constructor call are bound to the fields.
    pub is_record: bool,
    /// Instances are read like tuples of their fields.
    pub is_sequence: bool,
    /// Members compare by identity, have `.value` and `.name`, and `Class("x")` finds the member whose
    /// value is x.
    pub is_enum: bool,
    pub span: Span,
}

/// A field of a record.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub span: Span,
    pub default: Option<Expression>,
}

/// An expression with its characters. A literal's span holds its quotes.
#[derive(Debug)]
pub struct Expression {
    pub kind: ExpressionKind,
    pub span: Span,
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Text(String),
    /// The number and its characters as written.
    Number(Number, String),
    Bool(bool),
    Null,
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A variable of the process environment.
    Environment,
    /// A positional argument or an option of the script.
    Argument,
    /// A variable of the workflow, pipeline or module that runs the script.
    Variable,
}

/// What an expression computes.
#[derive(Debug)]
pub enum ExpressionKind {
    Literal(Literal),
    /// Parts put together to one text: an f-string, a shell word.
    Join(Vec<Expression>),
    Name(String),
    /// Positional argument `n` of the function, or of the script; 0 is the script's name.
    Positional(usize),
    /// All positional arguments from `n` on, as a list: `"$@"`.
    Positionals(usize),
    Attribute(Box<Expression>, String),
    Index(Box<Expression>, Box<Expression>),
    /// `value[from:to]`.
    Slice {
        value: Box<Expression>,
        from: Option<Box<Expression>>,
        to: Option<Box<Expression>>,
    },
    List(Vec<Element>),
    /// A list that cannot change; evaluates like a list.
    Tuple(Vec<Element>),
    Map(Vec<MapEntry>),
    /// `then if condition else otherwise`.
    Choose {
        condition: Box<Expression>,
        then: Box<Expression>,
        otherwise: Box<Expression>,
    },
    Not(Box<Expression>),
    /// The first operand that does not hold, else the last.
    And(Vec<Expression>),
    /// The first operand that holds, else the last.
    Or(Vec<Expression>),
    Compare {
        operator: CompareOperator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    Negate(Box<Expression>),
    Call {
        callee: Box<Expression>,
        arguments: Vec<Argument>,
    },
    /// `[value for target in iterable if conditions]`; with `key` a map. With `flatten` each value is a
    /// comprehension itself, and what it yields is taken, not the list or map.
    Comprehension {
        flatten: bool,
        key: Option<Box<Expression>>,
        value: Box<Expression>,
        target: Box<Target>,
        iterable: Box<Expression>,
        conditions: Vec<Expression>,
    },
    /// An input of the script. With a default the value is the default, overridable by the input. An
    /// input that is a switch (`is_switch`) is either true or false and nobody knows which.
    Input {
        name: String,
        kind: InputKind,
        default: Option<Box<Expression>>,
        is_switch: bool,
    },
    /// `${X:-d}` and its like: `value` if it is set (and, with `or_empty`, not empty), else `fallback`.
    Default {
        value: Box<Expression>,
        fallback: Box<Expression>,
        or_empty: bool,
    },
    /// `${X:+text}`: `then` if `value` is set and not empty, else the empty text.
    Alternate {
        value: Box<Expression>,
        then: Box<Expression>,
    },
    /// An unquoted expansion: the text is split at blanks to any number of words.
    Fields(Box<Expression>),
    /// Runs a command. As a value it is the command's status: whether it succeeded.
    Run(Command),
    /// The text that a command prints. Known only for a pure `echo` or `printf`, which the lowering
    /// turns into `Join`; everything else is unknown, but the command inside may run.
    Output(Block),
    /// An anonymous function.
    Lambda(Rc<Function>),
    /// Not expressible; `detail` is its input's name for people: `os.listdir(...)`.
    Opaque {
        reason: Reason,
        detail: String,
    },
}

/// What a command line is made of.
#[derive(Debug)]
pub enum Command {
    /// Words, each an expression that yields a text, or (`Fields`, `Positionals`, a list) several.
    Words { words: Vec<Expression>, environment: Vec<(String, Expression)>, input: Option<Box<Expression>> },
    /// A list value that holds the words, and the call's other arguments that matter.
    List { list: Box<Expression>, directory: Option<Box<Expression>>, environment: Option<Box<Expression>> },
    /// One text that a shell will read: it is split into commands and words, quotes respected, with its
    /// unknown parts kept whole.
    Line { line: Box<Expression>, directory: Option<Box<Expression>>, environment: Option<Box<Expression>> },
}

/// An element of a list.
#[derive(Debug)]
pub enum Element {
    One(Expression),
    /// `*other`.
    Spread(Expression),
}

/// An entry of a map.
#[derive(Debug)]
pub enum MapEntry {
    Pair(Expression, Expression),
    /// `**other`.
    Spread(Expression),
}

/// An argument of a call.
#[derive(Debug)]
pub enum Argument {
    Positional(Expression),
    Named(String, Expression),
    /// `*list`.
    Spread(Expression),
    /// `**map`.
    SpreadNamed(Expression),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOperator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// Left is an element, a key or a part of right.
    In,
    NotIn,
    /// Left is identical to right (`is`): used with null, true, false.
    Is,
    IsNot,
    /// Left matches the shell pattern right.
    Matches,
}

/// How two values are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// Sum of numbers, texts or lists.
    Add,
    Subtract,
    Multiply,
    Divide,
    /// Rounded down, and the rest that belongs to it: Python's `//` and `%`.
    FloorDivide,
    Modulo,
    /// Rounded towards zero, and the rest that belongs to it: a shell's `/` and `%`.
    Quotient,
    Remainder,
    Power,
    /// Of maps: right wins. Of anything else unknown.
    Union,
}
