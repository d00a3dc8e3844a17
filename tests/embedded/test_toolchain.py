"""Tools on PATH, in the cache, and built: with a small Go module in place of the real ones."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from components.foundation.errors import ToolError
from embedded import go as go_module
from embedded import toolchain
from embedded.go import find_go, go_version
from embedded.tools import TOOLS, Tool

MODULE = "module example.com/{name}\n\ngo 1.20\n\nrequire example.com/dep v1.2.3\n"
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {{ fmt.Println("{name} v1.2.3") }}\n'
needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="no Go on PATH")


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Return a tool whose family is a module of the test's own, with an empty cache."""
    family = tmp_path / "families" / "small"
    family.mkdir(parents=True)
    (family / "go.mod").write_text("module example.com/small\n\ngo 1.20\n")
    (family / "go.sum").write_text("")
    (family / "main.go").write_text(MAIN.format(name="small"))
    monkeypatch.setattr(toolchain, "FAMILIES", family.parent)
    monkeypatch.setenv("BEDPLATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Tool, "version", property(lambda _self: "1.2.3"))
    return Tool("small", "small", ".", "example.com/dep", ("--version",))


def script(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def on_path(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_pinned_version_on_path_is_taken(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool on PATH that prints the pinned version is used and nothing is built."""
    script(tmp_path / "bin", "small", "echo small v1.2.3")
    on_path(monkeypatch, tmp_path / "bin")
    found = toolchain.locate(tool)

    assert found is not None
    assert found.origin == "PATH"


def test_other_version_on_path_is_left_alone(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool on PATH of another version is not used."""
    script(tmp_path / "bin", "small", "echo small v9.9.9")
    on_path(monkeypatch, tmp_path / "bin")

    assert toolchain.locate(tool) is None


@needs_go
def test_build_is_cached(tool: Tool) -> None:
    """A tool is built once; the second time it comes from the cache without a word."""
    said: list[str] = []
    first = toolchain.prepare(said.append, (tool,))
    again: list[str] = []
    second = toolchain.prepare(again.append, (tool,))

    assert first["small"] == second["small"]
    assert toolchain.printed_version([str(first["small"])]) == "1.2.3"
    assert said
    assert again == []


@needs_go
def test_interrupted_build_leaves_nothing_half_done(tool: Tool, tmp_path: Path) -> None:
    """A folder that an interrupted build left is not taken for a tool, and the next build replaces it."""
    partial = tmp_path / "cache" / "tools" / f".{toolchain.cache_key(tool)}.partial"
    partial.mkdir(parents=True)
    (partial / "small").write_text("half")

    assert toolchain.locate(tool) is None
    found = toolchain.prepare(lambda _line: None, (tool,))

    assert toolchain.printed_version([str(found["small"])]) == "1.2.3"
    assert not partial.exists()


@needs_go
def test_two_builders_do_not_clash(tool: Tool) -> None:
    """Two that need the same tool at once both get it, and it is built once."""
    built: list[str] = []
    threads = [threading.Thread(target=toolchain.prepare, args=(built.append, (tool,))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert toolchain.locate(tool) is not None
    assert sum("building" in line for line in built) == 1


@needs_go
def test_failed_build_is_told(tool: Tool) -> None:
    """A build that fails is told with the compiler's words, and leaves nothing in the cache."""
    (toolchain.FAMILIES / "small" / "main.go").write_text("package main\n\nfunc main() { undefined() }\n")

    with pytest.raises(ToolError, match="undefined: undefined"):
        toolchain.prepare(lambda _line: None, (tool,))

    assert toolchain.locate(tool) is None


def test_change_of_a_pin_changes_the_cache_key(tool: Tool) -> None:
    """Editing a family's files makes another entry in the cache."""
    before = toolchain.cache_key(tool)
    (toolchain.FAMILIES / "small" / "go.sum").write_text("changed")

    assert toolchain.cache_key(tool) != before


def test_old_go_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Go older than a module asks for is named with its version, and so is what is needed."""
    script(tmp_path / "bin", "go", "echo go version go1.2.3 linux/amd64")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("BEDPLATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        go_module.shutil, "which", lambda name, **_: str(tmp_path / "bin" / "go") if name == "go" else None
    )
    (tmp_path / "go.mod").write_text("module x\n\ngo 1.26.0\n")

    with pytest.raises(ToolError, match=r"Go 1.26.0 or newer is needed .* is 1.2.3"):
        find_go(tmp_path / "go.mod", lambda _line: None)


def test_go_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    """A path that is no Go has no version."""
    assert go_version(str(tmp_path / "go")) == ()


def test_every_tool_is_pinned() -> None:
    """Every tool's version is read from its family's go.mod."""
    assert {tool.name: tool.version for tool in TOOLS}["pulumi"] == "3.230.0"
    assert all(tool.version.count(".") == 2 for tool in TOOLS)
