"""What the service said goes stale by an edit and is replaced by the next sending; what was found here can be overridden."""

from pathlib import Path

import pytest
from app_harness import housed
from composer_harness import add_file, enter_composer, review, row, standings
from sandbox_harness import order


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_edit_marks_service_errors_stale_until_the_next_send(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path / "data", size=size) as house:
        screen = await enter_composer(house)
        await add_file(house, tmp_path, *(order(order_id=f"T{n}", order_number=f"T{n}") for n in range(2)))
        house.interceptor.refuse_next(
            ("/data/attributes/[1]/shipping_address/city", "City not known"),
            ("/data/attributes/[1]/order_details/notes", "Notes are not liked"),
        )
        await review(house)
        await house.press("y")
        await house.until("refused all 2 orders sent")
        assert standings(house) == ["ready", "refused"]
        await house.press("n")
        assert str(screen.sheet.cursor_pointer) == "/shipping_address/city"
        await house.press("enter", "ctrl+e", "ctrl+u")
        await house.type("Uden")
        await house.press("enter", "escape")
        assert " ".join(house.line_with("City not known").split()).endswith("City not known (changed since)")
        assert standings(house) == ["ready", "refused"], "the other word stands"
        await house.press("n")
        assert str(screen.sheet.cursor_pointer) == "/order_details/notes"
        await house.press("enter", "ctrl+e", "ctrl+u")
        await house.type("liked")
        await house.press("tab", "escape", "escape")
        assert standings(house) == ["ready"] * 2
        assert row(house, "T1")[2:3] in (" ", "~")
        await house.press("v")
        assert house.text.count("(changed since)") >= 2
        house.interceptor.refuse_next(("/data/attributes/[1]/shipping_address/postal_code", "Postcode not known"))
        await review(house)
        await house.press("y")
        await house.until("Postcode not known")
        assert "City not known" not in house.text
        assert "Notes are not liked" not in house.text
        assert standings(house) == ["ready", "refused"]


async def test_warnings_do_not_block_and_a_local_error_can_be_overridden(
    tmp_path: Path,
) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        screen = await enter_composer(house)
        doubtful = order(order_id="W", order_number="W", shipping_address__house_number="")
        wrong = [
            order(order_id=f"E{n}", order_number=f"E{n}", order_details__order_items__0__quantity=0) for n in range(2)
        ]
        await add_file(house, tmp_path, doubtful, *wrong)
        assert standings(house) == ["ready", "invalid", "invalid"]
        assert row(house, "W")[2:3] == "~"
        assert "no house number" in row(house, "W")
        await review(house)
        assert "1 order will be written" in house.text
        assert "~ Ship to, house number" in house.text
        await house.press("n", "g", "j", "z", "a")
        assert standings(house) == ["ready", "ready", "invalid"]
        assert "sent despite" in row(house, "E0")
        assert "sent despite" not in row(house, "E1")
        await review(house)
        assert "2 orders will be written" in house.text
        assert house.line_with("despite Items 1, quantity")
        await house.press("n", "enter", "1", "enter", "ctrl+e")
        await house.type("x")
        await house.press("enter", "escape")
        assert screen.order is not None
        assert screen.order.document["order_id"] == "E0"
        assert standings(house) == ["ready", "invalid", "invalid"], "it was let go as it was"
        await house.press("z", "a")
        await review(house)
        await house.press("y")
        # The service sees it, too: nothing of the request is written, and what it names is the order that was let go.
        await house.until(lambda: standings(house) == ["ready", "refused", "invalid"])
        await review(house)
        await house.press("y")
        await house.until(lambda: standings(house)[0] == "verified")
