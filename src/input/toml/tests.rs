use super::read;
use crate::document::Document;
use crate::input::Limits;
use crate::source::Sources;

fn with<T>(text: &str, then: impl FnOnce(Option<&Document>, &[String], &Sources) -> T) -> T {
    let mut sources = Sources::new();
    let id = sources.add("fly.toml", text);
    let read = read(sources.get(id), id, &Limits::default());
    let told: Vec<String> =
        read.diagnostics.iter().map(|one| format!("{}: {}", one.code.0, one.message)).collect();
    then(read.documents.first(), &told, &sources)
}

#[test]
fn values_keep_their_characters_however_tables_are_written() {
    let text = "app = 'api' # the name\n[http_service]\n  internal_port = 8_080\n[[vm]]\n  memory = \"1gb\"\n\
                [[vm]]\ncpus = 2\n[a]\nb.c = true\nd = {e = 1.5}\n";
    with(text, |document, told, sources| {
        assert!(told.is_empty(), "{told:?}");
        let root = document.unwrap().root();
        let port = root.path(&["http_service", "internal_port"]).unwrap();
        assert_eq!((port.text(), sources.slice(port.span())), (Some("8_080"), "8_080"));
        let memory = root.get("vm").unwrap().items().next().unwrap().get("memory").unwrap();
        assert_eq!((memory.text(), sources.slice(memory.span())), (Some("1gb"), "\"1gb\""));
        assert_eq!(root.get("vm").unwrap().items().count(), 2);
        assert_eq!(root.path(&["a", "b", "c"]).unwrap().text(), Some("true"));
        assert_eq!(root.path(&["a", "d", "e"]).unwrap().text(), Some("1.5"));
        assert_eq!(sources.slice(root.entry("app").unwrap().key_span), "app");
    });
}

#[test]
fn a_broken_file_keeps_what_could_be_read() {
    with("app = 'api'\nbad = = 1\nlater = 2\napp = 'again'\n", |document, told, _| {
        assert!(!told.is_empty() && told.iter().all(|one| one.starts_with("toml-syntax")), "{told:?}");
        assert_eq!(document.unwrap().root().get("app").unwrap().text(), Some("api"));
        assert!(document.unwrap().incomplete.is_some());
    });
}

#[test]
fn hostile_files_end_in_a_message() {
    let brackets = format!("a = {}", "[".repeat(100_000));
    let braces = format!("a = {}", "{b=".repeat(100_000));
    let dots = format!("{} = 1", vec!["a"; 100_000].join("."));
    let header = format!("[{}]", vec!["a"; 100_000].join("."));
    for text in [brackets, braces, dots, header, "\u{feff}\0".to_string(), "'''".to_string()] {
        with(&text, |_, told, _| assert!(!told.is_empty(), "{:.20}", text));
    }
    with("\u{feff}a = 1\r\n", |document, told, sources| {
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(sources.slice(document.unwrap().root().get("a").unwrap().span()), "1");
    });
}
