"""A small environment, and what an undisturbed run of it leaves in the cluster."""

from collections.abc import Iterator
from typing import Any

import pytest

from embedded.engine import stacks
from embedded.kube import Client

SMALL = """\
cluster: {node_pools: [{name: general, instance_type: m7i.2xlarge, min: 2}]}
capabilities:
  tenancy: {tenants: {data: {}}}
  relational: {protect: false}
  event_bus: {protect: false, topics: {events: {}}}
  cache: {}
"""


class Small:
    """The environment `small` in a checkout: its runs, its objects, its state."""

    name = "small"

    def __init__(self, checkout: Any) -> None:
        self.checkout = checkout
        self.paths = checkout.paths
        self.client = Client(self.paths.kubeconfig, patience=30)

    def up(self, **variables: str) -> Any:
        return self.checkout.bedplate("up", "--yes", "--json", "-s", self.name, **variables)

    def objects(self) -> set[tuple[str, str, str]]:
        """Return kind, namespace and name of every object of ours in the cluster."""
        from embedded.leftovers import leftovers

        made = {"Pod", "Endpoints", "EndpointSlice", "ControllerRevision", "Event", "PodMetrics"}
        return {
            (one["kind"], one["namespace"], one["name"]) for one in leftovers(self.client) if one["kind"] not in made
        }

    def state(self) -> set[str]:
        """Return the URNs of the objects in the state."""
        found = stacks.resources(self.paths, self.name)
        return {str(one["urn"]) for one in found if str(one["type"]).startswith("kubernetes:")}

    def journal_lines(self) -> int:
        file = self.paths.journal / f"bedplate.{self.name}.jsonl"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def forget_journal(self) -> None:
        """Empty the journal of a run that ended well, so that the next run's lines can be counted."""
        file = self.paths.journal / f"bedplate.{self.name}.jsonl"
        if file.exists():
            file.write_text("")

    def down(self) -> Any:
        return self.checkout.bedplate("down", "--yes", "-s", self.name)


@pytest.fixture(scope="session")
def small(checkout: Any) -> Iterator[Small]:
    folder = checkout.paths.root / "environments" / "small"
    folder.mkdir(exist_ok=True)
    (folder / "platform.yaml").write_text(SMALL)
    one = Small(checkout)
    yield one
    one.down()


@pytest.fixture(scope="session")
def undisturbed(small: Small) -> tuple[set[tuple[str, str, str]], set[str]]:
    """Return the objects and the URNs after a run that nothing disturbed; nothing is left afterwards."""
    run = small.up()
    assert run.returncode == 0, run.stderr
    found = small.objects(), small.state()
    ended = small.down()
    assert ended.returncode == 0, ended.stderr
    return found
