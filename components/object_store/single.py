"""MinIO as one pod: for laptops and tests only; upstream is unmaintained since 2026-02-12."""

import pulumi

from components.foundation import observability
from components.foundation.component import Component, Manifest
from components.foundation.contract import Buckets, SecretReference
from components.foundation.observability import alert
from components.foundation.placement import Placement
from components.foundation.settings import Resources
from components.foundation.versions import MINIO, version_of
from components.foundation.workload import (
    Container,
    Workload,
    capacity,
    manifests,
    network_policy,
    pod_template,
    secret_manifest,
)
from components.object_store.contract import ObjectStoreArgs, ObjectStoreOutputs
from components.object_store.settings import ObjectStoreSettings

__all__ = ["NAME", "SingleMinio", "bucket_commands", "objects", "workload"]

NAME = "minio"
_PORT = 9000
_USER = "platform"
_SECRET = "object-store-credentials"  # noqa: S105 - the Secret's name
_CREDENTIALS = "/etc/bedplate/credentials"


class SingleMinio(Component):
    """An S3 endpoint with private buckets, made by a job that is run again when they change.

    Owns no replication and no encryption keys: those come with the s3 backend.
    """

    def __init__(self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:object_store:SingleMinio", name, None, opts)
        self.declare(name, objects(args), stateful=frozenset({"workload"}))
        server = workload(args.settings, args.placement)
        endpoint = f"http://{server.host}:{_PORT}"
        self.outputs = ObjectStoreOutputs(
            buckets=Buckets(
                endpoint=endpoint,
                buckets=tuple(sorted(args.settings.buckets)),
                credentials=SecretReference(name=_SECRET, keys=("access-key", "secret-key")),
            ),
            capacity=capacity(server),
        )
        self.register_outputs({"endpoint": endpoint})


def objects(args: ObjectStoreArgs) -> dict[str, Manifest]:
    """Return every object by role; the secret key appears in Secrets only."""
    server = workload(args.settings, args.placement)
    found = manifests(server) | observability.manifests(server)
    for namespace in sorted({args.placement.namespace, *args.placement.clients}):
        data = {"access-key": _USER, "secret-key": args.password}
        found[f"credentials-{namespace}"] = secret_manifest(server.labels, _SECRET, namespace, data)
    return found | (_buckets(args, server) if args.settings.buckets else {})


def workload(settings: ObjectStoreSettings, placement: Placement) -> Workload:
    """Describe the server."""
    return Workload(
        labels=placement.labels(NAME, "object_store", version_of(MINIO)),
        namespace=placement.namespace,
        priority_class=placement.priority_class,
        containers=(_server(settings),),
        port=("s3", _PORT),
        metrics_port=_PORT,
        metrics_path="/minio/v2/metrics/cluster",
        storage=settings.storage,
        user=1000,
        secret=_SECRET,
        dashboard={
            "Requests per second": "sum by (api) (rate(minio_s3_requests_total[5m]))",
            "Capacity used": "minio_cluster_capacity_usable_total_bytes - minio_cluster_capacity_usable_free_bytes",
            "Errors per second": "sum by (api) (rate(minio_s3_requests_errors_total[5m]))",
        },
        alerts=(
            alert(
                "MinioDown",
                "absent(minio_cluster_nodes_online_total) or minio_cluster_nodes_online_total < 1",
                minutes=2,
                severity="critical",
                summary="the object store does not answer",
            ),
            alert(
                "MinioFull",
                "minio_cluster_capacity_usable_free_bytes / minio_cluster_capacity_usable_total_bytes < 0.1",
                minutes=10,
                severity="warning",
                summary="under 10 % of the object store is free",
            ),
        ),
    )


def _server(settings: ObjectStoreSettings) -> Container:
    return Container(
        name="minio",
        image=MINIO,
        resources=settings.resources,
        arguments=("server", "/data", "--address", f":{_PORT}"),
        environment={
            "MINIO_BROWSER": "off",
            "MINIO_PROMETHEUS_AUTH_TYPE": "public",
            "MINIO_ROOT_PASSWORD_FILE": f"{_CREDENTIALS}/secret-key",
            "MINIO_ROOT_USER_FILE": f"{_CREDENTIALS}/access-key",
        },
        ports={"s3": _PORT},
        mounts={"/data": "data"},
        probe={"httpGet": {"path": "/minio/health/ready", "port": _PORT}},
    )


def bucket_commands(settings: ObjectStoreSettings) -> list[str]:
    """Return the commands that make each bucket and set versioning and expiry, in order of names."""
    commands = []
    for name, bucket in sorted(settings.buckets.items()):
        commands.append(f"mc mb --ignore-existing store/{name}")
        commands.append(f"mc anonymous set none store/{name}")
        commands.append(f"mc version {'enable' if bucket.versioned else 'suspend'} store/{name}")
        if bucket.retention_days:
            commands.append(f"mc ilm rule add --expire-days {bucket.retention_days} store/{name}")
    return commands


def _buckets(args: ObjectStoreArgs, server: Workload) -> dict[str, Manifest]:
    """Return the job that makes the buckets; a change of its commands replaces it."""
    login = (
        f"mc alias set store http://{server.host}:{_PORT} "
        f'"$(cat {_CREDENTIALS}/access-key)" "$(cat {_CREDENTIALS}/secret-key)"'
    )
    make = Container(
        name="buckets",
        image=MINIO,
        resources=Resources(cpu="100m", memory="128Mi"),
        command=("sh", "-ec", "\n".join([login, *bucket_commands(args.settings)])),
        environment={"MC_CONFIG_DIR": "/tmp/mc"},  # noqa: S108 - a volume inside the container
    )
    job = Workload(
        labels=args.placement.labels(f"{NAME}-buckets", "object_store", version_of(MINIO)),
        namespace=server.namespace,
        priority_class=server.priority_class,
        containers=(make,),
        port=server.port,
        metrics_port=server.metrics_port,
        user=server.user,
        secret=_SECRET,
        calls=((server.labels.selector, _PORT),),
    )
    template = pod_template(job)
    template["spec"] |= {"restartPolicy": "OnFailure", "serviceAccountName": server.name}
    metadata = {"name": job.name, "namespace": job.namespace, "labels": job.labels.all}
    spec = {"backoffLimit": 10, "template": template}
    manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
    return {"buckets": manifest, "buckets-network": network_policy(job)}
