"""A warning that many open orders of a shop have is shown once for the shop, and switched off and on by a key."""

import json
from pathlib import Path
from typing import Any

from app_harness import NOW, AppHarness, open_app
from check_orders import FIRST, changed, shippable

from tui.sandbox.app import Sandbox, SandboxSettings

SHOP = 7
ORDERS = 12


def planted(with_tag: int) -> Sandbox:
    """Return a sandbox with orders of one shop, some of which are on hold, and one with a note that is a formula."""
    documents: list[Any] = []
    for place in range(ORDERS):
        order = changed(shippable("NL"), {"/order_details/integration/id": SHOP})
        if place < with_tag:
            order = changed(order, {"/order_details/tags": ["hold"]})
        if place == 0:
            order = changed(order, {"/order_details/notes": "=1+1"})
        if place == 1:
            order = changed(order, {f"{FIRST}/name": ""})
        documents.append(order | {"id": str(700020 - place), "order_id": f"o{place}", "order_number": f"N-{place}"})
    plant = tuple(json.dumps(document).encode() for document in documents)
    return Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=plant))


def row(harness: AppHarness, name: str) -> str:
    return next(line for line in harness.lines if f" {name} " in line and "──" not in line)


async def test_a_frequent_warning_is_shown_once_and_switched_off_and_on(tmp_path: Path) -> None:
    box = planted(with_tag=4)
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("1 frequent warning, W")
        # The rows and their marks leave it out; other warnings stay.
        assert "on hold" not in row(harness, "N-3")
        assert row(harness, "N-3")[2] == " "
        assert "formula" in row(harness, "N-0")
        assert row(harness, "N-0")[2] == "~"
        while "── N-3" not in harness.text:
            await harness.press("j")
        assert "on hold: 4 of 12 open orders; W switches it off for the shop" in " ".join(harness.text.split())
        await harness.press("slash")
        await harness.type("why:hold")
        await harness.press("enter")
        await harness.until("4 of 12")
        assert "on hold" in row(harness, "N-3")
        await harness.press("slash", "ctrl+u", "enter")
        await harness.until("12 │ all read")
        await harness.press("I")
        await harness.until("last read")
        await harness.press("G")
        await harness.until("not shown on each order")
        await harness.press("q", "W")
        await harness.until("off: on hold")
        await harness.press("1")
        await harness.until("on hold is switched off")
        await harness.until(lambda: "frequent warning" not in harness.text)
        await harness.press("slash")
        await harness.type("why:on_hold")
        await harness.press("enter")
        await harness.until("No order matches")
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("No order matches")
        await harness.press("slash", "ctrl+u", "enter")
        await harness.until("all read")
        await harness.press("I")
        await harness.until("last read")
        await harness.press("G")
        await harness.until("switched off: on hold")
        await harness.press("q", "W")
        await harness.until("on again: on hold")
        await harness.press("1")
        await harness.until("on hold is switched on again")
        await harness.press("j")
        await harness.until("1 frequent warning, W")


async def test_a_warning_of_few_orders_stays_in_their_rows(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted(with_tag=3)) as harness:
        await harness.until("all read")
        assert "on hold" in row(harness, "N-2")
        assert "frequent warning" not in harness.text
        await harness.press("W")
        await harness.until("No shop has a warning that is on more than 30% of its open")
