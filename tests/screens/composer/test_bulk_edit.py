"""`m` proposes the same fix in the order list, the form of an order, the composer and its form."""

import json
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, open_app
from sandbox_harness import order

from tui.api.pointer import Pointer
from tui.orders.fields import label_of
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.composer.screen import ComposerScreen
from tui.screens.edit.screen import EditScreen
from tui.screens.triage.screen import TriageScreen

WEIGHT = {"measurement": {"weight": {"value": 1.0, "unit": "kg"}}}
SHIP = Pointer.of("shipping_address")


@pytest.mark.parametrize(
    ("pointer", "damaged", "corrected", "more"),
    [
        (SHIP / "postal_code", "1067", "01067", {"shipping_address__country_code": "DE"}),
        (SHIP / "phone_number", "4930123456", "+4930123456", {"shipping_address__country_code": "DE"}),
        (ITEMS / 1 / "hs_code", "6205,20", "6205.20", {}),
        (ITEMS / 0 / "sku", "8.7123456789012E+12", "8712345678901", {}),
        (ITEMS / 0 / "hs_code", "51020", "051020", {}),
        (Pointer.of("order_details", "notes"), '="0042"', "0042", {}),
        (SHIP / "address_line_1", "Kerkstraat 12B", "Kerkstraat", {"shipping_address__house_number": ""}),
    ],
)
async def test_same_fix_in_list_form_and_composer(
    tmp_path: Path, pointer: Pointer, damaged: str, corrected: str, more: dict[str, Any]
) -> None:
    document = order(order_id="D", order_number="D-1", shipping_details=WEIGHT, **more)
    document["shipping_address"]["postal_code"] = "01069" if more.get("shipping_address__country_code") else "5341XT"
    changed = pointer.put(document, damaged)
    assert isinstance(changed, dict)
    planted = json.dumps({**changed, "id": "700001"}).encode()
    box = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=(planted,)))
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("D-1")

        def drafted() -> object:
            (draft,) = harness.app.workspace.account.drafts.all()
            return pointer.get(draft.edit.document)

        assert isinstance(harness.app.screen, TriageScreen)
        proposed = next(line for line in harness.lines if " m: " in line).split(" m: ")[1].strip()
        await harness.press("m")
        await harness.until("Drafted: ")
        assert label_of(pointer) in harness.line_with("Drafted: ")
        assert f": {proposed}" in harness.line_with("Drafted: ")
        assert drafted() == corrected
        await harness.press("u")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        await harness.press("m")
        assert f": {proposed}" in harness.line_with("Drafted: ")
        assert drafted() == corrected
        await harness.press("u", "q")
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen))
        await harness.press("a")
        await harness.press("c")
        await harness.press("B")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        (staged,) = harness.app.workspace.staging.orders
        assert pointer.get(staged.document) == damaged
        await harness.press("m")
        await harness.until("Changed: ")
        assert label_of(pointer) in harness.line_with("Changed: ")
        assert f": {proposed}" in harness.line_with("Changed: ")
        assert pointer.get(staged.document) == corrected
        await harness.press("u")
        assert pointer.get(staged.document) == damaged
    box.close()
