"""Ports, certificates, nodes, processes and locks of the embedded cluster, without starting it."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest
from cryptography import x509

from components.foundation.errors import ClusterError, LockedError
from embedded import nodes
from embedded.engine.events import Message, Step, Summary, parse
from embedded.engine.locks import exclusive, holders
from embedded.kube import is_embedded
from embedded.paths import Paths
from embedded.pki import make_pki
from embedded.ports import PORTS, is_free, remember_ports
from embedded.processes import argo_cd, control_plane
from embedded.supervise import render
from embedded.toolchain import Found, Toolchain
from embedded.tools import TOOLS
from environments.load import load


def fake_tools(folder: Path) -> Toolchain:
    return Toolchain({tool.name: Found(tool, folder / tool.name, folder, "cache") for tool in TOOLS})


def test_ports_are_remembered_and_distinct(tmp_path: Path) -> None:
    """Each name gets a free port of its own, and the same one the next time."""
    first = remember_ports(tmp_path / "ports.json")

    assert sorted(first) == sorted(PORTS)
    assert len(set(first.values())) == len(PORTS)
    assert remember_ports(tmp_path / "ports.json") == first


def test_damaged_ports_are_told(tmp_path: Path) -> None:
    """A file that holds no ports is told with what mends it."""
    (tmp_path / "ports.json").write_text("[1, 2")

    with pytest.raises(ClusterError, match="does not hold ports"):
        remember_ports(tmp_path / "ports.json")


def test_taken_port_is_not_free() -> None:
    """A port that somebody listens on is not free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not is_free(taken.getsockname()[1])


def test_certificates_are_made_once_and_private(tmp_path: Path) -> None:
    """Keys are readable by their owner only, and a second call returns the same set."""
    pki = make_pki(tmp_path / "pki")
    before = pki.cert("admin").read_bytes()
    make_pki(tmp_path / "pki")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "pki").glob("*.key")}

    assert modes == {0o600}
    assert pki.cert("admin").read_bytes() == before


def test_certificates_are_signed_by_the_authority(tmp_path: Path) -> None:
    """Client and server certificates are issued by the cluster's own authority."""
    pki = make_pki(tmp_path / "pki")
    authority, admin, server = (
        x509.load_pem_x509_certificate(pki.cert(name).read_bytes()) for name in ("ca", "admin", "server")
    )

    admin.verify_directly_issued_by(authority)
    server.verify_directly_issued_by(authority)


def test_nodes_are_shaped_by_the_pools(root: Path) -> None:
    """Nodes carry the pool's machines: CPU, memory, GPUs, taints and labels; an empty pool gets one to rehearse on."""
    environment = load(root, "local").environment
    made = {one["metadata"]["name"]: one for one in nodes.manifests(environment)}
    gpu = made["gpu-0"]

    assert sorted(made) == ["general-0", "general-1", "gpu-0"]
    assert gpu["status"]["capacity"]["nvidia.com/gpu"] == "1"
    assert gpu["metadata"]["labels"]["nvidia.com/gpu.product"] == "NVIDIA-L4"
    assert gpu["spec"]["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    assert made["general-0"]["status"]["capacity"]["cpu"] == "8"


def test_every_address_is_loopback(tmp_path: Path) -> None:
    """No process is told to listen on, or to connect to, any host but 127.0.0.1."""
    paths, pki = Paths(tmp_path), make_pki(tmp_path / "pki")
    ports = remember_ports(tmp_path / "ports.json")
    tools = fake_tools(tmp_path)
    processes = [*control_plane(paths, tools, pki, ports, durable=True), *argo_cd(paths, tools, ports)]

    assert all("127.0.0.1" in one.ready for one in processes)
    assert not any("0.0.0.0" in word for one in processes for word in one.command)


def test_data_is_synced_unless_ephemeral(tmp_path: Path) -> None:
    """Etcd syncs to disk unless the cluster is ephemeral."""
    paths, pki = Paths(tmp_path), make_pki(tmp_path / "pki")
    ports = remember_ports(tmp_path / "ports.json")
    durable, ephemeral = (
        control_plane(paths, fake_tools(tmp_path), pki, ports, durable=choice)[0].command for choice in (True, False)
    )

    assert "--unsafe-no-fsync" not in durable
    assert "--unsafe-no-fsync" in ephemeral


def test_supervisor_configuration_escapes_percent(tmp_path: Path) -> None:
    """A percent sign in a path does not break the supervisor's configuration."""
    paths = Paths(tmp_path / "100% mine")

    assert "%%" in render(paths, [])
    assert "% " not in render(paths, []).replace("%%", "")


def test_long_paths_get_a_short_socket(tmp_path: Path) -> None:
    """A checkout in a deep folder still has a socket that the kernel accepts."""
    deep = Paths(tmp_path.joinpath(*["folder"] * 20))

    assert len(os.fsencode(deep.socket)) <= 100
    assert Paths(Path("/short")).socket == Path("/short/.bedplate/cluster/supervisor.sock")


def test_only_our_own_clusters_are_embedded(tmp_path: Path) -> None:
    """A file that is no kubeconfig of an embedded cluster is not taken for one."""
    (tmp_path / "config").write_text("apiVersion: v1\nkind: Config\n")

    assert not is_embedded(tmp_path / "config")
    assert not is_embedded(tmp_path / "missing")


def test_stack_is_held_by_one(tmp_path: Path) -> None:
    """While a run holds a stack another is told who does; afterwards it is free."""
    paths = Paths(tmp_path)
    with (
        exclusive(paths, "local"),
        pytest.raises(LockedError, match=f"process {os.getpid()}"),
        exclusive(paths, "local"),
    ):
        pass
    with exclusive(paths, "local"):
        pass


def test_locks_of_other_hosts_are_alive(tmp_path: Path) -> None:
    """A lock that another host took is never called dead from here."""
    folder = Paths(tmp_path).backend / ".pulumi" / "locks" / "organization" / "bedplate" / "local"
    folder.mkdir(parents=True)
    lock = {"pid": 1, "username": "me", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}
    (folder / "a.json").write_text(json.dumps(lock))
    (folder / "b.json").write_text("{")
    (found,) = holders(Paths(tmp_path), "local")

    assert found.alive
    assert "me@elsewhere" in str(found)


def test_events_are_read() -> None:
    """Steps, messages and the summary are read from the engine's events; path warnings of our own are dropped."""
    step = {"metadata": {"op": "create", "urn": "a::b::kubernetes:v1:Pod::c", "type": "kubernetes:core/v1:Pod"}}
    noise = {"severity": "warning", "message": "using pulumi-language-python from $PATH at /x"}

    assert isinstance(parse({"resOutputsEvent": step}), Step)
    assert parse({"diagnosticEvent": noise}) is None
    assert isinstance(parse({"diagnosticEvent": {"severity": "error", "message": "no"}}), Message)
    assert parse({"summaryEvent": {"resourceChanges": {"same": 2, "create": 1}}}) == Summary({"create": 1}, 2)
    assert parse({"cancelEvent": {}}) is None
