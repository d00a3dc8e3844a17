"""Run commands in a checkout of their own, and time them."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from embedded import cluster
from embedded.engine.shims import environment
from embedded.paths import Paths

__all__ = ["ROOT", "bedplate", "checkout", "pulumi", "seconds"]

ROOT = Path(__file__).parent.parent


@contextmanager
def checkout() -> Iterator[Paths]:
    """Copy the project to a folder of its own; its cluster ends with the block."""
    with TemporaryDirectory(prefix="bedplate-bench-") as folder:
        for name in ("environments", "charts", "stacks"):
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "Pulumi.yaml", Path(folder) / "Pulumi.yaml")
        paths = Paths(Path(folder))
        try:
            yield paths
        finally:
            cluster.reset(paths)


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> float:
    began = time.perf_counter()
    result = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stdout[-800:]}\n{result.stderr[-800:]}")
    return time.perf_counter() - began


def bedplate(paths: Paths, *words: str) -> float:
    """Return the seconds of a bedplate command."""
    return _run([sys.executable, "-m", "cli.main", *words], paths.root, {"BEDPLATE_ROOT": str(paths.root)})


def pulumi(paths: Paths, folder: Path, *words: str, **variables: str) -> float:
    """Return the seconds of a pulumi command on the program in a folder."""
    settings = environment(paths, "bench") | variables
    return _run([str(paths.bin / "pulumi"), "--non-interactive", *words], folder, settings)


def seconds(command: list[str], folder: Path, times: int = 5) -> float:
    """Return the median seconds of a command."""
    return statistics.median(_run(command, folder, {}) for _ in range(times))
