"""bedplate tools: the executables that the embedded cluster and the engine are made of."""

import json as json_module
import sys

from cli.options import Json

__all__ = ["tools"]


def tools(
    json: Json = False,
) -> None:
    """Build the tools that are neither on PATH nor in the cache, and list where each is."""
    from cli.console import progress, show_table, table
    from embedded.toolchain import prepare

    with progress() as shown:
        found = prepare(shown.update).tools
    rows = [
        {"name": name, "version": one.tool.version, "origin": one.origin, "path": str(one.executable)}
        for name, one in found.items()
    ]
    if json:
        sys.stdout.write(json_module.dumps(rows, indent=2) + "\n")
        return
    made = table("\nTools", "name", "version", "origin", "path")
    for row in rows:
        made.add_row(*row.values())
    show_table(made)
