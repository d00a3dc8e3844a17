"""How quickly the command answers, beside `nebari` where it can be installed into a folder of its own."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, seconds

__all__ = ["run"]

_NEBARI = "nebari==2025.10.1"


def run() -> None:
    """Print seconds of --help and validate, and the ratio to the peer's."""
    ours = {verb: seconds([sys.executable, "-m", "cli.main", verb], ROOT) for verb in ("--help", "validate")}
    with TemporaryDirectory(prefix="bedplate-nebari-") as folder:
        theirs = _nebari(Path(folder))
    print(f"{'command':12} {'bedplate':>9} {'nebari':>9} {'ratio':>7}")
    for verb, own in ours.items():
        peer = theirs.get(verb)
        beside = f"{peer:8.2f}s {own / peer:7.2f}" if peer else f"{'not had':>9}"
        print(f"{verb:12} {own:8.2f}s {beside}")


def _nebari(folder: Path) -> dict[str, float]:
    python = folder / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", _NEBARI], check=True, capture_output=True, timeout=300
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return {}
    command = str(folder / "bin" / "nebari")
    (folder / "nebari-config.yaml").write_text(
        "project_name: bench\nprovider: existing\ndomain: bench.example.com\nnamespace: dev\n"
    )
    measured = {"--help": seconds([command, "--help"], folder)}
    checked = subprocess.run(
        [command, "validate", "--config", "nebari-config.yaml"], cwd=folder, capture_output=True, check=False
    )
    if checked.returncode == 0:
        measured["validate"] = seconds([command, "validate", "--config", "nebari-config.yaml"], folder)
    return measured
