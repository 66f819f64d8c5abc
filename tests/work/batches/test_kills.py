"""SIGKILL while a batch is imported, edited, sent and verified: nothing is lost and nothing is sent twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from batch_process import NOTES, open_and_recover, send_and_verify
from sandbox_harness import NOW

from tui.api.query import OrderQuery
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.serve import serving
from tui.work.writes.send_state import SendState

TESTS = Path(__file__).parents[2]
PATHS = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
ORDERS = 3
PROCESSES = 2
"""How many processes are killed on one folder before the batch is completed."""


def run_and_kill(lines: int, *arguments: str) -> list[str]:
    """Run a process that is killed after this many lines; return its output."""
    command = [sys.executable, "-m", "batch_process", *arguments, str(ORDERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=PATHS) as child:
        assert child.stdout is not None
        output = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        return output + child.stdout.readlines()


@pytest.mark.parametrize("seed", range(2))
async def test_sigkill_at_any_moment_loses_and_duplicates_nothing(tmp_path: Path, seed: int) -> None:
    """More runs: SENDCLOUD_KILLS=100 pytest tests/work -k sigkill."""
    random = Random(seed)
    for round in range(max(1, int(os.environ.get("SENDCLOUD_KILLS", "4")) // (2 * PROCESSES))):
        sandbox = Sandbox(SandboxSettings(orders=0, settle=0.05, now=NOW, seed=seed))
        with serving(sandbox) as url:
            output: list[str] = []
            folder = tmp_path / f"data{round}"
            for process in range(PROCESSES):
                output += await asyncio.to_thread(
                    run_and_kill, random.randrange(1, 22), str(folder), url, f"L{process}"
                )
            account, staging = await open_and_recover(folder, url)
            staged = {str(order.document["order_id"]): order for order in staging.orders}
            for line in (line.strip() for line in output if line.endswith("\n")):
                if line.startswith("staged "):
                    assert {f"{line[7:]}-{n}" for n in range(ORDERS)} <= set(staged), "an import is complete"
                if line.startswith("typed "):
                    assert NOTES.get(staged[line[6:]].document) == line
            assert len(staged) == len(staging.orders), "no order is staged twice"
            await send_and_verify(account, staging)
            counts = staging.counts()
            missing = [
                order.id
                for order in staging.orders
                if staging.send_state(order) in (SendState.UNKNOWN, SendState.DIFFERS)
            ]
            if missing:
                await staging.check_again(missing)
                await send_and_verify(account, staging)
                counts = staging.counts()
            assert counts == ({SendState.VERIFIED: len(staged)} if staged else {})
            page = await account.client.list_orders(OrderQuery(page_size=200))
            remote = Counter(str(order["order_id"]) for order in page.orders)
            assert remote == Counter(staged.keys()), "the service has each order once"
            await account.client.aclose()
            account.store.close()
        sandbox.close()
