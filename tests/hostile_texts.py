"""Texts that act on terminals, frameworks and spreadsheets, and orders that have them in every text field."""

import json
from typing import Any, cast

from sandbox_harness import ORDER
from strategies import full_order

from tui.api.codec import Document
from tui.api.models import Kind
from tui.api.pointer import Pointer
from tui.orders.fields import Field, all_fields
from tui.orders.paths import ANY

TEXTS: dict[str, str] = {
    "C0": "".join(map(chr, range(1, 32))) + "\x7f",
    "NUL": "a\x00b",
    "C1": "".join(map(chr, range(0x80, 0xA0))),
    "CSI": "\x1b[2J\x1b[8;77m\x1b[?1049l\x1b[?25l\x1b[6n\x1b[21t\x1b[5i\x1b[200~",
    "CSI in 8 bits": "\x9b2J\x9b8;77m\x9b6n",
    "OSC": "\x1b]0;title\x07\x1b]2;title\x1b\\\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x1b]52;c;aGk=\x07",
    "OSC in 8 bits": "\x9d0;title\x9c\x9d52;c;aGk=\x9c",
    "DCS, APC, PM, SOS": "\x1bPq#0\x1b\\\x1b_Gi=1\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\\x90q\x9c\x9fx\x9c",
    "escapes": "\x1bc\x1b(0\x1b7\x1b8\x1bE\x1b#8\x1b=\x0e\x0f",
    "unfinished": "\x1b[31",
    "bidi": "\u202edcba\u202c\u202a\u202b\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd 12 \u0645\u0631\u062d\u0628\u0627",
    "zero width": "a" + "\u200b\u200c\u200d\ufeff\u2060\u00ad\u034f" * 40 + "b",
    "marks": "e" + "\u0301" * 200 + "\u20dd\ufe0f",
    "selectors": "\u2764\ufe0f\u2764\ufe0e\u0030\ufe0f\u20e3" + "\U000e0100" * 20,
    "tags": "\U0001f3f4\U000e0067\U000e0062\U000e007f\U000e0001",
    "surrogates": "\udc00\ud800x\udfff",
    "private": "\ue000\uf8ff\U000f0000\U0010fffd",
    "unassigned": "\u0378\ufdd0\uffff\U0001ffff\U000e0fff",
    "widths": "\u00a1\u2010\u2500\u25cf\u2026\u65e5\u672c\uff21\uff71\u3000\U0001f469\U0001f3fd\u200d\U0001f680\U0001f1f3\U0001f1f1",
    "lines": "a\r\nb\nc\rd\x0be\x0cf\x85g\u2028h\u2029i\tj",
    "markup": "[@click=app.quit]x[/] [/nope] [link=http://evil.example]y[/] [$no]z [bold",
    "URL": "http://sendcloud.com@evil.example/%1b%5b2J?q=javascript:alert(1)#\u2044\u0430\u0440\u0440le.com",
    "formula": "=cmd|' /C calc'!A1",
    "formulas": '+1+1\t-2+3\r@SUM(A1)\n=HYPERLINK("http://evil.example")',
    "quotes": "\"'`;,|$(id) $HOME `id` && rm -rf ~ %s %n {0} {{x}} \\x1b[2J \\u001b",
    "empty": " \u00a0\u3000\u2800\u3164\u115f",
}
"""The texts by name. Each is short; `LONG` has those that are not."""

LONG: dict[str, str] = {"1 MB word": "w" * 2**20, "10,000 lines": "line\n" * 10_000}

_FREE = frozenset(Kind) - {
    Kind.INTEGER, Kind.NUMBER, Kind.MONEY_TEXT, Kind.BOOL, Kind.CHOICE, Kind.COUNTRY, Kind.STATE, Kind.DATETIME, Kind.TAGS,
    Kind.JSON,
}  # fmt: skip
_FIELDS = tuple(field for field in all_fields() if not field.has_members and not field.read_only)


def free_texts() -> list[Pointer]:
    """The fields of an order with one item in which the service takes any text, except for those that identify it."""
    return [_pointer(field.path) for field in _FIELDS if _is_free(field)]


def _is_free(field: Field) -> bool:
    return field.kind in _FREE and field.path[0] not in ("id", "order_id") and field.path[-1] != "email"


def _pointer(path: tuple[str, ...]) -> Pointer:
    return Pointer(tuple("0" if token == ANY else token for token in path))


def hostile_order(number: int, texts: list[str], shop: int = 7) -> Document:
    """An order that the service accepts, with one of the texts in every field that takes any text.

    The first text is the one with this number; so every text comes into every field by as many orders as there are texts.
    """
    order = cast(Any, json.loads(json.dumps(ORDER)))
    full = cast(Any, full_order(items=1))
    document = {
        **full,
        **order,
        "customer_details": full["customer_details"],
        "shipping_address": full["shipping_address"],
    }
    document["order_details"] = {**full["order_details"], **order["order_details"]}
    for place, pointer in enumerate(free_texts()):
        # Some fields have a limit of 70 characters.
        document = pointer.put(document, texts[(number + place) % len(texts)][:70])
    text = texts[number % len(texts)]
    document |= {"id": str(91_000_000 + number), "order_id": f"h{number}", "order_number": f"H-{number} {text}"}
    document["shipping_details"].pop("ship_with", None)
    document["service_point_details"].pop("id", None)
    document["order_details"] |= {
        "integration": {"id": shop},
        "tags": [text, *texts[:2]],
        "status": {"code": text, "message": text},
    }
    return cast(Document, document | {f"future {text}": {text: [text]}})


def odd_order(number: int, text: str, shop: int = 7) -> Document:
    """An order that has the text in every field of every kind, also where the service would not accept it."""
    document = cast(Any, full_order(items=1))
    for field in _FIELDS:
        if field.path[0] not in ("id", "order_id"):
            document = _pointer(field.path).put(document, text)
    document |= {"id": str(92_000_000 + number), "order_id": f"odd{number} {text}", "order_number": text}
    document["order_details"]["integration"] = {"id": shop}
    return cast(Document, document)
