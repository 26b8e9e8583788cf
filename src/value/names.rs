//! A few values by name.

/// Values by name, in the order of the names. One allocation holds them all: a run keeps tens of
/// thousands of such maps, each with a few entries of a fixed vocabulary, and a tree of nodes would take
/// several times the room.
#[derive(Clone, Debug, PartialEq)]
pub struct NameMap<V> {
    /// Sorted by name, each name once.
    entries: Vec<(&'static str, V)>,
}

impl<V> NameMap<V> {
    /// No values.
    pub const fn new() -> NameMap<V> {
        NameMap { entries: Vec::new() }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(have, _)| (*have).cmp(name))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.get_key_value(name).map(|(_, value)| value)
    }

    /// The value of a name, with the name as it is kept.
    pub fn get_key_value(&self, name: &str) -> Option<(&'static str, &V)> {
        let (name, value) = self.entries.get(self.find(name).ok()?)?;
        Some((name, value))
    }

    /// The value of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.find(name).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Whether there is a value of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// Sets a value; the one that it replaces is handed back.
    pub fn insert(&mut self, name: &'static str, value: V) -> Option<V> {
        match self.find(name) {
            Ok(at) => self.entries.get_mut(at).map(|(_, have)| std::mem::replace(have, value)),
            Err(at) => {
                self.entries.insert(at, (name, value));
                None
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.find(name).ok()?;
        Some(self.entries.remove(at).1)
    }

    /// All values in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &V)> {
        self.entries.iter().map(|(name, value)| (*name, value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Gives back the room that is not needed: for maps that are kept.
    pub fn shrink_to_fit(&mut self) {
        self.entries.shrink_to_fit();
    }
}

impl<V> Default for NameMap<V> {
    fn default() -> NameMap<V> {
        NameMap::new()
    }
}

impl<V> FromIterator<(&'static str, V)> for NameMap<V> {
    fn from_iter<I: IntoIterator<Item = (&'static str, V)>>(entries: I) -> NameMap<V> {
        let mut map = NameMap::new();
        for (name, value) in entries {
            map.insert(name, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::NameMap;

    #[test]
    fn names_are_sorted_and_the_last_value_counts() {
        let mut map: NameMap<u32> = [("b", 1), ("a", 2), ("b", 3)].into_iter().collect();
        assert_eq!(map.iter().collect::<Vec<_>>(), [("a", &2), ("b", &3)]);
        assert_eq!((map.get("a"), map.get("c"), map.contains_key("b")), (Some(&2), None, true));
        assert_eq!((map.insert("a", 4), map.remove("a"), map.remove("a")), (Some(2), Some(4), None));
        assert!(!map.is_empty());
    }
}
