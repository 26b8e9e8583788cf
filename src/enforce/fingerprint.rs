//! Names for findings that stay the same when lines move.

use super::Enforced;
use crate::diagnostic::Finding;
use crate::source::Sources;
use std::collections::HashMap;

/// Gives every finding its fingerprint: of the policy, the path, the services and environment, and the
/// words of the line it points at. Findings that agree in all of that are told apart by their order.
pub(super) fn assign(enforced: &mut Enforced, sources: &Sources) {
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let set_aside = enforced.set_aside.iter_mut().map(|one| &mut one.finding);
    for finding in enforced.findings.iter_mut().chain(&mut enforced.undetermined).chain(set_aside) {
        let hash = content(finding, sources);
        let count = seen.entry(hash).or_default();
        let told = if *count == 0 { hash } else { fold(hash, &count.to_le_bytes()) };
        *count += 1;
        finding.fingerprint = format!("{told:016x}");
    }
}

fn content(finding: &Finding, sources: &Sources) -> u64 {
    let span = finding.span();
    let source = sources.get(span.source);
    let index = source.lines().index_of(span.start as usize);
    let line = source.text().get(source.lines().range(source.text(), index)).unwrap_or_default();
    let mut services: Vec<&str> = finding.services.iter().map(String::as_str).collect();
    services.sort_unstable();
    let mut hash = FNV_OFFSET;
    let environment = finding.environment.as_deref().unwrap_or_default();
    for part in [finding.policy.as_str(), source.path(), environment].into_iter().chain(services) {
        hash = fold(hash, part.as_bytes());
        hash = fold(hash, &[0]);
    }
    // Indentation and spacing change when code moves; words do not.
    for word in line.split_whitespace() {
        hash = fold(hash, word.as_bytes());
        hash = fold(hash, b" ");
    }
    hash
}

/// FNV-1a with 64 bits: stable over versions and platforms, which the standard library's is not.
/// <http://www.isthe.com/chongo/tech/comp/fnv/>
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn fold(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}
