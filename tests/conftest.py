"""Fixtures for every test: the checkout, goldens with one update switch, and a platform of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded.paths import Paths

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write what is rendered as the new goldens")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file, or write it with --update-goldens."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--update-goldens"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        assert file.exists(), f"{file} is missing; write it with: pytest --update-goldens"
        assert text == file.read_text(), f"{file} differs; if that is meant: pytest --update-goldens"

    return compare


def copy_project(target: Path) -> Paths:
    """Copy what a run reads into a folder of its own, as a second checkout has it."""
    for name in ("environments", "charts", "stacks"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "Pulumi.yaml", target / "Pulumi.yaml")
    return Paths(target)


class Checkout:
    """A copy of the project, and the command in it."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "BEDPLATE_"))}
        kept = {key: os.environ[key] for key in ("BEDPLATE_CACHE",) if key in os.environ}
        self.environment = inherited | kept | {"BEDPLATE_ROOT": str(paths.root), "NO_COLOR": "1"}

    def bedplate(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            cwd=self.paths.root,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=500,
            check=False,
        )

    def popen(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *words],
            cwd=self.paths.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def pulumi(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        from embedded.engine.shims import environment

        return subprocess.run(
            [str(self.paths.bin / "pulumi"), "--non-interactive", *words],
            cwd=self.paths.root,
            env=self.environment | environment(self.paths, "local") | variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A second checkout with a cluster that runs; ended with every process, port and file."""
    from embedded import cluster, supervise

    one = Checkout(copy_project(tmp_path_factory.mktemp("checkout")))
    try:
        started = one.bedplate("cluster", "start", "--ephemeral")
        assert started.returncode == 0, started.stderr
        yield one
    finally:
        cluster.reset(one.paths)
    assert supervise.survivors(one.paths) == []
