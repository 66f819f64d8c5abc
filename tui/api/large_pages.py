"""What the begin of a page of orders says that was too large to be read: how its first order is identified."""

import json
import re
from typing import Final

_FIRST: Final = re.compile(r"\s*(?:\{\s*\"data\"\s*:\s*)?\[\s*(?=\{)")
_ID: Final = re.compile(r"\{\s*\"id\"\s*:\s*\"?(\d{1,30})\b", re.ASCII)


def first_id(begin: bytes) -> str:
    """The id of the first order of a page; empty if the order does not begin with it, as the service's orders do."""
    text = begin[:1000].decode(errors="replace")
    first = _FIRST.match(text)
    found = _ID.match(text, first.end()) if first is not None else None
    return found[1] if found is not None else ""


def has_whole_order(begin: bytes) -> bool:
    """Whether the first order of a page ends before the page was cut off."""
    text = begin.decode(errors="replace")
    first = _FIRST.match(text)
    if first is None:
        return False
    try:
        json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text, first.end())
    except (ValueError, RecursionError):
        return False
    return True
