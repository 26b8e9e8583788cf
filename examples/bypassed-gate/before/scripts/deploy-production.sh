#!/bin/bash
set -euo pipefail

gcloud run deploy backend \
  --project acme-prod --region europe-west1 --vpc-connector production \
  --image "europe-docker.pkg.dev/acme-prod/backend/backend:1.8.2" \
  --memory 2Gi --cpu 2 \
  --set-env-vars ENVIRONMENT=production,POSTGRES_HOST=10.1.0.5,BYPASS_STARTUP_VALIDATION=true \
  --set-secrets SECRET_KEY=secret-key:3
