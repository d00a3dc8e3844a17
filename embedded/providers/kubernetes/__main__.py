"""The plugin's process: serves the protocol on a free port of 127.0.0.1 and prints the port."""

import sys

from embedded.engine.protocol import import_messages_only

import_messages_only()

from concurrent import futures

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from embedded.engine.orphans import die_with_parent, end_quietly_on_interrupt
from embedded.providers.kubernetes.provider import Provider

_THREADS = 64  # each waiting resource holds one; the engine runs at most a few dozen at a time
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main() -> None:
    """Serve until the engine goes away."""
    die_with_parent()
    end_quietly_on_interrupt()
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1])) if len(sys.argv) > 1 else None

    def log(urn: str, line: str) -> None:
        if engine is not None:
            engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True))

    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(log), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
