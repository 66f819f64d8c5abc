"""Every kind of editor by keys alone: typed values are sent as expected, after leaving, undoing, or clearing the field."""

import copy
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from app_harness import NOW, AppHarness, open_app
from sandbox_harness import ORDER
from textual import events
from textual.keys import _character_to_key

from tui.api.codec import Json, encode, same
from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, Pointer
from tui.orders.fields import all_fields
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.seed_data import OWN_SHOP
from tui.screens.edit.screen import EditScreen
from tui.screens.order.form_rows import FormView
from tui.widgets.form_layout import FieldRow

KEYS = frozenset(["enter", "escape", "tab", "backspace", "up", "down", "end", "ctrl+u", "ctrl+e", "home"])
in_the_app = pytest.mark.asyncio(loop_scope="module")

ROMA = {
    "name": "Lucia Ricci",
    "address_line_1": "Via Appia",
    "house_number": "3",
    "postal_code": "00184",
    "city": "Roma",
    "country_code": "IT",
    "state_province_code": "IT-MI",
    "email": "lucia@example.it",
}


def rich() -> dict[str, Any]:
    """Return an order with a value of every kind."""
    order = copy.deepcopy(ORDER)
    order |= {"order_number": "RICH-1", "order_id": "rich-1", "shipping_address": ROMA}
    details = order["order_details"]
    details["integration"] = {"id": OWN_SHOP}
    details["order_created_at"] = "2026-11-22T10:00:00.556Z"
    candle = details["order_items"][0]
    candle |= {"measurement": {"weight": {"value": 0.4, "unit": "kg"}}, "properties": {"scent": "fig"}, "hs_code": "34"}
    candle |= {"country_of_origin": "NL"}
    order["payment_details"] |= {"freight_costs": {"value": "2.50", "currency": "EUR"}, "invoice_date": "2026-11-20"}
    order["customs_details"] = {
        "commercial_invoice_number": "I-1",
        "shipment_type": "gift",
        "export_type": "private",
        "tax_numbers": {"sender": [{"name": "VAT", "country_code": "NL", "value": "NL1"}]},
    }
    order["shipping_details"] = {"is_local_pickup": False, "delivery_indicator": "home"}
    order["service_point_details"] = {"carrier_service_point_id": "C-9"}
    return order


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AppHarness]:
    """The form of that order, open for all tests of this module; each test undoes its changes."""
    box = Sandbox(SandboxSettings(orders=120, now=NOW, settle=0.0))
    transport = httpx.ASGITransport(box.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://s/api/v3", auth=("demo", "demo")) as client:
        sent = await client.post("/orders", content=encode([rich()]), headers={"content-type": "application/json"})
        assert sent.status_code == 201, sent.text
    async with open_app(tmp_path_factory.mktemp("house"), sandbox=box, size=(100, 40)) as harness:
        await harness.until("RICH-1")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        assert "RICH-1" in harness.text
        harness.app.workspace.account.zone = ZoneInfo("Europe/Amsterdam")
        await harness.press("r")
        yield harness
    box.close()


@pytest_asyncio.fixture(loop_scope="module")
async def form(opened: AppHarness) -> AsyncIterator[AppHarness]:
    yield opened
    await hit(opened, *["escape"] * opened.app.screen.is_typing)  # type: ignore[attr-defined]
    screen = screen_of(opened)
    while screen.form.view is not FormView.USUAL:
        await hit(opened, "v")
    for pointer in list(screen.form.typed):
        screen.sheet.go_to(pointer)
        await hit(opened, "backspace")
    for _ in range(20):
        if not (draft := opened.app.workspace.account.drafts.get(screen.order_id)):
            break
        del draft
        await hit(opened, "u")
    assert opened.app.workspace.account.drafts.all() == []


def screen_of(harness: AppHarness) -> EditScreen:
    screen = harness.app.screen
    assert isinstance(screen, EditScreen), harness.text
    return screen


def value_at(harness: AppHarness, pointer: Pointer) -> Json:
    draft = screen_of(harness).draft
    assert draft is not None
    value = pointer.get(draft.edit.document)
    return "ABSENT" if value is ABSENT else value


def body_of(harness: AppHarness) -> Json:
    draft = screen_of(harness).draft
    assert draft is not None
    sending = draft.choice
    assert sending.operation is Operation.PATCH
    assert not sending.invalid
    return sending.body


async def hit(harness: AppHarness, *names: str) -> None:
    """Press keys, given by name or as letters, without the pilot's pause after each."""
    for name in names:
        for key, character in [(name, None)] if name in KEYS else [(_character_to_key(key), key) for key in name]:
            event = events.Key(key, character)
            event.set_sender(harness.app)
            harness.app.post_message(event)
    await harness.press()


async def find(harness: AppHarness, path: str) -> FieldRow:
    """Go to the first field found by a path that is pasted after `/`, so that the form is filtered only once."""
    await hit(harness, "/", "ctrl+u")
    harness.app.post_message(events.Paste(path))
    await hit(harness, "enter")
    row = screen_of(harness).sheet.cursor_field
    assert row is not None, harness.text
    assert str(row.pointer).endswith(path), (row.pointer, path)
    return row


async def open_empty(harness: AppHarness) -> None:
    """Open the editor under the cursor and delete its text, line by line."""
    sheet = screen_of(harness).sheet
    await hit(harness, "enter")
    assert sheet.editing is not None, harness.text
    lines = (sheet.editor_text or "").count("\n") + 1
    await hit(harness, *["end", "ctrl+u", "backspace"] * lines)
    assert sheet.editor_text == ""


async def leave(harness: AppHarness) -> None:
    """Press Esc in an editor; without an open editor it would close the form."""
    if screen_of(harness).sheet.editing is not None:
        await hit(harness, "escape")


async def keys(harness: AppHarness, typed: str) -> None:
    """Type a text in which `⏎`, `⇥`, `↓` and `↑` are keys."""
    for mark, key in (("⏎", "enter"), ("⇥", "tab"), ("↓", "down"), ("↑", "up")):
        typed = typed.replace(mark, f"\0{key}\0")
    await hit(harness, *filter(None, typed.split("\0")))


def item(**changed: Json) -> Json:
    return {"order_details": {"order_items": [{"name": "Cylinder candle", **changed}]}}


def price(value: Json, currency: str = "EUR") -> Json:
    return {"payment_details": {"total_price": {"value": value, "currency": currency}}}


def address(**changed: Json) -> Json:
    return {"shipping_address": changed}


def order_detail(name: str, value: Json) -> Json:
    return {"order_details": {name: value}}


CASES: list[tuple[Kind, str, str, Json, Json]] = [
    (Kind.TEXT, "shipping_address/city", "Roma EUR[/]⏎", "Roma EUR[/]", address(city="Roma EUR[/]")),
    (Kind.TEXT, "shipping_address/address_line_2", " 3° piano ⏎", " 3° piano ", address(address_line_2=" 3° piano ")),
    (Kind.LINES, "order_details/notes", "one⏎⏎two ⇥", "one\n\ntwo ", order_detail("notes", "one\n\ntwo ")),
    (Kind.WORD, "order_details/status/code", "on_h↓⏎", "on_hold", order_detail("status", {"code": "on_hold"})),
    (Kind.WORD, "order_details/status/code", "Neu hier⏎", "Neu hier", order_detail("status", {"code": "Neu hier"})),
    (Kind.INTEGER, "order_items/0/quantity", " 3 ⏎", 3, item(quantity=3)),
    (Kind.NUMBER, "payment_details/total_price/value", "3,50⏎", Decimal("3.50"), price(Decimal("3.50"))),
    (Kind.NUMBER, "payment_details/total_price/value", "0⏎", 0, price(0)),
    (Kind.NUMBER, "payment_details/total_price/value", "-1.005⏎", Decimal("-1.005"), price(Decimal("-1.005"))),
    (
        Kind.NUMBER,
        "order_items/0/measurement/weight/value",
        ",75⏎",
        Decimal("0.75"),
        item(measurement={"weight": {"value": Decimal("0.75"), "unit": "kg"}}),
    ),
    (
        Kind.MONEY_TEXT,
        "freight_costs/value",
        "3,99⏎",
        "3.99",
        {"payment_details": {"freight_costs": {"value": "3.99", "currency": "EUR"}}},
    ),
    (Kind.BOOL, "is_local_pickup", "y⏎", True, {"shipping_details": {"is_local_pickup": True}}),
    (Kind.CHOICE, "customs_details/shipment_type", "sam⏎", "commercial_sample", ...),
    (Kind.CHOICE, "payment_details/total_price/currency", "usd⏎", "USD", price(Decimal("14.5"), "USD")),
    (
        Kind.CHOICE,
        "order_items/0/measurement/weight/unit",
        "g⏎",
        "g",
        item(measurement={"weight": {"value": Decimal("0.4"), "unit": "g"}}),
    ),
    (Kind.COUNTRY, "shipping_address/country_code", "belg⏎", "BE", address(country_code="BE")),
    (Kind.COUNTRY, "shipping_address/country_code", "ch⏎", "CH", address(country_code="CH")),
    (Kind.COUNTRY, "order_items/0/country_of_origin", "viet⏎", "VN", item(country_of_origin="VN")),
    (Kind.STATE, "shipping_address/state_province_code", "roma⏎", "IT-RM", address(state_province_code="IT-RM")),
    (Kind.STATE, "shipping_address/state_province_code", "rm⏎", "IT-RM", address(state_province_code="IT-RM")),
    (Kind.STATE, "shipping_address/state_province_code", "rm↑⏎", "RM", address(state_province_code="RM")),
    (Kind.DATETIME, "order_created_at", "today⏎", "2026-11-23T00:00:00+01:00", ...),
    (Kind.DATETIME, "order_created_at", "-2d⏎", "2026-11-21T00:00:00+01:00", ...),
    (Kind.DATETIME, "order_created_at", "14:30⏎", "2026-11-23T14:30:00+01:00", ...),
    (Kind.DATETIME, "order_created_at", "1.7.2026 8:15⏎", "2026-07-01T08:15:00+02:00", ...),
    (Kind.DATE_TEXT, "payment_details/invoice_date", "yesterday⏎", "2026-11-22", ...),
    (Kind.DATE_TEXT, "payment_details/invoice_date", "23/11/26⏎", "23/11/26", ...),
    (
        Kind.TAGS,
        "order_details/tags",
        "gift⏎red, big⇥",
        ["gift", "red, big"],
        order_detail("tags", ["gift", "red, big"]),
    ),
    (Kind.TAGS, "order_details/tags", "⇥", [], order_detail("tags", [])),
    (Kind.JSON, "order_items/0/properties", '{"scent":⏎1.50}⇥', {"scent": Decimal("1.50")}, ...),
]


def test_every_kind_of_field_is_tested() -> None:
    assert {case[0] for case in CASES} == {field.kind for field in all_fields() if not field.has_members}


@in_the_app
@pytest.mark.parametrize(("kind", "path", "typed", "value", "body"), CASES)
async def test_typed_value_is_the_value_sent(
    form: AppHarness, kind: Kind, path: str, typed: str, value: Json, body: Json
) -> None:
    row = await find(form, path)
    assert row.kind == kind
    before = row.value
    await open_empty(form)
    await keys(form, typed)
    found = value_at(form, row.pointer)
    assert same(found, value)
    assert type(found) is type(value)
    if body is ...:
        body_of(form)
    else:
        assert same(body_of(form), body), body_of(form)
    assert len(form.app.workspace.account.drafts.all()) == 1
    await leave(form)
    await find(form, path)
    await hit(form, "backspace")
    assert value_at(form, row.pointer) == ("ABSENT" if before is ABSENT else before)
    assert form.app.workspace.account.drafts.all() == []


BAD: list[tuple[str, str, str]] = [
    ("order_items/0/quantity", "1,5", "a whole number is needed"),
    ("payment_details/total_price/value", "1.234,50", "without thousands separators"),
    ("payment_details/total_price/value", "1e5", "a number is needed"),
    ("freight_costs/value", "abc", "a number is needed"),
    ("shipping_address/country_code", "Nowhere", "no country has this code or name"),
    ("order_created_at", "31-02-2026", "there is no such day"),
    ("order_created_at", "03/04/2026", "day or month first"),
    ("order_created_at", "25:00", "a time is needed"),
    ("is_local_pickup", "maybe", "yes or no is needed"),
    ("order_items/0/properties", '{"a": ', "line 1, column 7"),
    ("payment_details/total_price/value", "9" * 60, "too long for a number"),
]


@in_the_app
@pytest.mark.parametrize(("path", "typed", "word"), BAD)
async def test_invalid_text_is_reported_at_its_position_and_kept(
    form: AppHarness, path: str, typed: str, word: str
) -> None:
    row = await find(form, path)
    before = value_at(form, row.pointer)
    await open_empty(form)
    await hit(form, typed, "tab")
    sheet = screen_of(form).sheet
    assert sheet.editing == row.pointer
    assert word in form.text
    assert sheet.editor_text == typed
    # After leaving the field the text is shown below it and stored, and Enter continues editing it.
    await hit(form, "escape")
    assert "typed, not applied" in form.text
    assert form.app.workspace.account.drafts.typed(screen_of(form).order_id) == {row.pointer: typed}
    await hit(form, "enter")
    assert sheet.editor_text == typed
    await hit(form, "escape", "backspace")
    assert "typed, not applied" not in form.text
    assert form.app.workspace.account.drafts.typed(screen_of(form).order_id) == {}
    assert value_at(form, row.pointer) == before
    assert form.app.workspace.account.drafts.all() == []


@in_the_app
@pytest.mark.parametrize("path", list(dict.fromkeys(case[1] for case in CASES)))
async def test_opened_editor_changes_nothing(form: AppHarness, path: str) -> None:
    row = await find(form, path)
    for key in ("tab", "escape"):
        screen_of(form).sheet.go_to(row.pointer)
        await hit(form, "enter", "end", key, "escape" if key == "tab" else "home")
        assert form.app.workspace.account.drafts.all() == []
        assert screen_of(form).form.typed == {}


NOTHING: list[tuple[str, str, Json, Operation | None, str]] = [
    ("shipping_address/state_province_code", "e", "", Operation.PATCH, ""),
    ("shipping_address/state_province_code", "a", "ABSENT", Operation.POST, "absent: sent whole"),
    ("order_details/notes", "n", None, Operation.PATCH, "null, removed"),
    ("order_details/notes", "e", "", Operation.PATCH, "empty"),
    ("order_details/tags", "e", [], Operation.PATCH, "an empty list"),
    ("order_details/tags", "n", None, Operation.PATCH, "null"),
    ("customs_details/shipment_type", "a", "ABSENT", Operation.POST, "absent: sent whole"),
    ("is_local_pickup", "n", None, Operation.PATCH, "null"),
    ("shipping_address/city", "", "Roma", None, "The field is required; it can be neither null nor empty"),
    ("order_items/0/quantity", "", 1, None, "The field is required"),
    ("order_id", "", "rich-1", None, "cannot be changed once the order exists"),
    ("order_items/0/name", "e", "", Operation.POST, "empty"),
]


@in_the_app
@pytest.mark.parametrize(("path", "key", "value", "operation", "text"), NOTHING)
async def test_empty_choices_are_offered_only_if_allowed(
    form: AppHarness, path: str, key: str, value: Json, operation: Operation | None, text: str
) -> None:
    row = await find(form, path)
    await hit(form, "c")
    # A question that does not fit has shortened texts and complete keys.
    assert text[:10] in form.text.replace("Cannot", "cannot")
    if key:
        await hit(form, key)
    assert value_at(form, row.pointer) == value
    draft = form.app.workspace.account.drafts.get(screen_of(form).order_id)
    assert (draft.sending.operation if draft is not None else None) == operation
    if operation is Operation.POST:
        assert "sent as a full order" in form.text or path.endswith("name")


@in_the_app
async def test_exclusive_field_removes_the_other(form: AppHarness) -> None:
    row = await find(form, "service_point_details/id")
    await open_empty(form)
    await keys(form, "123⏎")
    place = row.pointer.parent
    assert value_at(form, place) == {"id": "123"}
    draft = form.app.workspace.account.drafts.get(screen_of(form).order_id)
    assert draft is not None
    assert draft.sending.can_send
    await find(form, "service_point_details/carrier_service_point_id")
    await open_empty(form)
    await keys(form, "C-10⏎")
    assert value_at(form, place) == {"carrier_service_point_id": "C-10"}


@in_the_app
async def test_items_are_added_copied_moved_and_removed(form: AppHarness) -> None:
    def names() -> Json:
        return [entry.get("name", "?") for entry in value_at(form, ITEMS)]  # type: ignore[union-attr]

    await hit(form, "4", "a")
    await hit(form, "i")
    assert names() == ["Cylinder candle", "Scented Candle", "?"]
    assert screen_of(form).sheet.cursor_pointer == ITEMS / 2 / "name"
    await open_empty(form)
    await keys(form, "Snuffer⏎")
    await find(form, "order_items/2/name")
    await hit(form, "<", "<")
    assert names() == ["Snuffer", "Cylinder candle", "Scented Candle"]
    await hit(form, "<")
    assert "cannot be moved further" in form.text
    await find(form, "order_items/1/quantity")
    await hit(form, "a")
    await hit(form, "c")
    assert names() == ["Snuffer", "Cylinder candle", "Cylinder candle (copy)", "Scented Candle"]
    await find(form, "order_items/1/quantity")
    await hit(form, ">")
    assert names() == ["Snuffer", "Cylinder candle (copy)", "Cylinder candle", "Scented Candle"]
    await find(form, "order_items/3/quantity")
    await hit(form, "D")
    assert names() == ["Snuffer", "Cylinder candle (copy)", "Cylinder candle"]
    draft = form.app.workspace.account.drafts.get(screen_of(form).order_id)
    assert draft is not None
    assert draft.sending.operation is Operation.POST
    assert [entry["name"] for entry in ITEMS.get(draft.sending.body)] == names()  # type: ignore[union-attr,index,call-overload]
    # The new item has no price yet, which prevents sending.
    assert {str(problem.pointer) for problem in draft.sending.invalid} <= {str(ITEMS / 0 / "total_price" / "value")}


@in_the_app
async def test_tax_numbers_are_added_and_removed(form: AppHarness) -> None:
    place = Pointer.of("customs_details", "tax_numbers", "sender")
    row = await find(form, "tax_numbers/sender/0/value")
    await hit(form, "a")
    await hit(form, "s")
    assert screen_of(form).sheet.cursor_pointer == place / 1 / "value"
    await open_empty(form)
    await keys(form, "GB9⏎")
    assert value_at(form, place)[1] == {"name": "VAT", "value": "GB9"}  # type: ignore[index,call-overload]
    assert body_of(form)["customs_details"]["tax_numbers"]["sender"] == value_at(form, place)  # type: ignore[index,call-overload]
    screen_of(form).sheet.go_to(row.pointer)
    await hit(form, "D")
    assert value_at(form, place) == [{"name": "VAT", "value": "GB9"}]


@in_the_app
@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("postcode", "shipping_address/postal_code"),
        ("via appia", "shipping_address/address_line_1"),
        ("italy", "shipping_address/country_code"),
        ("items 2 quantity", "order_items/1/quantity"),
        ("fragile", "order_details/tags"),
        ("tax_numbers/sender/0/cou", "sender/0/country_code"),
        ("fig", "order_items/0/properties"),
        ("adr_packing", "order_items/0/dangerous_goods/adr_packing_group_letter"),
    ],
)
async def test_a_field_is_found_by_label_path_and_value(form: AppHarness, text: str, path: str) -> None:
    await hit(form, "/", "ctrl+u", text)
    row = screen_of(form).sheet.cursor_field
    assert row is not None, form.text
    assert str(row.pointer).endswith(path)
    count = len(screen_of(form).sheet.rows)
    await hit(form, "enter")
    assert len(screen_of(form).sheet.rows) > count + 20
    assert screen_of(form).sheet.cursor_pointer == row.pointer


@in_the_app
async def test_views_long_values_and_the_note(form: AppHarness) -> None:
    await hit(form, "g")
    assert 'customer note: "Ring twice"' in form.text
    for path in ("shipping_address/city", "order_id", "order_items/1/quantity"):
        await find(form, path)
        assert 'customer note: "Ring twice"' in form.text
    await find(form, "shipping_address/city")
    await open_empty(form)
    await keys(form, "Napoli⏎")
    shown = {}
    for _ in range(4):
        await hit(form, "v")
        view = screen_of(form).form.view
        shown[str(view)] = [row.pointer for row in screen_of(form).sheet.rows if isinstance(row, FieldRow)]
    city, phone = Pointer.of("shipping_address", "city"), Pointer.of("shipping_address", "phone_number")
    assert shown["changed"] == [city] or set(shown["changed"]) < set(shown["usual"])
    assert city in shown["required"]
    assert phone not in shown["required"]
    assert phone in shown["usual"]
    assert set(shown["usual"]) < set(shown["all"])
    await find(form, "order_items/0/properties")
    await hit(form, "p")
    await form.until('"scent": "fig"')
    await form.press("q")
    await form.until("RICH-1")
