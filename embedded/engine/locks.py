"""Who holds a stack: Pulumi's lock files, and the lock by which `bedplate` runs exclude each other.

Pulumi's file backend checks, writes and checks again, so two that start together may both back off;
the lock here is the kernel's, and exactly one of them runs.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from components.foundation.errors import LockedError
from embedded.paths import Paths

__all__ = ["Holder", "exclusive", "holders", "release_stale"]

PROJECT = "bedplate"


@dataclass(frozen=True)
class Holder:
    """The process that a lock names, and whether it still runs; `file` is the lock."""

    file: Path
    pid: int
    user: str
    host: str
    since: str
    alive: bool

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}@{self.host}, since {self.since}"


def holders(paths: Paths, stack: str) -> list[Holder]:
    """List the holders of Pulumi's locks on a stack."""
    folder = paths.backend / ".pulumi" / "locks" / "organization" / PROJECT / stack
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            lock = json.loads(file.read_text())
            pid, host, since = int(lock["pid"]), str(lock["hostname"]), str(lock["timestamp"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        found.append(Holder(file, pid, str(lock.get("username", "?")), host, since, _alive(pid, host, since)))
    return found


def _alive(pid: int, host: str, since: str) -> bool:
    """Say whether the process that took a lock may still run; one on another host may."""
    if host != socket.gethostname():
        return True
    try:
        process = psutil.Process(pid)
        started = process.create_time()
        if process.status() == psutil.STATUS_ZOMBIE:  # dead, and nobody has asked for its exit code yet
            return False
    except psutil.NoSuchProcess:
        return False
    try:
        taken = datetime.fromisoformat(since[:26].rstrip("Z") + since[-6:].replace("Z", "+00:00")).timestamp()
    except ValueError:
        return True
    return started <= taken + 1  # a process that began after the lock was taken only got its number


def release_stale(stale: list[Holder]) -> None:
    """Remove locks whose owner is dead."""
    for one in stale:
        if not one.alive:
            one.file.unlink(missing_ok=True)


@contextmanager
def exclusive(paths: Paths, stack: str) -> Iterator[None]:
    """Hold a stack alone among `bedplate` runs.

    Raises:
        LockedError: Another run holds it; names the process.
    """
    paths.state.mkdir(parents=True, exist_ok=True)
    about = paths.state / f"{stack}.holder.json"
    lock = FileLock(paths.state / f"{stack}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"stack {stack} is held by {_described(about)}",
            next_step="wait for it to end, or end it; a killed run leaves no lock",
        ) from error
    try:
        about.write_text(json.dumps({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}))
        yield
    finally:
        about.unlink(missing_ok=True)
        lock.release()


def _described(about: Path) -> str:
    try:
        holder = json.loads(about.read_text())
        return f"process {holder['pid']}, since {holder['since']}"
    except (OSError, ValueError, KeyError):
        return "another bedplate process"
