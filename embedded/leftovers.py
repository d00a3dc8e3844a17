"""What is left of the platform in a cluster after it was destroyed."""

from embedded.kube import ApiError, Client

__all__ = ["leftovers"]

_SELECTORS = ("app.kubernetes.io/part-of=bedplate", "bedplate.dev/environment")


def leftovers(client: Client) -> list[dict[str, str]]:
    """List every object of ours that the cluster still holds: kind, namespace, name; sorted."""
    found = set()
    for kind in client.kinds():
        for selector in _SELECTORS:
            try:
                for item in client.list(kind, labelSelector=selector):
                    metadata = item["metadata"]
                    found.add((kind.kind, metadata.get("namespace", ""), metadata["name"]))
            except ApiError:
                continue  # a kind that lists nothing by label, such as a review
    return [{"kind": kind, "namespace": namespace, "name": name} for kind, namespace, name in sorted(found)]
