//! Which reader a file wants.

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    Yaml,
    Json,
    Toml,
    Hcl,
    Dotenv,
    Dockerfile,
    Python,
    Shell,
    Makefile,
    Justfile,
}

impl Format {
    /// The format that a path tells by its name, without a look at the text.
    pub fn of_path(path: &str) -> Option<Format> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "yaml" | "yml" => return Some(Format::Yaml),
            "json" | "jsonc" => return Some(Format::Json),
            "toml" => return Some(Format::Toml),
            "tf" | "tfvars" => return Some(Format::Hcl),
            "py" => return Some(Format::Python),
            "sh" | "bash" => return Some(Format::Shell),
            "dockerfile" | "containerfile" => return Some(Format::Dockerfile),
            "env" => return Some(Format::Dotenv),
            _ => {}
        }
        let stem = |word: &str| lower == word || lower.starts_with(&format!("{word}."));
        if stem("dockerfile") || stem("containerfile") {
            return Some(Format::Dockerfile);
        }
        if matches!(lower.as_str(), "makefile" | "gnumakefile")
            || lower.starts_with("makefile.")
            || extension == "mk"
        {
            return Some(Format::Makefile);
        }
        if matches!(lower.as_str(), "justfile" | ".justfile") || extension == "just" {
            return Some(Format::Justfile);
        }
        if stem(".env") || lower.contains(".env.") {
            return Some(Format::Dotenv);
        }
        None
    }

    /// The format of a file without a telling name, by its first line: `#!/bin/bash`.
    pub fn of_first_line(line: &str) -> Option<Format> {
        let interpreter = line.strip_prefix("#!")?;
        let mut words = interpreter.split_whitespace();
        let mut program = words.next()?.rsplit('/').next()?;
        if program == "env" {
            program = words.find(|word| !word.starts_with('-'))?;
        }
        match program {
            "sh" | "bash" | "dash" | "ksh" | "zsh" => Some(Format::Shell),
            _ if program.starts_with("python") => Some(Format::Python),
            _ => None,
        }
    }

    /// The name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Yaml => "YAML",
            Format::Json => "JSON",
            Format::Toml => "TOML",
            Format::Hcl => "HCL",
            Format::Dotenv => "environment file",
            Format::Dockerfile => "Dockerfile",
            Format::Python => "Python",
            Format::Shell => "shell",
            Format::Makefile => "makefile",
            Format::Justfile => "justfile",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn names_and_first_lines_tell() {
        assert_eq!(Format::of_path("a/Dockerfile.prod"), Some(Format::Dockerfile));
        assert_eq!(Format::of_path("docker/backend.alpine.Dockerfile"), Some(Format::Dockerfile));
        assert_eq!(Format::of_path(".env.staging"), Some(Format::Dotenv));
        assert_eq!(Format::of_path("config/staging.env"), Some(Format::Dotenv));
        assert_eq!(Format::of_path("build/common.mk"), Some(Format::Makefile));
        assert_eq!(Format::of_path("Makefile"), Some(Format::Makefile));
        assert_eq!(Format::of_path("justfile"), Some(Format::Justfile));
        assert_eq!(Format::of_path("infra/main.tf"), Some(Format::Hcl));
        assert_eq!(Format::of_path("README.md"), None);
        assert_eq!(Format::of_first_line("#!/usr/bin/env -S bash"), Some(Format::Shell));
        assert_eq!(Format::of_first_line("#!/usr/bin/python3"), Some(Format::Python));
    }
}
