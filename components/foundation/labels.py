"""The labels of every object: Kubernetes' recommended set, and owner, environment and layer."""

from dataclasses import dataclass

from components.foundation.names import shorten

__all__ = ["ENVIRONMENT", "TENANT", "Labels"]

ENVIRONMENT = "bedplate.dev/environment"
TENANT = "bedplate.dev/tenant"


@dataclass(frozen=True)
class Labels:
    """What the labels of one component's objects are made of."""

    name: str
    component: str
    version: str
    environment: str
    owner: str
    layer: str

    @property
    def selector(self) -> dict[str, str]:
        """Return the labels that select its pods; they never change."""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/instance": self.name}

    @property
    def all(self) -> dict[str, str]:
        """Return every label."""
        return self.selector | {
            "app.kubernetes.io/version": shorten(self.version),
            "app.kubernetes.io/component": self.component,
            "app.kubernetes.io/part-of": "bedplate",
            "app.kubernetes.io/managed-by": "pulumi",
            "bedplate.dev/owner": self.owner,
            ENVIRONMENT: self.environment,
            "bedplate.dev/layer": self.layer,
        }
