"""Find each tool on PATH in its pinned version, or build it from its Go module into the shared cache.

A build goes into a folder of its own and is renamed into place when it is whole, under a lock per
tool: an interrupted build leaves nothing that looks done, and two builders never clash.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from components.foundation.errors import ToolError
from embedded.go import find_go
from embedded.paths import cache_root
from embedded.tools import FAMILIES, TOOLS, Tool

__all__ = ["Found", "Toolchain", "locate", "prepare"]

Report = Callable[[str], None]
"""Takes one line about what is being built."""


@dataclass(frozen=True)
class Found:
    """A tool that is there: its executable and the folder with its module's files."""

    tool: Tool
    executable: Path
    assets: Path
    origin: str


@dataclass(frozen=True)
class Toolchain:
    """Every tool by name."""

    tools: dict[str, Found]

    def __getitem__(self, name: str) -> Path:
        """Return a tool's executable."""
        return self.tools[name].executable

    def assets(self, name: str) -> list[Path]:
        """List the files kept from a tool's module, sorted."""
        return sorted(self.tools[name].assets.glob("*"))


def cache_key(tool: Tool) -> str:
    """Digest what a tool is built from: its family's files and its table line."""
    digest = hashlib.sha256(repr((tool.name, tool.package, tool.assets, tool.stamps, tool.patches)).encode())
    for file in sorted((FAMILIES / tool.family).glob("*[!t]")):
        digest.update(file.read_bytes())
    return f"{tool.name}-{tool.version}-{digest.hexdigest()[:12]}"


def locate(tool: Tool) -> Found | None:
    """Return the tool from PATH in its pinned version, else from the cache, else None."""
    cached = cache_root() / "tools" / cache_key(tool)
    on_path = shutil.which(tool.name) if tool.probe and not tool.assets else None
    if on_path and not _is_ours(on_path) and printed_version([on_path, *tool.probe]) == tool.version:
        return Found(tool, Path(on_path), cached / "assets", "PATH")
    if (cached / tool.name).is_file():
        return Found(tool, cached / tool.name, cached / "assets", "cache")
    return None


def _is_ours(executable: str) -> bool:
    """Say whether an executable is a link or shim that `bedplate env` put on PATH."""
    return ".bedplate" in Path(executable).parts


def printed_version(command: list[str]) -> str:
    """Return the first version a command prints, without a leading v; empty when it prints none."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\bv?(\d+\.\d+\.\d+)\b", result.stdout)
    return found[1] if found else ""


def prepare(report: Report, tools: tuple[Tool, ...] = TOOLS) -> Toolchain:
    """Return every tool, building those that are not there.

    Raises:
        ToolError: Go is missing or too old, the disk is full, or a build failed.
    """
    found = {}
    missing = [tool for tool in tools if locate(tool) is None]
    for number, tool in enumerate(missing, 1):
        _build_once(tool, lambda line, n=number: report(f"[{n}/{len(missing)}] {line}"))  # type: ignore[misc]
    for tool in tools:
        if (there := locate(tool)) is None:
            raise ToolError(f"{tool.name} {tool.version} was built but is not in {cache_root()}")
        found[tool.name] = there
    return Toolchain(found)


def _build_once(tool: Tool, report: Report) -> None:
    folder = cache_root() / "tools"
    folder.mkdir(parents=True, exist_ok=True)
    key = cache_key(tool)
    with FileLock(folder / f".{key}.lock"):
        if (folder / key / tool.name).is_file():
            return
        partial = folder / f".{key}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            _build(tool, partial, report)
            partial.rename(folder / key)
        except OSError as error:
            raise ToolError(f"cannot write {folder}: {error.strerror}", next_step="free disk space") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _build(tool: Tool, folder: Path, report: Report) -> None:
    go = find_go(FAMILIES / tool.family / "go.mod", report)
    report(f"building {tool.name} {tool.version}")
    output = folder / tool.name
    source = _source(tool, go, report) if tool.assets else Path()
    modfile = _patch(tool, source, folder) if tool.patches else []
    stamps = " ".join(f"-X {one.format(v=tool.version)}" for one in tool.stamps)
    flags = f"-ldflags=-s -w {stamps}".strip()
    command = [go, "build", "-v", "-trimpath", flags, f"-o={output}", *modfile, tool.package]
    _run_go(tool, command, report)
    (folder / "assets").mkdir()
    for pattern in tool.assets:
        for file in source.glob(pattern):
            shutil.copyfile(file, folder / "assets" / file.name)
    shutil.rmtree(folder / "source", ignore_errors=True)


def _source(tool: Tool, go: str, report: Report) -> Path:
    """Download the tool's module and return its folder."""
    _run_go(tool, [go, "mod", "download", tool.module], report)
    return Path(_run_go(tool, [go, "list", "-m", "-f", "{{.Dir}}", tool.module], report)[-1])


def _patch(tool: Tool, source: Path, folder: Path) -> list[str]:
    """Copy the module, patch the copy, and return the build flag that uses it (Go forbids overlays on its cache)."""
    copy = folder / "source"
    shutil.copytree(source, copy, copy_function=shutil.copyfile)
    subprocess.run(["chmod", "-R", "u+w", copy], check=True)
    for name, text, replacement in tool.patches:
        original = (source / name).read_text()
        if text not in original:
            raise ToolError(f"{tool.name} {tool.version}: {name} no longer holds {text!r}; mend the patch")
        (copy / name).write_text(original.replace(text, replacement))
    family = FAMILIES / tool.family
    shutil.copyfile(family / "go.sum", copy / "tool.sum")
    (copy / "tool.mod").write_text(f"{(family / 'go.mod').read_text()}\nreplace {tool.module} => {copy}\n")
    return [f"-modfile={copy / 'tool.mod'}"]


def _run_go(tool: Tool, command: list[str], report: Report) -> list[str]:
    """Run Go in the tool's family, telling every fiftieth package it compiled."""
    environment = os.environ | {"GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=FAMILIES / tool.family,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if len(lines) % 50 == 0:
                report(f"building {tool.name} {tool.version}: {len(lines)} packages")
    if process.returncode != 0:
        raise _build_error(tool, lines)
    return lines


def _build_error(tool: Tool, lines: list[str]) -> ToolError:
    said = "\n".join(lines[-8:])
    if "no space left" in said:
        return ToolError(f"the disk filled while building {tool.name}", next_step="free 6 GB and run it again")
    return ToolError(
        f"building {tool.name} {tool.version} failed:\n{said}",
        next_step=f"put {tool.name} {tool.version} on PATH, or mend the Go module proxy (GOPROXY)",
    )
