"""bedplate validate: check environments, their services and graphs without starting anything."""

import json as json_module
import sys
from typing import Annotated, Any

import typer

from cli.options import Json

__all__ = ["validate"]


def validate(
    environments: Annotated[list[str] | None, typer.Argument(help="Environments; all of them by default.")] = None,
    json: Json = False,
) -> None:
    """Check environments: files, services, and that what components need is provided."""
    from cli.session import check
    from cli.warnings import warnings
    from components.foundation.errors import ConfigurationError
    from embedded.paths import find_project
    from environments.load import environment_names

    results: list[dict[str, Any]] = []
    for name in environments or environment_names(find_project().root):
        try:
            checked = check(name)
            results.append(
                {"environment": name, "valid": True, "problem": "", "next_step": "", "warnings": warnings(checked)}
            )
        except ConfigurationError as error:
            results.append(
                {
                    "environment": name,
                    "valid": False,
                    "problem": error.summary,
                    "next_step": error.next_step,
                    "warnings": [],
                }
            )
    if json:
        sys.stdout.write(json_module.dumps(results, indent=2) + "\n")
    for one in results if not json else ():
        sys.stdout.write(f"{one['environment']}: {'valid' if one['valid'] else 'not valid'}\n")
        for warning in one["warnings"]:
            sys.stderr.write(f"warning: {warning}\n")
    broken = [one for one in results if not one["valid"]]
    if broken:
        summary = "\n".join(str(one["problem"]) for one in broken)
        raise ConfigurationError(summary, next_step=str(broken[0]["next_step"]))
