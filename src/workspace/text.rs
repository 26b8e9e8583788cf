//! From the bytes of a file to a text, or to the reason why not.

/// What a file's bytes are.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    Text(String),
    /// Mostly text: what is no UTF-8 was replaced. The first such byte's offset.
    Damaged(String, usize),
    /// Another encoding, told by its mark.
    Utf16,
    Binary,
}

/// Bytes that are looked at to tell a binary file.
const HEAD: usize = 8 << 10;

/// Decodes a file. A file counts as text if at most one character in twenty is broken and none of its
/// first bytes is zero.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.as_bytes().iter().take(HEAD).any(|&byte| byte == 0) => return Decoded::Text(text),
        Ok(_) => return Decoded::Binary,
        Err(error) => error.into_bytes(),
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Decoded::Utf16;
    }
    if bytes.iter().take(HEAD).any(|&byte| byte == 0) {
        return Decoded::Binary;
    }
    let mut first = None;
    let (mut offset, mut broken) = (0, 0usize);
    for chunk in bytes.utf8_chunks() {
        offset += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            first.get_or_insert(offset);
            broken += 1;
        }
        offset += chunk.invalid().len();
    }
    if broken * 20 > bytes.len() {
        return Decoded::Binary;
    }
    Decoded::Damaged(String::from_utf8_lossy(&bytes).into_owned(), first.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{Decoded, decode};

    #[test]
    fn what_is_text_is_read_and_what_is_not_is_told() {
        assert_eq!(decode(b"a: 1\n".to_vec()), Decoded::Text("a: 1\n".to_owned()));
        let damaged = b"name: cafe and much more text\n# caf\xe9\n".to_vec();
        assert!(matches!(decode(damaged), Decoded::Damaged(text, 35) if text.ends_with("caf\u{fffd}\n")));
        assert_eq!(decode(b"\x7fELF\0\0".to_vec()), Decoded::Binary);
        assert_eq!(decode(b"\xff\xfea\0".to_vec()), Decoded::Utf16);
        assert_eq!(decode(vec![0xe9; 100]), Decoded::Binary);
    }
}
