use crate::platform::testing::{Script, shown};
use crate::platform::{Trace, recognise};

/// The deployment of one command line, as a few lines.
fn read(text: &str) -> String {
    let mut script = Script::new("deploy.sh", text);
    let mut trace = Trace { sources: &script.sources, provenance: &mut script.provenance };
    let Some(call) = recognise(script.source, &script.invocation, &mut trace) else {
        return "not recognised".to_owned();
    };
    if !call.deploys() {
        return match call.build() {
            Some(build) => format!("builds {} image(s)", build.images.len()),
            None => "no deployment".to_owned(),
        };
    }
    match super::deployment(&call, &call.invocation.condition, &mut trace) {
        Some(deployment) => shown(&deployment, &script.sources, &script.provenance),
        None => "impossible".to_owned(),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let lines = |text: &str| {
        text.trim_matches('\n').lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(lines(&read(text)), lines(expected));
}

#[test]
fn scalar_flags_in_both_spellings_and_the_last_one_wins() {
    check(
        "gcloud run deploy api --memory 512Mi --timeout=1800 --timeout 5m --no-cpu-throttling",
        "
cloud-run service api [?]
  cpu_throttling=false `--no-cpu-throttling`
  timeout=5m `5m`
  timeout was 1800 `1800`
  main -
    memory=512Mi `512Mi`
    open: variables of the running revision
  open: the running revision
  repeated --timeout: 1800, 5m
",
    );
}

#[test]
fn flags_before_the_sub_command_tracks_and_wrappers() {
    for text in [
        "gcloud --quiet beta run deploy api --cpu 2",
        "gcloud --project acme run deploy api --cpu 2",
        "sudo -E gcloud.cmd run services update api --cpu=2",
        "$GCLOUD_CMD run deploy --cpu 2 api",
        "<win:gcloud.cmd|!win:gcloud> run deploy --async --cpu 2 api",
        "timeout 600 /opt/sdk/bin/gcloud run deploy api --cpu 2",
    ] {
        let read = read(text);
        assert!(read.starts_with("cloud-run service api [?]"), "{text}: {read}");
        assert!(read.contains("cpu=2 `2`"), "{text}: {read}");
    }
    for text in [
        "gcloud run services replace service.yaml",
        "gcloud run services update-traffic api --to-latest",
        "gcloud run services describe api",
        "echo gcloud run deploy api",
        "git commit",
    ] {
        assert_eq!(read(text), "not recognised", "{text}");
    }
}

#[test]
fn map_flags_merge_and_each_entry_keeps_its_characters() {
    check(
        "gcloud run deploy api --set-env-vars \"A=1,B=$B,C=\" --set-env-vars ^@^D=x,y@E=2 \
         --set-secrets=KEY=key-staging:latest,/etc/cert=cert:1",
        "
cloud-run service api [?]
  main -
    plain A set `A=1`
    plain B unknown `B=`
    plain C empty `C=`
    plain D set `D=x,y`
    plain E set `E=2`
    secret KEY set `KEY=key-staging:latest`
  open: the running revision
",
    );
}

#[test]
fn an_unknown_list_or_a_merge_leaves_variables_open() {
    let read = read("gcloud run deploy api --set-env-vars $VARS --update-env-vars A=1");
    assert!(read.contains("open: VARS") && read.contains("open: variables of the running"), "{read}");
    let read = super::tests::read("gcloud run deploy api --env-vars-file prod.yaml");
    assert!(read.contains("env_file=prod.yaml `prod.yaml`") && read.contains("open: prod.yaml"), "{read}");
}

#[test]
fn guarded_words_become_guarded_values() {
    check(
        "gcloud run deploy api --memory <use_alpine:512Mi|!use_alpine:4Gi> [fast:--cpu] [fast:4] \
         <prod:--cpu-throttling|!prod:--no-cpu-throttling> --timeout 300 [slow:--timeout] [slow:900]",
        "
cloud-run service api [?]
  cpu_throttling=true if prod `--cpu-throttling`
  cpu_throttling=false if not prod `--no-cpu-throttling`
  timeout=300 if not slow `300`
  timeout=900 if slow `900`
  timeout was 300 if slow `300`
  main -
    cpu=4 if fast `4`
    cpu=?the running revision if not fast
    memory=512Mi if use_alpine `512Mi`
    memory=4Gi if not use_alpine `4Gi`
    open: variables of the running revision
  open: the running revision
  repeated --timeout: 300, 900
",
    );
}

#[test]
fn unknown_words_leave_the_deployment_open() {
    let read = read("gcloud run deploy api $*EXTRA --cpu 2");
    assert!(read.contains("cpu=2") && read.contains("open: EXTRA"), "{read}");
}

#[test]
fn values_that_are_not_known_say_so() {
    let read = read("gcloud run deploy $SERVICE --memory ${N}Gi --cpu many --image gcr.io/$P/api:1");
    assert!(read.contains("cloud-run service {SERVICE}"), "{read}");
    assert!(read.contains("cpu=?many"), "{read}");
    assert!(read.contains("image=gcr.io/{P}/api:1"), "{read}");
}

#[test]
fn a_value_behind_an_equals_sign_begins_there() {
    let read = read("gcloud run deploy api --image=$REPO/api:1 --memory=\"2Gi\" \"--source=./$DIR\"");
    assert!(read.contains("image={REPO}/api:1 `$REPO/api:1`"), "{read}");
    assert!(read.contains("source=./{DIR} `./$DIR`"), "{read}");
}

#[test]
fn a_creating_command_gets_the_platforms_defaults() {
    check(
        "gcloud run jobs create nightly --image a --memory 2Gi --task-timeout 1h30m",
        "
cloud-run job nightly [?]
  timeout=1h30m `1h30m`
  main -
    cpu=1 (default)
    image=a `a`
    memory=2Gi `2Gi`
",
    );
}

#[test]
fn probes_are_read_from_flags() {
    let read = read(
        "gcloud run deploy api --startup-probe httpGet.path=/ready,httpGet.port=8080,periodSeconds=5,failureThreshold=30",
    );
    assert!(read.contains("startup_probe=/ready `/ready`"), "{read}");
    assert!(read.contains("startup_timeout=150s `30`"), "{read}");
}

#[test]
fn containers_are_told_apart() {
    check(
        "gcloud run deploy api --cpu-boost --container web --image w --port 8080 --container log --image l --memory 1Gi",
        "
cloud-run service api [?]
  cpu_boost=true `--cpu-boost`
  main web
    image=w `w`
    port=8080 `8080`
    open: variables of the running revision
  sidecar log
    image=l `l`
    memory=1Gi `1Gi`
    open: variables of the running revision
  open: the running revision
",
    );
}

#[test]
fn docker_run_takes_short_flags_and_stops_at_the_image() {
    check(
        "docker run -dp 127.0.0.1:80:8080/tcp -p 9000:9001 -m512m --cpus=1.5 -e A=1 -e TOKEN --env-file .env --name web acme/web:1 serve --memory 9g",
        "
docker container web [?]
  restart=no (default)
  main -
    cpu=1.5 `1.5`
    env_file=.env `.env`
    host_port=80 `80`
    image=acme/web:1 `acme/web:1`
    memory=512m `512m`
    port=8080/tcp `8080/tcp`
    plain A set `A=1`
    plain TOKEN unknown `TOKEN`
    open: .env
",
    );
}

#[test]
fn one_off_runs_and_builds_are_no_deployments() {
    assert_eq!(read("docker run --rm -v .:/src node:22 npm ci"), "no deployment");
    assert_eq!(
        read("docker build -f web.Dockerfile -t acme/web:1 -t acme/web:latest ."),
        "builds 2 image(s)"
    );
    assert_eq!(read("gcloud builds submit --tag gcr.io/p/api --timeout 60m"), "builds 1 image(s)");
    let read = read("podman run -p 8080:80 registry.example.com/team/shop:2");
    assert!(read.starts_with("docker container shop "), "{read}");
}
