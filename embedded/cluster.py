"""Start, stop and reset the embedded cluster; what it holds is kept across restarts."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from components.foundation.errors import ClusterError
from embedded import argocd, nodes, storage, supervise
from embedded.kube import ApiError, Client
from embedded.paths import Paths
from embedded.pki import Pki, make_pki
from embedded.ports import HOST, is_free, remember_ports
from embedded.processes import Process, argo_cd, control_plane
from embedded.toolchain import Toolchain
from environments.model import Environment

__all__ = ["Cluster", "reset", "start", "stop"]

Report = Callable[[str], None]
"""Takes one line about what is being started."""

_READY_SECONDS = 60
_ACCOUNT_SECONDS = 20


@dataclass(frozen=True)
class Cluster:
    """A cluster that answers."""

    server: str
    kubeconfig: Path
    seconds: float


def start(paths: Paths, environment: Environment, tools: Toolchain, report: Report, *, durable: bool = True) -> Cluster:
    """Start what does not run, in order, and wait until each part answers.

    A cluster that was started without syncing to disk stays so until it is reset.

    Raises:
        ClusterError: Another start is under way, or a process does not become ready.
    """
    began = time.monotonic()
    paths.cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(paths.state / "cluster.lock", timeout=120):
            ephemeral = paths.cluster / "ephemeral"
            if not durable:
                ephemeral.touch()
            ports = _settle_ports(paths, report)
            pki = make_pki(paths.cluster / "pki")
            write_kubeconfigs(paths, pki, ports)
            _start_processes(
                paths, environment, tools, report, _plan(paths, tools, pki, ports, durable=not ephemeral.exists()), pki
            )
    except Timeout as error:
        raise ClusterError("another process is starting this cluster", next_step="bedplate cluster status") from error
    return Cluster(f"https://{HOST}:{ports['kube-apiserver']}", paths.kubeconfig, time.monotonic() - began)


def _plan(
    paths: Paths, tools: Toolchain, pki: Pki, ports: dict[str, int], *, durable: bool
) -> tuple[list[Process], list[Process]]:
    return control_plane(paths, tools, pki, ports, durable=durable), argo_cd(paths, tools, ports)


def _start_processes(  # noqa: PLR0913, PLR0917 - what a start needs
    paths: Paths,
    environment: Environment,
    tools: Toolchain,
    report: Report,
    plan: tuple[list[Process], list[Process]],
    pki: Pki,
) -> None:
    plane, delivery = plan
    argocd.make_folders(paths, tools)
    supervise.start(paths, [*plane, *delivery])
    up = {one.name for one in supervise.running(paths) if one.state == "RUNNING"}
    etcd, apiserver, *rest = plane
    for process in (etcd, apiserver):
        _bring_up(paths, process, pki, report, quiet=process.name in up)
    for process in (*rest, delivery[0]):
        supervise.start_process(paths, process)
    client = Client(paths.kubeconfig, patience=20)
    if not up.issuperset(one.name for one in (apiserver, *delivery)):
        storage.install(client)
        argocd.install(client, tools)
    nodes.reconcile(client, environment)
    for process in (*rest, *delivery):
        _bring_up(paths, process, pki, report, quiet=process.name in up)
    _wait_for_accounts(client)


def _bring_up(paths: Paths, process: Process, pki: Pki, report: Report, *, quiet: bool) -> None:
    if not quiet:
        report(f"starting {process.name}")
    supervise.start_process(paths, process)
    admin = (pki.cert("admin"), pki.key("admin"))
    supervise.wait_ready(paths, process, timeout=_READY_SECONDS, ca=pki.cert("ca"), client=admin)


def _wait_for_accounts(client: Client) -> None:
    """Wait for the default service account: the controllers work, and pods can be made."""
    deadline = time.monotonic() + _ACCOUNT_SECONDS
    while True:
        try:
            client.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")
        except ApiError as error:
            if time.monotonic() > deadline:
                raise ClusterError("the controllers do not work: no default service account") from error
            time.sleep(0.05)
        else:
            return


def _settle_ports(paths: Paths, report: Report) -> dict[str, int]:
    """Return the remembered ports; when nothing runs here, one that somebody else took is chosen anew."""
    file = paths.cluster / "ports.json"
    ports = remember_ports(file)
    if supervise.running(paths):
        return ports
    supervise.end(supervise.survivors(paths))
    taken = [name for name, port in ports.items() if not is_free(port)]
    if not taken:
        return ports
    file.write_text(json.dumps({name: port for name, port in ports.items() if name not in taken}, indent=1))
    chosen = remember_ports(file)
    for name in taken:
        report(f"port {ports[name]} of {name} is taken by another program; using {chosen[name]}")
    return chosen


def write_kubeconfigs(paths: Paths, pki: Pki, ports: dict[str, int]) -> None:
    """Write the administrator's kubeconfig and one per controller, mode 0600."""
    server = f"https://{HOST}:{ports['kube-apiserver']}"
    _write_kubeconfig(paths.kubeconfig, server, pki, "admin")
    for name in ("kube-controller-manager", "kube-scheduler"):
        _write_kubeconfig(paths.cluster / f"{name}.kubeconfig", server, pki, name)


def _write_kubeconfig(file: Path, server: str, pki: Pki, client: str) -> None:
    user = {"client-certificate": str(pki.cert(client)), "client-key": str(pki.key(client))}
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "embedded", "cluster": {"server": server, "certificate-authority": str(pki.cert("ca"))}}],
        "users": [{"name": client, "user": user}],
        "contexts": [{"name": "embedded", "context": {"cluster": "embedded", "user": client}}],
        "current-context": "embedded",
    }
    text = json.dumps(config, indent=1)
    if file.exists() and file.read_text() == text:
        return
    partial = file.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    partial.rename(file)


def stop(paths: Paths) -> None:
    """Stop every process of the cluster; its data stays."""
    supervise.stop(paths)


def reset(paths: Paths) -> None:
    """Stop the cluster and delete all it holds: data, volumes, PKI, logs, ports."""
    folders = storage.volume_folders(Client(paths.kubeconfig)) if supervise.running(paths) else []
    supervise.stop(paths)
    storage.remove_folders(folders)
    shutil.rmtree(paths.cluster, ignore_errors=True)
    if paths.socket.parent != paths.cluster:
        shutil.rmtree(paths.socket.parent, ignore_errors=True)
