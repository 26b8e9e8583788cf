//! Which names hold secrets.

/// Words that, in any place of a name, make its value a secret unless the name's last word says that
/// the value is something about the secret.
const SECRET_WORDS: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pwd",
    "token",
    "credential",
    "credentials",
    "dsn",
    "apikey",
    "privatekey",
    "secretkey",
    "accesskey",
    "connectionstring",
    "creds",
];

/// Endings of words that were run together: `dbpassword`, `authtoken`.
const SECRET_ENDINGS: &[&str] = &["password", "passwd", "secret", "token", "apikey", "passphrase"];

/// Last words that tell of a value *about* a secret: where it lies, how long it lives.
const ABOUT: &[&str] = &[
    "algorithm",
    "arn",
    "audience",
    "bits",
    "bytes",
    "count",
    "counter",
    "day",
    "days",
    "digest",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "env",
    "expire",
    "expires",
    "expiration",
    "expiry",
    "field",
    "file",
    "filename",
    "format",
    "header",
    "hours",
    "id",
    "ids",
    "interval",
    "issuer",
    "kind",
    "label",
    "length",
    "lifetime",
    "limit",
    "list",
    "location",
    "manager",
    "max",
    "min",
    "minutes",
    "mode",
    "mount",
    "name",
    "names",
    "namespace",
    "optional",
    "path",
    "policy",
    "prefix",
    "project",
    "provider",
    "ref",
    "refs",
    "region",
    "regex",
    "required",
    "rotation",
    "scheme",
    "scope",
    "scopes",
    "seconds",
    "size",
    "state",
    "status",
    "stdin",
    "store",
    "strategy",
    "suffix",
    "timeout",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "usage",
    "validation",
    "version",
    "versions",
    "volume",
];

/// Words before `key` that make it a key to look things up by, or a key that anyone may see.
const OPEN_KEYS: &[&str] = &[
    "annotation",
    "cache",
    "column",
    "config",
    "dict",
    "env",
    "foreign",
    "group",
    "hash",
    "hot",
    "index",
    "json",
    "kms",
    "label",
    "lookup",
    "map",
    "match",
    "object",
    "partition",
    "primary",
    "public",
    "publishable",
    "range",
    "registry",
    "row",
    "setting",
    "sort",
    "sub",
    "topology",
    "unique",
    "yaml",
];

/// Words before `key` that make it a secret in names of any case; in names in capitals, which are
/// variables of an environment, every word does that is not one of [`OPEN_KEYS`].
const CLOSED_KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "auth",
    "client",
    "crypto",
    "decryption",
    "encryption",
    "fernet",
    "hmac",
    "jwt",
    "license",
    "master",
    "private",
    "secret",
    "server",
    "service",
    "session",
    "shared",
    "signing",
    "ssh",
    "storage",
    "subscription",
];

/// Whether the value of a thing of this name is a secret: `DB_PASSWORD`, `jwtSecretKey`, `api-token`; not
/// `PUBLIC_KEY`, `SECRET_NAME`, `TOKEN_TTL`.
pub fn is_secret_name(name: &str) -> bool {
    if matches!(name, "PWD" | "OLDPWD" | "pwd") || !name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    if words.iter().any(|word| {
        SECRET_WORDS.contains(&word.as_str()) || SECRET_ENDINGS.iter().any(|end| word.ends_with(end))
    }) {
        return true;
    }
    let before = |at: usize| words.get(at.wrapping_sub(1)).map(String::as_str);
    let in_capitals = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    words.iter().enumerate().any(|(at, word)| match (word.as_str(), before(at)) {
        ("pass", Some(_)) => at + 1 == words.len(),
        ("key", Some(kind)) => {
            CLOSED_KEYS.contains(&kind)
                || (in_capitals && at + 1 == words.len() && !OPEN_KEYS.contains(&kind))
        }
        _ => false,
    })
}

/// The words of a name in lower case: split at everything that is no letter or digit and where a
/// capital follows a small letter (`dbPassword`).
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for c in name.chars() {
        if (!c.is_alphanumeric() || (after_small && c.is_uppercase())) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_secret_name;

    #[test]
    fn secrets_are_told_from_what_is_about_them() {
        for name in [
            "DB_PASSWORD",
            "JWT_SECRET_KEY",
            "SECRET_KEY",
            "apiToken",
            "db-passwd",
            "OPENAI_API_KEY",
            "DB_PASS",
            "SENTRY_DSN",
            "jwt_secret_staging",
            "FERNET_KEY",
            "private_key",
            "authtoken",
            "NEW_RELIC_KEY",
            "spring.datasource.password",
            "awsSecretAccessKey",
            "AccountKey",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PUBLIC_KEY",
            "AWS_ACCESS_KEY_ID",
            "secretName",
            "SECRET_NAME",
            "TOKEN_TTL",
            "PWD",
            "secretKeyRef",
            "key",
            "name",
            "cache_key",
            "PASSWORD_FILE",
            "set-secrets",
            "monkey",
            "max_tokens",
            "PRIMARY_KEY",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "password-stdin",
            "bypass",
            "pass",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
