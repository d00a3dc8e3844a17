"""A small client of the Kubernetes API: plain objects as dicts over pooled HTTPS connections.

The kubernetes package's dynamic client was measured at three times the time per request and does not
do server-side apply of a bare dict; the HTTP below is urllib3's.
"""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import yaml

from components.foundation.errors import ClusterError, ConfigurationError

__all__ = ["ApiError", "Client", "Kind", "Object", "Unreachable", "is_embedded", "read_kubeconfig"]

Object = dict[str, Any]
"""A Kubernetes object as JSON: apiVersion, kind, metadata and the rest."""

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
_PAGE = 500


class ApiError(Exception):
    """The API server refused a request.

    Args:
        status: HTTP status code.
        reason: Kubernetes' word for it, such as AlreadyExists.
        message: The server's sentence.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message


class Unreachable(Exception):
    """The API server did not answer for as long as the client is patient."""


@dataclass(frozen=True)
class Kind:
    """How a kind is addressed: its group and version, plural, and whether it lives in a namespace."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()

    def path(self, namespace: str | None, name: str = "") -> str:
        """Return the URL path of one object, or of the collection when the name is empty."""
        root = "/api/v1" if self.api_version == "v1" else f"/apis/{self.api_version}"
        middle = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{middle}/{self.plural}" + (f"/{name}" if name else "")


def read_kubeconfig(file: Path | str) -> tuple[str, dict[str, str]]:
    """Return the server and the credential files of a kubeconfig's current context.

    Raises:
        ConfigurationError: It cannot be read, or uses anything but client-certificate files.
    """
    try:
        config = yaml.safe_load(Path(file).read_text())
        context = next(one["context"] for one in config["contexts"] if one["name"] == config["current-context"])
        cluster = next(one["cluster"] for one in config["clusters"] if one["name"] == context["cluster"])
        user = next(one["user"] for one in config["users"] if one["name"] == context["user"])
        files = {
            "ca_certs": cluster["certificate-authority"],
            "cert_file": user["client-certificate"],
            "key_file": user["client-key"],
        }
        return str(cluster["server"]), files
    except (OSError, KeyError, TypeError, StopIteration, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{file} is not the kubeconfig of an embedded cluster: {error!r}",
            next_step="bedplate cluster start",
        ) from error


def is_embedded(file: Path | str) -> bool:
    """Say whether a kubeconfig points at an embedded cluster: on this host, under our own authority."""
    from cryptography import x509  # noqa: PLC0415 - 80 ms that only a provider pays
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - likewise

    try:
        server, files = read_kubeconfig(file)
        authority = x509.load_pem_x509_certificate(Path(files["ca_certs"]).read_bytes())
    except (ConfigurationError, OSError, ValueError):
        return False
    names = authority.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return server.startswith("https://127.0.0.1:") and [one.value for one in names] == ["bedplate-embedded"]


class Client:
    """Requests against one API server, safe to share between threads.

    Args:
        kubeconfig: A file as `bedplate cluster start` writes it.
        patience: Seconds to go on trying while the server cannot be reached or asks to retry.
    """

    def __init__(self, kubeconfig: Path | str, *, patience: float = 0) -> None:
        self.server, files = read_kubeconfig(kubeconfig)
        context = ssl.create_default_context(cafile=files["ca_certs"])
        context.load_cert_chain(files["cert_file"], files["key_file"])
        self._pool = urllib3.connection_from_url(self.server, maxsize=32, ssl_context=context, retries=False)
        self._patience = patience
        self.stop: Callable[[], bool] = lambda: False
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._discovery = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """Send a request and return the decoded answer.

        Raises:
            ApiError: The server answered with an error.
            Unreachable: It did not answer in time.
        """
        url = path + (f"?{urlencode(params)}" if params else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        deadline = time.monotonic() + self._patience
        pause = 0.1
        while True:
            try:
                response = self._pool.urlopen(method, url, body=data, headers=headers, timeout=30)
                if response.status not in (429, 502, 503, 504):
                    return _decode(response.status, response.data)
                problem = f"HTTP {response.status}"
            except (urllib3.exceptions.HTTPError, OSError) as error:
                problem = type(error).__name__
            if time.monotonic() + pause > deadline or self.stop():
                raise Unreachable(f"the API server {self.server} does not answer ({problem})")
            time.sleep(pause)
            pause = min(pause * 1.6, 2)

    def kind(self, api_version: str, kind: str) -> Kind:
        """Look up how a kind is addressed; unknown ones are looked up again each time.

        Raises:
            ApiError: With reason NoKindMatch when the server does not serve it.
        """
        if found := self._kinds.get((api_version, kind)):
            return found
        with self._discovery:
            if (api_version, kind) not in self._kinds:
                self._discover(api_version)
        if found := self._kinds.get((api_version, kind)):
            return found
        raise ApiError(404, "NoKindMatch", f'no matches for kind "{kind}" in version "{api_version}"')

    def _discover(self, api_version: str) -> None:
        path = "/api/v1" if api_version == "v1" else f"/apis/{api_version}"
        try:
            listing = self.request("GET", path)
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - the group is not served
                return
            raise
        for entry in listing["resources"]:
            if "/" not in entry["name"]:
                verbs = frozenset(entry["verbs"])
                found = Kind(api_version, entry["kind"], entry["name"], entry["namespaced"], verbs)
                self._kinds[api_version, entry["kind"]] = found

    def kinds(self) -> list[Kind]:
        """List every kind that can be listed, in its preferred version, sorted by name."""
        groups = self.request("GET", "/apis")["groups"]
        versions = ["v1", *(group["preferredVersion"]["groupVersion"] for group in groups)]
        for version in versions:
            self._discover(version)
        listable = [one for one in self._kinds.values() if "list" in one.verbs and one.api_version in versions]
        return sorted(listable, key=lambda one: (one.api_version, one.kind))

    def path_of(self, manifest: Object) -> str:
        """Return the URL path of an object."""
        metadata = manifest["metadata"]
        kind = self.kind(manifest["apiVersion"], manifest["kind"])
        return kind.path(metadata.get("namespace") or "default", metadata["name"])

    def get(self, manifest: Object) -> Object | None:
        """Return the live object of a manifest's identity; None when there is none."""
        try:
            return self.request("GET", self.path_of(manifest))  # type: ignore[no-any-return]
        except ApiError as error:
            if error.status == 404:  # noqa: PLR2004 - HTTP's not found
                return None
            raise

    def apply(self, manifest: Object, *, manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """Apply a manifest on the server's side and return the object."""
        params = {"fieldManager": manager, "force": str(force).lower()}
        if dry_run:
            params["dryRun"] = "All"
        path = self.path_of(manifest)
        return self.request("PATCH", path, manifest, params=params, content_type=APPLY)  # type: ignore[no-any-return]

    def delete(self, manifest: Object) -> None:
        """Delete an object; one that is gone is no error."""
        try:
            self.request("DELETE", self.path_of(manifest), {"propagationPolicy": "Background"})
        except ApiError as error:
            if error.status != 404:  # noqa: PLR2004 - HTTP's not found
                raise

    def list(self, kind: Kind, namespace: str | None = None, **params: str) -> Iterator[Object]:
        """Yield every object of a kind, page by page."""
        query = {"limit": str(_PAGE)} | params
        while True:
            page = self.request("GET", kind.path(namespace), params=query)
            for item in page["items"]:
                yield {"apiVersion": kind.api_version, "kind": kind.kind, **item}
            if not (token := page["metadata"].get("continue")):
                return
            query["continue"] = token


def _decode(status: int, data: bytes) -> Any:
    try:
        answer = json.loads(data) if data else {}
    except ValueError:
        answer = {"reason": "", "message": data.decode(errors="replace")[:500]}
    if status >= 400:  # noqa: PLR2004 - HTTP's first error code
        raise ApiError(status, answer.get("reason") or "", answer.get("message") or f"HTTP {status}")
    return answer


def connect(kubeconfig: Path, *, patience: float = 0) -> Client:
    """Return a client of the embedded cluster.

    Raises:
        ClusterError: There is no kubeconfig yet.
    """
    if not kubeconfig.exists():
        raise ClusterError("the embedded cluster was never started here", next_step="bedplate cluster start")
    return Client(kubeconfig, patience=patience)
