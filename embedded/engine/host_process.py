"""The language host's process."""

import sys

from embedded.engine.protocol import import_messages_only

import_messages_only()

from pulumi.runtime.proto import language_pb2_grpc

from embedded.engine.language_host import LanguageHost
from embedded.engine.plugin_process import serve

_THREADS = 16  # a run, its plugins, and short questions


def main() -> None:
    """Serve the engine whose address is the last argument that is no option."""
    engine = next((word for word in reversed(sys.argv[1:]) if not word.startswith("-")), "")
    host = LanguageHost(engine)
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server), _THREADS)


if __name__ == "__main__":
    main()
