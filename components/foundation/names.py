"""Physical names within Kubernetes' limits."""

import hashlib

__all__ = ["LABEL_LIMIT", "shorten"]

LABEL_LIMIT = 63
"""Longest DNS label (RFC 1123), and so the longest name of most kinds and longest label value."""
_HASH = 6


def shorten(name: str, limit: int = LABEL_LIMIT) -> str:
    """Cut a name to the limit; a cut one ends in a hash of the whole, so that two never meet."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: limit - _HASH - 1].rstrip('-')}-{digest}"
