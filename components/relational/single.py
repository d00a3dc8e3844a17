"""PostgreSQL as one StatefulSet pod with an exporter: for laptops and tests, not for production."""

import pulumi

from components.foundation import observability
from components.foundation.component import Component, Manifest
from components.foundation.contract import SecretReference, SqlDatabase
from components.foundation.observability import alert
from components.foundation.placement import Placement
from components.foundation.settings import Resources
from components.foundation.versions import PGVECTOR, POSTGRES_EXPORTER, version_of
from components.foundation.workload import (
    Container,
    Workload,
    capacity,
    manifests,
    network_policy,
    pod_template,
    secret_manifest,
    service_account,
)
from components.relational.contract import RelationalArgs, RelationalOutputs
from components.relational.settings import RelationalSettings

__all__ = ["NAME", "SinglePostgres", "objects", "workload"]

NAME = "postgresql"
_PORT, _METRICS = 5432, 9187
_USER = "platform"
_SECRET = "relational-credentials"  # noqa: S105 - the Secret's name
_PASSWORD_FILE = "/etc/bedplate/credentials/password"  # noqa: S105 - a path
_PROBE = {"exec": {"command": ["pg_isready", "--username", _USER, "--dbname", "postgres"]}}
_EXTENSIONS = {"pgvector": "vector", "pg_stat_statements": "pg_stat_statements"}
"""Name in SQL by the project's name."""


class SinglePostgres(Component):
    """A PostgreSQL server, its databases made at first start, and a nightly dump onto its volume.

    Owns no replication and no point-in-time recovery: those come with the cnpg backend.
    """

    def __init__(self, name: str, args: RelationalArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:relational:SinglePostgres", name, None, opts)
        self.declare(name, objects(args), stateful=frozenset({"workload", "backup-volume"}))
        server = workload(args.settings, args.placement)
        self.outputs = RelationalOutputs(
            database=SqlDatabase(
                host=server.host,
                port=_PORT,
                databases=tuple(args.settings.databases),
                credentials=SecretReference(name=_SECRET, keys=("username", "password")),
            ),
            capacity=capacity(server),
        )
        self.register_outputs({"host": server.host, "port": _PORT})


def objects(args: RelationalArgs) -> dict[str, Manifest]:
    """Return every object by role; the password appears in Secrets only."""
    server = workload(args.settings, args.placement)
    found = manifests(server) | observability.manifests(server) | _backup(args, server)
    for namespace in sorted({args.placement.namespace, *args.placement.clients}):
        data = {"username": _USER, "password": args.password}
        found[f"credentials-{namespace}"] = secret_manifest(server.labels, _SECRET, namespace, data)
    return found


def workload(settings: RelationalSettings, placement: Placement) -> Workload:
    """Describe the server."""
    return Workload(
        labels=placement.labels(NAME, "relational", version_of(PGVECTOR)),
        namespace=placement.namespace,
        priority_class=placement.priority_class,
        containers=(_server(settings), _exporter()),
        port=("postgresql", _PORT),
        metrics_port=_METRICS,
        storage=settings.storage,
        secret=_SECRET,
        files={"init.sql": _initial_sql(settings)},
        dashboard={
            "Connections": "sum by (datname) (pg_stat_activity_count)",
            "Transactions per second": "sum by (datname) (rate(pg_stat_database_xact_commit[5m]))",
            "Database size": "pg_database_size_bytes",
            "Cache hit ratio": "sum(rate(pg_stat_database_blks_hit[5m])) / sum(rate(pg_stat_database_blks_read[5m])"
            " + rate(pg_stat_database_blks_hit[5m]))",
        },
        alerts=(
            alert("PostgresqlDown", "pg_up == 0", minutes=2, severity="critical", summary="PostgreSQL does not answer"),
            alert(
                "PostgresqlTooManyConnections",
                "sum(pg_stat_activity_count) > 0.8 * max(pg_settings_max_connections)",
                minutes=5,
                severity="warning",
                summary="over 80 % of PostgreSQL's connections are taken",
            ),
        ),
    )


def _server(settings: RelationalSettings) -> Container:
    preload = ["pg_stat_statements"] if "pg_stat_statements" in settings.extensions else []
    return Container(
        name="postgresql",
        image=PGVECTOR,
        resources=settings.resources,
        arguments=("-c", f"shared_preload_libraries={','.join(preload)}") if preload else (),
        environment={
            "PGDATA": "/var/lib/postgresql/data/pgdata",
            "POSTGRES_DB": settings.databases[0],
            "POSTGRES_PASSWORD_FILE": _PASSWORD_FILE,
            "POSTGRES_USER": _USER,
        },
        ports={"postgresql": _PORT},
        mounts={
            "/var/lib/postgresql/data": "data",
            "/docker-entrypoint-initdb.d": "config",
            "/var/run/postgresql": "tmp",
        },
        probe=_PROBE,
    )


def _exporter() -> Container:
    return Container(
        name="exporter",
        image=POSTGRES_EXPORTER,
        environment={
            "DATA_SOURCE_PASS_FILE": _PASSWORD_FILE,
            "DATA_SOURCE_URI": "localhost:5432/postgres?sslmode=disable",
            "DATA_SOURCE_USER": _USER,
        },
        ports={"metrics": _METRICS},
    )


def _initial_sql(settings: RelationalSettings) -> str:
    """Return what the image runs on an empty volume: further databases, and extensions in each."""
    lines = [f"CREATE DATABASE {database};" for database in settings.databases[1:]]
    for database in settings.databases:
        lines.append(f"\\connect {database}")
        lines += [f"CREATE EXTENSION IF NOT EXISTS {_EXTENSIONS[one]};" for one in settings.extensions]
    return "\n".join(lines) + "\n"


def _backup(args: RelationalArgs, server: Workload) -> dict[str, Manifest]:
    """Return a nightly dump of every database onto a volume of its own, seven kept, one file a weekday."""
    script = (
        f'PGPASSWORD="$(cat {_PASSWORD_FILE})" pg_dumpall --host {server.host} --username {_USER}'
        " | gzip > /backup/$(date +%u).sql.gz"
    )
    dump = Container(
        name="dump",
        image=PGVECTOR,
        resources=Resources(cpu="100m", memory="128Mi"),
        command=("bash", "-ec", f"set -o pipefail; {script}"),
        mounts={"/backup": "backup"},
    )
    labels = args.placement.labels(f"{NAME}-backup", "relational", version_of(PGVECTOR))
    job = Workload(
        labels=labels,
        namespace=server.namespace,
        priority_class=server.priority_class,
        containers=(dump,),
        port=server.port,
        metrics_port=server.metrics_port,
        secret=_SECRET,
        claims={"backup": labels.name},
        calls=((server.labels.selector, _PORT),),
    )
    return {
        "backup": _cron_job(job),
        "backup-account": service_account(job),
        "backup-network": network_policy(job),
        "backup-volume": _claim(job, args.settings.storage),
    }


def _cron_job(job: Workload) -> Manifest:
    template = pod_template(job)
    template["spec"]["restartPolicy"] = "OnFailure"
    spec = {"backoffLimit": 3, "ttlSecondsAfterFinished": 86400, "template": template}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": job.name, "namespace": job.namespace, "labels": job.labels.all},
        "spec": {"schedule": "15 2 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": spec}},
    }


def _claim(job: Workload, size: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": job.name, "namespace": job.namespace, "labels": job.labels.all},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }
