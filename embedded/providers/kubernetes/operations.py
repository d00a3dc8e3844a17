"""Create, update, read and delete one object, with the official plugin's rules about existing ones and waiting."""

import threading
import time
from collections.abc import Callable
from typing import Any

from embedded.journal import Entry, Journal
from embedded.kube import ApiError, Client, Object, Unreachable
from embedded.providers.kubernetes.objects import annotation, apply_body, field_manager, identity
from embedded.providers.kubernetes.readiness import Rule, rule_of, wait_for
from embedded.providers.kubernetes.settings import ProviderSettings

__all__ = ["InitFailed", "Operations", "Refused"]

_DEFAULT_SECONDS = 600  # the official plugin's default await timeout, 10 minutes
_MISORDERED_SECONDS = 60  # a namespace that is being deleted takes up to half of it
_NOT_FOUND, _CONFLICT = 404, 409
Log = Callable[[str, str], None]
"""Takes a resource's URN and a line about its progress."""


class Refused(Exception):
    """The operation failed and nothing was changed."""


class InitFailed(Exception):
    """The object was written but did not become ready; it stays in the state."""

    def __init__(self, live: Object, reason: str) -> None:
        super().__init__(reason)
        self.live = live
        self.reason = reason


class Operations:
    """The operations of one configured provider; safe to call from several threads."""

    def __init__(self, client: Client, settings: ProviderSettings, journal: Journal, log: Log) -> None:
        self.client = client
        self.settings = settings
        self.journal = journal
        self.log = log
        self.provider = ""
        self.cancelled = threading.Event()

    def dry_run(self, urn: str, inputs: dict[str, Any]) -> Object:
        """Return what applying the inputs would make, without changing anything."""
        manager, force = field_manager(urn), self._force(inputs)
        return self.client.apply(apply_body(inputs), manager=manager, force=force, dry_run=True)

    def create(self, urn: str, inputs: dict[str, Any], timeout: float) -> Object:
        """Create an object that must not exist, and wait until it is ready.

        Raises:
            Refused: It exists already, or the server does not accept it.
            InitFailed: It did not become ready in time.
        """
        body = apply_body(inputs)
        entry = Entry(urn, identity(body), body["apiVersion"], body["kind"], provider=self.provider)
        self._refuse_existing(entry, body)
        self.journal.begin(entry)
        try:
            live = self._apply(urn, body, inputs)
        except Refused:
            self.journal.deleted(urn, entry.id)
            raise
        self.journal.done(Entry(**(vars(entry) | {"uid": live["metadata"]["uid"]})))
        return self.await_ready(urn, inputs, live, timeout)

    def _refuse_existing(self, entry: Entry, body: Object) -> None:
        try:
            live = self.client.get(body)
        except ApiError as error:
            if error.reason == "NoKindMatch":
                return
            raise Refused(error.message) from error
        if live is None or self.settings.upsert or self._is_own(entry, live):
            return
        plural = self.client.kind(body["apiVersion"], body["kind"]).plural
        group = body["apiVersion"].rpartition("/")[0]
        where = f"{plural}.{group}" if group else plural
        raise Refused(
            f'{where} "{live["metadata"]["name"]}" already exists (AlreadyExists). To take it over use '
            "`pulumi import`, or the provider's upsertExistingObjects."
        )

    def _is_own(self, entry: Entry, live: Object) -> bool:
        """Say whether a killed run of this stack created the object for this very resource."""
        managers = {one.get("manager") for one in live["metadata"].get("managedFields", ())}
        return field_manager(entry.urn) in managers and self.journal.begun(entry.urn, entry.id)

    def patch(self, urn: str, inputs: dict[str, Any], timeout: float) -> Object:
        """Apply some fields to an object that exists.

        Raises:
            Refused: There is no such object, or another manager owns a field.
        """
        body = apply_body(inputs)
        try:
            if self.client.get(body) is None:
                raise Refused(f"{body['kind']} {identity(body)} does not exist, so it cannot be patched")
        except ApiError as error:
            raise Refused(error.message) from error
        return self.await_ready(urn, inputs, self._apply(urn, body, inputs), timeout)

    def update(self, urn: str, inputs: dict[str, Any], timeout: float) -> Object:
        """Bring an object to its inputs and wait until it is ready."""
        return self.await_ready(urn, inputs, self._apply(urn, apply_body(inputs), inputs), timeout)

    def _force(self, inputs: dict[str, Any]) -> bool:
        return self.settings.force or annotation(inputs, "patchForce") == "true"

    def _apply(self, urn: str, body: Object, inputs: dict[str, Any]) -> Object:
        """Apply, trying again while the object's kind or namespace is still being made by another resource."""
        deadline = time.monotonic() + _MISORDERED_SECONDS
        while True:
            try:
                return self.client.apply(body, manager=field_manager(urn), force=self._force(inputs))
            except ApiError as error:
                if not _is_misordered(error) or time.monotonic() > deadline or self.cancelled.wait(0.5):
                    raise Refused(_explain(error)) from error

    def await_ready(self, urn: str, inputs: dict[str, Any], live: Object, timeout: float) -> Object:
        """Wait by the kind's rule, or by the waitFor annotation; skipAwait waits for nothing."""
        rule = self._rule(inputs)
        if rule is None:
            return live
        seconds = _seconds(inputs, timeout)
        deadline = time.monotonic() + seconds
        shown = ""
        while missing := rule(live):
            if missing != shown:
                self.log(urn, missing)
                shown = missing
            if self.cancelled.wait(_pause(deadline, seconds)):
                raise InitFailed(live, "the operation was cancelled")
            if time.monotonic() > deadline:
                raise InitFailed(live, f"timed out after {seconds:g} seconds: {missing}")
            found = self.client.get(apply_body(inputs))
            if found is None:
                raise InitFailed(live, "the object was deleted while it was waited for")
            live = found
        return live

    def _rule(self, inputs: dict[str, Any]) -> Rule | None:
        if annotation(inputs, "skipAwait") == "true":
            return None
        expression = annotation(inputs, "waitFor")
        try:
            return wait_for(expression) if expression else rule_of(inputs)
        except ValueError as error:
            raise Refused(str(error)) from error

    def delete(self, urn: str, manifest: Object, timeout: float) -> None:
        """Delete an object and wait until it is gone; one that is gone is no error."""
        policy = annotation(manifest, "deletionPropagationPolicy") or "foreground"
        try:
            path = self.client.path_of(manifest)
            self.client.request("DELETE", path, {"propagationPolicy": policy.capitalize()})
            if annotation(manifest, "skipAwait") != "true":
                self._wait_gone(urn, manifest, path, _seconds(manifest, timeout))
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise Refused(error.message) from error
        self.journal.deleted(urn, identity(manifest))

    def _wait_gone(self, urn: str, manifest: Object, path: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        pause, uid = 0.01, None
        while True:
            live = self.client.request("GET", path)
            uid = uid or live["metadata"]["uid"]
            if live["metadata"]["uid"] != uid:
                return
            finalizers = live["metadata"].get("finalizers") or live.get("spec", {}).get("finalizers") or []
            if time.monotonic() > deadline:
                held = f"; held by finalizers {', '.join(finalizers)}" if finalizers else ""
                message = f"{manifest['kind']} {identity(manifest)} is still there after {seconds:g} seconds{held}"
                raise Refused(message)
            if self.cancelled.wait(pause):
                raise Refused("the operation was cancelled")
            if pause > 1:
                self.log(urn, f"waiting for deletion{': ' + ', '.join(finalizers) if finalizers else ''}")
            pause = min(pause * 1.5, 2)

    def relinquish(self, urn: str, manifest: Object) -> None:
        """Give up the fields that a patch owns; the object itself stays."""
        metadata = {key: manifest["metadata"][key] for key in ("name", "namespace") if manifest["metadata"].get(key)}
        bare = {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "metadata": metadata}
        try:
            if self.client.get(bare) is not None:
                self.client.apply(bare, manager=field_manager(urn))
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise Refused(error.message) from error


def _is_misordered(error: ApiError) -> bool:
    """Say whether what an object stands in is still to come: its kind, or its namespace, which may be going first."""
    return error.status == _NOT_FOUND or "because it is being terminated" in error.message


def _pause(deadline: float, seconds: float) -> float:
    """Poll often at first: most objects of a simulated node are ready within a second."""
    waited = seconds - (deadline - time.monotonic())
    return min(0.1 + waited / 10, 2)


def _seconds(manifest: Object, timeout: float) -> float:
    """Return how long to wait: the resource's custom timeout, the annotation, or the default."""
    if timeout:
        return timeout
    text = annotation(manifest, "timeoutSeconds")
    try:
        return float(text) if text else _DEFAULT_SECONDS
    except ValueError as error:
        raise Refused(f"pulumi.com/timeoutSeconds is {text!r}, not a number of seconds") from error


def _explain(error: ApiError | Unreachable) -> str:
    if isinstance(error, ApiError) and error.status == _CONFLICT:
        return (
            f"Server-Side Apply field conflict detected: {error.message}. "
            'Another manager owns these fields; take them with the annotation pulumi.com/patchForce: "true".'
        )
    return str(error)
