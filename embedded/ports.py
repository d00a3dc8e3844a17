"""Free ports on 127.0.0.1 that are remembered between starts."""

import json
import socket
from pathlib import Path

from components.foundation.errors import ClusterError

__all__ = ["HOST", "PORTS", "is_free", "remember_ports"]

HOST = "127.0.0.1"

PORTS = (
    "etcd",
    "etcd-peer",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "redis",
    "repo-server",
    "repo-server-metrics",
    "application-controller-metrics",
    "applicationset-controller-metrics",
    "applicationset-controller-probe",
    "applicationset-controller-webhook",
)


def is_free(port: int) -> bool:
    """Say whether a port of 127.0.0.1 can be bound now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _choose(count: int) -> list[int]:
    """Choose distinct free ports: all are held open until the last is known."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


def remember_ports(file: Path) -> dict[str, int]:
    """Return the port of each name, choosing and writing those that the file lacks.

    Raises:
        ClusterError: The file is not a mapping of names to ports.
    """
    try:
        known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        known = {name: int(port) for name, port in known.items()}
    except (ValueError, AttributeError) as error:
        message = f"{file} does not hold ports as JSON: {error}"
        raise ClusterError(message, next_step="bedplate cluster reset") from error
    missing = [name for name in PORTS if name not in known]
    if missing:
        known |= dict(zip(missing, _choose(len(missing)), strict=True))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(known, indent=1))
    return known
