"""Pulumi's language host for Python: runs programs and policy packs with this virtual environment.

The released host cannot be built from a Go module of this engine's version, and the one that can runs
no policy packs with it.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from queue import Queue
from typing import IO, Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

__all__ = ["LanguageHost"]

_LOGGED = 32  # exit code of a program that has told its error to the engine (pulumi: pulumi-language-python-exec)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One host process for one engine run."""

    def __init__(self, engine_address: str) -> None:
        self._engine = engine_address

    def Handshake(self, request: Any, context: Any) -> language_pb2.LanguageHandshakeResponse:
        """Accept."""
        del request, context
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """Return the SDK's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: Any) -> language_pb2.GetRequiredPackagesResponse:
        """Ask for nothing: plugins are found on PATH or where they are installed."""
        del request, context
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> language_pb2.GetRequiredPluginsResponse:
        """Ask for nothing, likewise."""
        del request, context
        return language_pb2.GetRequiredPluginsResponse()

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> language_pb2.RuntimeOptionsResponse:
        """Offer no choices."""
        del request, context
        return language_pb2.RuntimeOptionsResponse()

    def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:
        """Describe the interpreter."""
        del request, context
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetProgramDependencies(self, request: Any, context: Any) -> language_pb2.GetProgramDependenciesResponse:
        """List the distributions of the virtual environment."""
        del request, context
        found = sorted((one.name, one.version) for one in metadata.distributions())
        dependencies = [language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Do nothing: uv.lock is installed before Pulumi starts."""
        del request, context
        yield language_pb2.InstallDependenciesResponse()

    def Run(self, request: language_pb2.RunRequest, context: Any) -> language_pb2.RunResponse:
        """Run a program in a process of its own; its settings travel over stdin, never in arguments."""
        del context
        info = request.info
        command = {
            "program": str(Path(info.program_directory or request.pwd) / (info.entry_point or ".")),
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "monitor": request.monitor_address,
            "engine": self._engine,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
            "root": info.root_directory,
        }
        words = [sys.executable, "-u", "-m", "embedded.engine.program", *request.args]
        child = subprocess.Popen(words, cwd=request.pwd, stdin=subprocess.PIPE, text=True)
        child.communicate(json.dumps(command))
        if child.returncode == _LOGGED:
            return language_pb2.RunResponse(bail=True)
        failed = f"the program ended with exit code {child.returncode}" if child.returncode else ""
        return language_pb2.RunResponse(error=failed)

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack or a provider written in Python, and pass on what it prints."""
        program = request.info.program_directory or request.pwd
        words = [sys.executable, "-u", *self._plugin_words(request.kind, program, list(request.args))]
        environment = os.environ | dict(one.split("=", 1) for one in request.env)
        child = subprocess.Popen(
            words, cwd=request.pwd or program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        context.add_callback(child.kill)
        yield from _lines(child)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def _plugin_words(self, kind: str, program: str, arguments: list[str]) -> list[str]:
        if kind == "analyzer":
            return ["-m", "pulumi.policy", arguments[0] if arguments else self._engine, program]
        return [program, *arguments]


def _lines(child: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    """Yield what a child prints on either stream, as it comes."""
    queue: Queue[tuple[str, bytes] | None] = Queue()

    def pump(name: str, stream: IO[bytes]) -> None:
        for line in stream:
            queue.put((name, line))
        queue.put(None)

    for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
        if stream is not None:
            threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    ended = 0
    while ended < 2:  # noqa: PLR2004 - two streams
        if (item := queue.get()) is None:
            ended += 1
        elif item[0] == "stdout":
            yield language_pb2.RunPluginResponse(stdout=item[1])
        else:
            yield language_pb2.RunPluginResponse(stderr=item[1])
