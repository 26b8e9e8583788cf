"""Waits for what the service depends on before it takes traffic."""

import os
from dataclasses import dataclass


@dataclass
class ReadinessCheck:
    name: str
    timeout_seconds: float
    critical: bool = True


class ReadinessValidator:
    def __init__(self):
        self.environment = os.environ.get("ENVIRONMENT", "development").lower()
        self.on_cloud_run = os.environ.get("K_SERVICE") is not None
        self.checks = {}
        self.configure_timeouts()
        self.register_checks()

    def configure_timeouts(self) -> None:
        if self.environment == "production":
            self.timeout_multiplier = 1.0
            self.safety_margin = 1.2
            self.max_total_timeout = 20.0
        elif self.environment == "staging":
            self.timeout_multiplier = 0.7  # 30 % faster than production
            self.safety_margin = 1.1
            self.max_total_timeout = 5.0
        else:
            self.timeout_multiplier = 0.3
            self.safety_margin = 1.0
            self.max_total_timeout = 3.0

    def register_checks(self) -> None:
        self.checks["database"] = ReadinessCheck(
            name="database",
            timeout_seconds=3.0 if self.on_cloud_run else 5.0,
        )
        self.checks["cache"] = ReadinessCheck(
            name="cache",
            timeout_seconds=1.5 if self.on_cloud_run else 3.0,
        )
        self.checks["auth"] = ReadinessCheck(
            name="auth",
            timeout_seconds=2.0 if self.on_cloud_run else 5.0,
        )
        self.checks["supervisor"] = ReadinessCheck(
            name="supervisor",
            timeout_seconds=2.0 if self.on_cloud_run else 8.0,
        )

    def may_start(self, critical_failures: int) -> bool:
        bypass_validation = os.environ.get("BYPASS_STARTUP_VALIDATION", "").lower() == "true"
        if critical_failures == 0:
            return True
        if bypass_validation or (self.environment == "staging" and critical_failures <= 2):
            print("starting despite failed checks")
            return True
        return False
