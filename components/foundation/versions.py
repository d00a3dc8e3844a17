"""The image of every workload, one per line, with its source beside it."""

__all__ = [
    "KAFKA",
    "KAFKA_EXPORTER",
    "MINIO",
    "PGVECTOR",
    "POSTGRES_EXPORTER",
    "VALKEY",
    "VALKEY_EXPORTER",
    "version_of",
]

PGVECTOR = "docker.io/pgvector/pgvector:0.8.1-pg17"  # github.com/pgvector/pgvector, on the official PostgreSQL image
POSTGRES_EXPORTER = "quay.io/prometheuscommunity/postgres-exporter:v0.18.1"  # github.com/prometheus-community
KAFKA = "docker.io/apache/kafka:4.1.0"  # kafka.apache.org/downloads; KRaft only since 4.0
KAFKA_EXPORTER = "docker.io/danielqsj/kafka-exporter:v1.9.0"  # github.com/danielqsj/kafka_exporter
VALKEY = "docker.io/valkey/valkey:8.1.4"  # valkey.io/download
VALKEY_EXPORTER = "docker.io/oliver006/redis_exporter:v1.77.0"  # github.com/oliver006/redis_exporter
MINIO = "quay.io/minio/minio:RELEASE.2025-10-15T17-29-55Z"  # the last release; upstream ended on 2026-02-12


def version_of(image: str) -> str:
    """Return the tag of an image."""
    return image.rpartition(":")[2]
