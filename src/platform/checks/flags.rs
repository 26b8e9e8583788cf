//! Flags that make a command leave a check out. `--force` and `--yes` as such do not: most of them answer a
//! question, or overwrite.

/// Flags of one command.
pub(super) struct Row {
    pub programs: &'static [&'static str],
    /// The command's first words that are no flags.
    pub path: &'static [&'static str],
    /// `--flag`, `--flag=value` for one value only, `--flag=*` for one whose value is a reason.
    pub flags: &'static [&'static str],
    pub turns_off: &'static str,
}

const fn row(
    programs: &'static [&'static str],
    path: &'static [&'static str],
    flags: &'static [&'static str],
    turns_off: &'static str,
) -> Row {
    Row { programs, path, flags, turns_off }
}

pub(super) const SKIPS: &[Row] = &[
    // https://git-scm.com/docs/git-commit, https://git-scm.com/docs/git-push, https://git-scm.com/docs/git-merge
    row(&["git"], &["commit"], &["--no-verify"], "commit hooks"),
    row(&["git"], &["push"], &["--no-verify"], "push hooks"),
    row(&["git"], &["merge"], &["--no-verify"], "commit hooks"),
    // https://helm.sh/docs/helm/helm_upgrade/, https://helm.sh/docs/helm/helm_install/
    row(
        &["helm"],
        &["upgrade"],
        &["--disable-openapi-validation", "--skip-schema-validation"],
        "schema validation",
    ),
    row(
        &["helm"],
        &["install"],
        &["--disable-openapi-validation", "--skip-schema-validation"],
        "schema validation",
    ),
    row(&["helm"], &["lint"], &["--skip-schema-validation"], "schema validation"),
    row(
        &["helm"],
        &[],
        &["--kube-insecure-skip-tls-verify", "--insecure-skip-tls-verify"],
        "certificate verification",
    ),
    // https://kubernetes.io/docs/reference/kubectl/generated/kubectl_apply/
    row(
        &["kubectl", "oc"],
        &["apply"],
        &["--validate=false", "--validate=ignore", "--validate=warn"],
        "schema validation",
    ),
    row(
        &["kubectl", "oc"],
        &["create"],
        &["--validate=false", "--validate=ignore", "--validate=warn"],
        "schema validation",
    ),
    row(
        &["kubectl", "oc"],
        &["replace"],
        &["--validate=false", "--validate=ignore", "--validate=warn"],
        "schema validation",
    ),
    // https://kubernetes.io/docs/reference/kubectl/generated/kubectl_drain/
    row(&["kubectl", "oc"], &["drain"], &["--disable-eviction"], "disruption budgets"),
    row(&["kubectl", "oc"], &[], &["--insecure-skip-tls-verify"], "certificate verification"),
    // https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_create/
    row(&["argocd"], &["app", "create"], &["--validate=false"], "validation of the application"),
    // https://cloud.google.com/sdk/gcloud/reference/run/deploy#--breakglass
    row(&["gcloud"], &["run", "deploy"], &["--breakglass=*"], "binary authorization"),
    row(&["gcloud"], &["run", "services", "update"], &["--breakglass=*"], "binary authorization"),
    row(&["gcloud"], &["run", "jobs", "deploy"], &["--breakglass=*"], "binary authorization"),
    // https://fly.io/docs/flyctl/deploy/
    row(&["fly", "flyctl"], &["deploy"], &["--smoke-checks=false"], "smoke checks"),
    // https://skaffold.dev/docs/references/cli/
    row(&["skaffold"], &["run"], &["--skip-tests"], "tests"),
    row(&["skaffold"], &["build"], &["--skip-tests"], "tests"),
    row(&["skaffold"], &["run"], &["--status-check=false"], "the rollout"),
    row(&["skaffold"], &["deploy"], &["--status-check=false"], "the rollout"),
    // https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
    row(&["pulumi"], &[], &["--disable-integrity-checking"], "integrity checks"),
    // https://maven.apache.org/surefire/maven-surefire-plugin/examples/skipping-tests.html,
    // https://maven.apache.org/surefire/maven-surefire-plugin/test-mojo.html#testFailureIgnore
    row(
        &["mvn", "mvnw"],
        &[],
        &["-DskipTests", "-DskipITs", "-Dmaven.test.skip", "-Dmaven.test.failure.ignore"],
        "tests",
    ),
    // https://docs.gradle.org/current/userguide/command_line_interface.html
    row(
        &["gradle", "gradlew"],
        &[],
        &["-x=test", "--exclude-task=test", "-x=check", "--exclude-task=check"],
        "tests",
    ),
    // https://doc.rust-lang.org/cargo/commands/cargo-publish.html
    row(&["cargo"], &["publish"], &["--no-verify"], "the build of the package"),
    // https://pnpm.io/cli/publish#--no-git-checks
    row(&["pnpm"], &["publish"], &["--no-git-checks"], "checks of the branch"),
    // https://docs.aws.amazon.com/cli/latest/reference/#options
    row(&["aws"], &[], &["--no-verify-ssl"], "certificate verification"),
    // https://curl.se/docs/manpage.html#-k
    row(&["curl"], &[], &["-k", "--insecure"], "certificate verification"),
    // https://www.gnu.org/software/wget/manual/wget.html#HTTPS-_0028SSL_002fTLS_0029-Options
    row(&["wget"], &[], &["--no-check-certificate"], "certificate verification"),
    // https://manpages.debian.org/stable/apt/apt-get.8.en.html
    row(
        &["apt", "apt-get"],
        &["install"],
        &["--allow-unauthenticated", "--force-yes"],
        "signatures of packages",
    ),
    // https://dnf.readthedocs.io/en/latest/command_ref.html
    row(&["dnf", "yum"], &["install"], &["--nogpgcheck"], "signatures of packages"),
];
