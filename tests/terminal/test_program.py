"""The program as a user runs it: on a terminal, over HTTP, killed, hung up, interrupted and resized."""

import json
import signal
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import ALLOWED, ISOLATES, Start, Terminal, tokens
from sandbox_harness import order
from watched_service import Service, serve_sandbox

from tui.sandbox.app import SandboxSettings

FIRST = "90000003"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12).isoformat()

HOSTILE = (
    "\x1b]52;c;aGk=\x07\x1b[2J\x1b[8;77m\x9b3J\x9d0;t\x9c\x1bPq\x1b\\\x00\x7f\r\n\u202edcba\u200b[@click=app.quit]x[/]"
)


def planted(number: int, **changes: Any) -> bytes:
    """An order with a unique name, listed above all seeded orders."""
    own_keys = {
        "id": str(90000000 + number),
        "order_id": f"own-{number}",
        "order_number": f"T-{number}",
        "order_details__order_created_at": YESTERDAY,
        "shipping_address__name": f"Person {number}",
    }
    return json.dumps(order(**own_keys | changes)).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    hostile = order(
        id="90000001",
        order_id="own-1",
        order_number=f"T-1{HOSTILE}",
        order_details__notes=HOSTILE,
        order_details__tags=[HOSTILE],
        order_details__status={"code": HOSTILE, "message": HOSTILE},
        order_details__order_items=[{"name": HOSTILE, "quantity": 1, "total_price": {"value": 1, "currency": HOSTILE}}],
        customer_details={"name": HOSTILE, "phone_number": HOSTILE},
        shipping_address=dict.fromkeys(ADDRESS, HOSTILE),
        **{HOSTILE: HOSTILE},
    )
    orders = (json.dumps(hostile).encode(), planted(2), planted(3))
    with serve_sandbox(SandboxSettings(orders=300, settle=0.2, plant=orders)) as service:
        yield service


def change_street(terminal: Terminal, text: str) -> None:
    """Open the order under the cursor of the list, and type something after its street."""
    terminal.press("enter")
    terminal.wait("1 Ship to")
    terminal.press("j", "j", "enter")
    terminal.wait("[Lansdown Glade")
    terminal.type(text)
    terminal.press("enter")
    terminal.wait("was Lansdown Glade")


ADDRESS = ("name", "company_name", "address_line_1", "house_number", "postal_code", "city", "country_code")


def review_and_send(terminal: Terminal) -> None:
    """From the form or the list, review the request bodies and send."""
    terminal.press("w")
    terminal.wait("1 order will be written")
    terminal.press("v")
    terminal.wait("PATCH /orders/")
    terminal.press("y")


def is_restored(terminal: Terminal) -> bool:
    """Return whether the terminal's settings and modes are restored."""
    modes = terminal.private_modes()
    on = {number for number, is_on in modes.items() if is_on}
    pushed = sum(token.data.startswith(b"\x1b[>") and token.data.endswith(b"u") for token in tokens(terminal.stream))
    popped = sum(token.data == b"\x1b[<u" for token in tokens(terminal.stream))
    return terminal.modes_now() == terminal.modes_before and on <= {7, 25} and modes[25] and pushed == popped


def test_starts_reads_all_orders_and_restores_the_terminal(start: Start) -> None:
    terminal = start()
    assert terminal.line_with("T-3").startswith(">")
    terminal.press("G")
    terminal.wait("303 │ all read")
    assert {1049, 2004, 25} <= terminal.private_modes().keys()
    terminal.press("Q")
    assert terminal.ended() == 0
    assert is_restored(terminal)


def test_everything_typed_survives_a_kill(start: Start) -> None:
    terminal = start()
    terminal.press("6")
    terminal.wait("NL-")
    terminal.type("/person\r")
    terminal.wait(lambda t: "person" in t.lines[2] and "2 of" in t.lines[2])
    terminal.press("space")
    terminal.wait("1 marked")
    terminal.press("enter")
    terminal.wait("1 Ship to")
    terminal.press("j", "j", "enter")
    terminal.wait("[Lansdown Glade")
    terminal.type(" XII")
    terminal.wait("[Lansdown Glade XII")
    terminal.kill()

    terminal = start(ready="The text typed in")
    terminal.wait(lambda t: "T-2" in t.lines[0] and t.line_with("Lansdown Glade").startswith(">"))
    terminal.press("enter")
    terminal.wait("[Lansdown Glade XII")
    terminal.press("enter")
    terminal.wait("was Lansdown Glade")
    terminal.kill()

    terminal = start(ready="was Lansdown Glade")
    terminal.press("q")
    terminal.wait(lambda t: "1 draft" in t.text and t.line_with("T-2").startswith(">"))
    assert "/ person" in terminal.text
    assert "2 of" in terminal.text
    assert "1 marked" in terminal.text
    assert terminal.line_with("T-3").startswith(" +")
    assert "draft" in terminal.line_with("T-2")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_signals_exit_cleanly(start: Start, number: signal.Signals) -> None:
    terminal = start()
    change_street(terminal, "x")
    terminal.press("enter")
    terminal.wait("[15")
    terminal.type("0")
    terminal.wait("[150")
    terminal.send_signal(number)
    assert terminal.ended() == 128 + number
    assert is_restored(terminal)

    terminal = start(ready="The text typed in")
    terminal.wait(lambda t: t.line_with("house number").startswith(">"))
    assert "Lansdown Gladex" in terminal.line_with("was Lansdown Glade")
    terminal.press("enter")
    terminal.wait("[150")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_closing_terminal_that_also_continues_the_process_ends_it(start: Start, number: signal.Signals) -> None:
    terminal = start()
    for _ in range(3):
        terminal.send_signal(signal.SIGCONT)
        terminal.press("j")
    terminal.send_signal(number)
    terminal.send_signal(signal.SIGCONT)
    assert terminal.ended() == 128 + number


def test_reviewed_changes_are_sent_and_verified(start: Start, service: Service) -> None:
    terminal = start()
    change_street(terminal, " 9")
    assert not service.writes()
    review_and_send(terminal)
    terminal.wait("verified")
    assert service.order(FIRST)["shipping_address"]["address_line_1"] == "Lansdown Glade 9"
    assert service.writes() == [("PATCH", f"/orders/{FIRST}")]
    terminal.press("q")
    terminal.wait("0 drafts")
    assert "verified" in terminal.line_with("T-3")


@pytest.mark.parametrize("fault", ["lost", "cut", "error_after"])
def test_lost_answer_is_verified_and_the_order_changed_once(start: Start, service: Service, fault: str) -> None:
    terminal = start()
    change_street(terminal, " 9")
    service.set_faults(rules=[{"fault": fault, "times": 1, "method": "PATCH"}])
    review_and_send(terminal)
    terminal.wait("verified")
    assert service.order(FIRST)["shipping_address"]["address_line_1"] == "Lansdown Glade 9"
    assert service.writes() == [("PATCH", f"/orders/{FIRST}")]


def test_killed_before_the_answer_it_looks_the_order_up_after_restart(start: Start, service: Service) -> None:
    terminal = start()
    change_street(terminal, " 9")
    service.watched.held_method = "PATCH"
    review_and_send(terminal)
    service.until(lambda: service.order(FIRST)["shipping_address"]["address_line_1"] == "Lansdown Glade 9")
    terminal.kill()

    terminal = start(ready="1 Ship to")
    service.watched.held_method = None
    terminal.wait("verified")
    assert service.order(FIRST)["shipping_address"]["address_line_1"] == "Lansdown Glade 9"
    assert service.writes() == [("PATCH", f"/orders/{FIRST}")]
    terminal.press("q")
    terminal.wait("0 drafts")
    assert "verified" in terminal.line_with("T-3")


def test_untrusted_text_sends_no_control_characters(start: Start) -> None:
    terminal = start()
    terminal.press("j", "j")
    terminal.wait(lambda t: t.line_with("T-1").startswith(">"))
    terminal.press("tab", "pagedown", "tab", "p")
    terminal.wait("As read from the service")
    terminal.press("pagedown", "pagedown", "q", "enter")
    terminal.wait("1 Ship to")
    terminal.press("v")
    for _ in range(14):
        terminal.press("pagedown")
    terminal.press("g", "j", "enter")
    terminal.wait("Esc close")
    terminal.type("x")
    terminal.press("tab", "escape")
    terminal.wait("Enter edit")
    terminal.press("w")
    terminal.wait("REVIEW")
    terminal.press("v", "v", "n", "T")
    terminal.wait("/user/auth/metadata")
    terminal.press("enter")
    terminal.wait_until_quiet(0.2)
    terminal.press("q", "q", "q", "D")
    terminal.wait("Delete")
    terminal.press("escape")
    terminal.wait(lambda t: "Esc cancel" not in t.text)
    terminal.press("Q")
    assert terminal.ended() == 0
    for token in tokens(terminal.stream):
        if token.kind == "text":
            # Right-to-left words are isolated.
            odd = [
                char for char in token.data.decode() if unicodedata.category(char)[0] == "C" and char not in ISOLATES
            ]
            assert not odd, token
        else:
            assert ALLOWED.fullmatch(token.data), token
            assert token.data != b"\x1b[8;77m"


def test_type_ahead_answers_no_question(start: Start, service: Service) -> None:
    terminal = start()
    change_street(terminal, " 9")
    terminal.type("wy")
    terminal.wait("1 order will be written")
    terminal.type("v")
    terminal.wait(f"PATCH /orders/{FIRST}")
    assert not service.writes()
    terminal.type("y")
    terminal.wait("verified")
    assert len(service.writes()) == 1


def test_split_escape_sequence_runs_no_command(start: Start, service: Service) -> None:
    terminal = start(ESCDELAY="1")
    terminal.press("enter")
    terminal.wait("1 Ship to")
    terminal.wait("Enter edit")
    terminal.write(b"\x1b")
    terminal.wait("0 drafts")
    terminal.write(b"[D")
    terminal.press("j")
    terminal.wait(lambda t: t.line_with("T-2").startswith(">"))
    assert "Delete" not in terminal.text
    terminal.press("D")
    terminal.wait("Delete")


def test_sequence_split_anywhere_runs_no_command(start: Start) -> None:
    terminal = start(ESCDELAY="1")
    for parts in (
        (b"\x1b[", b"D"),
        (b"\x1b", b"[", b"B"),
        (b"\x1bO", b"D"),
        (b"\x1b[1", b";5D"),
        (b"\x1b[<0;5;5", b"M"),
        (b"\x1b[200", b"~wDB\x1b[201~"),
    ):
        for part in parts:
            terminal.write(part)
            terminal.wait_until_quiet(0.1)
        assert "Delete" not in terminal.text, parts
        assert "composer" not in terminal.text, parts
        terminal.wait_until_quiet(0.3)
        if "Pasted: wDB" in terminal.text:
            # Both halves arrived so quickly that they were one paste after all; its question runs no command either.
            assert parts[0] == b"\x1b[200"
            terminal.press("escape")
            terminal.wait(lambda t: "Pasted" not in t.text)
            terminal.wait_until_quiet(0.1)
        terminal.press("D")
        terminal.wait("Delete ")
        terminal.press("escape")
        terminal.wait(lambda t: "Delete" not in t.text)


def test_escape_followed_closely_by_a_letter_is_not_that_letter(start: Start, service: Service) -> None:
    terminal = start(ESCDELAY="1000")
    change_street(terminal, " 9")
    terminal.press("w")
    terminal.wait("1 order will be written")
    terminal.press("v")
    terminal.wait("PATCH /orders/")
    terminal.write(b"\x1by")
    terminal.wait("1 Ship to")
    terminal.press("q")
    terminal.wait("1 draft")
    assert not service.writes()


def test_paste_on_the_list_runs_no_command(start: Start, service: Service) -> None:
    terminal = start()
    change_street(terminal, " 9")
    terminal.press("q")
    terminal.wait("1 draft")
    for text in ("wyD\nQ\x1b[AD", "Q", "T-2"):
        terminal.paste(text)
        terminal.wait("aste")
        terminal.press("escape")
        terminal.wait(lambda t: "Esc cancel" not in t.text)
        terminal.press("j")
        terminal.wait(lambda t: t.line_with("T-2").startswith(">"))
        assert not service.writes(), text
        terminal.press("k")
        terminal.wait(lambda t: t.line_with("T-3").startswith(">"))


def test_every_terminal_size_works(start: Start) -> None:
    terminal = start()
    for columns, rows, text in ((20, 5, " 0 all"), (160, 45, "status       cc"), (80, 24, "? keys")):
        terminal.resize(columns, rows)
        terminal.wait(text)
        terminal.press("j", "k")
    terminal.wait(lambda t: t.line_with("T-3").startswith(">") and len(t.lines) == 24)
    terminal.press("Q")
    assert terminal.ended() == 0


def prompted(terminal: Terminal) -> bool:
    """Return whether the shell has the terminal again and shows its prompt."""
    _, restored, after = terminal.stream.rpartition(b"\x1b[?1049l")
    return bool(restored) and b"shell>" in after and b"\x1b[?1049h" not in after


def test_suspending_gives_the_terminal_back_to_the_shell(service: Service, tmp_path: Path) -> None:
    folders = {"HOME": str(tmp_path), "SENDCLOUD_ORDERS_DATA": str(tmp_path / "data")}
    keys = {"SENDCLOUD_PUBLIC_KEY": "demo", "SENDCLOUD_SECRET_KEY": "demo", "PS1": "shell> ", "ENV": ""}
    with Terminal(["/bin/sh", "-i"], environment=folders | keys) as terminal:
        terminal.wait("shell>")
        terminal.type(f"{sys.executable} -m tui --url {service.url}\n")
        terminal.wait("all read")
        terminal.press("j")
        terminal.wait(lambda t: t.line_with("T-2").startswith(">"))
        terminal.press("ctrl+z")
        terminal.wait(prompted)
        terminal.type("fg\n")
        terminal.wait(lambda t: not prompted(t) and t.line_with("T-2").startswith(">"))
        terminal.press("j")
        terminal.wait(lambda t: t.line_with("T-1").startswith(">"))
        terminal.press("Q")
        terminal.wait(prompted)
        terminal.type("echo status $? $((40+2))\n")
        terminal.wait("status 0 42")
        terminal.type("exit\n")
        assert terminal.ended() == 0
