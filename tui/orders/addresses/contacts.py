"""Finds phone numbers and e-mail addresses in a line."""

import re
from typing import Final

from tui.orders.addresses import vocabulary
from tui.orders.addresses.formats import normalize
from tui.orders.addresses.result import Confidence, ParsedFields

PHONE: Final = re.compile(r"[+(]?\d[\d ()./–-]{5,24}\d")
_PHONE_INSIDE: Final = re.compile(r"(?<![\w+])\+\d[\d ()./–-]{7,22}\d(?![\w-])")
_PHONE_LAST: Final = re.compile(r"(?<![\w+])[+0(][\d ()./–-]{7,22}\d$")
_PHONE_LABEL: Final = re.compile(
    r"(?P<label>[^\W\d_]{1,12}\.?(?: ?(?:nr|no)\.)?|[☎📞📱✆]\ufe0f?)[ .]{0,3}(?P<phone>[+(]?\d.{5,30})"
)
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")


def without_contacts(parsed: ParsedFields, text: str) -> str:
    """Read phone number and e-mail address from a line, and return the rest of it."""
    if "@" in text:
        kept = []
        for token in text.split():
            address = strip_punctuation(token)
            if EMAIL.fullmatch(address) and "email" not in parsed.found:
                parsed.put("email", address, Confidence.SURE, address)
            elif address != parsed.value("email"):
                kept.append(token)
            else:
                parsed.ignored.append(address)
        text = " ".join(kept)
    inside = _PHONE_INSIDE.search(text)
    if inside is not None:
        parsed.put("phone_number", inside[0], Confidence.SURE, inside[0])
        head, _, label = text[: inside.start()].rstrip(" ,;-|/.:").rpartition(" ")
        if vocabulary.LABELS.get(normalize(label)) == "phone_number":
            parsed.ignored.append(label)
        else:
            head = text[: inside.start()]
        text = f"{head.rstrip(' ,;-|/')} {text[inside.end() :].lstrip(' ,;-|/')}".strip()
        if not text:
            return ""
    return without_phone(parsed, text)


def without_phone(parsed: ParsedFields, text: str) -> str:
    """Read the text as a phone number if it is one and return ""; else return the text."""
    labelled = _PHONE_LABEL.fullmatch(text)
    if labelled is not None and PHONE.fullmatch(labelled["phone"]):
        label = normalize(labelled["label"])
        if not label or vocabulary.LABELS.get(label) == "phone_number":
            parsed.put("phone_number", labelled["phone"], Confidence.SURE, text)
            return ""
        if label == "fax":
            parsed.add_unplaced(text)
            return ""
    last = _PHONE_LAST.search(text)
    if last is not None and any(_is_phone_label(word) for word in text[: last.start()].split()):
        parsed.put("phone_number", last[0], Confidence.LIKELY, last[0])
        rest = text[: last.start()].strip(" ,;-|")
        label = rest.rpartition(" ")[2]
        if not _is_phone_label(label) or vocabulary.is_prose(rest):
            return rest
        parsed.ignored.append(label)
        return rest.removesuffix(label).strip(" ,;-|")
    digits = sum(character.isdigit() for character in text)
    if 9 <= digits <= 15 and text[0] in "+0(1" and PHONE.fullmatch(text):
        parsed.put("phone_number", text, Confidence.LIKELY, text)
        return ""
    return text


def _is_phone_label(word: str) -> bool:
    return len(word) > 2 and vocabulary.LABELS.get(normalize(word)) == "phone_number"


def strip_punctuation(token: str) -> str:
    """A word without the punctuation around it."""
    return token.removeprefix("<mailto:").removeprefix("mailto:").strip("<>()[]{},;:\"'.|")
