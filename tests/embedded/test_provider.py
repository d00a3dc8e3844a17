"""The pure parts of the kubernetes stand-in: values, comparison, readiness, refusal."""

from pathlib import Path
from typing import Any

import pytest

from components.foundation.errors import ConfigurationError
from embedded.providers.kubernetes import objects
from embedded.providers.kubernetes.changes import changed_paths, contains, describe_path, replacing
from embedded.providers.kubernetes.difference import Difference, without
from embedded.providers.kubernetes.readiness import deployment, stateful_set, wait_for
from embedded.providers.kubernetes.settings import read_settings, unsupported
from embedded.providers.kubernetes.values import UNKNOWN, decode, encode, has_unknown, secret


def test_values_survive_the_wire() -> None:
    """Every kind of JSON value is the same after encoding and decoding; whole numbers stay int."""
    data = {"a": 1, "b": 1.5, "c": "x", "d": True, "e": None, "f": [1, {"g": []}], "h": {}}

    assert decode(encode(data)) == data
    assert isinstance(decode(encode(data))["a"], int)


def test_secrets_are_decoded_to_their_value() -> None:
    """A marked value is read as the value itself."""
    assert decode(encode({"a": secret("x"), "b": [secret({"c": 1})]})) == {"a": "x", "b": [{"c": 1}]}


def test_unknown_values_are_found_anywhere() -> None:
    """An unknown value is found inside lists and mappings."""
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert not has_unknown({"a": ["x", 1, None]})


@pytest.mark.parametrize(
    "old, new, paths",
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"a": {"b": 1}}, {"a": {}}, ["a.b"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a[1]"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a"]),
        ({"a": {"x/y": 1}}, {"a": {"x/y": 2}}, ['a["x/y"]']),
    ],
)
def test_changes_are_named_by_path(old: Any, new: Any, paths: list[str]) -> None:
    """Each changed property is named by its path, as Pulumi writes paths."""
    assert [describe_path(path) for path in changed_paths(old, new)] == paths


def test_live_objects_may_hold_more() -> None:
    """Keys beyond the wanted ones, and absence of what is wanted empty, are no drift."""
    live = {"a": 1, "b": {"c": 2, "added": 3}, "list": [{"x": 1, "default": 2}]}

    assert contains(live, {"a": 1, "b": {"c": 2}, "list": [{"x": 1}]})
    assert contains(live, {"missing": False, "empty": {}, "none": None})
    assert not contains(live, {"a": 2})
    assert not contains(live, {"list": [{"x": 1}, {"x": 2}]})
    assert not contains({"flag": True}, {"flag": False})


def test_mutable_kinds_do_not_replace() -> None:
    """ConfigMap data replaces unless the provider says that it may change in place; a name always replaces."""
    data, name = ("data", "a"), ("metadata", "name")

    assert replacing("ConfigMap", [data], frozenset()) == [data]
    assert replacing("ConfigMap", [data], frozenset({"ConfigMap"})) == []
    assert replacing("ConfigMap", [name], frozenset({"ConfigMap"})) == [name]


def test_stateful_sets_replace_but_for_a_list() -> None:
    """A StatefulSet is replaced for every change but those the API server allows in place."""
    allowed = [("spec", "replicas"), ("spec", "template", "spec"), ("metadata", "labels", "a")]

    assert replacing("StatefulSet", [*allowed, ("spec", "serviceName")], frozenset()) == [("spec", "serviceName")]


def test_field_manager_is_the_same_in_every_run() -> None:
    """A resource's field manager follows from its URN and is another for another resource."""
    assert objects.field_manager("urn:a") == objects.field_manager("urn:a")
    assert objects.field_manager("urn:a") != objects.field_manager("urn:b")


def test_ignored_drift_is_no_change() -> None:
    """Drift at or below an ignored path is left out; a change of inputs there is not."""
    found = Difference(["data.a", "spec.replicas", "spec.template.x"], [], frozenset({"data.a"}))

    assert without(found, ["spec.replicas", "data"]).paths == ["data.a", "spec.template.x"]


def test_outputs_leave_out_managed_fields() -> None:
    """What is kept in the state has no managedFields, and Secret data is marked."""
    live = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "managedFields": []}, "data": {"k": "eA=="}}
    found = objects.outputs(live, {}, "manager")

    assert "managedFields" not in found["metadata"]
    assert found["data"] == secret({"k": "eA=="})


def test_deployments_are_ready_when_rolled_out() -> None:
    """A Deployment of an unobserved generation, or with old replicas, is not ready."""
    live: dict[str, Any] = {"metadata": {"generation": 2}, "spec": {"replicas": 1}, "status": {"observedGeneration": 1}}
    assert deployment(live)
    live["status"] = {"observedGeneration": 2, "updatedReplicas": 1, "availableReplicas": 1, "replicas": 2}
    assert deployment(live) == "old replicas are still running"
    live["status"]["replicas"] = 1

    assert deployment(live) == ""


def test_stateful_sets_without_replicas_are_ready() -> None:
    """A StatefulSet that wants no replicas waits for none."""
    live = {"metadata": {"generation": 1}, "spec": {"replicas": 0}, "status": {"observedGeneration": 1}}

    assert stateful_set(live) == ""


@pytest.mark.parametrize("expression", ["", "ready", "condition=", "jsonpath=.status", "[]x"])
def test_wrong_wait_for_is_told(expression: str) -> None:
    """A waitFor that is neither a condition nor a path is an error, not an endless wait."""
    with pytest.raises(ValueError, match=r"waitFor|JSON|Extra data"):
        wait_for(expression)


@pytest.mark.parametrize("server", ["https://10.0.0.1:6443", "https://127.0.0.1:6443"])
def test_other_clusters_are_refused(tmp_path: Path, server: str) -> None:
    """A kubeconfig of any other cluster is refused, on this host too, and the official plugin is named."""
    file = tmp_path / "config"
    user = "{name: u, user: {client-certificate: /x, client-key: /x}}"
    cluster = f"{{name: c, cluster: {{server: '{server}', certificate-authority: {tmp_path / 'ca'}}}}}"
    context = "{name: x, context: {cluster: c, user: u}}"
    file.write_text(f"current-context: x\ncontexts: [{context}]\nclusters: [{cluster}]\nusers: [{user}]\n")

    with pytest.raises(ConfigurationError, match="serves embedded clusters only") as caught:
        read_settings({"kubeconfig": str(file)})

    assert "pulumi plugin install resource kubernetes" in caught.value.next_step


def test_unsupported_settings_are_named() -> None:
    """Settings of the official plugin that the stand-in lacks are named, not ignored."""
    assert unsupported({"renderYamlToDirectory": "out", "namespace": "x"}) == ["renderYamlToDirectory"]
