"""Creation and its journal, with a server that is only as real as a test needs."""

from pathlib import Path
from typing import Any

import pytest

from embedded.journal import Journal, journal_file, outstanding, read
from embedded.kube import ApiError, Kind, Unreachable
from embedded.providers.kubernetes.objects import field_manager
from embedded.providers.kubernetes.operations import Operations, Refused
from embedded.providers.kubernetes.settings import ProviderSettings

URN = "urn:pulumi:dev::project::kubernetes:core/v1:ConfigMap::one"
INPUTS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": "default"}}
SETTINGS = ProviderSettings(Path("/none"), "default", frozenset(), force=False, upsert=False)


class Server:
    """Answers get with `live`, and apply with an object or an error."""

    def __init__(self, *, live: Any = None, answer: Any = None) -> None:
        self.live = live
        self.answer = answer

    def get(self, manifest: Any) -> Any:
        return self.live

    def kind(self, api_version: str, kind: str) -> Kind:
        return Kind(api_version, kind, "configmaps", namespaced=True)

    def apply(self, body: Any, **options: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return body | {"metadata": body["metadata"] | {"uid": "1234"}}


def operations(folder: Path, server: Server) -> Operations:
    return Operations(server, SETTINGS, Journal(folder), lambda _urn, _line: None)  # type: ignore[arg-type]


def left(folder: Path) -> list[Any]:
    return outstanding(read(journal_file(folder, "dev", "project")))


def test_refused_creation_leaves_nothing_outstanding(tmp_path: Path) -> None:
    """What the server refused was not created, and the journal says so."""
    one = operations(tmp_path, Server(answer=ApiError(422, "Invalid", "no")))
    with pytest.raises(Refused, match="no"):
        one.create(URN, INPUTS, 0)
    one.journal.close()

    assert left(tmp_path) == []


def test_creation_without_an_answer_stays_outstanding(tmp_path: Path) -> None:
    """When the server goes away nobody knows whether the object was created; the journal keeps the question."""
    one = operations(tmp_path, Server(answer=Unreachable("gone")))
    with pytest.raises(Unreachable):
        one.create(URN, INPUTS, 0)
    one.journal.close()

    assert [(entry.urn, entry.uid) for entry in left(tmp_path)] == [(URN, "")]


def test_creation_that_was_begun_is_finished(tmp_path: Path) -> None:
    """An object that this resource began to create in a killed run is taken, not refused as existing."""
    live = INPUTS | {"metadata": {"name": "one", "managedFields": [{"manager": field_manager(URN)}]}}
    killed = operations(tmp_path, Server(answer=Unreachable("gone")))
    with pytest.raises(Unreachable):
        killed.create(URN, INPUTS, 0)
    killed.journal.close()
    again = operations(tmp_path, Server(live=live))
    created = again.create(URN, INPUTS, 0)
    again.journal.close()

    assert created["metadata"]["uid"] == "1234"


@pytest.mark.parametrize("manager", ["somebody", field_manager(URN)])
def test_existing_objects_are_refused_without_a_journal(tmp_path: Path, manager: str) -> None:
    """An object that nobody began to create is refused as existing, whoever made it."""
    live = INPUTS | {"metadata": {"name": "one", "managedFields": [{"manager": manager}]}}
    one = operations(tmp_path, Server(live=live))
    with pytest.raises(Refused, match="already exists"):
        one.create(URN, INPUTS, 0)
    one.journal.close()

    assert left(tmp_path) == []
