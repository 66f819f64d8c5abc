"""Phone numbers and e-mail addresses in a line of a block."""

import re
from typing import Final

from tui.orders.addresses import vocabulary as words_of
from tui.orders.addresses.formats import normalize
from tui.orders.addresses.result import Confidence, ParsedFields

PHONE: Final = re.compile(r"[+(]?\d[\d ()./–-]{5,24}\d")
_PHONE_INSIDE: Final = re.compile(r"(?<![\w+])\+\d[\d ()./–-]{7,22}\d(?![\w-])")
_PHONE_LAST: Final = re.compile(r"(?<![\w+])[+0(][\d ()./–-]{7,22}\d$")
_PHONE_LABEL: Final = re.compile(
    r"(?P<label>[^\W\d_]{1,12}\.?(?: ?(?:nr|no)\.)?|[☎📞📱✆]\ufe0f?)[ .]{0,3}(?P<phone>[+(]?\d.{5,30})"
)
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")


def without_contacts(got: ParsedFields, text: str) -> str:
    """The line without the phone number and the e-mail address in it, which are taken."""
    if "@" in text:
        kept = []
        for token in text.split():
            address = strip_punctuation(token)
            if EMAIL.fullmatch(address) and "email" not in got.found:
                got.put("email", address, Confidence.SURE, address)
            elif address != got.value("email"):
                kept.append(token)
            else:
                got.passed.append(address)
        text = " ".join(kept)
    inside = _PHONE_INSIDE.search(text)
    if inside is not None:
        got.put("phone_number", inside[0], Confidence.SURE, inside[0])
        head, _, label = text[: inside.start()].rstrip(" ,;-|/.:").rpartition(" ")
        if words_of.LABELS.get(normalize(label)) == "phone_number":
            got.passed.append(label)
        else:
            head = text[: inside.start()]
        text = f"{head.rstrip(' ,;-|/')} {text[inside.end() :].lstrip(' ,;-|/')}".strip()
        if not text:
            return ""
    return without_phone(got, text)


def without_phone(got: ParsedFields, text: str) -> str:
    """Nothing, if the text is a phone number, which is taken; else the text."""
    labelled = _PHONE_LABEL.fullmatch(text)
    if labelled is not None and PHONE.fullmatch(labelled["phone"]):
        label = normalize(labelled["label"])
        if not label or words_of.LABELS.get(label) == "phone_number":
            got.put("phone_number", labelled["phone"], Confidence.SURE, text)
            return ""
        if label == "fax":
            got.leave(text)
            return ""
    last = _PHONE_LAST.search(text)
    if last is not None and any(_is_phone_label(word) for word in text[: last.start()].split()):
        got.put("phone_number", last[0], Confidence.LIKELY, last[0])
        rest = text[: last.start()].strip(" ,;-|")
        label = rest.rpartition(" ")[2]
        if not _is_phone_label(label) or words_of.is_prose(rest):
            return rest
        got.passed.append(label)
        return rest.removesuffix(label).strip(" ,;-|")
    digits = sum(sign.isdigit() for sign in text)
    if 9 <= digits <= 15 and text[0] in "+0(1" and PHONE.fullmatch(text):
        got.put("phone_number", text, Confidence.LIKELY, text)
        return ""
    return text


def _is_phone_label(word: str) -> bool:
    return len(word) > 2 and words_of.LABELS.get(normalize(word)) == "phone_number"


def strip_punctuation(token: str) -> str:
    """A word without the signs around it."""
    return token.removeprefix("<mailto:").removeprefix("mailto:").strip("<>()[]{},;:\"'.|")
