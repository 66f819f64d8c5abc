"""The sandbox: Sendcloud's Orders and Integrations as an ASGI application over one SQLite file."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tui.api.codec import CodecError, Document, Json, decode
from tui.api.pointer import Pointer
from tui.sandbox import responses as answers
from tui.sandbox import seeding as stock
from tui.sandbox import shops, writing
from tui.sandbox.access import AccessControl, CredentialCheck, Limits
from tui.sandbox.data import StoredOrder, fold, row_of
from tui.sandbox.faults import Breaker, Fault, FaultGate, Faults
from tui.sandbox.order_query import DEFAULT_SORT, BadCursor, OrderListRequest, list_orders, read_sort
from tui.sandbox.responses import answer, answer_json, error, refuse
from tui.sandbox.seed_data import OWN_SHOP
from tui.sandbox.seed_orders import SeedRow
from tui.sandbox.settings import SandboxSettings
from tui.sandbox.times import DAY, day_of, read_instant, to_micros, to_text

__all__ = ["API", "FAULTS_PATH", "TOKEN_PATH", "Sandbox", "SandboxSettings"]

API = "/api/v3"
TOKEN_PATH = "/oauth2/token/"  # noqa: S105
FAULTS_PATH = "/sandbox/faults"

Handler = Callable[[Request], Awaitable[Response]]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Sandbox:
    """One account with its shops and orders. `asgi` is the application; `breaker` holds what goes wrong."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Opens or seeds the file. Raises ValueError for settings or a file that will not do."""
        self.settings = settings
        self.guard = AccessControl(settings.credentials, settings.clock)
        self.limits = Limits(settings.clock)
        self.breaker = Breaker(settings.seed, settings.clock, settings.faults)
        self.data = stock.open_stock(settings)
        starlette = Starlette(
            routes=[
                Route("/api/v3/orders", self._guarded(self._orders), methods=["GET", "POST"]),
                Route("/api/v3/orders/{id}", self._guarded(self._order), methods=["GET", "PATCH", "DELETE", "OPTIONS"]),
                Route("/api/v3/integrations", self._guarded(self._integrations)),
                Route("/api/v3/integrations/logs", self._guarded(self._all_logs)),
                Route("/api/v3/integrations/{id}", self._guarded(self._integration)),
                Route("/api/v3/integrations/{id}/logs", self._guarded(self._logs)),
                Route("/api/v3/shop-order-statuses", self._guarded(self._statuses)),
                Route("/api/v3/shop-order-statuses/mapping", self._guarded(self._mapping)),
                Route("/api/v3/user/auth/metadata", self._guarded(self._metadata)),
                Route(TOKEN_PATH.rstrip("/"), self._token, methods=["POST"]),
                Route(FAULTS_PATH, self._guarded(self._faults), methods=["GET", "PUT"]),
            ],
            exception_handlers={HTTPException: _no_route},
        )
        self.asgi = FaultGate(_Slashless(starlette), self.breaker, API, settings.sleep)

    def close(self) -> None:
        self.data.close()

    def _guarded(self, handler: Handler) -> Handler:
        """Credentials, limits, and orders whose saving has ended in the meantime come before every request."""

        async def guarded(request: Request) -> Response:
            match self.guard.check(request.headers.get("authorization")):
                case CredentialCheck.MISSING:
                    return answers.no_credentials()
                case CredentialCheck.WRONG:
                    return answers.wrong_credentials(as_recorded=self.settings.odd)
            if self.settings.limits and request.url.path.startswith(API):
                wait = self.limits.wait(request.method)
                if wait > 0:
                    return self.breaker.too_many(wait)
            self._settle()
            return await handler(request)

        return guarded

    async def _orders(self, request: Request) -> Response:
        return await self._upsert(request) if request.method == "POST" else self._list(request)

    async def _order(self, request: Request) -> Response:
        id = _number(request)
        match request.method:
            case "PATCH":
                return await self._patch(request, id)
            case "DELETE":
                with self.data.writing():
                    gone = self.data.delete(id)
                return Response(status_code=204) if gone else answers.order_not_found()
            case "OPTIONS":
                return Response(headers={"allow": "GET, PATCH, DELETE"})
        body = self.data.body(id)
        return answers.order_not_found() if body is None else answer(200, b'{"data":' + body + b"}")

    def _list(self, request: Request) -> Response:
        wanted, problems = _read_query(dict(request.query_params), frozenset(self.data.shops))
        if problems:
            return refuse(400, *problems)
        try:
            page = list_orders(self.data, wanted)
        except BadCursor:
            return answers.cursor_not_found()
        links = [
            f'<{request.url.include_query_params(cursor=str(cursor))}>; rel="{rel}"'
            for rel, cursor in (("prev", page.previous), ("next", page.next))
            if cursor is not None
        ]
        return answer(200, b'{"data":[' + b",".join(page.bodies) + b"]}", {"link": ", ".join(links)} if links else None)

    async def _upsert(self, request: Request) -> Response:
        partner = request.headers.get("sendcloud-partner-id")
        if partner is not None and partner not in self.settings.partners:
            detail = f"Partner with id {partner} does not exist"
            return refuse(400, error(400, "invalid", detail, header="Sendcloud-Partner-Id"))
        batch = await _body(request)
        if isinstance(batch, Response):
            return batch
        if not isinstance(batch, list):
            return _wrong_format("Wrong request format, expected list of objects")
        if len(batch) > writing.MOST:
            detail = f"Orders list should have at most {writing.MOST} items, not {len(batch)}"
            return refuse(400, error(400, "invalid", detail, pointer="/data/attributes/"))
        if problems := writing.check_batch(batch, self.settings.odd):
            return refuse(400, *problems)
        orders = cast(list[Document], batch)
        with self.data.writing():
            known, problems = self._look_up(orders)
            if problems:
                return refuse(400, *problems)
            busy = any(order is not None and self.data.in_work(order.id) for order in known)
            if busy or request.scope.get("sandbox.fault") is Fault.BUSY:
                return refuse(400, error(400, "invalid", answers.STILL_PROCESSING, pointer="/data"))
            rows = self._accept(orders, known)
            settle = self._settle_seconds(request)
            if settle > 0:
                self.data.accept(rows, self.settings.clock() + settle)
            else:
                self.data.put(rows)
        return answer_json(201, {"data": [_identifiers(row) for row in rows]})

    def _look_up(self, orders: list[Document]) -> tuple[list[StoredOrder | None], list[Document]]:
        """The second pass over a batch: which orders exist already, and every reference that leads nowhere."""
        known: list[StoredOrder | None] = []
        problems: list[Document] = []
        for position, order in enumerate(orders):
            shop, order_id, id = _shop_of(order), str(order["order_id"]), order.get("id")
            own = shop in self.data.shops
            found = self._by_id(str(id)) if id is not None else self.data.find(shop, order_id) if own else None
            known.append(found)
            if not own:
                place = Pointer.of("order_details", "integration", "id")
                problems.append(writing.post_error(position, place, f"Integration with id {shop} does not exist"))
            if id is not None and found is None:
                problems.append(writing.post_error(position, Pointer.of("id"), f"Order with id {id} does not exist"))
            elif found is not None and found.order_id != order_id:
                detail = writing.immutable("Order id", found.order_id)
                problems.append(writing.post_error(position, Pointer.of("order_id"), detail))
            elif found is not None and found.integration != shop and own:
                place = Pointer.of("order_details", "integration", "id")
                detail = writing.immutable("Integration id", found.integration)
                problems.append(writing.post_error(position, place, detail))
        return known, problems

    def _by_id(self, id: str) -> StoredOrder | None:
        number = _id(id)
        return None if number is None else self.data.known(number)

    def _accept(self, orders: list[Document], known: list[StoredOrder | None]) -> list[SeedRow]:
        """Rows of an accepted batch. An order replaces what was there; of two with one key the last one stays."""
        stamp = to_text(self._stamp())
        ids: dict[tuple[int, str], int] = {}
        rows = []
        for order, before in zip(orders, known, strict=True):
            key = (_shop_of(order), str(order["order_id"]))
            id = before.id if before is not None else ids.get(key) or self.data.next_id()
            ids[key] = id
            created: Json = stamp
            if before is not None and before.body is not None:
                created = cast(Document, decode(before.body)).get("created_at", stamp)
            head: Document = {
                "id": str(id),
                "order_id": order["order_id"],
                "order_number": order["order_number"],
                "created_at": created,
                "modified_at": stamp,
            }
            rest = {name: node for name, node in order.items() if name not in head}
            rows.append(row_of(id, head | writing.with_times(rest)))
        return rows

    async def _patch(self, request: Request, id: int) -> Response:
        if self.data.body(id) is None:
            return answers.order_not_found(answers.ITEM_NOT_FOUND)
        change = await _body(request)
        if isinstance(change, Response):
            return change
        if not isinstance(change, dict):
            return _wrong_format("Wrong request format, expected object")
        with self.data.writing():
            # An order that is still being saved is saved first: PATCH is immediate.
            self._save(self.data.take_due(id=id))
            text = self.data.body(id)
            if text is None:
                return answers.order_not_found(answers.ITEM_NOT_FOUND)
            stored = cast(Document, decode(text))
            if problems := writing.check_patch(change, stored, self.settings.odd):
                return refuse(400, *problems)
            merged = writing.apply_patch(change, stored)
            if problems := writing.check_merged(merged, stored, self.settings.odd):
                return refuse(400, *problems)
            row = row_of(id, merged | {"modified_at": to_text(self._stamp())})
            self.data.put([row])
        return answer_json(200, {"data": _identifiers(row)})

    async def _integrations(self, request: Request) -> Response:
        listed = shops.sorted_integrations(list(self.data.shops.values()), request.query_params.get("sort", ""))
        return answer_json(200, {"data": cast(Json, listed)})

    async def _integration(self, request: Request) -> Response:
        shop = self.data.shops.get(_number(request))
        return answers.integration_not_found() if shop is None else answer_json(200, {"data": cast(Json, shop)})

    async def _all_logs(self, request: Request) -> Response:
        return self._log_page(request, None)

    async def _logs(self, request: Request) -> Response:
        id = _number(request)
        return self._log_page(request, id) if id in self.data.shops else answers.integration_not_found()

    def _log_page(self, request: Request, shop: int | None) -> Response:
        cursor = request.query_params.get("cursor")
        before = None if not cursor else read_instant(cursor)
        if cursor and before is None:
            return answers.cursor_not_found()
        size = _page_size(request.query_params.get("page_size"), 25, 100)
        found = self.data.logs(shop, before, size + 1)
        bodies = b",".join(body for _, body in found[:size])
        headers = None
        if len(found) > size:
            following = request.url.include_query_params(cursor=to_text(found[size - 1][0]), page_size=size)
            headers = {"link": f'<{following}>; rel="next"'}
        return answer(200, b'{"data":[' + bodies + b"]}", headers)

    async def _statuses(self, request: Request) -> Response:
        shop = self._asked_shop(request)
        if isinstance(shop, Response):
            return shop
        language = request.query_params.get("language") or "en-gb"
        if language not in shops.LANGUAGES:
            return refuse(400, _invalid_choice(language, "language"))
        deleted = request.query_params.get("show_deleted", "").lower() in ("true", "1")
        return answer_json(200, {"data": shops.shop_statuses(shop, language, deleted, stock.now_of(self.settings))})

    async def _mapping(self, request: Request) -> Response:
        shop = self._asked_shop(request)
        if isinstance(shop, Response):
            return shop
        return answer_json(200, {"data": shops.status_mapping(shop)})

    def _asked_shop(self, request: Request) -> int | Response:
        text = request.query_params.get("integration_id")
        if not text:
            detail = "Integration ID is a required GET parameter"
            return refuse(400, error(400, "non_field_errors", detail, title="integration ID"))
        shop = _id(text)
        return answers.integration_not_found() if shop not in self.data.shops or shop is None else shop

    async def _metadata(self, request: Request) -> Response:
        return answer_json(200, {"data": {"user_id": 100_000 + self.settings.seed, "integration_id": OWN_SHOP}})

    async def _token(self, request: Request) -> Response:
        return self.guard.token(await request.body(), request.headers.get("authorization"))

    async def _faults(self, request: Request) -> Response:
        """What goes wrong at present; PUT replaces all of it."""
        if request.method == "PUT":
            try:
                self.breaker.faults = Faults.from_json(decode(await request.body()))
            except ValueError as problem:
                return refuse(400, error(400, "invalid", str(problem)))
        return answer_json(200, self.breaker.faults.to_json())

    def _settle_seconds(self, request: Request) -> float:
        asked = self.breaker.faults.settle
        settle = self.settings.settle if asked is None else asked
        return settle * 10 if request.scope.get("sandbox.fault") is Fault.SLOW else settle

    def _settle(self) -> None:
        due, now = self.data.next_due(), self.settings.clock()
        if due is not None and due <= now:
            with self.data.writing():
                self._save(self.data.take_due(now))

    def _save(self, ready: list[tuple[int, bytes]]) -> None:
        self.data.put(row_of(id, cast(Document, decode(body))) for id, body in ready)

    def _stamp(self) -> int:
        """This moment in microseconds; never the same twice, also where the clock is frozen."""
        last = self.data.note("last_stamp")
        moment = to_micros(self.settings.now or datetime.fromtimestamp(self.settings.clock(), UTC))
        stamp = max(moment, last + 1 if isinstance(last, int) else 0)
        self.data.set_note("last_stamp", stamp)
        return stamp


class _Slashless:
    """Paths with a slash at the end lead to the same place (Q4.17); nothing is ever redirected."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)


def _read_query(query: dict[str, str], shops: frozenset[int]) -> tuple[OrderListRequest, list[Document]]:
    """The list's parameters; unknown ones are ignored in silence (Q4.12), empty ones ask for nothing."""
    problems: list[Document] = []
    asked: list[int] = []
    for part in filter(None, (part.strip() for part in query.get("integration", "").split(","))):
        shop = _id(part)
        if shop is None or shop not in shops:
            problems.append(_invalid_choice(part, "integration"))
        else:
            asked.append(shop)
    ranges = {name: _date_range(query, name, problems) for name in ("order_created_at", "order_updated_at")}
    texts = {name: query.get(name) or None for name in ("order_number", "order_id", "status")}
    wanted = OrderListRequest(
        integrations=tuple(dict.fromkeys(asked)) or tuple(sorted(shops)),
        order_number=None if texts["order_number"] is None else fold(texts["order_number"]),
        order_id=None if texts["order_id"] is None else fold(texts["order_id"]),
        status=None if texts["status"] is None else fold(texts["status"]),
        created=ranges["order_created_at"],
        updated=ranges["order_updated_at"],
        sort=read_sort(query["sort"]) if query.get("sort") else DEFAULT_SORT,
        page_size=_page_size(query.get("page_size"), 100, 200),
        cursor=query.get("cursor") or None,
    )
    return wanted, problems


def _date_range(query: dict[str, str], name: str, problems: list[Document]) -> tuple[int | None, int | None]:
    """Days in UTC; `_max` holds for the whole day (Q4.9)."""
    lows: list[int] = []
    highs: list[int] = []
    for ending in ("", "_min", "_max"):
        text = query.get(name + ending)
        if not text:
            continue
        try:
            if not _DATE.fullmatch(text):
                raise ValueError(text)
            begin = day_of(date.fromisoformat(text))
        except ValueError:
            detail = "Enter a valid date."
            problems.append(error(400, "invalid", detail, title="Invalid", parameter=name + ending))
            continue
        if ending != "_max":
            lows.append(begin)
        if ending != "_min":
            highs.append(begin + DAY)
    return max(lows, default=None), min(highs, default=None)


def _page_size(text: str | None, default: int, most: int) -> int:
    try:
        number = float(text or default)
    except ValueError:
        return default
    return int(min(max(number, 1), most)) if number == number else default  # NaN is not itself


def _invalid_choice(value: str, parameter: str) -> Document:
    detail = f"Select a valid choice. {value} is not one of the available choices."
    return error(400, "invalid_choice", detail, title="Invalid Choice", parameter=parameter)


def _wrong_format(detail: str) -> Response:
    return refuse(400, error(400, "non_field_errors", detail, title="Wrong format"))


async def _body(request: Request) -> Json | Response:
    """The JSON of a request. Without its content type it is not taken (Q7.6)."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        detail = f'Unsupported media type "{kind}" in request.'
        return refuse(415, error(415, "invalid", detail, title="Unsupported media type"))
    try:
        return decode(await request.body())
    except CodecError as problem:
        return _wrong_format(f"JSON parse error - {problem}")


def _identifiers(row: SeedRow) -> Document:
    """In answers to writes the id is a number, in what is read it is a text (Q1.1)."""
    return {"id": row.id, "order_id": row.order_id, "order_number": row.order_number}


def _shop_of(order: Document) -> int:
    return int(cast(int, cast(Document, cast(Document, order["order_details"])["integration"])["id"]))


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _number(request: Request) -> int:
    """The id in the path; 0, which nothing has, for anything but digits."""
    return _id(request.path_params["id"]) or 0


async def _no_route(request: Request, problem: Exception) -> Response:
    if isinstance(problem, HTTPException) and problem.status_code == 405:
        detail = f'Method "{request.method}" not allowed.'
        return refuse(405, error(405, "invalid", detail, title="Method not allowed"), headers=problem.headers)
    return refuse(404, error(404, "not_found", "Not found.", title="Not found"))
