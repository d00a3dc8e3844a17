"""End a plugin process when the engine that started it is gone."""

import ctypes
import os
import signal
import sys
import threading
import time

__all__ = ["die_with_parent", "end_quietly_on_interrupt", "set_parent_death_signal"]

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Arrange that this process gets a signal when its parent ends, however it ends."""
    parent = os.getppid()
    set_parent_death_signal(signal_number)
    threading.Thread(target=_watch, args=(parent, signal_number), daemon=True).start()


def set_parent_death_signal(signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent ends, where it has such a thing; kept across exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)


def end_quietly_on_interrupt() -> None:
    """End on SIGINT without a traceback: that is how the engine tells its plugins to go."""
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(0))


def _watch(parent: int, signal_number: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal_number)
