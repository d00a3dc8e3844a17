"""bedplate env: the variables under which plain pulumi and kubectl work on this project."""

import shlex
import sys

from cli.options import Json, Stack

__all__ = ["env"]


def env(
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Print shell lines for: eval "$(bedplate env)"."""
    import json as json_module

    from components.foundation.errors import ToolError
    from embedded.engine import shims
    from embedded.paths import find_project
    from environments.load import load

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
