"""Run a pulumi command on a stack and tell what happens, as it happens.

Pulumi's own Automation API does the same around four further commands (stack outputs twice, history,
version), which is 1.5 s on two cores; its event log is used here as it uses it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from components.foundation.errors import (
    BedplateError,
    CancelledError,
    ConfigurationError,
    CredentialsError,
    LockedError,
    PolicyError,
    ResourceError,
    TimeoutExpiredError,
)
from embedded.engine.events import Message, Step, Summary, parse
from embedded.engine.orphans import set_parent_death_signal
from embedded.engine.shims import environment
from embedded.paths import Paths

__all__ = ["Outcome", "call", "run"]

OnEvent = Callable[[Step | Message | Summary], None]
_ERRORS: dict[int, type[BedplateError]] = {
    2: ConfigurationError,
    3: CredentialsError,
    4: ResourceError,
    5: PolicyError,
    8: CancelledError,
    9: TimeoutExpiredError,
}
"""Our error by Pulumi's exit code."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    summary: Summary
    steps: tuple[Step, ...]
    messages: tuple[Message, ...]
    seconds: float


@dataclass
class _Heard:
    """What a run has told so far."""

    summary: Summary = field(default_factory=lambda: Summary({}, 0))
    steps: list[Step] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def take(self, event: Step | Message | Summary) -> None:
        match event:
            case Summary():
                self.summary = event
            case Step():
                self.steps.append(event)
            case Message() if not event.ephemeral:
                self.messages.append(event)


def run(paths: Paths, stack: str, verb: str, words: list[str], on_event: OnEvent) -> Outcome:
    """Run `pulumi VERB` without questions and return how it ended.

    Raises:
        BedplateError: It failed; of the class that its exit code stands for.
    """
    began = time.monotonic()
    heard = _Heard()

    def hear(event: Step | Message | Summary) -> None:
        heard.take(event)
        on_event(event)

    with tempfile.TemporaryDirectory(prefix="run-", dir=paths.state) as folder:
        log = Path(folder) / "events"
        log.touch()
        command = [str(paths.bin / "pulumi"), verb, "--stack", stack, "--non-interactive", f"--event-log={log}", *words]
        with subprocess.Popen(
            command,
            cwd=paths.root,
            env=os.environ | environment(paths, stack) | {"PULUMI_DEBUG_COMMANDS": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=set_parent_death_signal,  # noqa: PLW1509 - one call into the kernel, no locks
        ) as process:
            ended = threading.Event()
            tail = threading.Thread(target=_follow, args=(log, ended, hear))
            tail.start()
            said, interrupted = _read(process)
            ended.set()
            tail.join()
    if process.returncode != 0 and interrupted:
        summary = f"stopped by an interrupt after {sum(one.stage == 'end' for one in heard.steps)} steps; all are kept"
        raise CancelledError(summary, next_step="run it again: it goes on from here")
    if process.returncode != 0:
        raise _error(process.returncode, heard, said, verb)
    return Outcome(heard.summary, tuple(heard.steps), tuple(heard.messages), time.monotonic() - began)


def _read(process: subprocess.Popen[str]) -> tuple[str, bool]:
    """Return what the command printed and whether it was interrupted; it then ends by itself, in good order."""
    interrupted = False
    while True:
        try:
            return process.communicate()[0], interrupted
        except KeyboardInterrupt:
            interrupted = True
            # At a terminal the whole process group has the signal already.
            if not sys.stdin.isatty():
                process.send_signal(signal.SIGINT)


def _follow(log: Path, ended: threading.Event, hear: OnEvent) -> None:
    with log.open() as opened:
        for line in _lines(opened, ended):
            try:
                event = parse(json.loads(line))
            except ValueError:
                continue
            if event is not None:
                hear(event)


def _lines(opened: IO[str], ended: threading.Event) -> Iterator[str]:
    """Yield whole lines as they are written, until the writer has ended and nothing is left."""
    partial = ""
    while True:
        last = ended.is_set()
        text = opened.read()
        *whole, partial = (partial + text).split("\n")
        yield from whole
        if last and not text:
            return
        if not text:
            ended.wait(0.05)


def _error(code: int, heard: _Heard, said: str, verb: str) -> BedplateError:
    if "is currently locked by" in said:
        holder = next((line.strip() for line in said.splitlines() if "created by" in line), "another process")
        return LockedError(f"the stack is locked: {holder}", next_step="wait for it to end; or: bedplate doctor")
    errors = [f"{_short(one.urn)}{one.text}" for one in heard.messages if one.severity == "error"]
    lines = [one for one in dict.fromkeys(errors) if one not in ("update failed", "preview failed", "destroy failed")]
    summary = "\n".join(lines) or said.strip()[-1500:] or f"pulumi {verb} ended with exit code {code}"
    violated = any(one.policy and one.severity == "error" for one in heard.messages)
    kind = PolicyError if violated else _ERRORS.get(code, ResourceError if lines else BedplateError)
    return kind(
        summary, next_step=f"mend what is named above and run bedplate {'down' if verb == 'destroy' else verb} again"
    )


def _short(urn: str) -> str:
    return f"{urn.rpartition('::')[2]}: " if urn and "pulumi:pulumi:Stack" not in urn else ""


def call(paths: Paths, stack: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a short pulumi command and return what it printed; values that are secret travel over stdin."""
    variables = os.environ | environment(paths, stack)
    command = [str(paths.bin / "pulumi"), "--non-interactive", *words]
    return subprocess.run(
        command, cwd=paths.root, env=variables, input=stdin, capture_output=True, text=True, check=False
    )
