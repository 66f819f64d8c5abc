"""The change over many orders as it is shown, and its recipe: fields and tags, with a dry run after each change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Document
from tui.api.pointer import ABSENT, Pointer
from tui.keymap import Context
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.fields import field_at
from tui.screens.bulk.rows import (
    ALL,
    COLUMNS,
    JobRows,
    detail_lines,
    road_words,
    tab_labels,
)
from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.order.external_editor import edit_text
from tui.screens.order.pickers import ADD_TAGS, REMOVE_TAGS, Choice, PickerScreen, reader_of, recipe_rows
from tui.store.db import StoreError
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.pager import Pager
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.bulk.job import JobOrder, JobStage
from tui.work.bulk.runner import JobConflict
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import TypedText

_WIDE = 120
_EDITOR_LINES = 9


_KEYS_SENDING = (
    ("pause", "pause, go on"),
    ("stop", "cancel"),
    ("open", "open"),
    ("tab_next", "state"),
    ("back", "back"),
)
_KEYS_IN = {
    JobStage.PLANNED: (
        ("add", "add"),
        ("tags", "tags"),
        ("only_empty", "empty"),
        ("pane", "orders"),
        ("exclude", "exclude"),
        ("as_json", "JSON"),
        ("review", "review"),
        ("keys", "keys"),
    ),
    JobStage.RUNNING: (*_KEYS_SENDING, ("keys", "keys")),
    JobStage.PAUSED: (*_KEYS_SENDING, ("keys", "keys")),
}
_KEYS_AFTER = (("open", "open"), ("tab_next", "state"), ("retry", "try again"), ("back", "back"), ("keys", "keys"))


class ChangeScreen(BaseScreen[None]):
    """Two panes while it is made ready, the recipe and the orders; later the orders alone."""

    WHERE = Context.BULK
    CSS: ClassVar[str] = """
    #bulk { height: 1fr; layout: vertical; }
    #bulk #recipe { height: auto; }
    #bulk #recipe OrderSheet { height: 4; }
    #bulk.-begun #recipe { display: none; }
    #bulk #result { height: 1fr; }
    #bulk #detail { height: 3; }
    #bulk.-wide { layout: horizontal; }
    #bulk.-wide #recipe { width: 56; height: 1fr; }
    #bulk.-wide #recipe OrderSheet { height: 1fr; }
    #bulk.-wide #detail { height: 8; }
    """

    def __init__(self, workspace: Workspace, job_id: str, edit: Pointer | None = None) -> None:
        super().__init__(workspace)
        job = workspace.jobs.get(job_id)
        if job is None:
            raise KeyError(f"There is no change {job_id}.")
        self.job = job
        self._edit = edit
        self._known: dict[str, Document] = {}
        self._shown: list[JobOrder] = []
        self._in_sheet = False
        self._is_dry = False
        self._is_due = False
        self._is_wide = False

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar()
        with Container(id="bulk"):
            with Container(id="recipe"):
                yield OrderSheet(reader=reader_of(self.workspace), typing_hook=self._typing, empty="")
            with Container(id="result"):
                yield RuleLine(id="road")
                yield OrderTable(COLUMNS, empty="No order is so; 0 shows all.", id="orders")
                yield RuleLine(id="rule")
                yield Pager(id="detail")
        yield InputLine("name: ", hides=True, id="line")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def sheet(self) -> OrderSheet:
        return self.query_one(OrderSheet)

    @property
    def table(self) -> OrderTable:
        return self.query_one("#orders", OrderTable)

    @property
    def tab_bar(self) -> TabBar:
        return self.query_one(TabBar)

    @property
    def list_view(self) -> LineView:
        return self.sheet if self._in_sheet and self._is_open else self.table

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None

    @property
    def _is_open(self) -> bool:
        """Whether the recipe may still be changed: nothing of it was sent."""
        return self.job.stage is JobStage.PLANNED and not any(order.planned for order in self.job.orders.values())

    def give_focus(self) -> None:
        line = self.query_one("#line", InputLine)
        (line if line.is_open else self.list_view).focus(scroll_visible=False)

    # How it begins, and what it shows.

    def on_mount(self) -> None:
        super().on_mount()
        found = {id: self.workspace.orders.find(id) for id in self.job.orders}
        self._known = {id: document for id, document in found.items() if document is not None}
        self._in_sheet = self._is_open and (self._edit is not None or self.job.recipe.is_empty)
        self._show_recipe(self._edit)
        self.show_all()
        self.give_focus()
        if self._in_sheet and self._edit is not None:
            self.sheet.open_editor(self._edit, self._typed().get(self._edit))
        elif self._is_open and self._typed():
            self.show_notice("What was typed in a field here is kept; Enter there goes on with it.")
        self._look()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.job = self.workspace.jobs.get(self.job.id) or self.job
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        self._is_wide = event.size.width >= _WIDE
        self.query_one("#bulk").set_class(self._is_wide, "-wide")
        self._size_sheet()

    def store_changed(self) -> None:
        """Show it once for all the news of one turn."""
        if not self._is_due and self.is_attached:
            self._is_due = True
            self.call_later(self._show_news)

    def _show_news(self) -> None:
        self._is_due = False
        if self.is_on_top:
            self.show_all()

    def show_all(self) -> None:
        """Everything, after anything may have changed."""
        job, current = self.job, self.tab_bar.current or ALL
        self.query_one("#bulk").set_class(not self._is_open, "-begun")
        self.tab_bar.set_labels(tab_labels(job), current)
        current = self.tab_bar.current or ALL
        self._shown = [order for order in job.orders.values() if current in (ALL, order.state)]
        self.table.load(JobRows(self._shown))
        elsewhere = self.workspace.jobs.is_elsewhere(job)
        mode = "READ ONLY" if self.workspace.account.client.read_only else "WRITES"
        stage = (
            "another copy runs it, r looks" if elsewhere else "dry run" if job.stage is JobStage.PLANNED else job.stage
        )
        facts = [job.name, stage, f"{len(job.orders)} orders" + (f", {job.whole}" if job.whole else "")]
        self.query_one(TitleLine).set(f"{self.workspace.profile} · {mode}", " · ".join(facts))
        road = self.query_one("#road", RuleLine)
        if job.stage is JobStage.PLANNED:
            road.set(road_words(self.workspace.jobs.plan(job), job.road) if job.waiting else "nothing would be sent")
        else:
            road.set(job.progress, job.note or job.recipe.summary)
        self._show_detail()
        self.show_status()
        if self.sheet.editing is None:
            self.show_keys()

    def show_keys(self) -> None:
        """Those of the stage that the change is in."""
        wanted = _KEYS_IN.get(self.job.stage, _KEYS_AFTER)
        if self.job.stage is JobStage.PLANNED and not self._is_open:
            wanted = tuple((id, word) for id, word in wanted if id not in ("add", "tags", "only_empty", "pane"))
        self.show_commands(wanted)

    def _show_detail(self) -> None:
        order = self._order
        rule, pane = self.query_one("#rule", RuleLine), self.query_one("#detail", Pager)
        if order is None:
            rule.set()
            pane.set_lines([])
            return
        rule.set(
            f"{order.name} · {order.state.label}", f"{len(order.changes)} fields" if len(order.changes) > 1 else ""
        )
        pane.set_lines(detail_lines(order))

    @property
    def _order(self) -> JobOrder | None:
        return self.job.orders.get(self.table.cursor_key or "")

    def status_items(self) -> Sequence[str | Piece]:
        job = self.job
        if job.note:
            return [(job.note, "warning"), "z goes on, Ctrl+C cancels"]
        match job.stage:
            case JobStage.PLANNED if self._is_dry:
                return [("reading … Ctrl+C stops", "info")]
            case JobStage.PLANNED if job.recipe.is_empty:
                return ["a adds a field, t tags; then the dry run shows each order"]
            case JobStage.PLANNED:
                unread = [(f"not known here: {', '.join(job.recipe.unknown)}", "warning")] if job.recipe.unknown else []
                return [*unread, f"{len(job.waiting)} would change, w reviews", "changes no label already printed"]
            case JobStage.RUNNING:
                return [
                    (f"sending: {job.gone} of {job.going}", "info"),
                    "z pauses, Ctrl+C cancels, q leaves it running",
                ]
            case JobStage.PAUSED:
                return [(f"paused: {job.gone} of {job.going}", "warning"), "z goes on, Ctrl+C cancels"]
            case _:
                return [f"{job.stage}: {job.gone} of {job.going}", "R tries the state shown again"]

    @on(TabBar.Selected)
    def _state_chosen(self) -> None:
        self.show_all()

    @on(OrderTable.CursorMoved)
    def _moved(self) -> None:
        self._show_detail()

    # The recipe.

    def _show_recipe(self, pointer: Pointer | None = None) -> None:
        rows = recipe_rows(self.job.recipe, self.workspace.orders.suggestions())
        if pointer is None:
            self.sheet.set_rows(rows)
        else:
            self.sheet.load(rows, pointer)
        self._size_sheet()

    def _size_sheet(self) -> None:
        rows = len(self.sheet.rows)
        wanted = _EDITOR_LINES if self.sheet.editing is not None else max(2, min(rows, 5))
        self.sheet.styles.height = "1fr" if self._is_wide else wanted

    def _change(self, recipe: BulkChange, pointer: Pointer | None = None) -> None:
        try:
            self.workspace.jobs.change(self.job, recipe)
        except (JobConflict, StoreError) as error:
            self.show_notice(str(error), "warning")
            return
        self._show_recipe(pointer)
        self._look()

    def _look(self, *, again: bool = False) -> None:
        """The dry run, with what was read already unless it is to be read again."""
        if self.job.stage is JobStage.PLANNED and not any(order.planned for order in self.job.orders.values()):
            self.run_worker(self._dry_run(again=again), name="dry run", group="dry", exclusive=True)

    async def _dry_run(self, *, again: bool) -> None:
        job = self.job
        read = {id: order.applied.edit.base for id, order in job.orders.items() if order.applied is not None}
        self._is_dry = True
        try:
            await self.workspace.jobs.dry_run(job, {} if again else {**self._known, **read})
        except (JobConflict, StoreError) as error:
            self.show_notice(str(error), "warning")
        finally:
            self._is_dry = False
        if self.is_attached:
            self.show_all()

    def _typed(self) -> dict[Pointer, str]:
        return self.workspace.account.drafts.typed(f"bulk-{self.job.id}")

    def _typing(self, pointer: Pointer, text: str) -> None:
        with self.report_store_errors():
            self.workspace.account.drafts.type(TypedText(f"bulk-{self.job.id}", pointer, text))

    @on(OrderSheet.EditorOpened)
    def _opened(self) -> None:
        self._size_sheet()
        self.show_editor_keys(several_lines=self.sheet.is_multiline)

    @on(OrderSheet.EditorLeft)
    def _left(self, event: OrderSheet.EditorLeft) -> None:
        with self.report_store_errors():
            if event.text is None:
                self.workspace.account.drafts.untype(f"bulk-{self.job.id}", event.pointer)
            else:
                self.show_notice("Left without taking; Enter there goes on with what was typed.")
        if self.sheet.editing is None:
            self._size_sheet()
            self.show_keys()

    @on(OrderSheet.FieldChanged)
    def _entered(self, event: OrderSheet.FieldChanged) -> None:
        recipe = self.job.recipe
        if event.pointer in (ADD_TAGS, REMOVE_TAGS):
            tags = tuple(cast("list[str]", event.value or []))
            add, remove = recipe.add_tags, recipe.remove_tags
            recipe = recipe.with_tags(tags, remove) if event.pointer == ADD_TAGS else recipe.with_tags(add, tags)
        elif (one := recipe.assignment(event.pointer.tokens)) is not None:
            recipe = recipe.with_assignment(replace(one, value=event.value))
        self._change(recipe)

    @on(OrderSheet.EditRefused)
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self.show_notice(event.reason)

    @on(OrderSheet.ExternalEditor)
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        edit_text(self, event.text, self.sheet.fill_editor)

    def _setting(self) -> FieldAssignment | None:
        """The field of the recipe under the cursor; where there is none, it is said."""
        pointer = self.sheet.cursor_pointer
        one = self.job.recipe.assignment(pointer.tokens) if pointer is not None else None
        if not self._may_change():
            return None
        if one is None and len(self.job.recipe.assignments) == 1:
            (one,) = self.job.recipe.assignments
        if one is None:
            self.show_notice("That is for a field of the change; Tab leads to it, a adds one.")
            return None
        return one

    def _may_change(self) -> bool:
        if not self._is_open:
            self.show_notice("This change was sent; . in the list of orders repeats it on others.")
        return self._is_open

    @handles("add")
    def do_add(self, key: str) -> None:
        if not self._may_change():
            return

        def chosen(choice: Choice) -> None:
            recipe = self.job.recipe
            if choice.recipe is not None:
                self._change(choice.recipe)
            elif choice.field is not None:
                path = choice.field.path
                self._in_sheet = True
                self._change(recipe.with_assignment(recipe.assignment(path) or FieldAssignment(path)), Pointer(path))
                self.sheet.open_editor(Pointer(path))
                self.give_focus()

        recipes = SavedChanges(self.workspace.account).all()
        self.workspace.open(PickerScreen(self.workspace, "Add a field, or take a saved change", recipes, chosen))

    @handles("tags")
    def do_tags(self, key: str) -> None:
        if self._may_change():
            self._in_sheet = True
            self.give_focus()
            self.sheet.open_editor(ADD_TAGS)

    @handles("drop")
    def do_drop(self, key: str) -> None:
        if (one := self._setting()) is not None:
            self._change(self.job.recipe.without(one.path))

    @handles("only_empty")
    def do_only_empty(self, key: str) -> None:
        if (one := self._setting()) is not None:
            self._change(self.job.recipe.with_assignment(replace(one, only_empty=not one.only_empty)))

    @handles("empty_value")
    def do_empty_value(self, key: str) -> None:
        one = self._setting()
        known = field_at(one.pointer) if one is not None else None
        if one is None or known is None:
            return
        answers = [("e", "empty text")] if known.patch.empty else []
        answers += [("n", "null: the service removes it")] if known.patch.nullable else []
        answers += [("a", "nothing yet")] if one.value is not ABSENT else []
        values = {"e": "", "n": None, "a": ABSENT}
        if not answers:
            self.show_notice("A PATCH cannot clear this field.")
            return

        def chosen(answer: str) -> None:
            self._change(self.job.recipe.with_assignment(replace(one, value=values[answer])))

        self.ask_then(f"{known.caption} becomes", answers, chosen)

    @handles("save")
    def do_save(self, key: str) -> None:
        recipe, recipes = self.job.recipe, SavedChanges(self.workspace.account)
        if recipe.is_empty:
            self.show_notice("There is nothing to save yet.")
        elif recipe.name and recipe in recipes.all():

            def chosen(answer: str) -> None:
                if answer == "n":
                    self._ask_name()
                else:
                    recipes.forget(recipe.name)
                    self.show_notice(f"{recipe.name} is forgotten.")

            self.ask_then(f"Saved as {recipe.name}.", [("n", "save under another name"), ("f", "forget it")], chosen)
        else:
            self._ask_name()

    def _ask_name(self) -> None:
        line = self.query_one("#line", InputLine)
        line.open(self.job.recipe.name)

    @on(InputLine.Submitted, "#line")
    def _named(self, event: InputLine.Submitted) -> None:
        name = event.text.strip()
        if not name:
            return
        recipe = replace(self.job.recipe, name=name)
        with self.report_store_errors():
            SavedChanges(self.workspace.account).save(recipe)
            if self._is_open:
                self._change(recipe)
            self.show_notice(f"Saved as {name}; c in the list of orders offers it.")
