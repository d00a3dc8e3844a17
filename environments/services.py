"""The services of an environment: one file each, edited by promotion and read by Argo CD."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError

from components.foundation.errors import ConfigurationError
from components.foundation.settings import DnsLabel, Settings
from environments.document import dotted, read
from environments.model import Environment

__all__ = ["Service", "load_services"]


class Service(Settings):
    """One service: its chart under charts/, the version to run, where, and its values."""

    chart: DnsLabel
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$")]
    namespace: DnsLabel
    values: dict[str, Any] = {}


def load_services(root: Path, name: str, environment: Environment) -> dict[str, Service]:
    """Return an environment's services by name.

    Raises:
        ConfigurationError: A file is wrong, or names a chart or namespace that is not there.
    """
    files = sorted((root / "environments" / name / "services").glob("*.yaml"))
    return {file.stem: _load(file, root, environment) for file in files}


def _load(file: Path, root: Path, environment: Environment) -> Service:
    document = read(file)
    try:
        service = Service.model_validate(document.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = document.places.get(first["loc"], f"{file}:1")
        seen = "" if first["type"] == "missing" else f" (seen: {first['input']!r})"
        message = f"{place}: {dotted(first['loc'])}: {first['msg']}{seen}"
        raise ConfigurationError(message, next_step="keys: chart, version, namespace, values") from error
    chart = root / "charts" / service.chart / "Chart.yaml"
    charts = sorted(one.parent.name for one in (root / "charts").glob("*/Chart.yaml") if one.parent.name != "library")
    tenants = environment.capabilities.tenancy.tenants
    if not chart.is_file():
        message = (
            f"{document.places['chart',]}: chart {service.chart!r} is not in charts/; allowed: {', '.join(charts)}"
        )
        raise ConfigurationError(message, next_step=f"create {chart.relative_to(root)}")
    if service.namespace not in tenants:
        place = document.places["namespace",]
        message = f"{place}: namespace {service.namespace!r} is no tenant; allowed: {', '.join(sorted(tenants))}"
        raise ConfigurationError(message, next_step="name a tenant of capabilities.tenancy.tenants")
    _check_version(service, chart, f"{document.places['version',]}")
    return service


def _check_version(service: Service, chart: Path, place: str) -> None:
    there = str(yaml.load(chart.read_text(), Loader=yaml.CSafeLoader)["version"])
    if service.version != there:
        message = f"{place}: version {service.version} of {service.chart} is asked for, but charts/ holds {there}"
        raise ConfigurationError(message, next_step=f"write version: {there}, or check out the commit that has it")
