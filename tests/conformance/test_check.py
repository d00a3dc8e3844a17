"""What the plugin fills in before anything is created."""

from typing import Any

import pytest
from plugin import Failed, urn_of

pytestmark = pytest.mark.cluster

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def config_map(**metadata: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}}


def test_default_namespace_is_filled_in(case: Any) -> None:
    """A namespaced object without a namespace goes to the provider's, which is `default`."""
    checked = case.plugin.check(urn_of(config_map(), "one"), config_map(name="one"))

    assert checked["metadata"]["namespace"] == "default"


def test_configured_namespace_is_filled_in(make_plugin: Any) -> None:
    """The provider's namespace setting takes the place of `default`."""
    checked = make_plugin(namespace="kube-system").check(urn_of(config_map(), "one"), config_map(name="one"))

    assert checked["metadata"]["namespace"] == "kube-system"


def test_given_namespace_is_kept(case: Any) -> None:
    """A namespace that is written stays."""
    checked = case.plugin.check(urn_of(config_map(), "one"), config_map(name="one", namespace="other"))

    assert checked["metadata"]["namespace"] == "other"


def test_cluster_scoped_objects_get_no_namespace(case: Any) -> None:
    """A kind without namespaces gets none."""
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "one"}}

    assert "namespace" not in case.plugin.check(urn_of(manifest, "one"), manifest)["metadata"]


def test_nameless_objects_are_named_after_the_resource(case: Any) -> None:
    """An object without a name gets the resource's name, a random suffix and an annotation that says so."""
    checked = case.plugin.check(urn_of(config_map(), "settings"), config_map())

    assert checked["metadata"]["name"].startswith("settings-")
    assert checked["metadata"]["annotations"]["pulumi.com/autonamed"] == "true"


def test_automatic_names_stay(case: Any) -> None:
    """A name that was given automatically is kept at the next run."""
    urn = urn_of(config_map(), "settings")
    first = case.plugin.check(urn, config_map(), seed=b"1" * 32)

    assert case.plugin.check(urn, config_map(), first, seed=b"2" * 32)["metadata"]["name"] == first["metadata"]["name"]


def test_unknown_values_pass(case: Any) -> None:
    """Values that are not known yet are accepted as they are."""
    manifest = config_map(name="one") | {"data": {"a": UNKNOWN}}

    assert case.plugin.check(urn_of(manifest, "one"), manifest)["data"]["a"] == UNKNOWN


def test_patches_must_be_named(case: Any) -> None:
    """A patch without the name of its object is refused."""
    with pytest.raises(Failed, match="name"):
        case.plugin.check(urn_of(config_map(), "one", "Patch"), config_map())
