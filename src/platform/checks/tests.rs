use super::{check, skips, turns_off};

/// Splits at blanks: no case needs quotes.
fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn what_checks_is_told_by_its_command_or_its_name() {
    for (line, what) in [
        ("npm test", "tests"),
        ("npm run lint:fast", "lint"),
        ("npm --prefix web test", "tests"),
        ("yarn audit --level high", "vulnerabilities"),
        ("python -m pytest -q", "tests"),
        ("poetry run mypy src", "types"),
        ("npx --yes eslint@8 .", "lint"),
        ("terraform -chdir=infra validate", "configuration"),
        ("celador check deploy/", "configuration"),
        ("make -C api smoke", "tests"),
        ("./scripts/run-tests.sh --fast", "tests"),
        ("bash {DIR}/validate_env.sh", "validation"),
        ("python scripts/check_health.py", "verification"),
        ("curl -fsS {URL}/healthz", "health"),
        ("wget -q --spider http://localhost:8080/ready", "health"),
        ("kubectl -n shop rollout status deployment/api", "the rollout"),
        ("trivy image --severity HIGH acme/api:1.4", "vulnerabilities"),
    ] {
        assert_eq!(check(&words(line)), Some(what), "{line}");
    }
}

#[test]
fn what_does_something_else_is_no_check() {
    for line in [
        "rm -f tests",
        "docker stop test",
        "docker rm -f healthcheck",
        "npm install test",
        "npm run test:watch",
        "npm run build",
        "make install-test-deps",
        "make checkout",
        "./scripts/create-test-db.sh",
        "bash ./wait-for-it.sh api:8080",
        "curl -s {URL}/health",
        "curl -f {URL}/metrics",
        "kubectl diff -f k8s",
        "kubectl delete pod smoke",
        "kubectl wait --for=delete pod/api",
        "terraform plan -detailed-exitcode",
        "prettier --write .",
        "tsc",
        "trivy --version",
        "git checkout main",
        "pip install pytest",
        "{RUNNER} test",
    ] {
        assert_eq!(check(&words(line)), None, "{line}");
    }
}

#[test]
fn flags_leave_a_check_out_where_the_command_says_so() {
    let of = |line: &str| -> Vec<(usize, &str, &str, Option<usize>)> {
        let all = skips(&words(line));
        all.into_iter().map(|skip| (skip.word, skip.flag, skip.turns_off, skip.reason)).collect()
    };
    assert_eq!(of("git commit -m x --no-verify"), [(4, "--no-verify", "commit hooks", None)]);
    assert_eq!(of("git -C web push --no-verify"), [(4, "--no-verify", "push hooks", None)]);
    assert_eq!(of("kubectl apply -f x --validate=false"), [(4, "--validate", "schema validation", None)]);
    assert_eq!(of("mvn package -DskipTests=true"), [(2, "-DskipTests", "tests", None)]);
    assert_eq!(of("gradlew build -x test"), [(2, "-x", "tests", None)]);
    assert_eq!(
        of("gcloud run deploy api --breakglass OPS-12"),
        [(4, "--breakglass", "binary authorization", Some(5))]
    );
    for line in [
        "git push --force",
        "gcloud run deploy api --quiet",
        "kubectl apply -f x --validate=strict",
        "kubectl delete pod x --force",
        "npm publish --force",
        "mvn package -DskipTests=false",
        "gradlew build -x javadoc",
        "npm commit --no-verify",
    ] {
        assert!(of(line).is_empty(), "{line}");
    }
}

#[test]
fn variables_turn_a_check_off_by_name_and_value() {
    for (name, value, what) in [
        ("BYPASS_STARTUP_VALIDATION", "true", "startup validation"),
        ("SKIP_TESTS", "1", "tests"),
        ("APP_DISABLE_AUTH", "yes", "auth"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0", "certificate verification"),
    ] {
        assert_eq!(turns_off(name, value, false).as_deref(), Some(what), "{name}={value}");
    }
    for (name, value) in [
        ("BYPASS_STARTUP_VALIDATION", "false"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("SKIP_TEST_DATA", "true"),
        ("DISABLE_TELEMETRY", "true"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "1"),
        ("CHECK_SKIP", "true"),
    ] {
        assert_eq!(turns_off(name, value, false), None, "{name}={value}");
    }
    assert_eq!(turns_off("SKIP_AUTH", "true", true), None, "a login that a script leaves out");
}
