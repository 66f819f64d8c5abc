"""Checks the orders of a file against the account without staging them: whether their shops and the orders exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tui.api.client import Client
from tui.api.errors import ApiError, Forbidden, NotFound, RequestRefused
from tui.api.query import id_text
from tui.orders.checks.context import AccountShops, ShopSettings
from tui.orders.edits.edit import Change, Edit
from tui.store.batches import StagedState
from tui.work.account import Shop
from tui.work.batches.staged_order import (
    PlannedAction,
    RemoteSnapshot,
    StagedOrder,
    gone_problem,
    number_problem,
    unchecked_problem,
)
from tui.work.file_import.validate import FileEntry, check_entries, with_kept_date
from tui.work.writes.lookup import LookupTarget, NotLookedUp, NumberSearch, look_up

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """What sending an entry would do, the id of the existing order, and the changes that it would make to that order."""

    action: PlannedAction
    id: str | None = None
    changes: tuple[Change, ...] = ()


async def shops_of(client: Client) -> frozenset[int] | None:
    """The ids of the account's shops; None if the service has no such list, or does not show it to these credentials.

    Raises ApiError for other failures.
    """
    try:
        rows = await client.list_integrations()
    except (NotFound, Forbidden, RequestRefused):
        return None
    return frozenset(shop.id for row in rows if (shop := Shop.read(row)) is not None)


async def probe(
    client: Client, entries: Sequence[FileEntry], now: datetime, settings: Mapping[int, ShopSettings]
) -> tuple[list[FileEntry], dict[int, RemoteStatus]]:
    """Check the entries against the account's shops, and find out what sending each would do, by position.

    `settings`: those of the shops, by their ids.

    Raises ApiError.
    """
    entries = check_entries(entries, AccountShops(await shops_of(client), settings))
    # The service refuses a lookup in a shop that it does not know.
    asked = [
        entry for entry in entries if all(entry.key) and not any(found.code == "unknown_shop" for found in entry.errors)
    ]
    known: dict[int, RemoteStatus] = {}
    numbers = NumberSearch(client, of=len(asked))
    for start in range(0, len(asked), _AT_ONCE):
        part = asked[start : start + _AT_ONCE]
        wanted = [LookupTarget(*one.key, id_text(one.document.get("id")) or None) for one in part]
        results = await look_up(client, wanted)
        new = [one for one, found in zip(part, results, strict=True) if found is None and "id" not in one.document]
        doubles = dict(
            zip((one.position for one in new), await numbers.find([one.document for one in new]), strict=True)
        )
        for entry, found in zip(part, results, strict=True):
            if isinstance(found, RequestRefused):
                continue
            if isinstance(found, ApiError):
                raise found
            document = entry.document
            if entry.parsed is not None and found is not None:
                document = with_kept_date(entry.parsed, found)
            order = StagedOrder("", Edit(document), 1, StagedState.DRAFT, now)
            order.snapshot = RemoteSnapshot(order.key, now, found)
            id = id_text(found.get("id")) or None if found is not None else None
            if found is None and "id" in document:
                entries[entry.position] = replace(entry, problems=(gone_problem(document), *entry.problems))
                continue
            double = doubles.get(entry.position)
            if isinstance(double, ApiError):
                raise double
            if isinstance(double, NotLookedUp):
                entries[entry.position] = replace(entry, problems=(*entry.problems, unchecked_problem()))
            elif double is not None:
                problem = number_problem(document, id_text(double.get("order_id")))
                entries[entry.position] = replace(entry, problems=(problem, *entry.problems))
                continue
            known[entry.position] = RemoteStatus(order.action, id, order.differences)
    return entries, known
