"""bedplate env: the variables under which plain pulumi and kubectl work on this project."""

import shlex
import sys

from cli.options import Json, Stack

__all__ = ["env"]


def env(
    stack: Stack = "local",
    json: Json = False,  # noqa: FBT002 - typer's way of writing a flag
) -> None:
    """Print shell lines for: eval "$(bedplate env)"."""
    import json as json_module  # noqa: PLC0415 - what --help need not import

    from components.foundation.errors import ToolError  # noqa: PLC0415 - likewise
    from embedded.engine import shims  # noqa: PLC0415 - likewise
    from embedded.paths import find_project  # noqa: PLC0415 - likewise
    from environments.load import load  # noqa: PLC0415 - likewise

    paths = find_project()
    load(paths.root, stack)
    if not (paths.bin / "pulumi").exists():
        raise ToolError("the tools are not set up here yet", next_step="bedplate cluster start, or bedplate up")
    variables = shims.environment(paths, stack)
    if json:
        sys.stdout.write(json_module.dumps(variables, indent=2) + "\n")
        return
    for name, value in variables.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
