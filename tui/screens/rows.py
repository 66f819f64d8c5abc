"""The rows of the form: an edit, its problems and the schema, made into what `OrderSheet` draws."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from tui.api.errors import Origin, Problem, Severity
from tui.api.models import Group, Kind, Operation
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.orders.edit import Edit
from tui.orders.entry import KINDS_OF_LINES, show_value
from tui.orders.fields import ITEMS, Field, Section, field_at, label_of, path_of, required_in, sections
from tui.orders.glance import text_at
from tui.orders.places import countries, country_name, states
from tui.orders.roads import FIXED, road_of
from tui.orders.upsert import unread_nodes
from tui.widgets.form import FieldRow, GroupRow, NoteRow, SheetRow

Choices = tuple[tuple[str, str], ...]


class View(StrEnum):
    """Which fields a form shows; what changed or has a problem is shown in each."""

    USUAL = "usual"
    ALL = "all"
    CHANGED = "changed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Note:
    """A problem as the form tells it. `when`: the time of the service's word; `stale`: its field changed since."""

    problem: Problem
    when: str = ""
    stale: bool = False
    mend: str = ""

    @classmethod
    def typed(cls, pointer: Pointer, text: str) -> "Note":
        """What stands in an editor that was left: no problem, but nothing to forget either."""
        words = f"typed and not taken: {text or '(empty)'}   Enter goes on"
        return cls(Problem(words, "typed", pointer=pointer, severity=Severity.WARNING, origin=Origin.HERE))

    @property
    def mark(self) -> str:
        if self.problem.severity is Severity.WARNING:
            return "~"
        return "S" if self.problem.origin is Origin.SERVICE else "!"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that was changed here and on the service, in a sentence; `decided`: yours was chosen.

    `pointer` is a place of the edited document, or what an entry that was removed here is called in the edit.
    """

    pointer: Pointer
    words: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class FormSpec:
    """All that the rows of a form are made of."""

    edit: Edit
    operation: Operation
    view: View = View.USUAL
    notes: Sequence[Note] = ()
    conflicts: Sequence[Conflict] = ()
    zone: tzinfo | None = None
    suggestions: Mapping[tuple[str, ...], Choices] = field(default_factory=dict)
    words: str = ""
    fixed: bool = False
    """Whether the order exists, so that what identifies it cannot change."""


def sheet_rows(spec: FormSpec) -> list[SheetRow]:
    """The rows, group after group. Every problem has a row: at its field, under its heading, or in front of all."""
    parts = sections(spec.edit.document)
    placed = _place(spec, parts)
    changes = {change.pointer for change in spec.edit.changes()}
    clashes = {conflict.pointer: conflict for conflict in spec.conflicts}
    rows: list[SheetRow] = [_note_row(note) for note in placed.pop(ROOT, [])]
    has_items = any(section.group is Group.ITEMS for section in parts)
    for section in parts:
        if section.group is Group.PAY and not has_items:
            has_items = True
            rows.append(GroupRow("Items", ITEMS, hint="none; a adds one"))
            rows.extend(_note_row(note) for note in placed.pop(ITEMS, []))
        rows.extend(_section_rows(spec, section, changes, placed, clashes))
    rows.extend(_unknown_rows(spec))
    # What has no row of its own (an entry that was removed, a list as a whole) is told in front of all.
    lone = [_conflict_row(conflict) for conflict in clashes.values()]
    return [*lone, *rows]


def _place(spec: FormSpec, parts: Sequence[Section]) -> dict[Pointer, list[Note]]:
    """Each note by the pointer of the row under which it stands: a field, a heading, or the root for the top."""
    placed: dict[Pointer, list[Note]] = {}
    if not spec.notes:
        return placed
    places = {pointer: None for section in parts for pointer, _ in section.fields}
    places.update((section.pointer, None) for section in parts if section.pointer.tokens)
    places[ITEMS if ITEMS / 0 not in places else ROOT] = None
    for note in spec.notes:
        wanted = note.problem.pointer.settle(spec.edit.document)
        if wanted not in places and field_at(wanted) is not None:
            # An object: what is missing or wrong in it is told at its first field.
            wanted = next((place for place in places if place.startswith(wanted)), wanted)
        while wanted.tokens and wanted not in places:
            wanted = wanted.parent
        placed.setdefault(wanted, []).append(note)
    return placed


def _section_rows(
    spec: FormSpec,
    section: Section,
    changes: Collection[Pointer],
    placed: dict[Pointer, list[Note]],
    clashes: dict[Pointer, Conflict],
) -> list[SheetRow]:
    inner: list[SheetRow] = []
    changed = problems = to_decide = 0
    road_of = _roads(spec, section)
    # One that is about something whole stands at its first field.
    first: dict[Pointer, Conflict] = {}
    for place in [place for place in clashes if place.tokens]:
        here = next((pointer for pointer, _ in section.fields if pointer.startswith(place)), None)
        if here is not None and not (section.pointer.tokens and section.pointer.startswith(place)):
            first[here] = clashes.pop(place)
    for pointer, known in section.fields:
        notes = placed.pop(pointer, [])
        value = spec.edit.value(pointer)
        before = spec.edit.base_value(pointer) if pointer in changes else value
        is_changed = pointer in changes
        changed += is_changed
        problems += any(note.problem.severity is Severity.ERROR for note in notes)
        conflict = first.get(pointer)
        to_decide += conflict is not None and not conflict.decided
        if not _is_shown(spec, pointer, known, bool(notes) or is_changed or conflict is not None, value is not ABSENT):
            continue
        mark = "#" if conflict and not conflict.decided else _mark(notes, is_changed)
        reason, road = road_of(pointer, known)
        inner.append(
            FieldRow(
                pointer=pointer,
                label=known.caption,
                kind=known.kind,
                value=value,
                shown=_shown(known, value, spec.zone),
                was=_shown(known, before, spec.zone) if is_changed else None,
                mark=mark,
                choices=_choices(spec, pointer, known),
                editable=not reason,
                reason=reason,
                help=known.help,
                multiline=known.kind in KINDS_OF_LINES,
                indent=1 if section.pointer.tokens else 0,
                road=road,
            )
        )
        if conflict is not None:
            inner.append(_conflict_row(conflict, pointer))
        inner.extend(_note_row(note) for note in notes)
    own = placed.pop(section.pointer, []) if section.pointer.tokens else []
    problems += sum(note.problem.severity is Severity.ERROR for note in own)
    if not inner and not own:
        return []
    hint = f"{sum(isinstance(row, FieldRow) for row in inner)} of {len(section.fields)} fields"
    gone = clashes.pop(section.pointer, None) if section.pointer.tokens else None
    to_decide += gone is not None and not gone.decided
    heading = GroupRow(_title(spec, section), section.pointer, changed, problems, hint, to_decide)
    told = [_conflict_row(gone)] if gone is not None else []
    return [heading, *told, *(_note_row(note) for note in own), *inner]


def _title(spec: FormSpec, section: Section) -> str:
    if not section.pointer.tokens:
        return section.title
    name = text_at(spec.edit.document, section.pointer / "name")
    added = " · added" if spec.edit.origin(section.pointer) is None and spec.edit.base else ""
    number = int(section.pointer.name) + 1
    title = f"Item {number}" if section.pointer.parent == ITEMS else f"{section.title}"
    return f"{title} · {name}{added}" if name else f"{title}{added}"


def _is_shown(spec: FormSpec, pointer: Pointer, known: Field, notable: bool, present: bool) -> bool:
    if spec.words:
        haystack = (
            f"{known.caption} {known.label} {'/'.join(known.path)} {text_at(spec.edit.document, pointer)}".lower()
        )
        return spec.words.lower() in haystack
    if notable or spec.view is View.ALL:
        return True
    match spec.view:
        case View.CHANGED:
            return False
        case View.REQUIRED:
            return required_in(pointer, known, spec.edit.document)
        case _:
            return present or not known.rare


def _mark(notes: Iterable[Note], is_changed: bool) -> str:
    marks = {note.mark for note in notes if not note.stale}
    for mark in ("S", "!"):
        if mark in marks:
            return mark
    if is_changed:
        return "*"
    return "~" if "~" in marks else ""


def _roads(spec: FormSpec, section: Section) -> Callable[[Pointer, Field], tuple[str, str]]:
    """Why a field of this section cannot be edited, or why its change goes by an upsert; a whole item is judged once."""
    in_item = section.pointer.parent == ITEMS
    item_road = ""
    if spec.operation is Operation.PATCH and in_item:
        # Any change of the item meets what a change of its quantity meets.
        item_road = road_of(spec.edit, section.pointer / "quantity")[1]

    def road(pointer: Pointer, known: Field) -> tuple[str, str]:
        if known.read_only:
            return "the service makes this itself", ""
        if spec.operation is Operation.POST:
            # An upsert may rename an item; what identifies the order stays once the order exists (Q1.6).
            return (FIXED if spec.fixed and known.immutable and not in_item else ""), ""
        if item_road:
            return "", item_road
        if not known.immutable and known.patch.allowed:
            return "", ""
        way, reason = road_of(spec.edit, pointer)
        return ("", reason) if way is not None else (reason, "")

    return road


def _conflict_row(conflict: Conflict, pointer: Pointer | None = None) -> NoteRow:
    tone, mark = ("info", "") if conflict.decided else ("conflict", "#")
    return NoteRow(conflict.pointer if pointer is None else pointer, conflict.words, tone, mark)  # type: ignore[arg-type]


def _shown(known: Field, value: object, zone: tzinfo | None) -> str:
    shown = show_value(known.kind, value, zone=zone)  # type: ignore[arg-type]
    if known.kind is Kind.COUNTRY and isinstance(value, str) and country_name(value):
        return f"{shown} {country_name(value)}"
    return shown


def _choices(spec: FormSpec, pointer: Pointer, known: Field) -> Choices:
    match known.kind:
        case Kind.COUNTRY:
            return countries()
        case Kind.STATE:
            return states(text_at(spec.edit.document, pointer.parent / "country_code"))
        case Kind.CHOICE:
            return tuple((choice, choice.replace("_", " ")) for choice in known.choices)
        case Kind.WORD:
            return spec.suggestions.get(path_of(pointer), ())
        case _:
            return ()


def _note_row(note: Note) -> NoteRow:
    problem = note.problem
    service = problem.origin is Origin.SERVICE
    text = problem.detail
    if service:
        text = f"service{' ' + note.when if note.when else ''}: {problem.detail}"
        known = field_at(problem.pointer)
        if problem.raw_pointer and known is None:
            text += f" (at {problem.raw_pointer})"
        if note.stale:
            text += " (changed since)"
    if note.mend:
        text += f"   m: {note.mend}"
    tone = "warning" if problem.severity is Severity.WARNING else "service" if service else "error"
    return NoteRow(problem.pointer, text, "info" if note.stale else tone, "" if note.stale else note.mark)  # type: ignore[arg-type]


def _unknown_rows(spec: FormSpec) -> list[SheetRow]:
    """What the schema does not know, read-only; it survives every way out."""
    unknown = unread_nodes(spec.edit.document)
    if not unknown or spec.view not in (View.USUAL, View.ALL):
        return []
    reason = "the service's document has no such field; it is kept as it came"
    rows: list[SheetRow] = [GroupRow("Other", ROOT / "~other", hint=f"{len(unknown)} unknown to the document")]
    for pointer in unknown:
        value = pointer.get(spec.edit.document)
        label = label_of(pointer).rpartition(", ")[2] if field_at(pointer.parent) else str(pointer)
        rows.append(
            FieldRow(
                pointer,
                label,
                Kind.JSON,
                value,
                show_value(Kind.JSON, value),
                editable=False,
                reason=reason,
                help=str(pointer),
            )
        )
    return rows
