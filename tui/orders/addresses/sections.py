"""A pasted text as lines: cleaned, with labels cut off, parted into the addresses that it has."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.vocabulary import LABELS, LONE_LABELS, introduction

MAX_LINE_LENGTH: Final = 240
"""Characters: what is longer is no line of an address."""
MAX_LINES: Final = 240
"""Lines that are looked at; the rest is told as not placed."""

_BREAKS: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029⏎]")
"""The sign that this app shows for a line break is one again when it is copied from its screen."""
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]{0,20}[@-~]")
_QUOTE: Final = re.compile(r"^(?:[ \t]{0,4}[>|])+[ \t]?|^\s{0,4}(?:[-*•·‣–] )")
_COLON: Final = re.compile(r"\s{0,2}[:=：](?!//)\s{0,3}|\t+")
_KEPT_FORMATS: Final = "\u200c\u200d"
_LABEL_WORDS: Final = 5
_HEADINGS: Final = frozenset({"header", "billing", "old"})


@dataclass(slots=True)
class AddressLine:
    """One line of free text. `gap`: an empty line stands before it."""

    text: str
    gap: bool = False


@dataclass(slots=True)
class AddressSection:
    """What belongs together. `kind`: of its heading. `labelled`: field, its value, and the words of both."""

    kind: str = ""
    lines: list[AddressLine] = field(default_factory=list)
    labelled: list[tuple[str, str, str]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """The text without what acts on a terminal or cannot be seen, with one kind of line break and of space."""
    text = _ESCAPES.sub("", _BREAKS.sub("\n", text))
    if text.isascii() and text.isprintable():
        return text
    return "".join(_clean_sign(sign) for sign in text)


def _clean_sign(sign: str) -> str:
    if sign in "\n\t":
        return sign
    kind = unicodedata.category(sign)
    if kind == "Zs":
        return " "
    return "" if kind in ("Cc", "Cs", "Cf") and sign not in _KEPT_FORMATS else sign


def sections(text: str) -> list[AddressSection]:
    """The parts of a cleaned text, each under its heading; what is too long to be looked at is left in the first."""
    found = [AddressSection()]
    pending: tuple[str, str] | None = None
    rows = text.split("\n")
    gap, count = False, 0
    for place, row in enumerate(rows):
        line = _QUOTE.sub("", row).replace("**", "").strip()
        line = re.sub(r" {3,}", "\t", line)
        if not line.strip(" \t,;.:-_=*#>|"):
            gap = True
            continue
        count += 1
        if count > MAX_LINES or len(line) > MAX_LINE_LENGTH:
            found[-1].left.append(" ".join(row.split()))
            continue
        parts = cut_labels(line)
        if pending is not None and len(parts) == 1 and not parts[0][0]:
            found[-1].labelled.append((pending[0], _tidy(parts[0][2]), f"{pending[1]} {line}"))
            pending = None
            continue
        if pending is not None:
            found[-1].passed.append(pending[1])
        pending = None
        following = next((normalize(next_row) for next_row in rows[place + 1 : place + 4] if next_row.strip()), "")
        if normalize(line) in LONE_LABELS and following and following not in LONE_LABELS:
            parts = [(LABELS[normalize(line)], line, "")]
        if len(parts) == 1 and not parts[0][0] and "\t" in parts[0][2]:
            # Cells of a table without labels.
            parts = [("", "", cell) for cell in parts[0][2].split("\t")]
        for kind, label, value in parts:
            pending = _add(found, kind, label, value, gap) or None
            gap = False
    if pending is not None:
        found[-1].passed.append(pending[1])
    return found


def _add(found: list[AddressSection], kind: str, label: str, value: str, gap: bool) -> tuple[str, str] | None:
    """Put one part where it belongs; a label without its value is returned."""
    here = found[-1]
    if kind in _HEADINGS:
        here = AddressSection(kind)
        found.append(here)
        here.passed.append(label)
        kind = ""
    if kind == "other":
        here.left.append(f"{label}: {value}" if value else label)
    elif kind:
        if kind in ("name", "street", "postal_code") and any(one[0] == kind for one in here.labelled):
            here = AddressSection()
            found.append(here)
        if not value:
            return kind, label
        here.labelled.append((kind, _tidy(value), f"{label} {value}"))
    elif _tidy(value):
        words = introduction(value)
        if words:
            here.passed.append(" ".join(value.split()[:words]))
            value = " ".join(value.split()[words:])
        if _tidy(value):
            here.lines.append(AddressLine(_tidy(value), gap))
    return None


def cut_labels(line: str) -> list[tuple[str, str, str]]:
    """The line as (kind, label, value); the kind and the label are empty for what stands before the first label."""
    cuts: list[tuple[int, int, str]] = []
    start = 0
    for colon in _COLON.finditer(line):
        before = line[start : colon.start()]
        found = _label_at_end(before, line[colon.end() :])
        if found is not None:
            kind, length = found
            is_said = (
                kind in _HEADINGS and not start and before[-length:][:1].islower() and not re.search(r"[\d,]", before)
            )
            if is_said:
                # The whole sentence is the heading: here is my new address.
                length = len(before)
            cuts.append((colon.start() - length, colon.end(), kind))
            start = colon.end()
    if not cuts:
        return [("", "", line)]
    parts = [("", "", line[: cuts[0][0]])] if line[: cuts[0][0]].strip(" ,;(") else []
    for place, (begin, end, kind) in enumerate(cuts):
        stop = cuts[place + 1][0] if place + 1 < len(cuts) else len(line)
        label = line[begin:end].strip(" :=：\t")
        parts.append((kind, label, line[end:stop].strip(" ,;\t")))
    return parts


def _label_at_end(before: str, after: str) -> tuple[str, int] | None:
    """The kind of the label that this ends with, and how many characters it has."""
    words = [(word.start(), word[0]) for word in re.finditer(r"[^\s,;|()]+", before[-90:])][-_LABEL_WORDS:]
    offset = max(0, len(before) - 90)
    for place, (begin, _) in enumerate(words):
        phrase = normalize(" ".join(word for _, word in words[place:]))
        kind = LABELS.get(phrase)
        if kind is None or (len(phrase) == 1 and not re.search(r"@" if phrase == "e" else r"\d", after[:40])):
            continue
        if kind in ("other", "old", "number") and before[-90:][:begin].rpartition(",")[2].strip(" ;|("):
            # Such words are labels only where the line, or a part of it, begins with them.
            continue
        return kind, len(before) - offset - begin
    return None


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;|")
