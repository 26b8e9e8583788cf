//! Amazon ECS: task definitions and services, as JSON, as Terraform resources, and by command.

use crate::model::EnvKind::{Plain, Secret};
use crate::platform::convert::Conversion::{CpuUnits, Int, Mebibytes, Text};
use crate::platform::table::{
    Action, Base, Command, Effect, Field, Flag, Objects, Platform, Positional, Shape, Sheet, Spelling,
    Variables, Words,
};

const fn container(
    path: &'static [&'static str],
    setting: &'static str,
    conversion: crate::platform::Conversion,
) -> Field {
    Field::new(Base::Container, path, setting, conversion)
}

const FIELDS: &[Field] = &[
    Field::new(Base::Root, &["cpu"], "cpu", CpuUnits),
    Field::new(Base::Root, &["memory"], "memory", Mebibytes),
    container(&["image"], "image", Text),
    container(&["cpu"], "cpu", CpuUnits),
    container(&["memory"], "memory", Mebibytes),
    container(&["memoryReservation"], "memory_request", Mebibytes),
    container(&["portMappings", "containerPort"], "port", Int),
    container(&["portMappings", "hostPort"], "host_port", Int),
    container(&["user"], "user", Text),
];

const VARIABLES: &[Variables] = &[
    Variables {
        base: Base::Container,
        path: &["environment"],
        kind: Plain,
        shape: Shape::List("value", &[]),
    },
    Variables {
        base: Base::Container,
        path: &["secrets"],
        kind: Secret,
        shape: Shape::List("valueFrom", &[]),
    },
    Variables {
        base: Base::Container,
        path: &["environmentFiles"],
        kind: Plain,
        shape: Shape::Files("value"),
    },
];

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>
const TASK: Sheet = Sheet {
    workload: "task-definition",
    objects: Objects::At(&[&["taskDefinition"], &[]]),
    requires: &[&["containerDefinitions"]],
    name: &[&["family"]],
    containers: &["containerDefinitions"],
    fields: FIELDS,
    nested: &[("cpu", "container_cpu"), ("memory", "container_memory")],
    variables: VARIABLES,
    checks: &[(Base::Container, &["healthCheck"])],
    ..Sheet::EMPTY
};

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition>
const TERRAFORM_TASK: Sheet = Sheet {
    objects: Objects::Each(&["resource", "aws_ecs_task_definition"]),
    requires: &[],
    containers: &["container_definitions"],
    spelling: Spelling::Snake,
    condition: Some("count"),
    ..TASK
};

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service>
const TERRAFORM_SERVICE: Sheet = Sheet {
    workload: "service",
    objects: Objects::Each(&["resource", "aws_ecs_service"]),
    name: &[&["name"]],
    fields: &[Field::new(Base::Root, &["desired_count"], "replicas", Int)],
    spelling: Spelling::Snake,
    condition: Some("count"),
    elsewhere: Some("the task definition"),
    ..Sheet::EMPTY
};

/// <https://docs.aws.amazon.com/cli/latest/reference/ecs/>
const FLAGS: &[Flag] = &[
    Flag::new(&["--family", "--service", "--service-name"], Action::Name),
    Flag::new(&["--cpu"], Action::Setting("cpu", CpuUnits)),
    Flag::new(&["--memory"], Action::Setting("memory", Mebibytes)),
    Flag::new(&["--desired-count"], Action::Setting("replicas", Int)),
    Flag::new(
        &["--force-new-deployment", "--enable-execute-command", "--no-cli-pager", "--debug", "--no-paginate"],
        Action::Bare,
    ),
    Flag::new(&["--no-verify-ssl", "--no-sign-request", "--no-force-new-deployment"], Action::Bare),
];

const fn ecs(path: &'static [&'static str], workload: &'static str, effect: Effect) -> Command {
    Command {
        programs: &["aws"],
        path,
        workload,
        effect,
        positional: Positional::Plain(Words::Ignored),
        flags: &[FLAGS],
        ..Command::EMPTY
    }
}

pub const ECS: Platform = Platform {
    name: "ecs",
    title: "Amazon ECS",
    pages: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"],
    commands: &[
        // The containers stand in another argument or in a file.
        ecs(
            &["ecs", "register-task-definition"],
            "task-definition",
            Effect::Completes("the container definitions"),
        ),
        ecs(&["ecs", "create-service"], "service", Effect::Completes("the task definition")),
        ecs(&["ecs", "update-service"], "service", Effect::Updates),
    ],
    sheets: &[TASK, TERRAFORM_TASK, TERRAFORM_SERVICE],
    ..Platform::EMPTY
};
