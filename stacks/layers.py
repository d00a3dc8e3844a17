"""The layers, each one function: settings and earlier outputs in, a frozen record of outputs out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from components import cache, delivery, event_bus, object_store, relational, tenancy
from components.cache.contract import CacheArgs, CacheOutputs
from components.delivery.contract import DeliveryArgs, DeliveryOutputs
from components.event_bus.contract import EventBusArgs, EventBusOutputs
from components.foundation.backend import Backend
from components.foundation.contract import ClusterFacts
from components.foundation.placement import Placement
from components.object_store.contract import ObjectStoreArgs, ObjectStoreOutputs
from components.relational.contract import RelationalArgs, RelationalOutputs
from components.tenancy.contract import TenancyArgs, TenancyOutputs
from environments.load import Loaded
from environments.model import DATA_TENANT
from stacks.credentials import CREDENTIALS

__all__ = ["DataLayer", "Stack", "cluster_facts", "provision"]

_ARGOCD = "argocd"


@dataclass(frozen=True)
class Stack:
    """What every layer of an environment is built with."""

    loaded: Loaded
    root: Path
    config: pulumi.Config
    provider: pulumi.ProviderResource

    @property
    def name(self) -> str:
        """Return the environment's name."""
        return self.loaded.name

    def place(self, layer: str, namespace: str, clients: list[str], priority_class: str = "") -> Placement:
        """Return a placement in this environment."""
        return Placement(
            environment=self.name,
            owner=self.loaded.environment.owner,
            layer=layer,
            namespace=namespace,
            clients=tuple(sorted(clients)),
            priority_class=priority_class,
        )

    def options(self, *before: pulumi.Resource, protect: bool = False) -> pulumi.ResourceOptions:
        """Return the options of a component that comes after others."""
        return pulumi.ResourceOptions(providers=[self.provider], depends_on=list(before), protect=protect or None)


@dataclass(frozen=True)
class FoundationLayer:
    """The namespaces, and the component that later layers come after."""

    tenancy: TenancyOutputs
    component: pulumi.Resource


@dataclass(frozen=True)
class DataLayer:
    """What of the data layer the environment has."""

    relational: RelationalOutputs | None
    event_bus: EventBusOutputs | None
    cache: CacheOutputs | None
    object_store: ObjectStoreOutputs | None


def provision(stack: Stack) -> None:
    """Provision every layer in order."""
    foundation = provision_foundation(stack)
    data = provision_data(stack, foundation)
    provision_delivery(stack, foundation, data)


def provision_foundation(stack: Stack) -> FoundationLayer:
    """Provision tenancy."""
    settings = stack.loaded.environment.capabilities.tenancy
    args = TenancyArgs(settings=settings, environment=stack.name, owner=stack.loaded.environment.owner)
    component = tenancy.BACKENDS[settings.backend].load()("tenancy", args, stack.options())
    return FoundationLayer(component.outputs, component)


def provision_data(stack: Stack, foundation: FoundationLayer) -> DataLayer:
    """Provision the stores, each in the data tenant's namespace."""
    return DataLayer(
        relational=_store(stack, foundation, relational.BACKENDS, RelationalArgs),
        event_bus=_store(stack, foundation, event_bus.BACKENDS, EventBusArgs),
        cache=_store(stack, foundation, cache.BACKENDS, CacheArgs),
        object_store=_store(stack, foundation, object_store.BACKENDS, ObjectStoreArgs),
    )


def _store(stack: Stack, foundation: FoundationLayer, backends: dict[str, Backend], args_type: Any) -> Any:
    """Declare one store and return its outputs; None when the environment has none of the capability."""
    capability = args_type.__module__.split(".")[1]
    settings = getattr(stack.loaded.environment.capabilities, capability)
    if settings is None:
        return None
    priority = foundation.tenancy.namespaces.priority_classes[DATA_TENANT]
    placement = stack.place("data", DATA_TENANT, settings.clients, priority)
    secret = {"password": stack.config.require_secret(key)} if (key := CREDENTIALS.get(capability)) else {}
    args = args_type(settings=settings, placement=placement, **secret)
    options = stack.options(foundation.component, protect=getattr(settings, "protect", False))
    return backends[settings.backend].load()(capability.replace("_", "-"), args, options).outputs


def provision_delivery(stack: Stack, foundation: FoundationLayer, data: DataLayer) -> DeliveryOutputs | None:
    """Provision Argo CD's objects with the facts of the layers before."""
    capabilities = stack.loaded.environment.capabilities
    if capabilities.delivery is None:
        return None
    args = DeliveryArgs(
        settings=capabilities.delivery,
        placement=stack.place("delivery", _ARGOCD, []),
        repository=f"file://{stack.root / '.bedplate' / 'git' / 'platform.git'}",
        destinations=tuple(sorted(capabilities.tenancy.tenants)),
        facts=cluster_facts(stack.name, data),
    )
    component = delivery.BACKENDS[capabilities.delivery.backend].load()
    outputs: DeliveryOutputs = component("delivery", args, stack.options(foundation.component)).outputs
    return outputs


def cluster_facts(environment: str, data: DataLayer) -> ClusterFacts:
    """Return the Helm values that every chart gets: addresses, and names of Secrets in the chart's namespace."""
    facts: dict[str, object] = {"environment": environment}
    if data.relational:
        database = data.relational.database
        facts["sql"] = {
            "host": database.host,
            "port": database.port,
            "databases": list(database.databases),
            "secret": database.credentials.name,
        }
    if data.event_bus:
        broker = data.event_bus.broker
        facts["kafka"] = {"bootstrapServers": list(broker.bootstrap_servers), "topics": list(broker.topics)}
    if data.cache:
        store = data.cache.store
        facts["cache"] = {"host": store.host, "port": store.port, "secret": store.credentials.name}
    if data.object_store:
        buckets = data.object_store.buckets
        facts["s3"] = {
            "endpoint": buckets.endpoint,
            "buckets": list(buckets.buckets),
            "secret": buckets.credentials.name,
        }
    return ClusterFacts(facts=facts)
