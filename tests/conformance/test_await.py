"""Waiting until an object is ready, and the annotations that change it."""

import threading
import time
from typing import Any

import pytest
from plugin import Failed

pytestmark = pytest.mark.cluster

LABELS = {"app": "one"}


def deployment(case: Any, *, ready: bool = True, replicas: int = 1, **annotations: str) -> dict[str, Any]:
    """Return a Deployment; one that cannot be ready asks for a node that does not exist."""
    pod: dict[str, Any] = {"containers": [{"name": "main", "image": "example.com/main:1"}]}
    if not ready:
        pod["nodeSelector"] = {"no": "where"}
    metadata = {"annotations": {f"pulumi.com/{key}": value for key, value in annotations.items()}}
    template = {"metadata": {"labels": LABELS}, "spec": pod}
    spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    return dict(case.manifest("Deployment", version="apps/v1", metadata=metadata, spec=spec))


def test_deployments_are_waited_for(case: Any) -> None:
    """A Deployment is created when its replicas are available."""
    created = case.create(deployment(case, replicas=2))

    assert created.outputs["status"]["availableReplicas"] == 2


def test_updated_deployments_are_waited_for(case: Any) -> None:
    """An update of a Deployment ends when the new replicas are available."""
    created = case.create(deployment(case))
    updated = case.update(created, deployment(case, replicas=3))

    assert updated.outputs["status"]["availableReplicas"] == 3


def test_skip_await_returns_at_once(case: Any) -> None:
    """With pulumi.com/skipAwait nothing is waited for."""
    began = time.monotonic()
    case.create(deployment(case, ready=False, skipAwait="true"))

    assert time.monotonic() - began < 5


def test_timeout_keeps_the_object_in_the_state(case: Any) -> None:
    """After pulumi.com/timeoutSeconds the creation fails, with the object's state so that nothing is lost."""
    with pytest.raises(Failed) as caught:
        case.create(deployment(case, ready=False, timeoutSeconds="2"))

    assert caught.value.kept is not None
    assert caught.value.kept["id"] == f"{case.namespace}/one"
    assert caught.value.kept["reasons"]


def test_custom_timeouts_hold(case: Any) -> None:
    """The resource's own timeout, in seconds, ends the wait."""
    with pytest.raises(Failed) as caught:
        case.create(deployment(case, ready=False), timeout=2)

    assert caught.value.kept is not None


@pytest.mark.parametrize(
    "expression",
    [
        "condition=Available",
        "condition=Available=True",
        "jsonpath={.status.availableReplicas}",
        "jsonpath={.status.availableReplicas}=1",
        '["condition=Available", "jsonpath={.status.readyReplicas}=1"]',
    ],
)
def test_wait_for_takes_conditions_and_paths(case: Any, expression: str) -> None:
    """pulumi.com/waitFor takes a condition, a path with or without a value, and a list of them."""
    created = case.create(deployment(case, waitFor=expression))

    assert created.outputs["status"]["availableReplicas"] == 1


def test_wait_for_waits(case: Any) -> None:
    """A waitFor that does not come true fails after the timeout."""
    with pytest.raises(Failed) as caught:
        case.create(deployment(case, waitFor="jsonpath={.status.replicas}=7", timeoutSeconds="2"))

    assert caught.value.kept is not None


def test_jobs_are_waited_for(case: Any) -> None:
    """A Job is created when it has completed."""
    spec = {"containers": [{"name": "main", "image": "example.com/main:1"}], "restartPolicy": "Never"}
    created = case.create(case.manifest("Job", version="batch/v1", spec={"template": {"spec": spec}}))

    assert created.outputs["status"]["succeeded"] == 1


def test_pods_are_waited_for(case: Any) -> None:
    """A Pod is created when it is ready."""
    created = case.create(case.manifest("Pod", spec={"containers": [{"name": "main", "image": "example.com/main:1"}]}))

    assert created.outputs["status"]["phase"] == "Running"


def test_cancel_ends_a_wait(case: Any, make_plugin: Any) -> None:
    """A cancelled operation ends at once and says so, with the object's state."""
    plugin = make_plugin()
    manifest = deployment(case, ready=False)
    urn = "urn:pulumi:conformance::suite::kubernetes:apps/v1:Deployment::one"
    threading.Timer(1.5, plugin.cancel).start()
    began = time.monotonic()

    with pytest.raises(Failed):
        plugin.create(urn, plugin.check(urn, manifest))

    assert time.monotonic() - began < 20
