#!/bin/bash
# What is missing is set by hand until the database and the vault have moved.
set -euo pipefail

gcloud run deploy backend \
  --project acme-staging --region europe-west1 --vpc-connector staging \
  --image "europe-docker.pkg.dev/acme-staging/backend/backend:1.8.2" \
  --memory 2Gi --cpu 2 \
  --set-env-vars ENVIRONMENT=staging \
  --set-secrets SECRET_KEY=staging-secret-key:3
