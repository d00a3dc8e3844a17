"""Talking to the person: status and progress on stderr, data on stdout."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from components.foundation.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["Progress", "confirm", "interactive", "progress", "show_table", "table"]


def interactive() -> bool:
    """Say whether a person sits at a terminal that can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def confirm(question: str, *, yes: bool) -> bool:
    """Ask, unless `--yes` answered; without a terminal nothing is asked.

    Raises:
        ConfigurationError: There is nobody to ask.
    """
    if yes:
        return True
    if not interactive():
        raise ConfigurationError(f"{question} Nobody is at the terminal to answer.", next_step="add --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def console(*, stderr: bool) -> "Console":
    """Return a rich console; colours only on a terminal and without NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def table(title: str, *columns: str) -> "Table":
    """Return an empty table."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def show_table(made: "Table", *, stderr: bool = False) -> None:
    """Print a table."""
    console(stderr=stderr).print(made)


_QUIET_SECONDS = 2.0


class Progress:
    """Shows what is being done: a line that changes on a terminal, plain lines elsewhere."""

    def __init__(self, live: Any = None) -> None:
        self._live = live
        self._began = time.monotonic()
        self._said = -_QUIET_SECONDS

    def phase(self, text: str) -> None:
        """Begin a phase."""
        self._write(text)

    def update(self, text: str) -> None:
        """Tell where a phase is; plain output gets a line every few seconds."""
        now = time.monotonic()
        if self._live is not None:
            self._live.update(f"{text}  [dim]{now - self._began:.0f} s[/dim]")
        elif now - self._said >= _QUIET_SECONDS:
            self._said = now
            self._write(text)

    def _write(self, text: str) -> None:
        if self._live is not None:
            self._live.console.print(f"[dim]{time.monotonic() - self._began:5.1f} s[/dim]  {text}")
        else:
            sys.stderr.write(f"{time.monotonic() - self._began:5.1f} s  {text}\n")
            sys.stderr.flush()


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on stderr until the end of the block."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Progress()
        return
    with console(stderr=True).status("starting") as live:
        yield Progress(live)
