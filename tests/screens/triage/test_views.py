"""Views, facets, completion, private marks, copying and exports of the order list, by keys alone."""

import csv
import io
import json
from pathlib import Path

from app_harness import AppHarness, open_app
from sandbox_harness import order
from textual.events import Paste

from tui.screens.triage.facets import FacetScreen
from tui.screens.triage.screen import TriageScreen
from tui.screens.triage.views.view_screen import ViewScreen
from tui.widgets.table import OrderTable


def table(harness: AppHarness) -> OrderTable:
    return harness.app.screen.query_one(OrderTable)


def number(harness: AppHarness) -> str:
    """The number of the order under the cursor."""
    assert isinstance(harness.app.screen, TriageScreen)
    return str(harness.app.screen.order["order_number"])


async def query(harness: AppHarness, line: str) -> None:
    await harness.press("slash", "ctrl+u")
    await harness.type(line)
    await harness.press("enter")


async def test_a_view_is_opened_by_its_letter(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("v")
        await harness.until(lambda: isinstance(harness.app.screen, ViewScreen))
        await harness.until(lambda: "…" not in harness.text)
        count = int(harness.line_with("to fix").split()[3])
        await harness.press("f")
        await harness.until(f"{count} of 300 │ all read")
        assert "/ is:open is:error -is:snoozed -is:done" in harness.text
        assert f"to fix {count}" in harness.lines[0]
        await harness.press("v", "0")
        await harness.until("300 │ all read")


async def test_a_query_is_saved_as_a_view(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await query(harness, "country:DE is:open")
        await harness.press("v", "S")
        await harness.until("letter and name of the view:")
        await harness.type("w Germany")
        await harness.press("enter")
        await harness.until("Saved: v w shows Germany.")
        await harness.press("v", "0")
        await harness.until("300 │ all read")
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("v")
        await harness.until("Germany")
        await harness.press("w")
        await harness.until("/ country:DE is:open")


async def test_facets_narrow_and_exclude(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("F")
        await harness.until(lambda: isinstance(harness.app.screen, FacetScreen) and "█" in harness.text)
        await harness.press("3")
        await harness.until(lambda: table(harness).cursor_key == "country:nl")
        count = int(harness.line_with("NL").split()[2])
        await harness.press("enter")
        await harness.until(f"{count} of 300 │ all read")
        assert "/ country:nl" in harness.text
        await query(harness, "")
        await harness.press("F")
        await harness.until("█")
        await harness.press("3", "e")
        await harness.until(f"{300 - count} of 300 │ all read")
        assert "/ -country:nl" in harness.text


async def test_tab_completes_and_up_brings_back(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("slash")
        await harness.type("cou")
        await harness.press("tab")
        assert "/ country:" in harness.lines[2]
        await harness.press("tab")
        assert "NL" in harness.lines[2]
        await harness.type("NL")
        await harness.press("enter")
        await harness.until("/ country:NL")
        await query(harness, "country:DE")
        await harness.until("/ country:DE")
        await harness.press("slash", "up", "up")
        assert "/ country:NL" in harness.lines[2]
        await harness.press("down")
        assert "/ country:DE" in harness.lines[2]


async def test_orders_of_the_same_customer(tmp_path: Path) -> None:
    address = {"shipping_address__email": "zoe@example.org", "shipping_address__phone_number": ""}
    planted = [
        json.dumps(order(order_number=f"ZOE-{n}", order_id=f"zoe{n}", **address) | {"id": f"9900000{n}"}).encode()
        for n in (1, 2)
    ]
    async with open_app(tmp_path, plant=tuple(planted)) as harness:
        await harness.until("all read")
        await query(harness, "number:ZOE-1")
        await harness.until("1 of 302")
        await harness.press("=")
        await harness.until(lambda: "ZOE-2" in harness.text and "ZOE-1" in harness.text)


async def test_snoozed_and_done_orders_leave_the_work_list(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("v", "f")
        await harness.until("/ is:open is:error")
        await harness.until("all read")
        count = table(harness).row_count
        first = number(harness)
        await harness.press("z", "t")
        await harness.until(f"{first} snoozed until")
        await harness.until(lambda: table(harness).row_count == count - 1)
        assert f"{count - 1} left to fix" in harness.text
        second = number(harness)
        assert second != first
        await harness.press("x")
        await harness.until(lambda: table(harness).row_count == count - 2)
        assert f"{second} set to done on this machine" in harness.text
    async with open_app(tmp_path) as harness:
        await harness.until(lambda: table(harness).row_count == count - 2)
        await query(harness, "is:snoozed or is:done")
        await harness.until("2 of 300")
        assert {line[2] for line in harness.lines[4:6]} == {"z", "x"}
        await query(harness, "")
        await harness.until(f"to fix {count - 2} ")


async def test_flags_of_marked_orders(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("space", "space", ";", "f")
        await harness.until("2 orders flagged on this machine")
        assert not table(harness).marks
        await query(harness, "is:flagged")
        await harness.until("2 of 300")
        assert all("flagged" in line for line in harness.lines[4:6])


async def test_a_private_note_is_shown_and_never_sent(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        key = table(harness).cursor_key
        await harness.press("i")
        await harness.type("called her")
        await harness.press("enter")
        await harness.until("private note: called her")
        assert key is not None
        assert "called her" not in json.dumps(await harness.order(key), default=str)


async def test_seen_orders_are_no_longer_new(tmp_path: Path) -> None:
    async with open_app(tmp_path, ticking=True) as harness:
        await harness.until("all read")
        await harness.press("S")
        await harness.until("All orders are now seen")
        await query(harness, "is:new")
        await harness.until("0 of 300")


async def test_the_number_is_copied_to_the_clipboard_of_the_terminal(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("Y", "n")
        await harness.until("sent to the clipboard")
        assert harness.app.clipboard == number(harness)


async def test_exports_of_the_list_and_of_marked_orders(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await harness.until("300 │ all read")

        async def export(kind: str, name: str) -> Path:
            await harness.press(kind)
            await harness.until("export to:")
            await harness.press("ctrl+u")
            await harness.type(str(tmp_path / name))
            await harness.press("enter")
            await harness.until("exported, readable only by you")
            return tmp_path / name

        await harness.press("X")
        found = list(csv.reader(io.StringIO((await export("c", "a.csv")).read_text("utf-8-sig"))))
        assert len(found) == 301
        assert len({row[0] for row in found}) > 290
        await harness.press("space", "space", ";", "X")
        documents = [json.loads(line) for line in (await export("j", "a.jsonl")).read_text().splitlines()]
        assert len(documents) == 2
        await harness.press(";", "X")
        picked = list(csv.DictReader(io.StringIO((await export("p", "p.csv")).read_text("utf-8-sig"))))
        items = [item for document in documents for item in document["order_details"]["order_items"]]
        assert sum(int(line["quantity"]) for line in picked) == sum(item["quantity"] for item in items)
        # An existing file is never replaced.
        await harness.press("X", "c")
        await harness.until("export to:")
        await harness.press("ctrl+u")
        await harness.type(str(tmp_path / "a.csv"))
        await harness.press("enter")
        await harness.until("The file exists already; nothing was written.")


async def test_one_kind_of_fix_for_all_marked_orders(tmp_path: Path) -> None:
    address = {"shipping_address__address_line_1": "Kerkstraat 12B", "shipping_address__house_number": ""}
    planted = tuple(
        json.dumps(order(order_number=f"FIX-{n}", order_id=f"fix{n}", **address) | {"id": f"9900000{n}"}).encode()
        for n in (1, 2, 3)
    )
    async with open_app(tmp_path, plant=planted) as harness:
        await harness.until("all read")
        await query(harness, "number:FIX-")
        await harness.until("3 of 303")
        await harness.press("space", "space", ";", "m")
        await harness.until("number in street, 2 orders")
        await harness.press("1")
        await harness.until("2 orders: ")
        assert "Kerkstraat" in harness.text
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("y")
        await harness.until("Drafted on 2 orders: number in street. 0 left to fix. u undoes it, w reviews.")
        drafts = harness.app.workspace.account.drafts.all()
        assert len(drafts) == 2
        for draft in drafts:
            found = draft.edit.document["shipping_address"]
            assert (found["address_line_1"], found["house_number"]) == ("Kerkstraat", "12B")
        # Nothing was sent. Both are undone together, and each by itself after the cursor was moved.
        await harness.press("u")
        await harness.until("Undone on 2 orders: number in street.")
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("u")
        await harness.until("Nothing to undo on this order.")
        await harness.press("U")
        await harness.until("Redone on 2 orders: number in street.")
        assert len(harness.app.workspace.account.drafts.all()) == 2
        await harness.press("k", "u")
        await harness.until("Undone: number in street")
        assert len(harness.app.workspace.account.drafts.all()) == 1


async def test_a_weight_is_proposed_from_earlier_orders_of_the_article(tmp_path: Path) -> None:
    weight = {"value": 0.38, "unit": "kg"}
    known = order(order_number="OLD-1", order_id="old1") | {"id": "99000001"}
    known["order_details"]["order_items"][0] |= {"sku": "MUG-9", "measurement": {"weight": weight}}
    lacking = order(order_number="NEW-1", order_id="new1") | {"id": "99000002"}
    lacking["order_details"]["order_items"] = lacking["order_details"]["order_items"][:1]
    lacking["order_details"]["order_items"][0] |= {"sku": "MUG-9", "measurement": None}
    lacking.pop("shipping_details", None)
    async with open_app(tmp_path, plant=(json.dumps(known).encode(), json.dumps(lacking).encode())) as harness:
        await harness.until("all read")
        await query(harness, "number:NEW-1")
        await harness.until("1 of 302")
        await harness.press("m")
        await harness.until("as in 1 earlier order")


async def test_a_status_is_learned_for_its_shop(tmp_path: Path) -> None:
    status = {"order_details__status__code": "ready 4 pick", "order_details__status__message": ""}
    planted = tuple(
        json.dumps(order(order_number=f"PICK-{n}", order_id=f"p{n}", **status) | {"id": f"9900000{n}"}).encode()
        for n in (1, 2)
    )
    async with open_app(tmp_path, plant=planted) as harness:
        await harness.until("all read")
        await query(harness, "number:PICK- is:unknown")
        await harness.until("2 of 302")
        await harness.press("e")
        await harness.until("ready 4 pick is")
        await harness.press("f")
        await harness.until("with the status ready 4 pick were judged again")
        await harness.until("0 of 302")
        await query(harness, "number:PICK- is:finished")
        await harness.until("2 of 302")
    async with open_app(tmp_path, plant=planted) as harness:
        await query(harness, "number:PICK- is:finished")
        await harness.until("2 of 302")


async def test_orders_to_the_same_address_are_named_in_the_preview(tmp_path: Path) -> None:
    planted = tuple(
        json.dumps(order(order_number=f"TWO-{n}", order_id=f"two{n}") | {"id": f"9900000{n}"}).encode() for n in (1, 2)
    )
    async with open_app(tmp_path, plant=planted) as harness:
        await harness.until("all read")
        await query(harness, "number:TWO-1")
        await harness.until("same address: TWO-2")


async def test_marks_by_problem_and_by_query(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("*", "q")
        await harness.until("mark the listed orders that match:")
        await harness.type("country:DE is:open")
        await harness.press("enter")
        await harness.until("marked.")
        marked = len(table(harness).marks)
        await query(harness, "is:marked")
        await harness.until(f"{marked} of 300")
        assert marked > 5
        await harness.press("*", "n")
        await query(harness, "why:no_weight")
        await harness.until(" of 300 │ all read")
        await harness.press("*", "s")
        await harness.until(f"{table(harness).row_count} orders found")
        await harness.press("*", "i")
        assert not table(harness).marks
        await harness.press("*", "q")
        await harness.type("town:Gent")
        await harness.press("enter")
        await harness.until("No mark was changed: There is no field 'town'")


async def test_a_range_is_marked(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        await harness.press("j", "V")
        await harness.until("A range starts here")
        await harness.press("j", "j", "V")
        await harness.until("3 orders marked, 3 in all.")
        assert [line[1] for line in harness.lines[4:9]] == [" ", "+", "+", "+", " "]
        await harness.press("G", "V", "g", "V")
        await harness.until("300 orders marked, 300 in all.")


async def test_a_pasted_list_of_numbers_is_listed_or_marked(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("300 │ all read")
        first = number(harness)
        await harness.press("j")
        second = number(harness)
        harness.app.post_message(Paste(f"{first}\n{second.lower()}\nNL-0000000\n"))
        await harness.until("Pasted 3 numbers")
        await harness.press("m")
        await harness.until("2 orders marked. Not found: NL-0000000.")
        assert len(table(harness).marks) == 2
        harness.app.post_message(Paste(f"{first}\r{second}\r"))
        await harness.until("Pasted 2 numbers")
        await harness.press("l")
        await harness.until("2 of 300 │ all read")
