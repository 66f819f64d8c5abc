"""SIGKILL while a batch is imported, typed, sent and followed: all is there, nothing exists twice, nothing is forgotten."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from batch_process import NOTES, finish, live
from sandbox_harness import NOW

from tui.api.query import OrderQuery
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving
from tui.work.writes.send_state import SendState

TESTS = Path(__file__).parents[2]
PATHS = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
ORDERS = 3
LIVES = 2
"""How many processes are killed on one folder before it is brought to its end."""


def killed(moment: int, *arguments: str) -> list[str]:
    """A life of the app that is killed after so many lines; what it told."""
    command = [sys.executable, "-m", "batch_process", *arguments, str(ORDERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=PATHS) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(moment)]
        child.send_signal(signal.SIGKILL)
        return told + child.stdout.readlines()


@pytest.mark.parametrize("seed", range(2))
async def test_sigkill_at_any_moment_loses_and_duplicates_nothing(tmp_path: Path, seed: int) -> None:
    """The whole: SENDCLOUD_KILLS=100 pytest tests/work -k sigkill."""
    random = Random(seed)
    for round in range(max(1, int(os.environ.get("SENDCLOUD_KILLS", "4")) // (2 * LIVES))):
        sandbox = Sandbox(SandboxSettings(orders=0, settle=0.05, now=NOW, seed=seed))
        with serving(sandbox) as url:
            told: list[str] = []
            folder = tmp_path / f"data{round}"
            for life in range(LIVES):
                told += await asyncio.to_thread(killed, random.randrange(1, 22), str(folder), url, f"L{life}")
            bench, staging = await live(folder, url)
            staged = {str(one.document["order_id"]): one for one in staging.orders}
            for line in (line.strip() for line in told if line.endswith("\n")):
                if line.startswith("staged "):
                    assert {f"{line[7:]}-{n}" for n in range(ORDERS)} <= set(staged), "an import is there whole"
                if line.startswith("typed "):
                    assert NOTES.get(staged[line[6:]].document) == line
            assert len(staged) == len(staging.orders), "none is staged twice"
            await finish(bench, staging)
            counts = staging.counts()
            missing = [
                one.id for one in staging.orders if staging.send_state(one) in (SendState.UNKNOWN, SendState.DIFFERS)
            ]
            if missing:
                await staging.ask_again(missing)
                await finish(bench, staging)
                counts = staging.counts()
            assert counts == ({SendState.VERIFIED: len(staged)} if staged else {})
            page = await bench.client.list_orders(OrderQuery(page_size=200))
            there = Counter(str(one["order_id"]) for one in page.orders)
            assert there == Counter(staged.keys()), "each is there once"
            await bench.client.aclose()
            bench.store.close()
        sandbox.close()
