"""The language host's process: serves the protocol on a free port of 127.0.0.1 and prints the port."""

import sys

from embedded.engine.protocol import import_messages_only

import_messages_only()

from concurrent import futures

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from embedded.engine.language_host import LanguageHost
from embedded.engine.orphans import die_with_parent, end_quietly_on_interrupt

_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main() -> None:
    """Serve on a free port of 127.0.0.1 and print the port."""
    die_with_parent()
    end_quietly_on_interrupt()
    engine = next((word for word in reversed(sys.argv[1:]) if not word.startswith("-")), "")
    server = grpc.server(futures.ThreadPoolExecutor(16), options=_OPTIONS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
