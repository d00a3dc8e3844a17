"""Decide what an update would do to one resource: nothing, an update, or a replacement."""

from dataclasses import dataclass, field, replace
from typing import Any

from embedded.kube import ApiError, Object
from embedded.providers.kubernetes.changes import changed_paths, contains, describe_path, replacing
from embedded.providers.kubernetes.live import LiveObjects
from embedded.providers.kubernetes.objects import annotation, apply_body, is_patch, without_server_fields
from embedded.providers.kubernetes.operations import Operations
from embedded.providers.kubernetes.values import has_unknown

__all__ = ["Difference", "compare", "without"]

_INVALID = 422


@dataclass(frozen=True)
class Difference:
    """The changed property paths, those among them that force a replacement, and its order."""

    paths: list[str] = field(default_factory=list)
    replaces: list[str] = field(default_factory=list)
    input_paths: frozenset[str] = frozenset()
    delete_first: bool = False


def without(found: Difference, ignored: list[str]) -> Difference:
    """Leave out drift at or below the paths that the resource's ignoreChanges names.

    The engine has put the old inputs back there already; what is left is what others changed by hand.
    """

    def kept(path: str) -> bool:
        below = any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in ignored)
        return path in found.input_paths or path in found.replaces or not below

    return replace(found, paths=[path for path in found.paths if kept(path)])


def compare(
    operations: Operations, live: LiveObjects, urn: str, states: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
) -> Difference:
    """Compare (old inputs, old outputs, new inputs) and the live object.

    A server dry run is made only where inputs changed or the live object does not plainly hold them.
    """
    old_inputs, olds, news = states
    old_inputs = old_inputs or apply_body(olds)
    paths = changed_paths(old_inputs, news)
    kind = str(news.get("kind", "")).removesuffix("Patch")
    replaces = replacing(kind, paths, operations.settings.mutable)
    if is_patch(urn):
        return _difference(news, paths, [path for path in replaces if path[0] == "metadata"])
    if replaces or has_unknown(news):
        return _difference(news, paths, replaces)
    there = live.get(apply_body(news))
    if there is None or there["metadata"].get("deletionTimestamp"):
        return _missing(news, paths)
    if not paths and contains(there, apply_body(news)):
        return Difference()
    return _judge(operations, urn, news, there, paths)


def _judge(operations: Operations, urn: str, news: dict[str, Any], there: Object, paths: list[Any]) -> Difference:
    """Let the server decide: what would applying the new inputs make of the live object?"""
    try:
        applied = operations.dry_run(urn, news)
    except ApiError as error:
        if error.status == _INVALID and _says_immutable(error.message):
            return _difference(news, paths or [("spec",)], paths or [("spec",)])
        if paths:
            return _difference(news, paths, [])
        raise
    drift = changed_paths(without_server_fields(there), without_server_fields(applied))
    inputs = frozenset(map(describe_path, paths))
    every = list(inputs) + [text for path in drift if (text := describe_path(path)) not in inputs]
    return Difference(paths=sorted(every), input_paths=inputs)


def _says_immutable(message: str) -> bool:
    return any(word in message for word in ("immutable", "may not be changed", "are forbidden", "may not change"))


def _missing(news: dict[str, Any], paths: list[Any]) -> Difference:
    """Replace what was deleted by hand or is being deleted; a kind that is not served is left to the creation."""
    gone = describe_path(("metadata", "name"))
    texts = sorted({*map(describe_path, paths), gone})
    return Difference(
        paths=texts, replaces=[gone], input_paths=frozenset(map(describe_path, paths)), delete_first=_fixed(news)
    )


def _fixed(news: dict[str, Any]) -> bool:
    """Say whether the name is fixed, so that the old object must go before the new one can come."""
    return annotation(news, "autonamed") != "true"


def _difference(news: dict[str, Any], paths: list[Any], replaces: list[Any]) -> Difference:
    texts = [describe_path(path) for path in paths]
    forced = [describe_path(path) for path in replaces]
    same_name = not {"metadata.name", "metadata.namespace"} & set(forced)
    return Difference(texts, forced, frozenset(texts), bool(forced) and same_name and _fixed(news))
