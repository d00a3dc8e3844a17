"""Every backend of every capability under recording mocks: what each declares, and the contract that all meet."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))
from recorder import Recorder, record

from components.cache.contract import CacheArgs
from components.cache.settings import CacheSettings
from components.delivery.contract import DeliveryArgs
from components.delivery.settings import DeliverySettings
from components.event_bus.contract import EventBusArgs
from components.event_bus.settings import EventBusSettings, Topic
from components.foundation.contract import ClusterFacts
from components.foundation.placement import Placement
from components.object_store.contract import ObjectStoreArgs
from components.object_store.settings import Bucket, ObjectStoreSettings
from components.relational.contract import RelationalArgs
from components.relational.settings import RelationalSettings
from components.tenancy.contract import TenancyArgs
from components.tenancy.settings import Quota, TenancySettings, Tenant
from stacks.graph import LAYERS

GOLDEN = Path(__file__).parent / "golden"
PLACEMENT = Placement(
    environment="local", owner="me", layer="data", namespace="data", clients=("serving",), priority_class="critical"
)
SECRET = "generated-password"


def arguments(capability: str, password: Any = SECRET) -> Any:
    """Return the args of a capability with one of everything."""
    return {
        "tenancy": lambda: TenancyArgs(
            settings=TenancySettings(tenants={"data": Tenant(priority="critical"), "lab": Tenant(quota=Quota(gpus=2))}),
            environment="local",
            owner="me",
        ),
        "relational": lambda: RelationalArgs(
            settings=RelationalSettings(databases=["one", "two"], extensions=["pgvector", "pg_stat_statements"]),
            placement=PLACEMENT,
            password=password,
        ),
        "event_bus": lambda: EventBusArgs(
            settings=EventBusSettings(topics={"b": Topic(partitions=2), "a": Topic()}), placement=PLACEMENT
        ),
        "cache": lambda: CacheArgs(settings=CacheSettings(), placement=PLACEMENT, password=password),
        "object_store": lambda: ObjectStoreArgs(
            settings=ObjectStoreSettings(buckets={"models": Bucket(versioned=True, retention_days=7)}),
            placement=PLACEMENT,
            password=password,
        ),
        "delivery": lambda: DeliveryArgs(
            settings=DeliverySettings(),
            placement=Placement(environment="local", owner="me", layer="delivery", namespace="argocd"),
            repository="file:///platform.git",
            destinations=("data", "serving"),
            facts=ClusterFacts(facts={"environment": "local", "sql": {"host": "postgresql.data.svc"}}),
        ),
    }[capability]()


BACKENDS = [
    pytest.param(capability, name, id=f"{capability}-{name}")
    for capabilities in LAYERS.values()
    for capability, backends in capabilities.items()
    for name in backends
]
STORES = [one for one in BACKENDS if one.values[0] not in ("tenancy", "delivery")]


def declared(capability: str, backend: str, password: Any = SECRET, *, preview: bool = False) -> tuple[Recorder, Any]:
    made = []
    backends = next(one[capability] for one in LAYERS.values() if capability in one)

    def program() -> None:
        component = backends[backend].load()
        given = password() if callable(password) else password
        made.append(component(capability.replace("_", "-"), arguments(capability, given)))

    recorder = record(program, preview=preview)
    return recorder, made[0].outputs


@pytest.mark.parametrize("capability, backend", BACKENDS)
def test_objects_equal_the_golden(capability: str, backend: str, golden: Callable[[Path, str], None]) -> None:
    """A backend declares exactly the objects of its golden, under the same logical names."""
    recorder, _ = declared(capability, backend)

    golden(GOLDEN / f"{capability}-{backend}.yaml", yaml.safe_dump(recorder.objects(), sort_keys=True, width=120))


@pytest.mark.parametrize("capability, backend", BACKENDS)
def test_declaring_twice_is_the_same(capability: str, backend: str) -> None:
    """The same args declare the same objects, byte for byte."""
    first, second = (yaml.safe_dump(declared(capability, backend)[0].objects()) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("capability, backend", BACKENDS)
def test_every_object_is_labelled_and_named(capability: str, backend: str) -> None:
    """Every object has a fixed name and the labels that say whose it is."""
    recorder, _ = declared(capability, backend)

    for manifest in recorder.objects().values():
        labels = manifest["metadata"]["labels"]
        assert manifest["metadata"]["name"]
        assert labels["app.kubernetes.io/part-of"] == "bedplate"
        assert labels["bedplate.dev/environment"] == "local"
        assert labels["bedplate.dev/owner"] == "me"


@pytest.mark.parametrize("capability, backend", STORES)
def test_stores_bring_what_running_them_takes(capability: str, backend: str) -> None:
    """A store brings its NetworkPolicy, disruption budget, scrape target, dashboard and alerts with runbooks."""
    recorder, outputs = declared(capability, backend)
    objects = list(recorder.objects().values())
    kinds = {one["kind"] for one in objects}
    services = [one for one in objects if one["kind"] == "Service"]
    rules = [one["data"] for one in objects if "bedplate.dev/alerts" in one["metadata"]["labels"]]
    alerts = [rule for data in rules for text in data.values() for rule in yaml.safe_load(text)["groups"][0]["rules"]]

    assert {"NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "StatefulSet"} <= kinds
    assert all("prometheus.io/scrape" in one["metadata"]["annotations"] for one in services)
    assert any("grafana_dashboard" in one["metadata"]["labels"] for one in objects)
    assert alerts
    assert all("runbook_url" in one["annotations"] for one in alerts)
    assert outputs.capacity.cpu > 0
    assert outputs.capacity.memory > 0


def pods(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pod specs inside a manifest."""
    spec = manifest.get("spec", {})
    if "jobTemplate" in spec:
        spec = spec["jobTemplate"]["spec"]
    return (
        [spec["template"]["spec"]]
        if isinstance(spec.get("template", {}).get("spec", {}).get("containers"), list)
        else []
    )


@pytest.mark.parametrize("capability, backend", STORES)
def test_pods_meet_the_restricted_profile(capability: str, backend: str) -> None:
    """Every pod runs without root, without capabilities, on a read-only root file system, and with limits."""
    recorder, _ = declared(capability, backend)
    found = [pod for manifest in recorder.objects().values() for pod in pods(manifest)]

    assert found
    for pod in found:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


@pytest.mark.parametrize("capability, backend", STORES)
def test_credentials_stand_in_secrets_only(capability: str, backend: str) -> None:
    """A generated credential appears in Secrets and nowhere else, not in outputs either."""
    recorder, outputs = declared(capability, backend)
    others = [one for one in recorder.objects().values() if one["kind"] != "Secret"]

    assert SECRET not in yaml.safe_dump(others)
    assert SECRET not in repr(outputs)


@pytest.mark.parametrize("capability, backend", STORES)
def test_unknown_credentials_are_accepted(capability: str, backend: str) -> None:
    """In a preview, where a credential is not known yet, the same objects are declared under the same names."""
    known, _ = declared(capability, backend)
    previewed, _ = declared(capability, backend, unknown, preview=True)

    assert sorted(previewed.objects()) == sorted(known.objects())


def unknown() -> "pulumi.Output[str]":
    """Return a value that is not known yet, as a preview has it."""

    def settled(value: Any) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        future.set_result(value)
        return future

    return pulumi.Output(set(), settled(""), settled(value=False))


def test_clients_get_credentials_in_their_namespace() -> None:
    """The Secret with a store's credentials stands in the store's namespace and in each client's."""
    recorder, outputs = declared("relational", "single")
    namespaces = {
        one["metadata"]["namespace"]
        for one in recorder.objects().values()
        if one["kind"] == "Secret" and one["metadata"]["name"] == outputs.database.credentials.name
    }

    assert namespaces == {"data", "serving"}


def test_tenants_are_closed_by_default() -> None:
    """A tenant's namespace enforces the restricted profile, denies all traffic, and lets names be resolved."""
    objects = declared("tenancy", "namespaces")[0].objects()

    labels = objects["tenancy-lab-namespace"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert objects["tenancy-lab-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert objects["tenancy-lab-dns"]["spec"]["egress"][0]["ports"][0]["port"] == 53
    assert objects["tenancy-lab-quota"]["spec"]["hard"]["requests.nvidia.com/gpu"] == "2"


def test_topics_and_buckets_are_made_in_order_of_names() -> None:
    """The commands that make topics and buckets are sorted, so that adding one changes nothing else."""
    objects = declared("event_bus", "single")[0].objects()
    script = objects["event-bus-topics"]["spec"]["template"]["spec"]["containers"][0]["command"][2]

    assert script.index("--topic a ") < script.index("--topic b ")
    assert "retention.ms=604800000" in script


def test_services_may_not_bring_cluster_wide_objects() -> None:
    """Argo CD's project allows the services' namespaced kinds only, from this repository only."""
    project = declared("delivery", "embedded")[0].objects()["delivery-project"]["spec"]

    assert project["clusterResourceWhitelist"] == []
    assert project["sourceRepos"] == ["file:///platform.git"]
    assert {"group": "", "kind": "Secret"} not in project["namespaceResourceWhitelist"]
