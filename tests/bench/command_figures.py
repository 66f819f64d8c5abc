"""What the commands cost: help, version, and checking a file; and the schema beside bare pydantic."""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from figures import ROOT, Figure
from sandbox_harness import ORDER
from table_files import rows, text

from tui.api.codec import decode
from tui.api.models import Operation, Order, validate_order

ROUNDS = 7
CHECKED = 1000
_READ = """
import csv, sys
from decimal import Decimal
from tui.api.codec import decode
from tui.api.models import Order
for row in csv.DictReader(open(sys.argv[1], newline="")):
    price = {"value": Decimal(row["Item value"]), "currency": "EUR"}
    item = {"name": row["Item name"], "sku": row["SKU"], "quantity": int(row["Quantity"]), "unit_price": price}
    address = {
        "name": row["Customer name"], "address_line_1": row["Street name"], "house_number": row["House number"],
        "postal_code": row["Postal code"], "city": row["City"], "country_code": row["Country code"],
    }
    Order.model_validate({
        "order_id": row["Order reference"], "order_number": row["Order reference"], "shipping_address": address,
        "order_details": {
            "integration": {"id": 1}, "status": {"code": "open"}, "order_created_at": "2026-11-22T10:00:00Z",
            "order_items": [{**item, "total_price": price}],
        },
        "payment_details": {"total_price": price, "status": {"code": "paid"}},
        "customer_details": {"name": row["Customer name"], "email": row["Email"]},
    })
"""
"""Reads the orders of a file with the csv module and validates each with pydantic."""


def best(work: Callable[[], object]) -> float:
    """The processor time of the fastest round in ms, that of child processes included; other work only adds to it."""
    found = []
    for _ in range(ROUNDS):
        started = processor_seconds()
        work()
        found.append((processor_seconds() - started) * 1000)
    return min(found)


def processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def program_figures() -> list[Figure]:
    """The commands beside the least that Python needs for the same."""
    least = best(lambda: run([sys.executable, "-c", "import argparse"]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        file.write_bytes(text(rows(CHECKED)).encode())
        check = best(lambda: run([sys.executable, "-m", "tui", "check", "--shop", "1", str(file)]))
        read = best(lambda: run([sys.executable, "-c", _READ, str(file)]))
    figures = []
    for option in ("--help", "--version"):
        ours = best(lambda option=option: run([sys.executable, "-m", "tui", option]))
        figures.append(Figure(f"{option} / import argparse", ours / least, "×", 1.6, f"{ours:.0f} / {least:.0f} ms"))
    title = f"check of {CHECKED:,} rows / csv module and pydantic"
    return [*figures, Figure(title, check / read, "×", 2.0, f"{check:.0f} / {read:.0f} ms"), schema_figure()]


def run(command: Sequence[str]) -> None:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode in (0, 1), ended.stderr.decode()


def schema_figure() -> Figure:
    documents = [large_order(number, 20) for number in range(100)]
    bare = best(lambda: [Order.model_validate(document) for document in documents])
    ours = best(lambda: [validate_order(document, Operation.POST) for document in documents])
    return Figure(
        "100 × 20 items validated by the schema / bare pydantic", ours / bare, "×", 1.3, f"{ours:.0f} / {bare:.0f} ms"
    )


def large_order(number: int, items: int) -> dict[str, Any]:
    """A valid order with many items and values in most fields."""
    document = cast(dict[str, Any], decode(json.dumps(ORDER).encode()))
    price = {"value": Decimal("3.5"), "currency": "EUR"}
    document |= {"order_id": f"A{number}", "order_number": f"N{number}"}
    document["order_details"]["order_items"] = [
        {
            "name": f"Mug {index}",
            "quantity": 1,
            "unit_price": dict(price),
            "total_price": dict(price),
            "sku": f"S-{index}",
            "hs_code": "691110",
            "country_of_origin": "NL",
            "measurement": {"weight": {"value": Decimal("0.4"), "unit": "kg"}},
        }
        for index in range(items)
    ]
    document["payment_details"]["total_price"] = {"value": Decimal("3.5") * items, "currency": "EUR"}
    return document
