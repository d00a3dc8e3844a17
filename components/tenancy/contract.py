"""What tenancy takes and gives."""

from dataclasses import dataclass

from components.foundation.contract import Namespaces
from components.tenancy.settings import TenancySettings

__all__ = ["TenancyArgs", "TenancyOutputs"]


@dataclass(frozen=True, kw_only=True)
class TenancyArgs:
    """The tenants, and whose platform it is."""

    settings: TenancySettings
    environment: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class TenancyOutputs:
    """The namespaces that others may use."""

    namespaces: Namespaces
