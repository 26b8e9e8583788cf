//! The tree that every structured format is read into.
//!
//! One arena of nodes per [`Document`]; each key and each value has its span. This room knows no
//! format: readers build documents, platforms and schemas walk them.

use crate::source::{SourceId, Span};

/// Names a node of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The position in the document, in the order in which nodes were finished: for tables beside it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a scalar was written, which decides what it may mean: `"8080"` is a text, `8080` a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: its type follows from its characters.
    Plain,
    /// With quotes: always a text.
    Quoted,
    /// A YAML block scalar or a heredoc.
    Block,
}

/// The type that the format's own rules give a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarType {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// The key's characters, with its quotes.
    pub key_span: Span,
    pub value: NodeId,
    /// The span of the merge key or alias through which the entry came in, if it did.
    pub merged: Option<Span>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    Mapping(Vec<Entry>),
    Sequence(Vec<NodeId>),
    Scalar {
        /// The value with escapes resolved.
        text: String,
        style: Style,
        kind: ScalarType,
        /// What another tool fills this scalar with, if one does: the template expression
        /// (`.Values.memory`), the tag of its own (`!Ref Name`), the alias without an anchor. The value
        /// is then unknown, and `text` is only what was written.
        template: Option<String>,
    },
}

/// One node with the characters it was written as.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: NodeKind,
    /// A scalar with its quotes; a collection from its first to the end of its last child.
    pub span: Span,
    /// The span of the alias through which this node was reached, if it was: the node's own span is
    /// then the anchored node's.
    pub alias: Option<Span>,
}

/// A comment, without its marker, with the span that includes the marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub text: String,
    pub span: Span,
}

/// A tree read from one document of one file.
#[derive(Clone, Debug)]
pub struct Document {
    pub source: SourceId,
    nodes: Vec<Node>,
    root: NodeId,
    /// Comments of this document in the order of the file.
    pub comments: Vec<Comment>,
    /// Where reading had to stop, if a syntax error or a limit stopped it: what is absent from the tree
    /// may stand after it.
    pub incomplete: Option<Span>,
}

/// Builds a document bottom-up: children before parents, the root last.
#[derive(Debug)]
pub struct Builder {
    source: SourceId,
    nodes: Vec<Node>,
    comments: Vec<Comment>,
    incomplete: Option<Span>,
}

impl Builder {
    /// Begins a document of a source.
    pub fn new(source: SourceId) -> Builder {
        Builder { source, nodes: Vec::new(), comments: Vec::new(), incomplete: None }
    }

    /// The source that is read.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Adds a node and returns its name.
    pub fn node(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span, alias: None });
        id
    }

    /// How many nodes there are: what a node budget counts.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node added before.
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// A node added before, to be changed.
    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    /// Adds a comment.
    pub fn comment(&mut self, text: impl Into<String>, span: Span) {
        self.comments.push(Comment { text: text.into(), span });
    }

    /// Says that the file could not be read beyond a place.
    pub fn incomplete(&mut self, at: Span) {
        self.incomplete = Some(at);
    }

    /// The comments, where no document comes of it.
    pub fn into_comments(self) -> Vec<Comment> {
        self.comments
    }

    /// Ends the document.
    pub fn finish(self, root: NodeId) -> Document {
        let Builder { source, nodes, comments, incomplete } = self;
        Document { source, nodes, root, comments, incomplete }
    }
}

impl Document {
    /// The whole tree.
    pub fn root(&self) -> Ref<'_> {
        Ref { document: self, id: self.root }
    }

    /// A node by name.
    pub fn at(&self, id: NodeId) -> Ref<'_> {
        Ref { document: self, id }
    }

    /// The names of all nodes, in the order in which they were finished.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Changes a node in its place: for readers whose files name what stands in other files.
    pub fn change(&mut self, id: NodeId, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(id.index()) {
            change(node);
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: a document has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// A node with its document: what walking code passes around.
#[derive(Clone, Copy, Debug)]
pub struct Ref<'a> {
    document: &'a Document,
    id: NodeId,
}

impl<'a> Ref<'a> {
    /// The node's name.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The node's document.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// The node.
    pub fn node(self) -> &'a Node {
        &self.document.nodes[self.id.0 as usize]
    }

    /// The node's characters.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(self) -> &'a [Entry] {
        match &self.node().kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The effective entry of a key: of duplicates the last, which wins everywhere.
    pub fn entry(self, key: &str) -> Option<&'a Entry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The value under a key.
    pub fn get(self, key: &str) -> Option<Ref<'a>> {
        self.entry(key).map(|entry| self.document.at(entry.value))
    }

    /// The value at a path of keys.
    pub fn path(self, keys: &[&str]) -> Option<Ref<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The items of a sequence; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Ref<'a>> {
        let items: &'a [NodeId] = match &self.node().kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        };
        items.iter().map(move |&id| self.document.at(id))
    }

    /// The text of a scalar.
    pub fn text(self) -> Option<&'a str> {
        match &self.node().kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The type of a scalar; `None` for collections.
    pub fn scalar_type(self) -> Option<ScalarType> {
        match &self.node().kind {
            NodeKind::Scalar { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// Whether this is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.node().kind, NodeKind::Mapping(_))
    }

    /// Whether this is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.node().kind, NodeKind::Sequence(_))
    }

    /// Whether this is an explicit or empty null.
    pub fn is_null(self) -> bool {
        matches!(self.scalar_type(), Some(ScalarType::Null))
    }
}
