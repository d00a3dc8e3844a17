"""What a person may say about tenants."""

from typing import Literal

from pydantic import Field

from components.foundation.settings import DnsLabel, Settings
from components.foundation.units import Cpu, Memory, Storage

__all__ = ["Quota", "TenancySettings", "Tenant"]


class Quota(Settings):
    """The most that all pods of one namespace may ask for."""

    cpu: Cpu = "16"
    memory: Memory = "32Gi"
    storage: Storage = "200Gi"
    gpus: int = Field(default=0, ge=0, description="whole GPUs (nvidia.com/gpu)")
    pods: int = Field(default=100, ge=1)


class Tenant(Settings):
    """A namespace of its own for a team or a part of the platform."""

    quota: Quota = Quota()
    priority: Literal["critical", "standard", "batch"] = "standard"


class TenancySettings(Settings):
    """Namespaces with Pod Security at restricted, quotas, limit ranges and default-deny networking."""

    backend: Literal["namespaces"] = "namespaces"
    tenants: dict[DnsLabel, Tenant] = Field(default={}, description="tenant by namespace name")
