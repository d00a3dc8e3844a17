"""The commands that `bedplate env` puts first on PATH, and the environment they run in."""

import os
import secrets
import shlex
import sys
from pathlib import Path

from embedded.paths import Paths
from embedded.toolchain import Toolchain

__all__ = ["PLUGIN_VARIABLE", "environment", "official_plugin", "prepare", "uses_stand_in"]

PLUGIN_VARIABLE = "BEDPLATE_KUBERNETES_PLUGIN"
"""`official` or `stand-in` overrides the choice of the kubernetes plugin; unset takes the official one where it is."""

_MODULES = {
    "pulumi-language-python": "embedded.engine.host_process",
    "pulumi-resource-kubernetes": "embedded.providers.kubernetes",
}


def official_plugin() -> Path | None:
    """Return the newest installed official kubernetes plugin; None when there is none."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    found = sorted(home.glob("plugins/resource-kubernetes-v*/pulumi-resource-kubernetes"))
    return found[-1] if found else None


def uses_stand_in() -> bool:
    """Say whether the kubernetes plugin is the stand-in."""
    chosen = os.environ.get(PLUGIN_VARIABLE)
    return chosen != "official" and (chosen == "stand-in" or official_plugin() is None)


def prepare(paths: Paths, tools: Toolchain) -> None:
    """Write the commands, the passphrase and the folders that Pulumi needs; what is there is left alone."""
    for folder in (paths.bin, paths.backend, paths.journal, paths.state / "config"):
        folder.mkdir(parents=True, exist_ok=True)
    _make_passphrase(paths.passphrase)
    for name, module in _MODULES.items():
        _script(paths.bin / name, f'exec {shlex.quote(sys.executable)} -u -m {module} "$@"')
    if not uses_stand_in():
        (paths.bin / "pulumi-resource-kubernetes").unlink(missing_ok=True)
    _script(paths.bin / "pulumi", _pulumi(paths, tools["pulumi"]))
    for name in ("kubectl", "helm"):
        link = paths.bin / name
        link.unlink(missing_ok=True)
        link.symlink_to(tools[name])


def _pulumi(paths: Paths, executable: Path) -> str:
    """Return the script that settles the journals of killed runs before a pulumi command.

    The two commands that mend a stack by hand, cancel and stack import, must work without that.
    """
    journals = shlex.quote(str(paths.journal))
    python = shlex.quote(sys.executable)
    return (
        'case "$*" in *cancel*|*"stack import"*) settle= ;; *) settle=yes ;; esac\n'
        f'for journal in {journals}/*.jsonl; do\n  [ -n "$settle" ] && [ -s "$journal" ] || continue\n'
        f"  {python} -m embedded.engine.recovery {shlex.quote(str(paths.root))} {shlex.quote(str(executable))}"
        " || exit 1\n"
        f'  break\ndone\nexec {shlex.quote(str(executable))} "$@"'
    )


def _script(file: Path, body: str) -> None:
    text = f"#!/bin/sh\n{body}\n"
    if file.exists() and not file.is_symlink() and file.read_text() == text:
        return
    partial = file.with_suffix(f".{os.getpid()}")
    partial.write_text(text)
    partial.chmod(0o755)
    partial.replace(file)


def _make_passphrase(file: Path) -> None:
    """Make the passphrase once; only its owner may read it."""
    if file.exists():
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(32))


def environment(paths: Paths, stack: str) -> dict[str, str]:
    """Return the variables under which plain pulumi and kubectl work on this project."""
    path = os.environ.get("PATH", os.defpath)
    first = f"{paths.bin}{os.pathsep}{Path(sys.executable).parent}"
    variables = {
        "BEDPLATE_ROOT": str(paths.root),
        "KUBECONFIG": str(paths.kubeconfig),
        "PATH": path if path.startswith(first) else f"{first}{os.pathsep}{path}",
        "PULUMI_BACKEND_URL": f"file://{paths.backend}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(paths.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_STACK": stack,
    }
    return variables | (_without_checkpoints(paths) if uses_stand_in() else {})


def _without_checkpoints(paths: Paths) -> dict[str, str]:
    """Save the state once at the end of a run: the stand-in's journal makes that crash-safe."""
    return {
        "BEDPLATE_JOURNAL": str(paths.journal),
        "PULUMI_EXPERIMENTAL": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
    }
