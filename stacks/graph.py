"""The graph of components: what each provides, requires and uses; checked before Pulumi starts, and drawn."""

from dataclasses import dataclass

from components import cache, delivery, event_bus, object_store, relational, tenancy
from components.foundation.backend import Backend
from components.foundation.errors import ConfigurationError
from environments.model import Environment

__all__ = ["LAYERS", "Edge", "Graph", "Node", "build", "check"]

LAYERS = {
    "foundation": {"tenancy": tenancy.BACKENDS},
    "data": {
        "relational": relational.BACKENDS,
        "event_bus": event_bus.BACKENDS,
        "cache": cache.BACKENDS,
        "object_store": object_store.BACKENDS,
    },
    "delivery": {"delivery": delivery.BACKENDS},
}
"""Backend tables by capability, by layer, in the order of provisioning."""


@dataclass(frozen=True)
class Node:
    """A component of an environment."""

    layer: str
    capability: str
    backend: str
    provides: tuple[str, ...]
    requires: tuple[str, ...]
    uses: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return capability/backend."""
        return f"{self.capability}/{self.backend}"


@dataclass(frozen=True)
class Edge:
    """`provider` gives `provision` to `consumer`; both are capabilities."""

    provider: str
    consumer: str
    provision: str
    required: bool


@dataclass(frozen=True)
class Graph:
    """Nodes in order of provisioning, edges in order of nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def build(environment: Environment) -> Graph:
    """Build the graph of an environment.

    Raises:
        ConfigurationError: A provision is required and missing, is provided twice, or comes too late.
    """
    nodes = []
    for layer, capabilities in LAYERS.items():
        for capability, backends in capabilities.items():
            settings = getattr(environment.capabilities, capability)
            if settings is not None:
                nodes.append(node(layer, capability, settings.backend, backends[settings.backend]))
    return check(tuple(nodes))


def node(layer: str, capability: str, name: str, backend: Backend) -> Node:
    """Return a node of a backend's table line."""
    provides, requires, uses = (
        tuple(one.__name__ for one in types) for types in (backend.provides, backend.requires, backend.uses)
    )
    return Node(layer, capability, name, provides, requires, uses)


def check(nodes: tuple[Node, ...]) -> Graph:
    """Connect the nodes, or name what is missing, doubled or too late."""
    providers: dict[str, Node] = {}
    for one in nodes:
        for provision in one.provides:
            if other := providers.get(provision):
                message = f"{provision} is provided twice: by {other.title} and by {one.title}"
                raise ConfigurationError(message, next_step="leave one of them out of the environment")
            providers[provision] = one
    edges = [edge for consumer in nodes for edge in _edges(consumer, nodes, providers)]
    return Graph(nodes, tuple(edges))


def _edges(consumer: Node, nodes: tuple[Node, ...], providers: dict[str, Node]) -> list[Edge]:
    edges = []
    for provision in (*consumer.requires, *consumer.uses):
        required = provision in consumer.requires
        provider = providers.get(provision)
        if provider is None:
            if required:
                message = f"{consumer.title} requires {provision}, which no component of this environment provides"
                raise ConfigurationError(message, next_step=f"add a capability that provides {provision}")
            continue
        if nodes.index(provider) >= nodes.index(consumer):
            message = f"{consumer.title} needs {provision} before {provider.title} provides it"
            raise ConfigurationError(message, next_step="order the layers in stacks/graph.py")
        edges.append(Edge(provider.capability, consumer.capability, provision, required))
    return edges
