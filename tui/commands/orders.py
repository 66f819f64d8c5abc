"""The headless commands `list`, `show` and `count`: orders of the cache, read again first unless that is not wanted."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.api.codec import Document, Json, encode, pretty
from tui.api.errors import ApiError, Problem
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.commands.output import (
    DENIED,
    PROBLEMS,
    SUCCESS,
    USAGE,
    CommandEnded,
    WaitLine,
    guarded,
    print_lines,
    print_table,
    say,
    say_if,
)
from tui.commands.signals import run_until_signal
from tui.config.locations import data_folder
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.config.time_zone import local_zone
from tui.orders.columns import COLUMNS, DEFAULT_COLUMNS, cells_of, titles_of
from tui.orders.labels import label_json
from tui.orders.paths import NUMBER, ORDER_ID, SHOP
from tui.orders.query.arguments import from_arguments
from tui.orders.query.language import Query, QueryContext, QueryError, parse
from tui.orders.summary import order_name, text_at
from tui.orders.tables.csv_writer import to_csv
from tui.widgets.text import safe, width_of
from tui.work.cache.facets import FACETS, FacetValue, count_by
from tui.work.cache.labels import LabelReader
from tui.work.cache.local_orders import CachedOrder, LocalOrders, named
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.query_context import query_context
from tui.work.cache.sync import OrderSync
from tui.work.waiting import waits_named

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.work.account import Account


_ASKED_FOR = 10
_WIDEST = 100
"""The width up to which a column is as wide as its widest cell."""


@dataclass(frozen=True, slots=True)
class _Opened:
    account: "Account"
    orders: LocalOrders
    knowledge: OrderKnowledge

    @property
    def context(self) -> QueryContext:
        """What a query may refer to, as it is now."""
        account = self.account
        return query_context(
            account, self.orders, OrderMarks(account.store, account.account_id, self.orders, account.now)
        )


def list_orders(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    """Print the orders that match a query. Returns 0 if there are any, 1 if there are none."""
    return guarded(lambda: run_until_signal(_list(options, profile, settings)))


def show_order(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    """Print the orders with a number or id. Returns 0 if there are any, 1 if there are none."""
    return guarded(lambda: run_until_signal(_show(options, profile, settings)))


def count_orders(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    """Print how many orders match a query, by the values of fields. Returns 0 if there are any, 1 if there are none."""
    return guarded(lambda: run_until_signal(_count(options, profile, settings)))


async def _list(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    columns = _columns(options.columns)
    async with _opened(options, profile, settings) as opened:
        query = await _query_after_reading(opened, options)
        window = opened.orders.window(query.condition, query.sort, limit=options.limit)
        if options.json:
            print_lines(_json(_line(opened, order, raw=options.raw)) for order in window)
        elif options.csv:
            print_table(to_csv(_table(opened, window, columns)))
        else:
            print_lines(_aligned(_table(opened, window, columns)))
        say(f"{count_of(len(window), 'order')} of {opened.orders.cache.count()}.")
    return SUCCESS if window else PROBLEMS


async def _show(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    async with _opened(options, profile, settings) as opened:
        await _read(opened, options)
        if not options.cached:
            await _ask_for_labels(opened, options.order)
        found = list(opened.orders.window(named([options.order])))
        for order in found:
            writes = _writes(opened.account, order.document)
            if options.json:
                print_lines([_json(_line(opened, order, raw=True) | {"writes": writes})])
            else:
                print_lines(_shown(opened, order, writes))
        if not found:
            say(f"No order has the number or id {safe(options.order)}.")
    return SUCCESS if found else PROBLEMS


async def _count(options: argparse.Namespace, profile: Profile, settings: Settings) -> int:
    async with _opened(options, profile, settings) as opened:
        query = await _query_after_reading(opened, options)
        count = opened.orders.cache.count(query.condition)
        names = [name for name in options.by.split(",") if name]
        try:
            facets = count_by(opened.account, opened.orders, query.condition, names)
        except KeyError as error:
            raise CommandEnded(
                f"Orders cannot be counted by {error.args[0]!r}. Use one of: {', '.join(FACETS)}.", USAGE
            ) from None
        if options.json:
            print_lines([_json({"count": count} | {name: {v.name: v.count for v in facets[name]} for name in names})])
        else:
            print_lines(_facet_lines(count, facets))
    return SUCCESS if count else PROBLEMS


# Opening and reading


@asynccontextmanager
async def _opened(options: argparse.Namespace, profile: Profile, settings: Settings) -> "AsyncIterator[_Opened]":
    """Open account and cache. With `--cached` no request is sent if the account is known."""
    from tui.service import connect
    from tui.store.db import StoreError
    from tui.store.store import Store
    from tui.work.account import open_known

    now, zone = (lambda: datetime.now(UTC)), local_zone()
    service = connect(profile, settings, retry_for=30.0)
    say_if(service.notice)
    try:
        store = Store(data_folder(), profile=profile.name)
        say_if(store.notice)
        try:
            async with waits_named(service.client, "Ctrl+C stops", WaitLine().show):
                account = await open_known(service.client, store, service.name, now=now, zone=zone)
                if account.identity_notice:
                    say(account.identity_notice)
                account.shop_settings = settings.shops
                knowledge = OrderKnowledge(account)
                orders = open_orders(account, knowledge, in_memory=options.no_cache)
                try:
                    yield _Opened(account, orders, knowledge)
                finally:
                    orders.close()
        finally:
            store.close()
    except (ApiError, StoreError) as error:
        raise CommandEnded(str(error), DENIED) from error
    finally:
        await service.client.aclose()
        service.close()


async def _query_after_reading(opened: _Opened, options: argparse.Namespace) -> Query:
    """Parse the query first, so that a mistake is reported at once, then read."""
    line = from_arguments(options.query)
    try:
        parse(line, opened.context)
        await _read(opened, options)
        return parse(line, opened.context)
    except QueryError as error:
        raise CommandEnded(str(error), USAGE) from None


async def _read(opened: _Opened, options: argparse.Namespace) -> None:
    """Read the shops, and the orders that are new or due; with `--refresh` all that are open. Nothing with `--cached`."""
    if options.cached:
        return
    sync = OrderSync(opened.account.client, opened.orders, now=opened.account.now)

    def show_progress() -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{sync.state.read} orders read", end="", file=sys.stderr, flush=True)

    sync.on_change = show_progress
    if options.refresh:
        sync.refresh()
        await opened.account.refresh()
    else:
        await opened.account.read_shops()
    await sync.read_once()
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if sync.state.notice:
        say(sync.state.notice)


async def _ask_for_labels(opened: _Opened, name: str) -> None:
    """Ask for the labels of the first orders with a number or id."""
    reader = LabelReader(opened.account.client, opened.orders, now=opened.account.now)
    for order in opened.orders.window(named([name]), limit=_ASKED_FOR):
        await reader.ask(order.key)


# Output


def _columns(names: str) -> Sequence[str]:
    chosen = [name.strip() for name in names.split(",") if name.strip()] or DEFAULT_COLUMNS
    unknown = [name for name in chosen if name not in COLUMNS]
    if unknown:
        raise CommandEnded(f"There is no column {unknown[0]!r}. Columns: {', '.join(COLUMNS)}.", USAGE)
    return chosen


def _table(opened: _Opened, orders: Iterable[CachedOrder], columns: Sequence[str]) -> Iterator[list[Json]]:
    yield titles_of(columns)
    for order in orders:
        yield cells_of(opened.knowledge.listed(order), columns)


def _line(opened: _Opened, order: CachedOrder, *, raw: bool) -> dict[str, Json]:
    listed = opened.knowledge.listed(order)
    line: dict[str, Json] = {
        "id": order_key(order.document) or None,
        "order_id": text_at(order.document, ORDER_ID) or None,
        "order_number": text_at(order.document, NUMBER) or None,
        "integration": text_at(order.document, SHOP) or None,
        "state": listed.stage,
        "label": label_json(order.label),
        "problems": [_problem(problem) for problem in listed.problems],
        "read_at": datetime.fromtimestamp(order.read_at, UTC).isoformat(timespec="seconds"),
    }
    return line | {"document": order.document} if raw else line


def _problem(problem: Problem) -> dict[str, Json]:
    return {
        "code": problem.code,
        "pointer": str(problem.pointer),
        "severity": problem.severity.value,
        "blocks": problem.blocks.value,
        "title": problem.title,
        "detail": problem.detail,
    }


def _writes(account: "Account", document: Document) -> list[Json]:
    """What the journal has about an order, the newest first."""
    queries = account.store.journal_queries
    keys = queries.find(account.account_id, order=order_key(document))
    return [
        {"at": row.at.isoformat(timespec="seconds"), "by": row.by, "road": row.kind.value, "state": row.state.value}
        for row in queries.get(keys).values()
    ]


def _shown(opened: _Opened, order: CachedOrder, writes: Sequence[Json]) -> Iterator[str]:
    listed = opened.knowledge.listed(order)
    yield safe(f"{order_name(order.document)}  {listed.stage}, {listed.shop or 'shop unknown'}")
    yield safe(f"  {opened.knowledge.state_text(order)}")
    for problem in listed.problems:
        yield safe(f"  {problem.severity.value}: {problem.pointer or 'order'}: {problem.detail} [{problem.code}]")
    for write in writes:
        yield f"  {safe(' '.join(str(value) for value in write.values()))}" if isinstance(write, dict) else ""
    yield from (safe(line) for line in pretty(order.document).splitlines())


def _aligned(rows: Iterable[Sequence[Json]]) -> Iterator[str]:
    """The rows with columns of equal width, two spaces apart. Cells that are much too long are not cut."""
    cells = [["" if value is None else safe(str(value)) for value in row] for row in rows]
    widths = [min(max(map(width_of, column)), _WIDEST) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - width_of(cell))


def _facet_lines(count: int, facets: Mapping[str, Sequence[FacetValue]]) -> Iterator[str]:
    yield f"{count:>7}  orders"
    for name, values in facets.items():
        yield ""
        yield name
        for value in values:
            yield f"{value.count:>7}  {safe(value.name)}"


def _json(value: dict[str, Json]) -> str:
    return encode(value).decode("ascii")
