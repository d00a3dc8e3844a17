"""What is allowed in an environment but should be known."""

from cli.session import Checked

__all__ = ["warnings"]

_UNMAINTAINED = {("object_store", "single"): "runs MinIO, which upstream has not maintained since 2026-02-12"}
"""Warning by (capability, backend)."""


def warnings(checked: Checked) -> list[str]:
    """List the warnings of an environment."""
    nodes = checked.graph.nodes
    return [
        f"{checked.loaded.name}: {node.title} {_UNMAINTAINED[node.capability, node.backend]}"
        for node in nodes
        if (node.capability, node.backend) in _UNMAINTAINED
    ]
