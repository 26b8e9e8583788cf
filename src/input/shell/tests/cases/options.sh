ENV=staging
PROJECT=""
FAST=false
while [[ $# -gt 0 ]]; do
  case "$1" in
    -e|--env) ENV="$2"; shift 2 ;;
    --project)
      if [[ -z "${2:-}" ]]; then echo missing; exit 1; fi
      PROJECT="$2"
      shift 2
      ;;
    --fast) FAST=true; shift ;;
    --memory=*) MEMORY="${1#*=}"; shift ;;
    --tag) shift; TAG="$1"; shift ;;
    --extra) ARGS+=("$2"); shift 2 ;;
    --prefix) NAME="svc-$2"; shift 2 ;;
    -h|--help) usage; exit 0 ;;
    *) echo "unknown $1"; exit 1 ;;
  esac
done
for arg in "$@"; do
  case $arg in
    --region=*) REGION="${arg#*=}" ;;
    --cloud) CLOUD=yes ;;
    *) SERVICE="$arg" ;;
  esac
done
while getopts "e:vh" opt; do
  case $opt in
    e)
      environment=$OPTARG
      if [ "$environment" != staging ] && [ "$environment" != production ]; then
        exit 1
      fi
      ;;
    v) VERBOSE=1 ;;
    h) usage ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
run "$ENV" "$1"
