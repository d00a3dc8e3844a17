"""The graph, its drawings, and the whole local environment under recording mocks."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pulumi
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))
from recorder import record

from components.foundation.errors import ConfigurationError
from embedded.paths import Paths
from environments.load import load
from stacks.__main__ import KUBECONFIG
from stacks.credentials import required_credentials
from stacks.drawing import FORMATS
from stacks.graph import Graph, Node, build, check
from stacks.layers import Stack, provision

GOLDEN = Path(__file__).parent / "golden"


def node(name: str, *, provides: str = "", requires: str = "", uses: str = "") -> Node:
    return Node("layer", name, "backend", *(tuple(text.split()) for text in (provides, requires, uses)))


@pytest.fixture
def graph(root: Path) -> Graph:
    return build(load(root, "local").environment)


def test_missing_provision_is_named() -> None:
    """What a component requires and nobody provides is named with the component."""
    with pytest.raises(ConfigurationError, match="a/backend requires Database, which no component"):
        check((node("a", requires="Database"),))


def test_doubled_provision_is_named() -> None:
    """What two components provide is named with both."""
    with pytest.raises(ConfigurationError, match="Database is provided twice: by a/backend and by b/backend"):
        check((node("a", provides="Database"), node("b", provides="Database")))


def test_late_provision_is_named() -> None:
    """What is provided only after it is needed is named; so no circle can stand."""
    with pytest.raises(ConfigurationError, match="a/backend needs Database before b/backend provides it"):
        check((node("a", requires="Database"), node("b", provides="Database")))


def test_used_provision_may_be_missing() -> None:
    """What a component only uses makes an edge where it is provided, and no error where it is not."""
    without = check((node("a", uses="Database"),))
    with_it = check((node("b", provides="Database"), node("a", uses="Database")))

    assert without.edges == ()
    assert [(edge.provider, edge.consumer, edge.required) for edge in with_it.edges] == [("b", "a", False)]


def test_drawings_hold_every_node_and_edge(graph: Graph) -> None:
    """Mermaid, DOT, JSON and SVG each show every component."""
    for name, draw in FORMATS.items():
        text = draw(graph)
        assert all(one.title in text or one.capability in text for one in graph.nodes), name
        assert text == draw(graph)


def test_json_and_svg_are_well_formed(graph: Graph) -> None:
    """The JSON parses back to the same numbers of nodes and edges, and the SVG is XML."""
    data = json.loads(FORMATS["json"](graph))

    assert (len(data["nodes"]), len(data["edges"])) == (len(graph.nodes), len(graph.edges))
    assert ET.fromstring(FORMATS["svg"](graph)).tag.endswith("svg")


def rendered(root: Path, *, preview: bool = False) -> Any:
    def program() -> None:
        loaded = load(root, "local")
        keys = required_credentials(loaded.environment)
        pulumi.runtime.set_all_config({f"bedplate:{key}": f"value-of-{key}" for key in keys})
        provider = pulumi.ProviderResource("kubernetes", "cluster", {}, None)
        provision(Stack(loaded, Path("/project"), pulumi.Config("bedplate"), provider))

    return record(program, preview=preview)


def test_local_environment_equals_the_golden(root: Path, golden: Callable[[Path, str], None]) -> None:
    """The local environment is rendered as its golden says, whole."""
    golden(GOLDEN / "local.yaml", yaml.safe_dump(rendered(root).objects(), sort_keys=True, width=120))


def test_names_of_resources_stay(root: Path, golden: Callable[[Path, str], None]) -> None:
    """Types and logical names of resources are those of the golden: an unplanned rename would replace objects."""
    names = sorted(f"{one.type} {one.name}" for one in rendered(root).registered)

    golden(GOLDEN / "local.urns.txt", "\n".join(names) + "\n")


def test_rendering_twice_is_the_same(root: Path) -> None:
    """Two renderings of an environment are byte-identical."""
    first, second = (yaml.safe_dump(rendered(root).objects()) for _ in range(2))

    assert first == second


def test_facts_hold_addresses_and_no_secrets(root: Path) -> None:
    """The facts that charts get are addresses and names of Secrets; no credential is among them."""
    secret = rendered(root).objects()["delivery-cluster"]
    facts = json.loads(secret["metadata"]["annotations"]["bedplate.dev/facts"])

    assert facts["sql"]["host"] == "postgresql.data.svc"
    assert facts["sql"]["secret"] == "relational-credentials"
    assert "value-of-" not in json.dumps(facts)


def test_program_and_cluster_agree_on_the_kubeconfig(tmp_path: Path) -> None:
    """The program uses the kubeconfig that the embedded cluster writes."""
    assert tmp_path / KUBECONFIG == Paths(tmp_path).kubeconfig
