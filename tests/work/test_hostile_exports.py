"""Every export is written of orders that have every text of the hostile corpus in every text field.

Files can be shown on a terminal: none has a control character but tabs and line breaks. Cells of tables are no formula
and stay in their columns; JSON lines give the original documents.
"""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any, cast

import pytest
from hostile_texts import TEXTS, hostile_order, odd_order
from sandbox_account import NOW, open_sandbox_account

from tui.api.codec import Document, as_list, decode, encode
from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.orders.columns import COLUMNS, ListedOrder, cells_of, titles_of
from tui.orders.edits.table_text import column_paths, columns_named, read_text, to_text
from tui.orders.paths import ITEMS
from tui.orders.summary import text_at
from tui.orders.tables.csv_writer import unescape_formula, without_controls
from tui.store.batches import NewStaged
from tui.store.journal import NewWrite, SentItem, WriteKind, WriteState
from tui.work.account import Account
from tui.work.batches.staging import Staging
from tui.work.cache.exports import OrderExport, export_orders
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.journal.batch_history import export_history, history_of
from tui.work.journal.day_report import ReportFormat, export_report
from tui.work.journal.entries import export
from tui.work.writes.lookup import key_of
from tui.work.writes.serialization import problem_to_json

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def hostile_orders() -> list[Document]:
    texts = list(TEXTS.values())
    found = [hostile_order(number, texts) for number in range(len(texts))]
    found += [odd_order(number, text) for number, text in enumerate(texts)]
    # As the codec reads them.
    return [cast(Document, decode(encode(document))) for document in found]


ORDERS = hostile_orders()


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    async with open_sandbox_account(tmp_path / "data") as account:
        yield account


def text_of(path: Path) -> str:
    """The text of an exported file, which is safe to show."""
    text = path.read_bytes().decode("utf-8-sig")
    found = CONTROL.search(text)
    assert found is None, repr(text[max(0, found.start() - 40) : found.end()])
    return text


def rows_of(path: Path) -> list[list[str]]:
    """The rows of an exported table, all of the same width and without formulas."""
    rows = list(csv.reader(io.StringIO(text_of(path), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert cell[:1] not in tuple("=+-@\t\r") or NUMBER.fullmatch(cell), repr(cell)
    return rows


def lines_of(path: Path) -> list[Any]:
    """The values of an exported file of JSON lines."""
    raw = path.read_bytes()
    assert CONTROL.search(raw.decode("ascii")) is None
    return [decode(line) for line in raw.split(b"\n")[:-1]]


async def exported(account: Account, kind: OrderExport, path: Path) -> list[ListedOrder]:
    """Export all orders with all columns. Returns them as they are listed."""
    knowledge = OrderKnowledge(account)
    local = open_orders(account, knowledge, in_memory=True)
    local.keep(ORDERS)
    window = local.window()
    assert await export_orders(window, kind, path, tuple(COLUMNS), knowledge.listed) == len(ORDERS)
    listed = [knowledge.listed(order) for order in window]
    local.close()
    return listed


async def test_a_table_of_all_columns(account: Account, tmp_path: Path) -> None:
    listed = await exported(account, OrderExport.TABLE, tmp_path / "orders.csv")
    head, *rows = rows_of(tmp_path / "orders.csv")
    assert head == titles_of(tuple(COLUMNS))
    for row, order in zip(rows, listed, strict=True):
        for name, cell, value in zip(COLUMNS, row, cells_of(order, tuple(COLUMNS)), strict=True):
            if isinstance(value, str):
                assert unescape_formula(cell) == without_controls(value), name


async def test_documents(account: Account, tmp_path: Path) -> None:
    listed = await exported(account, OrderExport.DOCUMENTS, tmp_path / "orders.jsonl")
    lines = lines_of(tmp_path / "orders.jsonl")
    assert lines == [order.document for order in listed]
    assert sorted(map(encode, lines)) == sorted(map(encode, ORDERS))


async def test_a_pick_list(account: Account, tmp_path: Path) -> None:
    listed = await exported(account, OrderExport.PICK_LIST, tmp_path / "orders.pick.csv")
    head, *rows = rows_of(tmp_path / "orders.pick.csv")
    assert head == ["SKU", "item", "quantity", "orders"]
    items = [item for order in listed for item in as_list(ITEMS.get(order.document))]
    skus = {text_at(item, Pointer.of("sku")).strip() for item in items}
    assert {unescape_formula(row[0]) for row in rows} == set(map(without_controls, skus))
    assert sum(int(row[3]) for row in rows) == len(items), "every order has one item"


def test_a_table_for_an_editor() -> None:
    """It is no table for spreadsheets: formulas are unchanged, and so is every value of a text that is read back."""
    orders = {str(order["id"]): order for order in ORDERS}
    columns = columns_named(tuple(column_paths()), ORDERS)
    text = to_text(orders, columns)
    assert CONTROL.search(text) is None
    head, *rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    assert {len(row) for row in rows} == {len(head)}
    assert [row[0] for row in rows] == list(orders)
    changes = read_text(text, orders, columns, NOW, lambda *_: pytest.fail("no weight changed"))
    assert (changes.values, changes.problems, changes.notes) == ({}, [], [])


# What was written


def write_all(account: Account) -> None:
    """Record a change, a deletion and an upsert of the orders, with every text in the problems and the job, too."""
    writes, texts = account.store.writes, list(TEXTS.values())
    staging = Staging(account)
    staged = staging.editing.add([NewStaged(order) for order in ORDERS[:20]])
    items = tuple(SentItem(id, 1, *key_of(order)) for id, order in zip(staged, ORDERS, strict=False))
    bodies = encode(ORDERS[:20])
    new = [NewWrite(WriteKind.UPSERT, "POST", "/orders", bodies, [None] * 20, items=items, job=texts[0])]
    for number, (order, other) in enumerate(zip(ORDERS, [*ORDERS[1:], ORDERS[0]], strict=True)):
        id, job = str(order["id"]), texts[number % len(texts)]
        changed = {name: other[name] for name in ("order_number", "shipping_address", "order_details")}
        new += [
            NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{id}", encode(changed), order, order_id=id, job=job),
            NewWrite(WriteKind.DELETE, "DELETE", f"/orders/{id}", b"", order, order_id=id),
        ]
    for number, each in enumerate(new):
        text = texts[number % len(texts)]
        problem = Problem(text, text, text, pointer=Pointer.of("shipping_address", "city"), raw_pointer=text)
        write = writes.record(account.account_id, each)
        writes.step(write.id, WriteState.REFUSED, problems=[problem_to_json(problem)], detail={"error": text})


async def test_the_journal_and_the_history_of_a_batch(account: Account, tmp_path: Path) -> None:
    write_all(account)
    ids = [write.id for write in account.store.writes.all(account.account_id, limit=-1)]
    await export(account.store, account.client.base_url, ids, tmp_path / "journal.jsonl")
    lines = {line["id"]: line for line in lines_of(tmp_path / "journal.jsonl")}
    assert lines.keys() == set(ids)
    assert lines[1]["body"] == ORDERS[:20]
    assert [lines[id]["orders"][0]["before"] for id in range(2, 2 * len(ORDERS) + 2, 2)] == ORDERS
    history = history_of(account.store, Staging(account).batch)
    await export_history(account.store, history, tmp_path / "history.jsonl")
    assert [line["sent"] for line in lines_of(tmp_path / "history.jsonl")] == ORDERS[:20]
    await export_history(account.store, history, tmp_path / "history.csv")
    assert len(rows_of(tmp_path / "history.csv")) == 21


async def test_the_report_of_a_day(account: Account, tmp_path: Path) -> None:
    write_all(account)
    for format in ReportFormat:
        count = await export_report(account, NOW.date(), UTC, tmp_path / f"day.{format}", format)
        assert count == 20 + 2 * len(ORDERS)
    head, *rows = rows_of(tmp_path / "day.csv")
    assert head[0] == "time"
    assert len(rows) >= count
    lines = text_of(tmp_path / "day.txt").split("\n")
    assert sum(re.match(r"  \d\d:\d\d:\d\d ", line) is not None for line in lines) == count
    known = re.compile(r"|Report of .*|\d+ orders written, .*|By .*|Orders|  .*")
    assert [line for line in lines if not known.fullmatch(line)] == []
    assert "\t" not in "".join(lines)
    assert "\r" not in "".join(lines)
