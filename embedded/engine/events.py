"""What the engine tells while it runs, as records: steps on resources, messages, and the summary."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Message", "Step", "Summary", "parse"]


@dataclass(frozen=True)
class Step:
    """One step on one resource: `stage` is begin, end or failed."""

    stage: str
    operation: str
    urn: str
    type: str
    changed: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the resource's logical name."""
        return self.urn.rpartition("::")[2]

    @property
    def is_object(self) -> bool:
        """Say whether it is a real object rather than a component, provider or the stack."""
        return not self.type.startswith(("pulumi:", "platform:"))


@dataclass(frozen=True)
class Message:
    """A line for the person: `severity` is info, warning or error; `urn` may be empty."""

    severity: str
    text: str
    urn: str
    ephemeral: bool
    policy: bool = False


@dataclass(frozen=True)
class Summary:
    """What was done: number of resources by kind of change, without those that stayed the same."""

    changes: dict[str, int]
    unchanged: int


def parse(event: dict[str, Any]) -> Step | Message | Summary | None:
    """Read one event of Pulumi's event log; None for what nobody needs."""
    for name, stage in (("resourcePreEvent", "begin"), ("resOutputsEvent", "end"), ("resOpFailedEvent", "failed")):
        if name in event:
            return _step(event[name]["metadata"], stage)
    if "diagnosticEvent" in event:
        return _message(event["diagnosticEvent"])
    if "policyEvent" in event:
        return _violation(event["policyEvent"])
    if "summaryEvent" in event:
        counts = event["summaryEvent"].get("resourceChanges") or {}
        changes = {kind: count for kind, count in counts.items() if kind != "same" and count}
        return Summary(changes, counts.get("same", 0))
    return None


def _step(metadata: dict[str, Any], stage: str) -> Step:
    changed = tuple(sorted(metadata.get("detailedDiff") or metadata.get("diffs") or ()))
    return Step(stage, metadata["op"], metadata["urn"], metadata["type"], changed)


def _message(event: dict[str, Any]) -> Message | None:
    text = event.get("message", "").strip()
    ours = "from $PATH at" in text
    if not text or ours:
        return None
    return Message(event.get("severity", "info"), text, event.get("urn", ""), bool(event.get("ephemeral")))


def _violation(event: dict[str, Any]) -> Message:
    level = event.get("enforcementLevel", "")
    text = f"[{level}] {event.get('policyName', '')}: {event.get('message', '').strip()}"
    return Message(
        "error" if level == "mandatory" else "warning", text, event.get("resourceUrn", ""), ephemeral=False, policy=True
    )
