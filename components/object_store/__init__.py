"""Object store: buckets that speak S3."""

from components.foundation.backend import Backend
from components.foundation.contract import Buckets, Namespaces

__all__ = ["BACKENDS"]

BACKENDS = {
    "single": Backend(
        component="components.object_store.single:SingleMinio",
        provides=(Buckets,),
        requires=(Namespaces,),
    ),
}
