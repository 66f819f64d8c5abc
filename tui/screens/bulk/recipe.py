"""The recipe of a bulk change: its fields and tags. It is edited in a form, with a dry run after each change."""

from dataclasses import replace
from typing import cast

from tui.api.codec import Document
from tui.api.pointer import ABSENT, Pointer
from tui.keymap import Context
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.fields import field_at
from tui.orders.value_parser import ValidValue
from tui.screens.bulk.context import BulkContext
from tui.screens.common.commands import handles
from tui.screens.order.pickers import ADD_TAGS, REMOVE_TAGS, field_picker, recipe_rows
from tui.widgets.input_line import InputLine
from tui.work.bulk.runner import JobConflict
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import TypedText
from tui.work.stored import StoreError

_EDITOR_LINES = 9


class RecipeCommands:
    """The commands that change the recipe, while nothing was sent."""

    def __init__(self, context: BulkContext, line: InputLine) -> None:
        self.is_reading = False
        """Whether the dry run is in progress."""
        self.is_tall = False
        """Whether the form is beside the orders rather than above them."""
        self._context = context
        self._line = line
        self._screen = context.screen
        self._workspace = context.workspace
        self._sheet = context.sheet
        self._known: dict[str, Document] = {}

    def open(self, field: Pointer | None) -> None:
        """Show the recipe, open the editor of a field if one is given, and do the dry run."""
        context = self._context
        found = {id: self._workspace.orders.find(id) for id in context.job.orders}
        self._known = {id: document for id, document in found.items() if document is not None}
        context.in_recipe = context.is_open and (field is not None or context.job.recipe.is_empty)
        self.show(field)
        context.show_all()
        self._screen.give_focus()
        if context.in_recipe and field is not None:
            self._sheet.open_editor(field, self.typed().get(field))
        elif context.is_open and self.typed():
            self._screen.show_notice(
                f"Text typed in a field was kept; {self._screen.key('open')} on the field continues it."
            )
        self.look()

    def show(self, pointer: Pointer | None = None) -> None:
        """Show the current recipe, with the cursor on a field if one is given."""
        rows = recipe_rows(self._context.job.recipe, self._workspace.orders.suggestions())
        if pointer is None:
            self._sheet.set_rows(rows)
        else:
            self._sheet.load(rows, pointer)
        self.resize()

    def resize(self) -> None:
        """Set the form's height: the full height beside the orders, otherwise what its rows or editor need."""
        lines = _EDITOR_LINES if self._sheet.editing is not None else max(2, min(len(self._sheet.rows), 5))
        self._sheet.styles.height = "1fr" if self.is_tall else lines

    def change(self, recipe: BulkChange, pointer: Pointer | None = None) -> None:
        """Change the recipe and repeat the dry run."""
        try:
            self._workspace.jobs.change(self._context.job, recipe)
        except (JobConflict, StoreError) as error:
            self._screen.show_notice(str(error), "warning")
            return
        self.show(pointer)
        self.look()

    # The dry run.

    def look(self, *, again: bool = False) -> None:
        """Do the dry run with the orders already read, or read them again first."""
        if self._context.is_open:
            self._screen.run_worker(self._dry_run(again=again), name="dry run", group="read", exclusive=True)

    async def _dry_run(self, *, again: bool) -> None:
        job = self._context.job
        read = {id: order.applied.edit.base for id, order in job.orders.items() if order.applied is not None}
        self.is_reading = True
        try:
            await self._workspace.jobs.dry_run(job, {} if again else {**self._known, **read})
        except (JobConflict, StoreError) as error:
            self._screen.show_notice(str(error), "warning")
        finally:
            self.is_reading = False
        if self._screen.is_attached:
            self._context.show_all()

    # The editors.

    @property
    def place(self) -> str:
        """The key under which unsaved texts are stored."""
        return f"bulk-{self._context.job.id}"

    def typed(self) -> dict[Pointer, str]:
        """The unsaved texts, by field."""
        return self._workspace.account.drafts.typed(self.place)

    def typing(self, pointer: Pointer, text: str) -> None:
        """Store the text being typed."""
        with self._screen.report_store_errors():
            self._workspace.account.drafts.save_typed(TypedText(self.place, pointer, text))

    def left(self, pointer: Pointer, text: str | None) -> None:
        """Handle a closed editor; `text` is None if its value was accepted."""
        with self._screen.report_store_errors():
            if text is None:
                self._workspace.account.drafts.drop_typed(self.place, pointer)
            else:
                self._screen.show_notice(
                    f"Not accepted; {self._screen.key('open')} on the field continues with the typed text."
                )

    def entered(self, pointer: Pointer, entry: ValidValue) -> None:
        """Handle a value accepted in the editor of a field or of the tags. A typed unit becomes an assignment, too."""
        recipe = self._context.job.recipe
        if pointer in (ADD_TAGS, REMOVE_TAGS):
            tags = tuple(cast("list[str]", entry.value or []))
            add, remove = recipe.add_tags, recipe.remove_tags
            recipe = recipe.with_tags(tags, remove) if pointer == ADD_TAGS else recipe.with_tags(add, tags)
        elif (assignment := recipe.assignment(pointer.tokens)) is not None:
            recipe = recipe.with_assignment(replace(assignment, value=entry.value))
            for other, value in entry.beside:
                recipe = recipe.with_assignment(replace(assignment, path=other.tokens, value=value))
        self.change(recipe)

    # Commands.

    def _assignment(self) -> FieldAssignment | None:
        """The field of the recipe under the cursor. If there is none, a notice says so."""
        recipe, pointer = self._context.job.recipe, self._sheet.cursor_pointer
        assignment = recipe.assignment(pointer.tokens) if pointer is not None else None
        if not self._context.may_change():
            return None
        if assignment is None and len(recipe.assignments) == 1:
            (assignment,) = recipe.assignments
        if assignment is None:
            self._screen.show_notice(
                f"This works on a field of the change. Press {self._screen.key('pane')} to go there; "
                f"{self._screen.key('add')} adds a field."
            )
        return assignment

    @handles("add")
    async def add(self, key: str) -> None:
        if not self._context.may_change():
            return
        recipes = SavedChanges(self._workspace.account).all()
        title = "Add a field, or choose a saved change"
        choice = await self._screen.ask_screen(field_picker(self._workspace, title, recipes))
        if choice is None:
            return
        recipe = self._context.job.recipe
        if choice.recipe is not None:
            self.change(choice.recipe)
        elif choice.field is not None:
            path = choice.field.path
            self._context.in_recipe = True
            self.change(recipe.with_assignment(recipe.assignment(path) or FieldAssignment(path)), Pointer(path))
            self._sheet.open_editor(Pointer(path))
            self._screen.give_focus()

    @handles("tags")
    def edit_tags(self, key: str) -> None:
        if self._context.may_change():
            self._context.in_recipe = True
            self._screen.give_focus()
            self._sheet.open_editor(ADD_TAGS)

    @handles("drop")
    def drop(self, key: str) -> None:
        if (assignment := self._assignment()) is not None:
            self.change(self._context.job.recipe.without(assignment.path))

    @handles("only_empty")
    def only_empty(self, key: str) -> None:
        if (assignment := self._assignment()) is not None:
            self.change(
                self._context.job.recipe.with_assignment(replace(assignment, only_empty=not assignment.only_empty))
            )

    @handles("empty_value")
    async def clear(self, key: str) -> None:
        assignment = self._assignment()
        known = field_at(assignment.pointer) if assignment is not None else None
        if assignment is None or known is None:
            return
        answers = [("e", "empty text")] if known.patch.empty else []
        answers += [("n", "null: remove it")] if known.patch.nullable else []
        answers += [("a", "no value yet")] if assignment.value is not ABSENT else []
        values = {"e": "", "n": None, "a": ABSENT}
        if not answers:
            self._screen.show_notice("A PATCH cannot clear this field.")
        else:
            answer = await self._screen.ask(f"{known.caption} becomes", answers)
            if answer is not None:
                self.change(self._context.job.recipe.with_assignment(replace(assignment, value=values[answer])))

    @handles("save")
    async def save(self, key: str) -> None:
        recipe, recipes = self._context.job.recipe, SavedChanges(self._workspace.account)
        if recipe.is_empty:
            self._screen.show_notice("There is nothing to save yet.")
            return
        if recipe.name and recipe in recipes.all():
            answers = [("n", "save under another name"), ("f", "delete it")]
            answer = await self._screen.ask(f"Saved as {recipe.name}.", answers)
            if answer == "f":
                recipes.forget(recipe.name)
                self._screen.show_notice(f"{recipe.name} deleted.")
            if answer != "n":
                return
        name = await self._line.ask("name: ", recipe.name)
        if name:
            recipe = replace(self._context.job.recipe, name=name)
            recipes.save(recipe)
            if self._context.is_open:
                self.change(recipe)
            self._screen.show_notice(
                f"Saved as {name}; {self._screen.key('set_field', Context.TRIAGE)} in the order list offers it."
            )

    def drop_if_empty(self) -> None:
        """Delete a change with an empty recipe when its screen is closed."""
        if self._context.is_open and self._context.job.recipe.is_empty:
            with self._screen.report_store_errors():
                self._workspace.jobs.drop(self._context.job)
