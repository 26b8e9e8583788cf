// Tests write the files that the room reads.
#![allow(clippy::disallowed_methods)]

use super::{Project, load, unknown_policies};
use crate::diagnostic::{Action, Diagnostic};
use crate::policy::Selection;
use crate::report::Style;
use crate::report::human;
use crate::source::Sources;
use std::path::PathBuf;

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("celador-config-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        for (file, text) in files {
            let path = path.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Folder(path.canonicalize().unwrap())
    }

    fn load(&self) -> (Project, Sources, Vec<Diagnostic>) {
        let (mut sources, mut diagnostics) = (Sources::new(), Vec::new());
        let project = load(
            &super::Disk,
            &self.0.join("celador.yaml"),
            &self.0,
            &self.0,
            &mut sources,
            &mut diagnostics,
        );
        (project, sources, diagnostics)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const WHOLE: &str = r#"version: 1
exclude: ["legacy/**"]
environments:
  production: {paths: ["**/prod/**"], projects: [acme-prod]}
  stg: {paths: ["staging/**"], projects: acme-staging, branches: ["release/*", main], variables: {APP_ENV: [stg, staging]}}
services:
  backend:
    aliases: [acme-backend-staging, acme-backend]
    required: {env: [ENVIRONMENT, PORT], secrets: [JWT_SECRET_KEY, SECRET_KEY]}
policies:
  builtin: all
  paths: [policies/]
  configure:
    alpine-minimum-memory:
      params: {minimum: 4Gi}
      services: {auth: {params: {minimum: 512Mi}}}
schemas: [{files: "services/*.yaml", schema: schemas/service.schema.json}]
actions: [{policy: "*", environment: staging, action: warn, until: 2027-01-31}]
gates: {staging: {tolerate: 2, reason: the vault is moved}, production: {tolerate: 0}}
bypass: {environments: [staging]}
waivers:
  - {policy: floating-image-tag, service: docs, owner: "@platform", reason: "rebuilt hourly", expires: 2026-12-31}
waiver_rules: [{environment: staging, require: [reason], max_days: 90}]
"#;

#[test]
fn every_key_is_read() {
    let folder = Folder::new("whole", &[("celador.yaml", WHOLE)]);
    let (project, _, diagnostics) = folder.load();
    assert_eq!(diagnostics, []);
    assert_eq!(project.exclude[0].glob, "legacy/**");
    assert_eq!(project.environments[1].environment.as_str(), "staging");
    let staging = &project.environments[1];
    assert_eq!(staging.projects, ["acme-staging"]);
    assert_eq!(
        staging.branches.iter().map(|one| one.glob.as_str()).collect::<Vec<_>>(),
        ["release/*", "main"]
    );
    assert_eq!(staging.variables, [("APP_ENV".to_owned(), vec!["stg".to_owned(), "staging".to_owned()])]);
    let backend = &project.services["backend"];
    assert_eq!(backend.aliases, ["acme-backend-staging", "acme-backend"]);
    assert_eq!(
        backend.required.secrets.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["JWT_SECRET_KEY", "SECRET_KEY"]
    );
    assert_eq!(project.builtin, Selection::All);
    assert_eq!(project.policy_paths[0].0, folder.0.join("policies/"));
    let (block, node) = project.policy_blocks().next().unwrap();
    assert_eq!(block.policy, "alpine-minimum-memory");
    assert_eq!(node.path(&["params", "minimum"]).unwrap().text(), Some("4Gi"));
    assert_eq!((project.actions[0].action, project.actions[0].policy.as_str()), (Action::Warn, "*"));
    assert_eq!(project.gates.len(), 2);
    assert_eq!(project.bypass_environments[0].as_str(), "staging");
    assert_eq!(project.waivers[0].last_day().unwrap().to_string(), "2026-12-31");
    assert_eq!(project.waiver_rules[0].max_days, Some(90));
    assert_eq!(project.schemas.len(), 1);
    let unknown = unknown_policies(&project, ["alpine-minimum-memories", "floating-image-tag"]);
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].help.as_deref(), Some("did you mean `alpine-minimum-memories`?"));
}

#[test]
fn what_is_wrong_is_told_at_its_place_with_a_way_out() {
    let text = "exlude: []\nenvironments: [staging]\nservices:\n  a: {aliases: [x], require: {}}\n  b: {aliases: x}\n\
                policies: {builtin: recomended}\nexclude: ['a[']\nactions:\n  - {policy: x, action: wran}\n  - {policy: y, until: soon}\n\
                gates: {staging: {tolerate: -1}}\nwaivers:\n  - {policy: p, reason: ''}\n";
    let folder = Folder::new("wrong", &[("celador.yaml", text)]);
    let (project, sources, diagnostics) = folder.load();
    insta::assert_snapshot!(human::diagnostics(&sources, &diagnostics, Style::plain(100)));
    assert_eq!(project.waivers.len(), 0, "one with an empty reason is left out");
    assert_eq!(project.services.len(), 2, "the rest holds");
}

#[test]
fn a_file_extends_another_and_its_own_words_win() {
    let folder = Folder::new(
        "extends",
        &[
            (
                "celador.yaml",
                "version: 1\nextends: shared/base.yaml\nexclude: [own/**]\npolicies: {builtin: none}\n",
            ),
            (
                "shared/base.yaml",
                "version: 1\nexclude: [old/**, '**/gen/**']\npolicies: {builtin: all, paths: [p]}\nservices: {a: {aliases: [b]}}\n",
            ),
        ],
    );
    let (project, sources, diagnostics) = folder.load();
    assert_eq!(diagnostics, []);
    let globs: Vec<&str> = project.exclude.iter().map(|pattern| pattern.glob.as_str()).collect();
    assert_eq!(globs, ["shared/old/**", "**/gen/**", "own/**"]);
    assert_eq!(project.builtin, Selection::None);
    assert_eq!(project.policy_paths[0].0, folder.0.join("shared/p"));
    assert_eq!(sources.get(project.file.unwrap()).path(), "celador.yaml");
}

#[test]
fn a_circle_and_a_missing_file_are_told() {
    let folder = Folder::new(
        "circle",
        &[
            ("celador.yaml", "version: 1\nextends: [a.yaml, gone.yaml]\n"),
            ("a.yaml", "version: 1\nextends: celador.yaml\n"),
        ],
    );
    let (_, _, diagnostics) = folder.load();
    let codes: Vec<&str> = diagnostics.iter().map(|told| told.code.0).collect();
    assert_eq!(codes, ["project-extends", "project-unreadable"]);
    let (_, _, broken) = Folder::new("broken", &[("celador.yaml", "version: [\n")]).load();
    assert!(!broken.is_empty());
    let (_, _, empty) = Folder::new("empty", &[("celador.yaml", "")]).load();
    assert_eq!(empty, []);
}
