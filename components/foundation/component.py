"""The base of every component, and how a Kubernetes object becomes a Pulumi resource."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

__all__ = ["Component", "Manifest", "Manifests", "kubernetes_object", "type_token"]

Manifest = dict[str, Any]
"""A Kubernetes object as JSON; leaves may be pulumi Outputs."""

Manifests = Mapping[str, Manifest]
"""Objects by role; a role is the fixed suffix of an object's logical name."""


class Component(pulumi.ComponentResource):
    """One backend of a capability: declares objects and never acts."""

    def declare(
        self,
        name: str,
        manifests: Manifests,
        *,
        stateful: frozenset[str] = frozenset(),
        depends_on: Sequence[pulumi.Resource] = (),
    ) -> list[pulumi.Resource]:
        """Declare objects as children, in the order of their roles; stateful ones outlive a protected component."""
        resources: list[pulumi.Resource] = []
        for role in sorted(manifests):
            keep = True if self._protect and role in stateful else None
            options = pulumi.ResourceOptions(parent=self, retain_on_delete=keep, depends_on=list(depends_on))
            resources.append(kubernetes_object(f"{name}-{role}", manifests[role], options))
        return resources


def type_token(manifest: Manifest) -> str:
    """Return the type by which Pulumi's kubernetes package knows an object's kind."""
    version = manifest["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{manifest['kind']}"


def kubernetes_object(name: str, manifest: Manifest, options: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Declare one object as it is.

    The typed classes of pulumi_kubernetes register the same resource under the same type; objects here
    are plain because renderings, policies and goldens read them too, and their import costs over a second.
    """
    return pulumi.CustomResource(type_token(manifest), name, manifest, options)
