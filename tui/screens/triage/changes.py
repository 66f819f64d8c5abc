"""From the list of orders to a change: of the order under the cursor as a draft, of many as a job with a dry run."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol, cast

from tui.api.codec import Document, Json
from tui.api.pointer import ABSENT, Pointer
from tui.api.query import order_key
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment, apply_to_edit, full_label
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.orders.value_parser import show_value
from tui.screens.common.routes import OpenBulk
from tui.screens.common.workspace import Workspace
from tui.screens.order.pickers import ADD_TAGS, REMOVE_TAGS, Choice, PickerScreen, ValueScreen, recipe_rows, value_in
from tui.widgets.form_layout import FieldRow
from tui.widgets.table import OrderTable
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import Draft, TypedText


class ChangeTarget(Protocol):
    """What a change needs of the list of orders."""

    workspace: Workspace
    on_marked: bool

    @property
    def table(self) -> OrderTable: ...

    def changeable(self) -> Document | None: ...

    def draft_of(self, order: Document) -> Draft: ...

    def drafted(self, draft: Draft) -> None: ...

    def show_notice(self, text: str, tone: str = "info") -> None: ...

    def ask_then(self, text: str, answers: Sequence[tuple[str, str]], done: Callable[[str], None]) -> None: ...

    def report_store_errors(self) -> AbstractContextManager[None]: ...


def set_field(screen: ChangeTarget) -> None:
    """Choose a field or a saved change, then its value: for this order a draft, for many a change with a dry run."""
    many = screen.on_marked
    order = None if many else screen.changeable()
    if order is None and not many:
        return
    name = f"{len(screen.table.marks)} marked orders" if order is None else order_name(order)

    def chosen(choice: Choice) -> None:
        if choice.recipe is not None:
            _begin(screen, choice.recipe, order)
        elif choice.field is not None and order is not None:
            _ask_value(screen, order, FieldAssignment(choice.field.path))
        elif choice.field is not None:
            _open_many(
                screen, BulkChange(assignments=(FieldAssignment(choice.field.path),)), edit=Pointer(choice.field.path)
            )

    recipes = SavedChanges(screen.workspace.account).all()
    screen.workspace.open(PickerScreen(screen.workspace, f"Set a field of {name}", recipes, chosen))


def set_tags(screen: ChangeTarget) -> None:
    """Tags to add and to remove, of this order or of many."""
    if screen.on_marked:
        _open_many(screen, BulkChange(), edit=ADD_TAGS)
        return
    order = screen.changeable()
    if order is None:
        return
    rows = recipe_rows(BulkChange(), {})

    def done(values: dict[Pointer, Json]) -> None:
        add, remove = (tuple(cast("list[str]", values.get(one) or [])) for one in (ADD_TAGS, REMOVE_TAGS))
        _draft(screen, BulkChange().with_tags(add, remove), order)

    screen.workspace.open(ValueScreen(screen.workspace, f"Tags of {order_name(order)}", rows, done))


def repeat(screen: ChangeTarget) -> None:
    """The last change once more."""
    last = SavedChanges(screen.workspace.account).last
    if last is None or last.is_empty:
        screen.show_notice("There is no change to repeat yet; c sets a field, t tags.")
        return
    many = screen.on_marked
    order = None if many else screen.changeable()
    if many or order is not None:
        _begin(screen, last, order)


def ask_on_all(screen: ChangeTarget) -> None:
    """`;` with nothing marked: the change can be of all orders of this filter, as far as they were read."""
    count = len(screen.workspace.orders.keys)
    if not count:
        screen.show_notice("Nothing is marked; Space marks.")
        return
    last = SavedChanges(screen.workspace.account).last
    answers = [("c", "set a field"), ("t", "tags"), *([(".", "repeat")] if last is not None else [])]
    more = "" if screen.workspace.orders.is_complete else " read so far"

    def chosen(answer: str) -> None:
        screen.table.set_marks(screen.workspace.orders.keys)
        screen.on_marked = True
        {"c": set_field, "t": set_tags, ".": repeat}[answer](screen)
        screen.on_marked = False

    screen.ask_then(f"None marked. On all {count}{more}:", answers, chosen)


def _begin(screen: ChangeTarget, recipe: BulkChange, order: Document | None) -> None:
    if order is None:
        _open_many(screen, recipe)
    else:
        _draft(screen, recipe, order)


def _ask_value(screen: ChangeTarget, order: Document, setting: FieldAssignment) -> None:
    """The value of one field of one order, in the field's own editor."""
    document = screen.draft_of(order).edit.document
    now = value_in(document, setting.path)
    (row, *_) = recipe_rows(
        BulkChange(assignments=(replace(setting, value=now),)), screen.workspace.orders.suggestions()
    )
    order_id, drafts = order_key(order), screen.workspace.account.drafts
    if isinstance(row, FieldRow) and now is ABSENT:
        row = replace(row, shown=show_value(row.kind, ABSENT))

    def done(values: dict[Pointer, Json]) -> None:
        if ANY not in setting.path:
            drafts.untype(order_id, setting.pointer)
        if setting.pointer not in values:
            screen.show_notice("Nothing was changed.")
            return
        _draft(screen, BulkChange(assignments=(replace(setting, value=values[setting.pointer]),)), order)

    def typing(pointer: Pointer, text: str) -> None:
        # The form of the order offers it, should the line be lost now.
        if ANY not in pointer.tokens:
            with screen.report_store_errors():
                drafts.type(TypedText(order_id, pointer, text))

    title = f"{full_label(setting.path)} of {order_name(order)}"
    screen.workspace.open(ValueScreen(screen.workspace, title, [row], done, typing))


def _draft(screen: ChangeTarget, recipe: BulkChange, order: Document) -> None:
    """The recipe as one step of the order's draft."""
    if recipe.is_empty:
        screen.show_notice("Nothing was changed.")
        return
    SavedChanges(screen.workspace.account).used(recipe)
    draft = screen.draft_of(order)
    steps = draft.edit.done
    reasons = apply_to_edit(recipe, draft.edit)
    if reasons:
        screen.show_notice(f"Not changed: {'; '.join(reasons)}.", "warning")
    elif draft.edit.done == steps:
        screen.show_notice(f"It is so already: {recipe.summary}.")
    else:
        with screen.report_store_errors():
            screen.drafted(draft)
            screen.show_notice(f"Drafted: {recipe.name or recipe.summary}. u takes it back, . repeats it, w reviews.")


def _open_many(screen: ChangeTarget, recipe: BulkChange, edit: Pointer | None = None) -> None:
    """A change of the marked orders, those not in this list included."""
    marks = screen.table.marks
    listed = [key for key in screen.workspace.orders.keys if key in marks]
    wanted = [*listed, *sorted(marks - set(listed))]
    orders = [
        (key, order_name(found) if (found := screen.workspace.orders.find(key)) is not None else f"#{key}")
        for key in wanted
    ]
    is_all = len(listed) == len(screen.workspace.orders.keys) == len(wanted)
    whole = (
        ""
        if not is_all
        else "all of this filter"
        if screen.workspace.orders.is_complete
        else "all read so far, of more"
    )
    with screen.report_store_errors():
        job = screen.workspace.jobs.make(recipe, orders, whole)
        screen.workspace.go(OpenBulk(job.id, edit))
