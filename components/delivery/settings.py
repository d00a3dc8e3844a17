"""What a person may say about delivery."""

from typing import Literal

from pydantic import Field

from components.foundation.settings import Settings

__all__ = ["DeliverySettings"]


class DeliverySettings(Settings):
    """Argo CD: where it reads from and what it may do."""

    backend: Literal["embedded"] = "embedded"
    revision: str = Field(default="main", min_length=1, description="branch that is synced")
    prune: bool = Field(default=True, description="delete objects that left git")
    self_heal: bool = Field(default=True, description="undo changes made by hand")
