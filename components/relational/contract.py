"""What the relational database takes and gives, whatever the backend."""

from dataclasses import dataclass

import pulumi

from components.foundation.contract import Capacity, SqlDatabase
from components.foundation.placement import Placement
from components.relational.settings import RelationalSettings

__all__ = ["RelationalArgs", "RelationalOutputs"]


@dataclass(frozen=True, kw_only=True)
class RelationalArgs:
    """Settings, where to stand, and the generated credential, which is secret."""

    settings: RelationalSettings
    placement: Placement
    password: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class RelationalOutputs:
    """What others may use."""

    database: SqlDatabase
    capacity: Capacity
