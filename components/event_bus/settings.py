"""What a person may say about the event bus."""

from typing import Annotated, Literal

from pydantic import Field

from components.foundation.settings import DnsLabel, Resources, Settings
from components.foundation.units import Storage

__all__ = ["EventBusSettings", "Topic"]

TopicName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,200}$")]


class Topic(Settings):
    """One topic."""

    partitions: int = Field(default=3, ge=1, le=1000)
    retention_hours: int = Field(default=168, ge=1)


class EventBusSettings(Settings):
    """Kafka in KRaft mode: its topics and what a broker is given."""

    backend: Literal["single"] = "single"
    topics: dict[TopicName, Topic] = {}
    storage: Storage = "10Gi"
    clients: list[DnsLabel] = Field(default=[], description="tenants that get its credentials")
    resources: Resources = Resources(cpu="500m", memory="1Gi")
    protect: bool = Field(default=True, description="refuse to delete it and its data")
