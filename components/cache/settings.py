"""What a person may say about the cache."""

from typing import Literal

from pydantic import Field

from components.foundation.settings import DnsLabel, Resources, Settings

__all__ = ["CacheSettings"]


class CacheSettings(Settings):
    """Valkey, in memory only."""

    backend: Literal["single"] = "single"
    memory_fraction: float = Field(default=0.75, gt=0.1, le=0.9, description="of the pod's memory, for data")
    eviction: Literal["allkeys-lru", "volatile-lru", "noeviction"] = "allkeys-lru"
    clients: list[DnsLabel] = Field(default=[], description="tenants that get its credentials")
    resources: Resources = Resources(cpu="100m", memory="256Mi")
