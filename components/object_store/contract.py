"""What the object store takes and gives, whatever the backend."""

from dataclasses import dataclass

import pulumi

from components.foundation.contract import Buckets, Capacity
from components.foundation.placement import Placement
from components.object_store.settings import ObjectStoreSettings

__all__ = ["ObjectStoreArgs", "ObjectStoreOutputs"]


@dataclass(frozen=True, kw_only=True)
class ObjectStoreArgs:
    """Settings, where to stand, and the generated credential, which is secret."""

    settings: ObjectStoreSettings
    placement: Placement
    password: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class ObjectStoreOutputs:
    """What others may use."""

    buckets: Buckets
    capacity: Capacity
