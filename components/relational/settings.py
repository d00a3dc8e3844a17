"""What a person may say about the relational database."""

from typing import Annotated, Literal

from pydantic import Field

from components.foundation.settings import DnsLabel, Resources, Settings
from components.foundation.units import Storage

__all__ = ["RelationalSettings"]

Database = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class RelationalSettings(Settings):
    """PostgreSQL: its databases and what it is given."""

    backend: Literal["single"] = "single"
    databases: list[Database] = Field(default=["platform"], min_length=1)
    extensions: list[Literal["pgvector", "pg_stat_statements"]] = []
    storage: Storage = "10Gi"
    clients: list[DnsLabel] = Field(default=[], description="tenants that get its credentials")
    resources: Resources = Resources()
    protect: bool = Field(default=True, description="refuse to delete it and its data")
