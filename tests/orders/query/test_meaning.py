"""What each form of term means: for each an order that matches and one that does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from query_cases import CONTEXT, NOW

from tui.api.codec import Document, Json
from tui.orders.query.evaluation import fulfils
from tui.orders.query.facts import FactsContext, facts_of
from tui.orders.query.language import QueryContext, parse
from tui.orders.query.vocabulary import FIELDS, FLAG_WORDS, IS_WORDS, KEY_WORDS


def finds(query: str, document: Document, known: FactsContext | None = None, context: QueryContext = CONTEXT) -> bool:
    return fulfils(facts_of(document, known or FactsContext()), parse(query, context).condition)


def address(**fields: Json) -> Document:
    return {"shipping_address": dict(fields)}


def item(**fields: Json) -> Document:
    return {"order_details": {"order_items": [{"name": "Other"}, dict(fields)]}}


def details(**fields: Json) -> Document:
    return {"order_details": dict(fields)}


def status(code: Json, message: Json = None) -> Document:
    return details(status={"code": code, "message": message})


def payment(code: Json, message: Json = None) -> Document:
    return {"payment_details": {"status": {"code": code, "message": message}}}


def total(value: Json) -> Document:
    return {"payment_details": {"total_price": {"value": value, "currency": "EUR"}}}


def customer(**fields: Json) -> Document:
    return {"customer_details": dict(fields)}


def shipping(**fields: Json) -> Document:
    return {"shipping_details": dict(fields)}


def weight(value: Json, unit: str = "kg") -> Document:
    return shipping(measurement={"weight": {"value": value, "unit": unit}})


def items(*quantities: Json) -> Document:
    return details(order_items=[{"name": "Mug", "quantity": quantity} for quantity in quantities])


def created(when: str) -> Document:
    return details(order_created_at=when)


BOTH_NAMES = address(name="Zoë Özdemir", city="Den Haag")

EXAMPLES: list[tuple[str, Document, Document]] = [
    # a word, in each of the fields
    ("48213", {"order_number": "NL-48213"}, {"order_number": "NL-4821"}),
    ("1896e", {"order_id": "1896E94B"}, {"order_id": "x"}),
    ("ozdemir", BOTH_NAMES, address(name="Ozdemi")),
    ("acme", address(company_name="ACME"), {"billing_address": {"company_name": "ACME"}}),
    ("kerk", address(address_line_1="Kerkstraat"), address(address_line_1="Straat")),
    ("1012", address(postal_code="1012 AB"), address(postal_code="1013 AB")),
    ("haag", BOTH_NAMES, address(city="Delft")),
    ("@example", customer(email="a@example.org"), customer(email="a@b.org")),
    ("0612345678", address(phone_number="+31 6 1234 5678"), address(phone_number="+31 6 1234 5679")),
    ("mug-1", item(sku="MUG-1"), item(sku="MUG2")),
    ("mug", item(name="Blue mug"), item(name="Cup")),
    ("twice", details(notes="Ring twice"), details(notes="Ring")),
    ("gift", details(tags=["Gift"]), details(tags=["other"])),
    ("postnl", {"order_number": "postnl"}, shipping(delivery_indicator="postnl")),
    # words and phrases
    ("zoe haag", BOTH_NAMES, address(name="Zoë")),
    ('"den haag"', address(city="Den  Haag"), address(name="Den", city="Haag")),
    ('"a b"', details(notes="a\nb"), details(notes="ab")),
    ("ö", address(city="Köln"), address(city="Kln")),
    ("%", address(name="100%"), address(name="100")),
    # field:value and field:=value
    ("city:haag", BOTH_NAMES, address(name="Haag")),
    ('city:"den haag"', BOTH_NAMES, address(city="Haag")),
    ("city:x,haag", BOTH_NAMES, address(city="Delft")),
    ("city:=DELFT", address(city="Delft"), address(city="Delftzijl")),
    ("number:8213", {"order_number": "NL-48213"}, {"order_id": "NL-48213"}),
    ("number:=nl-48213", {"order_number": "NL-48213"}, {"order_number": "NL-482130"}),
    ("name:oz", BOTH_NAMES, customer(name="Ozdemir")),
    ("company:gm", address(company_name="GmbH"), address(name="GmbH")),
    (
        'street:="kerkstraat 12"',
        address(address_line_1="Kerkstraat", house_number="12"),
        address(address_line_1="Kerkstraat"),
    ),
    ("street:floor", address(address_line_2="3rd floor"), address(address_line_1="3rd")),
    ("postcode:1012ab", address(postal_code="1012 AB"), address(postal_code="1012 A")),
    ('postcode:"1012 A"', address(postal_code="1012AB"), address(postal_code="1012")),
    ("postcode:=1012ab", address(postal_code="1012 AB"), address(postal_code="1012 ABC")),
    ("email:example", address(email="a@EXAMPLE.org"), {"billing_address": {"email": "a@example.org"}}),
    ("email:=a@b.org", customer(email="A@b.org"), customer(email="aa@b.org")),
    ("phone:0612345678", address(phone_number="(+31) 6-12345678"), customer(phone_number="0711")),
    ("phone:+31612345678", address(phone_number="06 12345678", country_code="NL"), address(phone_number="06 12345678")),
    ("phone:=0612345678", address(phone_number="06-12345678"), address(phone_number="06-123456789")),
    ("phone:06", address(phone_number="06 123"), address(phone_number="6 123")),
    ("sku:ug", item(sku="MUG-1"), item(name="MUG-1")),
    ("sku:=mug-1", item(sku="MUG-1"), item(sku="MUG-10")),
    ("item:mug", item(name="Blue mug"), item(sku="mug")),
    ('item:="blue mug"', item(name="Blue mug"), item(name="Blue mug, large")),
    ("tag:=gift", details(tags=["a", "Gift"]), details(tags=["gift card"])),
    ("tag:gift", details(tags=["gift card"]), details(notes="gift")),
    ("note:ring", details(notes="Ring"), details(tags=["ring"])),
    ("carrier:postnl", shipping(delivery_indicator="PostNL"), shipping(delivery_indicator="DHL")),
    ("hs:6109.1", item(hs_code="610910"), item(hs_code="6110")),
    ("hs:=610910", item(hs_code="6109.10"), item(hs_code="610910.00")),
    ("ean:871", item(ean="8712"), item(ean="971")),
    # whole values
    ("shop:7", details(integration={"id": 7}), details(integration={"id": 70})),
    ('shop:"mijn winkel",8', details(integration={"id": "7"}), details(integration={"id": 9})),
    ("shop:9", details(integration={"id": 9}), {}),
    ("id:1896e94b", {"order_id": "1896E94B"}, {"order_id": "1896E94B2"}),
    ("id:669", {"id": "669"}, {"id": "6690"}),
    ("status:unshipped,new", status("New"), status("newer")),
    ('status:"on hold"', status("x", "On hold"), payment("on hold")),
    ("status:=x", status("x", "On hold"), status("y", "x")),
    ("payment:paid", payment("p", "Paid"), status("paid")),
    ("payment:=paid", payment("paid"), payment("p", "paid")),
    ("country:nl", address(country_code="NL"), {"billing_address": {"country_code": "NL"}}),
    ("country:Nederland", address(country_code="NL"), address(country_code="NLD9")),
    ("country:NL,at", address(country_code="Österreich"), address(country_code="DE")),
    ("origin:CN", item(country_of_origin="China"), item(country_of_origin="NL")),
    ("state:it-rm", address(state_province_code="IT-RM"), address(state_province_code="IT-R")),
    ("currency:eur", total(1), {"payment_details": {"total_price": {"value": 1, "currency": "CHF"}}}),
    # complements
    ("-city:delft", address(city="Den Haag"), address(city="Delft")),
    ("-city:delft", {}, address(city="Delft")),
    ("not delft", {}, address(city="Delft")),
    ("-(city:delft or city:haag)", address(city="Köln"), address(city="Haag")),
    ("-(zoe haag)", address(name="Zoë"), BOTH_NAMES),
    ("--city:delft", address(city="Delft"), address(city="Haag")),
    ("-total>5", {}, total(6)),
    # or, and
    ("city:delft or zoe haag", BOTH_NAMES, address(name="Zoë")),
    ("(city:delft or zoe) haag", BOTH_NAMES, address(city="Delft")),
    # numbers
    ("total>50", total(51), total(50)),
    ("total>=50", total(50), total(49)),
    ("total<50", total(49), total(50)),
    ("total<50", total(-1), {}),
    ("total<=50", total(50), total(51)),
    ("total<=50", total(1), {}),
    ("total>=50", total(99), {}),
    ("total:41.90", total("41.9"), total(41)),
    ("total:10..20", total(20), total(21)),
    ("total:10..20", total(10), total(9)),
    ("total:10..", total(1000), total(9)),
    ("total:..10", total(10), total(11)),
    ("total:1,5..6", total(6), total(2)),
    ("weight>1", weight(1001, "g"), weight(1)),
    ("weight:1.25", weight(1250, "g"), weight(125)),
    ("weight>1.2kg", weight(1250, "g"), weight(1200, "g")),
    ("weight:1250G..2kg", weight(1300, "g"), weight(1249, "g")),
    ("items:2", items(5, 5), items(2)),
    ("items:0", details(order_items=[]), items(1)),
    ("items<1", {}, items(1)),
    ("quantity>=10", items(5, 5), items(9)),
    # none and any
    ("company:none", address(company_name=" "), address(company_name="x")),
    ("company:none", {"shipping_address": {"company_name": None}}, address(company_name="x")),
    ("company:any", address(company_name="x"), {}),
    ("note:none", details(notes=""), details(notes="none")),
    ('note:"none"', details(notes="None"), details(notes="")),
    ("email:none", {"billing_address": {"email": "x@y"}}, customer(email="x@y")),
    ("phone:any", customer(phone_number="1"), customer(phone_number="")),
    ("tag:none", details(tags=[]), details(tags=["x"])),
    ("hs:none", item(hs_code=None), item(hs_code="1")),
    ("origin:any", item(country_of_origin="CN"), item()),
    ("status:none", status(None, ""), status(None, "x")),
    ("status:any", status(None, "x"), payment("x", "x")),
    ("status:=any", status("x"), status(None, "x")),
    ("total:none", total(None), total(0)),
    ("items:none", details(order_items=[]), items(1)),
    ("items:any", items(1), details(order_items=None)),
    ("quantity:none", items(None), items(1)),
    ("created:none", created("soon"), created("2026-11-25T00:00:00Z")),
    # dates: it is Wednesday 25 November, 10:30 in Amsterdam
    ("created:today", created("2026-11-24T23:00:00Z"), created("2026-11-24T22:59:59Z")),
    ("created:yesterday", created("2026-11-24T22:59:59Z"), created("2026-11-24T23:00:00Z")),
    ("created:2026-11-22", created("2026-11-21T23:00:00Z"), created("2026-11-22T23:00:00Z")),
    ("created:-3d", created("2026-11-22T12:00:00Z"), created("2026-11-23T12:00:00Z")),
    ("created>=-3d", created("2026-11-21T23:00:00Z"), created("2026-11-21T22:59:59Z")),
    ("created>-3d", created("2026-11-22T23:00:00Z"), created("2026-11-22T22:59:59Z")),
    ("created<-3d", created("2026-11-21T22:59:59Z"), created("2026-11-21T23:00:00Z")),
    ("created<=-3d", created("2026-11-22T22:59:59Z"), created("2026-11-22T23:00:00Z")),
    ("created>=monday", created("2026-11-22T23:00:00Z"), created("2026-11-22T22:59:59Z")),
    ("created:-3d..yesterday", created("2026-11-24T22:59:59Z"), created("2026-11-24T23:00:00Z")),
    ("created:-3d..", created("2026-11-25T22:59:59Z"), created("2026-11-21T22:59:59Z")),
    ("created:..-3d", created("2026-11-22T22:59:59Z"), created("2026-11-22T23:00:00Z")),
    ("created>=-6h", created("2026-11-25T03:30:00Z"), created("2026-11-25T03:29:59Z")),
    ("created>-6h", created("2026-11-25T03:30:01Z"), created("2026-11-25T03:30:00Z")),
    ("created<=-6h", created("2026-11-25T03:30:00Z"), created("2026-11-25T03:30:01Z")),
    ("updated:today", details(order_updated_at="2026-11-25T05:00:00Z"), created("2026-11-25T05:00:00Z")),
]


@pytest.mark.parametrize(("query", "match", "other"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_a_query_finds_one_order_and_not_the_other(query: str, match: Document, other: Document) -> None:
    assert finds(query, match)
    assert not finds(query, other)
    assert not finds(f"-({query})", match)
    assert finds(f"-({query})", other)


def test_the_examples_have_every_field() -> None:
    text = " ".join(query for query, _, _ in EXAMPLES)
    assert [name for name in FIELDS if f"{name}:" not in text and name != "due"] == []


def test_an_empty_query_finds_every_order() -> None:
    assert finds("", {})
    assert finds("sort:total", {})


LATE = FactsContext("open", due=NOW - timedelta(seconds=1))
NOW_DUE = FactsContext("open", due=NOW)
TONIGHT = FactsContext("unknown", due=datetime.fromisoformat("2026-11-25T23:59:59+01:00"))
TOMORROW = FactsContext("open", due=datetime.fromisoformat("2026-11-26T00:00:00+01:00"))
ERROR = FactsContext("open", [("no_weight", "error"), ("postcode", "warning")])
WARNING = FactsContext("open", [("city_postcode", "warning"), ("combine", "info")])
INFO = FactsContext("open", [("combine", "info")])


@pytest.mark.parametrize(
    ("query", "match", "other"),
    [
        ("is:open", FactsContext("open"), FactsContext("finished")),
        ("is:open", FactsContext("unknown"), FactsContext("finished")),
        ("is:finished", FactsContext("finished"), FactsContext("unknown")),
        ("is:unknown", FactsContext("unknown"), FactsContext("open")),
        ("is:problem", ERROR, INFO),
        ("is:problem", WARNING, FactsContext()),
        ("is:error", ERROR, WARNING),
        ("is:warning", WARNING, ERROR),
        ("is:late", LATE, NOW_DUE),
        ("is:late", LATE, replace(LATE, stage="finished")),
        ("is:late", LATE, FactsContext("open")),
        ("is:due", TONIGHT, TOMORROW),
        ("is:due", LATE, replace(LATE, stage="finished")),
        ("is:abroad", FactsContext(is_abroad=True), FactsContext(needs_customs=True)),
        ("is:customs", FactsContext(needs_customs=True), FactsContext(is_abroad=True)),
        ("is:unpaid,late", LATE, FactsContext()),
        ("due<=today", TONIGHT, TOMORROW),
        ("due:any", TONIGHT, FactsContext()),
        ("due:none", FactsContext(), TONIGHT),
        ("due<=tomorrow", TOMORROW, FactsContext()),
        ("why:any", INFO, FactsContext()),
        ("why:none", FactsContext(), INFO),
        ("why:error", ERROR, WARNING),
        ("why:stop", ERROR, WARNING),
        ("why:warning", WARNING, ERROR),
        ("why:no_weight", ERROR, WARNING),
        ("why:weight", ERROR, WARNING),
        ("why:Zero", FactsContext(problems=[("zero_weight", "error")]), ERROR),
        ("why:postcode", ERROR, WARNING),
        ("why:city", WARNING, ERROR),
        ('why:"other city"', WARNING, ERROR),
        ("why:=postcode", ERROR, WARNING),
        ("why:zero,none", FactsContext(), ERROR),
    ],
)
def test_state_and_problems(query: str, match: FactsContext, other: FactsContext) -> None:
    assert finds(query, {}, match)
    assert not finds(query, {}, other)


TIMED = replace(CONTEXT, titles={"late": "late since", "due": "due today", "lost_zeros": "zeros lost"})
RAISED = replace(TIMED, levels={"late": {"7": "error", "8": "off"}, "due": {"7": "off", "8": "warning"}})
IN_7, IN_8 = ({"order_details": {"integration": {"id": shop}}} for shop in (7, 8))


@pytest.mark.parametrize(
    ("query", "match", "other"),
    [
        ("why:late", LATE, NOW_DUE),
        ("why:late", LATE, replace(LATE, stage="finished")),
        ("why:due", TONIGHT, LATE),
        ("why:due", NOW_DUE, TOMORROW),
        ("why:due", NOW_DUE, replace(NOW_DUE, stage="finished")),
        ("why:late,due", LATE, TOMORROW),
        ("why:today", TONIGHT, LATE),
        ("why:lost_zeros,late", LATE, FactsContext("open")),
        ("-why:late", NOW_DUE, LATE),
        ("why:any", LATE, TOMORROW),
        ("why:none", TOMORROW, TONIGHT),
        ("is:problem", LATE, TOMORROW),
        ("is:warning", TONIGHT, replace(TONIGHT, problems=ERROR.problems)),
        ("-is:error", LATE, ERROR),
    ],
)
def test_problems_that_depend_on_the_time(query: str, match: FactsContext, other: FactsContext) -> None:
    assert finds(query, {}, match, TIMED)
    assert not finds(query, {}, other, TIMED)


@pytest.mark.parametrize(
    ("query", "document", "found"),
    [
        ("why:late", IN_7, LATE),
        ("is:error", IN_7, LATE),
        ("why:stop", IN_7, LATE),
        ("-is:warning", IN_7, LATE),
        ("is:late why:none", IN_8, LATE),
        ("-is:problem", IN_8, LATE),
        ("is:due why:none", IN_7, TONIGHT),
        ("is:warning why:due", IN_8, TONIGHT),
    ],
)
def test_a_shop_sets_the_level_of_problems_that_depend_on_the_time(
    query: str, document: Document, found: FactsContext
) -> None:
    assert finds(query, document, found, RAISED)


@pytest.mark.parametrize("word", KEY_WORDS)
def test_what_only_this_machine_knows(word: str) -> None:
    context = replace(CONTEXT, keys={word: {"A12", "7"}})
    assert finds(f"is:{word}", {"id": "A12"}, context=context)
    assert finds(f"is:{word}", {"id": 7}, context=context)
    assert not finds(f"is:{word}", {"id": "8"}, context=context)
    assert not finds(f"is:{word}", {"id": "7"}, context=replace(CONTEXT, keys={}))


@pytest.mark.parametrize(
    ("word", "document"),
    [
        ("unpaid", payment("unpaid")),
        ("hold", status("on-hold")),
        ("pickup", shipping(is_local_pickup=True)),
        ("servicepoint", {"service_point_details": {"id": "1"}}),
    ],
)
def test_flags(word: str, document: Document) -> None:
    assert finds(f"is:{word}", document)
    assert not finds(f"is:{word}", {})


def test_every_word_of_is_has_an_explanation_and_a_meaning() -> None:
    assert all(IS_WORDS.values())
    assert set(KEY_WORDS) | set(FLAG_WORDS) < set(IS_WORDS)
    for word in IS_WORDS:
        parse(f"is:{word.upper()}", CONTEXT)
