"""The recording mock of Pulumi's engine: every registration, and nothing unexpected."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks

__all__ = ["Recorder", "Registration", "record"]


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it."""

    type: str
    name: str
    inputs: dict[str, Any]


@dataclass
class Recorder(mocks.Mocks):
    """Keeps registrations in order; calls of functions are an error."""

    registered: list[Registration] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered.append(Registration(args.typ, args.name, dict(args.inputs)))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        message = f"no function may be called while components are declared: {args.token}"
        raise AssertionError(message)

    def objects(self) -> dict[str, dict[str, Any]]:
        """Return Kubernetes objects by logical name."""
        return {one.name: one.inputs for one in self.registered if one.type.startswith("kubernetes:")}


def record(program: Any, *, preview: bool = False) -> Recorder:
    """Run a program that declares resources and return what it registered."""
    recorder = Recorder()
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(recorder, project="bedplate", stack="local", preview=preview)

    @pulumi.runtime.test
    def run() -> None:
        program()

    run()
    return recorder
