use super::{module, read};
use crate::document::{Document, Ref};
use crate::input::Limits;
use crate::source::Sources;

fn documents(files: &[(&str, &str)]) -> (Vec<Document>, Vec<String>, Sources) {
    let mut sources = Sources::new();
    let ids: Vec<_> = files.iter().map(|(path, text)| sources.add(*path, *text)).collect();
    let (mut documents, mut told) = (Vec::new(), Vec::new());
    for id in ids {
        let read = read(sources.get(id), id, &Limits::default());
        documents.extend(read.documents);
        told.extend(read.diagnostics.iter().map(|one| format!("{}: {}", one.code.0, one.message)));
    }
    module::resolve(&mut documents, &sources, &[]);
    (documents, told, sources)
}

#[test]
fn blocks_nest_under_their_labels_and_values_keep_their_characters() {
    let text = "resource \"a\" \"b\" {\n  name = \"x-${var.env}\"\n  size = 2\n  env { n = \"A\" }\n  env { n = \"B\" }\n  \
                dynamic \"env\" {\n    for_each = var.on ? [1] : []\n    content { n = \"C\" }\n  }\n  \
                list = jsonencode([{ image = \"i\", \"k\" = local.z }])\n}\n";
    let (documents, told, sources) = documents(&[("main.tf", text)]);
    assert!(told.is_empty(), "{told:?}");
    let body = documents[0].root().path(&["resource", "a", "b"]).unwrap();
    assert_eq!(body.get("name").unwrap().text(), Some("x-${var.env}"));
    assert_eq!(sources.slice(body.get("name").unwrap().span()), "\"x-${var.env}\"");
    assert_eq!(sources.slice(body.get("size").unwrap().span()), "2");
    let names: Vec<&str> =
        body.get("env").unwrap().items().filter_map(|item| item.get("n").and_then(Ref::text)).collect();
    assert_eq!(names, ["A", "B", "C"]);
    let dynamic = body.get("env").unwrap().items().last().unwrap();
    assert_eq!(dynamic.get("for_each").unwrap().text(), Some("${var.on ? [1] : []}"));
    let image = body.get("list").unwrap().items().next().unwrap().get("image").unwrap();
    assert_eq!(sources.slice(image.span()), "\"i\"");
}

#[test]
fn names_of_the_module_become_what_they_stand_for() {
    let files = [
        (
            "m/main.tf",
            "resource \"a\" \"b\" {\n  memory = local.memory\n  name = \"${var.name}-x\"\n  id = var.id\n}\n",
        ),
        (
            "m/variables.tf",
            "variable \"memory\" {\n  default = \"2Gi\"\n}\nvariable \"name\" { default = \"api\" }\n\
                            variable \"id\" {}\nlocals {\n  memory = var.memory\n  loop = local.loop\n}\n",
        ),
        ("other/main.tf", "resource \"a\" \"b\" {\n  memory = var.memory\n}\n"),
    ];
    let (documents, _, sources) = documents(&files);
    let body = documents[0].root().path(&["resource", "a", "b"]).unwrap();
    let memory = body.get("memory").unwrap();
    assert_eq!(memory.text(), Some("${var.memory:-2Gi}"));
    assert_eq!(sources.slice(memory.span()), "\"2Gi\"");
    assert_eq!(sources.slice(memory.node().alias.unwrap()), "local.memory");
    assert_eq!(body.get("name").unwrap().text(), Some("${var.name:-api}-x"));
    assert_eq!(body.get("id").unwrap().text(), Some("${var.id}"));
    let other = documents[2].root().path(&["resource", "a", "b", "memory"]).unwrap();
    assert_eq!(other.text(), Some("${var.memory}"), "another folder is another module");
}

#[test]
fn files_of_variables_and_calls_win_over_defaults() {
    let main = "resource \"a\" \"b\" {\n  x = var.x\n  y = var.y\n  z = var.z\n}\n";
    let variables =
        "variable \"x\" { default = 1 }\nvariable \"y\" { default = 1 }\nvariable \"z\" { default = 1 }\n";
    let x = |files: &[(&str, &str)]| {
        let (documents, _, _) = documents(files);
        let body = documents[0].root().path(&["resource", "a", "b"]).unwrap();
        ["x", "y", "z"].map(|key| body.get(key).unwrap().text().unwrap().to_owned())
    };
    let files = [
        ("m/main.tf", main),
        ("m/variables.tf", variables),
        ("m/terraform.tfvars", "x = 2\n"),
        ("m/environments/production.tfvars", "y = 3\n"),
    ];
    assert_eq!(x(&files), ["${var.x:-2}", "${var.y}", "${var.z:-1}"]);
    let files = [
        ("modules/m/main.tf", main),
        ("modules/m/variables.tf", variables),
        ("envs/a/main.tf", "module \"m\" {\n  source = \"../../modules/m\"\n  x = 2\n  y = 3\n}\n"),
        ("envs/b/main.tf", "module \"m\" {\n  source = \"../../modules/m\"\n  x = 2\n  y = local.y\n}\n"),
    ];
    assert_eq!(x(&files), ["2", "${var.y}", "${var.z:-1}"]);
}

#[test]
fn broken_and_hostile_files_end_in_a_message_and_keep_their_beginning() {
    let (read, told, _) = documents(&[("main.tf", "a \"b\" {\n  c = 1\n}\n\nd {\n  e = = 2\n}\n")]);
    assert!(told[0].starts_with("hcl-syntax"), "{told:?}");
    assert_eq!(read[0].root().path(&["a", "b", "c"]).unwrap().text(), Some("1"));
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}1", "(".repeat(100_000)),
        format!("a = {}1", "-".repeat(100_000)),
        format!("a = {}1", "1+".repeat(100_000)),
        format!("a = {}", "x ? 1 : ".repeat(20_000)),
        "b {\n".repeat(100_000),
        format!("a = \"{}", "${\"".repeat(50_000)),
        "\0\u{feff}".to_string(),
    ] {
        let (_, told, _) = documents(&[("main.tf", &text)]);
        assert!(!told.is_empty(), "{:.20}", text);
    }
}
