"""The life of a plugin process: serve on a free port of 127.0.0.1, print the port, end with the engine."""

import sys
from collections.abc import Callable
from concurrent import futures

import grpc

from embedded.engine.orphans import die_with_parent, end_quietly_on_interrupt

__all__ = ["serve"]

_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def serve(add: Callable[[grpc.Server], None], threads: int) -> None:
    """Serve what `add` puts on the server until the engine goes away.

    Args:
        add: Adds a servicer to the server.
        threads: Requests that are answered at once.
    """
    die_with_parent()
    end_quietly_on_interrupt()
    server = grpc.server(futures.ThreadPoolExecutor(threads), options=_OPTIONS)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
