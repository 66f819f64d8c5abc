"""What was read from a block beside the address as it is: what would be set, what stays, what should be cleared."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.api.codec import Document, Json
from tui.api.models import Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.addresses.result import FIELDS, Confidence, FoundValue, ParsedAddress
from tui.orders.fields import field_at

_OF_THE_PLACE: Final = ("address_line_1", "po_box", "postal_code", "city", "country_code")
_CLEARED: Final = ("company_name", "house_number", "address_line_2", "po_box", "state_province_code")
"""Fields that belong to one place: what the block does not have of them would be left of another address."""
_PERSONAL: Final = ("phone_number", "email")


class FieldEffect(StrEnum):
    """What the proposal does with a field. STAYS: the block does not have it. MIXES: it stays, and is of another address."""

    SET = "set"
    CLEAR = "clear"
    SAME = "same"
    STAYS = "stays"
    MIXES = "mixes"


@dataclass(frozen=True, slots=True)
class ProposedField:
    """One field: what it is now, what it would be, and how sure that is."""

    field: str
    now: Json | Absent
    value: str
    does: FieldEffect
    sure: Confidence = Confidence.SURE
    words: str = ""

    @property
    def writes(self) -> bool:
        return self.does in (FieldEffect.SET, FieldEffect.CLEAR)


def wants_split(reading: ParsedAddress, node: Json | Absent) -> bool:
    """Whether the number goes apart without being asked: where the order keeps it apart already (Q8.15)."""
    return reading.split is not None and bool(_text(node, "house_number").strip())


def propose(
    reading: ParsedAddress, document: Document, place: Pointer, *, split: bool, operation: Operation = Operation.PATCH
) -> tuple[ProposedField, ...]:
    """A line for each field that the block or the address at `place` has, in the order of the form."""
    node = place.get(document)
    found = _found(reading, node, split)
    is_elsewhere = any(name in found and found[name].value != _text(node, name) for name in _OF_THE_PLACE)
    lines = []
    for name in FIELDS:
        now = node.get(name, ABSENT) if isinstance(node, dict) else ABSENT
        if name in found:
            one = found[name]
            does = FieldEffect.SAME if now == one.value else FieldEffect.SET
            lines.append(ProposedField(name, now, one.value, does, one.sure, one.words))
        elif _text(node, name).strip():
            lines.append(ProposedField(name, now, "", _left(name, place, operation, is_elsewhere)))
    return tuple(lines)


def values_for(
    lines: Iterable[ProposedField],
    document: Document,
    place: Pointer,
    other: Pointer | None = None,
    *,
    left_out: Collection[str] = (),
    operation: Operation = Operation.PATCH,
) -> list[tuple[Pointer, Json]]:
    """The values to write at `place`, and at the `other` address what is taken there, too.

    An other address that is not there yet gets all of this one as it will be, since it would not be whole.
    """
    taken = [line for line in lines if line.field not in left_out]
    values: list[tuple[Pointer, Json]] = [(place / line.field, line.value) for line in taken if line.writes]
    if other is None:
        return values
    if isinstance(other.get(document), dict):
        for line in taken:
            there = (other / line.field).get(document)
            if line.does is FieldEffect.CLEAR and there in (ABSENT, None, ""):
                continue
            if (line.writes or line.does is FieldEffect.SAME) and there != line.value and _may(other, line, operation):
                values.append((other / line.field, line.value))
        return values
    node = place.get(document)
    whole: dict[str, Json] = {name: value for name in FIELDS if (value := _text(node, name))}
    whole |= {line.field: line.value for line in taken if line.writes}
    values += [(other / name, value) for name, value in whole.items() if value]
    return values


def _may(place: Pointer, line: ProposedField, operation: Operation) -> bool:
    return bool(line.value) or _may_be_empty(place / line.field, operation)


def _found(reading: ParsedAddress, node: Json | Absent, split: bool) -> dict[str, FoundValue]:
    found = {one.field: one for one in reading.found}
    if split and reading.split is not None:
        street, number = reading.split
        was = found["address_line_1"]
        found["address_line_1"] = FoundValue("address_line_1", street, was.sure, was.words)
        found["house_number"] = FoundValue("house_number", number, was.sure, was.words)
    company = found.get("company_name")
    if company is not None and "name" not in found and not _text(node, "name").strip():
        # The service wants a name; the company's is the only one there is.
        found["name"] = FoundValue("name", company.value, Confidence.GUESS, company.words)
    return found


def _left(name: str, place: Pointer, operation: Operation, is_elsewhere: bool) -> FieldEffect:
    if not is_elsewhere or name in _PERSONAL:
        return FieldEffect.STAYS
    if name in _CLEARED and _may_be_empty(place / name, operation):
        return FieldEffect.CLEAR
    return FieldEffect.MIXES


def _may_be_empty(pointer: Pointer, operation: Operation) -> bool:
    known = field_at(pointer)
    return known is not None and known.rule(operation).empty


def _text(node: Json | Absent, name: str) -> str:
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""
