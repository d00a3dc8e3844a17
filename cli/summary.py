"""The table at the end of `up`."""

import json
import os
import shutil
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from embedded.engine import stacks

if TYPE_CHECKING:
    from cli.session import Session
    from embedded.engine.run import Outcome

__all__ = ["Row", "Summary", "as_json", "collect", "show"]


@dataclass(frozen=True)
class Row:
    """One component."""

    layer: str
    component: str
    backend: str
    objects: int


@dataclass(frozen=True)
class Summary:
    """What `up` did and where to look."""

    environment: str
    components: tuple[Row, ...]
    services: dict[str, str]
    objects: int
    changes: dict[str, int]
    seconds: float
    server: str
    simulated: bool


def collect(session: "Session", outcome: "Outcome", services: dict[str, str], seconds: float) -> Summary:
    """Collect the facts from the state and the run."""
    checked = session.checked
    counts = objects_by_component(stacks.resources(session.paths, checked.loaded.name))
    rows = [Row(node.layer, node.capability, node.backend, counts[node.capability]) for node in checked.graph.nodes]
    return Summary(
        environment=checked.loaded.name,
        components=tuple(rows),
        services=services,
        objects=sum(counts.values()),
        changes=outcome.summary.changes,
        seconds=round(seconds, 1),
        server=session.cluster.server,
        simulated=True,
    )


def objects_by_component(resources: list[dict[str, object]]) -> Counter[str]:
    """Count Kubernetes objects by the capability of the component they belong to."""
    counts: Counter[str] = Counter()
    for resource in resources:
        kinds = str(resource["urn"]).split("::")[2].split("$")
        if kinds[-1].startswith("kubernetes:") and kinds[0].startswith("platform:"):
            counts[kinds[0].split(":")[1]] += 1
    return counts


def as_json(facts: Summary) -> str:
    """Return the summary as JSON."""
    return json.dumps(asdict(facts), indent=2) + "\n"


def _command() -> str:
    """Return how the command is called here: by name where it is on PATH."""
    return "bedplate" if shutil.which("bedplate") else os.path.relpath(sys.argv[0])


def show(facts: Summary) -> None:
    """Print the summary."""
    from cli.console import console, table

    made = table(f"\nEnvironment {facts.environment} is up", "layer", "component", "backend", "objects")
    for row in facts.components:
        made.add_row(row.layer, row.component, row.backend, str(row.objects))
    for name, state in facts.services.items():
        made.add_row("services", name, "Argo CD", state)
    changes = ", ".join(f"{count} {kind}" for kind, count in sorted(facts.changes.items())) or "none"
    lines = [
        f"{facts.objects} objects, changes: {changes}, {facts.seconds:.1f} s",
        f"API server  {facts.server}",
        f'Look around  eval "$({_command()} env)"; then kubectl get pods -A, pulumi stack, bedplate status',
    ]
    if facts.simulated:
        lines.append("Pods run on simulated nodes: scheduled and reported ready, but no container is started.")
    out = console(stderr=False)
    out.print(made)
    out.print("\n".join(lines), soft_wrap=True)
