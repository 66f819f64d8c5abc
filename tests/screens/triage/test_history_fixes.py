"""Fixes from earlier orders say so in the preview, in the form, and in the preview of a fix for many orders."""

import json
from pathlib import Path
from typing import Any

from app_harness import NOW, open_app
from check_orders import FIRST, changed, shippable

from tui.api.models import Operation
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.composer.screen import ComposerScreen
from tui.screens.edit.screen import EditScreen


def planted(*codes: str) -> Sandbox:
    """Return a sandbox with an order to Switzerland for each HS code of the same article, the newest first."""
    documents: list[Any] = []
    for place, code in enumerate(reversed(codes)):
        order = changed(shippable("CH"), {f"{FIRST}/hs_code": code})
        documents.append(order | {"id": str(700001 + place), "order_id": f"o{place}", "order_number": f"CH-{place}"})
    plant = tuple(json.dumps(document).encode() for document in documents)
    return Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=plant))


async def test_the_number_of_earlier_orders_is_shown_wherever_their_value_is_proposed(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted("", "", "6912.00", "691200", "6912.00", "9999.99")) as harness:
        await harness.until("all read")
        await harness.until("m: 6912.00, as in 3 of 4 earlier")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await harness.press("n")
        assert "as in 3 of 4 earlier orders" in harness.text
        await harness.press("q", "asterisk", "a", "semicolon", "m")
        await harness.until("Fix")
        await harness.press("1")
        await harness.until("From earlier orders: no HS code")
        await harness.press("p")
        await harness.until("-> 6912.00 (as in 3 of 4 earlier")


async def test_nothing_is_proposed_where_earlier_orders_disagree(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted("", "6912.00", "6912.00", "7013.37")) as harness:
        await harness.until("all read")
        await harness.press("m")
        await harness.until("No fix is proposed for this order.")


async def test_an_order_sent_whole_is_listed_as_it_was_read_back(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted("", "6912.00"), ticking=True) as harness:
        await harness.until("all read")
        await harness.until("m: 6912.00, as in 1 earlier order")
        await harness.press("m")
        (draft,) = harness.app.workspace.account.drafts.all()
        draft.edit.put(ITEMS / 0 / "sku", None, "no SKU")  # a PATCH cannot remove it
        harness.app.workspace.account.drafts.save(draft)
        assert draft.sending.operation is Operation.POST
        await harness.press("w")
        await harness.until("y send")
        await harness.press("y")
        index = harness.app.workspace.orders
        await harness.until(lambda: "6912.00" in str(index.find(draft.order_id)))
        assert not harness.app.workspace.account.drafts.all()


async def test_the_composer_proposes_values_of_earlier_orders_too(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted("", "6912.00", "691200")) as harness:
        await harness.until("all read")
        await harness.press("a", "c", "B")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.press("m")
        await harness.until("6912.00, as in 2 earlier orders")
        (staged,) = harness.app.workspace.staging.orders
        assert (ITEMS / 0 / "hs_code").get(staged.document) == "6912.00"
