"""A page of orders: filters, sorting and cursors of GET /orders, answered from indexes alone."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tui.sandbox.data import NEVER, SandboxData

COLUMNS = {
    "pk": "id",
    "integration": "integration",
    "order_number": "number",
    "order_created_at": "created",
    "order_updated_at": "updated",
}
DEFAULT_SORT = (("pk", True),)

_FEW = 20_000
_LONGEST_OFFSET = 1_000

Sort = tuple[tuple[str, bool], ...]
"""Keys with whether each is descending."""
Value = int | str


class BadCursor(ValueError):
    """A cursor that this sandbox never gave, or that belongs to another sort (Q4.5)."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two orders. Spelled as Django REST framework does, with `o`, `r` and `p` (Q4.2, Q4.4)."""

    reverse: bool = False
    position: tuple[Value, ...] = ()
    offset: int = 0

    def __str__(self) -> str:
        tokens: dict[str, str] = {}
        if self.offset:
            tokens["o"] = str(self.offset)
        if self.reverse:
            tokens["r"] = "1"
        if len(self.position) == 1:
            tokens["p"] = str(self.position[0])
        elif self.position:
            tokens["p"] = json.dumps(self.position, separators=(",", ":"))
        return base64.b64encode(urlencode(tokens).encode("ascii")).decode("ascii")

    @classmethod
    def parse(cls, text: str, keys: Sort) -> "Cursor":
        """Raises BadCursor for what is no cursor of this sort."""
        try:
            decoded = base64.b64decode(text.encode("ascii"), validate=True).decode("ascii")
            tokens = dict(parse_qsl(decoded, keep_blank_values=True, strict_parsing=True))
            offset = int(tokens.pop("o", "0"))
            reverse = bool(int(tokens.pop("r", "0")))
            place = json.loads(tokens.pop("p", "[]"))
        except (ValueError, UnicodeError, binascii.Error, RecursionError):
            raise BadCursor(text) from None
        position = tuple(place) if isinstance(place, list) else (place,)
        if tokens or not 0 <= offset <= _LONGEST_OFFSET:
            raise BadCursor(text)
        if position and len(position) != len(keys):
            raise BadCursor(text)
        for (key, _), value in zip(keys, position, strict=False):
            wanted = str if key == "order_number" else int
            if type(value) is not wanted or (isinstance(value, int) and abs(value) >= 1 << 63):
                raise BadCursor(text)
        return cls(reverse, position, offset)


@dataclass(frozen=True, slots=True)
class OrderListRequest:
    """What a list is asked for. Date ranges are microseconds, the end not included; texts are folded."""

    integrations: tuple[int, ...]
    order_number: str | None = None
    order_id: str | None = None
    status: str | None = None
    created: tuple[int | None, int | None] = (None, None)
    updated: tuple[int | None, int | None] = (None, None)
    sort: Sort = DEFAULT_SORT
    page_size: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class OrderListPage:
    """One page, and the cursors of its neighbours."""

    bodies: list[bytes]
    next: Cursor | None
    previous: Cursor | None


def read_sort(text: str) -> Sort:
    """The keys of a `sort` parameter. One unknown key and the default holds; of conflicting ones the first (Q4.11)."""
    sort: dict[str, bool] = {}
    for part in text.split(","):
        key = part.strip()
        name = key.removeprefix("-")
        if name not in COLUMNS:
            return DEFAULT_SORT
        sort.setdefault(name, key.startswith("-"))
    return tuple(sort.items())


def full_sort(sort: Sort) -> Sort:
    """A sort that leaves no two orders equal: it ends in `pk`, which by itself goes the way of the first key."""
    keys: list[tuple[str, bool]] = []
    for key in (*sort, ("pk", sort[0][1])):
        keys.append(key)
        if key[0] == "pk":
            break
    return tuple(keys)


def list_orders(data: SandboxData, wanted: OrderListRequest) -> OrderListPage:
    """One page. Raises BadCursor."""
    keys = full_sort(wanted.sort)
    cursor = Cursor() if wanted.cursor is None else Cursor.parse(wanted.cursor, keys)
    # Going back is going forward in the opposite order.
    ordered = tuple((key, descending != cursor.reverse) for key, descending in keys)
    rows = _rows(data.connection, wanted, ordered, cursor)
    more = len(rows) > cursor.offset + wanted.page_size
    page = rows[cursor.offset : cursor.offset + wanted.page_size]
    entered = bool(cursor.position) or cursor.offset > 0
    if cursor.reverse:
        page.reverse()
    before, after = (more, entered) if cursor.reverse else (entered, more)
    return OrderListPage(
        data.bodies([int(row[0]) for row in page]),
        Cursor(False, page[-1][1:]) if after and page else None,
        Cursor(True, page[0][1:]) if before and page else None,
    )


Found = tuple[Value, ...]
"""The id, then a value for every sort key."""


def _rows(connection: sqlite3.Connection, wanted: OrderListRequest, keys: Sort, cursor: Cursor) -> list[Found]:
    """The first rows after the cursor, one more than the page needs, in order."""
    count = cursor.offset + wanted.page_size + 1
    where, values = _after(keys, cursor.position)
    for column, (low, high) in (("created", wanted.created), ("updated", wanted.updated)):
        if low is not None or high is not None:
            where.append(f"{column} >= ?")
            values.append(NEVER >> 1 if low is None else low)
        if high is not None:
            where.append(f"{column} < ?")
            values.append(high)
    shops: Iterable[int] = wanted.integrations
    if wanted.order_number is not None or wanted.order_id is not None:
        for column, key in (("number_key", wanted.order_number), ("order_id_key", wanted.order_id)):
            if key is not None:
                where.append(f"{column} = ?")
                values.append(key)
        if wanted.status is not None:
            where.append("status_key = ?")
            values.append(wanted.status)
        index = "by_order_id_key" if wanted.order_id is not None else "by_number_key"
        found = [
            row
            for shop in shops
            for row in _ask(connection, index, keys, [*where, "integration = ?"], [*values, shop], count)
        ]
        return _merge(found, keys)[:count]
    if wanted.status is not None:
        where.insert(0, "status_key = ?")
        values.insert(0, wanted.status)
    where.insert(0, "integration = ?")
    if keys[0][0] == "integration":
        return _shop_by_shop(connection, wanted, keys, cursor, where, values, count)
    index = _index(connection, wanted, keys)
    return _merge(
        [row for shop in shops for row in _ask(connection, index, keys, where, [shop, *values], count)], keys
    )[:count]


def _shop_by_shop(
    connection: sqlite3.Connection,
    wanted: OrderListRequest,
    keys: Sort,
    cursor: Cursor,
    where: list[str],
    values: list[Value],
    count: int,
) -> list[Found]:
    """Sorted by shop first: one shop after the other until the page is full."""
    descending = keys[0][1]
    rest = keys[1:] or (("pk", descending),)
    index = _index(connection, wanted, rest)
    rows: list[Found] = []
    for shop in sorted(wanted.integrations, reverse=descending):
        if cursor.position and (shop > int(cursor.position[0]) if descending else shop < int(cursor.position[0])):
            continue
        rows += _ask(connection, index, keys, where, [shop, *values], count - len(rows))
        if len(rows) >= count:
            break
    return rows


def _index(connection: sqlite3.Connection, wanted: OrderListRequest, keys: Sort) -> str:
    """The index to walk: that of the sort, unless a date range leaves so few that they are sorted faster."""
    prefix = "by_" if wanted.status is None else "by_status_"
    first = COLUMNS[next(key for key, _ in keys if key != "integration")]
    for column, (low, high) in (("created", wanted.created), ("updated", wanted.updated)):
        if column == first or (low is None and high is None):
            continue
        found = 0
        for shop in wanted.integrations:
            status = "" if wanted.status is None else "status_key = ? AND "
            values: list[Value] = [shop, *([] if wanted.status is None else [wanted.status])]
            values += [NEVER >> 1 if low is None else low, 1 << 62 if high is None else high, _FEW - found]
            (inside,) = connection.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM orders INDEXED BY {prefix}{column} WHERE integration = ? AND"  # noqa: S608
                f" {status}{column} >= ? AND {column} < ? LIMIT ?)",
                values,
            ).fetchone()
            found += inside
        if found < _FEW:
            return prefix + column
    return prefix + {"id": "pk"}.get(first, first)


def _ask(
    connection: sqlite3.Connection, index: str, keys: Sort, where: list[str], values: list[Value], count: int
) -> list[Found]:
    columns = ", ".join(COLUMNS[key] for key, _ in keys)
    order = ", ".join(f"{COLUMNS[key]} {'DESC' if descending else 'ASC'}" for key, descending in keys)
    return connection.execute(
        f"SELECT id, {columns} FROM orders INDEXED BY {index} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?",  # noqa: S608
        [*values, count],
    ).fetchall()


def _after(keys: Sort, position: tuple[Value, ...]) -> tuple[list[str], list[Value]]:
    """The condition that a row comes after a position: (a, b, c) > (x, y, z), each key in its own direction."""
    if not position:
        return [], []
    (key, descending), value = keys[-1], position[-1]
    clause, values = f"{COLUMNS[key]} {'<' if descending else '>'} ?", [value]
    for (key, descending), value in zip(reversed(keys[:-1]), reversed(position[:-1]), strict=True):
        column, sign = COLUMNS[key], "<" if descending else ">"
        # The redundant first part is what an index can be searched by.
        clause = f"{column} {sign}= ? AND ({column} {sign} ? OR ({clause}))"
        values = [value, value, *values]
    return [f"({clause})"], values


def _merge(rows: list[Found], keys: Sort) -> list[Found]:
    for column in range(len(keys), 0, -1):
        rows.sort(key=lambda row: row[column], reverse=keys[column - 1][1])
    return rows
