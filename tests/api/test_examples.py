"""All examples of the official documents, run through the validators, the client, and the sandbox on a socket."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import official_documents
import pytest
from fake_transport import Make, raw
from official_documents import Example, cases

from tui.api.auth import BasicAuth
from tui.api.client import Client, order_key
from tui.api.codec import Document, encode, same
from tui.api.errors import ApiError, InvalidCursor, NotFound, Problem, RequestRefused, ServiceBusy
from tui.api.models import Operation, validate_order
from tui.api.pointer import Pointer, Scope
from tui.api.query import OrderQuery
from tui.orders.edits.compare import compare
from tui.orders.edits.patch import with_get_names
from tui.sandbox.app import SandboxSettings
from tui.sandbox.seed_data import FAILING_SHOP, PRESTASHOP
from tui.sandbox.serve import serving

pytestmark = official_documents.needs_document()

ORDERS = official_documents.all_examples("orders")
INTEGRATIONS = [example for example in official_documents.all_examples("integrations") if example.method == "get"]
"""The app only reads with this document's operations."""
REQUESTS = [example for example in ORDERS if not example.status]
ANSWERS = [example for example in ORDERS + INTEGRATIONS if example.status.startswith("2")]
REFUSALS = [example for example in ORDERS + INTEGRATIONS if example.status.startswith("4")]
NOT_CALLED = {("get", "/integrations/{id}")}
"""Operations that only the sandbox has: the client gets the same data from the list of shops."""


def called(examples: list[Example]) -> list[Example]:
    return [example for example in examples if (example.method, example.path) not in NOT_CALLED]


NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def planted(**changes: Any) -> bytes:
    """A planted order for the sandbox: the document's own order 669, with changes."""
    read = next(example for example in ORDERS if example.name == "RetrievingSpecificOrder").value["data"]
    return json.dumps({**read, **changes}).encode()


def settings(*plant: bytes, **options: Any) -> SandboxSettings:
    return SandboxSettings(**{"orders": 0, "settle": 0.0, "now": NOW, "plant": plant, **options})


def client_of(base: str) -> Client:
    return Client(base, BasicAuth("demo", "demo"))


class TestDocuments:
    def test_only_known_examples_violate_their_own_schema(self) -> None:
        broken = {str(example) for example in ORDERS + INTEGRATIONS if not example.schema.is_valid(example.value)}
        assert broken == {  # Q12
            "GET /orders 200 Response",
            "GET /integrations/{id} 404 OrderDoesNotExist",
            "GET /integrations/{id}/logs 404 IntegrationDoesNotExist",
        }

    def test_a_configured_folder_must_contain_the_documents(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-n0", str(Path(__file__))]
        environment = {**os.environ, "SENDCLOUD_SPEC": str(tmp_path)}
        ended = subprocess.run(
            command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120
        )
        assert ended.returncode not in (0, 5)
        assert f"SENDCLOUD_SPEC names {tmp_path}" in ended.stdout


class TestValidators:
    @pytest.mark.parametrize("example", cases(REQUESTS))
    def test_request_examples_are_valid(self, example: Example) -> None:
        operation = Operation(example.method.upper())
        for order in cast(list[Document], example.json if isinstance(example.json, list) else [example.json]):
            assert validate_order(order, operation) == []

    @pytest.mark.parametrize(
        "example", cases([candidate for candidate in ANSWERS if candidate.path.startswith("/orders")])
    )
    def test_response_examples_have_the_errors_that_the_official_schema_finds(self, example: Example) -> None:
        data: Any = cast(Document, example.json)["data"]
        read = [order for order in (data if isinstance(data, list) else [data]) if "order_details" in order]
        for order in read:
            problems = official_documents.order_validator().iter_errors(json.loads(encode(order)))
            theirs = {Pointer.of(*problem.absolute_path) for problem in problems}
            assert {problem.pointer for problem in validate_order(order, Operation.POST)} == theirs


Call = Callable[[Client], Awaitable[object]]

CALLS: dict[tuple[str, str], Call] = {
    ("get", "/orders"): lambda client: client.list_orders(OrderQuery(sort=("pk",)), cursor=None),
    ("post", "/orders"): lambda client: client.upsert_orders([{}]),
    ("get", "/orders/{id}"): lambda client: client.get_order("669"),
    ("patch", "/orders/{id}"): lambda client: client.patch_order("669", {"order_number": "1"}),
    ("delete", "/orders/{id}"): lambda client: client.delete_order("669"),
    ("get", "/integrations"): lambda client: client.list_integrations(),
    ("get", "/integrations/logs"): lambda client: client.integration_logs(),
    ("get", "/integrations/{id}/logs"): lambda client: client.integration_logs(23452345),
    ("get", "/shop-order-statuses"): lambda client: client.shop_order_statuses(23452345),
    ("get", "/shop-order-statuses/mapping"): lambda client: client.shop_order_status_mapping(23452345),
}

ITEMS = Pointer.of("order_details", "order_items")
SHIP_WITH = Pointer.of("shipping_details", "ship_with")
THIS, BATCH, ORDER, REQUEST = Scope.THIS, Scope.BATCH, Scope.ORDER, Scope.REQUEST

READINGS: dict[str, tuple[type[ApiError], list[tuple[Scope, int | None, Pointer]]]] = {
    "POST /orders 400 WrongPayloadFormatRequested": (RequestRefused, [(BATCH, None, Pointer())]),
    "POST /orders 400 MissingRequiredField": (RequestRefused, [(ORDER, 1, Pointer.of("order_details", "integration"))]),
    "POST /orders 400 MissingOrderId": (RequestRefused, [(ORDER, 0, Pointer.of("order_id"))]),
    "POST /orders 400 InvalidFieldValue": (RequestRefused, [(ORDER, 0, ITEMS / 0 / "quantity")]),
    "POST /orders 400 DuplicateOrderProcessing": (ServiceBusy, [(REQUEST, None, Pointer())]),
    "POST /orders 400 BatchSizeLimitExceeded": (RequestRefused, [(BATCH, None, Pointer())]),
    "POST /orders 400 MultipleValidationErrors": (
        RequestRefused,
        [(ORDER, 0, SHIP_WITH / "properties"), (ORDER, 0, SHIP_WITH / "type")],
    ),
    "POST /orders 400 IntegrationNotFound": (
        RequestRefused,
        [(ORDER, 0, Pointer.of("order_details", "integration", "id"))],
    ),
    "POST /orders 400 ImmutableFieldChange": (RequestRefused, [(ORDER, 0, Pointer.of("order_id"))]),
    "POST /orders 400 InvalidIdType": (RequestRefused, [(ORDER, 0, Pointer.of("id"))]),
    "GET /orders 400 FilteringANonValidIntegration": (RequestRefused, [(REQUEST, None, Pointer())]),
    "GET /orders 404 FilteringNonExistingCursor": (InvalidCursor, [(THIS, None, Pointer())]),
    "GET /orders/{id} 404 OrderDoesNotExist": (NotFound, [(THIS, None, Pointer())]),
    "PATCH /orders/{id} 400 MissingRequiredField": (RequestRefused, [(THIS, None, ITEMS)]),
    "PATCH /orders/{id} 404 OrderNotFound": (NotFound, [(THIS, None, Pointer())]),
    "GET /integrations/{id}/logs 404 IntegrationDoesNotExist": (NotFound, [(THIS, None, Pointer())]),
    "GET /shop-order-statuses 400 InvalidRequest": (RequestRefused, [(THIS, None, Pointer())]),
    "GET /shop-order-statuses/mapping 400 InvalidRequest": (RequestRefused, [(THIS, None, Pointer())]),
}
"""The exception for each error example, and where its problems are."""

GONE = "DELETE /orders/{id} 404 OrderDoesNotExist"
"""The one error response that counts as success: the order was deleted before (Q9)."""


class TestClient:
    @pytest.mark.parametrize("example", cases(called(ANSWERS)))
    async def test_response_examples_are_read_completely(self, make: Make, example: Example) -> None:
        client, script = make(raw(int(example.status), example.body))
        result: Any = await CALLS[example.method, example.path](client)
        data = cast(Document, example.json)["data"]
        assert len(script.requests) == 1
        if example.method in ("post", "patch"):
            nodes: Any = data if example.method == "post" else [data]
            written = result if isinstance(result, list) else [result]
            assert [(identifiers.id, identifiers.order_id, identifiers.order_number) for identifiers in written] == [
                (str(node["id"]), node["order_id"], node["order_number"]) for node in nodes
            ]
            assert same([identifiers.raw for identifiers in written], nodes)
            return
        if example.path == "/orders":
            assert (result.warnings, result.mismatches, result.next) == ((), (), None)
            assert [order_key(order) for order in result.orders] == ["669", "1337"]
        read = getattr(result, "orders", getattr(result, "logs", result))
        assert same(list(read) if isinstance(read, tuple) else read, data)

    @pytest.mark.parametrize("example", cases([refusal for refusal in called(REFUSALS) if str(refusal) != GONE]))
    async def test_error_examples_become_exceptions_with_all_details(self, make: Make, example: Example) -> None:
        client, _ = make(raw(int(example.status), example.body))
        call = CALLS[example.method, example.path]
        if "Cursor" in example.name:
            call = lambda client: client.list_orders(cursor="x")  # noqa: E731
        kind, places = READINGS[str(example)]
        with pytest.raises(ApiError) as raised:
            await call(client)
        error = raised.value
        assert (type(error), error.status, error.body) == (kind, int(example.status), example.body)
        assert [(problem.scope, problem.order, problem.pointer) for problem in error.problems] == places
        assert [to_wire(problem) for problem in error.problems] == [
            {"title": "", "source": {}, **node, "status": int(node["status"])} for node in example.value["errors"]
        ]

    @pytest.mark.parametrize("example", cases([refusal for refusal in REFUSALS if str(refusal) == GONE]))
    async def test_deleting_a_deleted_order_is_not_an_error(self, make: Make, example: Example) -> None:
        client, _ = make(raw(404, example.body))
        assert await client.delete_order("669") is False

    def test_every_example_is_tested(self) -> None:
        assert {str(example) for example in called(REFUSALS)} == READINGS.keys() | {GONE}
        assert {(example.method, example.path) for example in ORDERS + INTEGRATIONS} == CALLS.keys() | NOT_CALLED


def to_wire(problem: Problem) -> dict[str, Any]:
    """A problem in the format of the document: no detail may be lost."""
    source = {"pointer": problem.raw_pointer, "parameter": problem.parameter, "header": problem.header}
    return {
        "status": problem.status,
        "code": problem.code,
        "title": problem.title,
        "detail": problem.detail,
        "source": {key: value for key, value in source.items() if value is not None},
    }


def known_orders() -> tuple[bytes, ...]:
    """Orders 669 and 1337 as the document shows them in a list."""
    (example,) = [candidate for candidate in ANSWERS if str(candidate) == "GET /orders 200 Response"]
    return tuple(json.dumps(order).encode() for order in example.value["data"])


class TestSandboxRequests:
    @pytest.mark.parametrize("example", cases([candidate for candidate in REQUESTS if candidate.method == "post"]))
    async def test_upsert_examples_are_stored_as_sent(self, example: Example) -> None:
        sent = cast(list[Document], example.json)
        known = known_orders() if "Update" in example.name else ()
        with serving(settings(*known)) as base:
            async with client_of(base) as client:
                written = await client.upsert_orders(sent)
                assert [identifiers.order_id for identifiers in written] == [order["order_id"] for order in sent]
                for order, identifiers in zip(sent, written, strict=True):
                    assert compare(order, await client.get_order(identifiers.id)) == []

    @pytest.mark.parametrize("example", cases([candidate for candidate in REQUESTS if candidate.method == "patch"]))
    async def test_patch_examples_change_their_fields(self, example: Example) -> None:
        change = cast(Document, example.json)
        with serving(settings(*known_orders())) as base:
            async with client_of(base) as client:
                before = await client.get_order("669")
                assert compare(with_get_names(change), before, part_of_items=True)
                await client.patch_order("669", change)
                after = await client.get_order("669")
        assert compare(with_get_names(change), after, part_of_items=True) == []
        untouched = {key: value for key, value in before.items() if key not in (*change, "modified_at")}
        assert compare(untouched, after) == []


@pytest.fixture(scope="module")
def seeded() -> Iterator[httpx.Client]:
    with serving(settings(orders=400)) as base, http(base) as client:
        yield client


class TestSandboxResponses:
    async def test_list_examples(self) -> None:
        (example,) = [candidate for candidate in ANSWERS if str(candidate) == "GET /orders 200 Response"]
        with serving(settings(*known_orders())) as base:
            async with client_of(base) as client:
                page = await client.list_orders(OrderQuery(sort=("pk",)))
        assert same(list(page.orders), cast(Document, example.json)["data"])

    async def test_order_examples(self) -> None:
        (example,) = [candidate for candidate in ANSWERS if candidate.name == "RetrievingSpecificOrder"]
        with serving(settings(planted())) as base:
            async with client_of(base) as client:
                assert same(await client.get_order("669"), cast(Document, example.json)["data"])

    @pytest.mark.parametrize(
        ("answer", "request_", "plant"),
        [
            ("SingleOrderCreation", "CreateBasicOrder", "664"),
            ("BatchOrderCreation", "UpdateBatchOrders", ""),
            ("UpdateOrder", "UpdateOrderStatus", ""),
        ],
    )
    def test_write_response_examples(self, answer: str, request_: str, plant: str) -> None:
        (expected,) = [candidate for candidate in ANSWERS if candidate.name == answer]
        (request,) = [candidate for candidate in REQUESTS if candidate.name == request_]
        known = (
            (planted(id=plant, order_id="555413", order_details=request.value[0]["order_details"]),)
            if plant
            else known_orders()
        )
        with serving(settings(*known)) as base, http(base) as client:
            response = client.request(request.method, request.path.replace("{id}", "669"), json=request.value)
        assert (response.status_code, response.json()) == (int(expected.status), expected.value)

    @pytest.mark.parametrize(
        ("document", "path", "asked"),
        [
            ("orders", "/orders", "/orders?page_size=200"),
            ("orders", "/orders", "/orders?page_size=200&sort=order_created_at&status=fulfilled"),
            ("orders", "/orders/{id}", ""),
            ("integrations", "/integrations", "/integrations"),
            ("integrations", "/integrations/{id}", f"/integrations/{FAILING_SHOP}"),
            ("integrations", "/integrations/logs", "/integrations/logs"),
            ("integrations", "/integrations/{id}/logs", f"/integrations/{FAILING_SHOP}/logs"),
            ("integrations", "/shop-order-statuses", f"/shop-order-statuses?integration_id={PRESTASHOP}"),
            (
                "integrations",
                "/shop-order-statuses/mapping",
                f"/shop-order-statuses/mapping?integration_id={PRESTASHOP}",
            ),
        ],
    )
    def test_responses_are_valid_by_the_official_schema(
        self, seeded: httpx.Client, document: str, path: str, asked: str
    ) -> None:
        newest = seeded.get("/orders?page_size=1").json()["data"][0]["id"]
        response = seeded.get(asked or f"/orders/{newest}")
        assert response.status_code == 200
        body = response.json()
        assert body["data"]
        check = official_documents.response_validator("get", path, "200", document)
        assert [problem.message for problem in check.iter_errors(body)] == []
        (example,) = [
            candidate
            for candidate in ANSWERS
            if (candidate.document, candidate.method, candidate.path) == (document, "get", path)
        ]
        # Orders have optional nodes or lack them (Q4.16).
        expected = {"id", "order_id", "order_number", "order_details"} if document == "orders" else keys(example.value)
        assert expected <= keys(body)

    @pytest.mark.parametrize("example", cases(REFUSALS))
    def test_error_responses_equal_the_examples(self, example: Example) -> None:
        plant, options, ask = PROVOKED[str(example)]
        with serving(settings(*plant(), **options)) as base, http(base) as client:
            response = ask(client)
        assert response.status_code == int(example.status)
        assert by_pointer(response.json()) == by_pointer(example.value)
        assert response.headers["content-type"] == "application/json"
        # Where the document's own example violates its schema (Q12), ours has to as well.
        assert example.schema.is_valid(response.json()) == example.schema.is_valid(example.value)

    def test_every_error_example_is_covered(self) -> None:
        assert PROVOKED.keys() == {str(example) for example in REFUSALS}


def by_pointer(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of a body, sorted: their order is not specified."""
    assert body.keys() == {"errors"}
    return sorted(body["errors"], key=lambda node: str(node.get("source")))


def keys(body: dict[str, Any]) -> set[str]:
    data = body["data"]
    return set(data[0] if isinstance(data, list) else data)


def http(base: str) -> httpx.Client:
    return httpx.Client(base_url=base, auth=("demo", "demo"), follow_redirects=False)


def order(**changes: Any) -> dict[str, Any]:
    """A valid order, with changes; keys with None are left out."""
    (example,) = [candidate for candidate in REQUESTS if candidate.name == "CreateBasicOrder"]
    merged = {**json.loads(example.body)[0], **changes}
    return {key: value for key, value in merged.items() if value is not None}


def details(**changes: Any) -> dict[str, Any]:
    merged = {**order()["order_details"], **changes}
    return {key: value for key, value in merged.items() if value is not None}


def no_quantity() -> dict[str, Any]:
    (item, *_) = order()["order_details"]["order_items"]
    return order(order_details=details(order_items=[{**item, "quantity": 0}]))


def post(*orders: Any) -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.post("/orders", json=list(orders))


def twice(client: httpx.Client) -> httpx.Response:
    assert client.post("/orders", json=[order()]).status_code == 201
    return client.post("/orders", json=[order()])


def nothing() -> tuple[bytes, ...]:
    return ()


def get(path: str) -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.get(path)


Ask = Callable[[httpx.Client], httpx.Response]

PROVOKED: dict[str, tuple[Callable[[], tuple[bytes, ...]], dict[str, Any], Ask]] = (
    {
        "POST /orders 400 WrongPayloadFormatRequested": (nothing, {}, lambda c: c.post("/orders", json=order())),
        "POST /orders 400 MissingRequiredField": (
            nothing,
            {},
            post(order(), order(order_id="2", order_details=details(integration=None))),
        ),
        "POST /orders 400 MissingOrderId": (nothing, {}, post(order(order_id=None))),
        "POST /orders 400 InvalidFieldValue": (nothing, {}, post(no_quantity())),
        "POST /orders 400 DuplicateOrderProcessing": (nothing, {"settle": 60.0}, twice),
        "POST /orders 400 BatchSizeLimitExceeded": (nothing, {}, post(*[order(order_id=str(n)) for n in range(101)])),
        "POST /orders 400 MultipleValidationErrors": (nothing, {}, post(order(shipping_details={"ship_with": {}}))),
        "POST /orders 400 IntegrationNotFound": (
            nothing,
            {},
            post(order(order_details=details(integration={"id": 99999}))),
        ),
        "POST /orders 400 ImmutableFieldChange": (
            lambda: (planted(id="12", order_id="abc-123"),),
            {},
            post(order(id="12", order_id="abc-124", order_details=details(integration={"id": 739283}))),
        ),
        "POST /orders 400 InvalidIdType": (known_orders, {}, post(order(id=669))),
        "GET /orders 400 FilteringANonValidIntegration": (nothing, {}, get("/orders?integration=128")),
        "GET /orders 404 FilteringNonExistingCursor": (nothing, {}, get("/orders?cursor=none-of-its-own")),
        "GET /orders/{id} 404 OrderDoesNotExist": (nothing, {}, get("/orders/669")),
        GONE: (nothing, {}, lambda c: c.delete("/orders/669")),
        "PATCH /orders/{id} 400 MissingRequiredField": (
            known_orders,
            {},
            lambda c: c.patch("/orders/669", json={"order_details": {"order_items": [{"name": "Sphere candle"}]}}),
        ),
        "PATCH /orders/{id} 404 OrderNotFound": (
            nothing,
            {},
            lambda c: c.patch("/orders/669", json={"order_number": "1"}),
        ),
        "GET /integrations/{id} 404 OrderDoesNotExist": (nothing, {}, get("/integrations/23452345")),
        "GET /integrations/{id}/logs 404 IntegrationDoesNotExist": (nothing, {}, get("/integrations/23452345/logs")),
        "GET /shop-order-statuses 400 InvalidRequest": (nothing, {}, get("/shop-order-statuses")),
        "GET /shop-order-statuses/mapping 400 InvalidRequest": (nothing, {}, get("/shop-order-statuses/mapping")),
    }
    if REQUESTS
    else {}
)
"""For each example: what to plant, the sandbox's settings, and the request that gives exactly this response."""
