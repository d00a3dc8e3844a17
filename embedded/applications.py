"""Argo CD's applications: ask for a look at git at once, and wait until they are synced and healthy."""

import time
from collections.abc import Callable

from components.foundation.errors import TimeoutExpiredError
from embedded.kube import MERGE, ApiError, Client, Object

__all__ = ["list_applications", "state_of", "wait"]

NAMESPACE = "argocd"
_APPLICATIONS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applications"
_SETS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applicationsets"
_SET_REFRESH = "argocd.argoproj.io/application-set-refresh"
_REFRESH = "argocd.argoproj.io/refresh"
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


def _ask(client: Client, path: str, annotation: str, value: str) -> None:
    """Annotate every object of a collection; Argo CD takes the annotation away when it has looked."""
    patch = {"metadata": {"annotations": {annotation: value}}}
    for one in client.request("GET", path)["items"]:
        client.request("PATCH", f"{path}/{one['metadata']['name']}", patch, content_type=MERGE)


def _asked(client: Client, path: str, annotation: str) -> bool:
    """Say whether an object of a collection still carries the annotation."""
    items = client.request("GET", path)["items"]
    return any(annotation in (one["metadata"].get("annotations") or {}) for one in items)


def wait(
    client: Client, names: list[str], commit: str, report: Callable[[str], None], timeout: float
) -> dict[str, str]:
    """Wait until every named application is synced to a commit and healthy; return their states.

    Raises:
        TimeoutExpiredError: One is not, after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    _ask(client, _SETS, _SET_REFRESH, "true")
    while _asked(client, _SETS, _SET_REFRESH) and time.monotonic() < deadline:
        report("Argo CD: reading the services' files")
        time.sleep(0.1)
    _ask(client, _APPLICATIONS, _REFRESH, "normal")
    while True:
        found = {one["metadata"]["name"]: one for one in list_applications(client)}
        states = {name: state_of(found[name]) if name in found else "Missing" for name in names}
        pending = {name: state for name, state in states.items() if state != _READY or _stale(found[name], commit)}
        if not pending:
            return states
        report("Argo CD: " + ", ".join(f"{name} {state}" for name, state in sorted(pending.items())))
        if time.monotonic() > deadline:
            raise _late(found, pending, timeout)
        time.sleep(0.2)


def _stale(application: Object, commit: str) -> bool:
    """Say whether an application's state is about another commit or other values than it should have now."""
    sync = application["status"]["sync"]
    compared = (sync.get("comparedTo") or {}).get("source")
    return bool(sync.get("revision") != commit or compared != application["spec"]["source"])


def _late(found: dict[str, Object], pending: dict[str, str], timeout: float) -> TimeoutExpiredError:
    lines = [f"{name}: {state} {_problem(found.get(name, {}))}".strip() for name, state in sorted(pending.items())]
    summary = f"Argo CD's services are not ready after {timeout:g} seconds:\n" + "\n".join(lines)
    step = "bedplate cluster logs application-controller; or wait longer with --timeout"
    return TimeoutExpiredError(summary, next_step=step)
