"""A plugin, the official one where it is installed, else ours; and a namespace for each test.

BEDPLATE_KUBERNETES_PLUGIN=official or stand-in overrides the choice.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from plugin import Created, Plugin, urn_of

from embedded.engine.shims import official_plugin, uses_stand_in
from embedded.kube import Client

_NUMBERS = itertools.count()


def executable(checkout: Any) -> Path:
    if uses_stand_in():
        return Path(checkout.paths.bin / "pulumi-resource-kubernetes")
    found = official_plugin()
    assert found is not None, "the official plugin is not installed: pulumi plugin install resource kubernetes"
    return found


@pytest.fixture(scope="session")
def client(checkout: Any) -> Client:
    return Client(checkout.paths.kubeconfig)


@pytest.fixture(scope="session")
def make_plugin(checkout: Any) -> Iterator[Callable[..., Plugin]]:
    made = []

    def make(**settings: str) -> Plugin:
        one = Plugin(executable(checkout), checkout.paths.kubeconfig, {"BEDPLATE_JOURNAL": ""}, **settings)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def plugin(make_plugin: Callable[..., Plugin]) -> Plugin:
    return make_plugin()


@pytest.fixture
def namespace(client: Client) -> Iterator[str]:
    name = f"case-{next(_NUMBERS)}"
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    client.request("POST", "/api/v1/namespaces", manifest)
    yield name
    client.delete(manifest)


class Case:
    """One plugin and one namespace; makes resources as the engine would."""

    def __init__(self, plugin: Plugin, client: Client, namespace: str) -> None:
        self.plugin = plugin
        self.client = client
        self.namespace = namespace

    def manifest(self, kind: str, name: str = "one", **parts: Any) -> dict[str, Any]:
        version = parts.pop("version", "v1")
        metadata = {"name": name, "namespace": self.namespace} | parts.pop("metadata", {})
        return {"apiVersion": version, "kind": kind, "metadata": metadata} | parts

    def create(self, manifest: dict[str, Any], **options: Any) -> Created:
        urn = urn_of(manifest, manifest["metadata"].get("name", "auto"))
        return self.plugin.create(urn, self.plugin.check(urn, manifest), **options)

    def diff(self, created: Created, news: dict[str, Any]) -> Any:
        urn = urn_of(created.inputs, created.inputs["metadata"]["name"])
        return self.plugin.diff(urn, created, self.plugin.check(urn, news, created.inputs))

    def update(self, created: Created, news: dict[str, Any], **options: Any) -> Created:
        urn = urn_of(created.inputs, created.inputs["metadata"]["name"])
        return self.plugin.update(urn, created, self.plugin.check(urn, news, created.inputs), **options)

    def delete(self, created: Created, **options: Any) -> None:
        urn = urn_of(created.inputs, created.inputs["metadata"]["name"])
        self.plugin.delete(urn, created, **options)

    def live(self, manifest: dict[str, Any]) -> Any:
        return self.client.get(manifest)


@pytest.fixture
def case(plugin: Plugin, client: Client, namespace: str) -> Case:
    return Case(plugin, client, namespace)
