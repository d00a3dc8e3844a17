"""bedplate up: provision an environment, and wait until Argo CD has synced its services."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Stack, Yes

if TYPE_CHECKING:
    from cli.console import Progress
    from cli.session import Session
    from embedded.engine.run import Outcome

__all__ = ["up"]


def up(
    stack: Stack = "local",
    yes: Yes = False,
    json: Json = False,
    timeout: Annotated[int, typer.Option(help="Seconds to wait for Argo CD's services.", min=1)] = 180,
) -> None:
    """Provision an environment: cluster, platform and services. Repeatable; changes only what differs."""
    from cli.console import confirm, progress
    from cli.provision import Watcher
    from cli.session import check, open_session
    from components.foundation.errors import CancelledError
    from embedded import repository
    from embedded.engine import locks, run, stacks

    began = time.monotonic()
    checked = check(stack)
    if not confirm(f"Provision {stack}?", yes=yes):
        raise CancelledError("nothing was changed")
    with locks.exclusive(checked.paths, stack), progress() as shown:
        session = open_session(checked, shown, yes=yes)
        commit = repository.fill(checked.paths)
        watcher = Watcher(shown, "provisioning", stacks.object_count(checked.paths, stack))
        outcome = run.run(checked.paths, stack, "up", ["--yes", "--skip-preview"], watcher.hear)
        shown.phase(f"provisioned in {outcome.seconds:.1f} s")
        waited = _await_services(session, commit, shown, timeout)
    _report(session, outcome, waited, time.monotonic() - began, as_json=json)


def _await_services(session: "Session", commit: str, shown: "Progress", timeout: int) -> dict[str, str]:
    from embedded import applications
    from embedded.kube import Client

    if session.checked.loaded.environment.capabilities.delivery is None:
        return {}
    client = Client(session.paths.kubeconfig, patience=20)
    return applications.wait(client, sorted(session.checked.services), commit, shown.update, timeout)


def _report(session: "Session", outcome: "Outcome", services: dict[str, str], seconds: float, *, as_json: bool) -> None:
    """End with a summary: layers, components, objects, time, and how to look around."""
    from cli import summary

    facts = summary.collect(session, outcome, services, seconds)
    if as_json:
        sys.stdout.write(summary.as_json(facts))
    else:
        summary.show(facts)
