"""Drives a kubernetes plugin over Pulumi's provider protocol, as the engine does."""

import os
import subprocess
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from embedded.providers.kubernetes.values import SECRET_KEY, decode, encode

STACK = "urn:pulumi:conformance::suite::"


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes the plugin's log lines."""

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()


@dataclass(frozen=True)
class Difference:
    """What a plugin says of a change."""

    changed: bool
    replaced: bool
    delete_first: bool
    properties: tuple[str, ...]


class Failed(Exception):
    """The plugin refused; `kept` holds id and outputs of an object that was made and did not become ready."""

    def __init__(self, message: str, kept: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.kept = kept


def urn_of(manifest: dict[str, Any], name: str, patch: str = "") -> str:
    version = manifest["apiVersion"]
    version = version if "/" in version else f"core/{version}"
    return f"{STACK}kubernetes:{version}:{manifest['kind']}{patch}::{name}"


class Plugin:
    """One plugin process, configured for one cluster."""

    def __init__(self, executable: Path, kubeconfig: Path, environment: dict[str, str], **settings: str) -> None:
        self._engine = grpc.server(futures.ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(Engine(), self._engine)
        port = self._engine.add_insecure_port("127.0.0.1:0")
        self._engine.start()
        self._process = subprocess.Popen(
            [str(executable), f"127.0.0.1:{port}"],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        address = f"127.0.0.1:{self._process.stdout.readline().strip()}"
        self._channel = grpc.insecure_channel(address)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        grpc.channel_ready_future(self._channel).result(timeout=20)
        arguments = {"kubeconfig": str(kubeconfig)} | settings
        variables = {f"kubernetes:config:{key}": value for key, value in arguments.items()}
        request = provider_pb2.ConfigureRequest(
            variables=variables, args=encode(arguments), acceptSecrets=True, acceptResources=True
        )
        self._stub.Configure(request)

    def close(self) -> None:
        self._channel.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._engine.stop(None).wait()

    def cancel(self) -> None:
        self._stub.Cancel(empty_pb2.Empty())

    def check(self, urn: str, news: dict[str, Any], olds: dict[str, Any] | None = None, seed: bytes = b"1" * 32) -> Any:
        request = provider_pb2.CheckRequest(urn=urn, news=encode(news), olds=encode(olds or {}), randomSeed=seed)
        response = self._stub.Check(request)
        if response.failures:
            raise Failed("; ".join(f"{one.property}: {one.reason}" for one in response.failures), None)
        return decode(response.inputs)

    def diff(self, urn: str, created: "Created", news: dict[str, Any]) -> Difference:
        request = provider_pb2.DiffRequest(
            id=created.id, urn=urn, olds=created.raw, news=encode(news), old_inputs=encode(created.inputs)
        )
        response = self._stub.Diff(request)
        return Difference(
            changed=response.changes == provider_pb2.DiffResponse.DIFF_SOME,
            replaced=bool(response.replaces),
            delete_first=response.deleteBeforeReplace,
            properties=tuple(sorted(response.detailedDiff)),
        )

    def create(self, urn: str, inputs: dict[str, Any], *, preview: bool = False, timeout: float = 0) -> "Created":
        request = provider_pb2.CreateRequest(urn=urn, properties=encode(inputs), preview=preview, timeout=timeout)
        response = _called(self._stub.Create, request)
        return Created(response.id, response.properties, inputs)

    def update(self, urn: str, created: "Created", news: dict[str, Any], timeout: float = 0) -> "Created":
        request = provider_pb2.UpdateRequest(
            id=created.id,
            urn=urn,
            olds=created.raw,
            news=encode(news),
            old_inputs=encode(created.inputs),
            timeout=timeout,
        )
        response = _called(self._stub.Update, request)
        return Created(created.id, response.properties, news)

    def read(self, urn: str, identity: str, inputs: dict[str, Any], state: Struct | None = None) -> Any:
        request = provider_pb2.ReadRequest(id=identity, urn=urn, inputs=encode(inputs), properties=state or Struct())
        response = _called(self._stub.Read, request)
        return response.id, decode(response.properties), decode(response.inputs)

    def delete(self, urn: str, created: "Created", timeout: float = 0) -> None:
        request = provider_pb2.DeleteRequest(
            id=created.id, urn=urn, properties=created.raw, old_inputs=encode(created.inputs), timeout=timeout
        )
        _called(self._stub.Delete, request)


@dataclass(frozen=True)
class Created:
    """A resource as the engine keeps it."""

    id: str
    raw: Struct
    inputs: dict[str, Any]

    @property
    def outputs(self) -> dict[str, Any]:
        return decode(self.raw)

    def is_secret(self, key: str) -> bool:
        return key in self.raw.fields and SECRET_KEY in self.raw.fields[key].struct_value.fields


def _called(method: Any, request: Any) -> Any:
    try:
        return method(request)
    except grpc.RpcError as error:
        raise Failed(error.details(), _kept(error)) from None


def _kept(error: Any) -> dict[str, Any] | None:
    """Return what an initialisation failure carries: id, properties, reasons."""
    from pulumi.runtime.proto import status_pb2

    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            detail = provider_pb2.ErrorResourceInitFailed()
            if status.details and status.details[0].Unpack(detail):
                return {"id": detail.id, "properties": detail.properties, "reasons": list(detail.reasons)}
    return None
