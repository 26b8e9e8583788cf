//! What stands before the command proper.

/// The beginning of a word, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Lead<'a> {
    /// The characters before the first unknown or guarded part.
    pub text: &'a str,
    /// Whether that is the whole word.
    pub complete: bool,
}

/// The words before a command's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    /// How many words there are; the command's name is the next one.
    pub len: usize,
    /// Which of them set a variable for the command, in order, each with the name's length in bytes.
    pub assignments: Vec<(usize, usize)>,
}

/// The programs that run their arguments as a command, with the short options that take a value.
const WRAPPERS: &[(&str, &str)] = &[
    ("sudo", "ugpCDhRTUr"),
    ("doas", "uC"),
    ("env", "uCS"),
    ("nohup", ""),
    ("exec", "a"),
    ("command", ""),
    ("builtin", ""),
    ("time", "fo"),
    ("nice", "n"),
    ("ionice", "cn"),
    ("stdbuf", "ioe"),
    ("timeout", "ks"),
    ("setsid", ""),
];

/// Finds the command's name behind `X=1`, `sudo -u deploy`, `env -i X=1`, `timeout 10m` and their like.
/// If nothing is left behind them (`env`, `exec > log`), the wrapper itself is the command.
pub fn prefix(words: &[Lead<'_>]) -> Prefix {
    let mut found = Prefix::default();
    let mut at = 0;
    loop {
        while let Some(name) = words.get(at).and_then(|word| assignment_name(word.text)) {
            found.assignments.push((at, name));
            at += 1;
        }
        found.len = at;
        let Some((program, options)) = words.get(at).and_then(wrapper) else { return found };
        let Some(next) = behind_wrapper(words, at + 1, program, options) else { return found };
        at = next;
    }
}

/// The length of the variable's name in `NAME=value` or `NAME+=value`.
fn assignment_name(word: &str) -> Option<usize> {
    let (name, _) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let mut letters = name.chars();
    let first = letters.next()?;
    let fits = (first.is_ascii_alphabetic() || first == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then_some(name.len())
}

fn wrapper(word: &Lead<'_>) -> Option<(&'static str, &'static str)> {
    let name = word.text.rsplit('/').next().filter(|_| word.complete)?;
    WRAPPERS.iter().find(|(program, _)| *program == name).copied()
}

/// The index of the word behind a wrapper's options; `None` if no command follows, or if it is only
/// looked up (`command -v gcloud`) rather than run.
fn behind_wrapper(words: &[Lead<'_>], mut at: usize, program: &str, valued: &str) -> Option<usize> {
    while let Some(word) = words.get(at) {
        let Some(option) = word.text.strip_prefix('-') else { break };
        at += 1;
        if option == "-" {
            break;
        }
        if program == "command" && (option.contains('v') || option.contains('V')) {
            return None;
        }
        // `-u deploy` takes the next word; `-udeploy` and `--user=deploy` hold their value.
        let mut letters = option.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && valued.contains(letter)
        {
            at += 1;
        }
    }
    if program == "timeout" {
        at += 1;
    }
    // `env X=1` alone prints the environment: a command must follow the assignments.
    let command = (at..words.len()).find(|&i| assignment_name(words[i].text).is_none())?;
    (command < words.len()).then_some(at)
}
