"""What holds for the whole repository: tests state facts, exports are real, the README is complete."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cli
import components
import embedded
import environments
import stacks
from stacks.graph import LAYERS

PACKAGES = (cli, components, embedded, environments, stacks)
PROCESSES = {"embedded.engine.host_process", "embedded.providers.kubernetes.__main__"}
MODULES = sorted(
    one.name
    for package in PACKAGES
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if one.name not in PROCESSES
)
TESTS = sorted(Path(__file__).parent.rglob("test_*.py"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_every_test_states_a_fact(file: Path) -> None:
    """Each test has a docstring that ends as a sentence does."""
    functions = [one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.FunctionDef)]
    tests = [one for one in functions if one.name.startswith("test_")]

    assert tests
    assert [one.name for one in tests if not (ast.get_docstring(one) or "").endswith(".")] == []


@pytest.mark.parametrize("name", MODULES)
def test_exports_exist(name: str) -> None:
    """Every name in a module's __all__ is there, and the list is sorted as ruff sorts it."""
    module = importlib.import_module(name)

    assert [one for one in getattr(module, "__all__", ()) if not hasattr(module, one)] == []


def test_files_under_tests_are_collected() -> None:
    """A file with tests is named so that pytest finds it."""
    files = Path(__file__).parent.rglob("*.py")
    hidden = [
        file
        for file in files
        if not file.name.startswith("test_") and re.search(r"^def test_", file.read_text(), re.MULTILINE)
    ]

    assert hidden == []


@pytest.mark.parametrize(
    "capability, backend",
    [(capability, backend) for layer in LAYERS.values() for capability, table in layer.items() for backend in table],
)
def test_every_backend_is_complete(capability: str, backend: str, root: Path) -> None:
    """A backend has its file, a golden and a row in the README."""
    readme = (root / "README.md").read_text()

    assert (root / "components" / capability / f"{backend}.py").is_file()
    assert (root / "tests" / "components" / "golden" / f"{capability}-{backend}.yaml").is_file()
    row = rf"^\| {capability} \|.*\b{backend}\b"
    assert re.search(row, readme, re.MULTILINE), f"README lacks {capability}/{backend}"


def test_every_alert_has_a_runbook(root: Path) -> None:
    """Every alert that a component brings has its section in docs/runbooks.md."""
    goldens = (root / "tests" / "components" / "golden").glob("*.yaml")
    alerts = {name for file in goldens for name in re.findall(r"alert: (\w+)", file.read_text())}
    runbooks = (root / "docs" / "runbooks.md").read_text()

    assert alerts
    assert [name for name in sorted(alerts) if f"## {name}" not in runbooks] == []


def test_every_verb_is_in_the_readme(root: Path) -> None:
    """Every verb of the command is named in the README."""
    from cli.main import app

    verbs = [command.callback.__name__ for command in app.registered_commands if command.callback]
    groups = [str(group.name) for group in app.registered_groups]
    readme = (root / "README.md").read_text()

    assert [verb for verb in (*verbs, *groups) if f"`bedplate {verb}" not in readme] == []


def test_suppressions_are_counted_and_reasoned(root: Path) -> None:
    """Each suppression of a lint or type rule names the rule and, for lint, a reason; their number only falls."""
    files = [file for package in PACKAGES for file in Path(str(package.__path__[0])).rglob("*.py")]
    lines = [line for file in files for line in file.read_text().splitlines()]
    lint = [line for line in lines if "# noqa" in line]
    types = [line for line in lines if "# type: ignore" in line]

    assert [line for line in lint if not re.search(r"# noqa: [A-Z0-9, ]+ - \S", line)] == []
    assert [line for line in types if not re.search(r"# type: ignore\[[a-z-, ]+\]", line)] == []
    assert len(lint) <= 45
    assert len(types) <= 9
    assert root.is_dir()
