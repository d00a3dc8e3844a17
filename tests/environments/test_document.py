"""YAML documents that remember lines."""

from pathlib import Path

import pytest

from components.foundation.errors import ConfigurationError
from environments.document import dotted, merge, read


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_every_key_knows_its_line(tmp_path: Path) -> None:
    """A nested key and a list item know the line they were written on."""
    document = read(written(tmp_path, "a.yaml", "a:\n  b: 1\nc:\n  - x\n  - {d: 2}\n"))

    assert document.data == {"a": {"b": 1}, "c": ["x", {"d": 2}]}
    assert document.places["a", "b"].line == 2
    assert document.places["c", 1, "d"].line == 5


def test_mappings_merge_and_lists_are_replaced(tmp_path: Path) -> None:
    """Laying one file over another merges mappings key by key and replaces lists whole."""
    below = read(written(tmp_path, "below.yaml", "a: {x: 1, y: 2}\nlist: [1, 2]\n"))
    above = read(written(tmp_path, "above.yaml", "a: {y: 3}\nlist: [9]\n"))

    merged = merge(below, above)

    assert merged.data == {"a": {"x": 1, "y": 3}, "list": [9]}
    assert merged.places["a", "x"].file.name == "below.yaml"
    assert merged.places["a", "y"].file.name == "above.yaml"
    assert ("list", 1) not in merged.places


@pytest.mark.parametrize(
    "text, said",
    [
        ("a: 1\na: 2\n", "a.yaml:2: a is written twice (first on line 1)"),
        ("a: [1\n", "a.yaml:2: not valid YAML"),
        ("- 1\n", "a mapping of keys to values is expected, not list"),
    ],
)
def test_bad_yaml_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    """A repeated key, broken YAML and a list at the top are told with file and line."""
    with pytest.raises(ConfigurationError) as caught:
        read(written(tmp_path, "a.yaml", text))

    assert said in caught.value.summary


def test_unreadable_file_is_told(tmp_path: Path) -> None:
    """A file that cannot be read is named with the reason."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read(tmp_path / "missing.yaml")


def test_key_paths_read_as_people_write_them() -> None:
    """List indices stand in brackets, keys behind dots."""
    assert dotted(("cluster", "node_pools", 0, "name")) == "cluster.node_pools[0].name"
