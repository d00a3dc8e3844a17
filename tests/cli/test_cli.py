"""The command as a person meets it: help, data on stdout, errors with a next step, exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

VERBS = ("up", "preview", "down", "status", "doctor", "validate", "config", "env", "graph", "cluster", "tools")


def run(*words: str, cwd: Path | None = None, **variables: str) -> Any:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI", "BEDPLATE"))}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=cwd,
        env=environment | {"NO_COLOR": "1"} | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    for name in ("environments", "charts"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(root / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    return tmp_path


def test_help_names_every_verb(root: Path) -> None:
    """--help lists every verb and imports neither Pulumi nor Pydantic."""
    shown = run("--help", cwd=root)
    heavy = ("pulumi", "pydantic", "rich.table", "grpc")
    check = f"import sys, cli.main; print([one for one in {heavy} if one in sys.modules])"
    imported = subprocess.run([sys.executable, "-c", check], cwd=root, capture_output=True, text=True, check=True)

    assert shown.returncode == 0
    assert all(verb in shown.stdout for verb in VERBS)
    assert imported.stdout.strip() == "[]"


def test_validate_prints_data_on_stdout(project: Path) -> None:
    """Validate --json prints JSON alone on stdout and exits with 0."""
    shown = run("validate", "--json", cwd=project)
    (result,) = json.loads(shown.stdout)

    assert shown.returncode == 0
    assert result["environment"] == "local"
    assert result["valid"] is True
    assert any("MinIO" in warning for warning in result["warnings"])


def test_broken_environment_exits_with_two(project: Path) -> None:
    """A wrong value is told on stderr with file, line and next step, without a traceback, and the code is 2."""
    file = project / "environments" / "local" / "platform.yaml"
    file.write_text(file.read_text().replace("backend: embedded", "backend: eks"))
    shown = run("validate", cwd=project)

    assert shown.returncode == 2
    assert "platform.yaml:5: cluster.backend is 'eks'; input should be 'embedded'" in shown.stderr
    assert "next:" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_explain_says_where_a_value_came_from(project: Path) -> None:
    """Config explain names file and line, and `default` for what nobody wrote."""
    shown = run("config", "explain", "capabilities.relational", cwd=project)

    assert 'storage = "5Gi"  (environments/local/platform.yaml:' in shown.stdout
    assert "resources.cpu = " in shown.stdout
    assert "(default)" in shown.stdout


@pytest.mark.parametrize("form", ["mermaid", "dot", "json", "svg"])
def test_graph_prints_each_form(project: Path, form: str) -> None:
    """Graph prints every form on stdout."""
    shown = run("graph", "--format", form, cwd=project)

    assert shown.returncode == 0
    assert "relational" in shown.stdout


def test_graph_writes_an_svg(project: Path, tmp_path: Path) -> None:
    """Graph -o FILE.svg writes a picture."""
    shown = run("graph", "-o", str(tmp_path / "graph.svg"), cwd=project)

    assert shown.returncode == 0
    assert (tmp_path / "graph.svg").read_text().startswith("<svg")


def test_outside_a_project_is_told(tmp_path: Path) -> None:
    """In a folder that is no project the command says so, with code 2."""
    shown = run("validate", cwd=tmp_path)

    assert shown.returncode == 2
    assert "no Bedplate project" in shown.stderr


@pytest.mark.parametrize("words", [["up"], ["down"], ["cluster", "reset"]])
def test_nothing_is_asked_without_a_terminal(project: Path, words: list[str]) -> None:
    """A verb that changes things does not wait for an answer nobody can give; it names --yes."""
    shown = run(*words, cwd=project)

    assert shown.returncode == 2
    assert "--yes" in shown.stderr


def test_cluster_that_does_not_run_has_its_code(project: Path) -> None:
    """Cluster status exits with 12 and names the command that starts it."""
    shown = run("cluster", "status", cwd=project)

    assert shown.returncode == 12
    assert "bedplate cluster start" in shown.stderr


def test_env_before_the_first_start_is_told(project: Path) -> None:
    """Env says what to run first, instead of printing paths to nothing."""
    shown = run("env", cwd=project)

    assert shown.returncode == 11
    assert "next:" in shown.stderr


def test_doctor_finds_a_readable_passphrase(project: Path) -> None:
    """A passphrase that others can read is found, with the line that mends it."""
    (project / ".bedplate").mkdir()
    (project / ".bedplate" / "passphrase").write_text("x")
    (project / ".bedplate" / "passphrase").chmod(0o644)
    shown = run("doctor", "--json", cwd=project)
    finding = next(one for one in json.loads(shown.stdout) if one["name"] == "passphrase")

    assert shown.returncode == 1
    assert finding["verdict"] == "broken"
    assert finding["fix"].startswith("chmod 600")


def test_doctor_finds_a_lost_passphrase(project: Path) -> None:
    """A passphrase that is gone while stacks exist is found before a new one is made."""
    stacks = project / ".bedplate" / "pulumi" / ".pulumi" / "stacks" / "bedplate"
    stacks.mkdir(parents=True)
    (stacks / "local.json").write_text('{"checkpoint": {"latest": null}}')
    shown = run("doctor", "--json", cwd=project)
    finding = next(one for one in json.loads(shown.stdout) if one["name"] == "passphrase")

    assert finding["verdict"] == "broken"
    assert "missing, but stacks exist" in finding["seen"]
