"""The local environment, whole, on a real cluster: provisioned, synced, owned once, and taken away."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embedded.kube import Client

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

PACK = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def check(args, report):
    if args.resource_type.endswith(":Namespace"):
        report(f"namespaces are forbidden: {args.name}")

PolicyPack(
    name="test",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="no-namespaces", description="none", validate=check)],
)
"""


@pytest.fixture(scope="module")
def platform(checkout: Any) -> Any:
    """Return the checkout with the local environment up."""
    run = checkout.bedplate("up", "--yes", "--json")
    assert run.returncode == 0, run.stderr
    checkout.summary = json.loads(run.stdout)
    return checkout


@pytest.fixture(scope="module")
def client(platform: Any) -> Client:
    return Client(platform.paths.kubeconfig)


def test_summary_names_layers_and_services(platform: Any) -> None:
    """The summary has every component with its objects, and the service that Argo CD synced."""
    assert [one["component"] for one in platform.summary["components"]] == [
        "tenancy",
        "relational",
        "event_bus",
        "cache",
        "object_store",
        "delivery",
    ]
    assert all(one["objects"] for one in platform.summary["components"])
    assert platform.summary["services"] == {"inference-gateway": "Synced, Healthy"}


def test_services_get_facts_and_secret_references(client: Client) -> None:
    """The gateway is told addresses as variables, and mounts credentials as files from Secrets of its namespace."""
    path = "/apis/apps/v1/namespaces/serving/deployments/inference-gateway"
    pod = client.request("GET", path)["spec"]["template"]["spec"]
    variables = {one["name"]: one.get("value") for one in pod["containers"][0]["env"]}
    secrets = {one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one}

    assert variables["SQL_HOST"] == "postgresql.data.svc"
    assert variables["KAFKA_BOOTSTRAP_SERVERS"] == "kafka.data.svc:9092"
    assert secrets == {"relational-credentials", "cache-credentials", "object-store-credentials"}
    for name in secrets:
        assert client.request("GET", f"/api/v1/namespaces/serving/secrets/{name}")["data"]


def test_every_object_has_one_owner(client: Client) -> None:
    """No object is applied both by Pulumi and by Argo CD."""
    doubled = []
    for kind in client.kinds():
        for item in client.list(kind, labelSelector="app.kubernetes.io/part-of=bedplate"):
            managers = {
                one["manager"] for one in item["metadata"].get("managedFields", ()) if one["operation"] == "Apply"
            }
            pulumi = any(name.startswith("pulumi-kubernetes") for name in managers)
            if pulumi and any(name.startswith("argocd") for name in managers):
                doubled.append((kind.kind, item["metadata"]["name"]))

    assert doubled == []


def test_namespaces_refuse_privileged_pods(client: Client) -> None:
    """Admission in a tenant's namespace refuses a pod that does not meet the restricted profile."""
    from embedded.kube import ApiError

    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bad"},
        "spec": {
            "containers": [
                {
                    "name": "bad",
                    "image": "example.com/bad",
                    "securityContext": {"privileged": True},
                    "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": "1", "memory": "1Mi"}},
                }
            ]
        },
    }
    with pytest.raises(ApiError, match="violates PodSecurity"):
        client.request("POST", "/api/v1/namespaces/data/pods", pod)


def test_gpu_pods_are_placed_on_gpu_nodes(client: Client) -> None:
    """A pod that asks for a GPU and tolerates the taint is scheduled to a node of the GPU pool."""
    import time

    spec = {
        "containers": [
            {"name": "main", "image": "example.com/gpu", "resources": {"limits": {"nvidia.com/gpu": "1"}}},
        ],
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
    }
    path = "/api/v1/namespaces/default/pods"
    client.request("POST", path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "gpu"}, "spec": spec})
    deadline = time.monotonic() + 20
    while not (live := client.request("GET", f"{path}/gpu"))["spec"].get("nodeName") and time.monotonic() < deadline:
        time.sleep(0.1)
    client.request("DELETE", f"{path}/gpu")

    assert live["spec"]["nodeName"] == "gpu-0"


def test_env_gives_plain_tools_the_same_cluster_and_state(platform: Any) -> None:
    """After eval of `bedplate env`, plain kubectl and pulumi see the platform without further options."""
    bedplate = f"{sys.executable} -m cli.main"
    script = f'eval "$({bedplate} env)" && kubectl get namespace data -o name && pulumi stack --show-name'
    shown = subprocess.run(
        ["bash", "-c", script],
        cwd=platform.paths.root,
        env=platform.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.stdout.split() == ["namespace/data", "local"], shown.stderr


def test_status_shows_pods_and_marks_simulation(platform: Any) -> None:
    """Status lists pods with their node and says that they are simulated."""
    data = json.loads(platform.bedplate("status", "--json").stdout)

    assert data["applications"] == {"inference-gateway": "Synced, Healthy"}
    assert {one["name"] for one in data["pods"]} >= {"postgresql-0", "kafka-0", "valkey-0", "minio-0"}
    assert all(one["simulated"] for one in data["pods"])


def test_policy_packs_run(platform: Any, tmp_path: Path) -> None:
    """A policy pack in Python runs with preview, and a mandatory violation fails it with the policy's message."""
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\ndescription: test\n")
    (tmp_path / "__main__.py").write_text(PACK)
    run = platform.bedplate("preview", "--policy-pack", str(tmp_path))

    assert run.returncode == 5, run.stderr
    assert "namespaces are forbidden: tenancy-data-namespace" in run.stderr


def test_change_of_a_service_reaches_the_cluster(platform: Any, client: Client) -> None:
    """A change of a service's values in the working tree is synced by the next `up`, without a commit by hand."""
    file = platform.paths.root / "environments" / "local" / "services" / "inference-gateway.yaml"
    file.write_text(file.read_text().replace("replicas: 2", "replicas: 3"))
    run = platform.bedplate("up", "--yes")
    live = client.request("GET", "/apis/apps/v1/namespaces/serving/deployments/inference-gateway")

    assert run.returncode == 0, run.stderr
    assert live["spec"]["replicas"] == 3


def test_cluster_that_was_reset_is_filled_again(platform: Any) -> None:
    """After the cluster lost everything, `up` makes every object of the state again."""
    assert platform.bedplate("cluster", "reset", "--yes").returncode == 0
    run = platform.bedplate("up", "--yes", "--json")

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["services"] == {"inference-gateway": "Synced, Healthy"}


def test_down_leaves_nothing(platform: Any, client: Client) -> None:
    """Down destroys services and layers, and finds nothing of ours left in the cluster."""
    run = platform.bedplate("down", "--yes", "--json")

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["left"] == []
