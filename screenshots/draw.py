"""Draws the pictures of this folder from the seeded sandbox at a fixed time: `python screenshots/draw.py`.

Needs the test extra. The test that compares them with the app of today is tests/screens/test_pictures.py.
"""

import asyncio
import html
import json
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

os.environ["TZ"] = "UTC"
FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parent / "tests")]

from app_harness import AppHarness, open_app  # noqa: E402
from batch_harness import add_json  # noqa: E402

from tui.widgets.editing.multiline_input import MultilineInput  # noqa: E402

SIZES = ((80, 24), (120, 40))

_MAIL = """Goedemiddag, graag sturen naar

Jeroen Maes
Kerkstraat 12 B
9000 Gent
België
"""


async def triage(harness: AppHarness) -> None:
    await harness.press("n")
    # The order is compared with the others a moment after the cursor rests.
    await harness.until("same address")
    await harness.until("(asked ")


async def edit(harness: AppHarness) -> None:
    await harness.press("n", "enter")
    await harness.until("Ship to")
    await harness.until("read 09:30")
    await harness.press("enter", "ctrl+e", "ctrl+u")
    await harness.type("Jeroen Maes")
    await harness.press("enter", "j", "enter", "ctrl+e")
    await harness.type(" 12B")


async def review(harness: AppHarness) -> None:
    await edit(harness)
    await harness.press("enter", "w")
    await harness.until("will be written")


async def conflict(harness: AppHarness) -> None:
    await harness.press("n", "enter")
    await harness.until("Ship to")
    await harness.until("read 09:30")
    await harness.press("enter", "ctrl+e", "ctrl+u")
    await harness.type("Jeroen Maes")
    await harness.press("enter", "j", "j", "enter", "ctrl+e", "ctrl+u")
    await harness.type("12B")
    await harness.press("enter")
    id = harness.app.screen.order_here  # type: ignore[attr-defined]
    await harness.app.workspace.account.client.patch_order(
        id, {"shipping_address": {"name": "J. Maes", "city": "Gentbrugge"}}
    )
    await harness.press("r")
    await harness.until("mine, t theirs")
    await harness.press("1", "c")


async def staged(harness: AppHarness) -> None:
    """Five orders in the composer, one of them with a mistake."""
    price = {"value": 12.5, "currency": "EUR"}
    for number in range(1, 6):
        order: dict[str, Any] = {
            "order_id": f"BO-{1000 + number}",
            "order_number": f"BO-{1000 + number}",
            "order_details": {
                "integration": {"id": 7},
                "status": {"code": "unshipped"},
                "order_created_at": "2026-11-23T08:00:00Z",
                "order_items": [{"name": "Mug, blue", "quantity": number - 3 or 1, "total_price": price}],
            },
            "payment_details": {"total_price": price, "status": {"code": "paid"}},
            "shipping_address": {
                "name": ("Uwe Lange", "Chiara Bassi", "Noé Girard", "Petra Vogt", "Zofia Nowak")[number - 1],
                "address_line_1": "Kerkstraat",
                "house_number": str(number),
                "postal_code": "5341 XT",
                "city": "Oss",
                "country_code": "NL" if number != 4 else "Netherlands",
            },
            "shipping_details": {"measurement": {"weight": {"value": 1, "unit": "kg"}}},
        }
        add_json(harness.app.workspace.staging, json.dumps(order))
    await harness.press("B")
    await harness.until("BO-1005")
    await harness.until(lambda: not harness.app.workspace.staging.is_refreshing)


async def composer(harness: AppHarness) -> None:
    await staged(harness)
    await harness.press("g")


async def sheet(harness: AppHarness) -> None:
    await staged(harness)
    await harness.press("g", "n", "enter")
    await harness.until("Ship to")
    await harness.press("n")
    await harness.until("-2n")


async def sending(harness: AppHarness) -> None:
    await staged(harness)
    await harness.press("w")
    await harness.until("will be written")


async def verified(harness: AppHarness) -> None:
    await sending(harness)
    await harness.press("y")
    await harness.until("accepted")
    account = harness.app.workspace.account

    async def seen() -> bool:
        # The clock of the pictures stands still, so the next read is never due.
        for verification in account.verifier.pending:
            account.store.verifications.record_attempt(verification.id, attempts=0, due=harness.app.workspace.now())
        await account.verifier.check_due()
        return not account.verifier.pending

    while not await seen():  # noqa: ASYNC110 - a picture looks from outside
        await asyncio.sleep(0.05)
    await harness.until(lambda: harness.text.count("= BO-100") == 3)
    await harness.press("g")


async def mapping(harness: AppHarness) -> None:
    table = (
        "Order number;Customer name;Street;House number;Postal code;City;Country;Product name;Quantity;Price;Remark\n"
        "1001;Anna Müller;Hauptstraße;12;1067;Dresden;Germany;Mug, blue;2;12,50;\n"
        "1002;Jan de Vries;Kerkstraat;5B;1012 AB;Amsterdam;Netherlands;Bowl;x;9,95;ring twice\n"
        "1002;Jan de Vries;Kerkstraat;5B;1012 AB;Amsterdam;Netherlands;Plate;1;7,00;\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backorders.csv"
        path.write_text(table, encoding="utf-8")
        await harness.press("B")
        await harness.until("Nothing is staged")
        await harness.press("a", "f")
        await harness.type(str(path))
        await harness.press("enter")
        await harness.until("backorders.csv")
        await harness.until("Anna M")


async def bulk(harness: AppHarness) -> None:
    await harness.press("*", "p", ";", "c")
    await harness.type("order_details/status/code")
    await harness.press("enter")
    await harness.type("on_hold")
    await harness.press("enter", "t")
    await harness.type("hold")
    await harness.press("tab", "tab", "tab", "j", "space")
    await harness.until("held 1")


async def journal(harness: AppHarness) -> None:
    for name in ("Jeroen Maes", "Fatma Demir"):
        await harness.press("n", "enter")
        await harness.until("Ship to")
        await harness.until("read 09:30")
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type(name)
        await harness.press("enter", "w")
        await harness.until("will be written")
        await harness.press("y")
        await harness.until("verified")
        await harness.press("q")
    store = harness.app.workspace.account.store
    # Who and where it was drawn is no matter of the picture.
    store._database.write(lambda c: c.execute("UPDATE session SET user = 'ann', host = 'desk'"))
    await harness.press("L")
    await harness.until("done 2")
    await harness.press("g")


async def keys(harness: AppHarness) -> None:
    await harness.press("question_mark")


async def as_json(harness: AppHarness) -> None:
    await harness.press("n", "enter")
    await harness.until("read 09:30")
    await harness.press("E")
    await harness.until("line 1 of")
    await harness.press(*["j"] * 12, "enter", "end", "backspace", "escape")
    await harness.until("invalid JSON")


async def to_fix(harness: AppHarness) -> None:
    await harness.press("v", "f")
    await harness.until("/ is:open is:error")
    await harness.until("all read 09:30")


async def views(harness: AppHarness) -> None:
    await harness.press("v")
    await harness.until("snoozed")
    await harness.until(lambda: "…" not in harness.text)


async def facets(harness: AppHarness) -> None:
    await to_fix(harness)
    await harness.press("F")
    await harness.until("█")


async def fixes(harness: AppHarness) -> None:
    await harness.press("slash")
    await harness.type("is:open why:street_number")
    await harness.press("enter")
    await harness.until(" of 300 │ all read")
    await harness.until("(asked ")
    await harness.press("*", "a", ";", "m")
    await harness.until("number in street, 6 orders")
    await harness.press("1")
    await harness.until("draft it")


async def completion(harness: AppHarness) -> None:
    await to_fix(harness)
    await harness.until("(asked ")
    await harness.until(" m: ")
    await harness.press("slash", "end")
    await harness.type(" country:")
    await harness.press("tab")


async def shops(harness: AppHarness) -> None:
    await harness.press("I")
    await harness.until("FAILING")


async def address(harness: AppHarness) -> None:
    await harness.press("n", "A")
    await harness.until("Paste or type")
    harness.app.screen.pasted(_MAIL)
    await harness.until("6 of 6 included")
    await harness.pilot.pause()
    # Whether the pasted text has scrolled depends on which pane was laid out first.
    harness.app.screen.query_one(MultilineInput).set_top(0)


SCENES: dict[str, Callable[[AppHarness], Awaitable[None]]] = {
    "triage": triage,
    "views": views,
    "facets": facets,
    "fixes": fixes,
    "completion": completion,
    "shops": shops,
    "edit": edit,
    "json": as_json,
    "address": address,
    "review": review,
    "conflict": conflict,
    "composer": composer,
    "sheet": sheet,
    "sending": sending,
    "verified": verified,
    "mapping": mapping,
    "bulk": bulk,
    "journal": journal,
    "help": keys,
}


async def draw(name: str, size: tuple[int, int]) -> str:
    """One picture as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_app(Path(folder), size=size, orders=300, seed=1) as harness:
            await harness.until("all read")
            await harness.until("Amazon")
            # The views are counted a moment after everything was read.
            await harness.until(lambda: harness.app.screen._views.counts.get("0") == 300)  # type: ignore[attr-defined]
            await SCENES[name](harness)
            await harness.pilot.pause()
            return harness.app.export_screenshot(title="Sendcloud Orders")


def path_of(name: str, size: tuple[int, int]) -> Path:
    return FOLDER / f"{name}-{size[0]}x{size[1]}.svg"


def words_of(svg: str) -> list[str]:
    """The texts of a picture, line by line."""
    lines: dict[int, str] = {}
    for line, text in re.findall(r'clip-path="url\(#[\w-]+line-(\d+)\)">([^<]*)</text>', svg):
        lines[int(line)] = lines.get(int(line), "") + html.unescape(text).replace("\xa0", " ")
    return [lines[line].strip() for line in sorted(lines)]


async def main() -> None:
    for name in SCENES:
        for size in SIZES:
            path_of(name, size).write_text(await draw(name, size), encoding="utf-8")
            print(path_of(name, size).name)


if __name__ == "__main__":
    asyncio.run(main())
