"""Valkey as one pod that keeps nothing: for laptops, tests, and caches that may be lost."""

import pulumi

from components.cache.contract import CacheArgs, CacheOutputs
from components.cache.settings import CacheSettings
from components.foundation import observability
from components.foundation.component import Component, Manifest
from components.foundation.contract import KeyValueStore, SecretReference
from components.foundation.observability import alert
from components.foundation.placement import Placement
from components.foundation.units import amount
from components.foundation.versions import VALKEY, VALKEY_EXPORTER, version_of
from components.foundation.workload import Container, Workload, capacity, manifests, secret_manifest

__all__ = ["NAME", "SingleValkey", "objects", "workload"]

NAME = "valkey"
_PORT, _METRICS = 6379, 9121
_SECRET = "cache-credentials"  # noqa: S105 - the Secret's name
_CREDENTIALS = "/etc/bedplate/credentials"


class SingleValkey(Component):
    """A Valkey server with a password, bounded memory and no persistence, so no backup."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cache:SingleValkey", name, None, opts)
        self.declare(name, objects(args))
        server = workload(args.settings, args.placement)
        self.outputs = CacheOutputs(
            store=KeyValueStore(
                host=server.host, port=_PORT, credentials=SecretReference(name=_SECRET, keys=("password",))
            ),
            capacity=capacity(server),
        )
        self.register_outputs({"host": server.host, "port": _PORT})


def objects(args: CacheArgs) -> dict[str, Manifest]:
    """Return every object by role; the password appears in Secrets only."""
    server = workload(args.settings, args.placement)
    found = manifests(server) | observability.manifests(server)
    for namespace in sorted({args.placement.namespace, *args.placement.clients}):
        data = {"password": args.password}
        if namespace == args.placement.namespace:
            # Valkey reads its password from a file only as part of its configuration.
            data["auth.conf"] = pulumi.Output.concat("requirepass ", args.password, "\n")
        found[f"credentials-{namespace}"] = secret_manifest(server.labels, _SECRET, namespace, data)
    return found


def workload(settings: CacheSettings, placement: Placement) -> Workload:
    """Describe the server."""
    return Workload(
        labels=placement.labels(NAME, "cache", version_of(VALKEY)),
        namespace=placement.namespace,
        priority_class=placement.priority_class,
        containers=(_server(settings), _exporter()),
        port=("valkey", _PORT),
        metrics_port=_METRICS,
        secret=_SECRET,
        files={"valkey.conf": _configuration(settings)},
        dashboard={
            "Commands per second": "sum(rate(redis_commands_processed_total[5m]))",
            "Memory used": "redis_memory_used_bytes",
            "Hit ratio": "rate(redis_keyspace_hits_total[5m]) / (rate(redis_keyspace_hits_total[5m])"
            " + rate(redis_keyspace_misses_total[5m]))",
        },
        alerts=(
            alert("ValkeyDown", "redis_up == 0", minutes=2, severity="critical", summary="Valkey does not answer"),
            alert(
                "ValkeyRejectsConnections",
                "increase(redis_rejected_connections_total[5m]) > 0",
                minutes=1,
                severity="warning",
                summary="Valkey turned connections away",
            ),
        ),
    )


def _configuration(settings: CacheSettings) -> str:
    limit = int(float(amount(settings.resources.memory)) * settings.memory_fraction)
    lines = [
        f"include {_CREDENTIALS}/auth.conf",
        f"maxmemory {limit}",
        f"maxmemory-policy {settings.eviction}",
        'save ""',
        "appendonly no",
        "dir /tmp",
    ]
    return "\n".join(lines) + "\n"


def _server(settings: CacheSettings) -> Container:
    return Container(
        name="valkey",
        image=VALKEY,
        resources=settings.resources,
        command=("valkey-server", "/etc/bedplate/config/valkey.conf"),
        ports={"valkey": _PORT},
        probe={"tcpSocket": {"port": _PORT}},
    )


def _exporter() -> Container:
    return Container(
        name="exporter",
        image=VALKEY_EXPORTER,
        command=("sh", "-ec", f'REDIS_PASSWORD="$(cat {_CREDENTIALS}/password)" exec /redis_exporter'),
        environment={"REDIS_ADDR": f"redis://localhost:{_PORT}"},
        ports={"metrics": _METRICS},
    )
