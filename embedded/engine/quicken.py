"""Two slow places of Pulumi's Python SDK 3.230, mended in the process that runs a program.

Measured with 1,000 objects (benchmarks/objects.py): four blocking debug lines per resource, and a wait
that scans all outstanding outputs again each time one of them completes, which is quadratic.
"""

import asyncio
import os

import pulumi.log
import pulumi.runtime.stack
from pulumi.runtime.rpc_manager import RPCManager
from pulumi.runtime.settings import SETTINGS, _get_rpc_manager

__all__ = ["quicken"]


def quicken() -> None:
    """Mend both; BEDPLATE_DEBUG=1 keeps the debug lines, which the engine shows under --debug."""
    if not os.environ.get("BEDPLATE_DEBUG"):
        pulumi.log.debug = lambda *_words, **_options: None
    pulumi.runtime.stack.wait_for_rpcs = _wait_for_rpcs


async def _wait_for_rpcs(await_all_outstanding_tasks: bool = True) -> None:  # noqa: FBT001, FBT002 - the SDK's signature
    """Wait until no call and no output is outstanding, and raise what any of them raised."""
    manager = _get_rpc_manager()
    while True:
        await _drain(manager)
        if await_all_outstanding_tasks:
            while pending := _take_outputs():
                done, late = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
                SETTINGS.outputs.extend(late)
                for task in done:
                    task.result()
        if not manager.rpcs:
            return


async def _drain(manager: RPCManager) -> None:
    while manager.rpcs:
        await asyncio.sleep(0)
        try:
            await manager.rpcs.pop()
        except Exception as error:
            raise error from manager.unhandled_exception
    if manager.unhandled_exception is not None:
        raise manager.unhandled_exception.with_traceback(manager.exception_traceback)


def _take_outputs() -> "list[asyncio.Task[object]]":
    with SETTINGS.lock:
        pending = list(SETTINGS.outputs)
        SETTINGS.outputs.clear()
    return pending
