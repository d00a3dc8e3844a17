"""Pure comparison: which properties changed, which of them force a replacement, and whether live objects drifted."""

from typing import Any

__all__ = ["changed_paths", "contains", "describe_path", "lies_below", "replacing"]

Path = tuple[str | int, ...]

_IDENTITY = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_STATEFUL_MUTABLE = (
    "metadata",
    "spec.replicas",
    "spec.ordinals",
    "spec.template",
    "spec.updateStrategy",
    "spec.revisionHistoryLimit",
    "spec.persistentVolumeClaimRetentionPolicy",
    "spec.minReadySeconds",
)

_REPLACING: dict[str, tuple[str, ...]] = {
    "ConfigMap": ("data", "binaryData", "immutable"),
    "Secret": ("data", "stringData", "type", "immutable"),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.completionMode", "spec.manualSelector"),
    "Service": ("spec.clusterIP", "spec.clusterIPs"),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.dataSource",
        "spec.dataSourceRef",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeMode",
        "spec.volumeName",
    ),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
    "PriorityClass": ("value", "preemptionPolicy"),
    "CSIDriver": ("spec.attachRequired", "spec.fsGroupPolicy"),
    "RuntimeClass": ("handler",),
}
"""Immutable properties by kind; the API server's validation refuses to change them
(kubernetes: pkg/apis/*/validation). ConfigMap and Secret data are the plugin's own documented default."""


def changed_paths(old: Any, new: Any, path: Path = ()) -> list[Path]:
    """List the paths at which two values differ; a list of another length differs as a whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        return [one for key in keys for one in changed_paths(old.get(key), new.get(key), (*path, key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [one for index, (before, after) in pairs for one in changed_paths(before, after, (*path, index))]
    return [] if old == new else [path]


def describe_path(path: Path) -> str:
    """Write a property path as Pulumi does: spec.template.spec.containers[0].image, metadata.labels["a/b"]."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        elif key.replace("_", "a").replace("-", "a").isalnum():
            text += f".{key}"
        else:
            text += f'["{key}"]'
    return text.removeprefix(".")


def replacing(kind: str, paths: list[Path], mutable: frozenset[str]) -> list[Path]:
    """Select the changed paths that force a replacement; `mutable` names kinds whose data may change in place."""
    prefixes = _IDENTITY + (() if kind in mutable else _REPLACING.get(kind, ()))
    selected = [path for path in paths if lies_below(path, prefixes)]
    if kind == "StatefulSet":
        selected += [path for path in paths if path not in selected and not lies_below(path, _STATEFUL_MUTABLE)]
    return selected


def lies_below(path: Path, prefixes: tuple[str, ...]) -> bool:
    """Say whether a path lies at or below one of the dotted prefixes."""
    return any(path[: prefix.count(".") + 1] == tuple(prefix.split(".")) for prefix in prefixes)


def contains(live: Any, wanted: Any) -> bool:
    """Say whether a live value holds everything wanted; keys beyond it do not matter, and absent equals empty.

    A false answer only means that a server dry run must decide: the server writes some values differently.
    """
    if live is None:
        return not wanted or (isinstance(wanted, dict) and all(contains(None, value) for value in wanted.values()))
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(contains(live.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        same_length = isinstance(live, list) and len(live) == len(wanted)
        return same_length and all(contains(one, other) for one, other in zip(live, wanted, strict=True))
    return wanted is None or bool(live == wanted)
