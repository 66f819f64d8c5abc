"""From the list of orders to a change: of the order under the cursor as a draft, of many as a job with a dry run."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tui.api.codec import Document, Json
from tui.api.errors import ApiError
from tui.api.pointer import ABSENT, Pointer
from tui.api.query import order_key
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment, apply_to_edit, full_label
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.orders.value_parser import show_value
from tui.screens.common.workspace_actions import told_if_not_kept
from tui.screens.order.pickers import ADD_TAGS, REMOVE_TAGS, Choice, PickerScreen, ValueScreen, recipe_rows, value_in
from tui.widgets.form_layout import FieldRow
from tui.work.bulk.runner import JobConflict
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import TypedText

if TYPE_CHECKING:
    from tui.app import OrdersApp
    from tui.screens.triage.screen import TriageScreen
    from tui.work.bulk.job import Job


def set_field(room: "TriageScreen") -> None:
    """Choose a field or a saved change, then its value: for this order a draft, for many a change with a dry run."""
    many = room.on_marked
    order = None if many else room.changeable()
    if order is None and not many:
        return
    name = f"{len(room.table.marks)} marked orders" if order is None else order_name(order)

    def chosen(choice: Choice) -> None:
        if choice.recipe is not None:
            _begin(room, choice.recipe, order)
        elif choice.field is not None and order is not None:
            _ask_value(room, order, FieldAssignment(choice.field.path))
        elif choice.field is not None:
            _open_many(room, BulkChange(sets=(FieldAssignment(choice.field.path),)), edit=Pointer(choice.field.path))

    recipes = SavedChanges(room.house.account).all()
    room.house.open_screen(PickerScreen(f"Set a field of {name}", recipes, chosen))


def set_tags(room: "TriageScreen") -> None:
    """Tags to add and to remove, of this order or of many."""
    if room.on_marked:
        _open_many(room, BulkChange(), edit=ADD_TAGS)
        return
    order = room.changeable()
    if order is None:
        return
    rows = recipe_rows(BulkChange(), {})

    def done(values: dict[Pointer, Json]) -> None:
        add, remove = (tuple(cast("list[str]", values.get(one) or [])) for one in (ADD_TAGS, REMOVE_TAGS))
        _draft(room, BulkChange().with_tags(add, remove), order)

    room.house.open_screen(ValueScreen(f"Tags of {order_name(order)}", rows, done))


def repeat(room: "TriageScreen") -> None:
    """The last change once more."""
    last = SavedChanges(room.house.account).last
    if last is None or last.is_empty:
        room.show_notice("There is no change to repeat yet; c sets a field, t tags.")
        return
    many = room.on_marked
    order = None if many else room.changeable()
    if many or order is not None:
        _begin(room, last, order)


def ask_on_all(room: "TriageScreen") -> None:
    """`;` with nothing marked: the change can be of all orders of this filter, as far as they were read."""
    count = len(room.shown_keys)
    if not count:
        room.show_notice("Nothing is marked; Space marks.")
        return
    last = SavedChanges(room.house.account).last
    answers = [("c", "set a field"), ("t", "tags"), *([(".", "repeat")] if last is not None else [])]
    more = "" if room.is_read_whole else " read so far"

    def chosen(answer: str) -> None:
        room.table.set_marks(room.shown_keys)
        room.on_marked = True
        {"c": set_field, "t": set_tags, ".": repeat}[answer](room)
        room.on_marked = False

    room.ask(f"None marked. On all {count}{more}:", answers, chosen)


def _begin(room: "TriageScreen", recipe: BulkChange, order: Document | None) -> None:
    if order is None:
        _open_many(room, recipe)
    else:
        _draft(room, recipe, order)


def _ask_value(room: "TriageScreen", order: Document, setting: FieldAssignment) -> None:
    """The value of one field of one order, in the field's own editor."""
    document = room.draft_of(order).edit.document
    now = value_in(document, setting.path)
    (row, *_) = recipe_rows(BulkChange(sets=(replace(setting, value=now),)), room.suggestions())
    order_id, drafts = order_key(order), room.house.account.drafts
    if isinstance(row, FieldRow) and now is ABSENT:
        row = replace(row, shown=show_value(row.kind, ABSENT))

    def done(values: dict[Pointer, Json]) -> None:
        if ANY not in setting.path:
            drafts.untype(order_id, setting.pointer)
        if setting.pointer not in values:
            room.show_notice("Nothing was changed.")
            return
        _draft(room, BulkChange(sets=(replace(setting, value=values[setting.pointer]),)), order)

    def typing(pointer: Pointer, text: str) -> None:
        # The form of the order offers it, should the line be lost now.
        if ANY not in pointer.tokens:
            with room.report_store_errors():
                drafts.type(TypedText(order_id, pointer, text))

    title = f"{full_label(setting.path)} of {order_name(order)}"
    room.house.open_screen(ValueScreen(title, [row], done, typing))


def _draft(room: "TriageScreen", recipe: BulkChange, order: Document) -> None:
    """The recipe as one step of the order's draft."""
    if recipe.is_empty:
        room.show_notice("Nothing was changed.")
        return
    SavedChanges(room.house.account).used(recipe)
    draft = room.draft_of(order)
    steps = draft.edit.done
    reasons = apply_to_edit(recipe, draft.edit)
    if reasons:
        room.show_notice(f"Not changed: {'; '.join(reasons)}.", "warning")
    elif draft.edit.done == steps:
        room.show_notice(f"It is so already: {recipe.words}.")
    else:
        with room.report_store_errors():
            room.drafted(draft)
            room.show_notice(f"Drafted: {recipe.name or recipe.words}. u takes it back, . repeats it, w reviews.")


def _open_many(room: "TriageScreen", recipe: BulkChange, edit: Pointer | None = None) -> None:
    """A change of the marked orders, those not in this list included."""
    marks = room.table.marks
    listed = [key for key in room.shown_keys if key in marks]
    wanted = [*listed, *sorted(marks - set(listed))]
    orders = [(key, order_name(found) if (found := room.find(key)) is not None else f"#{key}") for key in wanted]
    is_all = len(listed) == len(room.shown_keys) == len(wanted)
    whole = "" if not is_all else "all of this filter" if room.is_read_whole else "all read so far, of more"
    with room.report_store_errors():
        open_job(room.house, room.house.jobs.make(recipe, orders, whole), edit)


def open_job(app: "OrdersApp", job: "Job", edit: Pointer | None = None) -> None:
    from tui.screens.bulk.screen import BulkScreen

    for screen in app.house_screens():
        if isinstance(screen, BulkScreen) and screen.job.id == job.id:
            while app.screen is not screen:
                app.pop_screen()
            return
    app.open_screen(BulkScreen(job, edit))


def open_changes(app: "OrdersApp") -> None:
    from tui.screens.bulk.jobs import JobsScreen

    app.open_screen(JobsScreen())


def start_job(app: "OrdersApp", job: "Job") -> None:
    """Send what waits, beside everything else; leaving the screen leaves it running."""

    async def run() -> None:
        try:
            await app.jobs.run(job)
        except (JobConflict, ApiError) as error:
            app.house_screens()[-1].show_notice(str(error), "warning")

    app.run_worker(told_if_not_kept(app, run()), name=f"change over many orders {job.id}")


def ask_left(app: "OrdersApp", jobs: "Sequence[Job] | None" = None) -> None:
    """Of each change that an ended process left under way: go on?"""
    left = list(app.jobs.left() if jobs is None else jobs)
    screens = app.house_screens()
    if not left or not screens:
        return
    if screens[-1].is_typing:
        screens[-1].show_notice(
            "A change over many orders was left under way; C in the list of orders has it.", "warning"
        )
        return
    job, *others = left

    def go_on() -> None:
        open_job(app, job)
        start_job(app, job)

    def drop() -> None:
        count = app.jobs.cancel(job)
        app.house_screens()[-1].show_notice(f"{count} are not sent; C has the results.")

    actions: dict[str, Callable[[], None]] = {"g": go_on, "l": lambda: None, "d": drop}

    def chosen(answer: str) -> None:
        with app.house_screens()[-1].report_store_errors():
            actions[answer]()
        if others and answer != "g":
            ask_left(app, others)

    text = f"{job.gone} of {job.going} sent, go on? {job.name}"
    screens[-1].ask(text, [("g", "go on"), ("l", "later"), ("d", "drop the rest")], chosen)
