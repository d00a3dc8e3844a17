"""What the cache takes and gives, whatever the backend."""

from dataclasses import dataclass

import pulumi

from components.cache.settings import CacheSettings
from components.foundation.contract import Capacity, KeyValueStore
from components.foundation.placement import Placement

__all__ = ["CacheArgs", "CacheOutputs"]


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """Settings, where to stand, and the generated credential, which is secret."""

    settings: CacheSettings
    placement: Placement
    password: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class CacheOutputs:
    """What others may use."""

    store: KeyValueStore
    capacity: Capacity
