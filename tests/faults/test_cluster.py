"""The embedded cluster under faults: ports, disks, broken data, missing tools, restarts."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded import cluster, supervise
from embedded.kube import Client

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Any]:
    """Return a checkout without a cluster; whatever a test starts there is ended."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from conftest import Checkout, copy_project

    one = Checkout(copy_project(tmp_path / "project"))
    yield one
    cluster.reset(one.paths)
    assert supervise.survivors(one.paths) == []


def test_restart_keeps_data_and_ports(other: Any) -> None:
    """What the cluster holds, its address and its certificates are there after stop and start."""
    first = other.bedplate("cluster", "start")
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept", "namespace": "default"}}
    client = Client(other.paths.kubeconfig)
    client.request("POST", "/api/v1/namespaces/default/configmaps", manifest)
    before = other.paths.kubeconfig.read_text()
    other.bedplate("cluster", "stop")
    stopped = supervise.survivors(other.paths)
    second = other.bedplate("cluster", "start")

    assert first.returncode == 0, first.stderr
    assert stopped == []
    assert second.returncode == 0, second.stderr
    assert other.paths.kubeconfig.read_text() == before
    assert Client(other.paths.kubeconfig, patience=10).get(manifest) is not None


def test_taken_port_is_chosen_anew(other: Any) -> None:
    """A remembered port that another program took is told and replaced; nothing is lost."""
    assert other.bedplate("cluster", "start").returncode == 0
    ports = json.loads((other.paths.cluster / "ports.json").read_text())
    other.bedplate("cluster", "stop")
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", ports["kube-apiserver"]))
        squatter.listen()
        again = other.bedplate("cluster", "start")

    assert again.returncode == 0, again.stderr
    assert f"port {ports['kube-apiserver']} of kube-apiserver is taken by another program" in again.stderr
    assert Client(other.paths.kubeconfig, patience=10).request("GET", "/version")["gitVersion"].startswith("v1.36")


def test_checkouts_do_not_disturb_each_other(checkout: Any, other: Any) -> None:
    """A second checkout's cluster starts and is reset beside the first, which runs on."""
    before = {one.name: one.pid for one in supervise.running(checkout.paths)}
    assert other.bedplate("cluster", "start").returncode == 0
    ports = json.loads((other.paths.cluster / "ports.json").read_text())
    assert other.bedplate("cluster", "reset", "--yes").returncode == 0
    after = {one.name: one.pid for one in supervise.running(checkout.paths)}

    assert before == after
    assert supervise.survivors(other.paths) == []
    assert not other.paths.cluster.exists()
    assert all(free(port) for port in ports.values())


def free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_everything_listens_on_loopback_only(checkout: Any) -> None:
    """No process of the cluster listens on any address but 127.0.0.1."""
    import psutil

    pids = {one.pid for one in supervise.running(checkout.paths)}
    addresses = {
        connection.laddr.ip
        for pid in pids
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


def test_killed_process_comes_back(checkout: Any) -> None:
    """A process that is killed is started again by the supervisor."""
    import signal
    import time

    victim = next(one for one in supervise.running(checkout.paths) if one.name == "kube-scheduler")
    os.kill(victim.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        now = next(one for one in supervise.running(checkout.paths) if one.name == "kube-scheduler")
        if now.pid not in (0, victim.pid) and now.state == "RUNNING":
            break
        time.sleep(0.1)

    assert now.pid not in (0, victim.pid)


def test_second_start_changes_nothing(checkout: Any) -> None:
    """Starting a cluster that runs starts nothing again."""
    before = {one.name: one.pid for one in supervise.running(checkout.paths)}
    assert checkout.bedplate("cluster", "start").returncode == 0

    assert {one.name: one.pid for one in supervise.running(checkout.paths)} == before


def test_stray_processes_are_taken_over(other: Any) -> None:
    """When the supervisor is killed its processes are found by their mark, and the next start replaces them."""
    import signal

    assert other.bedplate("cluster", "start").returncode == 0
    pid = int((other.paths.cluster / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    found = other.bedplate("doctor", "--json")
    again = other.bedplate("cluster", "start")

    finding = next(one for one in json.loads(found.stdout) if one["name"] == "cluster")
    assert finding["verdict"] == "broken"
    assert "without their supervisor" in finding["seen"]
    assert again.returncode == 0, again.stderr


def test_corrupt_etcd_data_is_told(other: Any) -> None:
    """A broken database stops the start with etcd's own words and the next step; the data stays where it is."""
    assert other.bedplate("cluster", "start").returncode == 0
    other.bedplate("cluster", "stop")
    database = other.paths.cluster / "etcd" / "member" / "snap" / "db"
    database.write_bytes(b"broken" * 100)

    run = other.bedplate("cluster", "start")
    other.bedplate("cluster", "stop")

    assert run.returncode == 12
    assert "etcd is not ready" in run.stderr
    assert "next:" in run.stderr
    assert database.read_bytes().startswith(b"broken")


def test_unreadable_environment_is_told(other: Any) -> None:
    """An environment file that is no text is told with its name and code 2."""
    (other.paths.root / "environments" / "local" / "platform.yaml").write_bytes(b"\xff\xfe\x00")
    run = other.bedplate("up", "--yes")

    assert run.returncode == 2
    assert "platform.yaml: cannot be read" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root")
def test_full_disk_is_told(other: Any, tmp_path: Path) -> None:
    """A disk that is full stops the start with a clear line; with space again it starts."""
    other.paths.state.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", other.paths.state], check=False)
    if mounted.returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        (other.paths.state / "filler").write_bytes(b"x" * 200_000)
        run = other.bedplate("cluster", "start")
        cluster.stop(other.paths)
    finally:
        subprocess.run(["umount", "-l", other.paths.state], check=True)
    again = other.bedplate("cluster", "start")

    assert run.returncode not in (0, -9)
    assert "No space left on device" in run.stderr or "no space" in run.stderr.lower()
    assert "Traceback" not in run.stderr
    assert again.returncode == 0, again.stderr


def script(file: Path, text: str) -> None:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    "go, said",
    [("", "there is none on PATH"), ("echo go version go1.20.1 linux/amd64", "go is 1.20.1")],
    ids=["missing", "old"],
)
def test_missing_or_old_go_is_told(other: Any, tmp_path: Path, go: str, said: str) -> None:
    """Without Go, or with one that is too old, the tools cannot be built; it is told with what is needed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "sh", "uname"):
        (folder / name).symlink_to(str(shutil.which(name)))
    script(folder / "uv", "exit 1")
    if go:
        script(folder / "go", go)

    run = other.bedplate("up", "--yes", PATH=str(folder), BEDPLATE_CACHE=str(tmp_path / "cache"))

    assert run.returncode == 11
    assert "Go 1.26.0 or newer is needed" in run.stderr
    assert said in run.stderr
    assert "Traceback" not in run.stderr
