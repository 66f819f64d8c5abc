"""Run by hand: the cost of the form of a large order, compared with a bare Textual app and Input in the same run.

    python tests/bench/bench_form.py [COLUMNSxROWS]

The orders have 60 items and more than 120 other fields. Each program runs in a pseudo-terminal; our app reads from a
sandbox over HTTP on this machine. Times are from writing the key to the first byte, and to the last one before 200 ms
without output; meanwhile the form reads the order again, which rarely changes the screen.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from bench_screens import QUIET, Figures, _machine, _press, bare, show  # noqa: E402
from pseudo_terminal import PROGRAM, Terminal, demo_environment  # noqa: E402
from sandbox_harness import ORDER  # noqa: E402

from tui.sandbox.app import SandboxSettings  # noqa: E402
from tui.sandbox.serve import serving  # noqa: E402

ITEMS = 60
ORDERS = 12


def large(number: int) -> bytes:
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


def ours(size: tuple[int, int]) -> Figures:
    figures = Figures()
    plant = tuple(large(number) for number in range(ORDERS))
    with serving(SandboxSettings(orders=0, plant=plant)) as url, tempfile.TemporaryDirectory() as folder:
        environment = demo_environment(folder)
        with Terminal([*PROGRAM, "--url", url], environment=environment, size=size) as terminal:
            terminal.wait(f"L-{ORDERS - 1}")
            terminal.wait_until_quiet(1.0)
            for _ in range(5):
                _press(terminal, figures, "open an order", "enter", "Ship to")
                _press(terminal, Figures(), "", "escape")
            _press(terminal, Figures(), "", "enter", "Ship to")
            for _ in range(8):
                _press(terminal, figures, "next order", "J")
            _press(terminal, Figures(), "", "enter")
            for letter in "Jeroen Maes of":
                _press(terminal, figures, "a letter typed", letter)
            for _ in range(4):
                _press(terminal, figures, "taken, next edited", "tab")
                _press(terminal, Figures(), "", "x")
            terminal.wait_until_quiet(QUIET)
    return figures


def theirs(kind: str, size: tuple[int, int], form: str, keys: list[str] | None) -> Figures:
    figures = Figures()
    with bare(kind, size, form, keys).start() as terminal:
        terminal.wait("Jeroen", 60)
        terminal.wait_until_quiet(1.0)
        for _ in range(5):
            _press(terminal, figures, "open an order", "enter", form)
            _press(terminal, Figures(), "", "escape")
        if keys is not None:
            _press(terminal, Figures(), "", "enter", form)
            for letter in "Jeroen Maes of":
                _press(terminal, figures, "a letter typed", letter)
            for _ in range(4):
                _press(terminal, figures, "taken, next edited", "tab")
                _press(terminal, Figures(), "", "x")
    return figures


def main(size: tuple[int, int]) -> None:
    print(_machine())
    print(f"{size[0]}x{size[1]}, {ITEMS} items; medians of times, means of bytes")
    for figures in (found := {"ours": ours(size)}).values():
        figures.starts, figures.start_bytes = [0.0], [0]
    for name, kind, form, keys in (
        ("bare lines", "lines", "field 0", None),
        ("bare Inputs", "table", "value 0", []),
    ):
        found[name] = theirs(kind, size, form, keys)
        found[name].starts, found[name].start_bytes = [0.0], [0]
    show(found)


if __name__ == "__main__":
    columns, _, rows = (sys.argv[1] if len(sys.argv) > 1 else "80x24").partition("x")
    main((int(columns), int(rows)))
