"""Volumes of the embedded cluster: a default storage class whose volumes are empty folders on this host.

The controller manager's host-path provisioner makes them under /tmp/hostpath_pv; simulated pods never
write to them. They are removed with the cluster.
"""

import shutil
from pathlib import Path

from embedded.kube import ApiError, Client, Object, Unreachable

__all__ = ["STORAGE_CLASS", "install", "remove_folders", "volume_folders"]

STORAGE_CLASS = "simulated"
_FOLDER = Path("/tmp/hostpath_pv")  # noqa: S108 - fixed by kubernetes: pkg/volume/hostpath
_MANAGER = "bedplate-embedded"


def install(client: Client) -> None:
    """Put the default storage class into the cluster."""
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    manifest: Object = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": STORAGE_CLASS, "annotations": annotations},
        "provisioner": "kubernetes.io/host-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }
    client.apply(manifest, manager=_MANAGER, force=True)


def volume_folders(client: Client) -> list[Path]:
    """List the folders of the cluster's volumes; empty when it does not answer."""
    try:
        volumes = list(client.list(client.kind("v1", "PersistentVolume")))
    except (ApiError, Unreachable):
        return []
    found = [Path(one["spec"].get("hostPath", {}).get("path", "/")) for one in volumes]
    return [folder for folder in found if folder.parent == _FOLDER]


def remove_folders(folders: list[Path]) -> None:
    """Remove volumes' folders, and the folder of all volumes when it is empty then."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    if _FOLDER.is_dir() and not any(_FOLDER.iterdir()):
        _FOLDER.rmdir()
