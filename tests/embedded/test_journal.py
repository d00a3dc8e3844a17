"""The write-ahead journal, and how a killed run's objects get into the state."""

from pathlib import Path

import pytest

from embedded.engine.recovery import recovered
from embedded.journal import Entry, Journal, hold, journal_file, outstanding, read

PROVIDER = "urn:pulumi:dev::project::pulumi:providers:kubernetes::cluster::1234"


def entry(name: str, uid: str = "") -> Entry:
    urn = f"urn:pulumi:dev::project::kubernetes:core/v1:ConfigMap::{name}"
    return Entry(urn, f"default/{name}", "v1", "ConfigMap", uid, PROVIDER)


def test_journal_keeps_what_was_begun_and_done(tmp_path: Path) -> None:
    """A creation that was begun is outstanding without a uid, a finished one with it, a deleted one no longer."""
    journal = Journal(tmp_path)
    journal.begin(entry("begun"))
    for name in ("done", "deleted"):
        journal.begin(entry(name))
        journal.done(entry(name, "uid"))
    journal.deleted(entry("deleted").urn, "default/deleted")
    journal.close()

    left = outstanding(read(journal_file(tmp_path, "dev", "project")))

    assert left == [entry("begun"), entry("done", "uid")]


def test_line_cut_short_is_left_out(tmp_path: Path) -> None:
    """A last line that a kill cut short does not spoil the lines before it."""
    journal = Journal(tmp_path)
    journal.begin(entry("one"))
    journal.close()
    file = journal_file(tmp_path, "dev", "project")
    file.write_text(file.read_text() + '{"op":"done","urn":"ur')

    assert outstanding(read(file)) == [entry("one")]


def test_journal_of_a_run_is_held(tmp_path: Path) -> None:
    """While a run writes to a journal nobody else can settle it."""
    journal = Journal(tmp_path)
    file = journal_file(tmp_path, "dev", "project")
    with hold(file) as alone:
        assert alone
    journal.begin(entry("one"))

    with hold(file) as alone:
        assert not alone
    journal.close()


def test_no_folder_means_no_journal(tmp_path: Path) -> None:
    """With checkpoints on, nothing is written."""
    Journal(None).begin(entry("one"))

    assert list(tmp_path.iterdir()) == []


def test_recovered_state_holds_provider_and_objects() -> None:
    """Into an empty state go the provider first and then each object with identity, type and provider reference."""
    state = recovered({}, [entry("one", "uid")])
    provider, resource = state["resources"]

    assert f"{provider['urn']}::{provider['id']}" == PROVIDER
    assert resource["provider"] == PROVIDER
    assert resource["type"] == "kubernetes:core/v1:ConfigMap"
    assert resource["inputs"]["metadata"] == {"name": "one", "namespace": "default"}


def test_recovered_objects_refer_to_the_provider_of_the_state() -> None:
    """When the state knows the provider under another id, objects refer to that one and it is not doubled."""
    urn = PROVIDER.rpartition("::")[0]
    known = {"urn": urn, "id": "5678", "type": "pulumi:providers:kubernetes", "custom": True}
    state = recovered({"resources": [known]}, [entry("one", "uid")])

    assert [one["type"] for one in state["resources"]].count("pulumi:providers:kubernetes") == 1
    assert state["resources"][1]["provider"] == f"{urn}::5678"


@pytest.mark.parametrize("name", ["inputs", "data", "password"])
def test_journal_holds_identities_only(name: str) -> None:
    """A line has no place for inputs, hence none for secrets."""
    assert name not in vars(entry("one"))
