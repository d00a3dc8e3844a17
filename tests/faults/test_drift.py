"""Changes by hand, previews, repeatability, and what destruction leaves."""

import json
import shutil
from typing import Any

import pytest

from embedded.kube import MERGE

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture(scope="module")
def standing(small: Any, undisturbed: Any) -> Any:
    """Return the environment when it is up."""
    del undisturbed
    run = small.up()
    assert run.returncode == 0, run.stderr
    yield small
    ended = small.down()
    assert ended.returncode == 0, ended.stderr


def preview(small: Any) -> list[dict[str, Any]]:
    run = small.checkout.bedplate("preview", "--json", "-s", small.name)
    assert run.returncode == 0, run.stderr
    changes: list[dict[str, Any]] = json.loads(run.stdout)["changes"]
    return changes


def versions(small: Any) -> dict[tuple[str, str, str], str]:
    """Return the resourceVersion of every object of ours, except what the cluster itself keeps writing."""
    kinds = [one for one in small.client.kinds() if one.kind not in ("Event", "Lease", "Node")]
    found = {}
    for kind in kinds:
        for item in small.client.list(kind, labelSelector="app.kubernetes.io/part-of=bedplate"):
            metadata = item["metadata"]
            found[kind.kind, metadata.get("namespace", ""), metadata["name"]] = metadata["resourceVersion"]
    return found


def test_second_up_changes_nothing(standing: Any) -> None:
    """A second `up` has no changes."""
    run = standing.up()

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["changes"] == {}


def test_preview_changes_no_object(standing: Any) -> None:
    """A preview leaves the resourceVersion of every object as it was."""
    before = versions(standing)
    changes = preview(standing)

    assert changes == []
    assert versions(standing) == before


def test_change_by_hand_is_shown_and_mended(standing: Any) -> None:
    """An object changed by hand is shown by preview and by `pulumi refresh`, and mended by `up`."""
    path = "/apis/policy/v1/namespaces/data/poddisruptionbudgets/kafka"
    standing.client.request("PATCH", path, {"spec": {"maxUnavailable": 3}}, content_type=MERGE)

    (change,) = preview(standing)
    refreshed = standing.checkout.pulumi("refresh", "--preview-only", "--diff", "--stack", standing.name)
    mended = standing.up()

    assert (change["operation"], change["name"]) == ("update", "event-bus-budget")
    assert change["properties"] == ["spec.maxUnavailable"]
    assert "maxUnavailable" in refreshed.stdout, refreshed.stdout + refreshed.stderr
    assert mended.returncode == 0, mended.stderr
    assert standing.client.request("GET", path)["spec"]["maxUnavailable"] == 1


def test_object_deleted_by_hand_is_recreated(standing: Any) -> None:
    """An object deleted by hand is shown by preview and made again by `up`."""
    path = "/api/v1/namespaces/data/services/valkey"
    standing.client.request("DELETE", path)

    (change,) = preview(standing)
    mended = standing.up()

    assert (change["operation"], change["name"]) == ("replace", "cache-service")
    assert mended.returncode == 0, mended.stderr
    assert standing.client.request("GET", path)["metadata"]["name"] == "valkey"


def test_plain_pulumi_sees_the_same_state(standing: Any) -> None:
    """Plain `pulumi preview` in the environment of `bedplate env` finds nothing to change."""
    run = standing.checkout.pulumi("preview", "--expect-no-changes", "--stack", standing.name)

    assert run.returncode == 0, run.stdout + run.stderr


def test_no_secret_stands_in_the_state(standing: Any) -> None:
    """No generated credential stands in plain text in the state, its history, the configuration or the logs."""
    import base64

    secret = standing.client.request("GET", "/api/v1/namespaces/data/secrets/relational-credentials")
    encoded = secret["data"]["password"].encode()
    plain = base64.b64decode(encoded)
    places = [standing.paths.backend, standing.paths.state / "config", standing.paths.journal, standing.paths.logs]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    holding = [file for file in files if plain in file.read_bytes() or encoded in file.read_bytes()]

    assert len(plain) >= 24
    assert files
    assert holding == []


def test_damaged_state_is_told_and_kept(standing: Any) -> None:
    """A state file that is cut short is told with the file and its backup; `up` touches nothing."""
    file = standing.paths.backend / ".pulumi" / "stacks" / "bedplate" / f"{standing.name}.json"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    before = versions(standing)

    run = standing.up()
    backup = file.with_name(f"{file.name}.bak")
    kept = file.read_bytes()
    shutil.copyfile(backup, file)
    again = standing.up()

    assert run.returncode == 4
    assert "is damaged" in run.stderr
    assert f"cp {backup} {file}" in run.stderr
    assert len(kept) == len(whole) // 2
    assert again.returncode == 0, again.stderr
    assert versions(standing) == before


def test_two_ups_at_once(standing: Any) -> None:
    """Of two runs at once exactly one runs; the other exits with its own code and names the holder."""
    first = standing.checkout.popen("up", "--yes", "-s", standing.name)
    second = standing.checkout.popen("up", "--yes", "-s", standing.name)
    said = {process.pid: process.communicate(timeout=120)[0] for process in (first, second)}
    codes = {process.returncode: process.pid for process in (first, second)}

    assert sorted(codes) == [0, 10], said
    assert f"held by process {codes[0]}" in said[codes[10]]


def test_stale_lock_is_recognised(standing: Any) -> None:
    """A lock whose owner is dead is named; without an answer it stays, and --yes releases it."""
    import socket
    import subprocess

    process = subprocess.Popen(["true"])
    process.wait()
    folder = standing.paths.backend / ".pulumi" / "locks" / "organization" / "bedplate" / standing.name
    folder.mkdir(parents=True, exist_ok=True)
    lock = {"pid": process.pid, "username": "me", "hostname": socket.gethostname(), "timestamp": "2026-01-01T00:00:00Z"}
    file = folder / "0.json"
    file.write_text(json.dumps(lock))

    shown = standing.checkout.bedplate("doctor", "--json", "-s", standing.name)
    refused = standing.checkout.bedplate("preview", "-s", standing.name)
    released = standing.up()

    finding = next(one for one in json.loads(shown.stdout) if one["name"] == "stack lock")
    assert finding["verdict"] == "broken"
    assert f"process {process.pid}" in finding["seen"]
    assert refused.returncode == 2
    assert f"process {process.pid}" in refused.stderr
    assert released.returncode == 0, released.stderr
    assert not file.exists()


def test_lock_of_a_live_process_is_respected(standing: Any) -> None:
    """A lock of a process that runs is never released."""
    import os
    import socket
    from datetime import UTC, datetime

    folder = standing.paths.backend / ".pulumi" / "locks" / "organization" / "bedplate" / standing.name
    folder.mkdir(parents=True, exist_ok=True)
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    lock = {"pid": os.getpid(), "username": "me", "hostname": socket.gethostname(), "timestamp": since}
    file = folder / "1.json"
    file.write_text(json.dumps(lock))

    run = standing.up()
    there = file.exists()
    file.unlink()

    assert run.returncode == 10
    assert f"process {os.getpid()}" in run.stderr
    assert there
