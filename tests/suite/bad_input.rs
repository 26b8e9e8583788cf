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
    for (name, open) in [("deep.json", "["), ("deep.yaml", "["), ("deep.py", "("), ("deep.sh", "$(")] {
        let content = match name {
            "deep.py" => {
                format!("import subprocess\nsubprocess.run(['gcloud'])\nx = {}", open.repeat(100_000))
            }
            "deep.sh" => format!("gcloud run deploy {}", open.repeat(100_000)),
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
fn broken_yaml_and_json() {
    reported("yaml-syntax", "broken.yaml", "a: [1, 2\nb: }\n", &["yaml"]);
    reported("json-syntax", "broken.json", "{\"a\": }", &["json"]);
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
