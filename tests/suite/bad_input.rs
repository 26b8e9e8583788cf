//! Input that is broken or hostile: each kind gets a message with a place, a reason and a way out, the
//! other files are still judged, and nothing panics, aborts or hangs.

use crate::run::{Run, Scratch, celador};

/// A manifest that violates a policy of the recommended pack, to see that it is judged beside the bad
/// file.
const NEIGHBOUR: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:latest
          resources: {limits: {memory: 256Mi, cpu: 500m}}
";

fn check(scratch: &Scratch, arguments: &[&str]) -> Run {
    let run = celador(scratch.path(), arguments);
    assert!(run.code.is_some(), "killed by a signal:\n{}", run.all());
    assert!(!run.all().contains("panicked"), "{}", run.all());
    run
}

/// The bad file is reported at its place with the words given, and the neighbour is judged all the same.
fn reported(name: &str, file: &str, content: impl AsRef<[u8]>, words: &[&str]) {
    let scratch = Scratch::new(name);
    scratch.write(file, content).write("web.yaml", NEIGHBOUR);
    let run = check(&scratch, &["check", "--format", "json"]);
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    // What could be read of it may be judged as well.
    let about = |finding: &&serde_json::Value| {
        finding["primary"]["file"] == file && finding["policy"] == "unreadable-file"
    };
    let about: Vec<_> = findings.iter().filter(about).collect();
    assert!(!about.is_empty(), "{file} is passed over in silence:\n{}", run.stdout);
    let texts: String =
        about.iter().map(|finding| format!("{} {}\n", finding["message"], finding["help"])).collect();
    for word in words {
        assert!(texts.to_lowercase().contains(word), "{word:?} is missing in:\n{texts}");
    }
    assert!(about.iter().any(|finding| !finding["help"].is_null()), "no way out:\n{texts}");
    assert!(
        findings.iter().any(|finding| finding["primary"]["file"] == "web.yaml"),
        "the neighbour was not judged:\n{}",
        run.stdout
    );
    // In the human report too.
    let human = check(&scratch, &["check"]);
    assert!(human.stdout.contains(file), "{}", human.stdout);
    // Named on the command line, a file that cannot be read is refused.
    let named = check(&scratch, &["check", file]);
    assert_eq!(named.code, Some(1), "{}", named.all());
}

/// The file is read as if nothing were wrong with it.
fn accepted(name: &str, content: impl AsRef<[u8]>) -> serde_json::Value {
    let scratch = Scratch::new(name);
    scratch.write("web.yaml", content);
    let run = check(&scratch, &["check", "--format", "json"]);
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["policy"] != "unreadable-file"), "{}", run.stdout);
    findings.iter().find(|finding| finding["policy"] == "floating-image-tag").expect("judged").clone()
}

#[test]
fn not_utf8() {
    let mut bytes = NEIGHBOUR.as_bytes().to_vec();
    bytes.extend(b"# caf\xe9\n");
    reported("not-utf8", "latin1.yaml", bytes, &["utf-8"]);
}

#[test]
fn byte_order_mark_and_crlf_move_no_span() {
    let plain = accepted("plain", NEIGHBOUR);
    let line = &plain["primary"]["line"];
    let marked = accepted("bom", format!("\u{feff}{NEIGHBOUR}"));
    assert_eq!(&marked["primary"]["line"], line);
    assert_eq!(marked["primary"]["column"], plain["primary"]["column"]);
    assert_eq!(marked["primary"]["start"].as_i64().unwrap(), plain["primary"]["start"].as_i64().unwrap() + 3);
    let windows = accepted("crlf", NEIGHBOUR.replace('\n', "\r\n"));
    assert_eq!(&windows["primary"]["line"], line);
    assert_eq!(windows["primary"]["column"], plain["primary"]["column"]);
}

#[test]
fn an_empty_file_is_no_error() {
    for name in ["empty.yaml", "empty.json", "empty.py", "empty.sh", "Dockerfile", ".env"] {
        let scratch = Scratch::new("empty");
        scratch.write(name, "").write("web.yaml", NEIGHBOUR);
        let run = check(&scratch, &["check", "--format", "json"]);
        let json = run.json();
        let about =
            json["findings"].as_array().unwrap().iter().filter(|f| f["primary"]["file"] == name).count();
        // An empty JSON file is no JSON document; the others are fine as they are.
        assert_eq!(about, usize::from(name == "empty.json"), "{name}: {}", run.stdout);
    }
}

#[test]
fn a_hundred_thousand_nested_brackets() {
    for (name, open) in
        [("deep.json", "["), ("deep.yaml", "["), ("deep.py", "("), ("deep.sh", "$("), ("deep.toml", "[")]
    {
        let content = match name {
            "deep.py" => {
                format!(
                    "import subprocess\nsubprocess.run(['gcloud', 'run', 'deploy'])\nx = {}",
                    open.repeat(100_000)
                )
            }
            "deep.sh" => format!("gcloud run deploy {}", open.repeat(100_000)),
            "deep.toml" => format!("a = {}", open.repeat(100_000)),
            _ => open.repeat(100_000),
        };
        reported("deep", name, content, &["deep"]);
    }
}

#[test]
fn an_alias_bomb() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let previous = i - 1;
        let items = vec![format!("*a{previous}"); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{items}]\n"));
    }
    reported("bomb", "bomb.yaml", bomb, &["alias"]);
}

#[test]
fn a_document_of_fifty_megabytes() {
    let mut content = String::with_capacity(51 << 20);
    content.push_str("kind: ConfigMap\ndata:\n");
    let mut i = 0;
    while content.len() < 50 << 20 {
        content.push_str(&format!("  key_{i}: {}\n", "x".repeat(1000)));
        i += 1;
    }
    let scratch = Scratch::new("large");
    scratch.write("large.yaml", content).write("web.yaml", NEIGHBOUR);
    let run = check(&scratch, &["check", "--format", "json"]);
    let json = run.json();
    // Either it is read whole or the limit is named; it is not passed over.
    let named = run.stdout.contains("large.yaml");
    let read = json["summary"]["files"].as_i64().unwrap() >= 2;
    assert!(named || read, "{}", run.stdout);
    assert!(run.stdout.contains("web.yaml"));
}

#[cfg(unix)]
#[test]
fn a_loop_of_links() {
    let scratch = Scratch::new("loop");
    scratch.write("web.yaml", NEIGHBOUR).write("a/x.yaml", "kind: Nothing\n");
    std::os::unix::fs::symlink(scratch.path(), scratch.path().join("a/back")).unwrap();
    std::os::unix::fs::symlink(scratch.path().join("missing"), scratch.path().join("dangling.yaml")).unwrap();
    let run = check(&scratch, &["check", "--format", "json"]);
    let findings = run.json()["findings"].as_array().unwrap().len();
    assert!(findings >= 1, "{}", run.all());
    assert!(run.stdout.contains("\"web.yaml\""));
    assert!(!run.stdout.contains("back/"), "a link was followed in a circle: {}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("forbidden");
    scratch.write("secret.yaml", NEIGHBOUR).write("web.yaml", NEIGHBOUR);
    let path = scratch.path().join("secret.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // The superuser may read everything; a directory under a file's name does the same job.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let run = check(&scratch, &["check", "--format", "json"]);
        assert!(run.stdout.contains("web.yaml"));
        return;
    }
    let run = check(&scratch, &["check", "--format", "json"]);
    assert!(run.stdout.contains("secret.yaml"), "passed over in silence: {}", run.stdout);
    assert!(run.stdout.contains("web.yaml"));
}

#[test]
fn a_python_file_with_a_syntax_error() {
    let script = "import subprocess\ndef deploy(:\n    subprocess.run(['gcloud', 'run', 'deploy', 'x'])\n";
    reported("python-syntax", "deploy.py", script, &["syntax"]);
}

#[test]
fn what_stands_before_a_syntax_error_is_still_used() {
    let script = "import subprocess\n\
        subprocess.run(['gcloud', 'run', 'deploy', 'api', '--image', 'gcr.io/p/api:latest'])\n\
        x = = 1\n";
    let scratch = Scratch::new("python-partial");
    scratch.write("deploy.py", script);
    let run = check(&scratch, &["check", "--format", "json"]);
    let json = run.json();
    let policies: Vec<&str> =
        json["findings"].as_array().unwrap().iter().filter_map(|f| f["policy"].as_str()).collect();
    assert!(policies.contains(&"unreadable-file"), "{policies:?}");
    assert!(policies.contains(&"floating-image-tag"), "{policies:?}");
}

#[test]
fn a_shell_script_with_a_syntax_error() {
    reported("shell-syntax", "deploy.sh", "gcloud run deploy x\nif then fi (\n", &["syntax"]);
}

#[test]
fn broken_documents_of_every_format() {
    reported("yaml-syntax", "broken.yaml", "a: [1, 2\nb: }\n", &["yaml"]);
    reported("json-syntax", "broken.json", "{\"a\": }", &["json"]);
    reported("toml-syntax", "broken.toml", "a = = 1\n", &["toml"]);
    reported("hcl-syntax", "broken.tf", "a \"b\" {\n  c = = 1\n}\n", &["hcl"]);
    reported("make-syntax", "Makefile", "deploy:\n\tgcloud run deploy 'x\n", &["syntax"]);
}

#[test]
fn a_helm_template_is_read_with_its_placeholders_unknown() {
    let template = NEIGHBOUR
        .replace("256Mi", "{{ .Values.memory }}")
        .replace("  name: web\n", "  name: web\n  {{- if .Values.labels }}\n  labels: {{ toYaml .Values.labels | nindent 4 }}\n  {{- end }}\n");
    let finding = accepted("helm", template);
    assert_eq!(finding["primary"]["file"], "web.yaml");
}

#[test]
fn a_broken_policy_and_a_broken_project_file() {
    let scratch = Scratch::new("broken-policy");
    let policy = "\
apiVersion: celador/v1
kind: Policy
metadata: {name: mine, title: Mine, group: test}
spec:
  severity: error
  rationale: a test
  target: {kind: Deployment}
  validations:
    - expression: EXPRESSION
      message: no
";
    scratch.write("web.yaml", NEIGHBOUR);
    for (expression, words) in [
        ("deployment.memory >= (", "expected"),
        ("deployment.memroy >= quantity('1Gi')", "memory"),
        ("deploymant.memory >= quantity('1Gi')", "deployment"),
    ] {
        scratch.write("policies/mine.yaml", policy.replace("EXPRESSION", expression));
        let run = check(&scratch, &["check", "--policy", "policies/mine.yaml"]);
        assert_eq!(run.code, Some(2), "{expression}: {}", run.all());
        assert!(run.all().contains(words), "{expression}: {}", run.all());
        assert!(run.all().contains("policies/mine.yaml:9:"), "no place for {expression}: {}", run.all());
        assert!(run.all().contains("web.yaml"), "the rest was not judged: {}", run.all());
    }
    scratch.write("policies/mine.yaml", policy.replace("severity", "severty").replace("EXPRESSION", "true"));
    let run = check(&scratch, &["check", "--policy", "policies/mine.yaml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.all().contains("severity"), "{}", run.all());

    for (config, words) in [("version: [\n", "celador.yaml"), ("version: 1\nexlude: []\n", "exclude")] {
        scratch.write("celador.yaml", config);
        let run = check(&scratch, &["check"]);
        assert_eq!(run.code, Some(2), "{config}: {}", run.all());
        assert!(run.all().contains(words), "{config}: {}", run.all());
        assert!(run.all().contains("celador.yaml:"), "no place: {}", run.all());
    }
}

#[test]
fn a_named_file_that_is_no_text_is_refused_and_a_found_one_only_told() {
    let scratch = Scratch::new("binary");
    scratch.write("web.yaml", NEIGHBOUR).write("image.yaml", b"\0\0\x7fELF").write("huge.bin", b"\0");
    for (path, action) in [("image.yaml", "deny"), (".", "warn")] {
        let run = check(&scratch, &["check", path, "--format", "json"]);
        let json = run.json();
        let about =
            json["findings"].as_array().unwrap().iter().find(|f| f["primary"]["file"] == "image.yaml");
        assert_eq!(about.expect("told")["action"], action, "{}", run.stdout);
    }
    assert_eq!(check(&scratch, &["check", "image.yaml"]).code, Some(1));
}

#[test]
fn environments_are_told_by_branches_and_variables_of_the_project_file() {
    let scratch = Scratch::new("environments");
    scratch
        .write(
            "celador.yaml",
            "version: 1\nenvironments:\n  production: {branches: [release/*]}\n  staging: {variables: {TIER: two}}\n",
        )
        .write(
            ".github/workflows/ship.yml",
            "on: push\njobs:\n  a:\n    if: github.ref == 'refs/heads/release/1'\n    runs-on: x\n    steps:\n      \
             - run: gcloud run deploy api --image a:1\n",
        )
        .write("two.sh", "gcloud run deploy web --image a:1 --set-env-vars TIER=two\n");
    let facts = check(&scratch, &["facts", "--format", "json"]).json();
    let environment = |service: &str| {
        let all = facts["deployments"].as_array().unwrap();
        all.iter().find(|one| one["service"] == service).unwrap_or_else(|| panic!("{facts:#}"))["environment"]
            .clone()
    };
    assert_eq!((environment("api"), environment("web")), ("production".into(), "staging".into()));
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let scratch = Scratch::new("exit");
    assert_eq!(check(&scratch, &["check"]).code, Some(3), "nothing to check");
    scratch.write("notes.yaml", "a: 1\n");
    assert_eq!(check(&scratch, &["check"]).code, Some(3), "no subject in the folder");
    assert_eq!(check(&scratch, &["check", "notes.yaml"]).code, Some(0), "a named file without a subject");
    assert_eq!(check(&scratch, &["check", "missing.yaml"]).code, Some(2), "a path that does not exist");
    assert_eq!(check(&scratch, &["check", "--no-such-flag"]).code, Some(2), "usage");
    assert_eq!(check(&scratch, &["check", "--policy", "no-such-policy"]).code, Some(2), "no such policy");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_and_not_waited_for() {
    let scratch = Scratch::new("pipe");
    scratch.write("web.yaml", NEIGHBOUR);
    let pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(scratch.path().join(name)).status().unwrap();
        assert!(made.success());
    };
    pipe("pipe.yaml");
    std::os::unix::fs::symlink("/dev/zero", scratch.path().join("zero.yaml")).unwrap();
    for name in ["pipe.yaml", "zero.yaml"] {
        let run = check(&scratch, &["check", name, "web.yaml", "--format", "json"]);
        assert_eq!(run.code, Some(1), "{name}: a named file that cannot be read denies\n{}", run.stdout);
        assert!(run.stdout.contains("no regular file"), "{}", run.stdout);
        assert!(run.stdout.contains("floating-image-tag"), "the neighbour was not judged: {}", run.stdout);
        let run = check(&scratch, &["check", "--config", name]);
        assert_eq!(run.code, Some(2), "{}", run.all());
        let run = check(&scratch, &["check", "--policy", &format!("./{name}")]);
        assert_eq!(run.code, Some(2), "{}", run.all());
    }
    let run = check(&scratch, &["check", "--format", "json"]);
    assert_eq!(run.code, Some(0), "met in a folder, a pipe is nobody's file: {}", run.all());
    pipe("celador.yaml");
    let run = check(&scratch, &["check"]);
    assert_eq!(run.code, Some(2), "the project's own word is not dropped in silence: {}", run.all());
    std::fs::remove_file(scratch.path().join("celador.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.path().join("celador.yaml")).unwrap();
    let run = check(&scratch, &["check"]);
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert!(run.all().contains("celador.yaml"), "{}", run.all());
    std::fs::remove_file(scratch.path().join("celador.yaml")).unwrap();
    scratch.write("extends/celador.yaml", "version: 1\nextends: /dev/zero\n");
    let run = check(&scratch, &["check", "--config", "extends/celador.yaml"]);
    assert_eq!(run.code, Some(2), "{}", run.all());
    assert!(run.all().contains("no regular file"), "{}", run.all());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new("name-not-utf8");
    for name in [&b"caf\xe9.yaml"[..], &b"caf\xe8.yaml"[..]] {
        let path = scratch.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, NEIGHBOUR).unwrap();
    }
    let run = check(&scratch, &["check", "--format", "json"]);
    assert_eq!(run.json()["summary"]["files"], 2, "passed over in silence: {}", run.stdout);
    assert!(run.stdout.contains("floating-image-tag"), "{}", run.stdout);
}

#[test]
fn names_and_content_never_steer_the_terminal_or_the_ci_system() {
    let scratch = Scratch::new("steer");
    let name = "a\u{1b}[31m\u{202e}.yaml";
    let manifest = NEIGHBOUR.replace("name: web", "name: \"w\\e]0;x\\a\\u202e\\n::error::x\"");
    scratch.write(name, manifest).write("##[error]/\n::error::y.yaml", NEIGHBOUR);
    for arguments in [&["check", "-v"][..], &["facts"], &["facts", "--unresolved"], &["check", name]] {
        let run = check(&scratch, arguments);
        let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        let line = run.stdout.lines().chain(run.stderr.lines()).find(|line| {
            line.contains(acts) || line.trim_start().starts_with("::") || line.contains("##[error]")
        });
        assert!(line.is_none(), "{arguments:?}: {line:?}");
    }
}

#[test]
fn values_that_double_with_every_line_end_in_a_limit() {
    let double = |line: &str| format!("{line}\n").repeat(60);
    let python = format!(
        "import subprocess\nm = '1Gi'\nl = ['--labels', 'a=b']\n{}{}\
         subprocess.run(['gcloud', 'run', 'deploy', 'api', '--image', 'a:latest', '--memory', m] + l)\n",
        double("m = m + m"),
        double("l = l + l")
    );
    let shell = format!("A=x\n{}gcloud run deploy api --image a:latest --memory $A\n", double("A=$A$A"));
    let scratch = Scratch::new("doubling");
    scratch.write("deploy.py", python).write("deploy.sh", shell).write("web.yaml", NEIGHBOUR);
    let started = std::time::Instant::now();
    let run = check(&scratch, &["check", "--format", "json"]);
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "took {:?}", started.elapsed());
    assert!(run.stdout.contains("floating-image-tag") && run.stdout.contains("web.yaml"), "{}", run.stdout);
}
