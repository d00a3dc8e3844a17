"""What delivery takes and gives, whatever the backend."""

from dataclasses import dataclass

from components.delivery.settings import DeliverySettings
from components.foundation.contract import ClusterFacts, Delivery
from components.foundation.placement import Placement

__all__ = ["DeliveryArgs", "DeliveryOutputs"]


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """Settings, where to stand, and what charts are told.

    Args:
        repository: URL of the git repository.
        destinations: Namespaces that services may be deployed to, sorted.
    """

    settings: DeliverySettings
    placement: Placement
    repository: str
    destinations: tuple[str, ...]
    facts: ClusterFacts


@dataclass(frozen=True, kw_only=True)
class DeliveryOutputs:
    """The ApplicationSet that deploys the services."""

    delivery: Delivery
