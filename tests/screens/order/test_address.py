"""The address screen by keys alone: from pasted text to a reviewed change; nothing is lost or applied unseen."""

import re
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, AppHarness, open_app
from textual import events

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.composer.screen import ComposerScreen
from tui.screens.edit.screen import EditScreen
from tui.screens.order.address import AddressScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen

MAIL = "Hallo,\n\nMijn nieuwe adres is:\n\nFatma Demir\nPrinses Beatrixlaan 12 hs\n2595 BM Den Haag\nNederland\n\nGroetjes, Fatma"
FATMA = {
    "name": "Fatma Demir",
    "address_line_1": "Prinses Beatrixlaan",
    "house_number": "12 hs",
    "postal_code": "2595 BM",
    "city": "Den Haag",
    "country_code": "NL",
}


async def paste(harness: AppHarness, text: str) -> None:
    event = events.Paste(text.replace("\n", "\r"))
    event.set_sender(harness.app)
    harness.app.post_message(event)
    await harness._settled()


def row(harness: AppHarness, label: str) -> str:
    """Return the line of a field in the proposal."""
    return next((line for line in harness.lines if re.search(rf"[> ][-+~ ] {label} ", line)), "")


async def on_order(harness: AppHarness, **shipping: Any) -> dict[str, Any]:
    """Give the first order of the list this shipping address on the service."""
    await harness.until("all read")
    order = dict(harness.app.screen.order)
    await harness.app.workspace.account.client.patch_order(order["id"], {"shipping_address": shipping})
    await harness.press("r")
    await harness.until("Refreshed")
    return order


OLD = {
    "name": "Jan Jansen",
    "company_name": "Oud BV",
    "address_line_1": "Kerkstraat",
    "house_number": "1",
    "address_line_2": "3 hoog",
    "postal_code": "1012 AB",
    "city": "Amsterdam",
    "country_code": "NL",
}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_pasted_mail_becomes_a_reviewed_change_in_six_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        order = await on_order(harness, **OLD)
        await harness.press("A")
        await harness.until(lambda: isinstance(harness.app.screen, AddressScreen))
        await paste(harness, MAIL)
        assert re.search("Jan Jansen +Fatma Demir", row(harness, "name"))
        assert re.search(" 1 +12 hs", row(harness, "house number"))
        assert re.search("3 hoog +· empty · +clear", row(harness, "line 2"))
        await harness.press("enter")
        await harness.until("Drafted: address from text")
        assert isinstance(harness.app.screen, TriageScreen)
        assert (await harness.order(order["id"]))["shipping_address"]["name"] == "Jan Jansen"
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "Jan Jansen" in harness.line_with("Fatma Demir")
        await harness.press("y")
        await harness.until(lambda: harness.app.workspace.account.drafts.all() == [])
        sent = (await harness.order(order["id"]))["shipping_address"]
        assert {key: sent[key] for key in FATMA} == FATMA
        assert (sent["company_name"], sent["address_line_2"]) == ("", "")


async def test_field_can_be_excluded_and_billing_copied_with_one_key(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await on_order(harness, **OLD)
        await harness.app.workspace.account.client.patch_order(order["id"], {"billing_address": OLD})
        await harness.press("r")
        await harness.until("Refreshed")
        await harness.press("A")
        await paste(harness, MAIL)
        await harness.press("space", "b")
        assert "excluded" in row(harness, "name")
        assert "billing too: YES" in harness.text
        await harness.press("enter")
        await harness.until("Drafted")
        (draft,) = harness.app.workspace.account.drafts.all()
        document = draft.edit.document
        for place in ("shipping_address", "billing_address"):
            address = document[place]
            assert isinstance(address, dict)
            assert {key: address[key] for key in FATMA} == FATMA | {"name": "Jan Jansen"}
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []


async def test_house_number_is_split_only_on_request(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD | {"house_number": "", "address_line_1": "Kerkstraat 1"})
        await harness.press("A")
        await paste(harness, MAIL)
        assert "Prinses Beatrixlaan 12 hs" in row(harness, "street")
        assert row(harness, "house number") == ""
        await harness.press("s")
        assert "12 hs" in row(harness, "house number")
        await harness.press("s", "enter")
        await harness.until("Drafted")
        (draft,) = harness.app.workspace.account.drafts.all()
        address = draft.edit.document["shipping_address"]
        assert isinstance(address, dict)
        assert (address["address_line_1"], address["house_number"]) == ("Prinses Beatrixlaan 12 hs", "")


async def test_typed_address_survives_a_restart_until_applied(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await on_order(harness, **OLD)
        await harness.press("A")
        await harness.type("Fatma Demir\rPrinses Beatr")
        await harness.until("Prinses Beatr")
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("all read")
        await harness.press("A")
        await harness.until("Text from before")
        assert "Prinses Beatr" in harness.text
        await harness.press("escape", "A")
        await harness.until("Text from before")
        await paste(harness, MAIL)
        screen = harness.app.screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == MAIL
        await harness.press("enter")
        await harness.until("Drafted")
        await harness.press("A")
        assert "Paste or type the address here" in harness.text
    box.close()


async def test_keys_are_text_until_tab_and_an_early_enter_applies_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await harness.press("A")
        for letter in "Fatma Demir\nbes street 5\n2595 BM Den Haag":
            await harness.type(letter) if letter != "\n" else await harness.press("enter")
        screen = harness.app.screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == "Fatma Demir\nbes street 5\n2595 BM Den Haag"
        assert "Tab, then Enter makes a draft" in harness.text
        await harness.press("tab")
        assert "; Enter makes a draft" in harness.text
        early = events.Key("enter", "\r")
        early.set_sender(harness.app)
        # A key that follows a Tab faster than anyone can type is part of a paste.
        early.time += 1
        screen.list_view.painted_at = early.time + 60
        harness.app.post_message(early)
        await harness._settled()
        assert harness.app.screen is screen
        assert "press it again to accept" in harness.text
        screen.list_view.painted_at = early.time - 1
        await harness.press("enter")
        await harness.until("Drafted")


async def test_paste_sent_as_keys_with_tabs_applies_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await harness.press("A")
        screen = harness.app.screen
        at = events.Key("tab", "\t").time
        for name, letter in [
            ("N", "N"),
            ("tab", "\t"),
            ("b", "b"),
            ("o", "o"),
            ("tab", "\t"),
            ("enter", "\r"),
            ("Q", "Q"),
        ]:
            key = events.Key(name, letter)
            key.time = at
            key.set_sender(harness.app)
            harness.app.post_message(key)
        await harness._settled()
        assert harness.app.screen is screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == "N\tbo\t\nQ"
        assert harness.app.workspace.account.drafts.all() == []


async def test_hostile_text_is_shown_safely_and_unused_text_is_listed(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await harness.press("A")
        await paste(
            harness, "\x1b[2J\x1b[31mEvil [bold]Name[/]\x07\nKerkstraat 12\n1012 AB Amsterdam\n\nDigicode 99\x00"
        )
        assert "\x1b" not in harness.text
        assert "Evil [bold]Name[/]" in row(harness, "name")
        assert "not recognized: Digicode 99" in harness.text
        await paste(harness, "Jan ␛ Jansen\nKerkstraat 12\n1012 AB Amsterdam")
        await harness.press("g")
        assert "Jan" in row(harness, "name")
        await harness.press("enter")
        await harness.until("Drafted")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert "␛" not in str(draft.edit.document)


async def test_pasted_lines_are_offered_as_an_address(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await paste(harness, MAIL)
        assert "read as address" in harness.text
        await harness.press("a")
        await harness.until("Fatma Demir")
        await harness.press("escape", "enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await paste(harness, MAIL)
        await harness.press("a")
        await harness.until(lambda: isinstance(harness.app.screen, AddressScreen))
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        assert "was Jan Jansen" in harness.line_with("Fatma Demir")
        await harness.press("u")
        assert "Undone: address from text" in harness.text


async def test_billing_address_is_read_at_the_cursor(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await harness.press("2", "A")
        await harness.until("billing address from text")
        await paste(harness, MAIL)
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        (draft,) = harness.app.workspace.account.drafts.all()
        assert {change.pointer.tokens[0] for change in draft.edit.changes()} == {"billing_address"}


async def test_staged_order_accepts_an_address(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await on_order(harness, **OLD)
        await harness.press("a", "c")
        await harness.until("staged")
        await harness.press("B")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.press("A")
        assert "works in the form" in harness.text
        await harness.press("enter", "A")
        await harness.until(lambda: isinstance(harness.app.screen, AddressScreen))
        await paste(harness, MAIL)
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        (order,) = harness.app.workspace.staging.orders
        address = order.document["shipping_address"]
        assert isinstance(address, dict)
        assert {key: address[key] for key in FATMA} == FATMA
        await harness.press("u")
        assert "Undone: address from text" in harness.text
