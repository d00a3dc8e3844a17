"""What components say about each other: typed provisions, references to secrets, capacity.

A component lists the types it provides and requires. Outputs hold the provisions themselves, so what
one layer hands to the next is checked by the type checker and, before Pulumi starts, by the graph.
"""

from dataclasses import dataclass
from decimal import Decimal

__all__ = [
    "Broker",
    "Buckets",
    "Capacity",
    "ClusterFacts",
    "Delivery",
    "KeyValueStore",
    "Namespaces",
    "Provision",
    "SecretReference",
    "SqlDatabase",
]


@dataclass(frozen=True, kw_only=True)
class SecretReference:
    """Where a credential lies: a Secret of this name in each client's namespace, and its keys."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Provision:
    """Something that a component offers to others."""


@dataclass(frozen=True, kw_only=True)
class Namespaces(Provision):
    """Isolated namespaces by tenant name, and the priority class of each."""

    priority_classes: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SqlDatabase(Provision):
    """A PostgreSQL server that can be reached at host and port."""

    host: str
    port: int
    databases: tuple[str, ...]
    credentials: SecretReference


@dataclass(frozen=True, kw_only=True)
class Broker(Provision):
    """A Kafka cluster: bootstrap servers as host:port, and its topics."""

    bootstrap_servers: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeyValueStore(Provision):
    """A server that speaks the Redis protocol."""

    host: str
    port: int
    credentials: SecretReference


@dataclass(frozen=True, kw_only=True)
class Buckets(Provision):
    """An S3 endpoint as a URL, and its buckets."""

    endpoint: str
    buckets: tuple[str, ...]
    credentials: SecretReference


@dataclass(frozen=True, kw_only=True)
class ClusterFacts:
    """What charts are told about the platform, as Helm values; only addresses and names of Secrets."""

    facts: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Delivery(Provision):
    """The ApplicationSet that deploys an environment's services."""

    application_set: str
    namespace: str


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What a component asks of the nodes: cores, bytes of memory, bytes of disk, whole GPUs."""

    cpu: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    disk: Decimal = Decimal(0)
    gpus: int = 0

    def __add__(self, other: "Capacity") -> "Capacity":
        return Capacity(
            cpu=self.cpu + other.cpu,
            memory=self.memory + other.memory,
            disk=self.disk + other.disk,
            gpus=self.gpus + other.gpus,
        )
