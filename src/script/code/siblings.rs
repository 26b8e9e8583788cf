//! Functions and classes that exist once per environment: `_staging_config` beside
//! `_production_config`, `StagingSettings` beside `ProductionSettings`.

use super::environments::without_environment;
use crate::model::Environment;
use std::collections::BTreeMap;

/// Of the names that stand side by side, those that come in several environments: with their common
/// name and their environment.
pub(super) fn siblings<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<&'n str, (String, Environment)> {
    let mut groups: BTreeMap<String, Vec<(&str, Environment)>> = BTreeMap::new();
    for name in names {
        if let Some((common, environment)) = without_environment(name) {
            // `is_production` beside `is_staging` asks for the environment; it holds nothing of it.
            if matches!(common.as_str(), "is" | "in" | "has") {
                continue;
            }
            groups.entry(common).or_default().push((name, environment));
        }
    }
    let mut found = BTreeMap::new();
    for (common, members) in groups {
        let has_several = members.iter().any(|(_, environment)| *environment != members[0].1);
        // `test_config` beside `local_config` says nothing about what is deployed.
        let is_deployed = members.iter().any(|(_, one)| matches!(one.as_str(), "production" | "staging"));
        if has_several && is_deployed {
            for (name, environment) in members {
                found.insert(name, (common.clone(), environment));
            }
        }
    }
    found
}
