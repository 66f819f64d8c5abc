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
from tui.sandbox import account_data, responses, seeding, shipments, shops, writing
from tui.sandbox.access import AccessControl, CredentialCheck, Limits
from tui.sandbox.data import StoredOrder, fold_case, row_of, shop_number
from tui.sandbox.faults import Fault, FaultGate, FaultInjector, Faults
from tui.sandbox.order_query import DEFAULT_SORT, InvalidCursorError, OrderListRequest, list_orders, read_sort
from tui.sandbox.responses import error_object, error_response, json_response, raw_response
from tui.sandbox.seed_data import OWN_SHOP
from tui.sandbox.seed_orders import SeedRow
from tui.sandbox.settings import SandboxSettings
from tui.sandbox.times import DAY, day_of, read_instant, to_micros, to_text

__all__ = ["API", "FAULTS_PATH", "TOKEN_PATH", "Sandbox", "SandboxSettings"]

API = "/api/v3"
TOKEN_PATH = "/oauth2/token/"  # noqa: S105
FAULTS_PATH = "/sandbox/faults"

LONGEST_BODY = 32 * 1024 * 1024
"""The largest accepted body of a request, in bytes. A hundred orders have about 3 MB."""

Handler = Callable[[Request], Awaitable[Response]]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Sandbox:
    """One account with its shops and orders. `asgi` is the application; `fault_injector` causes the faults."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Opens or seeds the file. Raises ValueError for invalid settings or an unusable file."""
        self.settings = settings
        self.access = AccessControl(settings.credentials, settings.clock)
        self.limits = Limits(settings.clock)
        self.fault_injector = FaultInjector(settings.seed, settings.clock, settings.faults)
        self.data = seeding.open_data(settings)
        starlette = Starlette(
            routes=[
                Route("/api/v3/orders", self._checked(self._orders), methods=["GET", "POST"]),
                Route("/api/v3/orders/{id}", self._checked(self._order), methods=["GET", "PATCH", "DELETE", "OPTIONS"]),
                Route("/api/v3/integrations", self._checked(self._integrations)),
                Route("/api/v3/integrations/logs", self._checked(self._all_logs)),
                Route("/api/v3/integrations/{id}", self._checked(self._integration)),
                Route("/api/v3/integrations/{id}/logs", self._checked(self._logs)),
                Route("/api/v3/shop-order-statuses", self._checked(self._statuses)),
                Route("/api/v3/shop-order-statuses/mapping", self._checked(self._mapping)),
                Route("/api/v3/shipments", self._checked(self._shipments)),
                Route("/api/v3/addresses/sender-addresses", self._checked(self._senders)),
                Route("/api/v3/shipping-options", self._checked(self._shipping_options), methods=["POST"]),
                Route("/api/v3/user/auth/metadata", self._checked(self._metadata)),
                Route(TOKEN_PATH.rstrip("/"), _refusing(self._token), methods=["POST"]),
                Route(FAULTS_PATH, self._checked(self._faults), methods=["GET", "PUT"]),
            ],
            exception_handlers={HTTPException: _routing_error},
        )
        self.asgi = FaultGate(_IgnoreTrailingSlash(starlette), self.fault_injector, API, settings.sleep)

    def close(self) -> None:
        self.data.close()

    def _checked(self, handler: Handler) -> Handler:
        """Before each request: check credentials and limits, and make accepted orders readable once their delay has
        ended."""

        async def checked(request: Request) -> Response:
            match self.access.check(request.headers.get("authorization")):
                case CredentialCheck.MISSING:
                    return responses.no_credentials()
                case CredentialCheck.WRONG:
                    return responses.wrong_credentials(as_recorded=self.settings.odd)
            if self.settings.limits and request.url.path.startswith(API):
                wait = self.limits.wait(request.method)
                if wait > 0:
                    return self.fault_injector.throttled(wait)
            self._save_due_orders()
            return await _refusing(handler)(request)

        return checked

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
                return Response(status_code=204) if gone else responses.order_not_found()
            case "OPTIONS":
                return Response(headers={"allow": "GET, PATCH, DELETE"})
        body = self.data.body(id)
        return responses.order_not_found() if body is None else raw_response(200, b'{"data":' + body + b"}")

    def _list(self, request: Request) -> Response:
        wanted, problems = _read_query(dict(request.query_params), frozenset(self.data.shops))
        if problems:
            return error_response(400, *problems)
        try:
            page = list_orders(self.data, wanted)
        except InvalidCursorError:
            return responses.cursor_not_found()
        links = [
            f'<{request.url.include_query_params(cursor=str(cursor))}>; rel="{rel}"'
            for rel, cursor in (("prev", page.previous), ("next", page.next))
            if cursor is not None
        ]
        return raw_response(
            200, b'{"data":[' + b",".join(page.bodies) + b"]}", {"link": ", ".join(links)} if links else None
        )

    async def _upsert(self, request: Request) -> Response:
        partner = request.headers.get("sendcloud-partner-id")
        if partner is not None and partner not in self.settings.partners:
            detail = f"Partner with id {partner} does not exist"
            return error_response(400, error_object(400, "invalid", detail, header="Sendcloud-Partner-Id"))
        batch = await _body(request)
        if not isinstance(batch, list):
            raise _wrong_format("Wrong request format, expected list of objects")
        if len(batch) > writing.MAX_BATCH_SIZE:
            detail = f"Orders list should have at most {writing.MAX_BATCH_SIZE} items, not {len(batch)}"
            return error_response(400, error_object(400, "invalid", detail, pointer="/data/attributes/"))
        if problems := writing.check_batch(batch, self.settings.odd):
            return error_response(400, *problems)
        orders = cast(list[Document], batch)
        with self.data.writing():
            known, problems = self._find_existing(orders)
            if problems:
                return error_response(400, *problems)
            busy = any(order is not None and self.data.is_pending(order.id) for order in known)
            if busy or request.scope.get("sandbox.fault") is Fault.BUSY:
                return error_response(400, error_object(400, "invalid", responses.STILL_PROCESSING, pointer="/data"))
            rows = self._accept(orders, known)
            settle = self._save_delay(request)
            if settle > 0:
                self.data.accept(rows, self.settings.clock() + settle)
            else:
                self.data.put(rows)
        return json_response(201, {"data": [_identifiers(row) for row in rows]})

    def _find_existing(self, orders: list[Document]) -> tuple[list[StoredOrder | None], list[Document]]:
        """The second check of a batch: finds existing orders and reports references to unknown shops and orders."""
        known: list[StoredOrder | None] = []
        problems: list[Document] = []
        for position, order in enumerate(orders):
            shop, order_id, id = _shop_of(order), str(order["order_id"]), order.get("id")
            own = shop in self.data.shops
            found = self._by_id(str(id)) if id is not None else self.data.find(shop, order_id) if own else None
            known.append(found)
            if not own:
                pointer = Pointer.of("order_details", "integration", "id")
                problems.append(writing.post_error(position, pointer, f"Integration with id {shop} does not exist"))
            if id is not None and found is None:
                problems.append(writing.post_error(position, Pointer.of("id"), f"Order with id {id} does not exist"))
            elif found is not None and found.order_id != order_id:
                detail = writing.immutable_detail("Order id", found.order_id)
                problems.append(writing.post_error(position, Pointer.of("order_id"), detail))
            elif found is not None and found.integration != shop and own:
                pointer = Pointer.of("order_details", "integration", "id")
                detail = writing.immutable_detail("Integration id", found.integration)
                problems.append(writing.post_error(position, pointer, detail))
        return known, problems

    def _by_id(self, id: str) -> StoredOrder | None:
        number = _id(id)
        return None if number is None else self.data.get(number)

    def _accept(self, orders: list[Document], known: list[StoredOrder | None]) -> list[SeedRow]:
        """Rows of an accepted batch. An order replaces the existing one; of two with the same key the last one stays."""
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
            return responses.order_not_found(responses.ITEM_NOT_FOUND)
        change = await _body(request)
        if not isinstance(change, dict):
            raise _wrong_format("Wrong request format, expected object")
        with self.data.writing():
            # PATCH is immediate, so an order that is not readable yet becomes readable first.
            self._save(self.data.take_due(id=id))
            text = self.data.body(id)
            if text is None:
                return responses.order_not_found(responses.ITEM_NOT_FOUND)
            stored = cast(Document, decode(text))
            if problems := writing.check_patch(change, stored, self.settings.odd):
                return error_response(400, *problems)
            merged = writing.apply_patch(change, stored)
            if problems := writing.check_merged(merged, stored, self.settings.odd):
                return error_response(400, *problems)
            row = row_of(id, merged | {"modified_at": to_text(self._stamp())})
            self.data.put([row])
        return json_response(200, {"data": _identifiers(row)})

    async def _integrations(self, request: Request) -> Response:
        listed = shops.sorted_integrations(list(self.data.shops.values()), request.query_params.get("sort", ""))
        return json_response(200, {"data": cast(Json, listed)})

    async def _integration(self, request: Request) -> Response:
        shop = self.data.shops.get(_number(request))
        return responses.integration_not_found() if shop is None else json_response(200, {"data": cast(Json, shop)})

    async def _all_logs(self, request: Request) -> Response:
        return self._log_page(request, None)

    async def _logs(self, request: Request) -> Response:
        id = _number(request)
        return self._log_page(request, id) if id in self.data.shops else responses.integration_not_found()

    def _log_page(self, request: Request, shop: int | None) -> Response:
        cursor = request.query_params.get("cursor")
        before = None if not cursor else read_instant(cursor)
        if cursor and before is None:
            return responses.cursor_not_found()
        size = _page_size(request.query_params.get("page_size"), 25, 100)
        found = self.data.logs(shop, before, size + 1)
        bodies = b",".join(body for _, body in found[:size])
        headers = None
        if len(found) > size:
            following = request.url.include_query_params(cursor=to_text(found[size - 1][0]), page_size=size)
            headers = {"link": f'<{following}>; rel="next"'}
        return raw_response(200, b'{"data":[' + bodies + b"]}", headers)

    async def _statuses(self, request: Request) -> Response:
        shop = self._requested_shop(request)
        language = request.query_params.get("language") or "en-gb"
        if language not in shops.LANGUAGES:
            return error_response(400, _invalid_choice(language, "language"))
        deleted = request.query_params.get("show_deleted", "").lower() in ("true", "1")
        return json_response(
            200, {"data": shops.shop_statuses(shop, language, deleted, seeding.current_time(self.settings))}
        )

    async def _mapping(self, request: Request) -> Response:
        return json_response(200, {"data": shops.status_mapping(self._requested_shop(request))})

    def _requested_shop(self, request: Request) -> int:
        text = request.query_params.get("integration_id")
        if not text:
            detail = "Integration ID is a required GET parameter"
            raise Refused(error_response(400, error_object(400, "non_field_errors", detail, title="integration ID")))
        shop = _id(text)
        if shop is None or shop not in self.data.shops:
            raise Refused(responses.integration_not_found())
        return shop

    async def _shipments(self, request: Request) -> Response:
        query = request.query_params
        try:
            found, following = shipments.find(
                self.data,
                number=query.get("order_number", ""),
                shop=query.get("integration_id", ""),
                cursor=query.get("cursor", ""),
                size=_page_size(query.get("page_size"), 40, 100),
                now=seeding.current_time(self.settings),
                odd=self.settings.odd,
            )
        except InvalidCursorError:
            return responses.cursor_not_found()
        links = None
        if following is not None:
            links = {"link": f'<{request.url.include_query_params(cursor=following)}>; rel="next"'}
        return json_response(200, {"data": found}, links)

    async def _senders(self, request: Request) -> Response:
        return json_response(200, {"data": account_data.SENDER_ADDRESSES})

    async def _shipping_options(self, request: Request) -> Response:
        return json_response(200, {"data": account_data.shipping_options(), "message": None})

    async def _metadata(self, request: Request) -> Response:
        return json_response(200, {"data": {"user_id": 100_000 + self.settings.seed, "integration_id": OWN_SHOP}})

    async def _token(self, request: Request) -> Response:
        return self.access.token(await _read_body(request), request.headers.get("authorization"))

    async def _faults(self, request: Request) -> Response:
        """The active faults; PUT replaces all of them."""
        if request.method == "PUT":
            try:
                self.fault_injector.faults = Faults.from_json(decode(await _read_body(request)))
            except ValueError as problem:
                return error_response(400, error_object(400, "invalid", str(problem)))
        return json_response(200, self.fault_injector.faults.to_json())

    def _save_delay(self, request: Request) -> float:
        override = self.fault_injector.faults.settle
        settle = self.settings.settle if override is None else override
        return settle * 10 if request.scope.get("sandbox.fault") is Fault.SLOW else settle

    def _save_due_orders(self) -> None:
        due, now = self.data.next_due(), self.settings.clock()
        if due is not None and due <= now:
            with self.data.writing():
                self._save(self.data.take_due(now))

    def _save(self, ready: list[tuple[int, bytes]]) -> None:
        self.data.put(row_of(id, cast(Document, decode(body))) for id, body in ready)

    def _stamp(self) -> int:
        """The current time in microseconds, never the same twice, even when the clock is frozen."""
        last = self.data.value("last_stamp")
        moment = to_micros(self.settings.now or datetime.fromtimestamp(self.settings.clock(), UTC))
        stamp = max(moment, last + 1 if isinstance(last, int) else 0)
        self.data.set_value("last_stamp", stamp)
        return stamp


def _refusing(handler: Handler) -> Handler:
    """Answer with the response of Refused where a handler raises it."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as refused:
            return refused.response

    return answer


class _IgnoreTrailingSlash:
    """Ignores a trailing slash in paths (Q4.17); there are no redirects."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)


def _read_query(query: dict[str, str], shops: frozenset[int]) -> tuple[OrderListRequest, list[Document]]:
    """The parameters of the list; unknown ones are silently ignored (Q4.12), empty ones have no effect."""
    problems: list[Document] = []
    requested: list[int] = []
    for part in filter(None, (part.strip() for part in query.get("integration", "").split(","))):
        shop = _id(part)
        if shop is None or shop not in shops:
            problems.append(_invalid_choice(part, "integration"))
        else:
            requested.append(shop)
    ranges = {name: _date_range(query, name, problems) for name in ("order_created_at", "order_updated_at")}
    texts = {name: query.get(name) or None for name in ("order_number", "order_id", "status")}
    wanted = OrderListRequest(
        integrations=tuple(dict.fromkeys(requested)) or tuple(sorted(shops)),
        order_number=None if texts["order_number"] is None else fold_case(texts["order_number"]),
        order_id=None if texts["order_id"] is None else fold_case(texts["order_id"]),
        status=None if texts["status"] is None else fold_case(texts["status"]),
        created=ranges["order_created_at"],
        updated=ranges["order_updated_at"],
        sort=read_sort(query["sort"]) if query.get("sort") else DEFAULT_SORT,
        page_size=_page_size(query.get("page_size"), 100, 200),
        cursor=query.get("cursor") or None,
    )
    return wanted, problems


def _date_range(query: dict[str, str], name: str, problems: list[Document]) -> tuple[int | None, int | None]:
    """A range of UTC days; `_max` includes the whole day (Q4.9)."""
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
            problems.append(error_object(400, "invalid", detail, title="Invalid", parameter=name + ending))
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
    return error_object(400, "invalid_choice", detail, title="Invalid Choice", parameter=parameter)


def _wrong_format(detail: str) -> Refused:
    return Refused(error_response(400, error_object(400, "non_field_errors", detail, title="Wrong format")))


async def _body(request: Request) -> Json:
    """The JSON of a request, which must have the right content type (Q7.6). Raises Refused."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        detail = f'Unsupported media type "{kind}" in request.'
        raise Refused(error_response(415, error_object(415, "invalid", detail, title="Unsupported media type")))
    try:
        return decode(await _read_body(request))
    except CodecError as problem:
        raise _wrong_format(f"JSON parse error - {problem}") from problem


async def _read_body(request: Request) -> bytes:
    """The body of a request. Raises Refused if it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            detail = f"The request has more than {LONGEST_BODY} bytes."
            raise Refused(error_response(413, error_object(413, "invalid", detail, title="Request too large")))
    return bytes(body)


def _identifiers(row: SeedRow) -> Document:
    """The response to a write. Ids are numbers here, but text when an order is read (Q1.1)."""
    return {"id": row.id, "order_id": row.order_id, "order_number": row.order_number}


def _shop_of(order: Document) -> int:
    return shop_number(cast(Document, cast(Document, order["order_details"])["integration"])["id"])


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _number(request: Request) -> int:
    """The id in the path; 0, which no order has, unless it consists of digits."""
    return _id(request.path_params["id"]) or 0


async def _routing_error(request: Request, problem: Exception) -> Response:
    if isinstance(problem, HTTPException) and problem.status_code == 405:
        detail = f'Method "{request.method}" not allowed.'
        return error_response(
            405, error_object(405, "invalid", detail, title="Method not allowed"), headers=problem.headers
        )
    return error_response(404, error_object(404, "not_found", "Not found.", title="Not found"))
