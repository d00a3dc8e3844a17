"""Cache: a key-value store that speaks the Redis protocol."""

from components.foundation.backend import Backend
from components.foundation.contract import KeyValueStore, Namespaces

__all__ = ["BACKENDS"]

BACKENDS = {
    "single": Backend(
        component="components.cache.single:SingleValkey",
        provides=(KeyValueStore,),
        requires=(Namespaces,),
    ),
}
