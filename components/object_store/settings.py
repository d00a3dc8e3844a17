"""What a person may say about the object store."""

from typing import Annotated, Literal

from pydantic import Field

from components.foundation.settings import DnsLabel, Resources, Settings
from components.foundation.units import Days, Storage

__all__ = ["Bucket", "ObjectStoreSettings"]

BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]


class Bucket(Settings):
    """One private bucket."""

    versioned: bool = False
    retention_days: Days | None = None


class ObjectStoreSettings(Settings):
    """An S3-compatible store: its buckets and what it is given."""

    backend: Literal["single"] = "single"
    buckets: dict[BucketName, Bucket] = {}
    storage: Storage = "20Gi"
    clients: list[DnsLabel] = Field(default=[], description="tenants that get its credentials")
    resources: Resources = Resources()
    protect: bool = Field(default=True, description="refuse to delete it and its data")
