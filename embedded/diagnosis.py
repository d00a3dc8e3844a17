"""Look at every prerequisite of `up` and say what is wrong, and what mends it."""

import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass

from components.foundation.errors import BedplateError
from embedded import supervise
from embedded.engine import locks, shims, stacks
from embedded.go import find_go
from embedded.journal import outstanding, read
from embedded.paths import Paths, cache_root
from embedded.pki import Pki, expires_soon
from embedded.toolchain import locate
from embedded.tools import FAMILIES, TOOLS
from environments.load import load

__all__ = ["Finding", "diagnose"]

_SPACE = 6 * 2**30  # bytes: a cold build with Go's own caches takes 5.2 GB
_PYTHON = (3, 11)
_PRIVATE = 0o600


@dataclass(frozen=True)
class Finding:
    """One prerequisite: verdict is ok, warning or broken."""

    name: str
    verdict: str
    seen: str
    fix: str = ""


def diagnose(paths: Paths, stack: str) -> list[Finding]:
    """Check everything; a check that fails by itself is a finding too."""
    return [_guarded(name, check, paths, stack) for name, check in _CHECKS.items()]


def _guarded(name: str, check: Callable[[Paths, str], tuple[str, str, str]], paths: Paths, stack: str) -> Finding:
    try:
        return Finding(name, *check(paths, stack))
    except BedplateError as error:
        return Finding(name, "broken", error.summary, error.next_step)
    except OSError as error:
        return Finding(name, "broken", str(error), f"ls -ld {error.filename or paths.state}")


def _python(paths: Paths, stack: str) -> tuple[str, str, str]:
    del paths, stack
    seen = ".".join(map(str, sys.version_info[:3]))
    return ("ok" if sys.version_info[:2] >= _PYTHON else "broken", seen, "install Python 3.11 or newer")


def _git(paths: Paths, stack: str) -> tuple[str, str, str]:
    del paths, stack
    found = shutil.which("git")
    return ("ok", found, "") if found else ("broken", "git is not on PATH", "install git (apt install git)")


def _environment(paths: Paths, stack: str) -> tuple[str, str, str]:
    load(paths.root, stack)
    return "ok", f"{stack} is valid", ""


def _tools(paths: Paths, stack: str) -> tuple[str, str, str]:
    del paths, stack
    missing = [tool for tool in TOOLS if locate(tool) is None]
    if not missing:
        return "ok", f"all {len(TOOLS)} are there", ""
    go = find_go(FAMILIES / missing[0].family / "go.mod", lambda _line: None)
    names = ", ".join(tool.name for tool in missing)
    return "warning", f"to be built with {go}: {names}", "bedplate up builds them (about 10 minutes)"


def _plugin(paths: Paths, stack: str) -> tuple[str, str, str]:
    del paths, stack
    official = shims.official_plugin()
    if shims.uses_stand_in():
        return "ok", "the stand-in for embedded clusters", ""
    if official is None:
        chosen = f"{shims.PLUGIN_VARIABLE}=official, but it is not installed"
        return "broken", chosen, "pulumi plugin install resource kubernetes"
    return "ok", str(official), ""


def _disk(paths: Paths, stack: str) -> tuple[str, str, str]:
    del stack
    folders = [folder for folder in (paths.root, cache_root()) if folder.exists()]
    free = min(shutil.disk_usage(folder).free for folder in folders)
    needed = _SPACE if any(locate(tool) is None for tool in TOOLS) else 2**29
    seen = f"{free / 2**30:.1f} GiB free"
    return ("ok", seen, "") if free >= needed else ("broken", seen, f"free {needed / 2**30:.1f} GiB")


def _passphrase(paths: Paths, stack: str) -> tuple[str, str, str]:
    del stack
    file = paths.passphrase
    if not file.exists():
        made = any(paths.backend.glob(".pulumi/stacks/*/*.json"))
        lost = f"put the old passphrase back into {file}; without it the stacks' secrets are lost"
        return ("broken", "missing, but stacks exist", lost) if made else ("ok", "not made yet", "")
    mode = stat.S_IMODE(file.stat().st_mode)
    return ("ok", "mode 0600", "") if mode == _PRIVATE else ("broken", f"mode {mode:04o}", f"chmod 600 {file}")


def _state(paths: Paths, stack: str) -> tuple[str, str, str]:
    found = stacks.resources(paths, stack)
    return "ok", f"{len(found)} resources", ""


def _lock(paths: Paths, stack: str) -> tuple[str, str, str]:
    held = locks.holders(paths, stack)
    if not held:
        return "ok", "free", ""
    dead = [one for one in held if not one.alive]
    seen = "; ".join(f"{one} ({'running' if one.alive else 'dead'})" for one in held)
    return ("broken", seen, f"bedplate up -s {stack} --yes releases it") if dead else ("warning", seen, "wait for it")


def _journal(paths: Paths, stack: str) -> tuple[str, str, str]:
    del stack
    known = {
        str(one["urn"]) for file in paths.backend.glob(".pulumi/stacks/*/*.json") for one in _urns(paths, file.stem)
    }
    left = [one for file in paths.journal.glob("*.jsonl") for one in outstanding(read(file)) if one.urn not in known]
    if not left:
        return "ok", "nothing outstanding", ""
    return "warning", f"{len(left)} objects of a killed run", "the next bedplate up takes them into the state"


def _urns(paths: Paths, stack: str) -> list[dict[str, object]]:
    return stacks.resources(paths, stack)


def _cluster(paths: Paths, stack: str) -> tuple[str, str, str]:
    del stack
    processes = supervise.running(paths)
    if not processes:
        strays = supervise.survivors(paths)
        if strays:
            return "broken", f"{len(strays)} processes without their supervisor", "bedplate cluster stop"
        return "ok", "not started", ""
    bad = [f"{one.name} is {one.state}" for one in processes if one.state != "RUNNING"]
    if bad:
        return "broken", "; ".join(bad), f"bedplate cluster logs {bad[0].split()[0]}; bedplate cluster start"
    return "ok", f"{len(processes)} processes run", ""


def _certificates(paths: Paths, stack: str) -> tuple[str, str, str]:
    del stack
    pki = Pki(paths.cluster / "pki")
    if not pki.cert("complete").exists():
        return "ok", "not made yet", ""
    if expires_soon(pki):
        return "broken", "end within 30 days", "bedplate cluster stop; bedplate cluster start"
    return "ok", "valid for over 30 days", ""


_CHECKS: dict[str, Callable[[Paths, str], tuple[str, str, str]]] = {
    "Python": _python,
    "git": _git,
    "environment": _environment,
    "tools": _tools,
    "kubernetes plugin": _plugin,
    "disk": _disk,
    "passphrase": _passphrase,
    "state": _state,
    "stack lock": _lock,
    "journal": _journal,
    "cluster": _cluster,
    "certificates": _certificates,
}
