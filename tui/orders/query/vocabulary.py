"""The words of the query language: its fields, the words of `is:` and `why:`, and the help that is shown for them."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from tui.orders.query.conditions import CODES, NUMBERS, TEXTS


class FieldKind(StrEnum):
    """How the values of a field are compared: a part of a text, a whole value, numbers, or times."""

    TEXT = "text"
    EXACT = "exact"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class QueryField:
    """A field of the query language. `example` has the field's name and a value."""

    name: str
    kind: FieldKind
    example: str
    help: str


_T, _E, _N, _D = FieldKind.TEXT, FieldKind.EXACT, FieldKind.NUMBER, FieldKind.DATE

FIELDS: Final = {
    field.name: field
    for field in (
        QueryField("shop", _E, "shop:29843", "the shop, by its id or name"),
        QueryField("number", _T, "number:48213", "order number"),
        QueryField("id", _E, "id:1896e94b", "the shop's id of the order, or Sendcloud's"),
        QueryField(
            "status", _E, "status:unshipped,processing", "code or text of the shop's status; with :=, the code only"
        ),
        QueryField("payment", _E, "payment:paid", "code or text of the payment status; with :=, the code only"),
        QueryField("country", _E, "country:DE,Nederland", "country of delivery, by code or name"),
        QueryField("state", _E, "state:IT-RM", "state or province, by code"),
        QueryField("city", _T, 'city:"den haag"', "city"),
        QueryField("postcode", _T, "postcode:1012", "postcode; spaces are ignored"),
        QueryField("street", _T, "street:kerkstraat", "street, house number, second line or PO box"),
        QueryField("name", _T, "name:ozdemir", "recipient"),
        QueryField("company", _T, "company:none", "company"),
        QueryField("email", _T, "email:@example.org", "e-mail of the address or the customer"),
        QueryField("phone", _T, "phone:0612345678", "phone of the address or the customer; only digits count"),
        QueryField("sku", _T, "sku:MUG-1", "SKU of an item"),
        QueryField("item", _T, "item:mug", "name of an item"),
        QueryField("tag", _T, "tag:=gift", "tag"),
        QueryField("note", _T, "note:any", "the customer's note"),
        QueryField("carrier", _T, "carrier:postnl", "shipping option, else the delivery wish"),
        QueryField("currency", _E, "currency:EUR", "currency of the total"),
        QueryField("total", _N, "total>=50", "total of the order, in its own currency"),
        QueryField("weight", _N, "weight>400g", "weight in kg or with a unit, of the parcel or of all items"),
        QueryField("items", _N, "items:2..5", "number of lines"),
        QueryField("quantity", _N, "quantity>10", "number of units, over all lines"),
        QueryField("created", _D, "created:yesterday", "when the order was placed"),
        QueryField("updated", _D, "updated>=-6h", "when the shop last changed the order"),
        QueryField("due", _D, "due<=today", "when it must be handed over"),
        QueryField("hs", _T, "hs:6109", "HS code of an item; dots are ignored"),
        QueryField("origin", _E, "origin:CN", "country of origin of an item, by code or name"),
        QueryField("ean", _T, "ean:871", "EAN of an item"),
    )
}

ALIASES: Final = {
    "date": "created",
    "order_created_at": "created",
    "order_updated_at": "updated",
    "order_number": "number",
    "order_id": "id",
    "integration": "shop",
}
"""Other names of fields: of the service's parameters, and of earlier versions."""

WORD_TEXTS: Final = tuple(name for name in TEXTS if name not in ("phone_digits", "carrier", "hs", "ean"))
"""The texts in which a word without a field is searched."""

FLAG_WORDS: Final = {
    "unpaid": "not paid according to the payment status",
    "hold": "on hold according to the shop's status",
    "abroad": "to a country other than the sender's",
    "customs": "a customs declaration is needed",
    "pickup": "the customer collects it",
    "servicepoint": "to a service point",
    "labelled": "has a label that is not cancelled, as far as the service was asked",
}

KEY_WORDS: Final = {
    "draft": "you have unsent changes",
    "marked": "marked",
    "new": "came in since you last pressed S (seen)",
    "changed": "changed by the shop since you last pressed S (seen)",
    "flagged": "you flagged it",
    "snoozed": "you snoozed it",
    "done": "you set it to done",
    "overwritten": "the shop reverted your correction",
}
"""Words of `is:` for what only this machine knows, as sets of order keys."""

STAGES: Final = {"open": ("open", "unknown"), "finished": ("finished",), "unknown": ("unknown",)}
SEVERITIES: Final = {"error": ("error",), "warning": ("warning",), "problem": ("error", "warning")}

IS_WORDS: Final = {
    "open": "not finished, or unknown",
    "finished": "shipped, delivered or cancelled according to the shop, or has a label",
    "unknown": "the shop's status does not say",
    "problem": "has an error or a warning",
    "error": "has an error",
    "warning": "has a warning and no error",
    **KEY_WORDS,
    "due": "open, and due today or earlier",
    "late": "open, and past the time it was due",
    **FLAG_WORDS,
}

WHY_WORDS: Final = {
    "any": "has a problem",
    "none": "has no problem",
    "error": "has an error",
    "warning": "has a warning and no error",
    "stop": "has an error",
}

SORT_ALIASES: Final = {**ALIASES, "why": "severity"}
SORT_FIELDS: Final = tuple(name for name in (*FIELDS, "pk", "severity", "stage") if name in (*NUMBERS, *CODES, *TEXTS))

SYNTAX: Final = (
    (
        "mug delft",
        "every word is in one of: number, id, name, company, street, postcode, city, email, phone, sku, item, note, tag",
    ),
    ('"two words"', "finds the words as a phrase, also after a field"),
    (
        "city:delft,haag",
        "a text field contains the value; other fields, such as shop and country, equal it; a comma means or",
    ),
    ("city:=delft", "the field equals the value"),
    ("note:none note:any", "the field has no value; the field has any value"),
    ("total>50 total:10..20", "also >= < <= and open ranges such as 10..; a range includes both ends"),
    (
        "created:-3d",
        "dates: 2026-11-22 today yesterday tomorrow monday; -3d three days ago; -6h six hours ago, to the second",
    ),
    ("-delft not haag", "orders that do not match; also a group, -(a or b)"),
    ("mug (delft or haag)", "a space means and, which binds tighter than or"),
    ("why:any", "by the code of a check or a word of its title; why:any, why:none, why:error"),
    ("sort:total,-created", "by any column; - for descending"),
)
"""Examples of each form of term, with an explanation."""


def help_lines() -> tuple[tuple[str, str], ...]:
    """Examples and explanations for the help screen: forms, fields, and the words of `is:`."""
    fields = ((field.example, field.help) for field in FIELDS.values())
    return (*SYNTAX, *fields, *((f"is:{word}", text) for word, text in IS_WORDS.items()))


def nearest(word: str, words: "tuple[str, ...] | list[str]") -> str:
    """The word that is most similar to what was typed, or "" if none is."""
    similar = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return similar[0] if similar else next((known for known in words if word and word.lower() in known.lower()), "")
