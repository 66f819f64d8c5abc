"""An address as a block by keys alone: from a pasted mail to a reviewed change, nothing lost and nothing taken unseen."""

import re
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, House, housed
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


async def paste(house: House, text: str) -> None:
    event = events.Paste(text.replace("\n", "\r"))
    event.set_sender(house.app)
    house.app.post_message(event)
    await house._settled()


def row(house: House, label: str) -> str:
    """The line of a field in the proposal."""
    return next((line for line in house.lines if re.search(rf"[> ][-+~ ] {label} ", line)), "")


async def on_order(house: House, **shipping: Any) -> dict[str, Any]:
    """The first order of the list, with this shipping address on the service."""
    await house.until("100+ read")
    order = dict(house.app.screen.order)
    await house.app.workspace.account.client.patch_order(order["id"], {"shipping_address": shipping})
    await house.press("r")
    await house.until("Read again")
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
    async with housed(tmp_path, size=size) as house:
        order = await on_order(house, **OLD)
        await house.press("A")
        await house.until(lambda: isinstance(house.app.screen, AddressScreen))
        await paste(house, MAIL)
        assert re.search("Jan Jansen +Fatma Demir", row(house, "name"))
        assert re.search(" 1 +12 hs", row(house, "house number"))
        assert re.search("3 hoog +· empty · +clear", row(house, "line 2"))
        await house.press("enter")
        await house.until("Drafted: address from a block")
        assert isinstance(house.app.screen, TriageScreen)
        assert (await house.order(order["id"]))["shipping_address"]["name"] == "Jan Jansen"
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "Jan Jansen" in house.line_with("Fatma Demir")
        await house.press("y")
        await house.until(lambda: house.app.workspace.account.drafts.all() == [])
        sent = (await house.order(order["id"]))["shipping_address"]
        assert {key: sent[key] for key in FATMA} == FATMA
        assert (sent["company_name"], sent["address_line_2"]) == ("", "")


async def test_field_can_be_excluded_and_billing_copied_with_one_key(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await on_order(house, **OLD)
        await house.app.workspace.account.client.patch_order(order["id"], {"billing_address": OLD})
        await house.press("r")
        await house.until("Read again")
        await house.press("A")
        await paste(house, MAIL)
        await house.press("space", "b")
        assert "left out" in row(house, "name")
        assert "billing too: YES" in house.text
        await house.press("enter")
        await house.until("Drafted")
        (draft,) = house.app.workspace.account.drafts.all()
        document = draft.edit.document
        for place in ("shipping_address", "billing_address"):
            address = document[place]
            assert isinstance(address, dict)
            assert {key: address[key] for key in FATMA} == FATMA | {"name": "Jan Jansen"}
        await house.press("u")
        assert house.app.workspace.account.drafts.all() == []


async def test_house_number_is_split_only_on_request(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD | {"house_number": "", "address_line_1": "Kerkstraat 1"})
        await house.press("A")
        await paste(house, MAIL)
        assert "Prinses Beatrixlaan 12 hs" in row(house, "street")
        assert row(house, "house number") == ""
        await house.press("s")
        assert "12 hs" in row(house, "house number")
        await house.press("s", "enter")
        await house.until("Drafted")
        (draft,) = house.app.workspace.account.drafts.all()
        address = draft.edit.document["shipping_address"]
        assert isinstance(address, dict)
        assert (address["address_line_1"], address["house_number"]) == ("Prinses Beatrixlaan 12 hs", "")


async def test_typed_address_survives_a_restart_until_applied(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        await on_order(house, **OLD)
        await house.press("A")
        await house.type("Fatma Demir\rPrinses Beatr")
        await house.until("Prinses Beatr")
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("100+ read")
        await house.press("A")
        await house.until("kept from before")
        assert "Prinses Beatr" in house.text
        await house.press("escape", "A")
        await house.until("kept from before")
        await paste(house, MAIL)
        screen = house.app.screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == MAIL
        await house.press("enter")
        await house.until("Drafted")
        await house.press("A")
        assert "Paste or type the address here" in house.text
    box.close()


async def test_keys_are_text_until_tab_and_an_early_enter_applies_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await house.press("A")
        for letter in "Fatma Demir\nbes street 5\n2595 BM Den Haag":
            await house.type(letter) if letter != "\n" else await house.press("enter")
        screen = house.app.screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == "Fatma Demir\nbes street 5\n2595 BM Den Haag"
        assert "Tab, then Enter makes a draft of it" in house.text
        await house.press("tab")
        assert "; Enter makes a draft of it" in house.text
        early = events.Key("enter", "\r")
        early.set_sender(house.app)
        # A key that follows a Tab more quickly than a hand can type is part of a paste.
        early.time += 1
        screen.list_view.painted_at = early.time + 60
        house.app.post_message(early)
        await house._settled()
        assert house.app.screen is screen
        assert "once more takes it" in house.text
        screen.list_view.painted_at = early.time - 1
        await house.press("enter")
        await house.until("Drafted")


async def test_paste_sent_as_keys_with_tabs_applies_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await house.press("A")
        screen = house.app.screen
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
            key.set_sender(house.app)
            house.app.post_message(key)
        await house._settled()
        assert house.app.screen is screen
        assert isinstance(screen, AddressScreen)
        assert screen.box.text == "N\tbo\t\nQ"
        assert house.app.workspace.account.drafts.all() == []


async def test_hostile_text_is_shown_safely_and_unused_text_is_listed(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await house.press("A")
        await paste(house, "\x1b[2J\x1b[31mEvil [bold]Name[/]\x07\nKerkstraat 12\n1012 AB Amsterdam\n\nDigicode 99\x00")
        assert "\x1b" not in house.text
        assert "Evil [bold]Name[/]" in row(house, "name")
        assert "not placed: Digicode 99" in house.text
        await paste(house, "Jan ␛ Jansen\nKerkstraat 12\n1012 AB Amsterdam")
        await house.press("g")
        assert "Jan" in row(house, "name")
        await house.press("enter")
        await house.until("Drafted")
        (draft,) = house.app.workspace.account.drafts.all()
        assert "␛" not in str(draft.edit.document)


async def test_pasted_lines_are_offered_as_an_address(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await paste(house, MAIL)
        assert "read as address" in house.text
        await house.press("a")
        await house.until("Fatma Demir")
        await house.press("escape", "enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
        await paste(house, MAIL)
        await house.press("a")
        await house.until(lambda: isinstance(house.app.screen, AddressScreen))
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        assert "was Jan Jansen" in house.line_with("Fatma Demir")
        await house.press("u")
        assert "Undone: address from a block" in house.text


async def test_billing_address_is_read_at_the_cursor(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
        await house.press("2", "A")
        await house.until("billing address from a text")
        await paste(house, MAIL)
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        (draft,) = house.app.workspace.account.drafts.all()
        assert {change.pointer.tokens[0] for change in draft.edit.changes()} == {"billing_address"}


async def test_staged_order_accepts_an_address(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await on_order(house, **OLD)
        await house.press("a", "c")
        await house.until("staged")
        await house.press("B")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        await house.press("A")
        assert "works in the form" in house.text
        await house.press("enter", "A")
        await house.until(lambda: isinstance(house.app.screen, AddressScreen))
        await paste(house, MAIL)
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        (order,) = house.app.workspace.staging.orders
        address = order.document["shipping_address"]
        assert isinstance(address, dict)
        assert {key: address[key] for key in FATMA} == FATMA
        await house.press("u")
        assert "Undone: address from a block" in house.text
