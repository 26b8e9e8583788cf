//! Programs run for real: in a folder of their own, with an empty environment, where the only deploy
//! command is a stand-in that writes down its arguments.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

/// A program with what it is given.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub main: String,
    pub files: BTreeMap<String, String>,
    pub environment: BTreeMap<String, String>,
    pub arguments: Vec<String>,
    /// What conditions may speak of: inputs by the names that the interpreter tells, with their values in
    /// this run.
    pub inputs: BTreeMap<String, String>,
}

impl Case {
    /// Takes lines that begin with `#%` out of a generated text: `#%file NAME` to `#%end`, `#%env K=V`,
    /// `#%arg V`, `#%input NAME=VALUE`.
    pub fn read(text: &str) -> Case {
        let mut case = Case::default();
        let mut lines = text.lines();
        let pair = |text: &str| {
            let (name, value) = text.split_once('=').expect("a name and a value");
            (name.to_string(), value.to_string())
        };
        while let Some(line) = lines.next() {
            let indent = line.len() - line.trim_start().len();
            let Some(order) = line.trim_start().strip_prefix("#%") else {
                case.main.push_str(line);
                case.main.push('\n');
                continue;
            };
            let (word, rest) = order.split_once(' ').unwrap_or((order, ""));
            match word {
                "file" => {
                    let body = lines.by_ref().take_while(|line| line.trim() != "#%end");
                    let body: Vec<&str> = body.map(|line| line.get(indent..).unwrap_or_default()).collect();
                    case.files.insert(rest.to_string(), body.join("\n") + "\n");
                }
                "env" => case.environment.extend([pair(rest)]),
                "arg" => case.arguments.push(rest.to_string()),
                "input" => case.inputs.extend([pair(rest)]),
                _ => panic!("an unknown order: {line}"),
            }
        }
        case
    }
}

/// Where a program is on this machine.
pub fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())?;
    if !program.starts_with("python") {
        return Some(found);
    }
    // A shim looks for its program by variables that the sandbox does not have.
    let output = Command::new(&found).args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().into())
}

/// Tools that a script may use besides the deploy command.
const TOOLS: &[&str] =
    &["cat", "xargs", "envsubst", "basename", "dirname", "tr", "seq", "env", "sh", "bash", "uname"];

/// One invocation that was written down, with its program's number.
pub struct Recorded {
    pub program: usize,
    pub words: Vec<String>,
}

/// Runs all programs, half of them beside the other half; gives what they ran and what they complained of.
pub fn run_all(cases: &[Case], extension: &str, root: &Path) -> (Vec<Recorded>, BTreeMap<usize, String>) {
    let middle = cases.len() / 2;
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run_some(&cases[..middle], 0, extension, &root.join("a")));
        let (mut all, mut complaints) = run_some(&cases[middle..], middle, extension, &root.join("b"));
        let (more, others) = first.join().unwrap();
        all.extend(more);
        complaints.extend(others);
        (all, complaints)
    })
}

fn run_some(
    cases: &[Case],
    offset: usize,
    extension: &str,
    root: &Path,
) -> (Vec<Recorded>, BTreeMap<usize, String>) {
    let _ = fs::remove_dir_all(root);
    let tools = root.join("bin");
    fs::create_dir_all(&tools).unwrap();
    let record = root.join("record");
    let fake = format!(
        "#!/bin/sh\n{{ printf '%s\\0' \"#$#\"; [ $# -eq 0 ] || printf '%s\\0' \"$@\"; }} >> '{}'\n",
        record.display()
    );
    fs::write(tools.join("gcloud"), fake).unwrap();
    fs::set_permissions(tools.join("gcloud"), fs::Permissions::from_mode(0o755)).unwrap();
    for tool in TOOLS {
        if let Some(found) = find(tool) {
            symlink(found, tools.join(tool)).unwrap();
        }
    }
    for (at, case) in cases.iter().enumerate() {
        let folder = root.join(at.to_string());
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("main.{extension}")), &case.main).unwrap();
        for (name, text) in &case.files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    match extension {
        "sh" => run_shell(cases, root, &tools),
        _ => run_python(cases, root, &tools),
    }
    let text = fs::read_to_string(&record).unwrap_or_default();
    let mut words = text.split('\0').map(str::to_string);
    let (mut all, mut program) = (Vec::new(), 0);
    while let Some(word) = words.next() {
        if let Some(number) = word.strip_prefix("program ") {
            program = number.parse().unwrap();
        } else if let Some(count) = word.strip_prefix('#') {
            let words = words.by_ref().take(count.parse().unwrap()).collect();
            all.push(Recorded { program: program + offset, words });
        }
    }
    let complaint = |at: usize| {
        let text = fs::read_to_string(root.join(at.to_string()).join("errors")).unwrap_or_default();
        (!text.is_empty()).then_some((at + offset, text))
    };
    (all, (0..cases.len()).filter_map(complaint).collect())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// One shell that starts a fresh one for each program.
fn run_shell(cases: &[Case], root: &Path, tools: &Path) {
    let bash = find("bash").unwrap();
    let mut driver = String::new();
    for (at, case) in cases.iter().enumerate() {
        let environment: Vec<String> =
            case.environment.iter().map(|(name, value)| quoted(&format!("{name}={value}"))).collect();
        let arguments: Vec<String> = case.arguments.iter().map(|one| quoted(one)).collect();
        driver.push_str(&format!(
            "cd {folder} && printf 'program {at}\\0' >> ../record && env -i PATH={tools} {environment} {bash} main.sh {arguments} \
             >/dev/null 2>errors </dev/null\n",
            folder = quoted(&root.join(at.to_string()).to_string_lossy()),
            tools = quoted(&tools.to_string_lossy()),
            environment = environment.join(" "),
            bash = bash.display(),
            arguments = arguments.join(" "),
        ));
    }
    fs::write(root.join("driver.sh"), driver).unwrap();
    run_driver(Command::new(bash).arg(root.join("driver.sh")));
}

/// One interpreter that splits itself for each program, so that it is started once.
fn run_python(cases: &[Case], root: &Path, tools: &Path) {
    let given: Vec<_> = cases.iter().map(|case| (&case.environment, &case.arguments)).collect();
    fs::write(root.join("given.json"), serde_json::to_string(&given).unwrap()).unwrap();
    fs::write(root.join("driver.py"), DRIVER).unwrap();
    run_driver(Command::new(find("python3").unwrap()).arg("-I").arg(root.join("driver.py")).arg(tools));
}

const DRIVER: &str = r#"
import argparse, collections, dataclasses, enum, json, os, pathlib, runpy, shlex, subprocess, sys, typing
root, tools = os.path.dirname(os.path.abspath(__file__)), sys.argv[1]
given = json.load(open(os.path.join(root, "given.json")))
for at, (environment, arguments) in enumerate(given):
    with open(os.path.join(root, "record"), "a") as record:
        record.write("program %d\0" % at)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    folder = os.path.join(root, str(at))
    os.chdir(folder)
    os.dup2(os.open("errors", os.O_WRONLY | os.O_CREAT), 2)
    os.dup2(os.open("/dev/null", os.O_RDWR), 1)
    os.environ.clear()
    os.environ.update(environment, PATH=tools)
    sys.argv = ["main.py"] + arguments
    sys.path.insert(0, folder)
    try:
        runpy.run_path("main.py", run_name="__main__")
    except SystemExit:
        pass
    except BaseException:
        import traceback
        traceback.print_exc()
    os._exit(0)
"#;

fn run_driver(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.code().is_some(), "the driver was ended from outside");
}
