"""Reading for refresh and import, and deletion with waiting."""

from typing import Any

import pytest
from plugin import Failed, urn_of

pytestmark = pytest.mark.cluster


def test_read_returns_the_live_object(case: Any) -> None:
    """A refresh sees a change made by hand, in outputs and in inputs."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    case.client.request(
        "PATCH", case.client.path_of(created.inputs), {"data": {"a": "2"}}, content_type="application/merge-patch+json"
    )
    identity, outputs, inputs = case.plugin.read(urn_of(created.inputs, "one"), created.id, created.inputs, created.raw)

    assert identity == created.id
    assert outputs["data"] == {"a": "2"}
    assert inputs["data"] == {"a": "2"}


def test_read_of_a_deleted_object_is_empty(case: Any) -> None:
    """An object that is gone is read as gone, so that a refresh drops it from the state."""
    created = case.create(case.manifest("ConfigMap"))
    case.client.delete(created.inputs)

    assert case.plugin.read(urn_of(created.inputs, "one"), created.id, created.inputs, created.raw)[0] == ""


def test_import_returns_inputs(case: Any) -> None:
    """An import reads inputs from the live object, without status and what only the server writes."""
    manifest = case.manifest("ConfigMap", data={"a": "1"}, metadata={"labels": {"x": "y"}})
    case.client.request("POST", f"/api/v1/namespaces/{case.namespace}/configmaps", manifest)
    identity, _, inputs = case.plugin.read(urn_of(manifest, "one"), f"{case.namespace}/one", {})

    assert identity == f"{case.namespace}/one"
    assert inputs["data"] == {"a": "1"}
    assert inputs["metadata"]["labels"] == {"x": "y"}
    assert "uid" not in inputs["metadata"]
    assert "status" not in inputs


def test_imported_objects_are_no_change(case: Any) -> None:
    """What was imported and is written the same is not changed by the next run."""
    from plugin import Created, encode

    manifest = case.manifest("ConfigMap", data={"a": "1"})
    case.client.request("POST", f"/api/v1/namespaces/{case.namespace}/configmaps", manifest)
    urn = urn_of(manifest, "one")
    identity, outputs, inputs = case.plugin.read(urn, f"{case.namespace}/one", {})

    assert not case.plugin.diff(urn, Created(identity, encode(outputs), inputs), inputs).changed


def test_deleted_objects_are_gone(case: Any) -> None:
    """When deletion returns, the object is gone."""
    created = case.create(case.manifest("ConfigMap"))
    case.delete(created)

    assert case.live(created.inputs) is None


def test_deletion_of_what_is_gone_succeeds(case: Any) -> None:
    """Deleting an object that was deleted by hand is no error."""
    created = case.create(case.manifest("ConfigMap"))
    case.client.delete(created.inputs)

    case.delete(created)


def test_deletion_waits_for_finalizers(case: Any) -> None:
    """An object that a finalizer holds is an error after the timeout, and still there."""
    created = case.create(case.manifest("ConfigMap", metadata={"finalizers": ["example.com/hold"]}))

    with pytest.raises(Failed):
        case.delete(created, timeout=2)

    assert case.live(created.inputs) is not None
    case.client.request(
        "PATCH",
        case.client.path_of(created.inputs),
        {"metadata": {"finalizers": None}},
        content_type="application/merge-patch+json",
    )


def test_namespaces_are_deleted_with_what_they_hold(case: Any) -> None:
    """Deleting a namespace waits until its objects are gone too."""
    name = f"{case.namespace}-more"
    created = case.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    inside = case.create(case.manifest("ConfigMap", metadata={"namespace": name}))
    case.delete(created)

    assert case.live(created.inputs) is None
    assert case.live(inside.inputs) is None
