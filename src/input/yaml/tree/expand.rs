//! What the parser leaves to its callers: aliases, merge keys, duplicates.

use crate::diagnostic::Diagnostic;
use crate::document::{Entry, NodeId, NodeKind, ScalarType, Style};
use crate::input::problem;
use crate::input::yaml::tree::{LEAF, Reader, Size, Stop};
use crate::source::Span;
use std::collections::HashSet;

impl Reader<'_> {
    /// An alias becomes a node of its own that shares the anchored node's children.
    pub(super) fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<(), Stop> {
        let span = self.span(start, end);
        let Some(&target) = self.tree.anchors.get(&anchor) else {
            self.problems.add(
                Diagnostic::error("yaml-alias", span, "an alias stands inside the very node that it names")
                    .with_label("would never end")
                    .with_help("move the anchor to a node that does not hold its own alias"),
            );
            let name = self.text.get(start..end).unwrap_or_default().to_owned();
            return self.unreadable(name, span);
        };
        let size = self.tree.size(target);
        let depth = self.tree.open.len();
        if depth + size.height > self.limits.depth + 1 {
            return self.stop(problem::too_deep(span, self.limits.depth), start);
        }
        // Counted before anything is copied: a bomb costs nothing.
        self.count(size, start)?;
        let node = self.tree.builder.get(target);
        let (kind, own) = (node.kind.clone(), node.span);
        let id = self.tree.node(kind, own, size);
        self.tree.builder.get_mut(id).alias = Some(span);
        self.complete(id, span, Some(span))
    }

    /// A value that is there and cannot be known: it must be neither taken for text nor missed.
    pub(super) fn unreadable(&mut self, what: String, span: Span) -> Result<(), Stop> {
        let kind = NodeKind::Scalar {
            text: String::new(),
            style: Style::Plain,
            kind: ScalarType::Null,
            template: Some(what),
        };
        let id = self.tree.node(kind, span, LEAF);
        self.count(LEAF, span.end as usize)?;
        self.complete(id, span, None)
    }

    /// In a template both branches of an `if` may give a key; that is no mistake, and which of them wins
    /// is not known.
    pub(super) fn report_duplicates(&mut self, entries: &[Entry]) {
        if self.masks.is_empty() {
            self.problems.duplicate_keys(entries);
            return;
        }
        let mut seen = HashSet::with_capacity(entries.len());
        for entry in entries {
            let doubled = !seen.insert(entry.key.as_str());
            let from = self.masks.partition_point(|mask| mask.end <= entry.key_span.start as usize);
            let branch = from.checked_sub(1).and_then(|before| self.masks.get(before));
            if let (true, Some(branch)) = (doubled, branch)
                && let NodeKind::Scalar { template, .. } = &mut self.tree.builder.get_mut(entry.value).kind
            {
                template.get_or_insert_with(|| branch.expression.clone());
            }
        }
    }

    /// Expands `<<` (<https://yaml.org/type/merge.html>): keys of the mapping itself win over merged
    /// ones, earlier mappings of a list over later ones.
    pub(super) fn merge(
        &mut self,
        entries: Vec<Entry>,
        merges: &[(usize, Span)],
        size: &mut Size,
        at: usize,
    ) -> Result<Vec<Entry>, Stop> {
        let mut merged: Vec<Entry> = Vec::new();
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut sources: Vec<(NodeId, Span)> = Vec::new();
        for (i, entry) in entries.into_iter().enumerate() {
            let Some(&(_, place)) = merges.iter().find(|&&(index, _)| index == i) else {
                kept.push(entry);
                continue;
            };
            match &self.tree.builder.get(entry.value).kind {
                NodeKind::Mapping(_) => sources.push((entry.value, place)),
                NodeKind::Sequence(items) => {
                    let own = |&id: &NodeId| (id, self.tree.builder.get(id).alias.unwrap_or(place));
                    sources.extend(items.iter().map(own));
                }
                NodeKind::Scalar { template, kind, .. } => {
                    if template.is_none() && *kind != ScalarType::Null {
                        self.problems.add(
                            Diagnostic::warning("yaml-merge", place, "a merge key `<<` takes a mapping or a list of mappings")
                                .with_label("is neither")
                                .with_help("name an anchor of a mapping (`<<: *defaults`), or quote the key if it is text"),
                        );
                    }
                    kept.push(entry);
                }
            }
        }
        let mut have: HashSet<String> = kept.iter().map(|entry| entry.key.clone()).collect();
        for (id, place) in sources {
            let NodeKind::Mapping(from) = &self.tree.builder.get(id).kind else { continue };
            let news: Vec<Entry> =
                from.iter().rev().filter(|entry| have.insert(entry.key.clone())).cloned().collect();
            let nodes = news.iter().map(|entry| self.tree.size(entry.value).nodes).sum();
            let height = news.iter().map(|entry| self.tree.size(entry.value).height).max().unwrap_or(0);
            self.count(Size { nodes, height }, at)?;
            size.nodes = size.nodes.saturating_add(nodes);
            size.height = size.height.max(height + 1);
            merged.extend(news.into_iter().rev().map(|entry| Entry { merged: Some(place), ..entry }));
        }
        // A look-up takes the last of equal keys, so what was merged stands first.
        merged.append(&mut kept);
        Ok(merged)
    }
}
