//! What a quantity is of, as far as its suffix tells.

use crate::cel::Type;

/// Memory is written with `k M G T P E` and `Ki Mi Gi Ti Pi Ei`, shares of a core with `m u n`; a plain number
/// may be either. Kubernetes knows no other difference:
/// <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes>
pub fn of_quantity(written: &str) -> Type {
    match written.trim_end().chars().next_back() {
        Some('i' | 'k' | 'M' | 'G' | 'T' | 'P' | 'E') => Type::Memory,
        Some('m' | 'u' | 'n') => Type::Cpu,
        _ => Type::Quantity,
    }
}
