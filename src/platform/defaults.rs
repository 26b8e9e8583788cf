//! What a platform fills in where nobody says otherwise.

use crate::model::catalogue::{self, Level};
use crate::model::{Deployment, Role, Setting};
use crate::platform::table::{Filled, Platform};
use crate::platform::trace::Trace;
use crate::provenance::Step;
use crate::source::Span;
use crate::value::Value;

/// Fills in the platform's defaults. Only for documents and for commands that create.
pub fn fill(platform: &Platform, deployment: &mut Deployment, trace: &mut Trace<'_>) {
    for row in platform.defaults {
        if !row.workloads.is_empty() && !row.workloads.contains(&deployment.workload) {
            continue;
        }
        let deployment_level = catalogue::find(row.setting).is_some_and(|row| row.level == Level::Deployment);
        match row.value {
            Filled::Written(written, conversion) if deployment_level => {
                if deployment.settings.get(row.setting).is_none()
                    && let Some(setting) = written_default(written, conversion, deployment.anchor, trace)
                {
                    deployment.settings.insert(row.setting, setting);
                }
            }
            Filled::Written(written, conversion) => {
                let Some(container) = deployment.main_mut() else { continue };
                let probed =
                    row.setting == "startup_timeout" && container.probes.contains_key("startup_probe");
                if container.settings.get(row.setting).is_none()
                    && !probed
                    && let Some(setting) = written_default(written, conversion, container.anchor, trace)
                {
                    container.settings.insert(row.setting, setting);
                }
            }
            Filled::SameAs(other) => {
                for container in deployment.containers.iter_mut().filter(|one| one.role != Role::Init) {
                    let Some(given) = container.settings.get(other).cloned() else { continue };
                    if container.settings.get(row.setting).is_none() {
                        container.settings.insert(row.setting, Setting { platform_default: true, ..given });
                    }
                }
            }
        }
    }
}

/// A default as a setting; its origin is a step of its own, for nobody wrote it.
pub fn written_default(
    written: &str,
    conversion: crate::platform::convert::Conversion,
    place: Span,
    trace: &mut Trace<'_>,
) -> Option<Setting> {
    let scalar = conversion.scalar(written)?;
    let origin = trace.provenance.arena(place.source).start(place, Step::PlatformDefault);
    Some(Setting {
        value: Value::known(scalar, origin),
        written: vec![written.to_owned()],
        overridden: Vec::new(),
        platform_default: true,
        place,
    })
}
