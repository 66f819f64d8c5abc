"""Seed data: realistic orders, as a function of seed and time.

Orders are assembled from prepared JSON text, because 200,000 of them have to be generated in seconds. All text is
ASCII JSON; what the document's schema does not allow occurs with `odd` only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from json import dumps  # four times as fast as the codec for a single string
from random import Random
from typing import NamedTuple

from tui.api.codec import Json, encode
from tui.sandbox.seed_customers import Customer, draw_customer
from tui.sandbox.seed_data import (
    CURRENCIES,
    FAILING_SHOP,
    FOREIGN_NOTES,
    HOSTILE_PRODUCTS,
    HOSTILE_TEXTS,
    NOTES,
    OWN_SHOP,
    PRODUCTS,
    SHIPPING_OPTIONS,
    SHOPS,
    TAGS,
    SeedProduct,
    SeedShop,
)
from tui.sandbox.times import DAY, MICRO, to_micros, to_text

SPAN_DAYS = 30
"""The service imports the last 30 days of a webshop's orders (Q13)."""

_HOURS = (4, 3, 2, 1, 1, 2, 4, 8, 13, 16, 18, 18, 17, 16, 16, 16, 17, 18, 20, 24, 26, 22, 14, 8)
_RECENT_PARTS = (0.08, 0.35, 0.8)
_ITEM_COUNTS = ((0.55, 1, 0), (0.76, 2, 0), (0.87, 3, 0), (0.96, 4, 5), (0.993, 9, 12), (1.0, 21, 40))
"""Cumulative shares of the orders, with the minimum number of items and how many more there may be."""
_PAYMENTS = (
    (0.9, '"status":{"code":"paid","message":"Order has been paid"}'),
    (0.95, '"status":{"code":"pending","message":"Waiting for the bank"}'),
    (0.98, '"status":{"code":"unpaid"}'),
    (1.0, '"status":{"code":"paid","message":"Cash on delivery"},"is_cash_on_delivery":true'),
)
"""Cumulative shares of the orders that are not shipped yet, with the state of their payment."""
_DEVIATIONS = {
    2: (
        ('_costs":{"value":"0.00"', '_costs":{"value":0'),
        ('"discount_granted":{"value":"3.99"', '"discount_granted":{"value":3.99'),
        ('"freight_costs":{"value":"5.95"', '"freight_costs":{"value":5.95'),
    ),
    3: (
        ('"notes":""', '"notes":null'),
        ('"tags":[]', '"tags":null'),
        ('{"handover_at":null,"deliver_at":null}', "null"),
    ),
    4: (('"company_name":""', '"company_name":null'), ('"house_number":""', '"house_number":null')),
    6: (('"intended_use"', '"cpsc":{"product_id":"A1","certifier_id":null,"version_id":2},"intended_use"'),),
    7: (('"unit_of_measurement":"KG"', '"unit_of_measurement":"kg"'), ('"weight_type":"Net"', '"weight_type":"net"')),
}
"""Texts that are replaced by those of the real service, by the number of the deviation."""
_WEIGHED = ',"measurement":{"weight":{"value":"@grams","unit":"g"}}'


class SeedRow(NamedTuple):
    """One order: its columns and JSON text. Times are microseconds since 1970, UTC."""

    id: int
    integration: int
    order_id: str
    order_number: str
    status: str
    created: int
    updated: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """Orders placed after `since` and not after `until`."""

    since: datetime
    until: datetime


def failing_since(now: datetime) -> datetime:
    """When the failing shop started to fail: in the night before `now`."""
    night = now.replace(hour=2, minute=13, second=7, microsecond=0)
    return night if night < now else night - timedelta(hours=4)


def generate_orders(
    seed: int, span: Span, count: int, *, odd: bool, first_id: int, numbers: dict[int, int]
) -> Iterator[SeedRow]:
    """Generate `count` orders of a span, oldest first, with ascending ids. Updates `numbers` (shop → orders so far)."""
    rng = Random(f"{seed} {to_micros(span.until)} {first_id} {count} {odd}")  # text is hashed alike in every process
    generator = _OrderGenerator(rng, span, max(30, min(count * 4 // 5, 6000)), odd, numbers)
    return generator.rows(_schedule(rng, span, count), first_id)


def missed_order_count(daily: float, span: Span) -> int:
    """The number of orders placed while the sandbox was not running; enough that every busy shop has some."""
    days = (span.until - span.since) / timedelta(days=1)
    return max(round(daily * days), 15 if daily >= 30 else 1)


def _schedule(rng: Random, span: Span, count: int) -> list[tuple[int, int]]:
    """The time and shop of each order. Every selling shop has orders of yesterday, this morning and just now."""
    since, until = to_micros(span.since), to_micros(span.until)
    midnight = until - until % DAY
    failing = to_micros(failing_since(span.until))
    shops = [shop for shop in SHOPS if shop.share]
    busy = [shop.id for shop in shops if shop.id != FAILING_SHOP]
    guaranteed: list[tuple[int, int]] = []
    recent = until - max(since, midnight, until - 40 * 60 * MICRO)
    for position, shop in enumerate(busy):
        guaranteed += [(until - int(recent * part * (1 + position / 10)), shop) for part in _RECENT_PARTS]
        guaranteed += [(midnight - DAY + int(DAY * part) + position * 97 * MICRO, shop) for part in (0.4, 0.6, 0.84)]
    # The earliest are dropped first if there are too few orders.
    schedule = sorted(((max(at, since + 1), shop) for at, shop in guaranteed if at > since), reverse=True)[:count]
    ids, weights = [shop.id for shop in shops], list(accumulate(shop.share for shop in shops))
    starts, slots = _slots(since, until)
    free = count - len(schedule)
    hour = 3600 * MICRO
    random = rng.random
    for start, shop in zip(
        rng.choices(starts, cum_weights=slots, k=free), rng.choices(ids, cum_weights=weights, k=free), strict=True
    ):
        low, high = max(start, since + 1), min(start + hour, until)
        at = low + int(random() * (high - low))
        schedule.append((at, OWN_SHOP if shop == FAILING_SHOP and at > failing else shop))
    schedule.sort()
    return schedule


def _slots(since: int, until: int) -> tuple[list[int], list[float]]:
    """The hours of a span and their cumulative weights."""
    hour = 3600 * MICRO
    starts = list(range(since - since % hour, until + 1, hour))
    weights = []
    for start in starts:
        inside = max(0, min(start + hour, until) - max(start, since))
        weekday = (start // DAY + 3) % 7
        weights.append(_HOURS[start // hour % 24] * inside * (1.3 if weekday in (0, 6) else 1.0) + 1e-9)
    return starts, list(accumulate(weights))


class _SeedLine(NamedTuple):
    text: str
    cents: int
    grams: int


class _Goods:
    """Prepared order items: by variant (complete, without weight, without customs data), then product and quantity."""

    def __init__(self, rng: Random, products: tuple[SeedProduct, ...], hostile: tuple[SeedProduct, ...]) -> None:
        self.complete: list[list[_SeedLine]] = []
        self.weightless: list[list[_SeedLine]] = []
        self.undeclared: list[list[_SeedLine]] = []
        for number, product in enumerate(products):
            for colour in product.colours:
                self._add(rng, product, number, colour)
        self.hostile_from = len(self.complete)
        for number, product in enumerate(hostile):
            self._add(rng, product, 900 + number, product.colours[0])

    def _add(self, rng: Random, product: SeedProduct, number: int, colour: str) -> None:
        shape = rng.randrange(4)
        for variant, weighed, declared in (
            (self.complete, True, True),
            (self.weightless, False, True),
            (self.undeclared, True, False),
        ):
            variant.append([_line(product, number, colour, q, weighed, declared, shape) for q in (1, 2, 3, 4, 6, 12)])


def _line(
    product: SeedProduct, number: int, colour: str, quantity: int, weighed: bool, declared: bool, shape: int
) -> _SeedLine:
    cents = product.cents * quantity
    item: dict[str, Json] = {
        "item_id": f"{number + 11}{quantity:02}{len(colour)}",
        "product_id": str(1_458_734_000 + number),
        "name": product.name,
        "description": product.description if shape else f"{product.description} ({colour})",
        "quantity": quantity,
        "sku": f"WW-{number:03}-{colour[:3].upper()}",
    }
    if declared:
        item |= {"hs_code": product.hs_code, "country_of_origin": product.origin}
    if shape != 3:
        item["unit_price"] = _price(product.cents)
    item["total_price"] = _price(cents)
    if weighed:
        weight: dict[str, Json] = (
            {"value": product.grams, "unit": "g"}
            if shape % 2
            else {"value": Decimal(product.grams) / 1000, "unit": "kg"}
        )
        item["measurement"] = {"weight": weight}
    if shape == 1:
        item |= {"variant_id": str(15_346_000 + number), "ean": f"87{number:03}94391127"[:13], "mid_code": None}
        item["properties"] = {"colour": colour, "engraving": None}
    if shape == 2:
        item |= {"mid_code": "NLWICWAX12OSS", "material_content": product.material, "intended_use": "Personal use"}
        item |= {"manufacturer_product_id": f"WICWAX-{number:03}", "manufacturer_product_id_std": _gtin(number)}
        item["image_url"] = f"https://cdn.wickandwax.example/{number}.jpeg"
    if shape == 0:
        item["delivery_dates"] = {"handover_at": None, "deliver_at": None}
    if product.dangerous:
        item["dangerous_goods"] = {
            "regulation_set": "ADR",
            "id_number": "UN1944",
            "class_division_number": "4.1",
            "unit_of_measurement": "KG",
            "weight_type": "Net",
            "adr_packing_group_letter": "III",
        }
    return _SeedLine(_text(item), cents, product.grams * quantity)


def _gtin(number: int) -> str:
    """A 14-digit GTIN with a valid check digit."""
    digits = f"087{number:010}"
    weighted = sum(int(digit) * (1 if position % 2 else 3) for position, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _text(value: Json) -> str:
    return encode(value).decode("ascii")


def _price(cents: int) -> dict[str, Json]:
    return {"value": Decimal(_euros(cents)) if cents % 7 == 0 else Decimal(cents) / 100, "currency": "EUR"}


class _OrderGenerator:
    """Pools of prepared texts, from which orders are drawn."""

    def __init__(self, rng: Random, span: Span, customers: int, odd: bool, numbers: dict[int, int]) -> None:
        self.rng = rng
        self.odd = odd
        self.numbers = numbers
        self.now = to_micros(span.until)
        self.goods = _Goods(rng, PRODUCTS, HOSTILE_PRODUCTS)
        self.customers = [draw_customer(rng) for _ in range(customers)]
        self.notes = {language: [dumps(text) for text in texts] for language, texts in NOTES.items()}
        self.foreign_notes = [dumps(text) for text in FOREIGN_NOTES]
        self.hostile = [dumps(text) for text in HOSTILE_TEXTS]
        self.tags = [_text(list(tags)) for tags in TAGS]
        self.shops = {shop.id: shop for shop in SHOPS}
        self.statuses = {
            shop.id: [_text({"code": code, "message": message}) for code, message in shop.statuses] for shop in SHOPS
        }
        self.shipping = {shop.id: [self._shipping(shop) for _ in range(60)] for shop in SHOPS}
        self.points = [self._point() for _ in range(40)]
        self.last_number = {shop.id: "" for shop in SHOPS}

    def rows(self, schedule: list[tuple[int, int]], first_id: int) -> Iterator[SeedRow]:
        for number, (at, shop) in enumerate(schedule, first_id):
            yield self._order(number, at, self.shops[shop])

    def _order(self, id: int, at: int, shop: SeedShop) -> SeedRow:
        random = self.rng.random
        customer = self.customers[int(random() ** 1.6 * len(self.customers))]
        order_id, order_number = self._names(shop)
        age = self.now - at
        luck = random()
        done = 0.93 if age > 3 * DAY else 0.45 if age > DAY else 0.04
        stage = 2 if luck < done else 1 if luck > 0.9 else 0
        lines, cents, grams = self._lines(customer)
        placed = to_text(at)
        imported = min(at + int(random() * 240 * MICRO) + 2 * MICRO, self.now)
        touched = min(imported + (int(random() * 1.5 * DAY) if stage else 0), self.now)
        updated = None if random() < 0.2 else touched
        details = [
            f'"integration":{{"id":{shop.id}}},"status":{self.statuses[shop.id][stage]},"order_created_at":"{placed}"'
        ]
        if updated is not None:
            details.append(f'"order_updated_at":"{to_text(updated)}"')
        details.append(f'"order_items":[{lines}]')
        details.extend(self._notes_and_tags(shop, customer))
        nodes = [f'"order_details":{{{",".join(details)}}}', self._payment(cents, stage, at)]
        if not customer.in_eu and random() > 0.25:
            nodes.append(self._customs(customer, order_number))
        elif random() < 0.05:
            nodes.append('"customs_details":null')
        nodes.extend(customer.nodes)
        draw = random()
        if draw < 0.93:
            options = self.shipping[shop.id]
            text = options[int(random() * len(options))]
            nodes.append(text.replace('"@grams"', str(grams)) if grams else text.replace(_WEIGHED, ""))
        if draw < 0.06:
            nodes.append(self.points[int(random() * len(self.points))])
        body = (
            f'{{"id":"{id}","order_id":{dumps(order_id)},"order_number":{dumps(order_number)},'
            f'"created_at":"{to_text(imported)}","modified_at":"{to_text(touched)}",{",".join(nodes)}}}'
        )
        if customer.currency != "EUR":
            body = body.replace('"currency":"EUR"', f'"currency":"{customer.currency}"')
        if self.odd and random() < 0.08:
            body = self._apply_deviations(body)
        return SeedRow(id, shop.id, order_id, order_number, shop.statuses[stage][0], at, updated, body.encode("ascii"))

    def _names(self, shop: SeedShop) -> tuple[str, str]:
        """The shop's key and number of the next order; one order in 250 shares its number (Q1.5)."""
        running = self.numbers.get(shop.id, 0)
        self.numbers[shop.id] = running + 1
        counted = shop.first + running
        match shop.type:
            case "shopify":
                order_id, number = str(5_512_000_000_000 + counted * 32_768), shop.number.format(counted)
            case "amazon":
                order_id = f"30{counted % 6}-{counted * 7919 % 9_999_991:07}-{counted:07}"
                number = order_id
            case "prestashop_v2":
                mixed = counted * 2_654_435_761 % 26**9
                letters = "".join(chr(65 + mixed // 26**position % 26) for position in range(9))
                order_id, number = str(counted), letters
            case "api":
                drawn = self.rng.getrandbits(128)
                order_id, number = f"{drawn:032x}"[:8] + f"-{counted:06d}", shop.number.format(counted)
            case _:
                order_id, number = str(counted), shop.number.format(counted)
        last, draw = self.last_number[shop.id], self.rng.random()
        if last and draw < 0.004:
            number = last
        elif draw > 0.9985:
            number = ("=" + number, "+" + number, f"[b]{number}[/b]", f"{number}\u202e")[running % 4]
        self.last_number[shop.id] = number
        return order_id, number

    def _lines(self, customer: Customer) -> tuple[str, int, int]:
        """The items as JSON text, their price in cents and weight in grams (0: unknown)."""
        random, goods = self.rng.random, self.goods
        draw = random()
        least, spread = next((least, spread) for limit, least, spread in _ITEM_COUNTS if draw < limit)
        count = least + (int(random() * spread) if spread else 0)
        defect = random()
        variant = goods.complete
        if defect < 0.06:
            variant = goods.weightless
        elif defect < (0.12 if customer.in_eu else 0.36):
            variant = goods.undeclared
        kinds = goods.hostile_from
        picked = [variant[int(random() * kinds)][int(random() ** 3 * 6)] for _ in range(count)]
        if defect > 0.985:
            picked[0] = variant[kinds + int(random() * (len(variant) - kinds))][0]
        if defect > 0.97 and count > 1:
            picked[1] = picked[0]  # the same name twice (Q3.2)
        cents = sum(line.cents for line in picked)
        grams = 0 if variant is goods.weightless else sum(line.grams for line in picked)
        return ",".join(line.text for line in picked), cents, grams

    def _notes_and_tags(self, shop: SeedShop, customer: Customer) -> list[str]:
        random = self.rng.random
        draw = random()
        remarks = []
        if draw < 0.16:
            notes = self.notes[shop.language] if customer.latin else self.foreign_notes
            remarks.append(f'"notes":{notes[int(random() * len(notes))]}')
        elif draw < 0.175:
            remarks.append(f'"notes":{self.hostile[int(random() * len(self.hostile))]}')
        elif draw < 0.25:
            remarks.append('"notes":""')
        draw = random()
        if draw < 0.2:
            remarks.append(f'"tags":{self.tags[int(random() * len(self.tags))]}')
        elif draw < 0.205:
            remarks.append(f'"tags":["vip",{self.hostile[int(random() * len(self.hostile))]}]')
        return remarks

    def _payment(self, cents: int, stage: int, at: int) -> str:
        random = self.rng.random
        freight = (0, 495, 595, 695, 1250)[int(random() * 5)]
        total = cents + freight
        draw = random()
        if draw < 0.06:
            total += (-1, 1, 100, -350, 2100)[int(random() * 5)]  # totals that do not add up (Q8.6)
        parts = [f'"total_price":{{"value":{_euros(max(total, 0))},"currency":"EUR"}}']
        if draw > 0.5:
            parts.append(f'"subtotal_price":{{"value":{_euros(cents)},"currency":"EUR"}}')
            parts.append(f'"estimated_shipping_price":{{"value":{_euros(freight)},"currency":"EUR"}}')
        if draw > 0.7:
            parts.append(f'"estimated_tax_price":{{"value":{_euros(total * 21 // 121)},"currency":"EUR"}}')
        paid = random()
        parts.append(next(text for limit, text in _PAYMENTS if stage == 2 or paid < limit))
        if paid > 0.2:
            parts.append(f'"freight_costs":{{"value":"{_euros(freight)}","currency":"EUR"}}')
        if 0.2 < paid < 0.4:
            parts.append('"discount_granted":{"value":"3.99","currency":"EUR"}')
            parts.append('"other_costs":{"value":null,"currency":null}')
        if paid > 0.8:
            parts.append(f'"invoice_date":"{to_text(at)[:10]}"')
        return f'"payment_details":{{{",".join(parts)}}}'

    def _customs(self, customer: Customer, number: str) -> str:
        kind = ("commercial_goods", "commercial_goods", "gift", "commercial_sample")[int(self.rng.random() * 4)]
        numbers: Json = {
            "sender": [
                {"name": "VAT", "country_code": "NL", "value": "NL987654321B02"},
                {"name": "EORI", "country_code": "NL", "value": "NL001234567"},
            ],
            "receiver": [],
            "importer_of_record": [{"name": None, "country_code": customer.country, "value": None}],
        }
        return '"customs_details":' + _text(
            {
                "commercial_invoice_number": f"INV-{number}",
                "shipment_type": kind,
                "export_type": "private" if kind == "gift" else "commercial_b2c",
                "tax_numbers": numbers if self.rng.random() < 0.6 else None,
            }
        )

    def _shipping(self, shop: SeedShop) -> str:
        rng = self.rng
        node: dict[str, Json] = {"is_local_pickup": rng.choice((False, False, False, None, True))}
        if rng.random() < 0.9:
            node["delivery_indicator"] = rng.choice(shop.indicators)
        if rng.random() < 0.03:
            node["delivery_indicator"] = rng.choice(HOSTILE_TEXTS)
        if rng.random() < 0.4:
            option: dict[str, Json] = {"shipping_option_code": rng.choice((*SHIPPING_OPTIONS, None))}
            contract = rng.randrange(3)
            if contract:
                option["contract_id"] = 517 if contract == 1 else None
            node["ship_with"] = {"type": "shipping_option_code", "properties": option}
        if rng.random() < 0.5:
            node["measurement"] = {"weight": {"value": "@grams", "unit": "g"}}
        if rng.random() < 0.15:
            node["measurement"] = {
                "dimension": {"length": 30, "width": Decimal("20.5"), "height": 12, "unit": "cm"},
                "volume": {"value": 7, "unit": "l"},
            }
        return '"shipping_details":' + _text(node)

    def _point(self) -> str:
        rng = self.rng
        node: dict[str, Json] = {}
        node["id" if rng.random() < 0.7 else "carrier_service_point_id"] = str(rng.randrange(10_000_000, 99_999_999))
        if rng.random() < 0.4:
            node |= {"post_number": str(rng.randrange(10**7, 10**9)), "type": "packstation"}
        node |= {"latitude": f"51.{rng.randrange(10**6):06}", "longitude": f"5.{rng.randrange(10**6):06}"}
        node["extra_data"] = {"partner_name": rng.choice(("PostNL", "DHL", "Mondial Relay"))}
        return '"service_point_details":' + _text(node)

    def _apply_deviations(self, body: str) -> str:
        """Apply deviations of the real service from its document (Q4.16, Q8.1, Q8.4, Q8.10, Q8.11, Q8.32)."""
        rng = self.rng
        for _ in range(rng.randrange(1, 4)):
            deviation = rng.randrange(10)
            for old, new in _DEVIATIONS.get(deviation, ()):
                body = body.replace(old, new)
            match deviation:
                case 0 | 1:
                    body = body.replace('"currency":"EUR"', f'"currency":"{rng.choice(CURRENCIES)}"')
                case 4 if '"shipping_address"' not in body:
                    body = body[:-1] + ',"shipping_address":null}'
                case 5:
                    body = body[:-1] + ',"source_name":"pos","labels":[],"parcel":null}'
                case 8:
                    nodes = ("service_point_details", "billing_address", "customer_details", "shipping_details")
                    for node in nodes[rng.randrange(4) :]:
                        if f'"{node}"' not in body:
                            body = body[:-1] + f',"{node}":null}}'
                case 9:
                    strange = rng.choice(('"half \\ud83d pair"', '"\\udc00"', '"\\ud83d\\udd6f\\ufe0f"'))
                    body = body.replace('"notes":""', f'"notes":{strange}')
                    body = body.replace('"engraving":null', f'"engraving":{strange},"batch":123456789012345678901e40')
        return body


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
