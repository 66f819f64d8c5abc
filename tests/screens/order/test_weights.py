"""Weights typed with a unit, by keys: in the form, with `c` on one order and on many, and in the composer's table."""

import json
from pathlib import Path
from typing import Any

from app_harness import NOW, AppHarness, open_app
from composer_harness import add_file, composer, enter_composer
from sandbox_harness import order

from tui.api.codec import encode
from tui.orders.paths import WEIGHT
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.bulk.screen import BulkScreen
from tui.screens.edit.screen import EditScreen
from tui.screens.triage.screen import TriageScreen


def planted(*weights: Any) -> Sandbox:
    """Return a sandbox with an order for each weight of a parcel; None for an order without one."""
    documents = []
    for place, weight in enumerate(weights):
        document: Any = {**order(order_id=f"W-{place}", order_number=f"W-{place}"), "id": str(700001 + place)}
        document = WEIGHT.drop(document) if weight is None else WEIGHT.put(document, weight)
        documents.append(json.dumps(document).encode())
    return Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, plant=tuple(documents)))


def drafted(harness: AppHarness) -> Any:
    (draft,) = harness.app.workspace.account.drafts.all()
    return WEIGHT.get(draft.edit.document)


async def type_weight(harness: AppHarness, text: str) -> None:
    """Go to the weight of the parcel in an open form, and type it."""
    await harness.press("slash")
    await harness.type("weight")
    await harness.press("enter")
    screen = harness.app.screen
    assert isinstance(screen, EditScreen)
    screen.sheet.go_to(WEIGHT / "value")
    assert screen.sheet.cursor_pointer == WEIGHT / "value", harness.text
    await harness.press("enter", "ctrl+e", "ctrl+u")
    await harness.type(text)


async def test_the_form_takes_a_weight_with_its_unit(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted({"value": 250, "unit": "g"})) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await type_weight(harness, "0,4 kg")
        assert "0.4 kg is 400 g" in harness.text
        await harness.press("enter")
        assert drafted(harness) == {"value": 400, "unit": "g"}
        assert "weight: 0.4 kg is 400 g." in harness.text


async def test_a_weight_without_a_unit_is_kilograms_and_undone_with_its_unit(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted(None)) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await type_weight(harness, "0,4")
        await harness.press("enter")
        assert "0.4 kg: a weight without a unit is in kg" in harness.text
        found = drafted(harness)
        assert (float(found["value"]), found["unit"]) == (0.4, "kg")
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []


async def test_set_on_one_order_and_on_many_takes_a_unit(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted({"value": 1, "unit": "kg"}, {"value": 7, "unit": "g"})) as harness:
        await harness.until("all read")
        await harness.press("c")
        await harness.type("shipping_details/measurement/weight/value")
        await harness.press("enter")
        await harness.press("ctrl+e", "ctrl+u")
        await harness.type("400 g")
        assert "400 g" in harness.text
        await harness.press("enter")
        await harness.until("Drafted")
        assert json.loads(encode(drafted(harness))) in ({"value": 0.4, "unit": "kg"}, {"value": 400, "unit": "g"})
        await harness.press("u", "*", "a", ";", "c")
        await harness.type("shipping_details/measurement/weight/value")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, BulkScreen) and harness.app.screen.sheet.editing)
        await harness.type("12 oz")
        await harness.press("enter")
        screen = harness.app.screen
        assert isinstance(screen, BulkScreen)
        await harness.until(lambda: screen.job.waiting)
        changed = [WEIGHT.get(found.applied.edit.document) for found in screen.job.orders.values() if found.applied]
        assert changed == [{"value": 12, "unit": "oz"}] * 2


async def test_the_table_of_the_composer_takes_a_unit(tmp_path: Path) -> None:
    sandbox = Sandbox(SandboxSettings(orders=0, now=NOW))
    async with open_app(tmp_path / "data", sandbox=sandbox) as harness:
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen))
        await enter_composer(harness)
        grams = WEIGHT.put(order(order_id="A", order_number="A"), {"value": 250, "unit": "g"})
        await add_file(harness, tmp_path, grams, WEIGHT.drop(order(order_id="B", order_number="B")))
        screen = composer(harness)
        screen.view.set_columns([("order_number",), (*WEIGHT.tokens, "value")])
        await harness.press("g", "v", "v")
        await harness.until("column 1 of")
        await harness.press("l")
        for text in ("0,4 kg", "0,4 kg"):
            await harness.press("enter", "ctrl+e", "ctrl+u")
            await harness.type(text)
            await harness.press("enter")
        first, second = (WEIGHT.get(staged.document) for staged in harness.app.workspace.staging.orders)
        assert first == {"value": 400, "unit": "g"}
        assert (str(second["value"]), second["unit"]) == ("0.4", "kg")
