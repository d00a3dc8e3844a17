"""Turn the engine's events into progress."""

from cli.console import Progress
from embedded.engine.events import Message, Step, Summary

__all__ = ["Watcher"]

_NAMED = 3  # how many resources under way are named


class Watcher:
    """Counts what is done and shows what is under way.

    Args:
        title: What is being done, such as provisioning.
        total: Number of objects expected; 0 when nobody knows.
    """

    def __init__(self, progress: Progress, title: str, total: int = 0) -> None:
        self._progress = progress
        self._title = title
        self._total = total
        self._begun: dict[str, Step] = {}
        self._done: set[str] = set()

    def hear(self, event: Step | Message | Summary) -> None:
        """Take one event."""
        match event:
            case Step() if event.is_object:
                self._step(event)
            case Message(severity="error" | "warning", ephemeral=False):
                self._progress.phase(f"{event.severity}: {event.text.splitlines()[0]}")

    def _step(self, step: Step) -> None:
        if step.stage == "begin":
            self._begun[step.urn] = step
        elif self._begun.pop(step.urn, None):
            self._done.add(step.urn)
        of = f" of {self._total}" if self._total >= len(self._done) else ""
        waiting = sorted(one.name for one in self._begun.values())
        tail = f", waiting for {', '.join(waiting[:_NAMED])}" if 0 < len(waiting) <= _NAMED else ""
        self._progress.update(f"{self._title}: {len(self._done)}{of} objects{tail}")
