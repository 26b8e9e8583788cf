//! What is a check: programs, names of scripts and targets, paths of requests.
//!
//! `kubectl diff`, `git diff --exit-code` and `terraform plan -detailed-exitcode` are none: they end with 1
//! where there is a difference, and whoever only wants to see it writes `|| true`.

/// A command that checks something and ends with a failure if that is not as it should be.
pub(super) struct Check {
    pub programs: &'static [&'static str],
    /// Its first words that are no flags.
    pub path: &'static [&'static str],
    /// One of these makes it a check; empty: it always is one.
    pub flags: &'static [&'static str],
    /// What is checked.
    pub what: &'static str,
}

const fn check(
    what: &'static str,
    programs: &'static [&'static str],
    path: &'static [&'static str],
) -> Check {
    Check { programs, path, flags: &[], what }
}

const fn with(
    what: &'static str,
    programs: &'static [&'static str],
    path: &'static [&'static str],
    flags: &'static [&'static str],
) -> Check {
    Check { programs, path, flags, what }
}

pub(super) const CHECKS: &[Check] = &[
    check(
        "tests",
        &[
            "pytest", "py.test", "tox", "nox", "jest", "vitest", "mocha", "ava", "karma", "rspec", "phpunit",
            "ctest", "bats",
        ],
        &[],
    ),
    check(
        "tests",
        &[
            "go", "cargo", "dotnet", "npm", "yarn", "pnpm", "bun", "deno", "mvn", "mvnw", "gradle",
            "gradlew", "sbt", "swift", "flutter", "mix", "rails", "bazel", "helm", "opa",
        ],
        &["test"],
    ),
    check("tests", &["npm"], &["t"]),
    check("tests", &["npm"], &["tst"]),
    check("tests", &["cargo"], &["nextest", "run"]),
    check("tests", &["mvn", "mvnw"], &["verify"]),
    check("tests", &["gradle", "gradlew"], &["check"]),
    check("tests", &["playwright"], &["test"]),
    check("tests", &["cypress", "newman", "k6"], &["run"]),
    check("tests", &["unittest", "manage.py"], &["test"]),
    check("tests", &["unittest"], &[]),
    check("configuration", &["manage.py"], &["check"]),
    check(
        "lint",
        &[
            "eslint",
            "stylelint",
            "flake8",
            "pylint",
            "shellcheck",
            "hadolint",
            "yamllint",
            "actionlint",
            "markdownlint",
            "markdownlint-cli2",
            "ansible-lint",
            "tflint",
            "golangci-lint",
            "staticcheck",
            "rubocop",
            "ktlint",
            "detekt",
            "oxlint",
            "kube-linter",
            "kube-score",
            "spectral",
            "sqlfluff",
        ],
        &[],
    ),
    check("lint", &["pre-commit"], &["run"]),
    check("lint", &["ruff", "biome"], &["check"]),
    check("lint", &["next", "ng"], &["lint"]),
    check("lint", &["cargo"], &["clippy"]),
    check("lint", &["go"], &["vet"]),
    check("types", &["mypy", "pyright", "basedpyright", "phpstan", "psalm", "vue-tsc"], &[]),
    with("types", &["tsc"], &[], &["--noEmit"]),
    with("formatting", &["prettier"], &[], &["--check", "-c"]),
    with("formatting", &["black"], &[], &["--check"]),
    with("formatting", &["isort"], &[], &["--check", "--check-only", "-c"]),
    with("formatting", &["cargo"], &["fmt"], &["--check"]),
    with("formatting", &["ruff"], &["format"], &["--check"]),
    with("formatting", &["terraform", "tofu"], &["fmt"], &["-check", "--check"]),
    check("vulnerabilities", &["npm", "yarn", "pnpm", "cargo", "bundle", "composer"], &["audit"]),
    check(
        "vulnerabilities",
        &[
            "pip-audit",
            "trivy",
            "grype",
            "osv-scanner",
            "govulncheck",
            "gosec",
            "bandit",
            "brakeman",
            "dockle",
            "nancy",
        ],
        &[],
    ),
    check("vulnerabilities", &["safety"], &["check"]),
    check("vulnerabilities", &["safety"], &["scan"]),
    check("vulnerabilities", &["snyk"], &["test"]),
    check("vulnerabilities", &["snyk"], &["container", "test"]),
    check("vulnerabilities", &["docker"], &["scout", "cves"]),
    check("vulnerabilities", &["semgrep"], &[]),
    check("dependencies", &["cargo"], &["deny"]),
    check("secrets", &["gitleaks", "trufflehog", "detect-secrets", "git-secrets"], &[]),
    check(
        "configuration",
        &[
            "checkov",
            "tfsec",
            "terrascan",
            "kics",
            "kubeconform",
            "kubeval",
            "conftest",
            "datree",
            "cfn-lint",
            "cfn_nag",
            "cfn-guard",
            "pluto",
            "polaris",
        ],
        &[],
    ),
    check("configuration", &["celador"], &["check"]),
    check("configuration", &["celador"], &["test"]),
    check("configuration", &["helm"], &["lint"]),
    check("configuration", &["terraform", "tofu", "packer", "sam"], &["validate"]),
    check("configuration", &["aws"], &["cloudformation", "validate-template"]),
    check("configuration", &["az"], &["deployment", "group", "validate"]),
    check("configuration", &["az"], &["bicep", "lint"]),
    check("configuration", &["kustomize"], &["cfg", "validate"]),
    check("configuration", &["opa"], &["check"]),
    check("configuration", &["kyverno"], &["apply"]),
    check("configuration", &["kyverno"], &["test"]),
    with("configuration", &["nginx"], &[], &["-t"]),
    with("configuration", &["kubectl"], &["apply"], &["--dry-run=server", "--dry-run=client"]),
    with("configuration", &["docker-compose"], &["config"], &["-q", "--quiet"]),
    check("signatures", &["cosign", "slsa-verifier", "notation"], &["verify"]),
    check("signatures", &["cosign"], &["verify-attestation"]),
    with("signatures", &["gpg"], &[], &["--verify"]),
    with("checksums", &["sha256sum", "sha512sum", "shasum", "md5sum"], &[], &["-c", "--check"]),
    check("the rollout", &["kubectl", "oc"], &["rollout", "status"]),
    check("the rollout", &["kubectl", "oc"], &["wait"]),
    check("the rollout", &["aws"], &["ecs", "wait"]),
    check("the rollout", &["argocd"], &["app", "wait"]),
    check("health", &["fly", "flyctl"], &["checks"]),
];

/// Commands that deploy what files say, which by themselves do not tell what that is.
pub(super) const DEPLOYS: &[(&[&str], &[&str])] = &[
    (&["kubectl", "oc"], &["apply"]),
    (&["kubectl", "oc"], &["set", "image"]),
    (&["terraform", "tofu", "terragrunt"], &["apply"]),
    (&["helm"], &["upgrade"]),
    (&["helm"], &["install"]),
    (&["helmfile"], &["apply"]),
    (&["helmfile"], &["sync"]),
    (&["skaffold"], &["run"]),
    (&["skaffold"], &["deploy"]),
    (&["argocd"], &["app", "sync"]),
    (&["pulumi"], &["up"]),
    (&["sam", "cdk", "serverless", "sls", "firebase", "kamal", "eb", "fly", "flyctl"], &["deploy"]),
    (&["aws"], &["ecs", "update-service"]),
    (&["aws"], &["cloudformation", "deploy"]),
    (&["docker"], &["stack", "deploy"]),
];

/// A program that runs the command behind its words.
pub(super) struct Runner {
    pub program: &'static str,
    pub words: &'static [&'static str],
}

const fn runner(program: &'static str, words: &'static [&'static str]) -> Runner {
    Runner { program, words }
}

pub(super) const RUNNERS: &[Runner] = &[
    runner("npx", &[]),
    runner("bunx", &[]),
    runner("pnpx", &[]),
    runner("uvx", &[]),
    runner("xvfb-run", &[]),
    runner("poetry", &["run"]),
    runner("pipenv", &["run"]),
    runner("pdm", &["run"]),
    runner("hatch", &["run"]),
    runner("rye", &["run"]),
    runner("uv", &["run"]),
    runner("bundle", &["exec"]),
    runner("npm", &["exec"]),
    runner("pnpm", &["exec"]),
    runner("pnpm", &["dlx"]),
    runner("yarn", &["exec"]),
    runner("yarn", &["dlx"]),
    runner("python", &["-m"]),
    runner("python3", &["-m"]),
    runner("coverage", &["run", "-m"]),
    runner("python", &["manage.py"]),
    runner("python3", &["manage.py"]),
];

/// Words of the names of scripts and targets that check, with what they check.
pub(super) const NAMED: &[(&[&str], &str)] = &[
    (&["test", "tests", "e2e", "smoke", "smoketest"], "tests"),
    (&["lint", "linter", "eslint"], "lint"),
    (&["typecheck", "types", "mypy"], "types"),
    (&["audit", "scan"], "vulnerabilities"),
    (&["health", "healthcheck", "readiness", "healthy"], "health"),
    (&["validate", "validation", "validator", "validators", "preflight", "sanity"], "validation"),
    (&["verify", "verification", "check", "checks"], "verification"),
];

/// Words of names that do something else, whatever other words they hold.
pub(super) const NO_CHECKS: &[&str] = &[
    "and", "build", "clean", "cleanup", "create", "delete", "destroy", "download", "fix", "generate", "init",
    "install", "notify", "prepare", "publish", "push", "remove", "restart", "rm", "seed", "setup", "start",
    "stop", "teardown", "update", "updates", "upgrade", "upload", "version", "wait", "watch",
];

/// Words of names that are about what tests need, and test nothing; to validate or to check one of these is
/// a check.
pub(super) const OF_TESTS: &[&str] = &[
    "data", "db", "deploy", "deps", "dev", "down", "env", "fixtures", "image", "log", "logs", "out",
    "release", "report", "server", "summary", "up",
];

/// Parts of paths by which a service is asked whether it is well.
pub(super) const HEALTH_PATHS: &[&str] = &[
    "health",
    "healthz",
    "health-check",
    "healthcheck",
    "ready",
    "readyz",
    "readiness",
    "livez",
    "liveness",
];
