"""Argo CD's objects for an Argo CD that already runs: the embedded cluster starts it as processes.

Owns no installation of Argo CD.
"""

import json
from typing import Any

import pulumi

from components.delivery.contract import DeliveryArgs, DeliveryOutputs
from components.foundation.component import Component, Manifest
from components.foundation.contract import Delivery
from components.foundation.labels import ENVIRONMENT, Labels

__all__ = ["FACTS", "EmbeddedArgoCD", "objects"]

FACTS = "bedplate.dev/facts"
"""Annotation on Argo CD's cluster Secret with the cluster facts as JSON."""
_PROJECT = "platform"
_IN_CLUSTER = "https://kubernetes.default.svc"
_KINDS = {
    "": ["ConfigMap", "Service", "ServiceAccount"],
    "apps": ["Deployment"],
    "autoscaling": ["HorizontalPodAutoscaler"],
    "gateway.networking.k8s.io": ["HTTPRoute"],
    "monitoring.coreos.com": ["ServiceMonitor"],
    "networking.k8s.io": ["NetworkPolicy"],
    "policy": ["PodDisruptionBudget"],
}
"""Kinds that a service may bring, by group: those of charts/library."""


class EmbeddedArgoCD(Component):
    """A project, the repository, the cluster with its facts, and one ApplicationSet over the services' files."""

    def __init__(self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:delivery:EmbeddedArgoCD", name, None, opts)
        found = objects(args)
        applications = found.pop("applications")
        before = self.declare(name, found)
        # Deleted first, while Argo CD can still reach project and cluster to take the services away.
        self.declare(name, {"applications": applications}, depends_on=before)
        set_name = str(applications["metadata"]["name"])
        self.outputs = DeliveryOutputs(delivery=Delivery(application_set=set_name, namespace=args.placement.namespace))
        self.register_outputs({"application_set": set_name})


def objects(args: DeliveryArgs) -> dict[str, Manifest]:
    """Return every object by role."""
    labels = args.placement.labels("argo-cd", "delivery", "1")
    secret = {"argocd.argoproj.io/secret-type": "repository"}
    cluster = {"argocd.argoproj.io/secret-type": "cluster", ENVIRONMENT: args.placement.environment}
    return {
        "project": _object(args, labels, ("argoproj.io/v1alpha1", "AppProject", _PROJECT)) | {"spec": _project(args)},
        "repository": _object(args, labels, ("v1", "Secret", "platform-repository"), secret)
        | {"type": "Opaque", "stringData": {"type": "git", "url": args.repository, "project": _PROJECT}},
        "cluster": _cluster(args, labels, cluster),
        "applications": _object(args, labels, ("argoproj.io/v1alpha1", "ApplicationSet", "services"))
        | {"spec": _application_set(args)},
    }


def _object(
    args: DeliveryArgs, labels: Labels, identity: tuple[str, str, str], extra: dict[str, str] | None = None
) -> Manifest:
    api_version, kind, name = identity
    metadata = {"name": name, "namespace": args.placement.namespace, "labels": labels.all | (extra or {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def _cluster(args: DeliveryArgs, labels: Labels, extra: dict[str, str]) -> Manifest:
    manifest = _object(args, labels, ("v1", "Secret", "in-cluster"), extra)
    manifest["metadata"]["annotations"] = {FACTS: json.dumps(args.facts.facts, sort_keys=True)}
    data = {"name": "in-cluster", "server": _IN_CLUSTER, "config": "{}"}
    return manifest | {"type": "Opaque", "stringData": data}


def _project(args: DeliveryArgs) -> dict[str, Any]:
    """Return what services may do: this repository, these namespaces, these kinds, nothing cluster-wide."""
    return {
        "description": "The platform's own services.",
        "sourceRepos": [args.repository],
        "destinations": [{"server": _IN_CLUSTER, "namespace": namespace} for namespace in args.destinations],
        "clusterResourceWhitelist": [],
        "namespaceResourceWhitelist": [
            {"group": group, "kind": kind} for group, kinds in _KINDS.items() for kind in kinds
        ],
    }


def _application_set(args: DeliveryArgs) -> dict[str, Any]:
    files = {"path": f"environments/{args.placement.environment}/services/*.yaml"}
    git = {"repoURL": args.repository, "revision": args.settings.revision, "files": [files]}
    clusters = {"selector": {"matchLabels": {ENVIRONMENT: args.placement.environment}}}
    return {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"matrix": {"generators": [{"git": git}, {"clusters": clusters}]}}],
        "syncPolicy": {"applicationsSync": "sync", "preserveResourcesOnDeletion": False},
        "template": {"metadata": _application_metadata(), "spec": _application(args)},
    }


def _application_metadata() -> dict[str, Any]:
    return {
        "name": '{{ .path.filename | trimSuffix ".yaml" }}',
        "labels": {"app.kubernetes.io/part-of": "bedplate", "app.kubernetes.io/version": "{{ .version }}"},
        "finalizers": ["resources-finalizer.argocd.argoproj.io"],
    }


def _application(args: DeliveryArgs) -> dict[str, Any]:
    """Return an Application's spec: the chart from git, its values from the service's file and the cluster's facts."""
    values = f'(dict "facts" (index .metadata.annotations "{FACTS}" | fromJson) "version" (toString .version))'
    return {
        "project": _PROJECT,
        "source": {
            "repoURL": args.repository,
            "targetRevision": args.settings.revision,
            "path": "charts/{{ .chart }}",
            "helm": {
                "releaseName": '{{ .path.filename | trimSuffix ".yaml" }}',
                "values": f"{{{{ merge {values} .values | toYaml }}}}",
            },
        },
        "destination": {"server": "{{ .server }}", "namespace": "{{ .namespace }}"},
        "syncPolicy": {
            "automated": {"prune": args.settings.prune, "selfHeal": args.settings.self_heal},
            "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true"],
            "retry": {"limit": 5, "backoff": {"duration": "2s", "factor": 2, "maxDuration": "1m"}},
        },
    }
