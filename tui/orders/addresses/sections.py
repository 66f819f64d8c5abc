"""Splits a pasted text into lines, labels and sections, one for each address."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.vocabulary import LABELS, LONE_LABELS, introduction

MAX_LINE_LENGTH: Final = 240
"""The maximum number of characters of a line. Longer lines are not part of an address."""
MAX_LINES: Final = 240
"""The maximum number of lines that are read. The rest is reported as unplaced."""

_BREAKS: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029⏎]")
"""Line breaks, including the sign that this app shows for one, so that text copied from its screen works."""
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]{0,20}[@-~]")
_QUOTE: Final = re.compile(r"^(?:[ \t]{0,4}[>|])+[ \t]?|^\s{0,4}(?:[-*•·‣–] )")
_COLON: Final = re.compile(r"\s{0,2}[:=：](?!//)\s{0,3}|\t+")
_KEPT_FORMATS: Final = "\u200c\u200d"
_LABEL_WORDS: Final = 5
_HEADINGS: Final = frozenset({"header", "billing", "old"})


@dataclass(slots=True)
class AddressLine:
    """One line of text. `gap`: there is an empty line before it."""

    text: str
    gap: bool = False


@dataclass(slots=True)
class AddressSection:
    """Lines that belong together. `kind`: of their heading. `labelled`: field, value, and the source text of both."""

    kind: str = ""
    lines: list[AddressLine] = field(default_factory=list)
    labelled: list[tuple[str, str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """Remove terminal controls and invisible characters, and normalize line breaks and spaces."""
    text = _ESCAPES.sub("", _BREAKS.sub("\n", text))
    if text.isascii() and text.isprintable():
        return text
    return "".join(_clean_sign(character) for character in text)


def _clean_sign(character: str) -> str:
    if character in "\n\t":
        return character
    kind = unicodedata.category(character)
    if kind == "Zs":
        return " "
    return "" if kind in ("Cc", "Cs", "Cf") and character not in _KEPT_FORMATS else character


def sections(text: str) -> list[AddressSection]:
    """Split a cleaned text at its headings. Lines beyond the limits become unplaced words of the first section."""
    found = [AddressSection()]
    pending: tuple[str, str] | None = None
    rows = text.split("\n")
    gap, count = False, 0
    for index, row in enumerate(rows):
        line = _QUOTE.sub("", row).replace("**", "").strip()
        line = re.sub(r" {3,}", "\t", line)
        if not line.strip(" \t,;.:-_=*#>|"):
            gap = True
            continue
        count += 1
        if count > MAX_LINES or len(line) > MAX_LINE_LENGTH:
            found[-1].unplaced.append(" ".join(row.split()))
            continue
        parts = cut_labels(line)
        if pending is not None and len(parts) == 1 and not parts[0][0]:
            found[-1].labelled.append((pending[0], _collapse_spaces(parts[0][2]), f"{pending[1]} {line}"))
            pending = None
            continue
        if pending is not None:
            found[-1].ignored.append(pending[1])
        pending = None
        following = next((normalize(next_row) for next_row in rows[index + 1 : index + 4] if next_row.strip()), "")
        if normalize(line) in LONE_LABELS and following and following not in LONE_LABELS:
            parts = [(LABELS[normalize(line)], line, "")]
        if len(parts) == 1 and not parts[0][0] and "\t" in parts[0][2]:
            # Table cells without labels.
            parts = [("", "", cell) for cell in parts[0][2].split("\t")]
        for kind, label, value in parts:
            pending = _add(found, kind, label, value, gap) or None
            gap = False
    if pending is not None:
        found[-1].ignored.append(pending[1])
    return found


def _add(found: list[AddressSection], kind: str, label: str, value: str, gap: bool) -> tuple[str, str] | None:
    """Add one part of a line to the right section. Returns a label that has no value yet."""
    section = found[-1]
    if kind in _HEADINGS:
        section = AddressSection(kind)
        found.append(section)
        section.ignored.append(label)
        kind = ""
    if kind == "other":
        section.unplaced.append(f"{label}: {value}" if value else label)
    elif kind:
        if kind in ("name", "street", "postal_code") and any(one[0] == kind for one in section.labelled):
            section = AddressSection()
            found.append(section)
        if not value:
            return kind, label
        section.labelled.append((kind, _collapse_spaces(value), f"{label} {value}"))
    elif _collapse_spaces(value):
        words = introduction(value)
        if words:
            section.ignored.append(" ".join(value.split()[:words]))
            value = " ".join(value.split()[words:])
        if _collapse_spaces(value):
            section.lines.append(AddressLine(_collapse_spaces(value), gap))
    return None


def cut_labels(line: str) -> list[tuple[str, str, str]]:
    """Split a line into (kind, label, value). Kind and label are empty for text before the first label."""
    cuts: list[tuple[int, int, str]] = []
    start = 0
    for colon in _COLON.finditer(line):
        before = line[start : colon.start()]
        found = _label_at_end(before, line[colon.end() :])
        if found is not None:
            kind, length = found
            is_sentence = (
                kind in _HEADINGS and not start and before[-length:][:1].islower() and not re.search(r"[\d,]", before)
            )
            if is_sentence:
                # The whole sentence is the heading: "here is my new address:".
                length = len(before)
            cuts.append((colon.start() - length, colon.end(), kind))
            start = colon.end()
    if not cuts:
        return [("", "", line)]
    parts = [("", "", line[: cuts[0][0]])] if line[: cuts[0][0]].strip(" ,;(") else []
    for index, (begin, end, kind) in enumerate(cuts):
        stop = cuts[index + 1][0] if index + 1 < len(cuts) else len(line)
        label = line[begin:end].strip(" :=：\t")
        parts.append((kind, label, line[end:stop].strip(" ,;\t")))
    return parts


def _label_at_end(before: str, after: str) -> tuple[str, int] | None:
    """The kind of the label at the end of a text, and its length."""
    words = [(word.start(), word[0]) for word in re.finditer(r"[^\s,;|()]+", before[-90:])][-_LABEL_WORDS:]
    offset = max(0, len(before) - 90)
    for index, (begin, _) in enumerate(words):
        phrase = normalize(" ".join(word for _, word in words[index:]))
        kind = LABELS.get(phrase)
        if kind is None or (len(phrase) == 1 and not re.search(r"@" if phrase == "e" else r"\d", after[:40])):
            continue
        if kind in ("other", "old", "number") and before[-90:][:begin].rpartition(",")[2].strip(" ;|("):
            # These words are labels only at the beginning of a line or of a part of it.
            continue
        return kind, len(before) - offset - begin
    return None


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split()).strip(" ,;|")
