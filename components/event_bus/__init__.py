"""Event bus: durable streams that speak Kafka's protocol."""

from components.foundation.backend import Backend
from components.foundation.contract import Broker, Namespaces

__all__ = ["BACKENDS"]

BACKENDS = {
    "single": Backend(
        component="components.event_bus.single:SingleKafka",
        provides=(Broker,),
        requires=(Namespaces,),
    ),
}
