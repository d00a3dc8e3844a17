"""What Argo CD's processes need around them: folders, its CRDs, namespace, ConfigMaps and Secret."""

import base64
import secrets
from pathlib import Path

import yaml

from embedded.kube import Client, Object
from embedded.paths import Paths
from embedded.toolchain import Toolchain

__all__ = ["NAMESPACE", "install", "make_folders"]

NAMESPACE = "argocd"
_MANAGER = "bedplate-embedded"
_COMPONENTS = ("repo-server", "application-controller", "applicationset-controller")

# Argo CD calls these two; its image brings them. An unsigned commit (exit code 1) is an answer, not a failure.
_WRAPPERS = {
    "git-verify-wrapper.sh": 'git verify-commit "$1" 2>&1 || [ $? -eq 1 ]',
    "gpg-wrapper.sh": 'gpg "$@" || [ $? -eq 1 ]',
}

_SETTINGS = {
    "application.resourceTrackingMethod": "annotation",
    "timeout.reconciliation": "60s",
    "timeout.reconciliation.jitter": "0s",
    # Events and leases change all the time and tell Argo CD nothing.
    "resource.exclusions": yaml.safe_dump(
        [
            {"apiGroups": ["", "events.k8s.io"], "kinds": ["Event"], "clusters": ["*"]},
            {"apiGroups": ["coordination.k8s.io"], "kinds": ["Lease"], "clusters": ["*"]},
        ]
    ),
}


def make_folders(paths: Paths, tools: Toolchain) -> None:
    """Make Argo CD's folders and the names by which its one binary selects a component."""
    folder = paths.cluster / "argocd"
    for name in ("tls", "ssh", "gpg", "home", "helm", "tmp", "bin"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    for component in _COMPONENTS:
        _link(folder / "bin" / f"argocd-{component}", tools["argocd"])
    for name, command in _WRAPPERS.items():
        wrapper = folder / "bin" / name
        wrapper.write_text(f"#!/bin/sh\n{command}\n")
        wrapper.chmod(0o755)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def install(client: Client, tools: Toolchain) -> None:
    """Put Argo CD's CRDs, namespace and settings into the cluster."""
    for file in tools.assets("argocd"):
        manifest = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
        client.apply(manifest, manager=_MANAGER, force=True)
    for manifest in _manifests():
        client.apply(manifest, manager=_MANAGER, force=True)
    _ensure_secret(client)


def _manifests() -> list[Object]:
    namespace: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    data = {"argocd-cm": _SETTINGS, "argocd-rbac-cm": {}, "argocd-cmd-params-cm": {}}
    return [namespace] + [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(name), "data": values}
        for name, values in data.items()
    ]


def _metadata(name: str) -> Object:
    return {"name": name, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "argocd"}}


def _ensure_secret(client: Client) -> None:
    """Create argocd-secret with a random signing key, once."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    manifest: Object = {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata("argocd-secret")}
    if client.get(manifest) is None:
        client.apply(manifest | {"data": {"server.secretkey": key}}, manager=_MANAGER)
