"""Put what a killed run created, and its state does not know, into the state."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from components.foundation.errors import BedplateError, LockedError, ResourceError
from embedded.journal import Entry, hold, outstanding, read
from embedded.paths import Paths

__all__ = ["recover", "recovered"]

_HELD_SECONDS = 3  # how long the plugin of a run that was just killed may take to notice it
_PROVIDER = "pulumi:providers:kubernetes"

Deployment = dict[str, Any]
"""The `deployment` part of an exported stack."""


def recover(paths: Paths, pulumi: Path) -> list[Entry]:
    """Settle every journal that no run writes to, and return what was added to the states.

    Raises:
        ResourceError: A state cannot be read or written.
    """
    added: list[Entry] = []
    for journal in sorted(paths.journal.glob("*.jsonl")):
        deadline = time.monotonic() + _HELD_SECONDS
        while not _settle(journal, paths, pulumi, added) and time.monotonic() < deadline:
            time.sleep(0.1)
    return added


def _settle(journal: Path, paths: Paths, pulumi: Path, added: list[Entry]) -> bool:
    with hold(journal) as alone:
        if not alone:
            return False
        project, stack = journal.stem.split(".", 1)
        state = paths.backend / ".pulumi" / "stacks" / project / f"{stack}.json"
        missing = _missing(outstanding(read(journal)), state)
        done = [one for one in missing if one.uid]
        if done:
            full_name = f"organization/{project}/{stack}"
            exported = json.loads(_pulumi(pulumi, paths, "stack", "export", "--stack", full_name))
            exported["deployment"] = recovered(exported.get("deployment") or {}, done)
            _pulumi(pulumi, paths, "stack", "import", "--stack", full_name, stdin=json.dumps(exported))
            added += done
        # What was begun and not done may or may not exist: the provider decides when it comes to create it.
        begun = [one for one in missing if not one.uid]
        journal.write_text("".join(json.dumps({"op": "begin", **vars(one)}) + "\n" for one in begun))
    return True


def _missing(entries: list[Entry], state: Path) -> list[Entry]:
    """Select the entries that the state does not have; none when the stack was removed."""
    if not entries or not state.exists():
        return []
    try:
        latest = json.loads(state.read_text())["checkpoint"]["latest"] or {}
        known = {one["urn"] for one in latest.get("resources") or ()}
    except (ValueError, KeyError, TypeError) as error:
        raise ResourceError(
            f"the state {state} is damaged: {error}",
            next_step=f"cp {state}.bak {state} (Pulumi's copy of the state before), then: bedplate up",
        ) from error
    return [one for one in entries if one.urn not in known]


def recovered(deployment: Deployment, entries: list[Entry]) -> Deployment:
    """Return the state with the entries added, each as the least that the engine needs to update or delete it.

    Their parents and dependencies come back with the next run, which registers them again.
    """
    resources = list(deployment.get("resources") or ())
    known = {(one["urn"], one.get("id", "")) for one in resources}
    for reference in dict.fromkeys(one.provider for one in entries):
        urn, _, identity = reference.rpartition("::")
        if (urn, identity) not in known and not any(one["urn"] == urn for one in resources):
            provider = {"urn": urn, "custom": True, "id": identity, "type": _PROVIDER, "inputs": {}, "outputs": {}}
            resources.insert(0, provider)
    references = {one["urn"]: f"{one['urn']}::{one['id']}" for one in resources if one["type"] == _PROVIDER}
    for entry in entries:
        reference = references.get(entry.provider.rpartition("::")[0], entry.provider)
        resources.append(_resource(entry, reference))
    return (
        {"manifest": {"time": "1970-01-01T00:00:00Z", "magic": "", "version": ""}}
        | deployment
        | {"resources": resources}
    )


def _resource(entry: Entry, provider: str) -> dict[str, Any]:
    namespace, slash, name = entry.id.rpartition("/")
    metadata = {"name": name} | ({"namespace": namespace} if slash else {})
    identity = {"apiVersion": entry.api_version, "kind": entry.kind, "metadata": metadata}
    return {
        "urn": entry.urn,
        "custom": True,
        "id": entry.id,
        "type": entry.urn.split("::")[2].split("$")[-1],
        "inputs": identity,
        "outputs": identity,
        "provider": provider,
    }


def _pulumi(pulumi: Path, paths: Paths, *words: str, stdin: str = "") -> str:
    result = subprocess.run([pulumi, *words], cwd=paths.root, input=stdin, capture_output=True, text=True, check=False)
    if result.returncode != 0 and "currently locked" in result.stderr:
        raise LockedError(
            "a killed run left objects that the state does not know, and its lock",
            next_step="pulumi cancel, then the same command again; or: bedplate up --yes",
        )
    if result.returncode != 0:
        raise ResourceError(
            f"the journal of a killed run could not be put into the state: {result.stderr.strip()[-400:]}",
            next_step=f"see {paths.journal} and: bedplate doctor",
        )
    return result.stdout


def main() -> int:
    """Recover as the `pulumi` command on PATH does before it starts; say on stderr what was found."""
    root, pulumi = map(Path, sys.argv[1:3])
    try:
        added = recover(Paths(root), pulumi)
    except BedplateError as error:
        sys.stderr.write(f"error: {error.summary}\n{error.next_step}\n")
        return error.exit_code
    if added:
        sys.stderr.write(f"took {len(added)} objects of a killed run into the state\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
