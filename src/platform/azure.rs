//! Azure: container apps, container instances and web apps.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{Gibibytes, Int, Quantity, Text};
use crate::platform::table::{
    Action, Base, Command, Default, Effect, Field, Filled, Flag, Merge, Objects, Platform, Positional,
    ProbePlace, Shape, Sheet, SheetProbe, Spelling, Variables, Words,
};

const fn root(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Root, path, setting, conversion)
}

const fn container(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Container, path, setting, conversion)
}

const ENV: &[Variables] = &[Variables {
    base: Base::Container,
    path: &["env"],
    kind: Plain,
    shape: Shape::List("value", &["secretRef"]),
}];

const PROBES: &[SheetProbe] = &[
    SheetProbe { setting: "startup_probe", at: ProbePlace::Item("Startup") },
    SheetProbe { setting: "liveness_probe", at: ProbePlace::Item("Liveness") },
    SheetProbe { setting: "readiness_probe", at: ProbePlace::Item("Readiness") },
];

/// The file of `az containerapp create --yaml`, and the resource in a template.
/// <https://learn.microsoft.com/en-us/azure/container-apps/azure-resource-manager-api-spec>
const APP: Sheet = Sheet {
    workload: "container-app",
    requires: &[&["properties", "template", "containers"]],
    name: &[&["name"]],
    containers: &["properties", "template", "containers"],
    init_containers: &["properties", "template", "initContainers"],
    fields: &[
        root(&["properties", "template", "scale", "minReplicas"], "min_instances", Int),
        root(&["properties", "template", "scale", "maxReplicas"], "max_instances", Int),
        root(&["properties", "configuration", "ingress", "targetPort"], "port", Int),
        root(&["properties", "configuration", "ingress", "external"], "ingress", Text),
        container(&["image"], "image", Text),
        container(&["resources", "memory"], "memory", Quantity),
        container(&["resources", "cpu"], "cpu", Quantity),
    ],
    variables: ENV,
    probes: PROBES,
    ..Sheet::EMPTY
};

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/container_app>
const TERRAFORM_APP: Sheet = Sheet {
    workload: "container-app",
    objects: Objects::Each(&["resource", "azurerm_container_app"]),
    name: &[&["name"]],
    containers: &["template", "container"],
    init_containers: &["template", "init_container"],
    fields: &[
        root(&["template", "min_replicas"], "min_instances", Int),
        root(&["template", "max_replicas"], "max_instances", Int),
        root(&["ingress", "target_port"], "port", Int),
        root(&["ingress", "external_enabled"], "ingress", Text),
        container(&["image"], "image", Text),
        container(&["memory"], "memory", Quantity),
        container(&["cpu"], "cpu", Quantity),
    ],
    variables: &[Variables {
        base: Base::Container,
        path: &["env"],
        kind: Plain,
        shape: Shape::List("value", &["secret_name"]),
    }],
    checks: &[
        (Base::Container, &["liveness_probe"]),
        (Base::Container, &["readiness_probe"]),
        (Base::Container, &["startup_probe"]),
    ],
    spelling: Spelling::Snake,
    condition: Some("count"),
    ..Sheet::EMPTY
};

/// <https://learn.microsoft.com/en-us/cli/azure/reference-index>
const AZ: &[Flag] = &[
    Flag::new(&["--name", "-n"], Action::Name),
    Flag::new(
        &["--debug", "--verbose", "--only-show-errors", "--no-wait", "--help", "-h", "--yes", "-y"],
        Action::Bare,
    ),
    Flag::new(&["--resource-group", "-g", "--subscription", "--output", "-o", "--query"], Action::Value),
    Flag::new(&["--location", "-l", "--environment", "--tags", "--slot", "-s"], Action::Value),
];

/// <https://learn.microsoft.com/en-us/cli/azure/containerapp>
const CONTAINER_APP: &[Flag] = &[
    Flag::new(&["--image", "-i"], Action::Setting("image", Text)),
    Flag::new(&["--source"], Action::Setting("source", Text)),
    Flag::new(&["--cpu"], Action::Setting("cpu", Quantity)),
    Flag::new(&["--memory"], Action::Setting("memory", Quantity)),
    Flag::new(&["--min-replicas"], Action::Setting("min_instances", Int)),
    Flag::new(&["--max-replicas"], Action::Setting("max_instances", Int)),
    Flag::new(&["--target-port"], Action::Setting("port", Int)),
    Flag::new(&["--ingress"], Action::Setting("ingress", Text)),
    Flag::new(
        &["--env-vars", "--replace-env-vars"],
        Action::Assignments(Plain, Merge::Replace, Some("secretref:")),
    ),
    Flag::new(&["--set-env-vars"], Action::Assignments(Plain, Merge::Keep, Some("secretref:"))),
    Flag::new(&["--remove-all-env-vars"], Action::ClearVariables(Plain)),
    Flag::new(&["--system-assigned", "--enable-dapr"], Action::Bare),
];

/// <https://learn.microsoft.com/en-us/cli/azure/container>
const INSTANCE: &[Flag] = &[
    Flag::new(&["--image"], Action::Setting("image", Text)),
    Flag::new(&["--cpu"], Action::Setting("cpu", Quantity)),
    Flag::new(&["--memory"], Action::Setting("memory", Gibibytes)),
    Flag::new(&["--ports"], Action::Setting("port", Int)),
    Flag::new(&["--restart-policy"], Action::Setting("restart", Text)),
    Flag::new(&["--environment-variables", "-e"], Action::Assignments(Plain, Merge::Replace, None)),
    Flag::new(&["--secure-environment-variables"], Action::Assignments(Secret, Merge::Keep, None)),
];

/// <https://learn.microsoft.com/en-us/cli/azure/webapp/config/appsettings>
const SETTINGS: &[Flag] = &[Flag::new(
    &["--settings", "--slot-settings"],
    Action::Assignments(Plain, Merge::Keep, Some("@Microsoft.KeyVault(")),
)];

/// <https://learn.microsoft.com/en-us/cli/azure/webapp>
const WEB_APP: &[Flag] = &[
    Flag::new(&["--runtime", "-r"], Action::Setting("runtime", Text)),
    Flag::new(
        &[
            "--deployment-container-image-name",
            "-i",
            "--container-image-name",
            "--docker-custom-image-name",
            "-c",
        ],
        Action::Setting("image", Text),
    ),
    Flag::new(&["--https-only"], Action::Value),
];

const fn az(
    path: &'static [&'static str],
    workload: &'static str,
    effect: Effect,
    flags: &'static [&'static [Flag]],
) -> Command {
    Command {
        programs: &["az"],
        path,
        workload,
        effect,
        positional: Positional::Plain(Words::Ignored),
        flags,
        ..Command::EMPTY
    }
}

const SCALE: &str = "https://learn.microsoft.com/en-us/azure/container-apps/scale-app";

pub const CONTAINER_APPS: Platform = Platform {
    name: "azure-container-apps",
    title: "Azure Container Apps",
    pages: &["https://learn.microsoft.com/en-us/azure/container-apps/"],
    commands: &[
        az(&["containerapp", "create"], "container-app", Effect::Creates, &[CONTAINER_APP, AZ]),
        az(&["containerapp", "update"], "container-app", Effect::Updates, &[CONTAINER_APP, AZ]),
        az(&["containerapp", "up"], "container-app", Effect::Updates, &[CONTAINER_APP, AZ]),
    ],
    sheets: &[APP, TERRAFORM_APP],
    defaults: &[
        Default { setting: "min_instances", workloads: &[], value: Filled::Written("0", Int), page: SCALE },
        Default { setting: "max_instances", workloads: &[], value: Filled::Written("10", Int), page: SCALE },
    ],
    ..Platform::EMPTY
};

pub const CONTAINER_INSTANCES: Platform = Platform {
    name: "azure-container-instances",
    title: "Azure Container Instances",
    pages: &["https://learn.microsoft.com/en-us/azure/container-instances/"],
    commands: &[az(&["container", "create"], "container-group", Effect::Creates, &[INSTANCE, AZ])],
    defaults: &[Default {
        setting: "restart",
        workloads: &[],
        value: Filled::Written("Always", Text),
        page: "https://learn.microsoft.com/en-us/azure/container-instances/container-instances-restart-policy",
    }],
    ..Platform::EMPTY
};

pub const WEB_APPS: Platform = Platform {
    name: "azure-web-app",
    title: "Azure App Service",
    pages: &["https://learn.microsoft.com/en-us/azure/app-service/"],
    commands: &[
        az(&["webapp", "config", "appsettings", "set"], "web-app", Effect::Updates, &[SETTINGS, AZ]),
        az(&["webapp", "config", "container", "set"], "web-app", Effect::Updates, &[WEB_APP, AZ]),
        az(&["webapp", "create"], "web-app", Effect::Completes("the plan's sizes"), &[WEB_APP, AZ]),
        az(&["webapp", "up"], "web-app", Effect::Updates, &[WEB_APP, AZ]),
    ],
    ..Platform::EMPTY
};
