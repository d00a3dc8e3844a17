"""The model of an environment's platform.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.cache.settings import CacheSettings
from components.delivery.settings import DeliverySettings
from components.event_bus.settings import EventBusSettings
from components.foundation.settings import DnsLabel, Settings
from components.object_store.settings import ObjectStoreSettings
from components.relational.settings import RelationalSettings
from components.tenancy.settings import TenancySettings
from environments.instance_types import instance_types

__all__ = ["DATA_TENANT", "Capabilities", "Cloud", "Cluster", "Environment", "Gpu", "NodePool", "Taint"]

DATA_TENANT = "data"
"""The tenant whose namespace holds the data layer."""


class Cloud(Settings):
    """Where the machines stand."""

    provider: Literal["none"] = "none"


class Gpu(Settings):
    """The GPUs of a node pool; their number and memory come from the instance type."""

    model: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    sharing: Literal["none", "mig", "time-slicing"] = "none"


class Taint(Settings):
    """A taint on every node of a pool."""

    key: Annotated[str, Field(min_length=1)]
    value: str = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"


class NodePool(Settings):
    """Equal nodes that grow and shrink together."""

    name: DnsLabel
    instance_type: Annotated[str, Field(min_length=1)]
    min: int = Field(default=1, ge=0, le=1000, description="nodes")
    max: int = Field(default=3, ge=1, le=1000, description="nodes")
    gpu: Gpu | None = None
    labels: dict[str, str] = {}
    taints: list[Taint] = []

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        if self.min > self.max:
            message = f"min ({self.min}) is above max ({self.max})"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_instance_type(self) -> Self:
        known = instance_types()
        if self.instance_type not in known:
            message = f"instance_type {self.instance_type!r} is not in the table; allowed: {', '.join(sorted(known))}"
            raise ValueError(message)
        gpu = known[self.instance_type].gpu
        if self.gpu and self.gpu.model != (gpu.model if gpu else None):
            has = gpu.model if gpu else "no GPU"
            message = f"gpu.model is {self.gpu.model!r}, but {self.instance_type} has {has}"
            raise ValueError(message)
        return self


class Cluster(Settings):
    """The Kubernetes cluster and its nodes."""

    backend: Literal["embedded"] = "embedded"
    version: Literal["1.36"] = "1.36"
    node_pools: list[NodePool] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [pool.name for pool in self.node_pools]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            message = f"node pools share a name: {', '.join(doubled)}"
            raise ValueError(message)
        return self


class Capabilities(Settings):
    """Per capability a backend and its settings; one left out is not provisioned."""

    tenancy: TenancySettings = TenancySettings()
    relational: RelationalSettings | None = None
    event_bus: EventBusSettings | None = None
    cache: CacheSettings | None = None
    object_store: ObjectStoreSettings | None = None
    delivery: DeliverySettings | None = None

    @model_validator(mode="after")
    def _check_tenants(self) -> Self:
        """Name tenants that are used and not declared: the data layer lives in `data`, clients in their own."""
        tenants = self.tenancy.tenants
        for capability in ("relational", "event_bus", "cache", "object_store"):
            settings = getattr(self, capability)
            for tenant in (DATA_TENANT, *settings.clients) if settings else ():
                if tenant not in tenants:
                    declared = ", ".join(sorted(tenants)) or "none"
                    message = f"{capability} needs tenant {tenant!r}, which tenancy.tenants lacks; declared: {declared}"
                    raise ValueError(message)
        return self


class Environment(Settings):
    """One environment: what Pulumi provisions."""

    owner: Annotated[str, Field(min_length=1)] = "platform"
    cloud: Cloud = Cloud()
    cluster: Cluster
    capabilities: Capabilities = Capabilities()
