"""Environments of this repository, provenance, and the schema."""

import json
from pathlib import Path

import pytest

from components.foundation.errors import ConfigurationError
from environments import schema
from environments.load import environment_names, explain, load
from environments.services import load_services


def test_local_extends_base(root: Path) -> None:
    """The local environment takes topics from base and sizes from its own file."""
    loaded = load(root, "local")

    assert "local" in environment_names(root)
    assert loaded.environment.capabilities.relational is not None
    assert loaded.environment.capabilities.relational.storage == "5Gi"
    assert loaded.environment.capabilities.event_bus is not None
    assert "inference-requests" in loaded.environment.capabilities.event_bus.topics


def test_base_is_no_environment(root: Path) -> None:
    """A folder that only others extend is not offered as an environment."""
    assert "base" not in environment_names(root)


def test_unknown_environment_lists_the_known(root: Path) -> None:
    """An environment that is not there is told with those that are."""
    with pytest.raises(ConfigurationError, match="no environment 'prod'; there is: local"):
        load(root, "prod")


def test_explain_names_file_and_line(root: Path) -> None:
    """A value from each file and a default are explained by where they came from."""
    origins = dict(explain(load(root, "local"), "capabilities.relational"))

    storage, databases, cpu = (
        origins[f"capabilities.relational.{key}"] for key in ("storage", "databases", "resources.cpu")
    )
    assert storage.place is not None
    assert storage.place.file.parent.name == "local"
    assert databases.place is not None
    assert databases.place.file.parent.name == "base"
    assert cpu.place is None


def test_explain_reaches_into_lists(root: Path) -> None:
    """A key inside a list of mappings is named by its index."""
    ((leaf, origin),) = explain(load(root, "local"), "cluster.node_pools[1].instance_type")

    assert leaf == "cluster.node_pools[1].instance_type"
    assert origin.value == "g6.4xlarge"
    assert origin.place is not None


def test_explain_of_unknown_key_lists_what_there_is(root: Path) -> None:
    """A key that is not there is told with its neighbours."""
    with pytest.raises(ConfigurationError, match="at cluster there is backend, version, node_pools"):
        explain(load(root, "local"), "cluster.nodes")


def test_schema_in_the_repository_is_current(root: Path) -> None:
    """The checked-in JSON Schema equals what the model renders; mend with: bedplate config schema."""
    assert (root / schema.FILE).read_text() == schema.render()


def test_schema_forbids_unknown_keys() -> None:
    """Every object of the schema is closed, so that editors mark a misspelt key."""
    rendered = json.loads(schema.render())
    objects = [rendered, *rendered["$defs"].values()]

    assert all(one.get("additionalProperties") is False for one in objects if one["type"] == "object")


@pytest.mark.parametrize(
    "line, said",
    [
        ("chart: gateway", "chart 'gateway' is not in charts/; allowed: inference-gateway"),
        ("namespace: web", "namespace 'web' is no tenant; allowed: data, serving, training"),
        ("version: 9.9.9", "version 9.9.9 of inference-gateway is asked for, but charts/ holds 0.1.0"),
        ("version: latest", "version: String should match pattern"),
        ("values: 3", "values: Input should be a valid dictionary"),
        ("extra: 1", "extra: Extra inputs are not permitted"),
    ],
)
def test_wrong_service_files_are_told(root: Path, tmp_path: Path, line: str, said: str) -> None:
    """A service that names a missing chart, namespace or version is refused before anything starts."""
    lines = {"chart": "inference-gateway", "version": "0.1.0", "namespace": "serving"}
    lines |= dict([line.split(": ")])
    folder = tmp_path / "environments" / "local" / "services"
    folder.mkdir(parents=True)
    (tmp_path / "charts").symlink_to(root / "charts")
    (folder / "gateway.yaml").write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))

    with pytest.raises(ConfigurationError) as caught:
        load_services(tmp_path, "local", load(root, "local").environment)

    assert said in caught.value.summary
    assert "gateway.yaml:" in caught.value.summary
