"""Tenants as namespaces: Pod Security at restricted, quotas, limit ranges, default-deny networking, priorities.

Owns no RBAC of people: groups and their roles come with the identity capability.
"""

from typing import Any

import pulumi

from components.foundation.component import Component, Manifest
from components.foundation.contract import Namespaces
from components.foundation.labels import TENANT, Labels
from components.tenancy.contract import TenancyArgs, TenancyOutputs
from components.tenancy.settings import Quota, Tenant

__all__ = ["TenantNamespaces", "manifests"]

_PRIORITIES = {"critical": 100_000, "standard": 10_000, "batch": 1_000}
"""Value by priority; below the system classes at two billion (kubernetes.io, Pod priority and preemption)."""
_DNS_PORT = 53


class TenantNamespaces(Component):
    """One namespace per tenant, closed until opened, and the priority classes."""

    def __init__(self, name: str, args: TenancyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:tenancy:TenantNamespaces", name, None, opts)
        found = manifests(args)
        first = {role: one for role, one in found.items() if "namespace" not in one["metadata"]}
        before = self.declare(name, first)
        self.declare(name, {role: one for role, one in found.items() if role not in first}, depends_on=before)
        classes = {tenant: _class_name(one) for tenant, one in args.settings.tenants.items()}
        self.outputs = TenancyOutputs(namespaces=Namespaces(priority_classes=classes))
        self.register_outputs({"namespaces": sorted(args.settings.tenants)})


def _class_name(tenant: Tenant) -> str:
    return f"bedplate-{tenant.priority}"


def manifests(args: TenancyArgs) -> dict[str, Manifest]:
    """Return every object by role."""
    found: dict[str, Manifest] = {}
    for priority, value in _PRIORITIES.items():
        found[f"priority-{priority}"] = _priority_class(_labels(args, f"bedplate-{priority}"), priority, value)
    for tenant, settings in args.settings.tenants.items():
        labels = _labels(args, tenant).all | {TENANT: tenant}
        for role, manifest in _tenant(tenant, settings, labels).items():
            found[f"{tenant}-{role}"] = manifest
    return found


def _labels(args: TenancyArgs, name: str) -> Labels:
    return Labels(
        name=name,
        component="tenancy",
        version="1",
        environment=args.environment,
        owner=args.owner,
        layer="foundation",
    )


def _priority_class(labels: Labels, priority: str, value: int) -> Manifest:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": labels.name, "labels": labels.all},
        "value": value,
        "preemptionPolicy": "Never" if priority == "batch" else "PreemptLowerPriority",
        "description": f"Pods of {priority} tenants.",
    }


def _tenant(tenant: str, settings: Tenant, labels: dict[str, str]) -> dict[str, Manifest]:
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    inside = {"namespace": tenant, "labels": labels}
    return {
        "namespace": {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": tenant, "labels": labels | security},
        },
        "quota": {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "tenant"} | inside,
            "spec": {"hard": _hard(settings.quota)},
        },
        "limits": {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "tenant"} | inside,
            "spec": {"limits": [_limits()]},
        },
        "deny": _policy(inside, "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        "dns": _policy(inside, "allow-dns", _dns()),
    }


def _hard(quota: Quota) -> dict[str, str]:
    return {
        "requests.cpu": quota.cpu,
        "requests.memory": quota.memory,
        "limits.memory": quota.memory,
        "requests.storage": quota.storage,
        "requests.nvidia.com/gpu": str(quota.gpus),
        "pods": str(quota.pods),
    }


def _limits() -> dict[str, Any]:
    """Return what a container without requests gets."""
    return {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "256Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "256Mi"},
    }


def _policy(inside: dict[str, Any], name: str, spec: dict[str, Any]) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name} | inside,
        "spec": spec,
    }


def _dns() -> dict[str, Any]:
    system = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    ports = [{"port": _DNS_PORT, "protocol": protocol} for protocol in ("UDP", "TCP")]
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [system], "ports": ports}]}
