"""The data file that commit 4af2c0e wrote, and today's work layer on it.

The comment at the top of that file describes its content. All names of today's code that its tests need are here.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sandbox_client import BASE_URL, sandbox_client
from sandbox_harness import NOW
from shared_clock import WireClock

from tui.api.codec import encode
from tui.api.pointer import ABSENT, Pointer
from tui.app import OrdersApp
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.store.store import FILE, Store
from tui.work.account import Account, open_account, open_remembered
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import Staging
from tui.work.batches.templates import Templates
from tui.work.bulk.job import Job
from tui.work.bulk.runner import Jobs
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import Draft
from tui.work.file_import.mappings import Mappings
from tui.work.journal.entries import PRUNED, JournalEntry, open_entry
from tui.work.journal.undo import undo

_FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNT_ID = 2
"""The store's id of the account that owns all stored rows."""
PLACE = "house.place"
"""The key under which the screen to open at the next start is stored."""


def write_store(folder: Path, place: Any = None) -> Path:
    """Create the data folder as that commit left it; `place` replaces the stored last screen."""
    folder.mkdir(mode=0o700, parents=True)
    path = folder / FILE
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((_FIXTURES / "store-4af2c0e.sql").read_text())
        if place is not None:
            row = (encode(place).decode(), encode(PLACE).decode())
            assert connection.execute("UPDATE state SET value_json = ? WHERE key = ?", row).rowcount == 1
    return path


def sandbox(**settings: Any) -> Sandbox:
    """The service with its orders as they were when that store was written."""
    orders = json.loads((_FIXTURES / "service-4af2c0e.json").read_text())
    planted = tuple(json.dumps(order).encode() for order in orders)
    return Sandbox(SandboxSettings(**{"orders": 0, "now": NOW, "settle": 0.0, "plant": planted, **settings}))


@dataclass
class Session:
    """Today's work layer on that store, with a clock that moves when something sleeps."""

    account: Account
    staging: Staging
    jobs: Jobs

    @property
    def store(self) -> Store:
        return self.account.store

    # Drafts.

    def draft(self, id: str) -> Draft:
        draft = self.account.drafts.get(id)
        assert draft is not None, f"no draft of {id}"
        return draft

    def draft_ids(self) -> list[str]:
        return [draft.order_id for draft in self.account.drafts.all()]

    def steps(self, id: str) -> tuple[int, list[str]]:
        """Return how many steps of a draft are done, and the names of all steps."""
        edit = self.draft(id).edit
        return edit.done, [step.name for step in edit.steps]

    def changed(self, id: str) -> dict[str, Any]:
        return {str(change.pointer): change.now for change in self.draft(id).edit.changes()}

    def status(self, id: str) -> str | None:
        """Return the name of the send state of an order's draft."""
        found = self.account.draft_sender.status(id)
        return None if found is None else found.state.name

    def problems(self, id: str) -> dict[str, str]:
        """Return the problems that the service reported for an order's draft, by pointer."""
        found = self.account.draft_sender.status(id)
        assert found is not None
        return {str(problem.pointer): problem.detail for problem in found.problems}

    def typed(self, place: str) -> dict[str, str]:
        return {str(pointer): text for pointer, text in self.account.drafts.typed(place).items()}

    async def send(self, id: str) -> str:
        draft = self.draft(id)
        return (await self.account.draft_sender.send(draft, draft.sending.body)).state.name

    # The batch.

    def staged(self, number: str) -> StagedOrder:
        return next(order for order in self.staging.orders if order.document.get("order_number") == number)

    def statuses(self) -> dict[str, str]:
        """Return the names of the send states of the staged orders, by order number."""
        orders = self.staging.orders
        return {str(order.document.get("order_number")): self.staging.send_state(order).name for order in orders}

    def findings(self, number: str) -> dict[str, str]:
        """Return the errors of a staged order by pointer."""
        found = self.staging.findings(self.staged(number))
        return {str(finding.problem.pointer): finding.problem.detail for finding in found if finding.stops}

    def value(self, number: str, pointer: str) -> Any:
        """Return a value of a staged order; None if it is absent."""
        found = Pointer.parse(pointer).get(self.staged(number).document)
        return None if found is ABSENT else found

    def cell(self, number: str, pointer: str) -> tuple[int, str] | None:
        """Return the row and column of the file that a value came from."""
        return self.staged(number).cell(Pointer.parse(pointer))

    def derived(self, number: str, pointer: str) -> str | None:
        """Return how a value that is not in the file was derived."""
        return self.staged(number).derived(Pointer.parse(pointer))

    async def send_staged(self, *numbers: str) -> None:
        plan = self.staging.plan([self.staged(number).id for number in numbers])
        assert plan.count == len(numbers), plan.skipped
        await self.staging.send(plan)
        await self.account.verifier.until_done()

    # Writes, the journal, jobs and saved settings.

    async def resolve(self) -> None:
        """Look up the writes whose answers were lost and verify the accepted ones, as the app does."""
        for outcome in await self.account.outbox.recover():
            if not self.account.draft_sender.settle_any(outcome):
                self.staging.settle(outcome)
        await self.account.verifier.until_done()

    def write_states(self) -> dict[int, tuple[str, str]]:
        """Return the kind and state of each write, by its id."""
        writes = self.store.writes.all(ACCOUNT_ID, limit=-1)
        return {write.id: (write.new.kind.name, write.state.name) for write in reversed(writes)}

    @property
    def pruned(self) -> Any:
        """Return the journal's record of the writes that were pruned."""
        return self.store.screen_states.get(ACCOUNT_ID, PRUNED)

    def entry(self, write: int) -> JournalEntry:
        entry = open_entry(self.store, BASE_URL, write)
        assert entry is not None
        return entry

    async def undo(self, write: int) -> str:
        results = await undo(self.account, self.staging, [self.entry(write)], "undo")
        assert len(results) == 1
        return results[0].outcome.name

    def job(self, name: str) -> Job:
        """Return the job at this stage."""
        found = next(job for job in self.jobs.recent() if job.stage.name == name)
        job = self.jobs.get(found.id)
        assert job is not None
        return job

    def job_states(self, name: str) -> dict[str, str]:
        return {order.id: order.state.name for order in self.job(name).orders.values()}

    @property
    def mappings(self) -> Mappings:
        return Mappings(self.account)

    @property
    def templates(self) -> Templates:
        return Templates(self.account)

    @property
    def saved_changes(self) -> SavedChanges:
        return SavedChanges(self.account)

    async def order(self, id: str) -> Any:
        return await self.account.client.get_order(id)


@asynccontextmanager
async def session(folder: Path, *, remembered: bool = False) -> AsyncIterator[Session]:
    """Open the store; `remembered` opens the account without asking the service for it."""
    clock = WireClock()
    service = sandbox(clock=clock, sleep=clock.sleep)
    client = sandbox_client(httpx.ASGITransport(service.asgi), clock)
    store = Store(folder, now=clock.now)
    times: Any = {"now": clock.now, "zone": ZoneInfo("Europe/Amsterdam"), "sleep": clock.sleep}
    try:
        opened = open_remembered(client, store, "demo", **times) if remembered else None
        assert opened is not None or not remembered
        account = opened or await open_account(client, store, "demo", **times)
        await account.read_shops()
        yield Session(account, Staging(account), Jobs(account))
    finally:
        store.close()
        await client.aclose()
        service.close()


def session_of(app: OrdersApp) -> Session:
    """Return the work layer of the running app."""
    return Session(app.workspace.account, app.workspace.staging, app.workspace.jobs)
