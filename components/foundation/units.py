"""Quantities as Kubernetes writes them, checked and compared."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

__all__ = ["Cpu", "Days", "Memory", "Storage", "amount"]

_SUFFIXES = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    "k": Decimal(10) ** 3,
    "M": Decimal(10) ** 6,
    "G": Decimal(10) ** 9,
    "T": Decimal(10) ** 12,
    "Ki": Decimal(2) ** 10,
    "Mi": Decimal(2) ** 20,
    "Gi": Decimal(2) ** 30,
    "Ti": Decimal(2) ** 40,
}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti|)")


def amount(quantity: str) -> Decimal:
    """Return a quantity in its base unit: cores, bytes or a count.

    Raises:
        ValueError: It is not a quantity.
    """
    found = _QUANTITY.fullmatch(quantity)
    if found is None:
        message = "write a Kubernetes quantity: a number and one of m, k, M, G, T, Ki, Mi, Gi, Ti"
        raise ValueError(message)
    return Decimal(found[1]) * _SUFFIXES[found[2]]


def _bytes(quantity: str) -> str:
    if amount(quantity) < Decimal(2) ** 20:
        message = "give the unit, such as 512Mi or 10Gi (less than 1Mi is not a size that works)"
        raise ValueError(message)
    return quantity


def _cores(quantity: str) -> str:
    if not amount(quantity):
        message = "give cores above zero, such as 250m or 2"
        raise ValueError(message)
    return quantity


Memory = Annotated[str, AfterValidator(_bytes)]
"""Memory in bytes with a suffix: 512Mi, 8Gi."""
Storage = Annotated[str, AfterValidator(_bytes)]
"""Disk in bytes with a suffix: 10Gi, 2Ti."""
Cpu = Annotated[str, AfterValidator(_cores)]
"""Processor time in cores: 250m, 2."""
Days = Annotated[int, Field(ge=1, le=3650)]
"""A duration in days."""
