"""`CheckedOrder`: the values of an order that many checks need, read once; and `Found`, what a check found."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.pointer import Pointer
from tui.api.wording import shorten
from tui.orders.checks.context import ShopSettings
from tui.orders.checks.customs_territories import needs_customs
from tui.orders.countries import country_name
from tui.orders.numbers import computable_text
from tui.orders.paths import DELIVERY_INDICATOR, ITEMS, SHIP_TO, SHIPPING_OPTION, WEIGHT
from tui.orders.summary import grams_of, text_at

_PICKUP: Final = Pointer.of("shipping_details", "is_local_pickup")


@dataclass(slots=True)
class Found:
    """What a check found. `pointers`: the values concerned, at least one. `values`: for the check's texts."""

    pointers: tuple[Pointer, ...]
    values: dict[str, object]


def found(pointer: Pointer, **values: object) -> Found:
    """What a check found at one pointer."""
    return Found((pointer,), values)


@dataclass(slots=True)
class CheckedItem:
    """An entry of the order's items, with its numbers; None for a missing or unreadable one.

    `grams`: the weight of one piece. `line`, `unit`: the amounts of the line and of one piece. `currency`: of the line.
    """

    index: int
    document: Document
    grams: Decimal | None
    line: Decimal | None
    unit: Decimal | None
    currency: str

    @classmethod
    def of(cls, index: int, document: Document) -> "CheckedItem":
        measurement = document.get("measurement")
        line, unit = document.get("total_price"), document.get("unit_price")
        return cls(
            index,
            document,
            grams_of(measurement.get("weight")) if isinstance(measurement, dict) else None,
            computable_text(line.get("value")) if isinstance(line, dict) else None,
            computable_text(unit.get("value")) if isinstance(unit, dict) else None,
            text_of(line, "currency") if isinstance(line, dict) else "",
        )


@dataclass(slots=True)
class CheckedOrder:
    """An order with its shipping address as stripped texts; a missing text is empty.

    `address`: None if there is none. `ships`: the address is used, because the customer does not collect the order.
    `country`: the code in capitals, empty if it is not known. `declared`: the destination needs a customs declaration.
    `option`, `wish`: the codes of the shipping option and of the delivery indicator. `grams`: the weight of the parcel.
    `items`: those that are objects.
    """

    document: Document
    address: Document | None
    ships: bool
    name: str
    company: str
    street: str
    second_line: str
    number: str
    postcode: str
    city: str
    country_text: str
    country: str
    declared: bool
    state: str
    po_box: str
    option: str
    wish: str
    grams: Decimal | None
    items: tuple[CheckedItem, ...]

    @classmethod
    def of(cls, document: Document, shop: ShopSettings) -> "CheckedOrder":
        """Read the values of an order of any shape, which the shop sends."""
        found = SHIP_TO.get(document)
        address = found if isinstance(found, dict) else None
        node = address or {}
        ships = address is not None and _PICKUP.get(document) is not True
        country_text, postcode = text_of(node, "country_code"), text_of(node, "postal_code")
        country = country_text.upper() if country_name(country_text) else ""
        return cls(
            document=document,
            address=address,
            ships=ships,
            name=text_of(node, "name"),
            company=text_of(node, "company_name"),
            street=text_of(node, "address_line_1"),
            second_line=text_of(node, "address_line_2"),
            number=text_of(node, "house_number"),
            postcode=postcode,
            city=text_of(node, "city"),
            country_text=country_text,
            country=country,
            declared=ships
            and country != ""
            and needs_customs(country, postcode, shop.sender_country, shop.sender_postcode),
            state=text_of(node, "state_province_code"),
            po_box=text_of(node, "po_box"),
            option=text_at(document, SHIPPING_OPTION),
            wish=text_at(document, DELIVERY_INDICATOR),
            grams=grams_of(WEIGHT.get(document)),
            items=tuple(
                CheckedItem.of(index, item)
                for index, item in enumerate(as_list(ITEMS.get(document)))
                if isinstance(item, dict)
            ),
        )

    @property
    def is_collected(self) -> bool:
        """Whether the customer collects the order."""
        return _PICKUP.get(self.document) is True


def text_of(node: Document, name: str) -> str:
    """The text of a member without surrounding spaces; empty for anything else."""
    value = node.get(name)
    return value.strip() if isinstance(value, str) else ""


def text_at_pointer(document: Json, pointer: Pointer) -> str:
    """The text at a pointer without surrounding spaces; empty for anything else."""
    value = pointer.get(document)
    return value.strip() if isinstance(value, str) else ""


def excerpt(text: object, length: int = 16) -> str:
    """A text of at most `length` characters for a title."""
    return shorten(str(text), length)


def item_pointers(indexes: Iterable[int], *names: str) -> tuple[Pointer, ...]:
    """Pointers to the same member of several items."""
    return tuple(ITEMS + Pointer.of(index, *names) for index in indexes)
