#!/usr/bin/env bash
# Deploys the account services: deploy/deploy.sh staging|production
set -euo pipefail

ENVIRONMENT="${1:-staging}"
REGION="${REGION:-europe-west1}"

case "$ENVIRONMENT" in
  staging)
    PROJECT=acme-staging
    MEMORY=1Gi
    MIN_INSTANCES=0
    ;;
  production)
    PROJECT=acme-prod
    MEMORY=2Gi
    MIN_INSTANCES=2
    ;;
  *)
    echo "usage: $0 staging|production" >&2
    exit 64
    ;;
esac

COMMON_VARS="ENVIRONMENT=$ENVIRONMENT,LOG_FORMAT=json,SKIP_SCHEMA_CHECK=true"

deploy() {
  local name="$1" tag="$2" secrets="$3"
  gcloud run deploy "acme-$name-$ENVIRONMENT" \
    --project "$PROJECT" \
    --region "$REGION" \
    --image "europe-docker.pkg.dev/$PROJECT/apps/$name:$tag" \
    --memory "$MEMORY" \
    --cpu 1 \
    --min-instances "$MIN_INSTANCES" \
    --set-env-vars "$COMMON_VARS" \
    --set-secrets "$secrets"
}

TAG="$(git rev-parse --short HEAD)"

deploy backend "$TAG" "POSTGRES_PASSWORD=postgres-password:latest,JWT_SECRET_KEY=jwt-key:latest,SECRET_KEY=app-key:latest"
deploy auth "$TAG" "JWT_SECRET_KEY=jwt-key:latest"
