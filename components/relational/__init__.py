"""Relational: databases that speak PostgreSQL."""

from components.foundation.backend import Backend
from components.foundation.contract import Namespaces, SqlDatabase

__all__ = ["BACKENDS"]

BACKENDS = {
    "single": Backend(
        component="components.relational.single:SinglePostgres",
        provides=(SqlDatabase,),
        requires=(Namespaces,),
    ),
}
