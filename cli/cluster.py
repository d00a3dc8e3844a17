"""bedplate cluster: the embedded cluster by itself."""

import json as json_module
import sys
from typing import Annotated

import typer

from cli.options import Json, Stack, Yes

__all__ = ["app"]

app = typer.Typer(help="Start, stop and look at the embedded cluster.", no_args_is_help=True)


@app.command()
def start(
    stack: Stack = "local",
    ephemeral: Annotated[
        bool, typer.Option(help="Do not sync data to disk, until reset: faster, lost on power failure.")
    ] = False,
) -> None:
    """Start the cluster with the node pools of an environment; what runs already is left alone."""
    from cli.console import progress
    from embedded import cluster, toolchain
    from embedded.engine import shims
    from embedded.paths import find_project
    from environments.load import load

    paths = find_project()
    environment = load(paths.root, stack).environment
    with progress() as shown:
        tools = toolchain.prepare(shown.update)
        shims.prepare(paths, tools)
        started = cluster.start(paths, environment, tools, shown.update, durable=not ephemeral)
    sys.stdout.write(f"{started.server} ready in {started.seconds:.1f} s; kubeconfig {started.kubeconfig}\n")


@app.command()
def stop() -> None:
    """Stop the cluster; its data stays."""
    from embedded import cluster
    from embedded.paths import find_project

    cluster.stop(find_project())
    sys.stdout.write("stopped; bedplate cluster start brings it back with its data\n")


@app.command()
def status(
    json: Json = False,
) -> None:
    """Show the processes: state, pid and memory. Exits with 12 when one does not run."""
    from cli.console import show_table, table
    from components.foundation.errors import ClusterError
    from embedded import supervise
    from embedded.paths import find_project

    processes = supervise.running(find_project())
    if json:
        rows = [{"name": one.name, "state": one.state, "pid": one.pid, "memory": one.memory} for one in processes]
        sys.stdout.write(json_module.dumps(rows, indent=2) + "\n")
    elif processes:
        made = table("\nEmbedded cluster", "process", "state", "pid", "memory")
        for one in processes:
            made.add_row(one.name, one.state, str(one.pid), f"{one.memory / 2**20:.0f} MiB")
        made.add_row("together", "", "", f"{sum(one.memory for one in processes) / 2**20:.0f} MiB")
        show_table(made)
    down = [one.name for one in processes if one.state != "RUNNING"]
    if not processes or down:
        summary = f"not running: {', '.join(down)}" if down else "the embedded cluster does not run"
        raise ClusterError(summary, next_step="bedplate cluster start")


@app.command()
def logs(
    process: Annotated[str, typer.Argument(help="Process, as `bedplate cluster status` names it.")],
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="Lines from the end.")] = 40,
) -> None:
    """Print the end of a process's log."""
    from components.foundation.errors import ConfigurationError
    from embedded.paths import find_project
    from embedded.supervise import log_tail

    paths = find_project()
    known = sorted(file.stem for file in paths.logs.glob("*.log"))
    if process not in known:
        message = f"there is no log of {process!r}; there is: {', '.join(known) or 'none yet'}"
        raise ConfigurationError(message, next_step="bedplate cluster status")
    sys.stdout.write(log_tail(paths, process, lines) + "\n")


@app.command()
def reset(yes: Yes = False) -> None:
    """Stop the cluster and delete all it holds; the stacks' states stay, and `up` recreates every object."""
    from cli.console import confirm
    from components.foundation.errors import CancelledError
    from embedded import cluster
    from embedded.paths import find_project

    if not confirm("Delete the embedded cluster and all it holds?", yes=yes):
        raise CancelledError("nothing was changed")
    cluster.reset(find_project())
    sys.stdout.write("the cluster is gone\n")
