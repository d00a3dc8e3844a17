"""What a change of inputs means: nothing, an update in place, or a replacement."""

import copy
from typing import Any

import pytest
from plugin import urn_of

pytestmark = pytest.mark.cluster

POD = {"containers": [{"name": "main", "image": "example.com/main:1"}]}
LABELS = {"app": "one"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
SKIP = {"annotations": {"pulumi.com/skipAwait": "true"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def changed(manifest: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy with the value at a dotted path set."""
    new = copy.deepcopy(manifest)
    *parents, last = path.split(".")
    inner = new
    for key in parents:
        inner = inner.setdefault(key, {})
    inner[last] = value
    return new


KINDS: dict[str, dict[str, Any]] = {
    "ConfigMap": {"data": {"a": "1"}},
    "Secret": {"type": "Opaque", "stringData": {"a": "1"}},
    "Deployment": {
        "version": "apps/v1",
        "metadata": SKIP,
        "spec": {"replicas": 0, "selector": {"matchLabels": LABELS}, "template": TEMPLATE},
    },
    "StatefulSet": {
        "version": "apps/v1",
        "metadata": SKIP,
        "spec": {
            "replicas": 0,
            "serviceName": "one",
            "selector": {"matchLabels": LABELS},
            "template": TEMPLATE,
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM}],
        },
    },
    "Job": {
        "version": "batch/v1",
        "metadata": SKIP,
        "spec": {"suspend": True, "template": {"spec": POD | {"restartPolicy": "Never"}}},
    },
    "Service": {"spec": {"type": "ClusterIP", "clusterIP": "None", "ports": [{"port": 80}]}},
    "PersistentVolumeClaim": {"metadata": SKIP, "spec": CLAIM},
    "RoleBinding": {
        "version": "rbac.authorization.k8s.io/v1",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "one"},
        "subjects": [],
    },
    "NetworkPolicy": {"version": "networking.k8s.io/v1", "spec": {"podSelector": {}}},
}

UPDATES = [
    ("ConfigMap", "metadata.labels", {"a": "b"}),
    ("ConfigMap", "metadata.annotations", {"a": "b"}),
    ("Deployment", "spec.replicas", 1),
    ("Deployment", "spec.template.spec.containers", [{"name": "main", "image": "example.com/main:2"}]),
    ("StatefulSet", "spec.replicas", 1),
    ("Service", "spec.ports", [{"port": 81}]),
    ("NetworkPolicy", "spec.podSelector", {"matchLabels": LABELS}),
    ("RoleBinding", "subjects", [{"kind": "User", "name": "me", "apiGroup": "rbac.authorization.k8s.io"}]),
]
REPLACEMENTS = [
    ("ConfigMap", "metadata.name", "two"),
    ("ConfigMap", "metadata.namespace", "kube-public"),
    ("ConfigMap", "data.a", "2"),
    ("Secret", "stringData.a", "2"),
    ("Secret", "type", "example.com/other"),
    ("Deployment", "spec.selector.matchLabels", {"app": "two"}),
    ("StatefulSet", "spec.serviceName", "two"),
    ("StatefulSet", "spec.podManagementPolicy", "Parallel"),
    ("StatefulSet", "spec.volumeClaimTemplates", [{"metadata": {"name": "other"}, "spec": CLAIM}]),
    ("Job", "spec.template.spec.containers", [{"name": "main", "image": "example.com/main:2"}]),
    ("PersistentVolumeClaim", "spec.storageClassName", "other"),
    ("RoleBinding", "roleRef.name", "two"),
]


def identifier(value: Any) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_same_inputs_are_no_change(case: Any, kind: str) -> None:
    """The inputs that made an object are no change to it, also where the server filled in defaults."""
    created = case.create(case.manifest(kind, **copy.deepcopy(KINDS[kind])))

    assert not case.diff(created, created.inputs).changed


@pytest.mark.parametrize("kind, path, value", UPDATES, ids=identifier)
def test_mutable_properties_update_in_place(case: Any, kind: str, path: str, value: Any) -> None:
    """A change that the API server can make in place is an update."""
    created = case.create(case.manifest(kind, **copy.deepcopy(KINDS[kind])))
    found = case.diff(created, changed(created.inputs, path, value))

    assert found.changed
    assert not found.replaced


@pytest.mark.parametrize("kind, path, value", REPLACEMENTS, ids=identifier)
def test_immutable_properties_replace(case: Any, kind: str, path: str, value: Any) -> None:
    """A change of identity, or of what the API server keeps immutable, is a replacement."""
    created = case.create(case.manifest(kind, **copy.deepcopy(KINDS[kind])))
    found = case.diff(created, changed(created.inputs, path, value))

    assert found.changed
    assert found.replaced


def test_fixed_names_are_deleted_before_they_are_created_again(case: Any) -> None:
    """An object of a fixed name must go before its replacement of the same name can come."""
    created = case.create(case.manifest("RoleBinding", **copy.deepcopy(KINDS["RoleBinding"])))

    assert case.diff(created, changed(created.inputs, "roleRef.name", "two")).delete_first


def test_another_name_needs_no_deletion_first(case: Any) -> None:
    """Old and new object of different names may stand side by side."""
    created = case.create(case.manifest("ConfigMap", data={"a": "1"}))

    assert not case.diff(created, changed(created.inputs, "metadata.name", "two")).delete_first


@pytest.mark.parametrize(
    "kind, setting, path",
    [("ConfigMap", "enableConfigMapMutable", "data.a"), ("Secret", "enableSecretMutable", "stringData.a")],
)
def test_mutable_settings_update_data_in_place(case: Any, make_plugin: Any, kind: str, setting: str, path: str) -> None:
    """With the mutable setting, data of a ConfigMap or Secret changes in place."""
    plugin = make_plugin(**{setting: "true"})
    created = case.create(case.manifest(kind, **copy.deepcopy(KINDS[kind])))
    found = plugin.diff(urn_of(created.inputs, "one"), created, changed(created.inputs, path, "2"))

    assert found.changed
    assert not found.replaced


def test_changed_property_is_named(case: Any) -> None:
    """The detailed difference names the path of what changed."""
    created = case.create(case.manifest("Service", **copy.deepcopy(KINDS["Service"])))
    found = case.diff(created, changed(created.inputs, "spec.publishNotReadyAddresses", True))

    assert found.properties == ("spec.publishNotReadyAddresses",)


def test_unknown_value_is_a_change(case: Any) -> None:
    """A value that is not known yet counts as changed."""
    created = case.create(case.manifest("NetworkPolicy", **copy.deepcopy(KINDS["NetworkPolicy"])))
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

    assert case.diff(created, changed(created.inputs, "metadata.labels", {"a": unknown})).changed
