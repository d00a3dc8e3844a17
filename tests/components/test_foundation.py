"""Names, units and capacity."""

from decimal import Decimal

import pytest

from components.foundation.contract import Capacity
from components.foundation.names import LABEL_LIMIT, shorten
from components.foundation.units import amount
from components.foundation.versions import version_of


def test_short_names_stay() -> None:
    """A name within the limit is kept as it is."""
    assert shorten("kafka") == "kafka"


def test_long_names_are_cut_and_stay_apart() -> None:
    """Two long names that begin alike are cut to the limit and still differ."""
    one, two = shorten("a" * 70 + "x"), shorten("a" * 70 + "y")

    assert len(one) == len(two) == LABEL_LIMIT
    assert one != two


@pytest.mark.parametrize("text, base", [("250m", "0.25"), ("2", "2"), ("1Gi", "1073741824"), ("1.5Ki", "1536")])
def test_quantities_are_read(text: str, base: str) -> None:
    """A Kubernetes quantity is read into its base unit."""
    assert amount(text) == Decimal(base)


@pytest.mark.parametrize("text", ["", "1GB", "Gi", "-1", "1 Gi"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """Text that is no quantity is refused with the suffixes allowed."""
    with pytest.raises(ValueError, match="m, k, M, G, T, Ki, Mi, Gi, Ti"):
        amount(text)


def test_capacities_add_up() -> None:
    """The capacity of two components is the sum of each resource."""
    total = Capacity(cpu=Decimal(1), gpus=1) + Capacity(cpu=Decimal(2), disk=Decimal(3))

    assert total == Capacity(cpu=Decimal(3), disk=Decimal(3), gpus=1)


def test_version_is_the_tag_of_an_image() -> None:
    """An image's version is what stands behind its last colon."""
    assert version_of("docker.io/apache/kafka:4.1.0") == "4.1.0"
