//! Everything that a script can change, with a journal.
//!
//! A branch runs on the store itself. A frame of the journal keeps what stood in each slot before, so
//! that the branch can be taken back and its changes kept aside until both sides are merged: the cost
//! is that of the changes, never that of the whole state.

use super::values::{Instance, List, Map, Val};
use std::collections::HashMap;
use std::rc::Rc;

/// Names one variable or one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(pub u32);

/// What a slot holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// The slot was made on another path.
    Absent,
    Variable(Val),
    List(Rc<List>),
    Map(Rc<Map>),
    Instance(Rc<Instance>),
}

/// New contents by slot.
pub(super) type Changes = HashMap<Slot, Content>;

#[derive(Debug, Default)]
pub(super) struct Store {
    slots: Vec<Content>,
    /// What stood in the slots before, innermost branch last.
    frames: Vec<Changes>,
}

impl Store {
    /// A new slot; on other paths it stays `Absent`.
    pub fn add(&mut self, content: Content) -> Slot {
        let slot = Slot(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(content);
        if let Some(frame) = self.frames.last_mut() {
            frame.insert(slot, Content::Absent);
        }
        slot
    }

    pub fn get(&self, slot: Slot) -> &Content {
        self.slots.get(slot.0 as usize).unwrap_or(&Content::Absent)
    }

    pub fn set(&mut self, slot: Slot, content: Content) {
        let Some(place) = self.slots.get_mut(slot.0 as usize) else { return };
        let old = std::mem::replace(place, content);
        if let Some(frame) = self.frames.last_mut() {
            frame.entry(slot).or_insert(old);
        }
    }

    /// Opens a frame.
    pub fn push(&mut self) {
        self.frames.push(Changes::new());
    }

    /// How many frames are open.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Closes the innermost frame, takes its changes back and gives them.
    pub fn take_back(&mut self) -> Changes {
        let mut frame = self.frames.pop().unwrap_or_default();
        for (slot, content) in &mut frame {
            if let Some(place) = self.slots.get_mut(slot.0 as usize) {
                std::mem::swap(place, content);
            }
        }
        frame
    }

    /// Closes the innermost frame and keeps its changes.
    pub fn commit(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        let Some(outer) = self.frames.last_mut() else { return };
        if outer.is_empty() {
            std::mem::swap(outer, &mut frame);
        }
        for (slot, old) in frame {
            outer.entry(slot).or_insert(old);
        }
    }

    /// What changed since the frame at `depth` was opened, as it stands now.
    pub fn changes_since(&self, depth: usize) -> Changes {
        let mut changes = Changes::new();
        for frame in self.frames.iter().skip(depth) {
            for &slot in frame.keys() {
                changes.entry(slot).or_insert_with(|| self.get(slot).clone());
            }
        }
        changes
    }

    /// Takes slots that nothing can reach any more out of the innermost frame.
    pub fn forget(&mut self, slots: impl Iterator<Item = Slot>) {
        if let Some(frame) = self.frames.last_mut() {
            for slot in slots {
                if matches!(frame.get(&slot), Some(Content::Absent)) {
                    frame.remove(&slot);
                }
            }
        }
    }
}
