"""The form controller on a draft and on a staged order, without a screen: each operation saves, reports and moves the cursor."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
import pytest_asyncio
from batch_harness import BatchHarness, stage
from sandbox_harness import order
from textual.screen import Screen

from tui.api.codec import Json, decode, encode
from tui.api.models import Group, Operation
from tui.api.pointer import ABSENT, Pointer
from tui.keymap import Context, usual_key
from tui.orders.fields import field_at
from tui.orders.paths import ITEMS
from tui.orders.value_parser import ValidValue
from tui.screens.common.routes import ShowText
from tui.screens.common.workspace import Workspace
from tui.screens.composer.staged_target import StagedTarget
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.address import AddressScreen
from tui.screens.order.form_controller import FormController
from tui.screens.order.form_rows import FormSpec, FormView, sheet_rows
from tui.screens.order.form_target import FormTarget
from tui.screens.order.typed_texts import TypedTexts
from tui.store.db import StoreError
from tui.user_keys import Keymap
from tui.widgets.form_layout import FieldRow, GroupRow, SheetRow
from tui.work.batches.staging import Staging
from tui.work.drafts.drafts import Drafts

T = TypeVar("T")

SHIP = Pointer.of("shipping_address")
NAME = SHIP / "name"
PHONE = SHIP / "phone_number"
ITEM_NAME = ITEMS / 0 / "name"


@dataclass
class Sheet:
    """The rows of the form with a cursor, without drawing."""

    make: Callable[[], Sequence[SheetRow]]
    cursor_pointer: Pointer | None = None
    editing: Pointer | None = None
    opened: list[str | None] = field(default_factory=list)

    @property
    def rows(self) -> Sequence[SheetRow]:
        return self.make()

    @property
    def cursor_field(self) -> FieldRow | None:
        return self.field(self.cursor_pointer) if self.cursor_pointer is not None else None

    def field(self, pointer: Pointer) -> FieldRow | None:
        return next((row for row in self.rows if isinstance(row, FieldRow) and row.pointer == pointer), None)

    def go_to(self, pointer: Pointer) -> bool:
        self.cursor_pointer = pointer
        return True

    def go_to_row(self, row: int) -> bool:
        found = self.rows[row]
        assert isinstance(found, GroupRow)
        first = self.rows[row + 1]
        return isinstance(first, FieldRow) and self.go_to(first.pointer)

    def home(self) -> None:
        self.cursor_pointer = next(row.pointer for row in self.rows if isinstance(row, FieldRow))

    def open_editor(self, pointer: Pointer | None = None, text: str | None = None) -> bool:
        self.opened.append(text)
        return True


@dataclass
class Host:
    """Answers questions from a list, and records the notices."""

    answers: list[str | None] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    shown: int = 0
    left: list[bool] = field(default_factory=list)
    screens: list[AddressScreen] = field(default_factory=list)
    pages: list[ShowText] = field(default_factory=list)
    address: list[tuple[Pointer, Json]] | None = None
    """The result of the address screen."""
    is_editable: bool = True

    WHERE = Context.EDIT

    def key(self, id: str) -> str:
        return usual_key(id, self.WHERE)

    async def ask(self, text: str, answers: Sequence[tuple[str, str]]) -> str | None:
        self.asked.append((text, dict(answers)))
        answer = self.answers.pop(0)
        assert answer is None or answer in dict(answers)
        return answer

    def show_notice(self, text: str, tone: str = "info") -> None:
        self.notices.append(text)

    @contextmanager
    def saving(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self.show_notice(f"not saved: {error}")

    @contextmanager
    def report_store_errors(self) -> Iterator[None]:
        yield

    def may_edit(self) -> bool:
        return self.is_editable

    def show_order(self) -> None:
        self.shown += 1

    def show_form(self) -> None:
        pass

    def editor_left(self, changed: bool) -> None:
        self.left.append(changed)

    def show_keys(self) -> None:
        pass

    async def ask_screen(self, screen: Screen[T]) -> T | None:
        assert isinstance(screen, AddressScreen)
        self.screens.append(screen)
        return cast("T | None", self.address)

    @property
    def workspace(self) -> Workspace:
        return cast(
            Workspace, SimpleNamespace(go=self.pages.append, ask_screen=self.ask_screen, keymap=Keymap(), colour="")
        )


@dataclass
class Form:
    harness: BatchHarness
    target: FormTarget
    host: Host
    sheet: Sheet
    controller: FormController

    @property
    def document(self) -> Any:
        return self.target.document

    def at(self, pointer: Pointer) -> None:
        self.sheet.go_to(pointer)


@pytest_asyncio.fixture(params=["draft", "staged"])
async def form(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Form]:
    harness = BatchHarness(tmp_path / "data")
    await harness.open()
    document = order(order_id="T", order_number="T", shipping_address__phone_number="4930123456")
    document["shipping_address"]["country_code"] = "DE"
    document["shipping_address"]["postal_code"] = "01069"
    target: OpenDraft | StagedTarget
    if request.param == "draft":
        read = decode(encode({**document, "id": "700001"}))
        assert isinstance(read, dict)
        found = OpenDraft.of(harness.account, harness.clock.now, "700001", read)
        assert found is not None
        target = found
        target.check()
    else:
        (id,) = stage(harness.staging, document)
        staged = harness.staging.get(id)
        assert staged is not None
        target = StagedTarget(harness.staging, staged)

    def rows() -> Sequence[SheetRow]:
        edit = target.edit if isinstance(target, OpenDraft) else target.order.edit
        spec = FormSpec(edit, target.OPERATION, controller.view, words=controller.words, fixed=False)
        return sheet_rows(spec)

    host, sheet = Host(), Sheet(rows)
    controller = FormController(
        cast(Any, host), host, cast(Any, sheet), TypedTexts(harness.account.drafts), lambda: target
    )
    yield Form(harness, target, host, sheet, controller)
    harness.account.store.close()
    await harness.account.client.aclose()
    harness.sandbox.close()


def saved(form: Form) -> Any:
    """Return the order as it is stored."""
    store = form.harness.account.store
    if form.target.OPERATION is Operation.PATCH:
        draft = Drafts(store, form.harness.account.account_id, form.harness.clock.now).get(form.target.id)
        return draft.edit.document if draft is not None else None
    found = Staging(form.harness.account).get(form.target.id)
    return found.document if found is not None else None


async def test_a_value_is_saved_and_its_text_forgotten(form: Form) -> None:
    form.at(NAME)
    form.controller.typing(NAME, "Jan")
    form.controller.entered(NAME, ValidValue("Jan"))
    form.controller.editor_left(NAME, None)
    assert form.document["shipping_address"]["name"] == "Jan"
    assert saved(form)["shipping_address"]["name"] == "Jan"
    assert form.host.shown == 1
    assert form.host.left == [False]
    assert form.controller.typed == {}
    assert form.harness.account.drafts.typed(form.target.typed_key) == {}
    form.controller.undo()
    assert form.document["shipping_address"]["name"] == "John Doe"
    form.controller.redo()
    assert form.document["shipping_address"]["name"] == "Jan"


async def test_text_that_was_not_accepted_is_kept_and_continued(form: Form) -> None:
    form.at(NAME)
    form.controller.typing(NAME, "Ja")
    form.controller.editor_left(NAME, "Ja")
    assert form.controller.typed == {NAME: "Ja"}
    form.controller.open_editor()
    assert form.sheet.opened == ["Ja"]
    form.controller.revert()
    assert "unsaved text was discarded" in form.host.notices[-1]
    assert form.harness.account.drafts.typed(form.target.typed_key) == {}
    form.controller.revert()
    assert form.target.ORIGINAL in form.host.notices[-1]


async def test_text_stays_where_its_value_could_not_be_saved(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bool:
        raise StoreError("disk full")

    form.at(NAME)
    form.controller.typing(NAME, "Jan")
    with monkeypatch.context() as broken:
        broken.setattr(type(form.target), "put", full)
        form.controller.entered(NAME, ValidValue("Jan"))
    assert form.host.notices == ["not saved: disk full"]
    assert form.host.shown == 0
    form.controller.editor_left(NAME, None)
    assert form.controller.typed == {NAME: "Jan"}
    assert form.host.left == [True]


async def test_a_changed_field_is_reverted(form: Form) -> None:
    form.at(NAME)
    form.controller.entered(NAME, ValidValue("Jan"))
    form.controller.revert()
    assert form.document["shipping_address"]["name"] == "John Doe"
    assert form.host.notices[-1] == f"name: {form.target.ORIGINAL}."


@pytest.mark.parametrize(("pointer", "answer"), [(Pointer.of("order_details", "notes"), "a"), (NAME, None)])
async def test_a_field_is_cleared_by_the_answer_of_a_question(form: Form, pointer: Pointer, answer: str | None) -> None:
    form.at(pointer)
    form.host.answers = [answer] if answer is None or form.target.OPERATION is Operation.POST else ["e"]
    before = pointer.get(form.document)
    row = form.sheet.cursor_field
    known = field_at(pointer)
    assert row is not None
    assert known is not None
    choices = {choice.key: choice for choice in form.target.empty_choices(row, known)}
    if not choices:
        await form.controller.clear()
        assert "required" in form.host.notices[-1]
        return
    if answer is not None and form.host.answers[0] not in choices:
        form.host.answers = [next(iter(choices))]
    expected = form.host.answers[0]
    await form.controller.clear()
    assert form.host.asked[-1][0] == f"{row.label} becomes"
    assert pointer.get(form.document) == (before if expected is None else choices[expected].value)


async def test_a_field_that_the_api_does_not_have_is_not_cleared(form: Form) -> None:
    form.at(Pointer.of("unknown"))
    await form.controller.clear()
    assert form.host.notices == ["There is no API field here."]
    assert form.host.asked == []


async def test_a_fix_is_applied_where_the_cursor_is(form: Form) -> None:
    form.at(PHONE)
    form.controller.fix_here()
    assert form.document["shipping_address"]["phone_number"] == "+4930123456"
    assert form.host.notices[-1].startswith(f"{form.target.CHANGED}: ")
    if isinstance(form.target, OpenDraft):
        form.target.check()
    shown = form.host.shown
    while "No fix is proposed" not in form.host.notices[-1]:
        form.controller.fix(form.target, PHONE)
        if isinstance(form.target, OpenDraft):
            form.target.check()
        shown += 1
    assert form.host.shown == shown - 1


async def test_items_are_added_copied_moved_and_removed(form: Form) -> None:
    def names() -> list[Any]:
        return [item.get("name") for item in form.document["order_details"]["order_items"]]

    first, second = names()
    form.at(ITEM_NAME)
    form.host.answers = ["i", "c"]
    assert await form.controller.add() is None
    assert names() == [first, second, None]
    assert form.sheet.cursor_pointer == ITEMS / 2 / "name"
    form.at(ITEM_NAME)
    await form.controller.add()
    assert names() == [first, f"{first} (copy)", second, None]
    form.at(ITEM_NAME)
    form.controller.move_entry(1)
    assert names()[:2] == [f"{first} (copy)", first]
    assert form.sheet.cursor_pointer == ITEMS / 1 / "name"
    form.controller.remove_entry()
    assert form.host.notices[-1] == f"{first} removed; u undoes it."
    assert names() == [f"{first} (copy)", second, None]
    form.at(ITEM_NAME)
    form.controller.move_entry(-1)
    assert "cannot be moved further" in form.host.notices[-1]
    for _ in range(4):
        form.controller.undo()
    assert names() == [first, second]
    form.controller.undo()
    assert "Nothing to undo" in form.host.notices[-1]


async def test_further_answers_of_the_add_question_are_given_back(form: Form) -> None:
    form.at(NAME)
    form.host.answers = ["u", None]
    assert await form.controller.add([("u", "as an update")]) == "u"
    assert await form.controller.add([("u", "as an update")]) is None
    assert form.host.shown == 0


async def test_without_a_choice_an_item_is_added_without_a_question(form: Form) -> None:
    form.at(NAME)
    await form.controller.add()
    assert form.host.asked == []
    assert len(form.document["order_details"]["order_items"]) == 3


async def test_an_address_that_was_read_is_one_step(form: Form) -> None:
    form.at(Pointer.of("billing_address", "name"))
    await form.controller.read_address()
    assert form.host.shown == 0
    form.host.address = [(NAME, "Ann"), (SHIP / "city", "Uden")]
    await form.controller.read_address()
    assert [screen._pointer for screen in form.host.screens] == [Pointer.of("billing_address")] * 2
    assert form.host.notices[-1] == f"{form.target.CHANGED}: address from text, 2 fields. u undoes it."
    assert (form.document["shipping_address"]["name"], form.document["shipping_address"]["city"]) == ("Ann", "Uden")
    form.controller.undo()
    assert form.document["shipping_address"]["name"] == "John Doe"


async def test_narrowing_goes_to_the_first_field_and_leaves_the_cursor_on_it(form: Form) -> None:
    form.controller.narrow("postco")
    assert form.sheet.cursor_pointer == SHIP / "postal_code"
    assert len([row for row in form.sheet.rows if isinstance(row, FieldRow)]) < 4
    form.controller.end_narrowing()
    assert form.sheet.cursor_pointer == SHIP / "postal_code"
    assert form.controller.words == ""
    assert form.controller.view is FormView.USUAL


async def test_a_field_found_outside_the_view_changes_the_view(form: Form) -> None:
    rare = next(
        row.pointer
        for row in all_rows(form)
        if isinstance(row, FieldRow) and row.value is ABSENT and form.sheet.field(row.pointer) is None
    )
    form.at(rare)
    form.controller.end_narrowing()
    assert form.controller.view is FormView.ALL
    assert form.sheet.cursor_pointer == rare


def all_rows(form: Form) -> Sequence[SheetRow]:
    view, form.controller.view = form.controller.view, FormView.ALL
    rows = list(form.sheet.rows)
    form.controller.view = view
    return rows


async def test_groups_are_stepped_through_and_chosen_by_number(form: Form) -> None:
    form.controller.view = FormView.ALL
    form.at(NAME)
    names, groups = [str(group) for group in Group], form.controller.groups
    assert groups.current() == names[0]
    for name in (*names[1:], names[0]):
        groups.step(1)
        assert groups.current() == name, form.host.notices
    groups.step(-1)
    assert groups.current() == names[-1]
    groups.go_to_number("4")
    assert groups.current() == names[3]
    groups.go_to_number("0")
    assert "no tab 0" in form.host.notices[-1]


async def test_no_editor_is_opened_where_the_order_may_not_be_changed(form: Form) -> None:
    form.at(NAME)
    form.host.is_editable = False
    form.controller.open_editor()
    assert form.sheet.opened == []


async def test_a_paste_that_looks_like_an_address_is_offered_to_be_read(form: Form) -> None:
    form.at(NAME)
    form.host.answers = ["a", None]
    assert not await form.controller.pasted("hello")
    assert await form.controller.pasted("Kerkstraat 1, Oss")
    assert await form.controller.pasted("Kerkstraat 1, Oss")
    assert len(form.host.screens) == 1


async def test_a_long_value_or_the_whole_order_is_shown_as_a_page(form: Form) -> None:
    form.at(NAME)
    form.controller.show_long_text()
    form.controller.entered(NAME, ValidValue("a name with more than twenty letters"))
    form.controller.show_long_text()
    whole, name = form.host.pages
    assert '"order_number": "T"' in whole.text
    assert name == ShowText("Ship to, name", "a name with more than twenty letters")
