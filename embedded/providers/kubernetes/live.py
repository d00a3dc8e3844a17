"""Live objects for comparison, fetched by one list per kind and namespace instead of one request each."""

import threading
from typing import Any

from embedded.kube import ApiError, Client, Object

__all__ = ["LiveObjects"]

Key = tuple[str, str, str | None]


class LiveObjects:
    """What the cluster held when a kind was first asked for in this run."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._locks: dict[Key, threading.Lock] = {}
        self._lists: dict[Key, dict[str, Object]] = {}

    def get(self, manifest: dict[str, Any]) -> Object | None:
        """Return the live object of a manifest's identity; None when there is none, or its kind is not served."""
        metadata = manifest["metadata"]
        key = (manifest["apiVersion"], manifest["kind"], metadata.get("namespace"))
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._lists:
                self._lists[key] = self._fetch(key)
        return self._lists[key].get(metadata["name"])

    def _fetch(self, key: Key) -> dict[str, Object]:
        api_version, kind_name, namespace = key
        try:
            kind = self._client.kind(api_version, kind_name)
            return {item["metadata"]["name"]: item for item in self._client.list(kind, namespace)}
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - HTTP's not found
                return {}
            raise
