"""Tenancy: isolated namespaces for teams and for parts of the platform."""

from components.foundation.backend import Backend
from components.foundation.contract import Namespaces

__all__ = ["BACKENDS"]

BACKENDS = {
    "namespaces": Backend(
        component="components.tenancy.namespaces:TenantNamespaces",
        provides=(Namespaces,),
    ),
}
