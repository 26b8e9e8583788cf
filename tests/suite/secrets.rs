//! Fifty secrets planted in every format and every place that a report may show: none is printed.

use crate::formats::all_reports;
use crate::run::{Scratch, celador};

/// A value that no name betrays must be betrayed by its shape, and the other way round; these have
/// plain shapes, so that the names have to do.
fn planted(i: usize) -> String {
    format!("plnt{i:02}x7Qz{}", i * 7919 % 10007)
}

#[test]
fn no_planted_secret_is_printed() {
    let mut secrets = Vec::new();
    let mut next = || {
        secrets.push(planted(secrets.len()));
        secrets[secrets.len() - 1].clone()
    };
    let scratch = Scratch::new("secrets");

    // Every file also violates something, so that its lines are shown.
    let mut compose = String::from("services:\n  web:\n    image: acme/web:latest\n    environment:\n");
    for name in ["DB_PASSWORD", "JWT_SECRET_KEY", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "STRIPE_API_KEY"] {
        compose.push_str(&format!("      {name}: {}\n", next()));
    }
    compose.push_str(&format!("      - \"bad\n      SECRET_KEY: \"{}\"\n", next()));
    scratch.write("broken/compose.yaml", &compose);
    let mut compose = String::from("services:\n  web:\n    image: acme/web:latest\n    environment:\n");
    for name in ["DB_PASSWORD", "JWT_SECRET_KEY", "API_TOKEN", "CLIENT_SECRET", "ENCRYPTION_KEY"] {
        compose.push_str(&format!("      {name}: {}\n", next()));
    }
    compose.push_str(&format!(
        "  worker:\n    image: acme/worker:latest\n    environment: [\"SESSION_SECRET={}\"]\n",
        next()
    ));
    scratch.write("docker-compose.yml", &compose);

    scratch.write(
        "deploy.sh",
        format!(
            "#!/bin/bash\nDB_PASSWORD={}\nexport API_TOKEN=\"{}\"\ngcloud run deploy api --image gcr.io/p/api:latest \\\n  \
             --set-env-vars \"DB_PASSWORD=$DB_PASSWORD,API_TOKEN=$API_TOKEN,SIGNING_SECRET={}\" --timeout 60 --timeout 90 \\\n  \
             --update-env-vars ^@^PRIVATE_KEY={}@BYPASS_VALIDATION=true\n\
             docker run -e MYSQL_ROOT_PASSWORD={} -e AUTH_TOKEN='{}' nginx:latest\n",
            next(), next(), next(), next(), next(), next()
        ),
    );
    scratch.write(
        "deploy.py",
        format!(
            "import subprocess\nDB_PASSWORD = '{}'\nclass C:\n    secret_key = \"{}\"\n\
             env = {{'JWT_SECRET': '{}', 'BYPASS_STARTUP_VALIDATION': 'true', 'PORT': '80'}}\n\
             cmd = ['gcloud', 'run', 'deploy', 'web', '--image', 'gcr.io/p/web:latest',\n    \
             '--set-env-vars', ','.join(f'{{k}}={{v}}' for k, v in env.items()) + f',DB_PASSWORD={{DB_PASSWORD}},TOKEN={}',\n    \
             '--set-env-vars', 'ACCESS_TOKEN={}']\nsubprocess.run(cmd)\n",
            next(), next(), next(), next(), next()
        ),
    );
    scratch.write(
        "Dockerfile",
        format!(
            "FROM alpine:latest\nARG NPM_TOKEN={}\nENV DB_PASSWORD={} API_KEY=\"{}\"\nENV ADMIN_PASSWORD {}\nEXPOSE 80\n\
             CMD app --port 8080 --password={}\n",
            next(), next(), next(), next(), next()
        ),
    );
    scratch.write(
        ".env.staging",
        format!(
            "ENVIRONMENT=staging\nDB_PASSWORD={}\nexport SECRET_KEY='{}'\nSERVICE_TOKEN=\"{}\"\nbroken line here\nOAUTH_CLIENT_SECRET={}\nPORT=8080\n",
            next(), next(), next(), next()
        ),
    );
    scratch.write(".env.production", format!(
            "ENVIRONMENT=production\nDB_PASSWORD={}\nREDIS_PASSWORD='{}' # {}\nexport PRIVATE_KEY=\"{}\"\nPORT=8000\n",
            next(), next(), "rotated", next()
        ));
    scratch.write(
        "service.json",
        format!(
            "{{\"apiVersion\": \"serving.knative.dev/v1\", \"kind\": \"Service\", \"metadata\": {{\"name\": \"j-staging\"}}, \"spec\": {{\"template\": \
             {{\"spec\": {{\"timeoutSeconds\": 99999, \"containers\": [{{\"image\": \"a:latest\", \"env\": [{{\"name\": \"API_SECRET\", \"value\": \"{}\"}}, \
             {{\"name\": \"PORT\", \"value\": \"1\"}}, {{\"name\": \"DB_PASSWORD\", \"value\": \"{}\"}}]}}]}}}}}}}}",
            next(), next()
        ),
    );
    scratch.write(
        "k8s.yaml",
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          \
             image: nginx:latest\n          env:\n            - name: DB_PASSWORD\n              value: {}\n            - {{name: API_TOKEN, value: \"{}\"}}\n          \
             args: [\"--token={}\", \"--db-password\", \"{}\"]\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData:\n  PASSWORD: {}\n  token: {}\n",
            next(), next(), next(), next(), next(), next()
        ),
    );
    scratch.write(
        "fly.toml",
        format!(
            "app = \"t\"\n[env]\n  DB_PASSWORD = \"{}\"\n  API_TOKEN = '{}'\n[build]\n  image = \"a:latest\"\n[vm\n",
            next(), next()
        ),
    );
    scratch.write(
        "main.tf",
        format!(
            "variable \"db_password\" {{\n  default = \"{}\"\n}}\nlocals {{\n  api_token = \"{}\"\n}}\n\
             resource \"google_cloud_run_v2_service\" \"t\" {{\n  name = \"tf\"\n  template {{\n    containers {{\n      \
             image = \"a:latest\"\n      env {{\n        name  = \"DB_PASSWORD\"\n        value = var.db_password\n      }}\n      \
             env {{\n        name  = \"SESSION_SECRET\"\n        value = \"{}\"\n      }}\n    }}\n  }}\n}}\n",
            next(), next(), next()
        ),
    );
    scratch.write(
        "Makefile",
        format!(
            "DB_PASSWORD := {}\nAPI_TOKEN ?= {}\ndeploy:\n\tgcloud run deploy make --image a:latest --timeout 5 --timeout 6 \\\n\t\t\
             --set-env-vars DB_PASSWORD=$(DB_PASSWORD),API_TOKEN=$(API_TOKEN)\n\theroku config:set SECRET_KEY={} -a make\n",
            next(), next(), next()
        ),
    );
    scratch.write(
        "justfile",
        format!(
            "db_password := '{}'\ndeploy token='x':\n    fly secrets set DB_PASSWORD={{{{db_password}}}} API_TOKEN={} -a just\n    \
             docker run -d -e DB_PASSWORD={{{{db_password}}}} a:latest\n",
            next(), next()
        ),
    );
    scratch.write(
        "Taskfile.yml",
        format!(
            "version: '3'\nvars:\n  DB_PASSWORD: {}\nenv:\n  API_TOKEN: {}\ntasks:\n  up:\n    cmds:\n      - \
             az containerapp create -n task --image a:latest --env-vars DB_PASSWORD={{{{.DB_PASSWORD}}}} API_TOKEN=$API_TOKEN\n",
            next(), next()
        ),
    );
    scratch.write(
        "package.json",
        format!(
            "{{\"scripts\": {{\"up\": \"docker run -d -e DB_PASSWORD={} -e API_TOKEN='{}' a:latest\"}}}}",
            next(),
            next()
        ),
    );
    scratch.write(
        "task.json",
        format!(
            "{{\"family\": \"ecs\", \"containerDefinitions\": [{{\"name\": \"a\", \"image\": \"a:latest\", \"environment\": \
             [{{\"name\": \"DB_PASSWORD\", \"value\": \"{}\"}}]}}]}}",
            next()
        ),
    );
    scratch.write(
        "celador.yaml",
        "version: 1\nservices:\n  web:\n    required: {env: [ENVIRONMENT], secrets: [DB_PASSWORD, MISSING_SECRET]}\n  api:\n    required: {env: [ENVIRONMENT], secrets: [DB_PASSWORD]}\n",
    );
    // Secrets of which only the shape speaks, in places without a telling name.
    let shaped = [
        "AKIAQ7X2LMN4PRT8VWYZ".to_owned(),
        format!("ghp_{}", "a8Kd93hGk20sLqPz7YbN41vCx6TmRw5EjU0i"),
        format!("xoxb-{}", "263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1"),
        format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.{}",
            "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
        ),
        "postgres://app:hunterPlanted42@db.internal/app".to_owned(),
        format!("AIza{}", "SyD3x7QzPlanted0000000000000000000a"),
        format!("sk-{}", "proj-Planted7Qz83hKd92LsPqYbN41vCx6TmRw5EjU0iXo"),
    ];
    let mut script = String::from("#!/bin/bash\ngcloud run deploy shaped --image gcr.io/p/s:latest \\\n");
    for (i, value) in shaped.iter().enumerate() {
        script.push_str(&format!("  --set-env-vars SETTING_{i}={value} \\\n"));
    }
    script.push_str("  --timeout 60 --timeout 90\n");
    scratch.write("shaped.sh", script);
    secrets.extend(shaped.iter().map(|value| match value.as_str() {
        url if url.starts_with("postgres") => "hunterPlanted42".to_owned(),
        other => other.to_owned(),
    }));
    assert!(secrets.len() >= 50, "only {} secrets planted", secrets.len());

    let mut shown = 0;
    for arguments in [
        &["check"][..],
        &["check", "-v"],
        &["check", "-v", "-v"],
        &["check", "--format", "concise", "-v"],
        &["check", "--group-by", "service"],
        &["check", "--strict", "--format", "json"],
        &["facts"],
        &["facts", "--format", "json"],
        &["facts", "--unresolved"],
        &["facts", "--why", "api.image"],
        &["facts", "--why", "web.image"],
        &["check", "broken/compose.yaml", "k8s.yaml", "service.json", ".env.staging", "Dockerfile"],
    ] {
        let run = celador(scratch.path(), arguments);
        assert!(run.code.is_some_and(|code| code <= 3), "{arguments:?}: {}", run.all());
        shown += run.stdout.len();
        for secret in &secrets {
            assert!(!run.all().contains(secret.as_str()), "{arguments:?} prints {secret}:\n{}", run.all());
        }
    }
    for (format, report) in all_reports(scratch.path(), &["--strict"]) {
        assert!(report.len() > 1_000, "{format} prints almost nothing:\n{report}");
        for secret in &secrets {
            assert!(!report.contains(secret.as_str()), "{format} prints {secret}:\n{report}");
        }
    }
    assert!(shown > 10_000, "the runs printed almost nothing: the test looks at the wrong thing");
}

#[test]
fn a_secret_is_masked_wherever_its_value_stands_again() {
    let scratch = Scratch::new("secrets-again");
    scratch.write(
        "deploy.sh",
        "API_KEY=again01Abc\nINNOCENT=$API_KEY\n\
         case \"$DB_PASSWORD\" in again02Xyz) T=1;; *) T=2;; esac\n\
         gcloud run deploy api --image gcr.io/p/a:latest --cpu $T --set-env-vars \"A=$INNOCENT,COPY=again01Abc\"\n\
         gcloud run deploy web-again01Abc --image user:again03Pw@registry.example/a:latest --timeout 5 --timeout 6\n",
    );
    scratch.write(
        "k8s.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  plain: again04Abc\n---\n\
         apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        \
         - {name: web, image: 'nginx:latest', env: [{name: INNOCENT, value: again04Abc}, {name: DB_PASSWORD, value: swordfish}]}\n",
    );
    scratch.write(".env.staging", "FOO=bar\nDB_PASSWORD again05Abc\n");
    scratch.write(
        "tell.yaml",
        "apiVersion: celador/v1\nkind: Policy\nmetadata: {name: tell, title: Tells a value, group: test}\nspec:\n  severity: error\n  \
         rationale: a test\n  target: {kind: Deployment}\n  matchConditions:\n    \
         - {name: given, expression: '\"DB_PASSWORD\" in deployment.env'}\n    \
         - {name: known, expression: 'has(deployment.env[\"DB_PASSWORD\"].value)'}\n  validations:\n    \
         - expression: deployment.env[\"DB_PASSWORD\"].value == \"none\"\n      \
         messageExpression: '\"it is \" + deployment.env[\"DB_PASSWORD\"].value'\n",
    );
    let told = celador(scratch.path(), &["check", "--policy", "./tell.yaml", "--policy", "tell"]);
    assert!(told.code == Some(1) && told.stdout.contains("it is ********"), "{}", told.all());
    let secrets = [
        "again01Abc",
        "again02Xyz",
        "again03Pw",
        "again04Abc",
        "again05Abc",
        "\"swordfish",
        "is swordfish",
        "(swordfish",
    ];
    for arguments in [
        &["check", "-v"][..],
        &["check", "-v", "--format", "concise"],
        &["check", "--statistics", "--group-by", "service"],
        &["check", "--strict", "--format", "json"],
        &["check", "--policy", "./tell.yaml"],
        &["check", "--policy", "./tell.yaml", "--format", "json"],
        &["facts"],
        &["facts", "--format", "json"],
        &["facts", "--unresolved"],
        &["facts", "--why", "api.env.A"],
        &["facts", "--why", "api.env.COPY"],
        &["facts", "--why", "api.cpu"],
        &["facts", "--why", "web.env.INNOCENT"],
    ] {
        let run = celador(scratch.path(), arguments);
        assert!(run.code.is_some(), "{arguments:?}: {}", run.all());
        for secret in secrets {
            assert!(!run.all().contains(secret), "{arguments:?} prints {secret}:\n{}", run.all());
        }
    }
    for policies in [&["--strict"][..], &["--policy", "./tell.yaml"]] {
        for (format, report) in all_reports(scratch.path(), policies) {
            for secret in secrets {
                assert!(!report.contains(secret), "{format} prints {secret}:\n{report}");
            }
        }
    }
}
