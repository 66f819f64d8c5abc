"""The service as methods: one for each operation, and nothing that is not on the wire.

Of the Orders document all five operations, of the Integrations document what orders need (list, exception logs,
shop order statuses and their mapping), and the check of credentials. Documents come raw (design, decision 3);
whatever goes wrong is an ApiError of `tui.api.errors`.

Writes: a bytes body goes out byte for byte. Record what is about to be sent first, and shield the call from
cancellation; a cancelled write is as unknown as a lost answer (`tui.api.transport`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

import httpx

from tui.api.auth import Auth
from tui.api.budget import Budget, Clock, Sleep
from tui.api.codec import CodecError, Document, Json, decode, encode
from tui.api.errors import (
    ConfigError,
    InvalidCursor,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    ReadOnly,
    one_line,
    read_problems,
)
from tui.api.paging import Cursors, read_cursors
from tui.api.pointer import Dialect
from tui.api.query import OrderQuery, encode_query, id_text, mismatches, order_key, sort_warning
from tui.api.request_log import RequestLog
from tui.api.transport import ANSWER_LIMIT, Request, ServiceResponse, Transport
from tui.api.wording import count_of

__all__ = ["LARGEST_BATCH", "Client", "Identifiers", "LogPage", "Metadata", "OrderQuery", "Page", "order_key"]

LARGEST_BATCH = 100
"""Orders of one POST (Q2.2)."""

LARGEST_LOG_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What the service tells about an order that it accepted. It proves nothing about values (Q3.12)."""

    id: str
    order_id: str
    order_number: str
    raw: Document = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of orders, all of them as they came.

    `mismatches` are the places of orders that contradict what was asked, which happens when the service ignores a filter
    in silence (Q4.12); `warnings` says it in sentences. Whoever shows the page decides what becomes of them.
    """

    orders: tuple[Document, ...]
    next: str | None = None
    previous: str | None = None
    warnings: tuple[str, ...] = ()
    mismatches: tuple[int, ...] = ()

    @property
    def matching(self) -> tuple[Document, ...]:
        """The orders without those that contradict what was asked."""
        outside = set(self.mismatches)
        return tuple(order for place, order in enumerate(self.orders) if place not in outside)


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of exception logs. Their headers and bodies may hold a shop's secrets (Q10.3)."""

    logs: tuple[Document, ...]
    next: str | None = None
    previous: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """Whose credentials these are (Q7.3)."""

    user_id: str
    integration_id: int | None


class Client:
    """All operations at one base URL with one set of credentials. Close it with `aclose`.

    `base_url` is taken as it is, its path included; the operations' paths go behind it. It must be HTTPS, but for this
    machine (also for an in-process `transport`: then `http://127.0.0.1/api/v3`). `read_only` refuses every write here.
    Clients of the same account share one `budget`. `patience`: seconds that a request may go on being put off and tried
    again; None leaves it to the number of tries. A write that is out has `timeout` for its answer in any case.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        random: Random | None = None,
        partner_id: str | None = None,
        log: RequestLog | None = None,
        budget: Budget | None = None,
        read_only: bool = False,
        timeout: float = 30.0,
        patience: float | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        if partner_id is not None and not (partner_id.isascii() and partner_id.isprintable() and partner_id.strip()):
            raise ConfigError("The partner id has characters that no header may have.")
        self._transport = Transport(
            base_url,
            auth,
            transport=transport,
            clock=clock,
            sleep=sleep,
            random=random,
            log=log,
            budget=budget,
            timeout=timeout,
            patience=patience,
            limit=limit,
        )
        self._partner_id = partner_id
        self.read_only = read_only

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    @property
    def log(self) -> RequestLog:
        return self._transport.log

    @property
    def in_flight(self) -> int:
        """Requests that are under way at this moment."""
        return self._transport.in_flight

    @property
    def paused_for(self) -> float:
        """Seconds for which the service asked to be left alone (429)."""
        return self._transport.budget.paused_for

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def list_orders(self, query: OrderQuery | None = None, *, cursor: str | None = None) -> Page:
        """GET /orders (Orders, "Retrieve a list of orders").

        A cursor belongs to the query it came with: change anything, and begin without one (Q4.4). Raises InvalidCursor
        when the service does not know it any more.
        """
        query = query or OrderQuery()
        parameters = query.parameters()
        if cursor:
            parameters.append(("cursor", cursor))

        def read(answer: ServiceResponse) -> Page:
            rows, warnings = _rows(answer)
            cursors = _cursors(answer, cursor, warnings)
            wrong = mismatches(query, rows)
            warnings += [_mismatch_warning(name, len(places), len(rows)) for name, places in wrong.items()]
            if len(rows) > query.page_size:
                warnings.append(f"The service sent {len(rows)} orders where {query.page_size} were asked for.")
            if warning := sort_warning(query.sort, rows):
                warnings.append(warning)
            outside = tuple(sorted({place for places in wrong.values() for place in places}))
            return Page(tuple(rows), cursors.next, cursors.previous, tuple(warnings), outside)

        return await self._page("/orders", parameters, cursor, read)

    async def get_order(self, id: str) -> Document:
        """GET /orders/{id} (Orders, "Retrieve an order"). `id` is Sendcloud's, never the shop's `order_id` (Q1.3)."""
        number = _number(id)

        def read(answer: ServiceResponse) -> Document:
            order = _object(answer)
            _check_identity(order, number)
            return order

        return await self._transport.ask(Request("GET", f"/orders/{number}"), read)

    async def patch_order(self, id: str, body: Json | bytes) -> Identifiers:
        """PATCH /orders/{id} (Orders, "Update an order"): what is in the body changes at once, all else stays.

        The answer proves nothing about values (Q3.12): read the order again and compare.
        """
        number = _number(id)
        self._refuse_if_read_only()
        if not isinstance(change := _parsed(body), dict):
            raise InvalidRequest("A change of an order is a JSON object. Nothing was sent.")
        if not change:
            raise InvalidRequest("There is no change to send. Nothing was sent.")

        def read(answer: ServiceResponse) -> Identifiers:
            if answer.status == 204 and not answer.body:
                return Identifiers(number, "", "")
            told = _object(answer)
            _check_identity(told, number)
            return _identifiers(told)

        request = Request("PATCH", f"/orders/{number}", body=_bytes(body), dialect=Dialect.PATCH)
        return await self._transport.ask(request, read)

    async def delete_order(self, id: str) -> bool:
        """DELETE /orders/{id} (Orders, "Delete an order"). False: the service says that it was gone already (Q9)."""
        number = _number(id)
        self._refuse_if_read_only()
        try:
            await self._transport.ask(Request("DELETE", f"/orders/{number}", dialect=Dialect.PATCH), lambda _: None)
        except NotFound as error:
            if not error.confirmed_by_service:  # a page of somebody in between is no word of the service
                raise
            return False
        return True

    async def upsert_orders(self, orders: Sequence[Json] | bytes) -> list[Identifiers]:
        """POST /orders (Orders, "Create/Update orders in batch"): all of them or none (Q2.3), 1 to 100.

        Success means accepted: an order may not be readable yet (Q2.9). Match the answers by `order_id` and position.
        """
        self._refuse_if_read_only()
        batch = _parsed(orders) if isinstance(orders, bytes) else list(orders)
        if not isinstance(batch, list):
            raise InvalidRequest("A batch is a JSON list of orders, even for one order. Nothing was sent.")
        if not batch:
            raise InvalidRequest("There is no order to send. Nothing was sent.")
        if len(batch) > LARGEST_BATCH:
            raise InvalidRequest(f"A batch has at most {LARGEST_BATCH} orders, not {len(batch)}. Nothing was sent.")
        body = orders if isinstance(orders, bytes) else encode(batch)
        headers = {"Sendcloud-Partner-Id": self._partner_id} if self._partner_id else {}

        def read(answer: ServiceResponse) -> list[Identifiers]:
            data = _data(answer)
            told = [data] if isinstance(data, dict) else data
            if not isinstance(told, list):
                raise InvalidResponse("it does not tell the orders that were accepted")
            return [_identifiers(one) for one in told if isinstance(one, dict)]

        return await self._transport.ask(Request("POST", "/orders", "", body, Dialect.POST, headers), read)

    async def list_integrations(self, sort: str | None = None) -> tuple[Document, ...]:
        """GET /integrations (Integrations, "Retrieve a list of integrations"): all at once, there are no pages (Q10.1).

        `sort` is one of `integration_type`, `created_at`, `updated_at`, `last_fetch`, `failing_since`, or with `-`.
        """
        query = encode_query([("sort", sort)] if sort else [])
        return await self._transport.ask(Request("GET", "/integrations", query), lambda it: tuple(_rows(it)[0]))

    async def integration_logs(
        self, id: int | str | None = None, *, cursor: str | None = None, page_size: int = 25
    ) -> LogPage:
        """GET /integrations/logs or /integrations/{id}/logs (Integrations, "Retrieve … exception logs"), 1 to 100 a page."""
        if not 1 <= page_size <= LARGEST_LOG_PAGE:
            raise InvalidRequest(f"A page has 1 to {LARGEST_LOG_PAGE} logs, not {page_size}. Nothing was sent.")
        path = "/integrations/logs" if id is None else f"/integrations/{_number(id)}/logs"
        parameters = [("page_size", str(page_size)), *([("cursor", cursor)] if cursor else [])]

        def read(answer: ServiceResponse) -> LogPage:
            rows, warnings = _rows(answer)
            cursors = _cursors(answer, cursor, warnings)
            return LogPage(tuple(rows), cursors.next, cursors.previous, tuple(warnings))

        return await self._page(path, parameters, cursor, read, secretive=True)

    async def shop_order_statuses(
        self, integration_id: int | str, language: str | None = None, show_deleted: bool | None = None
    ) -> tuple[Document, ...]:
        """GET /shop-order-statuses (Integrations, "Retrieve shop order statuses for an integration"), Prestashop v2 only.

        No screen calls this yet. Triage will need it to name the statuses of a Prestashop shop.
        """
        parameters = [("integration_id", _number(integration_id))]
        if language:
            parameters.append(("language", language))
        if show_deleted is not None:
            parameters.append(("show_deleted", "true" if show_deleted else "false"))
        request = Request("GET", "/shop-order-statuses", encode_query(parameters))
        return await self._transport.ask(request, lambda answer: tuple(_rows(answer)[0]))

    async def shop_order_status_mapping(self, integration_id: int | str) -> Document:
        """GET /shop-order-statuses/mapping (Integrations, "Retrieve custom status mapping…"), Prestashop v2 only.

        No screen calls this yet. Triage will need it to tell open orders of a Prestashop shop from finished ones: it
        says which of the shop's statuses mean delivered and cancelled (Q10.4).
        """
        query = encode_query([("integration_id", _number(integration_id))])
        return await self._transport.ask(Request("GET", "/shop-order-statuses/mapping", query), _object)

    async def auth_metadata(self) -> Metadata:
        """GET /user/auth/metadata: whether the credentials are good, and whose they are. In no document (Q7.3)."""

        def read(answer: ServiceResponse) -> Metadata:
            data = _object(answer)
            user, shop = id_text(data.get("user_id")), id_text(data.get("integration_id"))
            if not user:
                raise InvalidResponse("it does not say whose credentials these are")
            return Metadata(user, int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 19 else None)

        return await self._transport.ask(Request("GET", "/user/auth/metadata"), read)

    async def _page(
        self,
        path: str,
        parameters: list[tuple[str, str]],
        cursor: str | None,
        read: Callable[[ServiceResponse], T],
        *,
        secretive: bool = False,
    ) -> T:
        try:
            return await self._transport.ask(Request("GET", path, encode_query(parameters), secretive=secretive), read)
        except NotFound as error:
            if not cursor or not error.confirmed_by_service:
                raise
            invalid = InvalidCursor(
                "The service does not know this place in the list any more. Nothing was changed. Begin at the first page.",
                problems=error.problems,
                status=error.status,
                body=error.body,
                request_line=error.request_line,
            )
            invalid.confirmed_by_service = True
            raise invalid from error

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise ReadOnly("This account is opened for reading only. Nothing was sent.")


def _data(answer: ServiceResponse) -> Json:
    """What the answer carries. Raises InvalidResponse, whose words the transport completes."""
    try:
        value = decode(answer.body)
    except CodecError as error:
        page = "html" in answer.content_type.lower() or answer.body.lstrip()[:1] == b"<"
        raise InvalidResponse("it is a web page" if page else f"it is not JSON: {error}") from None
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or "data" not in value:
        problems = read_problems(answer.status, answer.body, answer.content_type, Dialect.BODY)
        raise InvalidResponse(
            "it has no data", problems=problems if isinstance(value, dict) and "errors" in value else ()
        )
    return value["data"]


def _object(answer: ServiceResponse) -> Document:
    data = _data(answer)
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise InvalidResponse("its data is not one object")
    return data


def _rows(answer: ServiceResponse) -> tuple[list[Document], list[str]]:
    data = _data(answer)
    if not isinstance(data, list):
        raise InvalidResponse("its data is not a list")
    rows = [row for row in data if isinstance(row, dict)]
    others = len(data) - len(rows)
    return rows, [f"Left out of {count_of(len(data), 'row')}: {others}, which cannot be read."] if others else []


def _cursors(answer: ServiceResponse, asked: str | None, warnings: list[str]) -> Cursors:
    cursors = read_cursors(answer.link)
    if cursors.unusable:
        warnings.append("The service names a next page in a way that cannot be asked for: there may be more than this.")
    if asked and cursors.next == asked:
        warnings.append("The service names this page as its own next one: there may be more than this.")
        return Cursors(None, cursors.previous)
    return cursors


def _mismatch_warning(name: str, wrong: int, rows: int) -> str:
    return f"{wrong} of {count_of(rows, 'order')} do not fit {name} as it was asked: the service may have ignored it."


def _identifiers(told: Document) -> Identifiers:
    return Identifiers(id_text(told.get("id")), id_text(told.get("order_id")), id_text(told.get("order_number")), told)


def _check_identity(told: Document, number: str) -> None:
    """An answer about something else is no answer; one without an id is believed."""
    if (key := id_text(told.get("id"))) and key != number:
        error = InvalidResponse(f"it is about {one_line(key, 40)} and not about {number}")
        error.final = True
        raise error


def _number(id: int | str) -> str:
    """An id for a path, where only digits may stand (Q1.3)."""
    text = id_text(id)
    if not text.isascii() or not text.isdigit() or len(text) > 30 or not text.strip("0"):
        raise InvalidRequest(
            f"{one_line(repr(id), 60)} is no id of Sendcloud: it must be a number from 1. Nothing was sent."
        )
    return text.lstrip("0")


def _parsed(body: Json | bytes) -> Json:
    if not isinstance(body, bytes):
        return body
    try:
        return decode(body)
    except CodecError as error:
        raise InvalidRequest(f"What was to be sent is not JSON: {error}. Nothing was sent.") from None


def _bytes(body: Json | bytes) -> bytes:
    return body if isinstance(body, bytes) else encode(body)
