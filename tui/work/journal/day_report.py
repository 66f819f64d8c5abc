"""The report of a day: what was written, by whom, with which outcome, and each order with the values before and after."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Final

from tui.api.codec import Document
from tui.api.pointer import Scope
from tui.api.wording import count_of
from tui.orders.display import display_value
from tui.orders.edits.table_text import escape
from tui.orders.fields import label_of
from tui.orders.paths import SHIP_TO, SHOP, TOTAL
from tui.orders.summary import item_count, money_at, text_at
from tui.orders.tables.csv_writer import to_csv
from tui.store.journal import WriteKind
from tui.work.account import Account
from tui.work.journal.entries import JournalEntry, Part, at, open_entry
from tui.work.typed_paths import new_file

_HEAD: Final = (
    "time",
    "user",
    "profile",
    "bulk change",
    "order",
    "id",
    "shop",
    "sent as",
    "outcome",
    "field",
    "before",
    "after",
    "problems",
)
_NO_FIELD: Final = (("", "", ""),)
_TITLE_WIDTH: Final = 28


class ReportFormat(StrEnum):
    """The format of a report; the value is the ending of the file's name."""

    TEXT = "txt"
    TABLE = "csv"


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """One order of a write. `changes`: label, value before and value after, as the form shows them."""

    at: datetime
    user: str
    profile: str
    job: str
    name: str
    id: str
    shop: str
    kind: WriteKind
    outcome: str
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]


async def export_report(account: Account, day: date, zone: tzinfo, path: Path, format: ReportFormat) -> int:
    """Write the report of a day in a zone into a new file that only its owner can read. Returns how many orders it has.

    Raises FileExistsError if the file exists, OSError if it cannot be written, and StoreError; then no file is left.
    """
    with new_file(path) as file:
        orders = await reported_orders(account, day, zone)
        if format is ReportFormat.TABLE:
            file.write(to_csv(_rows(orders)))
        else:
            title = f"Report of {day:%a %d %b %Y} ({zone}), {account.client.base_url}"
            file.write("\n".join([title, "", *_lines(orders)]).encode() + b"\n")
        return len(orders)


async def reported_orders(account: Account, day: date, zone: tzinfo) -> list[ReportedOrder]:
    """The orders that were written on a day, in the order of the writes. Other tasks run between them."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    store = account.store
    found: list[ReportedOrder] = []
    for id, _ in reversed(store.journal_queries.find(account.account_id, since=start, until=end)):
        entry = open_entry(store, account.client.base_url, id)
        if entry is not None:
            found += [_reported(account, entry, position, part, zone) for position, part in enumerate(entry.parts)]
        await asyncio.sleep(0)
    return found


def _reported(account: Account, entry: JournalEntry, position: int, part: Part, zone: tzinfo) -> ReportedOrder:
    write = entry.write
    shop_id = text_at(part.before or part.sent, SHOP) or part.key[1]
    shop = account.shop(shop_id)
    return ReportedOrder(
        write.at.astimezone(zone),
        write.by,
        write.profile,
        write.new.job or "",
        part.named.name,
        part.remote_id,
        shop.name if shop is not None else shop_id,
        write.new.kind,
        entry.description,
        tuple(_changes(write.new.kind, part)),
        tuple(
            problem.detail or problem.title
            for problem in entry.problems
            if problem.scope is not Scope.ORDER or problem.order == position
        ),
    )


def _changes(kind: WriteKind, part: Part) -> Iterator[tuple[str, str, str]]:
    """The changed fields. An order that was new or was deleted is one change, of its summary."""
    if kind is WriteKind.DELETE:
        yield "the order", _summary(part.before or {}), ""
    elif part.before is None:
        yield "the order", "", _summary(part.sent)
    else:
        for change in part.changes:
            pointer = at(change)
            label = f"order of {label_of(pointer).lower()}" if change.moved else label_of(pointer)
            yield label, display_value(pointer, change.was), display_value(pointer, change.now)


def _summary(order: Document) -> str:
    """Recipient, country, items and total of an order."""
    recipient = text_at(order, SHIP_TO / "name") or text_at(order, SHIP_TO / "company_name")
    items = count_of(item_count(order) or 0, "item")
    parts = (recipient, text_at(order, SHIP_TO / "country_code"), items, money_at(order, TOTAL))
    return ", ".join(filter(None, parts))


def _rows(orders: Sequence[ReportedOrder]) -> Iterator[Sequence[str]]:
    yield _HEAD
    for order in orders:
        for label, before, after in order.changes or _NO_FIELD:
            yield (
                f"{order.at:%Y-%m-%d %H:%M:%S}",
                order.user,
                order.profile,
                order.job,
                order.name,
                order.id,
                order.shop,
                order.kind,
                order.outcome,
                label,
                before,
                after,
                "; ".join(order.problems),
            )


def _lines(orders: Sequence[ReportedOrder]) -> Iterator[str]:
    """The report as lines. Characters that act on a terminal are escaped."""
    distinct = len({order.id or (order.name, order.shop) for order in orders})
    yield f"{count_of(len(orders), 'order')} written, {distinct} different" if orders else "Nothing was written."
    counts = {
        "By outcome": Counter(order.outcome for order in orders),
        "By shop": Counter(order.shop for order in orders),
        "By user": Counter(f"{order.user} {order.profile}".strip() for order in orders),
    }
    for title, counted in counts.items() if orders else ():
        yield from ("", title)
        yield from (f"  {escape(name):<{_TITLE_WIDTH}} {count}" for name, count in counted.most_common())
    if orders:
        yield from ("", "Orders")
    for order in orders:
        facts = (f"#{order.id}" if order.id else "", order.shop, order.kind, order.outcome, order.user, order.job)
        yield f"  {order.at:%H:%M:%S} {escape(order.name)} · {escape(' · '.join(filter(None, facts)))}"
        yield from (
            f"    {escape(label):<{_TITLE_WIDTH}} {escape(before)} -> {escape(after)}"
            for label, before, after in order.changes
        )
        yield from (f"    ! {escape(problem)}" for problem in order.problems)
