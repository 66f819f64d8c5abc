"""After x, z, f, m, c and t the cursor goes to the next order that needs attention, and u returns to the last one."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app
from sandbox_harness import order

Action = str | Callable[[AppHarness], Awaitable[None]]


def planted(number: int, **members: object) -> bytes:
    found = order(order_number=f"FIX-{number}", order_id=f"fix{number}", **members) | {"id": f"9900000{number}"}
    return json.dumps(found).encode()


CODE = "order_details__status__code"
BROKEN = {"shipping_address__country_code": "Nederland", CODE: "ready"}
"""An order whose only error has a proposed fix."""
ORDERS = (
    planted(1, **{CODE: "ready"}),
    *(planted(number, **BROKEN) for number in (2, 3, 4)),
    planted(5, **{CODE: "ready"}),
)


async def run(harness: AppHarness, action: Action) -> None:
    if isinstance(action, str):
        await harness.press(*action.split())
    else:
        await action(harness)


def here(harness: AppHarness) -> str:
    return harness.app.screen.order["order_number"]


async def open_list(harness: AppHarness) -> None:
    """Go to FIX-2, the first of three orders with an error."""
    await harness.until("all read")
    await harness.press("slash")
    await harness.type("number:FIX- sort:number")
    await harness.press("enter")
    await harness.until("5 │ all read")
    await harness.press("g", "n")
    assert here(harness) == "FIX-2"


async def set_country(harness: AppHarness) -> None:
    await harness.press("c")
    await harness.type("ship to country")
    await harness.press("enter", "ctrl+e", "ctrl+u")
    await harness.type("NL")
    await harness.press("enter")


async def set_city(harness: AppHarness) -> None:
    await harness.press("c")
    await harness.type("ship to city")
    await harness.press("enter")
    await harness.type("x")
    await harness.press("enter")


async def add_tag(harness: AppHarness) -> None:
    await harness.press("t")
    await harness.type("x")
    await harness.press("tab", "tab")


@pytest.mark.parametrize(
    ("action", "left"), [("x", 2), ("z t", 2), ("f", 3), ("m", 2), (set_country, 2), (add_tag, 3)], ids=list("xzfmct")
)
async def test_the_cursor_goes_to_the_next_order(tmp_path: Path, action: Action, left: int) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await run(harness, action)
        await harness.until(f"{left} left to fix.")
        assert here(harness) == "FIX-3"


@pytest.mark.parametrize(("action", "left"), [("x", 1), ("z t", 1), ("f", 3), ("m 1 y", 1)], ids=list("xzfm"))
async def test_the_cursor_leaves_marked_orders(tmp_path: Path, action: str, left: int) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await harness.press("space", "space", "k", "k", ";")
        assert here(harness) == "FIX-2"
        await run(harness, action)
        await harness.until(f"{left} left to fix.")
        assert here(harness) == "FIX-4"


async def test_an_order_with_errors_in_its_draft_is_not_left(tmp_path: Path) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await set_city(harness)
        await harness.until("1 error left here.")
        assert here(harness) == "FIX-2"


@pytest.mark.parametrize("action", ["m", set_country, add_tag], ids=list("mct"))
async def test_undo_returns_to_the_order_of_the_action(tmp_path: Path, action: Action) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await run(harness, action)
        await harness.until("left to fix.")
        await harness.press("u")
        await harness.until("Undone: ")
        assert here(harness) == "FIX-2"
        assert harness.app.workspace.account.drafts.all() == []


async def test_undo_after_a_move_of_the_cursor_acts_on_its_order(tmp_path: Path) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await harness.press("m")
        await harness.until("2 left to fix.")
        await harness.press("j", "k", "u")
        await harness.until("Nothing to undo on this order.")
        assert here(harness) == "FIX-3"
        assert len(harness.app.workspace.account.drafts.all()) == 1


async def test_the_last_order_is_not_left(tmp_path: Path) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        for left in (2, 1, 0):
            await harness.press("m")
            await harness.until(f"{left} left to fix.")
        assert here(harness) == "FIX-4"
        await harness.press("u")
        await harness.until("Undone: ")
        assert here(harness) == "FIX-4"
        assert len(harness.app.workspace.account.drafts.all()) == 2


@pytest.mark.parametrize("action", ["x", "z t", "m"])
async def test_next_and_previous_problem_skip_what_needs_no_attention(tmp_path: Path, action: str) -> None:
    async with open_app(tmp_path, plant=ORDERS, orders=0) as harness:
        await open_list(harness)
        await harness.press("n")
        assert here(harness) == "FIX-3"
        await run(harness, action)
        await harness.until("2 left to fix.")
        assert here(harness) == "FIX-4"
        await harness.press("N")
        assert here(harness) == "FIX-2"
        await harness.press("n")
        assert here(harness) == "FIX-4"
        await harness.press("enter", "N", "N", "N", "q")
        await harness.until("FIX-1")
        assert here(harness) == "FIX-2"
