#!/usr/bin/env bash
# The first step of the action: puts a `celador` on the PATH of the steps after it.
set -euo pipefail

die() {
    printf '::error title=Celador::%s\n' "$1"
    exit 2
}

case ${CELADOR_VERSION:=source} in
    installed)
        command -v celador > /dev/null || die 'version is "installed", and there is no celador on the PATH'
        ;;
    source)
        command -v cargo > /dev/null || die 'version is "source", and there is no cargo; name a version instead'
        # One build serves all steps of a job.
        cargo install --quiet --locked --path "$GITHUB_ACTION_PATH" --root "$RUNNER_TEMP/celador"
        printf '%s\n' "$RUNNER_TEMP/celador/bin" >> "$GITHUB_PATH"
        ;;
    *)
        # To pip a requirement may also be an option, a path or an address.
        [[ $CELADOR_VERSION =~ ^[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?$ ]] ||
            die 'version must be "source", "installed" or a version such as 0.1.0'
        python=$(command -v python3 || command -v python) || die 'installing a version needs Python'
        "$python" -m venv "$RUNNER_TEMP/celador-venv"
        bin=$RUNNER_TEMP/celador-venv/bin
        [[ -d $bin ]] || bin=$RUNNER_TEMP/celador-venv/Scripts
        "$bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "celador==$CELADOR_VERSION"
        printf '%s\n' "$bin" >> "$GITHUB_PATH"
        ;;
esac
