"""The base of every settings model: frozen, and unknown keys are errors."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from components.foundation.units import Cpu, Memory

__all__ = ["DnsLabel", "Resources", "Settings"]

DnsLabel = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
"""A name in lower-case letters, digits and dashes, at most 40 characters (leaves room for suffixes)."""


class Settings(BaseModel):
    """Plain data written by people in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Resources(Settings):
    """What one pod is given; requests equal limits for memory, so that no pod is killed by a neighbour."""

    cpu: Cpu = "250m"
    memory: Memory = "512Mi"
