"""A process that imports, edits, sends and verifies orders and prints each step, until it is killed.

`batch_process.py FOLDER URL NAME COUNT` stages orders NAME-0, NAME-1 … into the batch `kills`.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from batch_harness import add_json
from sandbox_harness import order

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.pointer import Pointer
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.batches.staging import Staging

NOTES = Pointer.of("order_details", "notes")
SPEED_FACTOR = 50
"""How many seconds of the process's clock pass in one real second."""

_BEGAN = time.time()


def now() -> datetime:
    return datetime.fromtimestamp(_BEGAN, UTC) + timedelta(seconds=(time.time() - _BEGAN) * SPEED_FACTOR)


async def sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED_FACTOR)


def report(text: str) -> None:
    print(text, flush=True)


class ReportingTransport(httpx.AsyncHTTPTransport):
    """Prints a line before and after each request, so that the process can be killed at that point."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        report(f"going {request.method}")
        answer = await super().handle_async_request(request)
        report(f"answered {request.method}")
        return answer


async def open_and_recover(folder: Path, url: str) -> tuple[Account, Staging]:
    """Open the store and resolve the writes without an answer."""
    client = Client(url, BasicAuth("demo", "demo"), transport=ReportingTransport())
    account = await open_account(
        client, Store(folder, now=now), "demo", now=now, zone=ZoneInfo("Europe/Amsterdam"), sleep=sleep
    )
    staging = Staging(account, "kills")
    for outcome in await account.outbox.recover():
        staging.settle(outcome)
    return account, staging


async def send_and_verify(account: Account, staging: Staging) -> None:
    """Send the orders that are ready, and verify until none is pending."""
    await staging.refresh_remote()
    await staging.send(staging.plan(), continue_after_refusal=True)
    await account.verifier.until_done()


async def main(folder: Path, url: str, name: str, count: int) -> None:
    account, staging = await open_and_recover(folder, url)
    orders = [order(order_id=f"{name}-{n}", order_number=f"{name}-{n}") for n in range(count)]
    ids, _ = add_json(staging, json.dumps(orders))
    report(f"staged {name}")
    for n, id in enumerate(ids):
        staging.editing.put(id, NOTES, f"typed {name}-{n}", "note")
        report(f"typed {name}-{n}")
    await send_and_verify(account, staging)
    report("done")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
