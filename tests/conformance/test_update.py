"""Updates: server-side apply, other managers, and patches."""

from typing import Any

import pytest
from plugin import Failed, urn_of

pytestmark = pytest.mark.cluster


def edit(case: Any, manifest: dict[str, Any], patch: dict[str, Any]) -> None:
    """Change an object as another manager."""
    path = case.client.path_of(manifest)
    case.client.request(
        "PATCH", path, patch, content_type="application/merge-patch+json", params={"fieldManager": "somebody"}
    )


def test_dropped_properties_are_removed(case: Any) -> None:
    """A property that is no longer an input is removed from the object."""
    created = case.create(case.manifest("ConfigMap", metadata={"labels": {"a": "1", "b": "2"}}))
    inputs = created.inputs | {"metadata": created.inputs["metadata"] | {"labels": {"a": "1"}}}
    case.update(created, inputs)

    assert "b" not in case.live(created.inputs)["metadata"]["labels"]


def test_fields_of_other_managers_stay(case: Any) -> None:
    """What another manager added stays when the object is updated."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    edit(case, created.inputs, {"data": {"theirs": "1"}})
    case.update(created, created.inputs | {"data": {"a": "2"}})

    assert case.live(created.inputs)["data"] == {"a": "2", "theirs": "1"}


def test_conflicts_are_an_error(case: Any) -> None:
    """A field that another manager took since is a conflict, which names that manager."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    edit(case, created.inputs, {"data": {"a": "theirs"}})

    with pytest.raises(Failed, match=r"(?s)conflict.*somebody"):
        case.update(created, created.inputs | {"data": {"a": "2"}})


def test_patch_force_takes_fields(case: Any) -> None:
    """The annotation pulumi.com/patchForce resolves a conflict in our favour."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    edit(case, created.inputs, {"data": {"a": "theirs"}})
    forced = created.inputs["metadata"] | {"annotations": {"pulumi.com/patchForce": "true"}}
    case.update(created, created.inputs | {"metadata": forced, "data": {"a": "2"}})

    assert case.live(created.inputs)["data"]["a"] == "2"


def test_preview_of_an_update_changes_nothing(case: Any, client: Any) -> None:
    """Comparing leaves the object's resourceVersion as it was."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    case.diff(created, created.inputs | {"metadata": created.inputs["metadata"] | {"labels": {"x": "y"}}})

    live = case.live(created.inputs)
    assert live["metadata"]["resourceVersion"] == created.outputs["metadata"]["resourceVersion"]


def patched(case: Any, fields: dict[str, Any], name: str = "patch") -> Any:
    manifest = case.manifest("ConfigMap", **fields)
    urn = urn_of(manifest, name, "Patch")
    return urn, case.plugin.create(urn, case.plugin.check(urn, manifest))


def test_patches_set_some_fields(case: Any) -> None:
    """A patch sets its fields and leaves the others."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    patched(case, {"data": {"extra": "1"}})

    assert case.live(created.inputs)["data"] == {"a": "1", "extra": "1"}


def test_deleted_patches_give_their_fields_up(case: Any) -> None:
    """Deleting a patch removes its fields and keeps the object."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    urn, patch = patched(case, {"data": {"extra": "1"}})
    case.plugin.delete(urn, patch)

    assert case.live(created.inputs)["data"] == {"a": "1"}


def test_conflicting_patches_are_an_error(case: Any) -> None:
    """A patch of a field that another resource owns is a conflict."""
    case.create(case.manifest("ConfigMap", data={"a": "1"}))

    with pytest.raises(Failed, match="conflict"):
        patched(case, {"data": {"a": "2"}})


def test_two_patches_of_one_object_stand_side_by_side(case: Any) -> None:
    """Each patch resource has a field manager of its own."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))
    urn, first = patched(case, {"data": {"x": "1"}}, "first")
    patched(case, {"data": {"y": "1"}}, "second")
    case.plugin.delete(urn, first)

    assert case.live(created.inputs)["data"] == {"a": "1", "y": "1"}
