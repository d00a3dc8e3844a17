"""A line of a capability's backend table: what a backend provides and requires, and where its component is.

The component's module is imported when it is declared, so that the graph can be checked and drawn
without Pulumi (its import takes about a second).
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from components.foundation.contract import Provision

__all__ = ["Backend"]


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One way of meeting a capability.

    Args:
        component: "module:class" of its component.
        provides: Types of what others may use.
        requires: Types that must be provided by somebody else.
        uses: Types that are wired when somebody provides them.
    """

    component: str
    provides: tuple[type[Provision], ...] = ()
    requires: tuple[type[Provision], ...] = ()
    uses: tuple[type[Provision], ...] = ()

    def load(self) -> Any:
        """Import the component's class."""
        module, _, name = self.component.partition(":")
        return getattr(import_module(module), name)
