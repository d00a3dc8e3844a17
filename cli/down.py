"""bedplate down: take an environment away, in order, and list what is left."""

import sys

from cli.options import Json, Stack, Yes

__all__ = ["down"]


def down(
    stack: Stack = "local",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Destroy what `up` provisioned, services first, and list what is left in the cluster."""
    import json as json_module

    from cli.console import confirm, progress, show_table, table
    from cli.provision import Watcher
    from cli.session import check, open_session
    from components.foundation.errors import CancelledError, ResourceError
    from embedded.engine import locks, run, stacks
    from embedded.kube import Client
    from embedded.leftovers import leftovers

    checked = check(stack)
    if not confirm(f"Destroy {stack} and its data?", yes=yes):
        raise CancelledError("nothing was changed")
    with locks.exclusive(checked.paths, stack), progress() as shown:
        open_session(checked, shown, yes=yes)
        watcher = Watcher(shown, "destroying", stacks.object_count(checked.paths, stack))
        outcome = run.run(checked.paths, stack, "destroy", ["--yes", "--skip-preview"], watcher.hear)
        left = leftovers(Client(checked.paths.kubeconfig, patience=20))
    deleted = outcome.summary.changes.get("delete", 0)
    if json:
        sys.stdout.write(json_module.dumps({"deleted": deleted, "left": left}, indent=2) + "\n")
    elif left:
        made = table(f"Left of {stack} in the cluster", "kind", "namespace", "name")
        for one in left:
            made.add_row(one["kind"], one["namespace"], one["name"])
        show_table(made)
    else:
        sys.stdout.write(f"{deleted} resources destroyed; nothing of {stack} is left in the cluster\n")
    if left:
        message = f"{len(left)} objects of {stack} are left in the cluster"
        raise ResourceError(message, next_step="kubectl delete them, or: bedplate cluster reset")
