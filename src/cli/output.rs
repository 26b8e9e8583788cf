//! Writing to standard output, quietly where nobody listens any more.

use std::io::Write;

/// Writes a report. A reader that has gone (`celador check | head`) is no error.
///
/// # Errors
/// Where the output cannot be written, for example because the disk is full.
pub fn write(text: &str, color: bool) -> std::io::Result<()> {
    let stdout = std::io::stdout().lock();
    // Consoles that do not know escape sequences are told by this stream what is meant.
    let written = if color {
        let mut stream = anstream::AutoStream::always(stdout);
        stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
    } else {
        let mut stream = stdout;
        stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
    };
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Says something beside the report, on standard error. If that cannot be written, nobody can be told.
pub fn aside(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
