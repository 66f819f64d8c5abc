"""Exports of orders from the cache to files: tables for spreadsheets, raw documents, and pick lists."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tui.api.codec import Document, Json, as_list, encode
from tui.api.pointer import Pointer
from tui.orders.columns import ListedOrder, cells_of, titles_of
from tui.orders.paths import ITEMS
from tui.orders.progress import OnProgress, Progress
from tui.orders.summary import text_at
from tui.orders.tables.csv_writer import to_csv
from tui.work.cache.local_orders import CachedOrder, OrderWindow
from tui.work.typed_paths import new_file

_AT_ONCE = 200
_MARK = len(b"\xef\xbb\xbf")
"""The length of the byte order mark that each piece of a table begins with; only the first one keeps it."""


class OrderExport(StrEnum):
    """What is exported of orders; the value is the ending of the file's name."""

    TABLE = "csv"
    DOCUMENTS = "jsonl"
    PICK_LIST = "pick.csv"


@dataclass(frozen=True, slots=True)
class PickLine:
    """A line of a pick list: an article, how many units, and of how many orders."""

    sku: str
    name: str
    quantity: int
    orders: int


async def export_orders(
    window: OrderWindow,
    kind: OrderExport,
    path: Path,
    columns: Sequence[str],
    listed: Callable[[CachedOrder], ListedOrder],
    progress: OnProgress = lambda _: None,
) -> int:
    """Write the orders of a window into a new file that only its owner can read. Returns how many orders.

    Raises FileExistsError if the file exists, OSError if it cannot be written, and StoreError; then no file is left. A
    cancelled export leaves no file either.
    """
    picked: dict[tuple[str, str], PickLine] = {}
    with new_file(path) as file:
        if kind is OrderExport.TABLE:
            file.write(to_csv([titles_of(columns)]))
        for start in range(0, len(window), _AT_ONCE):
            orders = [window[index] for index in range(start, min(start + _AT_ONCE, len(window)))]
            match kind:
                case OrderExport.TABLE:
                    rows = [cells_of(order, columns) for order in map(listed, orders)]
                    file.write(to_csv(rows)[_MARK:])
                case OrderExport.DOCUMENTS:
                    file.writelines(encode(order.document) + b"\n" for order in orders)
                case OrderExport.PICK_LIST:
                    for order in orders:
                        _pick(order.document, picked)
            progress(Progress(start + len(orders), len(window)))
            await asyncio.sleep(0)
        if kind is OrderExport.PICK_LIST:
            file.write(to_csv(_pick_rows(picked)))
    return len(window)


def _pick(document: Document, picked: dict[tuple[str, str], PickLine]) -> None:
    """Add the items of an order. Articles are distinguished by SKU, those without one by name."""
    seen = set()
    for item in as_list(ITEMS.get(document)):
        sku, name = text_at(item, Pointer.of("sku")).strip(), text_at(item, Pointer.of("name")).strip()
        quantity = Pointer.of("quantity").get(item)
        key = (sku, "" if sku else name)
        before = picked.get(key, PickLine(sku, name, 0, 0))
        units = quantity if isinstance(quantity, int) and not isinstance(quantity, bool) else 0
        picked[key] = PickLine(sku, before.name, before.quantity + units, before.orders + (key not in seen))
        seen.add(key)


def _pick_rows(picked: dict[tuple[str, str], PickLine]) -> Iterator[list[Json]]:
    yield ["SKU", "item", "quantity", "orders"]
    for line in sorted(picked.values(), key=lambda line: (line.sku == "", line.sku, line.name)):
        yield [line.sku, line.name, line.quantity, line.orders]
