"""Asking for labels: which orders, how often, what is kept, and what ends it."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fake_service import Time, not_found

from tui.api.client import ShipmentPage
from tui.api.codec import Document
from tui.api.errors import Forbidden, RequestRefused, Unreachable
from tui.api.query import order_key
from tui.orders.query.conditions import Facts, OneOf
from tui.orders.query.folding import fold_value
from tui.store.order_cache import OrderCache
from tui.work.cache.index import NEEDS_WORK
from tui.work.cache.labels import ASKED_A_MINUTE, ASKED_AGAIN, LabelReader
from tui.work.cache.local_orders import LocalOrders

LABELLED = OneOf("flag", ("labelled",))


def describe(document: Document) -> Facts:
    codes = {
        "key": order_key(document),
        "shop": "7",
        "stage": str(document.get("stage", "open")),
        "severity": str(document.get("severity", "error")),
    }
    return Facts({"number": fold_value(str(document["order_number"]))}, codes, {}, {"pk": float(order_key(document))})


class Setup:
    """A cache with five orders, 5 to 1, and a service where some have labels; a request takes no time."""

    def __init__(self) -> None:
        self.time = Time()
        self.orders = LocalOrders(OrderCache(None), describe, lambda: "1", self.time.now)
        self.reader = LabelReader(
            self,  # type: ignore[arg-type]
            self.orders,
            now=self.time.now,
            sleep=self.time.sleep,
            is_busy=lambda: self.is_busy,
            is_paused=lambda: self.is_paused,
        )
        self.labelled: set[str] = set()
        self.asked: list[str] = []
        self.answers: list[str] = []
        self.faults: list[Exception] = []
        self.is_busy = self.is_paused = False
        self.reader.on_answer = self.answers.append
        for key in "12345":
            self.keep(key)

    def keep(self, key: str, **values: str) -> None:
        shop: Document = {"integration": {"id": 7}}
        self.orders.keep([{"id": key, "order_number": f"N-{key}", "order_details": shop, **values}])

    async def list_shipments(self, order_number: str, integration_id: str) -> ShipmentPage:
        self.asked.append(order_number)
        assert integration_id == "7"
        if self.faults:
            raise self.faults.pop()
        parcel: Document = {"announced_at": "2026-11-20T08:00:00Z", "status": {"message": "Ready"}}
        found = {"order_number": order_number, "parcels": [parcel]} if order_number[2:] in self.labelled else None
        return ShipmentPage((found,) if found else ())  # type: ignore[arg-type]

    async def run(self, seconds: float) -> None:
        """Let the reader work for some seconds of its clock."""
        end = self.time.now().timestamp() + seconds
        task = asyncio.create_task(self.reader.run())
        while self.time.now().timestamp() < end and not task.done():  # noqa: ASYNC110 - a test polls from outside
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def setup() -> Iterator[Setup]:
    setup = Setup()
    yield setup
    setup.orders.close()


async def test_orders_that_need_work_are_asked_for_at_the_pace(setup: Setup) -> None:
    setup.keep("3", stage="finished")
    setup.keep("4", severity="warning")
    setup.labelled = {"2"}
    begun = setup.time.now()
    await setup.run(2.5 * 60 / ASKED_A_MINUTE)
    assert setup.asked == ["N-5", "N-2", "N-1"]
    assert (setup.time.now() - begun).total_seconds() >= 60 / ASKED_A_MINUTE * 2
    await setup.run(600)
    assert len(setup.asked) == 3
    assert setup.answers == ["5", "2", "1"]
    assert setup.orders.window(LABELLED).keys() == ["2"]
    assert setup.orders.window(NEEDS_WORK).keys() == ["5", "1"]


async def test_they_are_asked_for_again_later_and_a_cancelled_label_is_noticed(setup: Setup) -> None:
    setup.labelled = {"2"}
    await setup.run(ASKED_AGAIN + 60)
    assert sorted(setup.asked) == ["N-1", "N-1", "N-2", "N-3", "N-3", "N-4", "N-4", "N-5", "N-5"]
    setup.labelled = set()
    await setup.run(25 * 3600)
    assert setup.orders.window(LABELLED).keys() == []
    assert setup.orders.window(NEEDS_WORK).keys() == ["5", "4", "3", "2", "1"]


async def test_the_order_at_the_cursor_is_asked_for_even_while_orders_are_read(setup: Setup) -> None:
    setup.is_busy = True
    setup.keep("3", stage="finished")
    setup.reader.want("3")
    await setup.run(30)
    assert setup.asked == ["N-3"]
    setup.reader.want("3")
    await setup.run(30)
    assert setup.asked == ["N-3"]


async def test_nothing_is_asked_while_reading_is_paused(setup: Setup) -> None:
    setup.is_paused = True
    setup.reader.want("3")
    await setup.run(300)
    assert setup.asked == []
    setup.is_paused = False
    await setup.run(2)
    assert setup.asked[0] == "N-3" or setup.asked[0] == "N-5"


@pytest.mark.parametrize("error", [Forbidden("no"), not_found()])
async def test_a_service_without_shipments_is_asked_once(setup: Setup, error: Exception) -> None:
    setup.faults = [error]
    await setup.run(3600)
    assert setup.reader.is_refused
    assert len(setup.asked) == 1
    assert setup.orders.label("5") is None
    assert await setup.reader.ask("4") is None
    assert len(setup.asked) == 1


async def test_after_an_error_of_the_connection_it_is_tried_again(setup: Setup) -> None:
    setup.faults = [Unreachable("no connection")]
    await setup.run(70)
    assert setup.asked[:3] == ["N-5", "N-5", "N-4"]


async def test_a_refused_question_does_not_hold_up_the_others(setup: Setup) -> None:
    setup.faults = [RequestRefused("no")]
    await setup.run(10)
    assert setup.asked[:2] == ["N-5", "N-4"]
    assert (answer := setup.orders.label("5")) is not None
    assert answer.is_made is None


async def test_two_orders_with_one_number_are_not_guessed_about(setup: Setup) -> None:
    setup.labelled = {"5"}
    setup.orders.keep([{"id": "6", "order_number": "n-5", "order_details": {"integration": {"id": 7}}}])
    answer = await setup.reader.ask("5")
    assert answer is not None
    assert (answer.is_made, answer.note) == (None, "2 orders of this shop have the number")
    assert setup.asked == []


async def test_an_answer_is_kept_with_its_age_and_survives_a_new_read(setup: Setup) -> None:
    setup.labelled = {"5"}
    before = setup.orders.revision
    await setup.reader.ask("5")
    assert setup.orders.revision == before + 1
    at = setup.time.now().timestamp()
    await setup.time.sleep(1000)
    setup.keep("5", notes="changed")
    kept = setup.orders.find("5")
    assert kept is not None
    assert kept.label is not None
    assert (kept.label.is_made, kept.label.asked_at, kept.label.status) == (True, at, "Ready")
    assert setup.orders.window(LABELLED).keys() == ["5"]
    await setup.reader.ask("5")
    assert setup.orders.revision == before + 2  # only because it was read again


async def test_answers_are_removed_with_their_orders(setup: Setup) -> None:
    await setup.reader.ask("5")
    await setup.time.sleep(10 * 86400)
    assert setup.orders.purge(1) == 5
    setup.keep("5")
    assert setup.orders.label("5") is None
