"""Compares a parsed address with the order's address: which fields to set, keep or clear."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.api.codec import Document, Json
from tui.api.models import Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.addresses.result import FIELDS, Confidence, FoundValue, ParsedAddress
from tui.orders.fields import field_at

_PLACE_FIELDS: Final = ("address_line_1", "po_box", "postal_code", "city", "country_code")
_CLEARED_FIELDS: Final = ("company_name", "house_number", "address_line_2", "po_box", "state_province_code")
"""Fields that belong to one place. If the text lacks them, they would be left over from another address."""
_PERSONAL_FIELDS: Final = ("phone_number", "email")


class FieldEffect(StrEnum):
    """How the proposal changes a field. STAYS: the text does not have it. MIXES: same, but its value is of another place."""

    SET = "set"
    CLEAR = "clear"
    SAME = "same"
    STAYS = "stays"
    MIXES = "mixes"


@dataclass(frozen=True, slots=True)
class ProposedField:
    """One field: its current value, the proposed value, and how sure that is."""

    field: str
    now: Json | Absent
    value: str
    effect: FieldEffect
    confidence: Confidence = Confidence.SURE
    source: str = ""

    @property
    def writes(self) -> bool:
        return self.effect in (FieldEffect.SET, FieldEffect.CLEAR)


def wants_split(parsed: ParsedAddress, node: Json | Absent) -> bool:
    """Whether to split off the house number by default: if the order already has it in its own field (Q8.15)."""
    return parsed.split is not None and bool(_text(node, "house_number").strip())


def propose(
    parsed: ParsedAddress,
    document: Document,
    address_pointer: Pointer,
    *,
    split: bool,
    operation: Operation = Operation.PATCH,
) -> tuple[ProposedField, ...]:
    """A line for each field that the text or the address at `address_pointer` has, in the order of the form."""
    node = address_pointer.get(document)
    found = _found(parsed, node, split)
    is_elsewhere = any(name in found and found[name].value != _text(node, name) for name in _PLACE_FIELDS)
    lines = []
    for name in FIELDS:
        now = node.get(name, ABSENT) if isinstance(node, dict) else ABSENT
        if name in found:
            found_value = found[name]
            effect = FieldEffect.SAME if now == found_value.value else FieldEffect.SET
            lines.append(
                ProposedField(name, now, found_value.value, effect, found_value.confidence, found_value.source)
            )
        elif _text(node, name).strip():
            lines.append(
                ProposedField(name, now, "", _effect_if_missing(name, address_pointer, operation, is_elsewhere))
            )
    return tuple(lines)


def values_for(
    lines: Iterable[ProposedField],
    document: Document,
    address_pointer: Pointer,
    other: Pointer | None = None,
    *,
    excluded: Collection[str] = (),
    operation: Operation = Operation.PATCH,
) -> list[tuple[Pointer, Json]]:
    """The values to write at `address_pointer`, and those to write to the `other` address, too.

    If the other address does not exist yet, it gets a complete copy of the new address.
    """
    chosen = [line for line in lines if line.field not in excluded]
    values: list[tuple[Pointer, Json]] = [(address_pointer / line.field, line.value) for line in chosen if line.writes]
    if other is None:
        return values
    if isinstance(other.get(document), dict):
        for line in chosen:
            other_value = (other / line.field).get(document)
            if line.effect is FieldEffect.CLEAR and other_value in (ABSENT, None, ""):
                continue
            if (
                (line.writes or line.effect is FieldEffect.SAME)
                and other_value != line.value
                and _may_write(other, line, operation)
            ):
                values.append((other / line.field, line.value))
        return values
    node = address_pointer.get(document)
    whole: dict[str, Json] = {name: value for name in FIELDS if (value := _text(node, name))}
    whole |= {line.field: line.value for line in chosen if line.writes}
    values += [(other / name, value) for name, value in whole.items() if value]
    return values


def _may_write(address_pointer: Pointer, line: ProposedField, operation: Operation) -> bool:
    return bool(line.value) or _may_be_empty(address_pointer / line.field, operation)


def _found(parsed: ParsedAddress, node: Json | Absent, split: bool) -> dict[str, FoundValue]:
    found = {found_value.field: found_value for found_value in parsed.found}
    if split and parsed.split is not None:
        street, number = parsed.split
        was = found["address_line_1"]
        found["address_line_1"] = FoundValue("address_line_1", street, was.confidence, was.source)
        found["house_number"] = FoundValue("house_number", number, was.confidence, was.source)
    company = found.get("company_name")
    if company is not None and "name" not in found and not _text(node, "name").strip():
        # The service requires a name, and the company's is the only one.
        found["name"] = FoundValue("name", company.value, Confidence.GUESS, company.source)
    return found


def _effect_if_missing(name: str, address_pointer: Pointer, operation: Operation, is_elsewhere: bool) -> FieldEffect:
    if not is_elsewhere or name in _PERSONAL_FIELDS:
        return FieldEffect.STAYS
    if name in _CLEARED_FIELDS and _may_be_empty(address_pointer / name, operation):
        return FieldEffect.CLEAR
    return FieldEffect.MIXES


def _may_be_empty(pointer: Pointer, operation: Operation) -> bool:
    known = field_at(pointer)
    return known is not None and known.rule(operation).empty


def _text(node: Json | Absent, name: str) -> str:
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""
