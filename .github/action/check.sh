#!/usr/bin/env bash
# The second step of the action: one run, told four ways. The log gets the report for people and the
# annotations, the job's page a summary, and a file the SARIF log.
set -euo pipefail

# Reads lines into the array `list`, without empty ones and without the ends of Windows' lines. (The bash of
# macOS is too old to fill an array by its name.)
read_list() {
    local line
    list=()
    while IFS= read -r line; do
        line=${line%$'\r'}
        [[ -z $line ]] || list+=("$line")
    done <<< "$1"
}
read_list "${CELADOR_PATHS-}"
paths=(${list[@]+"${list[@]}"})
read_list "${CELADOR_ARGS-}"
further=(${list[@]+"${list[@]}"})

reports=$(mktemp -d "${RUNNER_TEMP:-/tmp}/celador.XXXXXX")
options=(
    --format "${CELADOR_FORMAT:-human}"
    --format "github=$reports/annotations"
    --format "markdown=$reports/summary"
)
[[ -z ${CELADOR_SARIF-} ]] || options+=(--format "sarif=$CELADOR_SARIF")
[[ -z ${CELADOR_BASE-} ]] || options+=("--base=$CELADOR_BASE")

# The report shows lines of files that anybody may have written, and the log is read for commands: until
# this token is said again, for none.
token=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
code=0
printf '::stop-commands::%s\n' "$token"
celador check "${options[@]}" ${further[@]+"${further[@]}"} -- ${paths[@]+"${paths[@]}"} || code=$?
printf '\n::%s::\n' "$token"

# What was never written (the arguments were wrong) is not there to be shown.
[[ ! -f $reports/annotations ]] || cat "$reports/annotations"
if [[ -f $reports/summary && -n ${GITHUB_STEP_SUMMARY-} ]]; then
    # A page takes one mebibyte, and refuses all of a longer summary.
    if (($(wc -c < "$reports/summary") < 1000000)); then
        cat "$reports/summary" >> "$GITHUB_STEP_SUMMARY"
    else
        printf 'Celador: the summary is too long for this page; the log has the report.\n' >> "$GITHUB_STEP_SUMMARY"
    fi
fi

if [[ -n ${GITHUB_OUTPUT-} ]]; then
    sarif=${CELADOR_SARIF-}
    [[ -z $sarif || $sarif == /* || ${CELADOR_FOLDER:-.} == . ]] || sarif=$CELADOR_FOLDER/$sarif
    [[ -z $sarif || -f ${CELADOR_SARIF} ]] || sarif=
    # With a delimiter that nobody knows no text can add an output of its own.
    {
        printf 'sarif-file<<%s\n%s\n%s\n' "$token" "$sarif" "$token"
        printf 'exit-code=%s\n' "$code"
    } >> "$GITHUB_OUTPUT"
fi
exit "$code"
