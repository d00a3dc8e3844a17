"""Load an environment: its file over the files it extends, checked against the model."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from components.foundation.errors import ConfigurationError
from environments.document import Document, KeyPath, Place, dotted, merge, read
from environments.model import Environment
from environments.problems import describe

__all__ = ["Loaded", "Origin", "environment_names", "explain", "load", "load_file"]


@dataclass(frozen=True)
class Origin:
    """Where a value came from; `place` is None for a default of the model."""

    value: Any
    place: Place | None


@dataclass(frozen=True)
class Loaded:
    """An environment and where its values came from."""

    name: str
    environment: Environment
    document: Document

    @cached_property
    def values(self) -> dict[str, Any]:
        """Return the whole environment as plain data, defaults included."""
        return self.environment.model_dump(mode="json")


def environment_names(root: Path) -> list[str]:
    """List the environments: folders whose platform.yaml names a cluster, itself or by extension."""
    folders = sorted(file.parent for file in (root / "environments").glob("*/platform.yaml"))
    return [folder.name for folder in folders if folder.name != "base" and not folder.name.startswith("base-")]


def load(root: Path, name: str) -> Loaded:
    """Load the environment of that name.

    Raises:
        ConfigurationError: There is none, or a file of it is wrong.
    """
    file = root / "environments" / name / "platform.yaml"
    known = environment_names(root)
    if name not in known:
        message = f"no environment {name!r}; there is: {', '.join(known)}"
        raise ConfigurationError(message, next_step=f"create {file.relative_to(root)}")
    return load_file(file, root)


def load_file(file: Path, root: Path) -> Loaded:
    """Load an environment from its file; `extends` names folders beside it under environments/."""
    document = _extended(file, root, ())
    data = {key: value for key, value in document.data.items() if key != "extends"}
    try:
        environment = Environment.model_validate(data)
    except ValidationError as error:
        raise describe(error, document, file) from error
    return Loaded(file.parent.name, environment, document)


def _extended(file: Path, root: Path, above: tuple[Path, ...]) -> Document:
    document = read(file)
    parent = document.data.get("extends")
    if parent is None:
        return document
    place = document.places["extends",]
    base = root / "environments" / str(parent) / "platform.yaml"
    if base in (*above, file):
        chain = " -> ".join(one.parent.name for one in (*above, file, base))
        message = f"{place}: extends goes in a circle: {chain}"
        raise ConfigurationError(message, next_step="remove one of the extends lines")
    if not base.is_file():
        choices = sorted(one.parent.name for one in (root / "environments").glob("*/platform.yaml"))
        message = f"{place}: extends: {parent!r} has no platform.yaml; allowed: {', '.join(choices)}"
        raise ConfigurationError(message, next_step="name a folder under environments/")
    return merge(_extended(base, root, (*above, file)), document)


def explain(loaded: Loaded, key: str) -> list[tuple[str, Origin]]:
    """Return the value at a dotted key, or every value below it, with where each came from.

    Raises:
        ConfigurationError: There is no such key.
    """
    path: KeyPath = ()
    value: Any = loaded.values
    for part in key.replace("[", ".").replace("]", "").split(".") if key else ():
        step: str | int = int(part) if isinstance(value, list) and part.isdigit() else part
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError) as error:
            allowed = ", ".join(map(str, value)) if isinstance(value, dict) else f"0 to {len(value or ()) - 1}"
            message = f"no key {key!r} in environment {loaded.name}: at {dotted(path) or 'the top'} there is {allowed}"
            raise ConfigurationError(message, next_step=f"bedplate config explain {dotted(path)}".strip()) from error
        path = (*path, step)
    return [(dotted(leaf), Origin(found, loaded.document.places.get(leaf))) for leaf, found in _leaves(path, value)]


def _leaves(path: KeyPath, value: Any) -> list[tuple[KeyPath, Any]]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        items = list(enumerate(value))
    if not items:
        return [(path, value)]
    return [leaf for key, item in items for leaf in _leaves((*path, key), item)]
