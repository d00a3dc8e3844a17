"""What the event bus takes and gives, whatever the backend."""

from dataclasses import dataclass

from components.event_bus.settings import EventBusSettings
from components.foundation.contract import Broker, Capacity
from components.foundation.placement import Placement

__all__ = ["EventBusArgs", "EventBusOutputs"]


@dataclass(frozen=True, kw_only=True)
class EventBusArgs:
    """Settings, and where to stand."""

    settings: EventBusSettings
    placement: Placement


@dataclass(frozen=True, kw_only=True)
class EventBusOutputs:
    """What others may use."""

    broker: Broker
    capacity: Capacity
