"""Argo CD's applications: ask for a look at git at once, and wait until they are synced and healthy."""

import time
from collections.abc import Callable

from components.foundation.errors import ResourceError, TimeoutExpiredError
from embedded.kube import MERGE, ApiError, Client, Object

__all__ = ["list_applications", "state_of", "wait"]

NAMESPACE = "argocd"
_APPLICATIONS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applications"
_SETS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applicationsets"
_READY = "Synced, Healthy"


def list_applications(client: Client) -> list[Object]:
    """List the applications; none when Argo CD is not installed."""
    try:
        return list(client.list(client.kind("argoproj.io/v1alpha1", "Application"), NAMESPACE))
    except ApiError:
        return []


def state_of(application: Object) -> str:
    """Return sync and health in words: Synced, Healthy."""
    status = application.get("status") or {}
    sync = (status.get("sync") or {}).get("status", "Unknown")
    health = (status.get("health") or {}).get("status", "Unknown")
    return f"{sync}, {health}"


def _problem(application: Object) -> str:
    status = application.get("status") or {}
    messages = [one.get("message", "") for one in status.get("conditions") or ()]
    operation = status.get("operationState") or {}
    if operation.get("phase") in ("Failed", "Error"):
        messages.append(operation.get("message", ""))
    return "; ".join(messages)


def refresh(client: Client) -> None:
    """Have Argo CD read git now instead of at its next poll."""
    for path, annotation in (
        (_SETS, "argocd.argoproj.io/application-set-refresh"),
        (_APPLICATIONS, "argocd.argoproj.io/refresh"),
    ):
        value = "true" if path == _SETS else "normal"
        for one in client.request("GET", path)["items"]:
            patch = {"metadata": {"annotations": {annotation: value}}}
            client.request("PATCH", f"{path}/{one['metadata']['name']}", patch, content_type=MERGE)


def wait(client: Client, names: list[str], report: Callable[[str], None], timeout: float) -> dict[str, str]:
    """Wait until every named application is synced to the newest commit and healthy; return their states.

    Raises:
        TimeoutExpiredError: One is not, after `timeout` seconds.
        ResourceError: An application that the services do not name is in the way.
    """
    refresh(client)
    deadline = time.monotonic() + timeout
    while True:
        found = {one["metadata"]["name"]: one for one in list_applications(client)}
        states = {name: state_of(found[name]) if name in found else "Missing" for name in names}
        pending = {name: state for name, state in states.items() if state != _READY or _refreshing(found[name])}
        if not pending:
            return states
        report("Argo CD: " + ", ".join(f"{name} {state}" for name, state in sorted(pending.items())))
        if time.monotonic() > deadline:
            raise _late(found, pending, timeout)
        time.sleep(0.3)


def _refreshing(application: Object) -> bool:
    return "argocd.argoproj.io/refresh" in (application["metadata"].get("annotations") or {})


def _late(found: dict[str, Object], pending: dict[str, str], timeout: float) -> TimeoutExpiredError | ResourceError:
    lines = [f"{name}: {state} {_problem(found.get(name, {}))}".strip() for name, state in sorted(pending.items())]
    summary = f"Argo CD's services are not ready after {timeout:g} seconds:\n" + "\n".join(lines)
    step = "bedplate cluster logs application-controller; or wait longer with --timeout"
    return TimeoutExpiredError(summary, next_step=step)
