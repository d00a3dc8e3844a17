"""Pulumi's gRPC messages without the rest of its SDK.

Importing `pulumi` runs the whole SDK, 0.9 s of processor time on two cores; a plugin process needs
only the generated messages below it, and two of them start with every command.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["import_messages_only"]


def import_messages_only() -> None:
    """Make `pulumi.runtime.proto` importable without running `pulumi/__init__.py`; call it before any import."""
    spec = importlib.util.find_spec("pulumi")
    if "pulumi" in sys.modules or spec is None or spec.origin is None:
        return
    root = Path(spec.origin).parent
    for name, folder in (("pulumi", root), ("pulumi.runtime", root / "runtime")):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
