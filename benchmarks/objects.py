"""Plain objects by the hundred: the engine with its journal, beside the same engine with checkpoints."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import bedplate, checkout, pulumi
from embedded.paths import Paths

__all__ = ["PROGRAM", "run"]

PROGRAM = """\
import os
import pulumi

settings = {"kubeconfig": os.environ["KUBECONFIG"], "enableConfigMapMutable": "true"}
options = pulumi.ResourceOptions(provider=pulumi.ProviderResource("kubernetes", "cluster", settings, None))
for number in range(int(os.environ["OBJECTS"])):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{number}", "namespace": "default"}}
    manifest["data"] = {"number": str(number), "text": "x" * 100}
    pulumi.CustomResource("kubernetes:core/v1:ConfigMap", f"c{number}", manifest, options)
"""
_SIZES = (300, 1000, 3000)
_CHECKPOINTED = int(os.environ.get("BEDPLATE_BENCH_CHECKPOINTED", "1000"))
"""The largest size that is also run with checkpoints: 3,000 objects would take a quarter of an hour."""
_WITH_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "false", "BEDPLATE_JOURNAL": ""}


def run() -> None:
    """Print seconds of first up and of a preview without changes, by number of objects."""
    titles = ("first up", "per 1,000", "with checkpoints", "ratio", "preview", "per 1,000")
    widths = (9, 10, 17, 7, 9, 10)
    print(f"{'objects':>8}", *(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True)))
    with checkout() as paths, TemporaryDirectory(prefix="bedplate-objects-") as folder:
        bedplate(paths, "cluster", "start")
        program = Path(folder)
        (program / "Pulumi.yaml").write_text("name: objects\nruntime: python\n")
        (program / "__main__.py").write_text(PROGRAM)
        pulumi(paths, program, "stack", "init", "bench")
        for size in _SIZES:
            _print(paths, program, size)


def _print(paths: Paths, program: Path, size: int) -> None:
    slow = _first_up(paths, program, size, **_WITH_CHECKPOINTS) if size <= _CHECKPOINTED else 0
    if slow:
        _destroy(paths, program, size)
    up = _first_up(paths, program, size)
    preview = pulumi(paths, program, "preview", "--expect-no-changes", OBJECTS=str(size))
    _destroy(paths, program, size)
    each = 1000 / size
    beside = f"{slow:15.1f} s {up / slow:7.2f}" if slow else f"{'not run':>17} {'':7}"
    print(f"{size:8} {up:7.1f} s {up * each:8.1f} s {beside} {preview:7.1f} s {preview * each:8.1f} s", flush=True)


def _first_up(paths: Paths, program: Path, size: int, **variables: str) -> float:
    return pulumi(paths, program, "up", "--yes", "--skip-preview", OBJECTS=str(size), **variables)


def _destroy(paths: Paths, program: Path, size: int) -> None:
    pulumi(paths, program, "destroy", "--yes", "--skip-preview", OBJECTS=str(size))
