"""The service's problems become stale by an edit and are replaced by the next sending; local findings can be overridden."""

import asyncio
from pathlib import Path

import httpx
import pytest
from app_harness import open_app
from composer_harness import add_file, enter_composer, review, row, send_states
from interception import Send
from sandbox_harness import order


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_edit_marks_service_errors_stale_until_the_next_send(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path / "data", size=size) as harness:
        screen = await enter_composer(harness)
        await add_file(harness, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(2)))
        harness.interceptor.refuse_next(
            ("/data/attributes/[1]/shipping_address/city", "City not known"),
            ("/data/attributes/[1]/order_details/notes", "Notes are not liked"),
        )
        await review(harness)
        await harness.press("y")
        await harness.until("refused all 2 orders sent")
        assert send_states(harness) == ["ready", "refused"]
        await harness.press("n")
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type("Uden")
        await harness.press("enter", "escape")
        assert " ".join(harness.line_with("City not known").split()).endswith("City not known (changed since)")
        assert send_states(harness) == ["ready", "refused"], "the other problem stays"
        await harness.press("n")
        assert str(screen.sheet.cursor_pointer) == "/order_details/notes"
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type("liked")
        await harness.press("tab", "escape", "escape")
        assert send_states(harness) == ["ready"] * 2
        assert row(harness, "T1")[2:3] in (" ", "~")
        await harness.press("v")
        assert harness.text.count("(changed since)") >= 2
        harness.interceptor.refuse_next(("/data/attributes/[1]/shipping_address/postal_code", "Postcode not known"))
        await review(harness)
        await harness.press("y")
        await harness.until("Postcode not known")
        assert "City not known" not in harness.text
        assert "Notes are not liked" not in harness.text
        assert send_states(harness) == ["ready", "refused"]


async def test_what_only_blocks_shipping_does_not_hold_and_a_local_error_can_be_overridden(
    tmp_path: Path,
) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        screen = await enter_composer(harness)
        warned = order(order_id="W", order_number="W", shipping_address__house_number="")
        wrong = [
            order(order_id=f"E{n}", order_number=f"E{n}", order_details__order_items__0__quantity=0) for n in range(2)
        ]
        await add_file(harness, tmp_path, warned, *wrong)
        assert send_states(harness) == ["ready", "invalid", "invalid"]
        assert row(harness, "W")[2:3] == "!"
        assert "no house number" in row(harness, "W")
        await review(harness)
        assert "1 order will be written" in harness.text
        assert "! Ship to, house number" in harness.text
        await harness.press("n", "g", "j", "z", "a")
        assert send_states(harness) == ["ready", "ready", "invalid"]
        assert "sent despite" in row(harness, "E0")
        assert "sent despite" not in row(harness, "E1")
        await review(harness)
        assert "2 orders will be written" in harness.text
        assert harness.line_with("despite Items 1, quantity")
        await harness.press("n", "enter", "1", "enter", "ctrl+e")
        await harness.type("x")
        await harness.press("enter", "escape")
        assert screen.order is not None
        assert screen.order.document["order_id"] == "E0"
        assert send_states(harness) == ["ready", "invalid", "invalid"], "it was sent anyway, unchanged"
        await harness.press("z", "a")
        await review(harness)
        await harness.press("y")
        # The service refuses it, too: nothing of the request is written, and it names the order that was sent anyway.
        await harness.until(lambda: send_states(harness) == ["ready", "refused", "invalid"])
        await review(harness)
        await harness.press("y")
        await harness.until(lambda: send_states(harness)[0] == "verified")


async def test_an_order_whose_answer_was_lost_is_shown_as_looked_up_and_not_as_queued(tmp_path: Path) -> None:
    looked_up = asyncio.Event()

    async def lose(request: httpx.Request, send: Send) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ReadError("lost")
        await looked_up.wait()
        return await send(request)

    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter_composer(harness)
        await add_file(harness, tmp_path, order(order_id="L", order_number="L"))
        await harness.until(lambda: send_states(harness) == ["ready"])
        await review(harness)
        harness.interceptor.handler = lose
        await harness.press("y")
        await harness.until("response lost, checking")
        assert row(harness, "L")[2:3] == "#"
        harness.interceptor.handler = None
        looked_up.set()
