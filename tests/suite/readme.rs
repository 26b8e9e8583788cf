//! The README says what is true: its commands run, what they print is what it shows, its files are read.

use crate::run::{Scratch, celador};
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let fence = format!("```{language}\n");
    let inside = |part: &str| part.split("\n```").next().map(str::to_owned);
    readme.split(&fence).skip(1).filter_map(inside).collect()
}

/// The commands of the README with what it shows of their output.
fn commands() -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for block in blocks("console") {
        for line in block.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => commands.push((command.to_owned(), Vec::new())),
                None => commands.last_mut().unwrap().1.push(line.to_owned()),
            }
        }
    }
    commands
}

/// Whether the shown lines stand in the output in their order; `...` stands for any lines.
pub fn shows(output: &str, shown: &[String]) -> Result<(), String> {
    let mut lines = output.lines();
    let mut gap = false;
    for want in shown {
        if want == "..." {
            gap = true;
            continue;
        }
        let found = if gap { lines.any(|line| line == want) } else { lines.next() == Some(want) };
        if !found {
            return Err(want.clone());
        }
        gap = false;
    }
    Ok(())
}

#[test]
fn its_commands_print_what_it_shows() {
    let commands = commands();
    assert!(commands.len() >= 3, "the README has lost its commands");
    for (command, shown) in commands {
        let arguments = command.strip_prefix("celador ").or(command.strip_prefix("cargo run --release -- "));
        let arguments: Vec<&str> = arguments.unwrap_or_else(|| panic!("`{command}`")).split(' ').collect();
        let run = celador(root(), &arguments);
        assert_ne!(run.code, Some(2), "`{command}`:\n{}", run.all());
        assert_eq!(run.stderr, "", "`{command}`");
        if let Err(missing) = shows(&run.stdout, &shown) {
            panic!("`{command}` does not print `{missing}` where the README shows it:\n{}", run.stdout);
        }
    }
}

#[test]
fn its_policy_and_its_project_file_are_read_and_do_what_they_say() {
    let yaml = blocks("yaml");
    let find = |start: &str| yaml.iter().find(|block| block.starts_with(start)).unwrap();
    let project = Scratch::new("readme");
    project.write("celador.yaml", find("version: 1"));
    project.write("policies/own.yaml", find("apiVersion: celador/v1"));
    project.write(
        "deploy.sh",
        "gcloud run deploy api --image x/api:1 --project acme-prod --min-instances 1 --region europe-west1\n",
    );
    let run = celador(project.path(), &["check", "--policy", "production-runs-twice"]);
    assert_eq!(run.code, Some(1), "{}", run.all());
    assert!(run.stdout.contains("production must keep two instances running"), "{}", run.stdout);
    assert!(run.stdout.contains("[deploy.sh:1:"), "{}", run.stdout);
}

#[test]
fn what_it_names_is_there() {
    let readme = readme();
    for link in readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.starts_with("https://") {
            assert!(root().join(link).exists(), "{link}");
        }
    }
    assert!(root().join(".ci/test").exists());
    let help = celador(root(), &["--help"]).stdout;
    for code in ["0  nothing denies", "1  a finding denies", "2  wrong usage", "3  folders were searched"] {
        assert!(help.contains(code), "{help}");
        let (number, words) = code.split_once("  ").unwrap();
        assert!(readme.contains(&format!("| {number} | {words}")), "{code}");
    }
}
