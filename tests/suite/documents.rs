//! The README and the pages of `docs/` say what is true: their commands run, what they print is what is
//! shown, their files are read, their links lead somewhere.
//!
//! A ```` ```console ```` block holds commands (`$ celador check`) and what they print, where a line `...`
//! stands for any lines; `; echo $?` behind a command shows its exit code. A comment before the block says where
//! they run, for it and for what follows:
//! `<!-- in examples/timeout-cut/before -->` in that folder, `<!-- in a copy of examples/timeout-cut/before -->`
//! in a copy, `<!-- in an empty folder -->`. A block with a path behind its language (```` ```yaml
//! policies/own.yaml ````) is written there first. `UPDATE_GENERATED=1` writes what is printed anew; where `...`
//! leaves lines out, those that are most like the shown ones.

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
    Block(Block<'a>),
}

/// A fenced block.
struct Block<'a> {
    /// Three backticks, or more where the block holds a fence itself.
    fence: &'a str,
    /// What stands behind the fence.
    info: &'a str,
    lines: Vec<&'a str>,
}

impl Block<'_> {
    fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [*line, "\n"]).collect()
    }
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let info = line.trim_start_matches('`');
        let fence = &line[..line.len() - info.len()];
        parts.push(match fence.len() {
            0..3 => Part::Line(line),
            _ => Part::Block(Block {
                fence,
                info,
                lines: lines.by_ref().take_while(|line| *line != fence).collect(),
            }),
        });
    }
    parts
}

/// Where the commands of a page run, and what the last one ended with.
struct Session<'a> {
    page: &'a str,
    folder: PathBuf,
    code: i32,
    /// Folders of its own; gone with the page.
    scratches: Vec<Scratch>,
}

impl<'a> Session<'a> {
    fn new(page: &'a str) -> Session<'a> {
        Session { page, folder: root().to_owned(), code: 0, scratches: Vec::new() }
    }

    /// Goes to a folder of its own, which holds a copy of what is told.
    fn own(&mut self, from: Option<&str>) {
        let number = self.scratches.len();
        let scratch = Scratch::new(&format!("page-{}-{number}", self.page.replace(['/', '.'], "-")));
        if let Some(from) = from {
            copy(&root().join(from), scratch.path());
        }
        self.folder = scratch.path().to_owned();
        self.scratches.push(scratch);
    }

    /// Whether files may be written where it is.
    fn may_write(&self) -> bool {
        self.scratches.iter().any(|scratch| self.folder.starts_with(scratch.path()))
    }

    /// Goes where a comment says.
    fn follow(&mut self, line: &str) {
        let Some(name) = line.strip_prefix("<!-- in ").and_then(|rest| rest.strip_suffix(" -->")) else {
            return;
        };
        if name == "an empty folder" {
            self.own(None);
        } else if let Some(from) = name.strip_prefix("a copy of ") {
            self.own(Some(from));
        } else {
            self.folder = root().join(name);
            assert!(self.folder.is_dir(), "{}: there is no folder {name}", self.page);
        }
    }

    /// What a command prints on both streams.
    fn run(&mut self, command: &str) -> String {
        let words = words(command.strip_prefix("cargo run --release --").unwrap_or(command));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["celador", arguments @ ..] => self.celador(arguments),
            arguments if command.starts_with("cargo ") => self.celador(arguments),
            _ => panic!("{}: `{command}` is none of ours to run", self.page),
        }
    }

    fn celador(&mut self, arguments: &[&str]) -> String {
        let Run { code, stdout, stderr } = celador(&self.folder, arguments);
        self.code = code.unwrap();
        // Paths of this machine are not what a reader sees.
        format!("{stdout}{stderr}").replace(&format!("{}/", self.folder.display()), "")
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::copy(entry.path(), target).map(drop).unwrap(),
        }
    }
}

/// A page's console blocks after its commands have run, and what did not hold.
fn run_page(name: &str, page: &str) -> (String, Vec<String>) {
    let (mut out, mut wrong) = (String::new(), Vec::new());
    let mut session = Session::new(name);
    for part in parts(page) {
        match part {
            Part::Line(line) => {
                session.follow(line);
                let _ = writeln!(out, "{line}");
            }
            Part::Block(block) => {
                let path =
                    block.info.split_once(' ').map(|(_, path)| path).filter(|path| !path.contains(' '));
                if let Some(path) = path.filter(|_| session.may_write()) {
                    let path = session.folder.join(path);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, block.text()).unwrap();
                }
                let body = match block.info {
                    "console" => run_block(&block.lines, &mut session, &mut wrong),
                    _ => block.text(),
                };
                let _ = writeln!(out, "{0}{1}\n{body}{0}", block.fence, block.info);
            }
        }
    }
    (out, wrong)
}

fn run_block(lines: &[&str], session: &mut Session<'_>, wrong: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut lines = lines.iter().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            panic!("{}: a console block begins with a command, not with `{line}`", session.page);
        };
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            shown.push(*line);
        }
        let printed = match command.strip_suffix("; echo $?") {
            Some(first) => format!("{}{}\n", session.run(first), session.code),
            None => session.run(command),
        };
        // Something that went wrong is shown as such, or it is a mistake of the page.
        let told = command.ends_with("; echo $?");
        assert!(session.code != 2 || told, "{}: `{command}` ends with 2:\n{printed}", session.page);
        let _ = writeln!(out, "$ {command}");
        match shows(&printed, &shown) {
            Ok(()) => shown.iter().flat_map(|line| [*line, "\n"]).for_each(|part| out.push_str(part)),
            Err(missing) => {
                let page = session.page;
                wrong.push(format!(
                    "{page}: `{command}` does not print `{missing}` where it is shown:\n{printed}"
                ));
                out.push_str(&elided(&printed, &shown));
            }
        }
    }
    out
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

/// An output shortened as the shown lines are: the lines that still stand in it, or those most like them, and
/// `...` between them.
fn elided(output: &str, shown: &[&str]) -> String {
    if !shown.contains(&"...") {
        return output.to_owned();
    }
    let lines: Vec<&str> = output.lines().collect();
    let (mut out, mut at, mut gap) = (String::new(), 0, false);
    for want in shown {
        if *want == "..." {
            gap = true;
            continue;
        }
        let rest = lines.get(at..).unwrap_or_default();
        let exact = rest.iter().position(|line| line == want).filter(|found| gap || *found == 0);
        // Without a gap before it a line is the next one, whatever it says now.
        let like = || if gap { most_like(rest, want) } else { Some(0).filter(|_| !rest.is_empty()) };
        let Some(found) = exact.or_else(like) else { continue };
        if gap {
            out.push_str("...\n");
        }
        out.extend(rest.get(found).iter().flat_map(|line| [**line, "\n"]));
        (at, gap) = (at + found + 1, false);
    }
    if at < lines.len() {
        out.push_str("...\n");
    }
    out
}

/// Where the line stands that begins as another does, for a few characters at least.
fn most_like(lines: &[&str], wanted: &str) -> Option<usize> {
    let common = |line: &str| line.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
    let (at, length) =
        lines.iter().map(|line| common(line)).enumerate().max_by_key(|(at, n)| (*n, usize::MAX - at))?;
    (length >= 8).then_some(at)
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
            assert!(updated == page, "{name} has a fence that never ends");
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
            let Part::Block(block) = part else { continue };
            let (info, text) = (block.info, block.text());
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
            Part::Block(_) => None,
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
            Part::Block(block) if block.text().starts_with(start) => Some(block.text()),
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
