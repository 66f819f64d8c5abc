"""Requests are valid by the official API document: upserts of seeded orders, and PATCHes of random edits of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import cast

import official_documents
from fake_transport import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tui.api.auth import BasicAuth
from tui.api.client import Client, order_key
from tui.api.codec import Document, Json, decode, encode
from tui.api.models import Kind, Operation, validate_order
from tui.api.pointer import ABSENT
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Edit
from tui.orders.edits.patch import Patch, smallest_patch
from tui.orders.edits.upsert import to_upsert
from tui.orders.fields import Field, field_at, sections
from tui.orders.paths import ITEMS
from tui.sandbox.app import SandboxSettings
from tui.sandbox.data import FIRST_ID
from tui.sandbox.seed_orders import Span, generate_orders
from tui.sandbox.serve import serving

pytestmark = official_documents.needs_document()

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
COUNT = 600


@cache
def orders() -> tuple[Document, ...]:
    rows = generate_orders(3, Span(NOW - timedelta(days=30), NOW), COUNT, odd=False, first_id=FIRST_ID, numbers={})
    return tuple(cast(Document, decode(row.body)) for row in rows)


def schema_errors(check: Draft202012Validator, value: Json) -> list[str]:
    """The errors of a document by the official schema."""
    return [f"{problem.json_path}: {problem.message}" for problem in check.iter_errors(json.loads(encode(value)))]


@given(st.integers(0, COUNT - 1), st.booleans())
def test_upsert_of_a_read_order_is_valid(number: int, keep_id: bool) -> None:
    read = orders()[number]
    document, conversions = to_upsert(read, keep_id=keep_id)
    assert schema_errors(official_documents.post_validator(), [document]) == []
    assert validate_order(document, Operation.POST) == []
    assert ("id" in document) == keep_id
    assert not {"created_at", "modified_at"} & document.keys()
    # Everything without a reported conversion is unchanged.
    kept: Json = {key: value for key, value in read.items() if key not in ("id", "created_at", "modified_at")}
    for conversion in reversed(conversions):
        value = conversion.pointer.get(document)
        kept = conversion.pointer.drop(kept) if value is ABSENT else conversion.pointer.put(kept, value)
    assert {key: value for key, value in document.items() if key != "id"} == kept


@given(st.integers(0, COUNT - 1), st.integers(0, 2**32))
def test_smallest_patch_is_validated_like_the_official_document(number: int, seed: int) -> None:
    edit = edited(orders()[number], Random(seed))
    patch = smallest_patch(edit)
    assert not {"id", "order_id", "created_at", "modified_at"} & patch.body.keys()
    assert "integration" not in cast(Document, patch.body.get("order_details", {}))
    problems = schema_errors(official_documents.patch_validator(), patch.body)
    assert bool(problems) == bool(patch.invalid), (problems, patch)
    assert all(next(iter(item)) == "name" and len(item) > 1 for item in items_of(patch.body))


def test_random_edits_reach_most_fields_of_a_patch() -> None:
    reached: set[tuple[str, ...]] = set()
    for number, order in enumerate(orders()):
        for change in smallest_patch(edited(order, Random(number), steps=12)).carried:
            known = field_at(change.pointer)
            assert known is not None
            reached.add(known.path)
    assert len(reached) > 60, sorted(reached)


async def test_patch_over_http_gives_the_edited_document() -> None:
    clock, sent = FakeClock(), 0
    with serving(SandboxSettings(orders=COUNT, settle=0.0, now=NOW, seed=3)) as base:
        async with Client(base, BasicAuth("demo", "demo"), clock=clock, sleep=clock.sleep) as client:
            first = await client.list_orders()
            second = await client.list_orders(cursor=first.next)
            for number, read in enumerate([*first.orders, *second.orders[:20]]):
                edit = edited(read, Random(number))
                patch = without_blocked(edit)
                if not patch.body or patch.invalid or validate_order(edit.document, Operation.POST):
                    continue
                sent += 1
                before = await client.get_order(order_key(read))
                assert before == read
                await client.patch_order(order_key(read), patch.body)
                after = await client.get_order(order_key(read))
                assert compare(edit.document, {**after, "modified_at": read["modified_at"]}) == [], patch.body
                # Nothing else changed.
                assert compare({**after, "modified_at": read["modified_at"]}, edit.document) == [], patch.body
    assert sent > 40, "too few of the edits could be sent for a meaningful test"


def edited(read: Document, rng: Random, steps: int | None = None) -> Edit:
    """An edit of one to six random changes: mostly valid values, sometimes invalid ones or removals."""
    edit = Edit(read)
    for _ in range(steps or rng.randint(1, 6)):
        pointer, field = rng.choice([entry for section in sections(edit.document) for entry in section.fields])
        if field.read_only or field.immutable:
            continue
        if rng.random() < 0.15:
            edit.drop(pointer, "drop")
        else:
            edit.put(pointer, rng.choice(list(values(field, rng))), "put")
    return edit


def values(field: Field, rng: Random) -> Iterator[Json]:
    """Values that a user could enter into a field, and sometimes invalid ones."""
    if rng.random() < 0.06:
        yield from ("", None, -1, "x" * 3, {}, [])
    match field.kind:
        case _ if field.choices:
            yield from field.choices
        case Kind.INTEGER:
            yield from (1, 2, 60)
        case Kind.NUMBER:
            yield from (Decimal("0.001"), Decimal("12.50"), 3)
        case Kind.MONEY_TEXT:
            yield from ("0", "3.99")
        case Kind.BOOL:
            yield from (True, False)
        case Kind.COUNTRY:
            yield from ("NL", "CH")
        case Kind.DATETIME:
            yield from ("2026-11-24T09:00:00Z", "2026-11-24T09:00:00.5+01:00")
        case Kind.TAGS:
            yield from ([], ["a,b", "gift"])
        case Kind.JSON:
            yield {"key": "value"}
        case _:
            yield from ("a@b.example", "Ünïcøde\u202e [b]", "12") if field.path[-1] == "email" else ("Kerkstraat", "12")


def without_blocked(edit: Edit) -> Patch:
    """The PATCH of an edit after reverting everything that a PATCH cannot carry."""
    patch = smallest_patch(edit)
    for _ in range(20):
        if not patch.blocked:
            break
        for blocked in patch.blocked:
            edit.revert(blocked.pointer, "revert")
        patch = smallest_patch(edit)
    assert not patch.blocked
    return patch


def items_of(body: Document) -> list[Document]:
    items = ITEMS.get(body)
    return cast(list[Document], items) if isinstance(items, list) else []
