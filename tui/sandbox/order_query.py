"""Filters, sorting and cursors of GET /orders, answered from the indexes."""

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
"""Sort keys, each with whether it is descending."""
Value = int | str


class InvalidCursorError(ValueError):
    """The cursor is not one of this sandbox, or belongs to another sort (Q4.5)."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position between two orders, encoded like those of Django REST framework, with `o`, `r` and `p` (Q4.2, Q4.4)."""

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
        """Decode a cursor. Raises InvalidCursorError unless it is one of this sort."""
        try:
            decoded = base64.b64decode(text.encode("ascii"), validate=True).decode("ascii")
            tokens = dict(parse_qsl(decoded, keep_blank_values=True, strict_parsing=True))
            offset = int(tokens.pop("o", "0"))
            reverse = bool(int(tokens.pop("r", "0")))
            value = json.loads(tokens.pop("p", "[]"))
        except (ValueError, UnicodeError, binascii.Error, RecursionError):
            raise InvalidCursorError(text) from None
        position = tuple(value) if isinstance(value, list) else (value,)
        if tokens or not 0 <= offset <= _LONGEST_OFFSET:
            raise InvalidCursorError(text)
        if position and len(position) != len(keys):
            raise InvalidCursorError(text)
        for (key, _), value in zip(keys, position, strict=False):
            expected_type = str if key == "order_number" else int
            if type(value) is not expected_type or (isinstance(value, int) and abs(value) >= 1 << 63):
                raise InvalidCursorError(text)
        return cls(reverse, position, offset)


@dataclass(frozen=True, slots=True)
class OrderListRequest:
    """The parameters of a list request. Date ranges are in microseconds and exclude the end; texts are case-folded."""

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
    """One page, and the cursors of the next and previous ones."""

    bodies: list[bytes]
    next: Cursor | None
    previous: Cursor | None


def read_sort(text: str) -> Sort:
    """The keys of a `sort` parameter.

    Returns the default if any is unknown; the first of two conflicting ones wins (Q4.11).
    """
    sort: dict[str, bool] = {}
    for part in text.split(","):
        key = part.strip()
        name = key.removeprefix("-")
        if name not in COLUMNS:
            return DEFAULT_SORT
        sort.setdefault(name, key.startswith("-"))
    return tuple(sort.items())


def full_sort(sort: Sort) -> Sort:
    """A sort without ties: it ends with `pk`, in the direction of the first key unless `pk` is given."""
    keys: list[tuple[str, bool]] = []
    for key in (*sort, ("pk", sort[0][1])):
        keys.append(key)
        if key[0] == "pk":
            break
    return tuple(keys)


def list_orders(data: SandboxData, request: OrderListRequest) -> OrderListPage:
    """Read one page. Raises InvalidCursorError."""
    keys = full_sort(request.sort)
    cursor = Cursor() if request.cursor is None else Cursor.parse(request.cursor, keys)
    # Paging backwards is paging forwards in the opposite order.
    ordered = tuple((key, descending != cursor.reverse) for key, descending in keys)
    rows = _rows(data.connection, request, ordered, cursor)
    more = len(rows) > cursor.offset + request.page_size
    page = rows[cursor.offset : cursor.offset + request.page_size]
    has_previous = bool(cursor.position) or cursor.offset > 0
    if cursor.reverse:
        page.reverse()
    before, after = (more, has_previous) if cursor.reverse else (has_previous, more)
    return OrderListPage(
        data.bodies([int(row[0]) for row in page]),
        Cursor(False, page[-1][1:]) if after and page else None,
        Cursor(True, page[0][1:]) if before and page else None,
    )


Found = tuple[Value, ...]
"""The id, then the value of each sort key."""


def _rows(connection: sqlite3.Connection, request: OrderListRequest, keys: Sort, cursor: Cursor) -> list[Found]:
    """The first rows after the cursor in order, one more than the page needs."""
    count = cursor.offset + request.page_size + 1
    where, values = _after(keys, cursor.position)
    for column, (low, high) in (("created", request.created), ("updated", request.updated)):
        if low is not None or high is not None:
            where.append(f"{column} >= ?")
            values.append(NEVER >> 1 if low is None else low)
        if high is not None:
            where.append(f"{column} < ?")
            values.append(high)
    shops: Iterable[int] = request.integrations
    if request.order_number is not None or request.order_id is not None:
        for column, key in (("number_key", request.order_number), ("order_id_key", request.order_id)):
            if key is not None:
                where.append(f"{column} = ?")
                values.append(key)
        if request.status is not None:
            where.append("status_key = ?")
            values.append(request.status)
        index = "by_order_id_key" if request.order_id is not None else "by_number_key"
        found = [
            row
            for shop in shops
            for row in _select(connection, index, keys, [*where, "integration = ?"], [*values, shop], count)
        ]
        return _merge(found, keys)[:count]
    if request.status is not None:
        where.insert(0, "status_key = ?")
        values.insert(0, request.status)
    where.insert(0, "integration = ?")
    if keys[0][0] == "integration":
        return _shop_by_shop(connection, request, keys, cursor, where, values, count)
    index = _index(connection, request, keys)
    return _merge(
        [row for shop in shops for row in _select(connection, index, keys, where, [shop, *values], count)], keys
    )[:count]


def _shop_by_shop(
    connection: sqlite3.Connection,
    request: OrderListRequest,
    keys: Sort,
    cursor: Cursor,
    where: list[str],
    values: list[Value],
    count: int,
) -> list[Found]:
    """Rows when the shop is the first sort key: one shop after the other until the page is full."""
    descending = keys[0][1]
    rest = keys[1:] or (("pk", descending),)
    index = _index(connection, request, rest)
    rows: list[Found] = []
    for shop in sorted(request.integrations, reverse=descending):
        if cursor.position and (shop > int(cursor.position[0]) if descending else shop < int(cursor.position[0])):
            continue
        rows += _select(connection, index, keys, where, [shop, *values], count - len(rows))
        if len(rows) >= count:
            break
    return rows


def _index(connection: sqlite3.Connection, request: OrderListRequest, keys: Sort) -> str:
    """The index to use: that of the sort, unless a date range leaves so few orders that sorting them is faster."""
    prefix = "by_" if request.status is None else "by_status_"
    first = COLUMNS[next(key for key, _ in keys if key != "integration")]
    for column, (low, high) in (("created", request.created), ("updated", request.updated)):
        if column == first or (low is None and high is None):
            continue
        found = 0
        for shop in request.integrations:
            status = "" if request.status is None else "status_key = ? AND "
            values: list[Value] = [shop, *([] if request.status is None else [request.status])]
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


def _select(
    connection: sqlite3.Connection, index: str, keys: Sort, where: list[str], values: list[Value], count: int
) -> list[Found]:
    columns = ", ".join(COLUMNS[key] for key, _ in keys)
    order = ", ".join(f"{COLUMNS[key]} {'DESC' if descending else 'ASC'}" for key, descending in keys)
    return connection.execute(
        f"SELECT id, {columns} FROM orders INDEXED BY {index} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?",  # noqa: S608
        [*values, count],
    ).fetchall()


def _after(keys: Sort, position: tuple[Value, ...]) -> tuple[list[str], list[Value]]:
    """The condition for rows after a position: (a, b, c) > (x, y, z), each key in its own direction."""
    if not position:
        return [], []
    (key, descending), value = keys[-1], position[-1]
    clause, values = f"{COLUMNS[key]} {'<' if descending else '>'} ?", [value]
    for (key, descending), value in zip(reversed(keys[:-1]), reversed(position[:-1]), strict=True):
        column, sign = COLUMNS[key], "<" if descending else ">"
        # The redundant first part allows an index search.
        clause = f"{column} {sign}= ? AND ({column} {sign} ? OR ({clause}))"
        values = [value, value, *values]
    return [f"({clause})"], values


def _merge(rows: list[Found], keys: Sort) -> list[Found]:
    for column in range(len(keys), 0, -1):
        rows.sort(key=lambda row: row[column], reverse=keys[column - 1][1])
    return rows
