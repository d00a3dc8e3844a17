"""Kafka in KRaft mode as one broker that is its own controller: for laptops and tests, not for production."""

import pulumi

from components.event_bus.contract import EventBusArgs, EventBusOutputs
from components.event_bus.settings import EventBusSettings
from components.foundation import observability
from components.foundation.component import Component, Manifest
from components.foundation.contract import Broker
from components.foundation.observability import alert
from components.foundation.placement import Placement
from components.foundation.settings import Resources
from components.foundation.units import amount
from components.foundation.versions import KAFKA, KAFKA_EXPORTER, version_of
from components.foundation.workload import Container, Workload, capacity, manifests, network_policy, pod_template

__all__ = ["NAME", "SingleKafka", "objects", "topic_commands", "workload"]

NAME = "kafka"
_PORT, _CONTROLLER, _METRICS = 9092, 9093, 9308
_USER = 1000  # apache/kafka runs as appuser, uid 1000
_HEAP_SHARE = 2  # half of the pod's memory is heap, the rest page cache (kafka.apache.org, operations)


class SingleKafka(Component):
    """One broker with its topics, made by a job that is run again when the topics change.

    Owns no listeners with TLS and no users: those come with the strimzi backend.
    """

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:event_bus:SingleKafka", name, None, opts)
        self.declare(name, objects(args), stateful=frozenset({"workload"}))
        server = workload(args.settings, args.placement)
        self.outputs = EventBusOutputs(
            broker=Broker(bootstrap_servers=(f"{server.host}:{_PORT}",), topics=tuple(sorted(args.settings.topics))),
            capacity=capacity(server),
        )
        self.register_outputs({"bootstrap_servers": [f"{server.host}:{_PORT}"]})


def objects(args: EventBusArgs) -> dict[str, Manifest]:
    """Return every object by role."""
    server = workload(args.settings, args.placement)
    found = manifests(server) | observability.manifests(server)
    return found | (_topics(args, server) if args.settings.topics else {})


def workload(settings: EventBusSettings, placement: Placement) -> Workload:
    """Describe the broker."""
    return Workload(
        labels=placement.labels(NAME, "event_bus", version_of(KAFKA)),
        namespace=placement.namespace,
        priority_class=placement.priority_class,
        containers=(_server(settings, placement), _exporter()),
        port=("kafka", _PORT),
        metrics_port=_METRICS,
        storage=settings.storage,
        user=_USER,
        dashboard={
            "Messages per second": "sum by (topic) (rate(kafka_topic_partition_current_offset[5m]))",
            "Consumer lag": "sum by (consumergroup, topic) (kafka_consumergroup_lag)",
            "Under-replicated partitions": "sum(kafka_topic_partition_under_replicated_partition)",
        },
        alerts=(
            alert(
                "KafkaDown",
                "absent(kafka_brokers) or kafka_brokers < 1",
                minutes=2,
                severity="critical",
                summary="no Kafka broker answers",
            ),
            alert(
                "KafkaConsumerLag",
                "sum by (consumergroup) (kafka_consumergroup_lag) > 10000",
                minutes=10,
                severity="warning",
                summary="a consumer group is more than 10,000 messages behind",
            ),
        ),
    )


def _server(settings: EventBusSettings, placement: Placement) -> Container:
    heap = int(amount(settings.resources.memory)) // _HEAP_SHARE // 2**20
    host = f"{NAME}.{placement.namespace}.svc"
    return Container(
        name="kafka",
        image=KAFKA,
        resources=settings.resources,
        environment={
            "CLUSTER_ID": "YmVkcGxhdGUtbG9jYWwtMQ",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{host}:{_PORT}",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": f"1@localhost:{_CONTROLLER}",
            "KAFKA_HEAP_OPTS": f"-Xms{heap}m -Xmx{heap}m",
            "KAFKA_LISTENERS": f"PLAINTEXT://:{_PORT},CONTROLLER://localhost:{_CONTROLLER}",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
            "KAFKA_NODE_ID": "1",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "LOG_DIR": "/tmp/logs",  # noqa: S108 - a volume inside the container
        },
        ports={"kafka": _PORT},
        mounts={"/var/lib/kafka/data": "data", "/opt/kafka/config": "tmp"},
        probe={"tcpSocket": {"port": _PORT}},
    )


def _exporter() -> Container:
    arguments = (f"--kafka.server=localhost:{_PORT}", f"--web.listen-address=:{_METRICS}")
    return Container(name="exporter", image=KAFKA_EXPORTER, arguments=arguments, ports={"metrics": _METRICS})


def topic_commands(settings: EventBusSettings, server: str) -> list[str]:
    """Return the commands that make each topic and set its retention, in order of names."""
    commands = []
    for name, topic in sorted(settings.topics.items()):
        kafka = f"/opt/kafka/bin/kafka-topics.sh --bootstrap-server {server} --topic {name}"
        retention = topic.retention_hours * 3_600_000
        commands.append(f"{kafka} --create --if-not-exists --partitions {topic.partitions}")
        commands.append(
            f"/opt/kafka/bin/kafka-configs.sh --bootstrap-server {server} --alter --entity-type topics"
            f" --entity-name {name} --add-config retention.ms={retention}"
        )
    return commands


def _topics(args: EventBusArgs, server: Workload) -> dict[str, Manifest]:
    """Return the job that makes the topics; a change of its commands replaces it."""
    labels = args.placement.labels(f"{NAME}-topics", "event_bus", version_of(KAFKA))
    make = Container(
        name="topics",
        image=KAFKA,
        resources=Resources(cpu="100m", memory="256Mi"),
        command=("sh", "-ec", "\n".join(topic_commands(args.settings, f"{server.host}:{_PORT}"))),
        environment={"LOG_DIR": "/tmp/logs"},  # noqa: S108 - a volume inside the container
    )
    job = Workload(
        labels=labels,
        namespace=server.namespace,
        priority_class=server.priority_class,
        containers=(make,),
        port=server.port,
        metrics_port=server.metrics_port,
        user=_USER,
        calls=((server.labels.selector, _PORT),),
    )
    template = pod_template(job)
    template["spec"] |= {"restartPolicy": "OnFailure", "serviceAccountName": server.name}
    return {"topics": _job(job, template), "topics-network": network_policy(job)}


def _job(job: Workload, template: Manifest) -> Manifest:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": job.name, "namespace": job.namespace, "labels": job.labels.all},
        "spec": {"backoffLimit": 10, "template": template},
    }
