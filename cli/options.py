"""Options that several verbs share."""

from typing import Annotated

import typer

__all__ = ["Environment", "Json", "Stack", "Yes"]

Stack = Annotated[
    str, typer.Option("--stack", "-s", envvar="PULUMI_STACK", help="Environment, and stack of that name.")
]
Environment = Annotated[str, typer.Argument(help="Environment: a folder under environments/.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
