"""The table of instance types: what one machine of each has."""

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from components.foundation.settings import Settings
from components.foundation.units import Memory

__all__ = ["InstanceType", "instance_types"]


class GpuKind(Settings):
    """The GPUs of one machine; `memory` is that of each."""

    model: str
    count: Annotated[int, Field(ge=1)]
    memory: Memory


class InstanceType(Settings):
    """One machine."""

    vcpu: Annotated[int, Field(ge=1)]
    memory: Memory
    gpu: GpuKind | None = None


@cache
def instance_types() -> dict[str, InstanceType]:
    """Return every instance type by name."""
    text = Path(__file__).with_suffix(".yaml").read_text()
    return TypeAdapter(dict[str, InstanceType]).validate_python(yaml.load(text, Loader=yaml.CSafeLoader))
