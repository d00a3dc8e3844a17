"""The local environment from a cold cluster, its repetition, and the memory of each process."""

from benchmarks.measure import bedplate, checkout
from embedded import supervise

__all__ = ["run"]

_BUDGETS = {"up, cluster cold": 30.0, "up without changes": 5.0, "preview without changes": 5.0}
"""Seconds; the first is the design's budget for `make up`, the others that for a preview."""


def run() -> None:
    """Print seconds of up and preview, and mebibytes by process."""
    with checkout() as paths:
        times = {
            "up, cluster cold": bedplate(paths, "up", "--yes"),
            "up without changes": bedplate(paths, "up", "--yes"),
            "preview without changes": bedplate(paths, "preview"),
        }
        processes = supervise.running(paths)
        down = bedplate(paths, "down", "--yes")
    for name, taken in times.items():
        print(f"{name:26} {taken:6.1f} s   {taken / _BUDGETS[name]:5.2f} of the budget of {_BUDGETS[name]:g} s")
    print(f"{'down':26} {down:6.1f} s\n")
    for one in processes:
        print(f"{one.name:26} {one.memory / 2**20:6.0f} MiB")
    total = sum(one.memory for one in processes) / 2**20
    print(f"{'together':26} {total:6.0f} MiB   {total / (1.2 * 1024):5.2f} of the budget of 1.2 GiB")
