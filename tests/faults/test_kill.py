"""Runs that are killed, and an API server that is."""

import json
import os
import signal
import time
from typing import Any

import pytest

from embedded import supervise
from embedded.kube import MERGE

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

POINTS = range(0, 77, 7)
"""Journal lines after which a run is killed; an undisturbed run of `small` writes 76."""


def run_until(small: Any, lines: int) -> Any:
    """Start `up` and return it when its journal has that many lines, or when it has ended."""
    small.forget_journal()
    process = small.checkout.popen("up", "--yes", "-s", small.name)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and small.journal_lines() < max(lines, 1):
        time.sleep(0.002)
        if lines == 0:  # before the engine has begun
            time.sleep(0.7)
            break
    return process


def kill_everything(process: Any) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("lines", POINTS)
def test_killed_run_converges(small: Any, undisturbed: Any, lines: int) -> None:
    """After SIGKILL at any point the next `up` converges, a third changes nothing, and no object is doubled or lost."""
    kill_everything(run_until(small, lines))

    second = small.up()
    third = small.up()
    objects, state = small.objects(), small.state()
    ended = small.down()

    assert second.returncode == 0, second.stderr
    assert third.returncode == 0, third.stderr
    assert json.loads(third.stdout)["changes"] == {}
    assert objects == undisturbed[0]
    assert state == undisturbed[1]
    assert ended.returncode == 0, ended.stderr


def test_interrupted_run_ends_in_good_order(small: Any, undisturbed: Any) -> None:
    """An interrupt ends the run with code 8 and keeps what was done; the next `up` goes on from there."""
    cordon(small, unschedulable=True)  # no pod becomes ready, so the run cannot end before the interrupt
    process = run_until(small, 30)
    os.kill(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    cordon(small, unschedulable=False)

    second = small.up()
    objects = small.objects()
    ended = small.down()

    assert process.returncode == 8, said
    assert "stopped by an interrupt" in said
    assert second.returncode == 0, second.stderr
    assert objects == undisturbed[0]
    assert ended.returncode == 0, ended.stderr


def cordon(small: Any, *, unschedulable: bool) -> None:
    """Keep new pods off every node, or let them on again."""
    patch = {"spec": {"unschedulable": unschedulable}}
    for node in small.client.list(small.client.kind("v1", "Node")):
        small.client.request("PATCH", f"/api/v1/nodes/{node['metadata']['name']}", patch, content_type=MERGE)


def test_killed_destruction_converges(small: Any, undisturbed: Any) -> None:
    """After SIGKILL in the middle of `down`, `up` makes everything again, and `down` takes everything away."""
    first = small.up()
    process = small.checkout.popen("down", "--yes", "-s", small.name)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and len(small.objects()) > len(undisturbed[0]) // 2:
        time.sleep(0.01)
    kill_everything(process)

    second = small.up()
    objects, state = small.objects(), small.state()
    ended = small.down()

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    assert objects == undisturbed[0]
    assert state == undisturbed[1]
    assert ended.returncode == 0, ended.stderr


def test_api_server_killed_during_up(small: Any, undisturbed: Any) -> None:
    """An API server that is killed during `up` comes back, and one rerun at most converges; the state drops nothing."""
    process = run_until(small, 20)
    victim = next(one for one in supervise.running(small.paths) if one.name == "kube-apiserver")
    os.kill(victim.pid, signal.SIGKILL)
    said, _ = process.communicate(timeout=200)
    before = small.state()

    second = small.up()
    third = small.up()
    objects, state = small.objects(), small.state()
    ended = small.down()

    assert second.returncode == 0, f"{said}\n{second.stderr}"
    assert json.loads(third.stdout)["changes"] == {}
    assert before <= state
    assert objects == undisturbed[0]
    assert state == undisturbed[1]
    assert ended.returncode == 0, ended.stderr


def test_plain_pulumi_after_a_kill(small: Any, undisturbed: Any) -> None:
    """After a kill plain pulumi names the dead run's lock; after `pulumi cancel` it goes on with nothing lost."""
    kill_everything(run_until(small, 40))

    locked = small.checkout.pulumi("up", "--yes", "--skip-preview", "--stack", small.name)
    cancelled = small.checkout.pulumi("cancel", "--yes", "--stack", small.name)
    again = small.checkout.pulumi("up", "--yes", "--skip-preview", "--stack", small.name)
    objects, state = small.objects(), small.state()
    ended = small.down()

    assert locked.returncode != 0
    assert "pulumi cancel" in locked.stderr + locked.stdout
    assert cancelled.returncode == 0, cancelled.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    assert objects == undisturbed[0]
    assert state == undisturbed[1]
    assert ended.returncode == 0, ended.stderr
