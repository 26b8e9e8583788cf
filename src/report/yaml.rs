//! Values as they are written into YAML files.

/// A text as a YAML scalar that may stand inside braces: plain if it can, else in single quotes.
pub fn scalar(text: &str) -> String {
    let special = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}' | '#' | ':' | '\'' | '"' | '\\');
    let first = |c: char| c.is_alphabetic();
    let plain = text.starts_with(first)
        && !text.ends_with(' ')
        && !text.chars().any(|c| special(c) || c.is_control())
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off"
        );
    if plain {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        // Double quotes are the only ones in which a control character can be written.
        let escaped: String = text
            .chars()
            .map(|c| match c {
                '"' | '\\' => format!("\\{c}"),
                '\n' => "\\n".to_owned(),
                c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        format!("\"{escaped}\"")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn a_message_is_quoted_only_where_it_must_be() {
        assert_eq!(scalar("memory 512Mi is below 2Gi"), "memory 512Mi is below 2Gi");
        assert_eq!(scalar("CPU 3: too much, here"), "'CPU 3: too much, here'");
        assert_eq!(scalar("it's \"x\""), "'it''s \"x\"'");
        assert_eq!(scalar("a\nb"), "\"a\\nb\"");
        assert_eq!(scalar("true"), "'true'");
        assert_eq!(scalar("12"), "'12'");
    }
}
