//! The commands of the pages about gates, baseline and record are run, in a copy of the example that they
//! speak of, and print what the pages show.

use crate::readme::shows;
use crate::run::{Scratch, celador};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// The words of a command as a shell takes them; what stands between `"` is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Runs the commands of a page: those of the program, `cd`, `cp FILE FOLDER` and `echo $?`.
fn run(page: &str) {
    let scratch = Scratch::new(&format!("console-{}", page.replace(['/', '.'], "-")));
    copy(&root().join("examples"), &scratch.path().join("examples"));
    let text = fs::read_to_string(root().join(page)).unwrap();
    let inside = |part: &str| part.split("\n```").next().map(str::to_owned);
    let lines: String =
        text.split("```console\n").skip(1).filter_map(inside).map(|block| block + "\n").collect();
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for line in lines.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => commands.push((command.to_owned(), Vec::new())),
            None => commands.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    assert!(commands.len() >= 6, "{page} has lost its commands");
    let (mut folder, mut code): (PathBuf, Option<i32>) = (scratch.path().to_owned(), None);
    for (command, shown) in commands {
        let words = words(&command);
        let output = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["cd", to] => {
                // Paths of a page begin at the repository's root.
                folder = scratch.path().join(to);
                String::new()
            }
            ["cp", from, to] => {
                let name = Path::new(from).file_name().unwrap();
                fs::copy(folder.join(from), folder.join(to).join(name)).unwrap();
                String::new()
            }
            ["echo", "$?"] => format!("{}\n", code.unwrap_or(-1)),
            ["celador", arguments @ ..] => {
                let run = celador(&folder, arguments);
                code = run.code;
                let own = folder.to_string_lossy().into_owned() + "/";
                run.all().replace(&own, "")
            }
            _ => panic!("{page}: `{command}` is not run here"),
        };
        if let Err(line) = shows(&output, &shown) {
            panic!("{page}: `{command}` does not print\n{line}\nbut\n{output}");
        }
    }
}

#[test]
fn what_is_said_of_gates_is_so() {
    run("docs/gates.md");
}

#[test]
fn what_is_said_of_the_baseline_is_so() {
    run("docs/baseline.md");
}
