//! Which environment a deployment belongs to, and how one knows.

use crate::diagnostic::Diagnostic;
use crate::extract::EnvironmentRule;
use crate::extract::name::is_environment_input;
use crate::model::{Artifact, Deployment, EnvVariables, Environment, Evidence};
use crate::platform::Trace;
use crate::source::{SourceId, Sources, Span};
use crate::value::{Atom, Condition, Operand, Operator, Piece, Text, Value};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::sync::Arc;

/// The environments of a project and what tells them.
#[derive(Debug)]
pub struct Environments {
    rules: Vec<Rule>,
}

/// One environment of the project, its globs compiled.
#[derive(Debug)]
struct Rule {
    environment: Environment,
    paths: GlobSet,
    branches: GlobSet,
    projects: Vec<String>,
    variables: Vec<(String, Vec<String>)>,
}

impl Environments {
    /// Compiles the project's rules; a glob that is wrong is left out and told.
    pub fn new(rules: &[EnvironmentRule], diagnostics: &mut Vec<Diagnostic>) -> Environments {
        let mut compile = |rule: &EnvironmentRule| Rule {
            environment: Environment::named(&rule.name),
            paths: globs(&rule.paths, &rule.name, diagnostics),
            branches: globs(&rule.branches, &rule.name, diagnostics),
            projects: rule.projects.clone(),
            variables: rule.variables.clone(),
        };
        Environments { rules: rules.iter().map(&mut compile).collect() }
    }

    /// The environment of a word: one of the usual names, or of the project's own.
    pub fn known(&self, word: &str) -> Option<Environment> {
        let own = || {
            let named = Environment::named(word);
            self.rules.iter().any(|rule| rule.environment == named).then_some(named)
        };
        Environment::known(word).or_else(own)
    }

    /// The environment of which a test speaks where it holds. `all` are the tests about the same
    /// command: one that only tells tests from the rest says nothing.
    pub fn of_atom(&self, atom: &Atom, all: &[Atom]) -> Option<Environment> {
        if atom.input.to_lowercase().ends_with("node_env") {
            return None;
        }
        if let Some(environment) = self.of_branch(atom) {
            return Some(environment);
        }
        let found = match (atom.operator, &atom.operand) {
            (Operator::Equal, Operand::One(word)) => self.of_word(word)?,
            (Operator::Matches, Operand::One(word)) => self.of_word(word.trim_matches('*'))?,
            (Operator::In, Operand::Many(words)) => {
                let mut named = words.iter().map(|word| self.of_word(word));
                let first = named.next()??;
                named.all(|other| other.as_ref() == Some(&first)).then_some(first)?
            }
            (Operator::Holds, _) => self.of_flag(&atom.input)?,
            _ => return None,
        };
        let lonely_test = found.as_str() == "test"
            && !all.iter().any(|other| {
                other.input == atom.input
                    && words_of(other).iter().any(|word| {
                        self.of_word(word).is_some_and(|environment| environment.as_str() != "test")
                    })
            });
        (!lonely_test).then_some(found)
    }

    /// The environment that the project deploys from the branch that a test asks for.
    fn of_branch(&self, atom: &Atom) -> Option<Environment> {
        let input = atom.input.to_lowercase();
        let asks = input.contains("branch") || input.ends_with("ref") || input.ends_with("ref_name");
        let allowed = atom.allowed().filter(|_| asks)?;
        let from = |rule: &&Rule| {
            let is = |name: &&str| rule.branches.is_match(name.trim_start_matches("refs/heads/"));
            !allowed.is_empty() && allowed.iter().all(is)
        };
        self.rules.iter().find(from).map(|rule| rule.environment.clone())
    }

    /// `local` tells a desk from the cloud, not one environment from another.
    fn of_word(&self, word: &str) -> Option<Environment> {
        if word.eq_ignore_ascii_case("local") { None } else { self.known(word) }
    }

    /// `is_production`, `--staging`: an input that is true names its environment.
    fn of_flag(&self, input: &str) -> Option<Environment> {
        let last = input.rsplit(['.', '$']).next().unwrap_or(input);
        if last.contains(|c: char| c.is_whitespace() || c == '(') {
            return None;
        }
        let mut tokens = last.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty());
        let (first, second, rest) = (tokens.next()?, tokens.next(), tokens.next());
        match (first.to_lowercase().as_str(), second, rest) {
            ("is" | "use" | "to" | "deploy", Some(word), None) => self.of_word(word),
            (word, None, None) => self.of_word(word),
            _ => None,
        }
    }

    /// Gives a deployment its environment, by the strongest evidence.
    pub fn name(&self, deployment: &mut Deployment, diagnostics: &mut Vec<Diagnostic>, trace: &Trace<'_>) {
        let path = trace.sources.get(deployment.source).path();
        let all = self.evidence(deployment, path);
        let Some((environment, evidence)) = all.first().cloned() else { return };
        if !matches!(evidence, Evidence::Configured)
            && let Some((other, because)) = all.iter().find(|(other, _)| *other != environment)
        {
            diagnostics.push(conflict(deployment, (&environment, &evidence), (other, because)));
        }
        deployment.environment = Some(environment);
        deployment.evidence = Some(evidence);
    }

    /// Gives an artifact its environment: nothing but its path, and for a file of variables the
    /// variables, can tell.
    pub fn name_artifact(&self, artifact: &mut Artifact, sources: &Sources) {
        let path = sources.get(artifact.source).path();
        let found = self
            .configured(path, None, Some(&artifact.env))
            .map(|environment| (environment, Evidence::Configured))
            .or_else(|| Some((self.of_tokens(path)?, Evidence::Path)))
            .or_else(|| self.of_variables(&artifact.env));
        if let Some((environment, evidence)) = found {
            artifact.environment = Some(environment);
            artifact.evidence = Some(evidence);
        }
    }

    /// All that tells an environment, the strongest first.
    fn evidence(&self, deployment: &Deployment, path: &str) -> Vec<(Environment, Evidence)> {
        let project = project(deployment);
        let mut all = Vec::new();
        let env = deployment.main().map(|main| &main.env);
        let configured = self.configured(path, project.as_deref(), env);
        all.extend(configured.map(|found| (found, Evidence::Configured)));
        let atoms: Vec<Atom> =
            deployment.condition.atoms().iter().map(|atom| sharper(atom, deployment)).collect();
        all.extend(
            atoms.iter().find_map(|atom| Some((self.of_atom(atom, &atoms)?, Evidence::Condition(atom.span)))),
        );
        let name = deployment.service.as_ref().map(known_parts);
        all.extend(name.and_then(|name| Some((self.of_tokens(&name)?, Evidence::ServiceName))));
        all.extend(project.and_then(|name| Some((self.of_tokens(&name)?, Evidence::Project))));
        all.extend(self.of_tokens(path).map(|found| (found, Evidence::Path)));
        all.extend(env.and_then(|env| self.of_variables(env)));
        all
    }

    /// The environment of a command that deploys nothing itself: by the project's rules, by the variables
    /// that a pipeline sets for its jobs, by its path. `test.yml` is a workflow that tests.
    pub fn of_circumstances(&self, path: &str, variables: &[(Arc<str>, Value<Text>)]) -> Option<Environment> {
        let of_variable = |(name, value): &(Arc<str>, Value<Text>)| {
            let is_told = is_environment_input(name) || name.ends_with("ENVIRONMENT_NAME");
            self.known(&value.as_known().filter(|_| is_told)?.value.plain()?)
        };
        self.configured(path, None, None)
            .or_else(|| variables.iter().find_map(of_variable))
            .or_else(|| self.of_tokens(path).filter(|found| found.as_str() != "test"))
    }

    /// What the project's own rules say of a path, a project's name and variables.
    fn configured(
        &self,
        path: &str,
        project: Option<&str>,
        env: Option<&EnvVariables>,
    ) -> Option<Environment> {
        let given = |name: &str, values: &[String]| {
            env.into_iter().flat_map(|env| env.named(name)).any(|variable| {
                let plain = variable.value.as_known().and_then(|known| known.value.plain());
                plain.is_some_and(|plain| values.contains(&plain))
            })
        };
        let matches = |rule: &&Rule| {
            rule.paths.is_match(path)
                || project.is_some_and(|project| rule.projects.iter().any(|own| own == project))
                || rule.variables.iter().any(|(name, values)| given(name, values))
        };
        self.rules.iter().find(matches).map(|rule| rule.environment.clone())
    }

    /// The environment that a token of a name tells, unless two tokens tell two.
    fn of_tokens(&self, name: &str) -> Option<Environment> {
        let mut found: Option<Environment> = None;
        for token in name.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()) {
            match (self.known(token), &found) {
                (Some(environment), Some(earlier)) if environment != *earlier => return None,
                (Some(environment), _) => found = Some(environment),
                (None, _) => {}
            }
        }
        found
    }

    /// An `ENVIRONMENT`-like variable with a known value; the plainest name first.
    fn of_variables(&self, env: &EnvVariables) -> Option<(Environment, Evidence)> {
        let mut named: Vec<_> = env.all.iter().filter(|one| is_environment_input(&one.name)).collect();
        named.sort_by_key(|variable| variable.name.len());
        named.into_iter().find_map(|variable| {
            let Value::Known(known) = &variable.value else { return None };
            let word = known.value.plain()?;
            Some((self.known(&word)?, Evidence::Variable(variable.span)))
        })
    }
}

/// Globs as one matcher; one that is wrong is left out and told.
fn globs(patterns: &[String], environment: &str, diagnostics: &mut Vec<Diagnostic>) -> GlobSet {
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        match Glob::new(pattern) {
            Ok(glob) => {
                globs.add(glob);
            }
            Err(error) => {
                let place = Span::beginning(SourceId::FIRST);
                diagnostics.push(
                    Diagnostic::error("invalid-glob", place, format!("`{pattern}` is no glob: {error}"))
                        .with_help(format!("correct it below environment `{environment}`")),
                );
            }
        }
    }
    globs.build().unwrap_or_default()
}

/// A test for one of several values, without those that the other tests of the same input leave out.
fn sharper(atom: &Atom, deployment: &Deployment) -> Atom {
    let Some(allowed) = atom.allowed() else { return atom.clone() };
    let excluded: Vec<&str> = deployment
        .condition
        .atoms()
        .iter()
        .filter(|other| other.input == atom.input)
        .filter_map(Atom::excluded)
        .flatten()
        .collect();
    let left = allowed.into_iter().filter(|value| !excluded.contains(value)).map(Into::into).collect();
    Atom { operator: Operator::In, operand: Operand::Many(left), ..atom.clone() }
}

/// The values that a test compares its input with, whichever way.
fn words_of(atom: &Atom) -> Vec<&str> {
    match &atom.operand {
        Operand::One(word) => vec![word],
        Operand::Many(words) => words.iter().map(|word| &**word).collect(),
        Operand::None => Vec::new(),
    }
}

/// The tests about inputs in these conditions, each once.
pub fn atoms<'a>(conditions: impl IntoIterator<Item = &'a Condition>) -> Vec<Atom> {
    let mut all: Vec<Atom> = Vec::new();
    for atom in conditions.into_iter().flat_map(|condition| condition.atoms()) {
        if !all.contains(atom) {
            all.push(atom.clone());
        }
    }
    all
}

/// The known characters of a name; unknown parts separate.
fn known_parts(name: &Text) -> String {
    let pieces = name.parts.iter().map(|part| match &part.piece {
        Piece::Literal(text) => text.as_str(),
        Piece::Hole(_) => " ",
    });
    pieces.collect()
}

/// The project or namespace deployed to, as far as it is known.
fn project(deployment: &Deployment) -> Option<String> {
    let named = |name: &str| matches!(name, "--project" | "--namespace" | "-n" | "namespace" | "project");
    let (_, value, _) = deployment.flags.iter().rev().find(|(name, ..)| named(name))?;
    match value {
        Value::Known(known) => Some(known_parts(&known.value)),
        _ => None,
    }
}

fn conflict(
    deployment: &Deployment,
    (environment, evidence): (&Environment, &Evidence),
    (other, because): (&Environment, &Evidence),
) -> Diagnostic {
    let name = deployment.display_name();
    let (by, against) = (evidence.as_str(), because.as_str());
    let place = |evidence: &Evidence| match evidence {
        Evidence::Condition(span) | Evidence::Variable(span) => Some(*span),
        _ => None,
    };
    let mut diagnostic = Diagnostic::warning(
        "environment-conflict",
        place(evidence).unwrap_or(deployment.anchor),
        format!("{name} counts as {environment} by its {by}, but its {against} says {other}"),
    )
    .with_help("say which it is under `environments` in celador.yaml");
    if let Some(span) = place(because) {
        diagnostic = diagnostic.with_related(span, format!("{other}, by the {against}"));
    }
    diagnostic
}
