"""Creation: identity, existing objects, order, previews and secrets."""

import threading
import time
from typing import Any

import pytest
from plugin import Failed, urn_of

pytestmark = pytest.mark.cluster


def test_id_is_namespace_and_name(case: Any) -> None:
    """The id of a namespaced object is namespace/name, and its outputs are the live object."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))

    assert created.id == f"{case.namespace}/one"
    assert created.outputs["metadata"]["uid"] == case.live(created.inputs)["metadata"]["uid"]


def test_id_of_cluster_scoped_objects_is_the_name(case: Any) -> None:
    """The id of an object without a namespace is its name."""
    manifest = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": case.namespace},
        "value": 5,
    }
    created = case.create(manifest)
    case.delete(created)

    assert created.id == case.namespace


def test_existing_objects_are_an_error(case: Any) -> None:
    """Creating what exists fails with AlreadyExists and changes nothing."""
    manifest = case.manifest("ConfigMap", data={"a": "by hand"})
    case.client.request("POST", f"/api/v1/namespaces/{case.namespace}/configmaps", manifest)

    with pytest.raises(Failed, match="already exists"):
        case.create(manifest | {"data": {"a": "by pulumi"}})

    assert case.live(manifest)["data"] == {"a": "by hand"}


def test_upsert_takes_existing_objects_over(case: Any, make_plugin: Any) -> None:
    """With upsertExistingObjects an existing object is taken over."""
    manifest = case.manifest("ConfigMap", data={"a": "by hand"})
    case.client.request("POST", f"/api/v1/namespaces/{case.namespace}/configmaps", manifest)
    plugin = make_plugin(upsertExistingObjects="true", enablePatchForce="true")
    urn = urn_of(manifest, "one")

    plugin.create(urn, plugin.check(urn, manifest | {"data": {"a": "by pulumi"}}))

    assert case.live(manifest)["data"] == {"a": "by pulumi"}


def test_preview_creates_nothing(case: Any) -> None:
    """A preview returns the expected object and leaves the cluster as it is."""
    manifest = case.manifest("ConfigMap", data={"a": "1"})
    previewed = case.create(manifest, preview=True)

    assert previewed.outputs["data"] == {"a": "1"}
    assert case.live(manifest) is None


def test_invalid_objects_are_refused_with_the_servers_words(case: Any) -> None:
    """What the API server refuses fails with its message."""
    bad = case.manifest("Service", spec={"ports": [{"port": 70000}]})

    with pytest.raises(Failed, match="70000"):
        case.create(bad)


def test_objects_wait_for_their_namespace(case: Any) -> None:
    """An object whose namespace comes a moment later is created all the same."""
    late = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{case.namespace}-late"}}
    manifest = case.manifest("ConfigMap", metadata={"namespace": f"{case.namespace}-late"})

    def later() -> None:
        time.sleep(1)
        case.client.request("POST", "/api/v1/namespaces", late)

    thread = threading.Thread(target=later)
    thread.start()
    created = case.create(manifest)
    thread.join()
    case.client.delete(late)

    assert created.id == f"{case.namespace}-late/one"


def test_secret_data_is_secret_in_outputs(case: Any) -> None:
    """The data of a Secret is marked, whether it was given as data or as stringData."""
    created = case.create(case.manifest("Secret", stringData={"password": "hunter2"}))

    assert created.is_secret("data")
    assert created.is_secret("stringData") or "stringData" not in created.raw.fields
    assert created.outputs["data"] == {"password": "aHVudGVyMg=="}


def test_definitions_are_waited_for(case: Any) -> None:
    """A CustomResourceDefinition is created only when it is served, so that its objects can follow at once."""
    group = f"{case.namespace}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
            ],
        },
    }
    created = case.create(definition)
    thing = case.create(case.manifest("Thing", version=f"{group}/v1", spec={"size": 3}))
    case.delete(thing)
    case.delete(created)

    assert thing.id == f"{case.namespace}/one"
    assert thing.outputs["spec"] == {"size": 3}
