"""A YAML file as plain data that remembers the line of every key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.foundation.errors import ConfigurationError

__all__ = ["Document", "KeyPath", "Place", "dotted", "merge", "read"]

KeyPath = tuple[str | int, ...]
"""Keys and list indices from the root of a document."""


@dataclass(frozen=True)
class Place:
    """A line of a file, counted from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Document:
    """Data and, by key path, the place each value came from."""

    data: dict[str, Any]
    places: dict[KeyPath, Place]


def dotted(path: KeyPath) -> str:
    """Write a key path as people do: capabilities.relational.databases[0]."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def read(file: Path) -> Document:
    """Read a YAML mapping.

    Raises:
        ConfigurationError: The file cannot be read, is no YAML, is no mapping or repeats a key.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 1
        message = f"{file}:{line}: not valid YAML: {error.problem}"
        raise ConfigurationError(message, next_step="mend the indentation, quotes or brackets there") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"{file}: cannot be read: {reason}"
        raise ConfigurationError(message, next_step=f"ls -l {file}") from error
    places: dict[KeyPath, Place] = {}
    data = _convert(node, (), file, places) if node else {}
    if not isinstance(data, dict):
        message = f"{file}:1: a mapping of keys to values is expected, not {type(data).__name__}"
        raise ConfigurationError(message)
    return Document(data, places)


def _convert(node: yaml.Node, path: KeyPath, file: Path, places: dict[KeyPath, Place]) -> Any:
    places.setdefault(path, Place(file, node.start_mark.line + 1))
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, (*path, index), file, places) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, place = str(key_node.value), Place(file, key_node.start_mark.line + 1)
            if key in data:
                message = f"{place}: {dotted((*path, key))} is written twice (first on line {places[*path, key].line})"
                raise ConfigurationError(message, next_step="keep one of them")
            places[*path, key] = place
            data[key] = _convert(value_node, (*path, key), file, places)
        return data
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    loader = yaml.CSafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def merge(below: Document, above: Document) -> Document:
    """Lay one document over another: mappings merge key by key, everything else is replaced whole."""
    places = dict(below.places)
    data = _merge(below.data, above.data, (), places, above.places)
    return Document(data, places)


def _merge(
    below: dict[str, Any],
    above: dict[str, Any],
    path: KeyPath,
    places: dict[KeyPath, Place],
    above_places: dict[KeyPath, Place],
) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            places[here] = above_places[here]
            merged[key] = _merge(merged[key], value, here, places, above_places)
            continue
        merged[key] = value
        for old in [one for one in places if one[: len(here)] == here]:
            del places[old]
        places |= {one: place for one, place in above_places.items() if one[: len(here)] == here}
    return merged
