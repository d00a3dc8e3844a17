"""Pulumi's provider protocol for Kubernetes objects."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from google.protobuf import empty_pb2
from google.protobuf.any_pb2 import Any as AnyMessage
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from components.foundation.errors import ConfigurationError
from embedded.journal import Journal
from embedded.kube import ApiError, Client, Object, Unreachable
from embedded.providers.kubernetes import objects
from embedded.providers.kubernetes.difference import Difference, compare, without
from embedded.providers.kubernetes.live import LiveObjects
from embedded.providers.kubernetes.operations import InitFailed, Log, Operations, Refused
from embedded.providers.kubernetes.settings import read_settings, unsupported
from embedded.providers.kubernetes.values import decode, encode, has_unknown

__all__ = ["JOURNAL_VARIABLE", "VERSION", "Provider"]

VERSION = "4.34.2"
"""The official plugin's version whose behaviour is followed (pulumi-kubernetes on PyPI)."""
JOURNAL_VARIABLE = "BEDPLATE_JOURNAL"
"""Folder of write-ahead journals; set where the engine runs without checkpoints."""
_PATIENCE = 90.0  # seconds to sit out an API server's restart

_Context: TypeAlias = Any  # grpc.ServicerContext; grpc is untyped
_FAILED = (ApiError, Unreachable, Refused)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One plugin process: configured once, then asked about resources from many threads.

    Args:
        log: Shows a line about a resource in the engine's display.
    """

    def __init__(self, log: Log = lambda _urn, _line: None) -> None:
        self._log = log
        self._operations: Operations | None = None
        self._live: LiveObjects | None = None
        self._problem = ""

    def _ready(self, context: _Context) -> tuple[Operations, LiveObjects]:
        if self._operations is None or self._live is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, self._problem or "the provider is not configured")
        return self._operations, self._live  # type: ignore[return-value]

    def Handshake(self, request: Any, context: _Context) -> provider_pb2.ProviderHandshakeResponse:
        """Accept; the engine then configures with the provider's URN and id, which the journal keeps."""
        del request, context
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: _Context) -> plugin_pb2.PluginInfo:
        """Return the version that is followed."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: _Context) -> provider_pb2.GetSchemaResponse:
        """Return an empty package: SDKs and docs come from the official one."""
        del request, context
        return provider_pb2.GetSchemaResponse(schema=f'{{"name": "kubernetes", "version": "{VERSION}"}}')

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Refuse settings that this stand-in does not have."""
        del context
        given = decode(request.news)
        failures = [
            provider_pb2.CheckFailure(property=key, reason="the stand-in for embedded clusters does not have this")
            for key in unsupported(given)
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Never replace: the same embedded cluster is meant, wherever its kubeconfig lies."""
        del context
        same = decode(request.old_inputs) == decode(request.news)
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: _Context) -> provider_pb2.ConfigureResponse:
        """Connect to the embedded cluster; what is wrong is told when the first resource needs it."""
        del context
        inputs = decode(request.args)
        if not has_unknown(inputs):
            try:
                settings = read_settings(inputs)
            except ConfigurationError as error:
                self._problem = f"{error.summary}. Next: {error.next_step}"
            else:
                folder = os.environ.get(JOURNAL_VARIABLE)
                client = Client(settings.kubeconfig, patience=_PATIENCE)
                self._operations = Operations(client, settings, Journal(Path(folder) if folder else None), self._log)
                self._operations.provider = f"{request.urn}::{request.id}" if request.urn else ""
                client.stop = self._operations.cancelled.is_set
                self._live = LiveObjects(client)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Check(self, request: provider_pb2.CheckRequest, context: _Context) -> provider_pb2.CheckResponse:
        """Fill in apiVersion, kind, namespace and name, and mark Secret data."""
        operations, _ = self._ready(context)
        old = decode(request.olds)
        news, failures = checked(decode(request.news), old, request.urn, request.randomSeed)
        if not failures and not has_unknown(news.get("metadata")):
            news = _with_namespace(news, operations)
        inputs = encode(objects.mark_secrets(news))
        return provider_pb2.CheckResponse(
            inputs=inputs, failures=[provider_pb2.CheckFailure(property=key, reason=why) for key, why in failures]
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:
        """Compare inputs with inputs and with the live object; a server dry run decides what is left."""
        operations, live = self._ready(context)
        olds, news = decode(request.olds), decode(request.news)
        old_inputs = decode(request.old_inputs)
        try:
            found = compare(operations, live, request.urn, (old_inputs, olds, news))
        except _FAILED as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return _diff_response(without(found, list(request.ignoreChanges)))

    def Create(self, request: provider_pb2.CreateRequest, context: _Context) -> provider_pb2.CreateResponse:
        """Create an object, or say in a preview what it would be."""
        operations, _ = self._ready(context)
        inputs = decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(_previewed(operations, request.urn, inputs)))
        act = operations.patch if objects.is_patch(request.urn) else operations.create
        live = _attempt(context, request.urn, inputs, lambda: act(request.urn, inputs, request.timeout))
        properties = encode(objects.outputs(live, inputs, objects.field_manager(request.urn)))
        return provider_pb2.CreateResponse(id=objects.identity(live), properties=properties)

    def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:
        """Bring an object to its inputs, or say in a preview what it would be."""
        operations, _ = self._ready(context)
        inputs = decode(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode(_previewed(operations, request.urn, inputs)))
        act = operations.update
        live = _attempt(context, request.urn, inputs, lambda: act(request.urn, inputs, request.timeout))
        properties = encode(objects.outputs(live, inputs, objects.field_manager(request.urn)))
        return provider_pb2.UpdateResponse(properties=properties)

    def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:
        """Read an object for refresh, import or get; an empty id says that it is gone."""
        operations, _ = self._ready(context)
        inputs, state = decode(request.inputs), decode(request.properties)
        manifest = _identified(request, inputs or state)
        try:
            live = operations.client.get(manifest)
        except _FAILED as error:
            if isinstance(error, ApiError) and error.reason == "NoKindMatch":
                return provider_pb2.ReadResponse()
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        if live is None:
            return provider_pb2.ReadResponse()
        known = _refreshed(inputs, live) if inputs else objects.inputs_of_live(live)
        found = objects.outputs(live, known, objects.field_manager(request.urn))
        return provider_pb2.ReadResponse(
            id=objects.identity(live), properties=encode(found), inputs=encode(objects.mark_secrets(known))
        )

    def Delete(self, request: provider_pb2.DeleteRequest, context: _Context) -> empty_pb2.Empty:
        """Delete an object and wait until it is gone; a patch gives its fields up."""
        operations, _ = self._ready(context)
        manifest = _identified(request, decode(request.properties))
        try:
            if objects.is_patch(request.urn):
                operations.relinquish(request.urn, manifest)
            else:
                operations.delete(request.urn, manifest, request.timeout)
        except _FAILED as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: _Context) -> provider_pb2.InvokeResponse:
        """Refuse: charts and YAML are rendered before they reach Pulumi."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.tok} is not in the stand-in for embedded clusters")
        raise AssertionError

    def Construct(self, request: provider_pb2.ConstructRequest, context: _Context) -> provider_pb2.ConstructResponse:
        """Refuse: likewise."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.type} is not in the stand-in for embedded clusters")
        raise AssertionError

    def Cancel(self, request: Any, context: _Context) -> empty_pb2.Empty:
        """End every wait."""
        del request, context
        if self._operations:
            self._operations.cancelled.set()
        return empty_pb2.Empty()


def checked(
    news: dict[str, Any], olds: dict[str, Any], urn: str, seed: bytes
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the inputs with identity filled in, and (property, reason) of what is wrong."""
    token = urn.split("::")[2].rsplit("$", maxsplit=1)[-1]
    api_version, kind = objects.kind_of_token(token)
    news = {"apiVersion": api_version, "kind": kind} | {key: value for key, value in news.items() if value is not None}
    metadata = news.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return news, [] if has_unknown(metadata) else [("metadata", f"expected an object, not {metadata!r}")]
    for field in ("apiVersion", "kind"):
        if not isinstance(news[field], str):
            return news, [(field, f"expected text, not {news[field]!r}")]
    if objects.is_patch(urn) and not (metadata or {}).get("name"):
        return news, [("metadata.name", "a patch must name the object that it patches")]
    old = olds.get("metadata") or {}
    named = (metadata or {}).get("name")
    if not named and (old.get("annotations") or {}).get("pulumi.com/autonamed") == "true":
        annotations = ((metadata or {}).get("annotations") or {}) | {"pulumi.com/autonamed": "true"}
        return news | {"metadata": (metadata or {}) | {"name": old["name"], "annotations": annotations}}, []
    return objects.autoname(news, urn, seed), []


def _with_namespace(news: dict[str, Any], operations: Operations) -> dict[str, Any]:
    """Put an object without a namespace into the provider's, when its kind has namespaces."""
    if news["metadata"].get("namespace"):
        return news
    try:
        namespaced = operations.client.kind(news["apiVersion"], news["kind"]).namespaced
    except (ApiError, Unreachable):
        return news
    return news | {"metadata": news["metadata"] | {"namespace": operations.settings.namespace}} if namespaced else news


def _identified(request: Any, manifest: dict[str, Any]) -> Object:
    """Return apiVersion, kind and metadata of a resource, from its id where the state lacks them."""
    namespace, name = objects.split_identity(request.id)
    api_version, kind = objects.kind_of_token(request.urn.split("::")[2].split("$")[-1])
    metadata = (manifest.get("metadata") or {}) | {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    return {
        "apiVersion": manifest.get("apiVersion", api_version),
        "kind": manifest.get("kind", kind),
        "metadata": metadata,
    }


def _refreshed(inputs: dict[str, Any], live: Object) -> dict[str, Any]:
    """Return the inputs with the live values of the properties they set, so that drift shows as a change."""
    return {key: _overlaid(value, live.get(key)) for key, value in inputs.items()}


def _overlaid(wanted: Any, live: Any) -> Any:
    if isinstance(wanted, dict) and isinstance(live, dict):
        return {key: _overlaid(value, live[key]) for key, value in wanted.items() if key in live}
    return live if live is not None else wanted


def _previewed(operations: Operations, urn: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the expected outputs; what the server cannot judge yet is taken from the inputs."""
    if has_unknown(inputs) or objects.is_patch(urn):
        return objects.mark_secrets(inputs)
    try:
        live = operations.dry_run(urn, inputs)
    except ApiError as error:
        if error.status in (404, 409):
            return objects.mark_secrets(inputs)
        raise
    volatile = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")
    known = {key: value for key, value in live["metadata"].items() if key not in volatile}
    return objects.mark_secrets(inputs | {"metadata": known})


def _attempt(context: _Context, urn: str, inputs: dict[str, Any], act: Callable[[], Object]) -> Object:
    """Act, and turn failures into what the engine understands."""
    try:
        return act()
    except InitFailed as failed:
        found = objects.outputs(failed.live, inputs, objects.field_manager(urn))
        _abort_half_done(context, objects.identity(failed.live), found, inputs, failed.reason)
    except _FAILED as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    raise AssertionError


def _abort_half_done(
    context: _Context, identity: str, properties: dict[str, Any], inputs: dict[str, Any], reason: str
) -> None:
    """Fail with the object's state attached, so that the engine keeps it and tries again next time."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=identity, properties=encode(properties), reasons=[reason], inputs=encode(objects.mark_secrets(inputs))
    )
    packed = AnyMessage()
    packed.Pack(detail)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)


def _diff_response(found: Difference) -> provider_pb2.DiffResponse:
    kinds = provider_pb2.PropertyDiff
    detailed = {}
    for path in found.paths:
        replace = path in found.replaces
        kind = kinds.UPDATE_REPLACE if replace else kinds.UPDATE
        detailed[path] = kinds(kind=kind, inputDiff=path in found.input_paths)
    some = bool(found.paths)
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if some else response.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in found.paths}),
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=some,
    )
