"""The plugin's process."""

import sys

from embedded.engine.protocol import import_messages_only

import_messages_only()

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from embedded.engine.plugin_process import serve
from embedded.providers.kubernetes.provider import Provider

_THREADS = 64  # each waiting resource holds one; the engine runs at most a few dozen at a time


def main() -> None:
    """Serve the engine whose address is the first argument."""
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1])) if len(sys.argv) > 1 else None

    def log(urn: str, line: str) -> None:
        if engine is not None:
            engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True))

    provider = Provider(log)
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server), _THREADS)


if __name__ == "__main__":
    main()
