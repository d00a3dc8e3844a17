"""The entry point: verbs, and how a failure becomes an exit code and two lines."""

import errno
import os
import sys

import typer

from cli import cluster, config, doctor, down, env, graph, preview, status, tools, up, validate
from components.foundation.errors import BedplateError

__all__ = ["app", "main"]

app = typer.Typer(
    name="bedplate",
    help="An AI platform distribution: one typed file describes an environment, one command provisions it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)

app.command()(up.up)
app.command()(preview.preview)
app.command()(down.down)
app.command()(status.status)
app.command()(doctor.doctor)
app.command()(validate.validate)
app.command()(env.env)
app.command()(graph.graph)
app.command()(tools.tools)
app.add_typer(config.app, name="config")
app.add_typer(cluster.app, name="cluster")


def main() -> None:
    """Run the command; print a failure as what happened and the next step, never as a traceback."""
    try:
        app()
    except BedplateError as error:
        _fail(error.summary, error.next_step, error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        _fail("cancelled", "", 8)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        step = "free disk space and run it again; nothing was lost" if full else "bedplate doctor"
        _fail(f"{error.filename or 'a file'}: {error.strerror}", step, 1)


def _fail(summary: str, next_step: str, code: int) -> None:
    red, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    sys.stderr.write(f"{red}error:{plain} {summary}\n")
    if next_step:
        sys.stderr.write(f"next:  {next_step}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
