usage() { echo usage; exit 1; }
die() {
  echo "$*" >&2
  exit 1
}
is_prod() { [ "$ENV" = production ]; }
deploy() {
  local name="$1" memory=${2:-512Mi}
  shift 2
  local rest=("$@")
  gcloud run deploy "$name" --memory "$memory" "$@" "$1" "${rest[@]}"
  return 0
}
function run_it { "$@"; }
deploy backend 1Gi --cpu 2
run_it gcloud run deploy x
[ -n "$X" ] || usage
docker build . || die "no build"
is_prod && deploy prod
if is_prod; then deploy prod2; fi
branchy() { if [ "$1" = a ]; then shift; fi; run "$1"; }
