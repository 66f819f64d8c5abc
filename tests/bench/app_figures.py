"""What the screens cost: the start, keys of the list and of forms, a batch, memory and idling."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from figures import Figure
from pseudo_terminal import PROGRAM, Terminal, demo_environment
from sandbox_harness import ORDER
from steps import AMOUNT, Keys, held, idle, last_number, megabytes, open_list, press, quit_app
from table_files import rows, text

from tui.sandbox.app import SandboxSettings
from tui.sandbox.serve import serving

Size = tuple[int, int]

STARTS = 7
STARTS_WITHOUT = 4
ORDERS = 2000
ITEMS = 60
PLANTED = 12
WITHOUT_PREVIEW = '[display]\ndensity = "list"\n'
"""The settings that hide the preview."""
BARE = str(Path(__file__).parent / "bare.py")
LARGE_BATCH = 10_000
SHOP = "7"


def bare(kind: str, size: Size) -> Terminal:
    return Terminal([sys.executable, BARE, kind], environment={"TEXTUAL_ANIMATIONS": "none"}, size=size)


@contextmanager
def account(size: Size, orders: int = ORDERS, plant: tuple[bytes, ...] = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """A served sandbox and the environment of a user who has read all of it: address and environment."""
    settings = SandboxSettings(orders=orders, plant=plant)
    with serving(settings) as url, tempfile.TemporaryDirectory() as folder:
        environment = demo_environment(folder)
        with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
            terminal.wait("all read", 120)
            terminal.wait_until_quiet(1.0)
            quit_app(terminal)
        yield url, environment


# The start.


def start_figures(size: Size) -> list[Figure]:
    """The start of the app and of a bare Label in turn; the shortest times, since other work only adds to them."""
    label, first, complete, ready, without, sizes, settled, memory, label_memory = ([] for _ in range(9))
    with account(size) as (url, environment):
        with open_list(url, environment, size) as terminal:
            number = last_number(terminal)
            quit_app(terminal)
        for _ in range(STARTS):
            with bare("label", size) as terminal:
                terminal.wait("bare label", 30)
                label.append(since_start(terminal))
                terminal.wait_until_quiet(0.5)
                label_memory.append(megabytes(terminal))
            with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
                terminal.wait(lambda t: t.text.strip(), 30)
                first.append(since_start(terminal))
                terminal.wait(number, 30)
                complete.append(since_start(terminal))
                sizes.append(len(terminal.stream))
                terminal.wait("Enter open", 60)
                ready.append(since_start(terminal))
                terminal.wait_until_quiet(1.5, 60)
                settled.append(len(terminal.stream))
                memory.append(megabytes(terminal))
                quit_app(terminal)
        for _ in range(STARTS_WITHOUT):
            for kept in Path(environment["SENDCLOUD_ORDERS_DATA"]).glob("last-screen-*"):
                kept.unlink()
            with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
                terminal.wait(lambda t: t.text.strip(), 30)
                without.append(since_start(terminal))
                terminal.wait("Enter open", 60)
                quit_app(terminal)
        growing = list_figures(url, environment, size)
    return [
        ratio("start, first paint / bare Label", min(first), min(label), 1.1, "ms"),
        ratio("start, orders on the screen / bare Label", min(complete), min(label), 1.6, "ms"),
        ratio("  without a screen of the last run, first paint / bare Label", min(without), min(label), None, "ms"),
        Figure("  until keys are processed", min(ready), "ms"),
        Figure("bytes until orders are on the screen", max(sizes), "B", 7000, f"{max(settled):,} B until all is quiet"),
        ratio("memory / bare Label", min(memory), min(label_memory), 2.0, "MB"),
        *growing,
    ]


def since_start(terminal: Terminal) -> float:
    return (terminal.last_output_at - terminal.started) * 1000


def ratio(title: str, ours: float, theirs: float, aim: float | None, unit: str) -> Figure:
    return Figure(title, ours / theirs, "×", aim, f"{ours:.0f} / {theirs:.0f} {unit}")


# The order list.


def list_figures(url: str, environment: dict[str, str], size: Size) -> list[Figure]:
    """Keys in the order list: cursor, page, mark, filter, a held key."""
    with open_list(url, environment, size) as terminal:
        down, page, mark, letter, enter = (Keys() for _ in range(5))
        press(terminal, down, "down", count=60)
        press(terminal, page, "pagedown", count=8)
        # In the last row, where the cursor does not move on.
        press(terminal, Keys(), "G")
        press(terminal, mark, "space", count=6)
        press(terminal, Keys(), "/")
        press(terminal, Keys(), "k")
        for typed in "erkstr":
            press(terminal, letter, typed)
        press(terminal, enter, "enter")
        press(terminal, Keys(), "/")
        press(terminal, Keys(), "backspace")
        press(terminal, enter, "enter")
        late, silence = held(terminal, "j", 10)
        quit_app(terminal)
    hidden = Keys()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "settings.toml").write_text(WITHOUT_PREVIEW)
        with open_list(url, environment | {"SENDCLOUD_ORDERS_CONFIG": folder}, size) as terminal:
            # The views are counted a moment after the start.
            terminal.wait_until_quiet(2.0, 60)
            press(terminal, hidden, "down", count=60)
            quit_app(terminal)
    return [
        down.efficiency("cursor down, mean over 60 keys / (changed cells + 4 × runs)", 1.15),
        down.last("cursor down, last byte", 10),
        hidden.bytes("cursor down, preview hidden", 250),
        page.bytes("page down", 3000),
        page.last("page down, last byte", 20),
        mark.bytes("one changed row: a mark, and the status line", 200),
        letter.last(f"a letter in the filter line, {ORDERS:,} orders", 30),
        enter.first(f"Enter in the filter line, result shown, {ORDERS:,} orders", 30),
        Figure("key held at 30 a second for 10 s, last byte after the last key", late, "ms", 100),
        Figure("key held, longest silence", silence, "ms"),
    ]


# Forms.


def large_order(number: int) -> bytes:
    """An order with many items and values in nearly every field."""
    price = {"value": 3.5, "currency": "EUR"}
    item: dict[str, Any] = {
        "quantity": 1,
        "unit_price": price,
        "total_price": price,
        "sku": "S-1",
        "description": "of stoneware",
        "measurement": {"weight": {"value": 0.4, "unit": "kg"}},
        "hs_code": "691110",
        "country_of_origin": "NL",
        "product_id": "1",
        "item_id": "2",
    }
    address = {**ORDER["shipping_address"], "company_name": "Mugs", "address_line_2": "rear", "phone_number": "+3161"}
    order = {**ORDER, "id": str(9000 + number), "order_id": f"L{number}", "order_number": f"L-{number}"}
    order |= {"billing_address": address, "shipping_address": address}
    order["order_details"] = {
        **ORDER["order_details"],
        "order_items": [{**item, "name": f"Mug {place}"} for place in range(ITEMS)],
    }
    order["payment_details"] = {
        **ORDER["payment_details"],
        **dict.fromkeys(("subtotal_price", "estimated_shipping_price", "estimated_tax_price"), price),
        **{name: {"value": "1", "currency": "EUR"} for name in ("freight_costs", "other_costs", "discount_granted")},
    }
    return json.dumps(order).encode()


def form_figures(size: Size) -> list[Figure]:
    """Idling, opening an order with many items, the next one, and a letter in a field beside one in a bare Input."""
    opening, following, letter, theirs = (Keys() for _ in range(4))
    resting: list[Figure] = []
    with (
        account(size, 0, tuple(large_order(number) for number in range(PLANTED))) as (url, environment),
        open_list(url, environment, size) as terminal,
    ):
        # Until it was asked whether these orders have labels, one in each second.
        terminal.wait_until_quiet(PLANTED + 5.0, 60)
        resting += idle(terminal, "idle", 10)
        for _ in range(5):
            press(terminal, opening, "enter", "Ship to")
            press(terminal, Keys(), "escape")
        press(terminal, Keys(), "enter", "Ship to")
        press(terminal, following, "J", count=8)
        press(terminal, Keys(), "enter")
        for typed in "Jeroen Maes of":
            press(terminal, letter, typed)
        resting += idle(terminal, "idle with a field focused", 10)
    with bare("inputs", size) as terminal:
        terminal.wait("value 0", 30)
        terminal.wait_until_quiet(1.0)
        for typed in "Jeroen Maes of":
            press(terminal, theirs, typed)
    ours_ms, bare_ms = (sorted(keys.lasts)[len(keys.lasts) // 2] for keys in (letter, theirs))
    return [
        opening.first(f"open an order of {ITEMS} items, first byte", 30),
        opening.last("  last byte", 60),
        opening.bytes("  bytes", 4000),
        following.first("next order in the form, first byte", 20),
        following.last("  last byte", 40),
        ratio("a letter in a field / in a bare Input", ours_ms, bare_ms, 0.4, "ms"),
        letter.bytes("  bytes", 60),
        *resting,
    ]


# A batch.


def batch_figures(size: Size) -> list[Figure]:
    """Staging a large file, the next problem across a batch of 100, and the start with a large batch open."""
    problems = Keys()
    with account(size, 20) as (url, environment):
        usual = best_start(url, environment, size, AMOUNT.search)
        with open_list(url, environment, size) as terminal:
            stage(terminal, Path(environment["HOME"]) / "hundred.csv", orders_file(100))
            press(terminal, problems, "n", count=12)
            quit_app(terminal)
        hundred = best_start(url, environment, size, is_open)
    with account(size, 20) as (url, environment):
        with open_list(url, environment, size) as terminal:
            seconds, silence = stage(terminal, Path(environment["HOME"]) / "large.csv", orders_file(LARGE_BATCH))
            quit_app(terminal)
        shown = best_start(url, environment, size, staged)
        large = best_start(url, environment, size, is_open)
    return [
        problems.last("next problem across a batch of 100", 20),
        ratio(f"start with a batch of {LARGE_BATCH:,}, its orders on the screen / without", shown, usual, 1.1, "ms"),
        ratio("  until keys are processed / with a batch of 100", large, hundred, 1.1, "ms"),
        Figure(f"{LARGE_BATCH:,} rows from file to staged", seconds, "s", 4),
        Figure("  longest silence", silence, "s", 0.1),
    ]


def staged(screen: str) -> bool:
    return "BO-0" in screen


def is_open(screen: str) -> bool:
    """Whether the batch was read and keys are processed; before, the screen of the last run is shown."""
    return staged(screen) and "? keys" in screen


def best_start(url: str, environment: dict[str, str], size: Size, is_shown: Callable[[str], object]) -> float:
    """The shortest time of three starts until something is shown, in ms."""
    found = []
    for _ in range(3):
        with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
            terminal.wait(lambda t: is_shown(t.text), 60)
            found.append(since_start(terminal))
            terminal.wait_until_quiet(1.0, 60)
            terminal.press("ctrl+c")
            quit_app(terminal)
    return min(found)


def orders_file(count: int) -> str:
    """A file of orders of a shop of the sandbox; every third one has no house number."""
    table = rows(count)
    for row in table[3::3]:
        row[3] = ""
    return text([[*row, SHOP if number else "Integration ID"] for number, row in enumerate(table)])


def stage(terminal: Terminal, path: Path, content: str) -> tuple[float, float]:
    """Stage a file by keys. Returns the seconds from opening the file to the staged orders, and the longest silence."""
    path.write_bytes(content.encode())
    terminal.press("B")
    terminal.wait("Nothing is staged")
    terminal.press("a")
    terminal.wait("f file")
    terminal.press("f")
    terminal.wait("file:")
    terminal.type(str(path))
    terminal.wait(path.name)
    terminal.wait_until_quiet(0.2)
    spent, silence = 0.0, 0.0
    for key, done in (("enter", "w stage"), ("w", "added from")):
        arrived, started = len(terminal.arrivals), time.perf_counter()
        terminal.press(key)
        terminal.wait(done, 120)
        times = [started, *(at for at, _ in terminal.arrivals[arrived:])]
        spent += times[-1] - started
        silence = max(silence, *(after - at for at, after in pairwise(times)))
        terminal.wait_until_quiet(0.3, 60)
    # Looking up the existing orders would take minutes.
    terminal.press("ctrl+c")
    terminal.wait_until_quiet(0.5, 60)
    return spent, silence
