"""Run the cluster's processes under supervisord and talk to it over its socket."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from supervisor.xmlrpc import SupervisorTransport

from components.foundation.errors import ClusterError
from embedded.paths import Paths
from embedded.processes import MARK, Process

__all__ = ["Running", "ready", "running", "start", "stop", "survivors", "wait_ready"]

_ALREADY = 60  # supervisor.xmlrpc.Faults.ALREADY_STARTED


@dataclass(frozen=True)
class Running:
    """What the supervisor says of one process."""

    name: str
    state: str
    pid: int
    log: Path
    memory: int
    """Resident bytes; 0 when it does not run."""


def render(paths: Paths, processes: Iterable[Process]) -> str:
    """Render supervisord's configuration."""
    lines = [
        "[supervisord]",
        f"logfile={paths.logs / 'supervisord.log'}",
        "logfile_maxbytes=1MB",
        "loglevel=info",
        f"pidfile={paths.cluster / 'supervisord.pid'}",
        f"identifier={paths.cluster.name}",
        f'environment={MARK}="{paths.cluster}"',
        "[unix_http_server]",
        f"file={paths.socket}",
        "chmod=0600",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for priority, process in enumerate(processes):
        environment = ",".join(f'{key}="{value}"' for key, value in sorted(process.environment.items()))
        lines += [
            f"[program:{process.name}]",
            f"command={' '.join(_quoted(word) for word in process.command)}",
            f"environment={environment}",
            f"stdout_logfile={paths.logs / process.name}.log",
            "stdout_logfile_maxbytes=5MB",
            "stdout_logfile_backups=1",
            "redirect_stderr=true",
            f"priority={priority}",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=5",
            "stopwaitsecs=10",
        ]
    return "\n".join(lines).replace("%", "%%") + "\n"


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '\\"') + '"' if " " in word or ";" in word else word


@contextmanager
def _supervisor(paths: Paths) -> Iterator[Any]:
    transport = SupervisorTransport(None, None, f"unix://{paths.socket}")
    try:
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
    finally:
        transport.close()


def _answers(paths: Paths) -> bool:
    try:
        with _supervisor(paths) as remote:
            remote.supervisor.getState()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return False
    return True


def start(paths: Paths, processes: list[Process]) -> None:
    """Start supervisord when it is not there, and give it this configuration.

    Processes whose command changed are restarted by it; the others run on.
    """
    paths.logs.mkdir(parents=True, exist_ok=True)
    paths.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = paths.cluster / "supervisord.conf"
    config.write_text(render(paths, processes))
    if not _answers(paths):
        end(survivors(paths))
        _launch(paths, config)
    with _supervisor(paths) as remote:
        added, changed, removed = remote.supervisor.reloadConfig()[0]
        for name in (*changed, *removed):
            remote.supervisor.stopProcessGroup(name)
            remote.supervisor.removeProcessGroup(name)
        for name in (*changed, *added):
            remote.supervisor.addProcessGroup(name)


def _launch(paths: Paths, config: Path) -> None:
    paths.socket.unlink(missing_ok=True)
    command = [sys.executable, "-m", "supervisor.supervisord", f"--configuration={config}"]
    environment = os.environ | {MARK: str(paths.cluster)}
    result = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    deadline = time.monotonic() + 10
    while result.returncode == 0 and time.monotonic() < deadline:
        if _answers(paths):
            return
        time.sleep(0.05)
    said = (result.stderr or result.stdout).strip()[-400:]
    raise ClusterError(f"the supervisor did not start: {said}", next_step=f"see {paths.logs / 'supervisord.log'}")


def start_process(paths: Paths, process: Process) -> None:
    """Ask the supervisor to run one process."""
    try:
        with _supervisor(paths) as remote:
            remote.supervisor.startProcess(process.name, False)  # noqa: FBT003 - XML-RPC knows no names
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != _ALREADY:
            raise ClusterError(f"{process.name} did not start: {fault.faultString}") from fault


def wait_ready(paths: Paths, process: Process, *, timeout: float, ca: Path, client: tuple[Path, Path]) -> None:
    """Wait until a process answers.

    Raises:
        ClusterError: It did not within `timeout` seconds, or ended too often; with the end of its log.
    """
    deadline = time.monotonic() + timeout
    while not ready(process.ready, ca, client):
        state = next((one.state for one in running(paths) if one.name == process.name), "GONE")
        if state == "FATAL" or time.monotonic() > deadline:
            raise ClusterError(
                f"{process.name} is not ready ({state}); the end of its log:\n{log_tail(paths, process.name)}",
                next_step=f"bedplate cluster logs {process.name}",
            )
        time.sleep(0.05)


def log_tail(paths: Paths, name: str, lines: int = 6) -> str:
    """Return the last lines of a process's log."""
    file = paths.logs / f"{name}.log"
    text = file.read_text(errors="replace") if file.exists() else ""
    return "\n".join(line[:400] for line in text.splitlines()[-lines:])


def ready(address: str, ca: Path, client: tuple[Path, Path]) -> bool:
    """Say whether tcp://HOST:PORT takes a connection, or https://... answers 200."""
    parts = urlsplit(address)
    try:
        if parts.scheme == "tcp":
            socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1).close()
            return True
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(*client)
        connection = http.client.HTTPSConnection(parts.netloc, timeout=2, context=context)
        try:
            connection.request("GET", parts.path)
            return connection.getresponse().status == http.HTTPStatus.OK
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False


def running(paths: Paths) -> list[Running]:
    """List what the supervisor runs; empty when there is no supervisor."""
    try:
        with _supervisor(paths) as remote:
            listing = remote.supervisor.getAllProcessInfo()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return []
    found = []
    for entry in listing:
        pid = int(entry["pid"])
        log = Path(str(entry["stdout_logfile"]))
        name, state = str(entry["name"]), str(entry["statename"])
        found.append(Running(name, state, pid, log, _memory(pid)))
    return found


def _memory(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else 0
    except psutil.Error:
        return 0


def stop(paths: Paths) -> None:
    """End every process of this cluster, in reverse order of start, and the supervisor."""
    try:
        with _supervisor(paths) as remote:
            remote.supervisor.shutdown()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        pass
    deadline = time.monotonic() + 30
    while (left := survivors(paths)) and time.monotonic() < deadline:
        time.sleep(0.05)
    end(left)
    paths.socket.unlink(missing_ok=True)


def survivors(paths: Paths) -> list[psutil.Process]:
    """List the processes that carry this cluster's mark, the supervisor included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(paths.cluster) and process.pid != os.getpid():
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end(processes: list[psutil.Process]) -> None:
    """Terminate processes, and kill those that remain after five seconds."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            try:
                process.send_signal(signal_number)
            except psutil.NoSuchProcess:
                continue
        _, processes = psutil.wait_procs(processes, timeout=5)
