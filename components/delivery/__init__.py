"""Delivery: Argo CD deploys the platform's own services from git."""

from components.foundation.backend import Backend
from components.foundation.contract import Broker, Buckets, Delivery, KeyValueStore, Namespaces, SqlDatabase

__all__ = ["BACKENDS"]

BACKENDS = {
    "embedded": Backend(
        component="components.delivery.embedded:EmbeddedArgoCD",
        provides=(Delivery,),
        requires=(Namespaces,),
        uses=(SqlDatabase, Broker, KeyValueStore, Buckets),
    ),
}
