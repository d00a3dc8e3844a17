"""bedplate doctor: every prerequisite, whether it holds, and the line that mends it."""

import json as json_module
import sys
from dataclasses import asdict

from cli.options import Json, Stack

__all__ = ["doctor"]


def doctor(
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Check every prerequisite and name the line that mends each broken one."""
    from cli.console import show_table, table
    from components.foundation.errors import BedplateError
    from embedded.diagnosis import diagnose
    from embedded.paths import find_project

    findings = diagnose(find_project(), stack)
    if json:
        sys.stdout.write(json_module.dumps([asdict(one) for one in findings], indent=2) + "\n")
    else:
        made = table("\nPrerequisites", "", "what", "seen", "what mends it")
        for one in findings:
            made.add_row(
                {"ok": "✓", "warning": "!", "broken": "✗"}[one.verdict],
                one.name,
                one.seen,
                "" if one.verdict == "ok" else one.fix,
            )
        show_table(made)
    broken = [one for one in findings if one.verdict == "broken"]
    if broken:
        names = ", ".join(one.name for one in broken)
        raise BedplateError(f"{len(broken)} broken: {names}", next_step=broken[0].fix)
