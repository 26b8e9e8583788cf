//! `celador check --format checkstyle`: the XML of Checkstyle, which many CI systems and editors read.
//! <https://checkstyle.org/>, `XMLLogger`.

use crate::report::entries::{Entry, Level, Run, entries};
use crate::report::text::{path, without_commands_in_xml};
use quick_xml::Writer;
use std::collections::BTreeMap;

/// The version of Checkstyle whose form this is.
const VERSION: &str = "4.3";

/// One `error` an entry, by file.
pub fn checkstyle(run: &Run<'_>) -> String {
    let redactor = run.redactor();
    let mut files: BTreeMap<String, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in entries(run, &redactor) {
        files.entry(path(&entry.place.file)).or_default().push(entry);
    }
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = write(&mut bytes, &files);
    without_commands_in_xml(String::from_utf8(bytes).unwrap_or_default())
}

fn write(bytes: &mut Vec<u8>, files: &BTreeMap<String, Vec<Entry<'_>>>) -> std::io::Result<()> {
    use quick_xml::events::{BytesDecl, Event};
    let mut writer = Writer::new_with_indent(bytes, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer.create_element("checkstyle").with_attribute(("version", VERSION));
    root.write_inner_content(|writer| {
        for (name, entries) in files {
            let file = writer.create_element("file").with_attribute(("name", name.as_str()));
            file.write_inner_content(|writer| entries.iter().try_for_each(|entry| error(writer, entry)))?;
        }
        Ok(())
    })?;
    writer.get_mut().push(b'\n');
    Ok(())
}

fn error(writer: &mut Writer<&mut Vec<u8>>, entry: &Entry<'_>) -> std::io::Result<()> {
    let severity = match entry.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    };
    let (line, column) = (entry.place.line.to_string(), entry.place.column.to_string());
    // An attribute holds no line breaks: what is below the headline stands behind it.
    let notes = entry.below().map(|note| format!(" [{}: {}]", note.word, note.text));
    let message: String = std::iter::once(entry.headline()).chain(notes).collect();
    let source = format!("celador.{}", path(entry.rule));
    let element = writer.create_element("error").with_attributes([
        ("line", line.as_str()),
        ("column", column.as_str()),
        ("severity", severity),
        ("message", message.as_str()),
        ("source", source.as_str()),
    ]);
    element.write_empty().map(|_| ())
}
