"""bedplate graph: draw the components of an environment and what they give each other."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Stack

__all__ = ["graph"]


class Format(StrEnum):
    """What a graph can be printed as."""

    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"
    SVG = "svg"


def graph(
    stack: Stack = "local",
    form: Annotated[Format, typer.Option("--format", "-f", help="What to print.")] = Format.MERMAID,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")] = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Check and draw the graph of an environment."""
    from embedded.paths import find_project
    from environments.load import load
    from stacks.drawing import FORMATS
    from stacks.graph import build

    if output is not None and output.suffix == ".svg":
        form = Format.SVG
    text = FORMATS["json" if json else form.value](build(load(find_project().root, stack).environment))
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text)
        sys.stderr.write(f"wrote {output}\n")
