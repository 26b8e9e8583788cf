#!/usr/bin/env python3
"""Deploys the parcel services to Cloud Run.

    scripts/deploy_to_cloud_run.py --project parcel-staging --tag "$(git rev-parse --short HEAD)"
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Dict, List


@dataclass
class ServiceConfig:
    """What one service needs on Cloud Run."""

    name: str
    cloud_run_name: str
    dockerfile: str
    port: int
    memory: str = "512Mi"
    cpu: str = "1"
    min_instances: int = 0
    max_instances: int = 10
    timeout: int = 600
    environment: Dict[str, str] = field(default_factory=dict)


class Deployer:
    def __init__(self, project: str, region: str, tag: str, use_alpine: bool = True):
        self.project = project
        self.region = region
        self.tag = tag
        self.use_alpine = use_alpine

        # Start-up needs 2 CPUs and 2 GiB, whatever the size of the image.
        backend_dockerfile = "docker/backend.alpine.Dockerfile" if self.use_alpine else "docker/backend.Dockerfile"
        backend_memory = "2Gi" if self.use_alpine else "4Gi"
        backend_cpu = "2" if self.use_alpine else "2"

        self.services: List[ServiceConfig] = [
            ServiceConfig(
                name="backend",
                cloud_run_name="parcel-backend-staging",
                dockerfile=backend_dockerfile,
                port=8000,
                memory=backend_memory,
                cpu=backend_cpu,
                min_instances=1,
                max_instances=20,
                environment={
                    "ENVIRONMENT": "staging",
                    "WEBSOCKET_CONNECTION_TIMEOUT": "540",
                },
            ),
            ServiceConfig(
                name="tracking",
                cloud_run_name="parcel-tracking-staging",
                dockerfile="docker/tracking.Dockerfile",
                port=8080,
                memory="1Gi",
                environment={"ENVIRONMENT": "staging"},
            ),
        ]

    def run(self, command: List[str]) -> None:
        print("+", " ".join(command))
        subprocess.run(command, check=True)

    def image(self, service: ServiceConfig) -> str:
        return f"gcr.io/{self.project}/{service.cloud_run_name}:{self.tag}"

    def build(self, service: ServiceConfig) -> None:
        self.run(["docker", "build", "-f", service.dockerfile, "-t", self.image(service), "."])
        self.run(["docker", "push", self.image(service)])

    def deploy(self, service: ServiceConfig) -> None:
        variables = ",".join(f"{name}={value}" for name, value in service.environment.items())
        command = [
            "gcloud", "run", "deploy", service.cloud_run_name,
            "--image", self.image(service),
            "--project", self.project,
            "--region", self.region,
            "--port", str(service.port),
            "--memory", service.memory,
            "--cpu", service.cpu,
            "--min-instances", str(service.min_instances),
            "--max-instances", str(service.max_instances),
            "--timeout", str(service.timeout),
            "--set-env-vars", variables,
        ]
        if service.name == "backend":
            command.extend(["--vpc-connector", "parcel-connector"])
            # Starting takes its time: database, cache, models, health checks.
            command.append("--cpu-boost")
            command.append("--startup-probe=httpGet.path=/health/ready,periodSeconds=10,failureThreshold=24")
        self.run(command)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", required=True)
    parser.add_argument("--tag", required=True, help="the commit to deploy")
    parser.add_argument("--region", default="europe-west1")
    parser.add_argument("--no-alpine", action="store_true", help="use the large images")
    args = parser.parse_args()

    deployer = Deployer(args.project, args.region, args.tag, use_alpine=not args.no_alpine)
    for service in deployer.services:
        deployer.build(service)
        deployer.deploy(service)
    return 0


if __name__ == "__main__":
    sys.exit(main())
