"""Makes the form's rows for `OrderSheet` from an edit, its problems and the schema."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from tui.api.codec import Json
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Group, Kind, Operation
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.keymap import Context, usual_key
from tui.orders.countries import countries, country_name, states
from tui.orders.edits.edit import Edit
from tui.orders.edits.patch import duplicate_names
from tui.orders.edits.request_choice import IMMUTABLE, write_kind_of
from tui.orders.edits.upsert import unknown_pointers
from tui.orders.fields import (
    Field,
    FormSection,
    entry_of,
    field_at,
    known_pointer,
    label_of,
    path_of,
    required_in,
    sections,
    value_pointer,
)
from tui.orders.paths import ITEMS, LISTS
from tui.orders.summary import text_at
from tui.orders.value_parser import KINDS_OF_LINES, Choices, show_value
from tui.widgets.form_layout import FieldRow, GroupRow, NoteRow, SheetRow


class FormView(StrEnum):
    """Which fields a form shows. Changed fields and fields with problems are always shown."""

    USUAL = "usual"
    ALL = "all"
    CHANGED = "changed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class FormNote:
    """A problem as the form shows it. `when`: the time of the service's answer; `stale`: its field changed since."""

    problem: Problem
    when: str = ""
    stale: bool = False
    fix: str = ""
    cell: str = ""
    """The place of the value in its source file."""

    @classmethod
    def typed(cls, pointer: Pointer, text: str, edit_key: str) -> "FormNote":
        """The text of a closed editor that was not applied. `edit_key`: the key that edits the field."""
        detail = f"typed, not applied: {text or '(empty)'}   {edit_key} continues"
        return cls(Problem(detail, "typed", pointer=pointer, severity=Severity.WARNING, reported_by=ReportedBy.LOCAL))

    @property
    def mark(self) -> str:
        if self.problem.severity is Severity.WARNING:
            return "~"
        return "S" if self.problem.reported_by is ReportedBy.SERVICE else "!"


@dataclass(frozen=True, slots=True)
class ConflictNote:
    """A field changed both locally and on the service, as a sentence. `decided`: the local value was chosen.

    `pointer`: the field in the edited document. An entry removed locally keeps its pointer in the edit.
    """

    pointer: Pointer
    text: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class FormSpec:
    """Everything that the rows of a form are made from."""

    edit: Edit
    operation: Operation
    view: FormView = FormView.USUAL
    notes: Sequence[FormNote] = ()
    conflicts: Sequence[ConflictNote] = ()
    zone: tzinfo | None = None
    suggestions: Mapping[tuple[str, ...], Choices] = field(default_factory=dict)
    words: str = ""
    fixed: bool = False
    """Whether the order exists on the service, so that its identifying fields cannot change."""
    add_key: str = usual_key("add", Context.EDIT)
    """The name of the key that adds an item."""


@dataclass(slots=True)
class RowCache:
    """The rows of entries without problems or changes, by their pointers; valid while the entry is unchanged."""

    made: dict[Pointer, tuple[object, tuple[object, ...], list[SheetRow]]] = field(default_factory=dict)


def sheet_rows(spec: FormSpec, cache: RowCache | None = None) -> list[SheetRow]:
    """The rows, group after group. Every problem has a row: at its field, under its heading, or in front of all."""
    parts = sections(spec.edit.document)
    placed = _place(spec)
    ambiguous = duplicate_names(spec.edit.base)
    changes = {change.pointer for change in spec.edit.changes()}
    conflicts = {conflict.pointer: conflict for conflict in spec.conflicts}
    rows: list[SheetRow] = [_note_row(spec, note) for note in placed.pop(ROOT, [])]
    has_items = any(section.group is Group.ITEMS for section in parts)
    for section in parts:
        if section.group is Group.PAY and not has_items:
            has_items = True
            rows.append(GroupRow("Items", ITEMS, hint=f"none; {spec.add_key} adds one"))
            rows.extend(_note_row(spec, note) for note in placed.pop(ITEMS, []))
        rows.extend(_section_rows(spec, section, changes, placed, conflicts, ambiguous, cache))
    rows.extend(_unknown_rows(spec))
    # A problem without a row (a removed item, a whole list) is shown at the top.
    lone = [_conflict_row(conflict) for conflict in conflicts.values()]
    lone.extend(_note_row(spec, note) for notes in placed.values() for note in notes)
    return [*lone, *rows]


def _place(spec: FormSpec) -> dict[Pointer, list[FormNote]]:
    """The notes by the pointer of the row that they belong to: a field, a heading, or the root for the top."""
    placed: dict[Pointer, list[FormNote]] = {}
    document = spec.edit.document
    for note in spec.notes:
        wanted: Pointer = known_pointer(note.problem.pointer, document)
        while wanted.tokens:
            if _is_heading(wanted, document):
                break
            # A problem of an object is shown at its first field.
            if (field_pointer := value_pointer(wanted, document)) is not None:
                wanted = field_pointer
                break
            wanted = wanted.parent
        placed.setdefault(wanted, []).append(note)
    return placed


def _is_heading(pointer: Pointer, document: Json) -> bool:
    """Whether a heading shows this pointer: an entry of a list, or an empty list of items."""
    if pointer == ITEMS:
        return not isinstance(entries := ITEMS.get(document), list) or not entries
    return (
        pointer.parent in LISTS
        and isinstance(pointer.parent.get(document), list)
        and (pointer.get(document) is not ABSENT)
    )


def _section_rows(
    spec: FormSpec,
    section: FormSection,
    changes: Collection[Pointer],
    placed: dict[Pointer, list[FormNote]],
    conflicts: dict[Pointer, ConflictNote],
    ambiguous: frozenset[str],
    cache: RowCache | None,
) -> list[SheetRow]:
    inner: list[SheetRow] = []
    changed = problems = to_decide = 0
    base, edit = section.pointer, spec.edit
    notable = not base.tokens or any(
        pointer.startswith(base) for marks in (changes, placed, conflicts) for pointer in marks
    )
    holder = base.get(edit.document)
    item_reason = _full_order_reason(spec, section, ambiguous)
    key = (item_reason, spec.view, spec.words, spec.operation, spec.zone, spec.fixed)
    kept = cache.made.get(base) if cache is not None and not notable else None
    if kept is not None and kept[0] is holder and kept[1] == key:
        return kept[2]
    first = _conflicts_in(section, conflicts) if notable and conflicts else {}
    write_kind = _write_kinds(spec, section, ambiguous, item_reason)
    # Entries of other lists, such as tax numbers, are rare; the fields of an existing entry are always shown.
    hides_rare = spec.view is FormView.USUAL and (not base.tokens or base.parent == ITEMS)
    leaves_out = not notable and hides_rare and not spec.words
    there = holder if isinstance(holder, dict) else {}
    count = 0
    for known in section.members:
        # An item has many fields and an order many items. Most of them stop here.
        if leaves_out and known.rare and known.path[section.depth] not in there:
            continue
        value = _below(holder, known.path, section.depth)
        if leaves_out and value is ABSENT and known.rare:
            continue
        pointer = section.pointer_of(known)
        notes = placed.pop(pointer, []) if notable else []
        is_changed = notable and pointer in changes
        changed += is_changed
        problems += any(note.problem.severity is Severity.ERROR for note in notes)
        conflict = first.get(pointer)
        to_decide += conflict is not None and not conflict.decided
        is_notable = bool(notes) or is_changed or conflict is not None
        if not (
            _is_found(spec, pointer, known, value)
            if spec.words
            else _is_shown(spec, pointer, known, is_notable, value, hides_rare)
        ):
            continue
        mark = "#" if conflict and not conflict.decided else _mark(notes, is_changed)
        reason, full_order_reason = write_kind(pointer, known)
        count += 1
        inner.append(
            FieldRow(
                pointer=pointer,
                label=known.caption,
                kind=known.kind,
                value=value,
                shown=_shown(known, value, spec.zone),
                was=_shown(known, edit.base_value(pointer), spec.zone) if is_changed else None,
                mark=mark,
                choices=choices_of(spec, pointer, known),
                editable=not reason,
                reason=reason,
                help=known.help,
                multiline=known.kind in KINDS_OF_LINES,
                indent=1 if base.tokens else 0,
                full_order_reason=full_order_reason,
            )
        )
        if conflict is not None:
            inner.append(_conflict_row(conflict, pointer))
        inner.extend(_note_row(spec, note) for note in notes)
    own = placed.pop(base, []) if base.tokens else []
    problems += sum(note.problem.severity is Severity.ERROR for note in own)
    if not inner and not own:
        return []
    gone = conflicts.pop(base, None) if base.tokens else None
    to_decide += gone is not None and not gone.decided
    hint = f"{count} of {len(section.members)} fields"
    heading = GroupRow(_title(spec, section), base, changed, problems, hint, to_decide)
    conflict_rows = [_conflict_row(gone)] if gone is not None else []
    rows = [heading, *conflict_rows, *(_note_row(spec, note) for note in own), *inner]
    if cache is not None and not notable:
        cache.made[base] = (holder, key, rows)
    return rows


def _conflicts_in(section: FormSection, conflicts: dict[Pointer, ConflictNote]) -> dict[Pointer, ConflictNote]:
    """The conflicts of a section by their fields; a conflict of an object is shown at its first field."""
    found: dict[Pointer, ConflictNote] = {}
    for place in [pointer for pointer in conflicts if pointer.tokens]:
        if section.pointer.tokens and section.pointer.startswith(place):
            continue
        here = next((pointer for pointer, _ in section.fields if pointer.startswith(place)), None)
        if here is not None:
            found[here] = conflicts.pop(place)
    return found


def _below(node: Json | Absent, path: tuple[str, ...], depth: int) -> Json | Absent:
    """The value below a node at the rest of a path after `depth` tokens, through objects only."""
    for token in path[depth:]:
        if not isinstance(node, dict):
            return ABSENT
        node = node.get(token, ABSENT)
    return node


def _title(spec: FormSpec, section: FormSection) -> str:
    if not section.pointer.tokens:
        return section.title
    name = text_at(spec.edit.document, section.pointer / "name")
    added = " · added" if spec.edit.base_pointer(section.pointer) is None and spec.edit.base else ""
    title = f"Item {(int(section.pointer.name) + 1)}" if section.pointer.parent == ITEMS else f"{section.title}"
    return f"{title} · {name}{added}" if name else f"{title}{added}"


def _is_found(spec: FormSpec, pointer: Pointer, known: Field, value: Json | Absent) -> bool:
    """Whether all typed words occur in the label, the path or the value of a field."""
    plain = value if isinstance(value, str) else ""
    entry = entry_of(pointer)
    number = f" {int(entry.name) + 1}" if entry is not None else ""
    names = f"{known.group}{number} {known.caption} {known.label} {pointer}"
    return _has_words(spec, names, plain, "" if value is ABSENT else _shown(known, value, spec.zone))


def _has_words(spec: FormSpec, *texts: str) -> bool:
    haystack = "\n".join(texts).casefold()
    return all(word in haystack for word in spec.words.casefold().split())


def _is_shown(
    spec: FormSpec, pointer: Pointer, known: Field, notable: bool, value: Json | Absent, hides_rare: bool
) -> bool:
    if notable or spec.view is FormView.ALL:
        return True
    match spec.view:
        case FormView.CHANGED:
            return False
        case FormView.REQUIRED:
            return required_in(pointer, known, spec.edit.document)
        case _:
            return value is not ABSENT or not (known.rare and hides_rare)


def _mark(notes: Sequence[FormNote], is_changed: bool) -> str:
    if not notes:
        return "*" if is_changed else ""
    marks = {note.mark for note in notes if not note.stale}
    for mark in ("S", "!"):
        if mark in marks:
            return mark
    if is_changed:
        return "*"
    return "~" if "~" in marks else ""


def _full_order_reason(spec: FormSpec, section: FormSection, ambiguous: frozenset[str]) -> str:
    """Why any change of an item needs an upsert; the same reason as for its quantity."""
    if spec.operation is not Operation.PATCH or section.pointer.parent != ITEMS:
        return ""
    return write_kind_of(spec.edit, section.pointer / "quantity", ambiguous)[1]


def _write_kinds(
    spec: FormSpec, section: FormSection, ambiguous: frozenset[str], item_reason: str
) -> Callable[[Pointer, Field], tuple[str, str]]:
    """Why a field of this section cannot be edited, or why its change needs an upsert."""
    in_item = section.pointer.parent == ITEMS

    def write_kind(pointer: Pointer, known: Field) -> tuple[str, str]:
        if known.read_only:
            return "the service sets this field", ""
        if spec.operation is Operation.POST:
            # An upsert may rename an item, but it cannot change the identifying fields of an existing order (Q1.6).
            return (IMMUTABLE if spec.fixed and known.immutable and not in_item else ""), ""
        if item_reason:
            return "", item_reason
        if not known.immutable and known.patch.allowed:
            return "", ""
        way, reason = write_kind_of(spec.edit, pointer, ambiguous)
        return ("", reason) if way is not None else (reason, "")

    return write_kind


def _conflict_row(conflict: ConflictNote, pointer: Pointer | None = None) -> NoteRow:
    tone, mark = ("info", "") if conflict.decided else ("conflict", "#")
    return NoteRow(conflict.pointer if pointer is None else pointer, conflict.text, tone, mark)  # type: ignore[arg-type]


def _shown(known: Field, value: object, zone: tzinfo | None) -> str:
    shown = show_value(known.kind, value, zone=zone)  # type: ignore[arg-type]
    if known.kind is Kind.COUNTRY and isinstance(value, str) and country_name(value):
        return f"{shown} {country_name(value)}"
    return shown


def choices_of(spec: FormSpec, pointer: Pointer, known: Field) -> Choices:
    """The choices in the editor of a field: code and name."""
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


def _note_row(spec: FormSpec, note: FormNote) -> NoteRow:
    problem = note.problem
    service = problem.reported_by is ReportedBy.SERVICE
    text = problem.detail
    if service:
        text = f"service{' ' + note.when if note.when else ''}: {problem.detail}"
        if problem.raw_pointer and _is_nowhere(spec, problem.pointer):
            text += f" (at {problem.raw_pointer})"
        if note.stale:
            text += " (changed since)"
    if note.cell:
        text += f"   {note.cell}"
    if note.fix:
        text += f"   m: {note.fix}"
    tone = "warning" if problem.severity is Severity.WARNING else "service" if service else "error"
    return NoteRow(problem.pointer, text, "info" if note.stale else tone, "" if note.stale else note.mark)  # type: ignore[arg-type]


def _is_nowhere(spec: FormSpec, pointer: Pointer) -> bool:
    """Whether neither the schema nor the document's lists have this pointer, so that its note goes elsewhere."""
    entry = entry_of(pointer)
    return field_at(pointer) is None or (entry is not None and entry.get(spec.edit.document) is ABSENT)


def _unknown_rows(spec: FormSpec) -> list[SheetRow]:
    """Read-only rows of the fields that the schema does not know. They are sent as received."""
    unknown = unknown_pointers(spec.edit.document)
    if spec.words:
        found = ((pointer, show_value(Kind.JSON, pointer.get(spec.edit.document))) for pointer in unknown)
        unknown = [pointer for pointer, shown in found if _has_words(spec, str(pointer), shown)]
    if not unknown or (spec.view not in (FormView.USUAL, FormView.ALL) and not spec.words):
        return []
    reason = "the API has no such field; the value is kept unchanged"
    rows: list[SheetRow] = [GroupRow("Other", ROOT / "~other", hint=f"{len(unknown)} unknown to the API")]
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
