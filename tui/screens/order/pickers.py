"""The form of a bulk change: a picker for a field or a saved change, and editors for its values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult

from tui.api.codec import Document, Json
from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.keymap import Context
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment, settable, short_label
from tui.orders.edits.edit import Edit
from tui.orders.fields import Field, field_at, full_label
from tui.orders.paths import ANY, is_weight
from tui.orders.tables.values.weight_entry import parse_weight
from tui.orders.value_parser import KINDS_OF_LINES, Choices, ParsedEntry, ValidValue, parse_entry, show_value
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_screen import NO_ACTIONS, TAKE_KEYS, SearchScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.form_rows import FormSpec, choices_of
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.table import Column, RenderedRow
from tui.work.drafts.drafts import TypedText

ADD_TAGS = Pointer.of("tags", "add")
REMOVE_TAGS = Pointer.of("tags", "remove")

_NOT_CHOSEN = "· enter a value ·"
_COLUMNS = (Column("field", "field or saved change", 30, 2), Column("more", "path or summary", 30, 3))
FIELD_COLUMNS = (Column("field", "field", 30, 2), Column("more", "path", 30, 3))

Suggestions = Mapping[tuple[str, ...], Choices]


def recipe_rows(recipe: BulkChange, suggestions: Suggestions, *, fixed: str = "") -> list[SheetRow]:
    """The form rows of a recipe: each field, then the tags. `fixed`: why none can be edited."""
    document: Json = {}
    for assignment in recipe.assignments:
        if assignment.value is not ABSENT:
            document = assignment.pointer.put(document, assignment.value)
    spec = FormSpec(Edit(document if isinstance(document, dict) else {}), Operation.PATCH, suggestions=suggestions)
    rows: list[SheetRow] = []
    for assignment in recipe.assignments:
        known = field_at(assignment.pointer)
        if known is not None:
            rows.append(_field_row(spec, assignment, known, fixed))
    for pointer, label, tags in (
        (ADD_TAGS, "tags added", recipe.add_tags),
        (REMOVE_TAGS, "removed", recipe.remove_tags),
    ):
        value: Json = [*tags]
        rows.append(
            FieldRow(
                pointer,
                label,
                "tags",
                value,
                show_value("tags", value),
                editable=not fixed,
                reason=fixed,
                multiline=True,
                help="One tag a line, compared exactly. Other tags keep their order.",
            )
        )
    return rows


def _field_row(spec: FormSpec, assignment: FieldAssignment, known: Field, fixed: str) -> FieldRow:
    shown = _NOT_CHOSEN if assignment.value is ABSENT else show_value(known.kind, assignment.value)
    return FieldRow(
        assignment.pointer,
        short_label(assignment),
        known.kind,
        assignment.value,
        f"{shown}   only where empty" if assignment.only_empty else shown,
        choices=choices_of(spec, assignment.pointer, known),
        editable=not fixed,
        reason=fixed,
        help=known.help,
        multiline=known.kind in KINDS_OF_LINES,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the picker: a field or a saved recipe."""

    title: str
    more: str
    field: Field | None = None
    recipe: BulkChange | None = None


class FieldChoices:
    """Fields by their names, labels and paths, and saved changes by their names."""

    prompt = "field: "
    keys = TAKE_KEYS
    actions = NO_ACTIONS

    def __init__(
        self, recipes: Sequence[BulkChange], fields: Sequence[Field] | None = None, first: Sequence[Choice] = ()
    ) -> None:
        only_fields = fields is not None and not recipes
        self.columns = FIELD_COLUMNS if only_fields else _COLUMNS
        self.empty = "No field matches." if only_fields else "No field or saved change matches."
        saved = [Choice(recipe.name, recipe.summary, recipe=recipe) for recipe in recipes]
        offered = settable() if fields is None else fields
        found = [Choice(full_label(known.path), "/".join(known.path), field=known) for known in offered]
        rare = {"/".join(known.path) for known in offered if known.rare}
        self._choices = [*first, *saved, *sorted(found, key=lambda choice: choice.more in rare)]
        self._found: Sequence[Choice] = ()

    def offer(self, text: str) -> list[RenderedRow]:
        self._found = narrowed(self._choices, text)
        return [
            RenderedRow(str(index), (choice.title, choice.more), " " if choice.recipe is None else "=")
            for index, choice in enumerate(self._found)
        ]

    def choose(self, index: int) -> Choice:
        return self._found[index]


def narrowed(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices that contain these words, first those whose title starts or ends with them."""
    words, whole = text.lower().split(), text.lower().strip()
    found = [choice for choice in choices if all(word in f"{choice.title} {choice.more}".lower() for word in words)]
    found.sort(
        key=lambda choice: (
            choice.recipe is None or not choice.title.lower().startswith(whole),
            bool(whole) and not choice.title.lower().rpartition(", ")[2].startswith(whole),
        )
    )
    return found


def field_picker(
    workspace: Workspace,
    title: str,
    recipes: Sequence[BulkChange] = (),
    fields: Sequence[Field] | None = None,
    first: Sequence[Choice] = (),
) -> SearchScreen[Choice]:
    """A picker that returns a field or a saved change."""
    return SearchScreen(workspace, title, FieldChoices(recipes, fields, first))


class ValueScreen(BaseScreen[dict[Pointer, Json]]):
    """Edits one field, or the tags. Returns the accepted values.

    `typed_key`: the store key of the typed text until it is accepted; not stored if "".
    `continues`: start with the stored text. `replaces`: the first typed letter replaces the initial text, an example.
    `may_be_empty`: an empty text is accepted for any kind, as "". `document`: the order whose field it is, if it is one.
    """

    WHERE = Context.PAGER

    def __init__(
        self,
        workspace: Workspace,
        title: str,
        rows: Sequence[SheetRow],
        *,
        typed_key: str = "",
        continues: bool = False,
        replaces: bool = False,
        may_be_empty: bool = False,
        document: Document | None = None,
    ) -> None:
        super().__init__(workspace)
        self._parse = reader_of(workspace, lambda: document)
        self._title = title
        self._rows = rows
        self._typed_key = typed_key
        self._continues = continues
        self._replaces = replaces
        self._may_be_empty = may_be_empty
        self._values: dict[Pointer, Json] = {}
        self._is_over = False
        self.sheet = OrderSheet(reader=self._read, typing_hook=self._typing if typed_key else None)

    def compose(self) -> ComposeResult:
        return self.framed(self.sheet)

    @property
    def is_typing(self) -> bool:
        return True

    def on_mount(self) -> None:
        self.title_line.set(self._title)
        self.sheet.load(self._rows)
        typed = self.workspace.account.drafts.typed(self._typed_key) if self._continues else {}
        begun = typed.get(self._rows[0].pointer)
        self.sheet.open_editor(None, begun)
        if self._replaces and begun is None:
            self.sheet.select_all()
        if isinstance(self._rows[0], FieldRow):
            self.show_notice(self._rows[0].help)

    def show_keys(self) -> None:
        take = "accept; asks if empty" if self._may_be_empty else "accept"
        first = self._rows[0]
        of_lines = isinstance(first, FieldRow) and first.multiline
        keys = [("Tab", take), ("Enter", "new line")] if of_lines else [("Enter", take), ("Tab", "accept, next")]
        self.key_line.set([*keys, ("Esc", "close, keep text" if self._continues else "cancel")])

    def _typing(self, pointer: Pointer, text: str) -> None:
        with self.report_store_errors():
            self.workspace.account.drafts.save_typed(TypedText(self._typed_key, pointer, text))

    def _read(self, pointer: Pointer, kind: str, text: str, choices: Choices) -> ParsedEntry:
        if self._may_be_empty and not text:
            return ValidValue("")
        return self._parse(pointer, kind, text, choices)

    @on(OrderSheet.FieldChanged)
    def _changed(self, event: OrderSheet.FieldChanged) -> None:
        self._values[event.pointer] = event.entry.value
        self._values.update(event.entry.beside)

    @on(OrderSheet.EditorLeft)
    def _left(self, event: OrderSheet.EditorLeft) -> None:
        if self.sheet.editing is not None or self._is_over:
            return
        self._is_over = True
        if event.accepted and self._typed_key:
            with self.report_store_errors():
                self.workspace.account.drafts.drop_typed(self._typed_key, event.pointer)
        self.dismiss(self._values if event.accepted else None)


def reader_of(
    workspace: Workspace, document: Callable[[], Document | None] = lambda: None
) -> Callable[[Pointer, str, str, Choices], ParsedEntry]:
    """The parser of typed values, with the profile's time zone and clock.

    `document`: returns the order that is edited, whose units are kept; None if there are several.
    """

    def read(pointer: Pointer, kind: str, text: str, choices: Choices) -> ParsedEntry:
        if is_weight(pointer) and kind == Kind.NUMBER:
            return parse_weight(text, pointer, document())
        return parse_entry(kind, text, choices=choices, now=workspace.now().astimezone(workspace.account.zone))

    return read


def value_in(document: Document, path: tuple[str, ...]) -> Json | Absent:
    """The initial value for an editor: the order's value at a path, of the first item if it is for every item."""
    return Pointer(tuple("0" if part == ANY else part for part in path)).get(document)
