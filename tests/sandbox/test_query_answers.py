"""Queries that the service can answer in part: its answer, filtered by the whole query, is the whole answer."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest
from sandbox_harness import NOW, MakeSandbox, SandboxHarness

from tui.api.codec import Document, decode
from tui.orders.query.evaluation import fulfils
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.query.language import Query, parse
from tui.orders.query.meaning import QueryContext
from tui.orders.query.service_terms import service_terms


@pytest.fixture
def seeded(make_sandbox: MakeSandbox) -> SandboxHarness:
    return make_sandbox(orders=700, settle=0.0)


async def read(seeded: SandboxHarness, parameters: Iterable[tuple[str, str]] = ()) -> list[Document]:
    """Read all pages of a list, with exact numbers."""
    documents: list[Document] = []
    response = await seeded.client.get("/orders", params=dict(parameters))
    while True:
        assert response.status_code == 200, response.text
        page = decode(response.content)
        assert isinstance(page, dict)
        data = page["data"]
        assert isinstance(data, list)
        documents.extend(order for order in data if isinstance(order, dict))
        if "next" not in response.links:
            return documents
        response = await seeded.client.get(response.links["next"]["url"])


def ids(query: Query, documents: Iterable[Document]) -> set[object]:
    known = FactsContext()
    return {order["id"] for order in documents if fulfils(facts_of(order, known), query.condition)}


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_the_answer_of_the_service_contains_ours(seeded: SandboxHarness, zone: str) -> None:
    everything = await read(seeded)
    shops = [shop for order in everything if isinstance(shop := details(order)["integration"], dict)]
    shop = str(shops[0]["id"])
    sample = everything[100]
    context = QueryContext(NOW, ZoneInfo(zone), {shop: "The shop"})
    queries = (
        f"shop:{shop}",
        'shop:"the shop" created:-3d',
        "status:=unfulfilled",
        "status:=UNFULFILLED -country:NL",
        f"id:{sample['order_id']}",
        "created:-2d",
        "created:yesterday..today items>1",
        "created>-30h",
        "created<=-3d created>-10d",
        "updated>=-2d",
        "updated:-3d",
    )
    sizes = []
    for line in queries:
        query = parse(line, context)
        terms = service_terms(query, context)
        if terms is None:  # an id of digits may be Sendcloud's
            assert str(sample["order_id"]).isdigit()
            continue
        answer = await read(seeded, terms.query.parameters())
        assert ids(query, answer) == ids(query, everything), line
        sizes.append(len(answer))
    assert all(size < len(everything) for size in sizes)
    assert sum(size > 0 for size in sizes) > 6


def details(order: Document) -> Document:
    found = order["order_details"]
    assert isinstance(found, dict)
    return found
