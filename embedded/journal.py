"""The write-ahead journal of creations: what makes runs without checkpoints crash-safe.

Pulumi's file backend rewrites the whole state after every step, which is quadratic in the number of
objects. Under `bedplate` the engine saves once at the end instead (PULUMI_SKIP_CHECKPOINTS), and the
provider appends one line to this journal before and one after each creation. When a run is killed,
the next one first puts what the journal knows and the state does not into the state.
A line holds identities only: no inputs, hence no secrets.
"""

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["Entry", "Journal", "hold", "journal_file", "outstanding", "read"]


@dataclass(frozen=True)
class Entry:
    """One object whose creation was begun.

    Args:
        urn: The resource's URN.
        id: Its provider id, namespace/name.
        api_version: The object's apiVersion.
        kind: The object's kind.
        uid: The object's uid; empty while the creation is not known to be done.
        provider: The provider's URN and id, joined as the state writes them.
    """

    urn: str
    id: str
    api_version: str
    kind: str
    uid: str = ""
    provider: str = ""


def journal_file(folder: Path, stack: str, project: str) -> Path:
    """Return the journal of a stack."""
    return folder / f"{project}.{stack}.jsonl"


def file_of_urn(folder: Path, urn: str) -> Path:
    """Return the journal of the stack that a URN belongs to."""
    stack, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
    return journal_file(folder, stack, project)


class Journal:
    """Appends to the journal of one run; holds its lock from the first line on.

    Args:
        folder: Where journals lie; None keeps no journal (checkpoints are on then).
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: IO[str] | None = None

    def _write(self, line: dict[str, str]) -> None:
        if self._folder is None:
            return
        text = json.dumps(line, separators=(",", ":")) + "\n"
        with self._lock:
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                file = file_of_urn(self._folder, line["urn"]).open("a")
                fcntl.flock(file, fcntl.LOCK_SH)
                self._file = file
            self._file.write(text)
            self._file.flush()

    def begin(self, entry: Entry) -> None:
        """Say that an object is about to be created."""
        self._write({"op": "begin", **vars(entry)})

    def done(self, entry: Entry) -> None:
        """Say that it was created."""
        self._write({"op": "done", **vars(entry)})

    def deleted(self, urn: str, identity: str) -> None:
        """Say that an object was deleted."""
        self._write({"op": "deleted", "urn": urn, "id": identity})

    def close(self) -> None:
        """Let the journal go; what was written stays."""
        if self._file is not None:
            self._file.close()

    def begun(self, urn: str, identity: str) -> bool:
        """Say whether an earlier run of this stack began to create this object and nobody settled it."""
        if self._folder is None:
            return False
        file = file_of_urn(self._folder, urn)
        return any(one.urn == urn and one.id == identity for one in outstanding(read(file)))


def read(file: Path) -> list[dict[str, str]]:
    """Return a journal's lines; a last line cut short by a kill is left out."""
    if not file.exists():
        return []
    lines = []
    for text in file.read_text().splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines


def outstanding(lines: list[dict[str, str]]) -> list[Entry]:
    """Return the creations that no deletion undid, in order of their beginning."""
    entries: dict[tuple[str, str], Entry] = {}
    for line in lines:
        key = (line["urn"], line["id"])
        if line["op"] == "deleted":
            entries.pop(key, None)
        else:
            entries[key] = Entry(**{name: value for name, value in line.items() if name != "op"})
    return list(entries.values())


@contextmanager
def hold(file: Path) -> Iterator[bool]:
    """Try to hold a journal alone; false while a run writes to it."""
    with file.open("a") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
