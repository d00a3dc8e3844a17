"""The services' charts: rendered, closed by their schema, and deterministic."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.toolchain import prepare
from embedded.tools import TOOLS

pytestmark = pytest.mark.cluster  # needs helm, not a cluster

FACTS = {
    "environment": "local",
    "sql": {"host": "postgresql.data.svc", "port": 5432, "secret": "relational-credentials"},
    "kafka": {"bootstrapServers": ["kafka.data.svc:9092"]},
}
GATEWAY_API = "gateway.networking.k8s.io/v1/HTTPRoute"


@pytest.fixture(scope="module")
def chart(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that renders the gateway's chart from a copy with its dependency built."""
    helm = prepare(lambda _line: None, tuple(one for one in TOOLS if one.name == "helm"))["helm"]
    charts = tmp_path_factory.mktemp("charts") / "charts"
    shutil.copytree(root / "charts", charts)
    subprocess.run([helm, "dependency", "build", charts / "inference-gateway"], check=True, capture_output=True)

    def render(*words: str) -> "subprocess.CompletedProcess[str]":
        facts = f"--set-json=facts={json.dumps(FACTS)}"
        command = [helm, "template", "gateway", charts / "inference-gateway", "--namespace=serving", facts, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return render


def kinds(text: str) -> list[str]:
    return sorted(one["kind"] for one in yaml.safe_load_all(text) if one)


def test_service_brings_its_objects(chart: Any) -> None:
    """A service brings account, deployment, service, network policy and disruption budget; others on request."""
    plain, more = chart(), chart("--set=autoscaling.enabled=true", f"--api-versions={GATEWAY_API}")
    always = ["Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"]

    assert kinds(plain.stdout) == always
    assert kinds(more.stdout) == sorted([*always, "HTTPRoute", "HorizontalPodAutoscaler"])


def test_replicas_are_left_to_the_autoscaler(chart: Any) -> None:
    """With autoscaling the Deployment names no replicas, so that nobody fights over them."""
    objects = yaml.safe_load_all(chart("--set=autoscaling.enabled=true").stdout)
    deployment = next(one for one in objects if one["kind"] == "Deployment")

    assert "replicas" not in deployment["spec"]


def test_egress_follows_the_facts(chart: Any) -> None:
    """A service may reach the ports of the facts it uses, and nothing else."""
    objects = yaml.safe_load_all(chart('--set-json=uses=["sql"]').stdout)
    policy = next(one for one in objects if one["kind"] == "NetworkPolicy")

    assert [port["port"] for port in policy["spec"]["egress"][0]["ports"]] == [5432]


def test_digest_takes_the_place_of_the_version(chart: Any) -> None:
    """With a digest the image is pinned to it."""
    digest = f"sha256:{'0' * 64}"

    assert f"inference-gateway@{digest}" in chart(f"--set=image.digest={digest}").stdout


@pytest.mark.parametrize("word", ["--set=replica=3", "--set=port=80", "--set=image.digest=latest", "--set=uses={ftp}"])
def test_wrong_values_are_refused(chart: Any, word: str) -> None:
    """A misspelt or impossible value is refused by the chart's schema."""
    run = chart(word)

    assert run.returncode != 0
    assert "schema" in run.stderr


def test_rendering_is_deterministic(chart: Any) -> None:
    """Two renderings are byte-identical."""
    assert chart().stdout == chart().stdout
