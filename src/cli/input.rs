//! Reading standard input.

use std::io::{self, Read};

/// All of standard input, up to one byte more than a file may have: the reader of files says that it is
/// too large.
///
/// # Errors
/// Where it cannot be read.
pub fn read(limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = (limit as u64).saturating_add(1);
    io::stdin()
        .lock()
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| io::Error::other(format!("standard input cannot be read: {error}")))?;
    Ok(bytes)
}
