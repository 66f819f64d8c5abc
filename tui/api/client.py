"""The API client: one method per operation, and nothing that is not part of the API.

It covers all five operations of the Orders document, the parts of the Integrations document that orders need, the lists
of shipments and of sender addresses, and the credentials check. Documents are returned as received; every failure is an ApiError of `tui.api.errors`.

Writes: a body given as bytes is sent byte for byte. Record the write before sending it and shield the call from
cancellation: the outcome of a cancelled write is as unknown as that of a lost response (`tui.api.transport`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

import httpx

from tui.api.auth import Auth
from tui.api.budget import Budget, Clock, Sleep
from tui.api.codec import CodecError, Document, Json, decode, encode
from tui.api.error_bodies import read_problems
from tui.api.errors import (
    ConfigError,
    InvalidCursor,
    InvalidRequest,
    InvalidResponse,
    NotFound,
    OrderTooLarge,
    ReadOnly,
    ResponseTooLarge,
    one_line,
)
from tui.api.large_pages import first_id, has_whole_order
from tui.api.paging import Cursors, read_cursors
from tui.api.pointer import Dialect
from tui.api.query import LARGEST_PAGE, OrderQuery, encode_query, id_text, mismatches, order_key, sort_warning
from tui.api.request_log import RequestLog
from tui.api.transport import ANSWER_LIMIT, Request, ServiceResponse, Transport
from tui.api.wording import count_of

__all__ = ["LARGEST_BATCH", "Client", "Identifiers", "LogPage", "Metadata", "OrderQuery", "Page", "order_key"]

LARGEST_BATCH = 100
"""The maximum number of orders per POST (Q2.2)."""

LARGEST_LOG_PAGE = 100
LARGEST_SHIPMENT_PAGE = 100
LARGEST_SENDER_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What the service returns for an accepted order. It says nothing about the stored values (Q3.12)."""

    id: str
    order_id: str
    order_number: str
    raw: Document = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of orders, as received.

    `mismatches` are the indices of orders that do not match the query, which happens when the service silently ignores
    a filter (Q4.12); `warnings` says so in sentences. The caller decides what to do with these orders.
    """

    orders: tuple[Document, ...]
    next: str | None = None
    previous: str | None = None
    warnings: tuple[str, ...] = ()
    mismatches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of exception logs. Their headers and bodies may contain secrets of the shop (Q10.3)."""

    logs: tuple[Document, ...]
    next: str | None = None
    previous: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShipmentPage:
    """One page of shipments. They may be of other orders than the one asked for (SQ5.3)."""

    shipments: tuple[Document, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The owner of the credentials (Q7.3)."""

    user_id: str
    integration_id: int | None


class Client:
    """The API at one base URL with one set of credentials. Close it with `aclose`.

    The paths of the operations are appended to `base_url` as given, including its path. It must be HTTPS unless it is
    on this machine; for an in-process `transport` use `http://127.0.0.1/api/v3`. `read_only` refuses every write.
    Clients of the same account share one `budget`. `retry_for`: seconds during which a request may be delayed and
    retried; None means no limit but the number of tries. A write in flight always gets `timeout` for its response.
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
        retry_for: float | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        if partner_id is not None and not (partner_id.isascii() and partner_id.isprintable() and partner_id.strip()):
            raise ConfigError("The partner id contains characters that are not allowed in a header.")
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
            retry_for=retry_for,
            limit=limit,
        )
        self.base_url = self._transport.base_url
        self.log = self._transport.log
        self._partner_id = partner_id
        self.read_only = read_only
        self._limit = limit
        self._most_orders = LARGEST_PAGE
        """The number of orders on a page that is small enough to be read, as far as is known."""

    @property
    def in_flight(self) -> int:
        """The number of requests in flight."""
        return self._transport.in_flight

    @property
    def writes_in_flight(self) -> int:
        """The number of writes in flight."""
        return self._transport.writes_in_flight

    @property
    def is_waiting_for_write(self) -> bool:
        """Whether the oldest unfinished request is a write."""
        return self._transport.is_waiting_for_write

    def stop_reads(self) -> int:
        """Stop all reads at once; they raise ReadStopped. Writes are not stopped. Returns the number of reads."""
        return self._transport.stop_reads()

    @property
    def waiting_for(self) -> float | None:
        """Seconds since the oldest unfinished request was begun, pauses and retries included; None if there is none."""
        return self._transport.waiting_for

    @property
    def request_started(self) -> asyncio.Event:
        """Set when a request is begun."""
        return self._transport.started

    @property
    def paused_for(self) -> float:
        """Seconds left of the pause that the service asked for (429)."""
        return self._transport.budget.paused_for

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the service's clock is ahead of this machine's, as its last response said; None if none did."""
        return self._transport.clock_offset

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def list_orders(self, query: OrderQuery | None = None, *, cursor: str | None = None) -> Page:
        """GET /orders (Orders, "Retrieve a list of orders").

        A cursor belongs to the query that returned it: after any change of the query start without one (Q4.4). Raises
        InvalidCursor when the service no longer knows it.

        A page whose body is too large is requested again with half the number of orders, and the next ones are as small
        while that is necessary. If the service refuses the cursor with another page size, that is an InvalidCursor, too.
        Raises OrderTooLarge if even one order is too large.
        """
        query = query or OrderQuery()
        query.check()
        while True:
            asked = replace(query, page_size=min(query.page_size, self._most_orders))
            try:
                return await self._list_page(asked, cursor)
            except ResponseTooLarge as error:
                if asked.page_size == 1:
                    raise self._too_large(error, cursor) from error
                self._most_orders = asked.page_size // 2

    async def _list_page(self, query: OrderQuery, cursor: str | None) -> Page:
        parameters = query.parameters()
        if cursor:
            parameters.append(("cursor", cursor))

        def read(answer: ServiceResponse) -> Page:
            rows, warnings = _rows(answer)
            cursors = _cursors(answer.link, cursor, warnings)
            wrong = mismatches(query, rows)
            warnings += [_mismatch_warning(name, len(indices), len(rows)) for name, indices in wrong.items()]
            if len(rows) > query.page_size:
                warnings.append(f"The service sent {len(rows)} orders instead of at most {query.page_size}.")
            if warning := sort_warning(query.sort, rows):
                warnings.append(warning)
            if len(rows) >= self._most_orders and len(answer.body) < self._limit // 4:
                self._most_orders = min(LARGEST_PAGE, 2 * self._most_orders)
            mismatched = tuple(sorted({index for indices in wrong.values() for index in indices}))
            return Page(tuple(rows), cursors.next, cursors.previous, tuple(warnings), mismatched)

        return await self._page("/orders", parameters, cursor, read)

    def _too_large(self, error: ResponseTooLarge, cursor: str | None) -> ResponseTooLarge:
        """The error of a page of one order that is too large."""
        if has_whole_order(error.begin):
            return error  # the service sends more orders than it was asked for, so the list cannot be continued
        id = first_id(error.begin)
        order = f"order {id}" if id else "an order whose id is not known"
        too_large = OrderTooLarge(
            f"The service's list has {order} that is larger than {self._limit >> 20} MB. It was not read.",
            status=error.status,
            request_line=error.request_line,
        )
        too_large.final, too_large.id, too_large.next = True, id, _cursors(error.link, cursor, []).next
        return too_large

    async def get_order(self, id: str) -> Document:
        """GET /orders/{id} (Orders, "Retrieve an order"). `id` is Sendcloud's, never the shop's `order_id` (Q1.3)."""
        number = _number(id)

        def read(answer: ServiceResponse) -> Document:
            order = _object(answer)
            _check_identity(order, number)
            return order

        return await self._transport.send(Request("GET", f"/orders/{number}"), read)

    async def patch_order(self, id: str, body: Json | bytes) -> Identifiers:
        """PATCH /orders/{id} (Orders, "Update an order"): the fields in the body change at once, the others stay.

        The response says nothing about the stored values (Q3.12): read the order again and compare.
        """
        number = _number(id)
        self._refuse_if_read_only()
        if not isinstance(change := _parsed(body), dict):
            raise InvalidRequest("The change must be a JSON object. Nothing was sent.")
        if not change:
            raise InvalidRequest("The change is empty. Nothing was sent.")

        def read(answer: ServiceResponse) -> Identifiers:
            if answer.status == 204 and not answer.body:
                return Identifiers(number, "", "")
            identifiers = _object(answer)
            _check_identity(identifiers, number)
            return _identifiers(identifiers)

        request = Request("PATCH", f"/orders/{number}", body=_bytes(body), dialect=Dialect.PATCH)
        return await self._transport.send(request, read)

    async def delete_order(self, id: str) -> bool:
        """DELETE /orders/{id} (Orders, "Delete an order"). False: the service says it was deleted before (Q9)."""
        number = _number(id)
        self._refuse_if_read_only()
        try:
            await self._transport.send(Request("DELETE", f"/orders/{number}", dialect=Dialect.PATCH), lambda _: None)
        except NotFound as error:
            if not error.confirmed_by_service:  # a 404 from a proxy says nothing about the order
                raise
            return False
        return True

    async def upsert_orders(self, orders: Sequence[Json] | bytes) -> list[Identifiers]:
        """POST /orders (Orders, "Create/Update orders in batch"): all or none of them (Q2.3), 1 to 100.

        Success means accepted: an order may not be readable yet (Q2.9). Match the results by `order_id` and position.
        """
        self._refuse_if_read_only()
        batch = _parsed(orders) if isinstance(orders, bytes) else list(orders)
        if not isinstance(batch, list):
            raise InvalidRequest("A batch must be a JSON list of orders, even for a single order. Nothing was sent.")
        if not batch:
            raise InvalidRequest("The batch is empty. Nothing was sent.")
        if len(batch) > LARGEST_BATCH:
            raise InvalidRequest(f"A batch holds at most {LARGEST_BATCH} orders, not {len(batch)}. Nothing was sent.")
        body = orders if isinstance(orders, bytes) else encode(batch)
        headers = {"Sendcloud-Partner-Id": self._partner_id} if self._partner_id else {}

        def read(answer: ServiceResponse) -> list[Identifiers]:
            data = _data(answer)
            accepted = [data] if isinstance(data, dict) else data
            if not isinstance(accepted, list):
                raise InvalidResponse("it does not list the accepted orders")
            return [_identifiers(order) for order in accepted if isinstance(order, dict)]

        return await self._transport.send(Request("POST", "/orders", "", body, Dialect.POST, headers), read)

    async def list_shipments(self, order_number: str, integration_id: int | str) -> ShipmentPage:
        """GET /shipments (Shipments, "Retrieve shipments"): the first page for an order number of a shop (SQ5.2).

        An answer without `data` has no shipments: the document's own schema has no empty answer (SQ4.6).
        """
        if not order_number.strip():
            raise InvalidRequest("Shipments are found by an order number, which is missing. Nothing was sent.")
        parameters = [
            ("order_number", order_number),
            ("integration_id", _number(integration_id)),
            ("page_size", str(LARGEST_SHIPMENT_PAGE)),
        ]

        def read(answer: ServiceResponse) -> ShipmentPage:
            rows = [] if _is_empty(answer) else _rows(answer)[0]
            return ShipmentPage(tuple(rows), _cursors(answer.link, None, []).next)

        return await self._transport.send(Request("GET", "/shipments", encode_query(parameters)), read)

    async def list_sender_addresses(self) -> tuple[Document, ...]:
        """GET /addresses/sender-addresses (Sender addresses, "Retrieve a list of sender addresses"): the first 100."""
        query = encode_query([("page_size", str(LARGEST_SENDER_PAGE))])
        request = Request("GET", "/addresses/sender-addresses", query)
        return await self._transport.send(request, lambda answer: tuple(_rows(answer)[0]))

    async def list_shipping_options(self) -> tuple[Document, ...]:
        """POST /shipping-options (Shipping options, "Return a list of available shipping options"), without any filter.

        It changes nothing, so it is allowed in read-only mode, but it is not repeated after an error. There are no prices
        without an address, and `data` may be null (SQ8.2).
        """

        def read(answer: ServiceResponse) -> tuple[Document, ...]:
            return () if _data(answer) is None else tuple(_rows(answer)[0])

        return await self._transport.send(Request("POST", "/shipping-options", body=b"{}"), read)

    async def list_integrations(self, sort: str | None = None) -> tuple[Document, ...]:
        """GET /integrations (Integrations, "Retrieve a list of integrations"): all at once, there are no pages (Q10.1).

        `sort` is one of `integration_type`, `created_at`, `updated_at`, `last_fetch`, `failing_since`, or with `-`.
        """
        query = encode_query([("sort", sort)] if sort else [])
        return await self._transport.send(
            Request("GET", "/integrations", query), lambda answer: tuple(_rows(answer)[0])
        )

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
            cursors = _cursors(answer.link, cursor, warnings)
            return LogPage(tuple(rows), cursors.next, cursors.previous, tuple(warnings))

        return await self._page(path, parameters, cursor, read, contains_secrets=True)

    async def shop_order_statuses(
        self, integration_id: int | str, language: str | None = None, show_deleted: bool | None = None
    ) -> tuple[Document, ...]:
        """GET /shop-order-statuses (Integrations, "Retrieve shop order statuses for an integration"), Prestashop v2 only."""
        parameters = [("integration_id", _number(integration_id))]
        if language:
            parameters.append(("language", language))
        if show_deleted is not None:
            parameters.append(("show_deleted", "true" if show_deleted else "false"))
        request = Request("GET", "/shop-order-statuses", encode_query(parameters))
        return await self._transport.send(request, lambda answer: tuple(_rows(answer)[0]))

    async def shop_order_status_mapping(self, integration_id: int | str) -> Document:
        """GET /shop-order-statuses/mapping (Integrations, "Retrieve custom status mapping…"), Prestashop v2 only.

        It says which of the shop's statuses mean delivered and cancelled (Q10.4).
        """
        query = encode_query([("integration_id", _number(integration_id))])
        return await self._transport.send(Request("GET", "/shop-order-statuses/mapping", query), _object)

    async def auth_metadata(self) -> Metadata:
        """GET /user/auth/metadata: checks the credentials and tells whose they are. Not in any document (Q7.3)."""

        def read(answer: ServiceResponse) -> Metadata:
            data = _object(answer)
            user, shop = id_text(data.get("user_id")), id_text(data.get("integration_id"))
            if not user:
                raise InvalidResponse("it does not say who the credentials belong to")
            return Metadata(user, int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 19 else None)

        return await self._transport.send(Request("GET", "/user/auth/metadata"), read)

    async def _page(
        self,
        path: str,
        parameters: list[tuple[str, str]],
        cursor: str | None,
        read: Callable[[ServiceResponse], T],
        *,
        contains_secrets: bool = False,
    ) -> T:
        try:
            return await self._transport.send(
                Request("GET", path, encode_query(parameters), contains_secrets=contains_secrets), read
            )
        except NotFound as error:
            if not cursor or not error.confirmed_by_service:
                raise
            invalid = InvalidCursor(
                "The service no longer knows this position in the list. Nothing was changed. Start again at the first page.",
                problems=error.problems,
                status=error.status,
                body=error.body,
                request_line=error.request_line,
            )
            invalid.confirmed_by_service = True
            raise invalid from error

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise ReadOnly("This account is open in read-only mode. Nothing was sent.")


_WEB_PAGE = "it is a web page, such as the login page of a network (captive portal) or of a proxy"


def _data(answer: ServiceResponse) -> Json:
    """The `data` of a response. Raises InvalidResponse with a phrase that the transport completes to a sentence."""
    try:
        value = decode(answer.body)
    except CodecError as error:
        page = "html" in answer.content_type.lower() or answer.body.lstrip()[:1] == b"<"
        raise InvalidResponse(_WEB_PAGE if page else f"it is not JSON: {error}") from None
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or "data" not in value:
        problems = read_problems(answer.status, answer.body, answer.content_type, Dialect.BODY)
        raise InvalidResponse(
            "it has no data", problems=problems if isinstance(value, dict) and "errors" in value else ()
        )
    return value["data"]


def _is_empty(answer: ServiceResponse) -> bool:
    """Whether an answer is an empty object: a list without entries may be left out."""
    try:
        return decode(answer.body) == {}
    except CodecError:
        return False


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
    return rows, [f"{others} of {count_of(len(data), 'row')} could not be read and are not shown."] if others else []


def _cursors(link: str | None, requested: str | None, warnings: list[str]) -> Cursors:
    cursors = read_cursors(link)
    if cursors.unusable:
        warnings.append("The link to the next page cannot be used: there may be more results.")
    if requested and cursors.next == requested:
        warnings.append("The link to the next page leads back to this page: there may be more results.")
        return Cursors(None, cursors.previous)
    return cursors


def _mismatch_warning(name: str, wrong: int, rows: int) -> str:
    return f"{wrong} of {count_of(rows, 'order')} do not match the {name} filter: the service may have ignored it."


def _identifiers(order: Document) -> Identifiers:
    return Identifiers(
        id_text(order.get("id")), id_text(order.get("order_id")), id_text(order.get("order_number")), order
    )


def _check_identity(document: Document, number: str) -> None:
    """Raise InvalidResponse if the response is about another id. One without an id is accepted."""
    if (key := id_text(document.get("id"))) and key != number:
        error = InvalidResponse(f"it is about {one_line(key, 40)} instead of {number}")
        error.final = True
        raise error


def _number(id: int | str) -> str:
    """An id for use in a path: digits only (Q1.3)."""
    text = id_text(id)
    if not text.isascii() or not text.isdigit() or len(text) > 30 or not text.strip("0"):
        raise InvalidRequest(
            f"{one_line(repr(id), 60)} is not a Sendcloud id: it must be a number from 1. Nothing was sent."
        )
    return text.lstrip("0")


def _parsed(body: Json | bytes) -> Json:
    if not isinstance(body, bytes):
        return body
    try:
        return decode(body)
    except CodecError as error:
        raise InvalidRequest(f"The request body is not JSON: {error}. Nothing was sent.") from None


def _bytes(body: Json | bytes) -> bytes:
    return body if isinstance(body, bytes) else encode(body)
