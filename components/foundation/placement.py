"""Where a component stands: what a layer tells every component alike."""

from dataclasses import dataclass

from components.foundation.labels import Labels

__all__ = ["Placement"]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A namespace in an environment.

    Args:
        clients: Namespaces that get the component's credentials, sorted.
        priority_class: PriorityClass of its pods; empty for the cluster's default.
    """

    environment: str
    owner: str
    layer: str
    namespace: str
    clients: tuple[str, ...] = ()
    priority_class: str = ""

    def labels(self, name: str, component: str, version: str) -> Labels:
        """Return the labels of a component that stands here."""
        return Labels(
            name=name,
            component=component,
            version=version,
            environment=self.environment,
            owner=self.owner,
            layer=self.layer,
        )
