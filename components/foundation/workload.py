"""Pure builders of what running a stateful server on Kubernetes takes, under the restricted profile."""

from dataclasses import dataclass, field
from typing import Any

from components.foundation.component import Manifest
from components.foundation.contract import Capacity
from components.foundation.labels import TENANT, Labels
from components.foundation.settings import Resources
from components.foundation.units import amount

__all__ = [
    "Container",
    "Workload",
    "capacity",
    "config_map",
    "manifests",
    "network_policy",
    "pod_template",
    "secret_manifest",
    "service_account",
]

_EXPORTER = Resources(cpu="50m", memory="64Mi")


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of the pod; files it writes lie on volumes, its root file system is read-only."""

    name: str
    image: str
    resources: Resources = _EXPORTER
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)
    probe: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A server of one replica with its Service, policy, disruption budget and observability.

    Args:
        port: (name, number) that clients use.
        metrics_port: Number of the port that is scraped at `metrics_path`.
        storage: Size of the data volume; empty for a server that keeps nothing.
        user: Numeric user and group that the image runs as.
        claims: PersistentVolumeClaim by volume name, beside the data volume.
        calls: (pod labels, port) that it may connect to in its own namespace.
        secret: Name of the Secret mounted at /etc/bedplate/credentials; empty for none.
        priority_class: Name of the pods' PriorityClass.
        dashboard: Panel title by PromQL expression.
        alerts: Prometheus alerting rules, each with a runbook annotation.
    """

    labels: Labels
    namespace: str
    containers: tuple[Container, ...]
    port: tuple[str, int]
    metrics_port: int
    metrics_path: str = "/metrics"
    storage: str = ""
    claims: dict[str, str] = field(default_factory=dict)
    calls: tuple[tuple[dict[str, str], int], ...] = ()
    user: int = 999
    secret: str = ""
    files: dict[str, str] = field(default_factory=dict)
    priority_class: str = ""
    dashboard: dict[str, str] = field(default_factory=dict)
    alerts: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """Return the name of its objects."""
        return self.labels.name

    @property
    def host(self) -> str:
        """Return the name under which clients reach it."""
        return f"{self.name}.{self.namespace}.svc"


def capacity(workload: Workload) -> Capacity:
    """Sum what its pod asks for."""
    total = Capacity(disk=amount(workload.storage) if workload.storage else amount("0"))
    for container in workload.containers:
        total += Capacity(cpu=amount(container.resources.cpu), memory=amount(container.resources.memory))
    return total


def manifests(workload: Workload) -> dict[str, Manifest]:
    """Return every object of the workload by role, its Secret excepted."""
    found = {
        "account": service_account(workload),
        "budget": _object(workload, "policy/v1", "PodDisruptionBudget") | {"spec": _budget(workload)},
        "network": network_policy(workload),
        "service": _service(workload),
        "workload": _stateful_set(workload),
    }
    if workload.files:
        found["config"] = _object(workload, "v1", "ConfigMap") | {"data": workload.files}
    return found


def service_account(workload: Workload) -> Manifest:
    """Return the ServiceAccount of its pods, which never talk to the API server."""
    return _object(workload, "v1", "ServiceAccount") | {"automountServiceAccountToken": False}


def network_policy(workload: Workload) -> Manifest:
    """Return the NetworkPolicy of its pods."""
    return _object(workload, "networking.k8s.io/v1", "NetworkPolicy") | {"spec": _network(workload)}


def pod_template(workload: Workload) -> dict[str, Any]:
    """Return the template of its pods."""
    return {"metadata": {"labels": workload.labels.all}, "spec": _pod(workload)}


def _object(workload: Workload, api_version: str, kind: str) -> Manifest:
    metadata = {"name": workload.name, "namespace": workload.namespace, "labels": workload.labels.all}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def config_map(workload: Workload, suffix: str, data: dict[str, str], labels: dict[str, str]) -> Manifest:
    """Return a ConfigMap that belongs to the workload."""
    manifest = _object(workload, "v1", "ConfigMap")
    manifest["metadata"] |= {"name": f"{workload.name}-{suffix}", "labels": workload.labels.all | labels}
    return manifest | {"data": data}


def secret_manifest(labels: Labels, name: str, namespace: str, data: dict[str, Any]) -> Manifest:
    """Return a Secret; its values may be Outputs and are marked secret by the provider."""
    metadata = {"name": name, "namespace": namespace, "labels": labels.all}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}


def _budget(workload: Workload) -> dict[str, Any]:
    # One replica: forbidding its eviction would block every node drain.
    return {"maxUnavailable": 1, "selector": {"matchLabels": workload.labels.selector}}


def _network(workload: Workload) -> dict[str, Any]:
    """Allow clients of every tenant on its port, and scraping on the metrics port; DNS is the namespace's."""
    tenants = {"namespaceSelector": {"matchExpressions": [{"key": TENANT, "operator": "Exists"}]}}
    ports = sorted({workload.port[1], workload.metrics_port}) if any(one.ports for one in workload.containers) else []
    egress = [
        {"to": [{"podSelector": {"matchLabels": labels}}], "ports": [{"port": port, "protocol": "TCP"}]}
        for labels, port in workload.calls
    ]
    return {
        "podSelector": {"matchLabels": workload.labels.selector},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [tenants], "ports": [{"port": port, "protocol": "TCP"}]} for port in ports],
        "egress": egress,
    }


def _service(workload: Workload) -> Manifest:
    manifest = _object(workload, "v1", "Service")
    manifest["metadata"]["annotations"] = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(workload.metrics_port),
        "prometheus.io/path": workload.metrics_path,
    }
    name, port = workload.port
    ports = [{"name": name, "port": port, "targetPort": port, "protocol": "TCP"}]
    if workload.metrics_port != port:
        metrics = workload.metrics_port
        ports.append({"name": "metrics", "port": metrics, "targetPort": metrics, "protocol": "TCP"})
    return manifest | {
        "spec": {"clusterIP": "None", "type": "ClusterIP", "selector": workload.labels.selector, "ports": ports}
    }


def _stateful_set(workload: Workload) -> Manifest:
    spec: dict[str, Any] = {
        "replicas": 1,
        "serviceName": workload.name,
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": workload.labels.selector},
        "template": pod_template(workload),
    }
    if workload.storage:
        request = {"requests": {"storage": workload.storage}}
        claim = {"accessModes": ["ReadWriteOnce"], "resources": request}
        spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    return _object(workload, "apps/v1", "StatefulSet") | {"spec": spec}


def _pod(workload: Workload) -> dict[str, Any]:
    volumes: list[dict[str, Any]] = [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}]
    if workload.secret:
        volumes.append({"name": "credentials", "secret": {"secretName": workload.secret, "defaultMode": 0o440}})
    if workload.files:
        volumes.append({"name": "config", "configMap": {"name": workload.name}})
    for volume, claim in workload.claims.items():
        volumes.append({"name": volume, "persistentVolumeClaim": {"claimName": claim}})
    pod: dict[str, Any] = {
        "serviceAccountName": workload.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": workload.user,
            "runAsGroup": workload.user,
            "fsGroup": workload.user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 60,
        "containers": [_container(workload, container) for container in workload.containers],
        "volumes": volumes,
    }
    return pod | ({"priorityClassName": workload.priority_class} if workload.priority_class else {})


def _container(workload: Workload, container: Container) -> dict[str, Any]:
    mounts = {"/tmp": "tmp"}  # noqa: S108 - a volume inside the container
    mounts |= {"/etc/bedplate/credentials": "credentials"} if workload.secret else {}
    mounts |= {"/etc/bedplate/config": "config"} if workload.files else {}
    mounts |= container.mounts
    memory, cpu = container.resources.memory, container.resources.cpu
    built: dict[str, Any] = {
        "name": container.name,
        "image": container.image,
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu, "memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": name, "mountPath": path} | ({"readOnly": True} if name in ("credentials", "config") else {})
            for path, name in sorted(mounts.items())
        ],
        "ports": [{"name": name, "containerPort": port} for name, port in container.ports.items()],
    }
    if container.environment:
        built["env"] = [{"name": name, "value": value} for name, value in sorted(container.environment.items())]
    if container.command:
        built["command"] = list(container.command)
    if container.arguments:
        built["args"] = list(container.arguments)
    if container.probe:
        built["readinessProbe"] = container.probe | {"periodSeconds": 5, "timeoutSeconds": 3}
        built["livenessProbe"] = container.probe | {"periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 6}
    return built
