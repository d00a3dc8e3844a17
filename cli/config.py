"""bedplate config: show an environment's values and where each came from."""

import json as json_module
import sys
from typing import Annotated, Any

import typer

from cli.options import Json, Stack

__all__ = ["app"]

app = typer.Typer(help="Show an environment's values, and where each came from.", no_args_is_help=True)


def _load(stack: str) -> Any:
    from embedded.paths import find_project
    from environments.load import load

    return load(find_project().root, stack)


@app.command()
def show(
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Print the whole environment, defaults included, as YAML or JSON."""
    import yaml

    values = _load(stack).values
    text = json_module.dumps(values, indent=2) + "\n" if json else yaml.safe_dump(values, sort_keys=False)
    sys.stdout.write(text)


@app.command()
def explain(
    key: Annotated[
        str, typer.Argument(help="Dotted key, such as capabilities.relational.storage; all when empty.")
    ] = "",
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Say which file and line a value came from."""
    from embedded.paths import find_project
    from environments.load import explain as explain_key

    root = find_project().root
    rows = [
        (
            leaf,
            origin.value,
            f"{origin.place.file.relative_to(root)}:{origin.place.line}" if origin.place else "default",
        )
        for leaf, origin in explain_key(_load(stack), key)
    ]
    if json:
        data = [{"key": leaf, "value": value, "origin": origin} for leaf, value, origin in rows]
        sys.stdout.write(json_module.dumps(data, indent=2) + "\n")
        return
    for leaf, value, origin in rows:
        sys.stdout.write(f"{leaf} = {json_module.dumps(value)}  ({origin})\n")


@app.command()
def schema() -> None:
    """Print the JSON Schema of platform.yaml."""
    from environments.schema import render

    sys.stdout.write(render())
