//! The README and the pages of `docs/` say what is true: their commands run, what they print is what is
//! shown, their files are read, their links lead somewhere.
//!
//! A ```` ```console ```` block holds commands (`$ celador check`) and what they print, where a line `...`
//! stands for any lines. A comment before it says where they run, for it and for what follows:
//! `<!-- in examples/timeout-cut/before -->` in that folder, `<!-- in a copy of examples/timeout-cut/before -->`
//! in a copy, `<!-- in an empty folder -->`. A block with a path behind its language (```` ```yaml
//! policies/own.yaml ````) is written there first. `UPDATE_GENERATED=1` writes what is printed anew, with as
//! many lines around a `...` as there were.

use crate::run::{Run, Scratch, celador};
use celador::config;
use celador::policy;
use celador::source::Sources;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and the pages, by their paths from the root.
fn pages() -> Vec<(String, String)> {
    let mut names: Vec<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().into_string().unwrap()))
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.sort();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        names.push(name.to_owned());
    }
    names
        .into_iter()
        .map(|name| (fs::read_to_string(root().join(&name)).unwrap(), name))
        .map(|(t, n)| (n, t))
        .collect()
}

/// A part of a page.
enum Part<'a> {
    Line(&'a str),
    /// What stands behind the fence, and the lines inside.
    Block(&'a str, Vec<&'a str>),
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        match line.strip_prefix("```") {
            Some(info) => {
                parts.push(Part::Block(info, lines.by_ref().take_while(|line| *line != "```").collect()))
            }
            None => parts.push(Part::Line(line)),
        }
    }
    parts
}

/// Where commands run. A copy is gone with the page.
enum Place {
    There(PathBuf),
    Copy(Scratch),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Place::There(path) => path,
            Place::Copy(scratch) => scratch.path(),
        }
    }

    /// The place that a comment names, if the line is one that does.
    fn of(line: &str, page: &str, number: usize) -> Option<Place> {
        let name = line.strip_prefix("<!-- in ")?.strip_suffix(" -->")?;
        let scratch = || Scratch::new(&format!("page-{}-{number}", page.replace(['/', '.'], "-")));
        if name == "an empty folder" {
            return Some(Place::Copy(scratch()));
        }
        let Some(from) = name.strip_prefix("a copy of ") else {
            let folder = root().join(name);
            assert!(folder.is_dir(), "{page}: there is no folder {name}");
            return Some(Place::There(folder));
        };
        let scratch = scratch();
        copy(&root().join(from), scratch.path());
        Some(Place::Copy(scratch))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A page's console blocks after its commands have run, and what did not hold.
fn run_page(name: &str, page: &str) -> (String, Vec<String>) {
    let (mut out, mut wrong) = (String::new(), Vec::new());
    let mut place = Place::There(root().to_owned());
    for (number, part) in parts(page).into_iter().enumerate() {
        match part {
            Part::Line(line) => {
                place = Place::of(line, name, number).unwrap_or(place);
                let _ = writeln!(out, "{line}");
            }
            Part::Block("console", lines) => {
                let _ = writeln!(out, "```console\n{}```", run_block(&lines, place.path(), name, &mut wrong));
            }
            Part::Block(info, lines) => {
                let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
                if let (Some((_, path)), Place::Copy(scratch)) = (info.split_once(' '), &place) {
                    scratch.write(path, &text);
                }
                let _ = writeln!(out, "```{info}\n{text}```");
            }
        }
    }
    (out, wrong)
}

fn run_block(lines: &[&str], folder: &Path, page: &str, wrong: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut lines = lines.iter().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            panic!("{page}: a console block begins with a command, not with `{line}`");
        };
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            shown.push(*line);
        }
        let printed = printed(command, folder, page);
        let _ = writeln!(out, "$ {command}");
        match shows(&printed, &shown) {
            Ok(()) => shown.iter().flat_map(|line| [*line, "\n"]).for_each(|part| out.push_str(part)),
            Err(missing) => {
                wrong.push(format!(
                    "{page}: `{command}` does not print `{missing}` where it is shown:\n{printed}"
                ));
                out.push_str(&elided(&printed, &shown));
            }
        }
    }
    out
}

/// What a command prints on both streams; with `; echo $?` its exit code too. Only then may it be 2.
fn printed(command: &str, folder: &Path, page: &str) -> String {
    let (command, echo) = match command.strip_suffix("; echo $?") {
        Some(command) => (command, true),
        None => (command, false),
    };
    let arguments = command.strip_prefix("celador").or(command.strip_prefix("cargo run --release --"));
    let arguments = words(arguments.unwrap_or_else(|| panic!("{page}: `{command}` is none of ours to run")));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Run { code, stdout, stderr } = celador(folder, &arguments);
    let code = code.unwrap();
    assert!(code != 2 || echo, "{page}: `{command}` ends with 2:\n{stdout}{stderr}");
    // Paths of this machine are not what a reader sees.
    let printed = format!("{stdout}{stderr}{}", if echo { format!("{code}\n") } else { String::new() });
    printed.replace(&format!("{}/", folder.display()), "")
}

/// The words of a command line, with quotes taken off.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c == ' ' => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// An output shortened as the shown lines are: as many lines before their first `...`, and after their last.
fn elided(output: &str, shown: &[&str]) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let first = shown.iter().position(|line| *line == "...");
    let Some((first, last)) = first.zip(shown.iter().rposition(|line| *line == "...")) else {
        return output.to_owned();
    };
    let head = lines.iter().take(first);
    let tail = lines.iter().skip(lines.len().saturating_sub(shown.len() - last - 1).max(first));
    head.chain(&["..."]).chain(tail).flat_map(|line| [*line, "\n"]).collect()
}

/// Whether the shown lines are the output; `...` stands for any lines.
fn shows(output: &str, shown: &[&str]) -> Result<(), String> {
    let mut lines = output.lines();
    let mut gap = false;
    for want in shown {
        if *want == "..." {
            gap = true;
            continue;
        }
        let found = if gap { lines.any(|line| line == *want) } else { lines.next() == Some(want) };
        if !found {
            return Err((*want).to_owned());
        }
        gap = false;
    }
    match lines.next() {
        Some(more) if !gap => Err(format!("{more}` at the end, or `...")),
        _ => Ok(()),
    }
}

#[test]
fn commands_print_what_is_shown() {
    let mut wrong = Vec::new();
    let mut commands = 0;
    for (name, page) in pages() {
        commands += page.lines().filter(|line| line.starts_with("$ ")).count();
        let (updated, of_page) = run_page(&name, &page);
        if of_page.is_empty() {
            assert_eq!(updated, page, "{name} has a fence that never ends");
        } else if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(root().join(&name), updated).unwrap();
        } else {
            wrong.extend(of_page);
        }
    }
    assert!(commands >= 3, "the pages have lost their commands");
    assert!(wrong.is_empty(), "{}\n(UPDATE_GENERATED=1 writes them anew)", wrong.join("\n"));
}

#[test]
fn policies_and_project_files_in_them_are_read() {
    let mut seen = 0;
    for (name, page) in pages() {
        for part in parts(&page) {
            let Part::Block(info, lines) = part else { continue };
            let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
            let mut told = Vec::new();
            let mut sources = Sources::new();
            if info.starts_with("yaml") && text.starts_with("apiVersion: celador/") {
                let id = sources.add("policy.yaml", text.as_str());
                told = policy::read(id, sources.get(id)).1;
            } else if info.starts_with("yaml") && text.starts_with("version: 1\n") {
                config::load_given(&[("celador.yaml", &text)], &mut sources, &mut told);
            } else {
                continue;
            }
            seen += 1;
            let told: Vec<String> = told.into_iter().map(|one| one.message).collect();
            assert_eq!(told, [""; 0], "{name}:\n{text}");
        }
    }
    assert!(seen >= 2, "the pages have lost their files");
}

/// The name that a heading has in a link: small letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut wrong = Vec::new();
    for (name, page) in &pages {
        let folder = Path::new(name).parent().unwrap();
        let prose = parts(page).into_iter().filter_map(|part| match part {
            Part::Line(line) => Some(line),
            Part::Block(..) => None,
        });
        for line in prose {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if link.starts_with("https://") {
                    continue;
                }
                let (file, heading) = link.split_once('#').unwrap_or((link, ""));
                let path = if file.is_empty() { root().join(name) } else { root().join(folder).join(file) };
                let text = fs::read_to_string(&path).unwrap_or_default();
                let anchors = text.lines().filter(|line| line.starts_with('#'));
                let found = heading.is_empty()
                    || anchors.map(|line| anchor(line.trim_start_matches('#'))).any(|one| one == heading);
                if !path.exists() || !found {
                    wrong.push(format!("{name}: {link}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for (name, _) in pages() {
        if let Some(page) = name.strip_prefix("docs/").filter(|page| *page != "README.md") {
            assert!(index.contains(&format!("]({page})")), "docs/README.md does not name {page}");
        }
    }
}

#[test]
fn the_readme_says_what_the_exit_codes_are() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let help = celador(root(), &["--help"]).stdout;
    for code in ["0  nothing denies", "1  a finding denies", "2  wrong usage", "3  folders were searched"] {
        assert!(help.contains(code), "{help}");
        let (number, words) = code.split_once("  ").unwrap();
        assert!(readme.contains(&format!("| {number} | {words}")), "{code}");
    }
}

#[test]
fn the_readme_s_policy_does_what_it_says() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let block = |start: &str| {
        parts(&readme).into_iter().find_map(|part| match part {
            Part::Block(_, lines) if lines.first().is_some_and(|line| line.starts_with(start)) => {
                Some(lines.join("\n"))
            }
            _ => None,
        })
    };
    let project = Scratch::new("readme");
    project.write("celador.yaml", block("version: 1").unwrap());
    project.write("policies/own.yaml", block("apiVersion: celador/v1").unwrap());
    project.write(
        "deploy.sh",
        "gcloud run deploy api --image x/api:1 --project acme-prod --min-instances 1 --region europe-west1\n",
    );
    let run = celador(project.path(), &["check", "--policy", "production-runs-twice"]);
    assert_eq!(run.code, Some(1), "{}", run.all());
    assert!(run.stdout.contains("production must keep two instances running"), "{}", run.stdout);
    assert!(run.stdout.contains("[deploy.sh:1:"), "{}", run.stdout);
}
