"""What a verb that runs the engine needs first: the project, the environment, tools, cluster and stack."""

from dataclasses import dataclass

from cli.console import Progress, confirm
from components.foundation.errors import LockedError
from embedded.cluster import Cluster
from embedded.paths import Paths, find_project
from embedded.toolchain import Toolchain
from environments.load import Loaded, load
from environments.services import Service, load_services
from stacks.credentials import required_credentials
from stacks.graph import Graph, build

__all__ = ["Checked", "Session", "check", "open_session", "settle_locks"]


@dataclass(frozen=True)
class Checked:
    """An environment that is consistent: model, services and graph."""

    paths: Paths
    loaded: Loaded
    services: dict[str, Service]
    graph: Graph


@dataclass(frozen=True)
class Session:
    """A cluster that runs and a stack that can be used."""

    checked: Checked
    tools: Toolchain
    cluster: Cluster

    @property
    def paths(self) -> Paths:
        """Return the project's paths."""
        return self.checked.paths


def check(stack: str) -> Checked:
    """Check an environment before anything is started.

    Raises:
        ConfigurationError: Something in its files is wrong.
    """
    paths = find_project()
    loaded = load(paths.root, stack)
    graph = build(loaded.environment)
    services = load_services(paths.root, stack, loaded.environment)
    return Checked(paths, loaded, services, graph)


def settle_locks(paths: Paths, stack: str, *, yes: bool) -> None:
    """Refuse while a live process holds the stack, and offer to release a lock whose owner is dead.

    Raises:
        LockedError: A live process holds it, or a dead one's lock was not released.
    """
    from embedded.engine import locks

    held = locks.holders(paths, stack)
    for one in held:
        if one.alive:
            raise LockedError(f"stack {stack} is held by {one}", next_step="wait for it to end, or end it")
    if not held:
        return
    names = "; ".join(map(str, held))
    if not confirm(f"stack {stack} has a lock of a run that is dead ({names}). Release it?", yes=yes):
        raise LockedError(f"stack {stack} is locked by {names}", next_step="pulumi cancel, or --yes")
    locks.release_stale(held)


def open_session(checked: Checked, progress: Progress, *, yes: bool) -> Session:
    """Build what is missing, start the cluster, and make the stack and its credentials."""
    from embedded import cluster, toolchain
    from embedded.engine import shims, stacks

    paths, stack = checked.paths, checked.loaded.name
    settle_locks(paths, stack, yes=yes)
    stacks.resources(paths, stack)
    tools = toolchain.prepare(progress.update)
    shims.prepare(paths, tools)
    started = cluster.start(paths, checked.loaded.environment, tools, progress.update)
    progress.phase(f"cluster ready at {started.server}")
    progress.update("preparing the stack")
    stacks.ensure(paths, stack, required_credentials(checked.loaded.environment))
    return Session(checked, tools, started)
