"""The process that runs a Pulumi program; the language host starts it and sends its settings over stdin."""

import asyncio
import json
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime import Settings, run_in_stack

from components.foundation.errors import BedplateError
from embedded.engine.orphans import die_with_parent, end_quietly_on_interrupt
from embedded.engine.quicken import quicken

_LOGGED = 32


def _configure(command: dict[str, Any]) -> None:
    pulumi.runtime.set_all_config(command["config"], command["secret_keys"])
    pulumi.runtime.configure(
        Settings(
            project=command["project"],
            stack=command["stack"],
            parallel=command["parallel"],
            engine=command["engine"],
            monitor=command["monitor"],
            dry_run=command["dry_run"],
            organization=command["organization"],
            root_directory=command["root"],
        )
    )


def _run(program: str) -> None:
    file = Path(program)
    sys.path.insert(0, str(file if file.is_dir() else file.parent))
    runpy.run_path(program, run_name="__main__")


def main() -> int:
    """Run the program and return its exit code."""
    die_with_parent()
    end_quietly_on_interrupt()
    command = json.loads(sys.stdin.read())
    _configure(command)
    quicken()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(lambda: _run(command["program"])))
    except BedplateError as error:
        pulumi.log.error(f"{error.summary}\n{error.next_step}".strip())
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except Exception as error:  # noqa: BLE001 - the program's own error, whatever it is
        pulumi.log.error("".join(traceback.format_exception(error)))
    else:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return _LOGGED


if __name__ == "__main__":
    sys.exit(main())
