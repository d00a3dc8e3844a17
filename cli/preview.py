"""bedplate preview: show what `up` would change."""

import json as json_module
import sys
from typing import Annotated

import typer

from cli.options import Json, Stack

__all__ = ["preview"]


def preview(
    stack: Stack = "local",
    json: Json = False,
    expect_no_changes: Annotated[bool, typer.Option(help="Exit with 7 if anything would change.")] = False,
    policy_pack: Annotated[list[str] | None, typer.Option(help="Policy pack to run as well.")] = None,
) -> None:
    """Show what `up` would change. Changes nothing."""
    from cli.console import progress, show_table, table
    from cli.provision import Watcher
    from cli.session import check, open_session
    from embedded.engine import run, stacks

    checked = check(stack)
    with progress() as shown:
        open_session(checked, shown, yes=False)
        words = [word for pack in policy_pack or () for word in ("--policy-pack", pack)]
        watcher = Watcher(shown, "comparing", stacks.object_count(checked.paths, stack))
        outcome = run.run(checked.paths, stack, "preview", words, watcher.hear)
    steps = {one.urn: one for one in outcome.steps if one.stage == "begin" and one.operation in _SHOWN}
    if json:
        rows = [
            {"operation": one.operation, "type": one.type, "name": one.name, "properties": list(one.changed)}
            for one in steps.values()
        ]
        data = {"changes": rows, "unchanged": outcome.summary.unchanged}
        sys.stdout.write(json_module.dumps(data, indent=2) + "\n")
    else:
        made = table(f"\nChanges of {stack}", "operation", "kind", "name", "properties")
        for one in steps.values():
            made.add_row(one.operation, one.type.rpartition(":")[2], one.name, ", ".join(one.changed))
        if steps:
            show_table(made)
        sys.stdout.write(f"{len(steps)} to change, {outcome.summary.unchanged} unchanged\n")
    if expect_no_changes and steps:
        raise typer.Exit(7)


_SHOWN = ("create", "update", "replace", "delete")
