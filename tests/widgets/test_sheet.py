"""Tests for the form: its lines, what each editor posts, and that nothing is posted that was not typed."""

from decimal import Decimal

import pytest
from textual import events
from widget_harness import WidgetApp, record_drawn_lines, screen_lines

from tui.api.codec import Json
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.orders.countries import countries, states
from tui.orders.value_parser import show_value
from tui.widgets.editing.text_model import PASTE_LIMIT
from tui.widgets.form_layout import FieldRow, GroupRow, NoteRow, SheetRow
from tui.widgets.lines import LineView
from tui.widgets.sheet import OrderSheet

ADDRESS = Pointer.of("shipping_address")
ITEM = Pointer.of("order_details", "order_items", 1)


def field(pointer: Pointer, label: str, kind: str = "text", value: Json | Absent = ABSENT, **more: object) -> FieldRow:
    return FieldRow(pointer, label, kind, value, show_value(kind, value), **more)  # type: ignore[arg-type]


def form() -> list[SheetRow]:
    return [
        GroupRow("Ship to", ADDRESS, changes=1, problems=2),
        field(ADDRESS / "name", "name", value="Jeroen [red]Maes"),
        field(ADDRESS / "house_number", "house number", value="12B", was="· empty ·", mark="*"),
        field(ADDRESS / "phone_number", "phone", value="0478 12", mark="S"),
        NoteRow(ADDRESS / "phone_number", "service 08:29: String should have at least 8 characters", "service"),
        field(ADDRESS / "country_code", "country", "country", "BE", choices=countries()),
        field(ADDRESS / "state", "province", "state", ABSENT, choices=states("IT")),
        GroupRow("Items", Pointer.of("order_details", "order_items")),
        field(ITEM / "name", "name", value="Mug", editable=False, reason="PATCH cannot rename an item"),
        field(ITEM / "quantity", "quantity", "integer", 2, indent=1),
        field(ITEM / "weight", "weight", "number", Decimal("0.40")),
        field(ITEM / "note", "note", "lines", "a\nb"),
        field(ITEM / "tags", "tags", "tags", ["gift, red", "new"]),
        field(ITEM / "gift", "gift", "bool", False),
        field(ITEM / "status", "status", "word", "open", choices=(("open", ""), ("closed", ""))),
        field(ITEM / "extra", "extra", "text", {"a": Decimal("1.50")}),
        GroupRow("Duty", Pointer.of("customs_details")),
        NoteRow(Pointer.of("customs_details", "odd"), "nobody knows this place", "error", "!"),
    ]


def values(app: WidgetApp) -> list[tuple[str, Json]]:
    return [(event.pointer.name, event.entry.value) for event in app.take_messages(OrderSheet.FieldChanged)]


async def test_form_is_drawn() -> None:
    sheet = OrderSheet()
    async with WidgetApp(sheet).run_test(size=(60, 20)) as pilot:
        sheet.load(form())
        sheet.move(1)
        await pilot.pause()
        assert screen_lines(pilot.app)[:9] == [
            "── Ship to ──────────────────────────────────────── *1 !2 ──",
            "   name         Jeroen [red]Maes",
            ">* house number 12B                           was · empty ·",
            " S phone        0478 12",
            "      service 08:29: String should have at least 8",
            "      characters",
            "   country      BE",
            "   province     · absent ·",
            "── Items ───────────────────────────────────────────────────",
        ]
        assert "  quantity" in screen_lines(pilot.app)[10]


@pytest.mark.parametrize("height", [3, 4, 6])
async def test_notes_are_shown_with_their_field(height: int) -> None:
    sheet = OrderSheet()
    async with WidgetApp(sheet).run_test(size=(60, height)) as pilot:
        sheet.load(form())
        sheet.move(2)
        await pilot.pause()
        lines = [line.strip() for line in screen_lines(pilot.app)]
        assert "service 08:29: String should have at least 8" in lines
        assert "characters" in lines
        assert any(line.startswith(">S phone") for line in lines)


async def test_cursor_selects_fields_lone_notes_and_empty_groups() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        pointers = [sheet.cursor_pointer]
        for _ in range(20):
            sheet.move(1)
            pointers.append(sheet.cursor_pointer)
        seen = list(dict.fromkeys(pointers))
        fields = [row.pointer for row in form() if isinstance(row, FieldRow)]
        assert seen == [*fields, Pointer.of("customs_details", "odd")]
        await pilot.pause()
        assert app.take_messages(LineView.CursorMoved)


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        (ADDRESS / "phone_number", "phone_number"),
        (ADDRESS, "name"),
        (ITEM / "weight" / "unit", "weight"),
        (ITEM / "unknown", "name"),
        (Pointer.of("customs_details", "odd"), "odd"),
        (Pointer.of("nowhere"), None),
        (ROOT, None),
    ],
)
async def test_go_to_selects_the_field_or_the_nearest_row(pointer: Pointer, found: str | None) -> None:
    sheet = OrderSheet()
    async with WidgetApp(sheet).run_test(size=(60, 30)):
        sheet.load(form(), ITEM / "gift")
        assert sheet.cursor_pointer == ITEM / "gift"
        assert sheet.go_to(pointer) is (found is not None)
        assert sheet.cursor_pointer is not None
        assert sheet.cursor_pointer.name == (found or "gift")


async def test_step_problem() -> None:
    sheet = OrderSheet()
    async with WidgetApp(sheet).run_test(size=(60, 30)):
        sheet.load(form())
        assert sheet.step_problem(1)
        assert sheet.cursor_pointer == ADDRESS / "phone_number"
        assert sheet.step_problem(1)
        assert sheet.cursor_pointer == Pointer.of("customs_details", "odd")
        assert not sheet.step_problem(1)
        assert sheet.step_problem(-1)
        assert sheet.cursor_pointer == ADDRESS / "phone_number"


@pytest.mark.parametrize(
    ("name", "keys", "value"),
    [
        ("name", ["end", *" x"], "Jeroen [red]Maes x"),
        ("country_code", [*"ne", "down"], "NP"),
        ("country_code", [*"netherlands"], "NL"),
        ("country_code", [*"nl"], "NL"),
        ("state", [*"rm"], "IT-RM"),
        ("state", [*"zz"], "ZZ"),
        ("quantity", ["backspace", "5"], 5),
        ("weight", ["ctrl+u", *"0,38"], Decimal("0.38")),
        ("gift", ["y"], True),
        ("status", ["ctrl+u", *"on hold"], "on hold"),
        ("status", ["down", "down"], "closed"),
    ],
)
async def test_each_kind_can_be_edited_by_keys(name: str, keys: list[str], value: Json) -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        pointer = next(row.pointer for row in form() if isinstance(row, FieldRow) and row.pointer.name == name)
        assert sheet.open_editor(pointer)
        await pilot.press(*("space" if key == " " else key for key in keys), "enter")
        assert values(app) == [(name, value)]
        assert sheet.editing is None


@pytest.mark.parametrize(
    ("name", "keys", "value"),
    [
        ("note", ["enter", "c"], "a\nb\nc"),
        ("tags", ["enter", *"x, y"], ["gift, red", "new", "x, y"]),
        ("extra", ["ctrl+u", "up", "ctrl+u", "ctrl+k", *"7"], None),
    ],
)
async def test_multiline_text_is_accepted_by_tab(name: str, keys: list[str], value: Json) -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor(ITEM / name)
        await pilot.press(*("space" if key == " " else key for key in keys), "tab")
        if value is None:
            assert sheet.editing == ITEM / name, "the text is not JSON"
            assert any("(line 2, column" in line for line in screen_lines(app))
        else:
            assert values(app) == [(name, value)]
            assert sheet.editing != ITEM / name


async def test_unedited_value_is_not_posted() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 40)) as pilot:
        sheet.load(form())
        sheet.open_editor()
        for _ in range(20):
            await pilot.press("tab")
        assert not values(app)
        assert not app.take_messages(OrderSheet.Typing)
        assert len(app.take_messages(OrderSheet.EditorLeft)) == 12, "every editable field was opened in turn"


async def test_substitutes_are_never_posted() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 10)) as pilot:
        sheet.load([field(ADDRESS / "name", "name", value="J\x1b[31mx"), field(ADDRESS / "city", "city", value="")])
        sheet.open_editor()
        await pilot.press("y", "enter")
        assert values(app) == [("name", "J\x1b[31mxy")]
        await pilot.press("x")
        assert not values(app), "no editor is open"
        sheet.open_editor(ADDRESS / "city")
        app.post_message(events.Paste("␛"))
        await pilot.pause()
        await pilot.press("enter")
        assert not values(app)
        assert any("cannot be shown" in line for line in screen_lines(app))
        await pilot.press("backspace", "G", "enter")
        assert values(app) == [("city", "G")]


async def test_typing_hook_runs_before_drawing_and_text_can_be_restored() -> None:
    kept: list[tuple[str, str]] = []
    sheet = OrderSheet(typing_hook=lambda pointer, text: kept.append((pointer.name, text)))
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor()
        await pilot.press("x", "left", "y")
        assert kept == [("name", "Jeroen [red]Maesx"), ("name", "Jeroen [red]Maesyx")]
        assert [event.text for event in app.take_messages(OrderSheet.Typing)] == [text for _, text in kept]
        await pilot.press("escape")
        left = app.take_messages(OrderSheet.EditorLeft)
        assert [(event.accepted, event.text) for event in left] == [(False, "Jeroen [red]Maesyx")]
        sheet.open_editor(text="Jeroen [red]Maesyx")
        await pilot.press("enter")
        assert values(app) == [("name", "Jeroen [red]Maesyx")]
        assert sheet.cursor_pointer == ADDRESS / "house_number", "Enter accepts and moves down"


async def test_read_only_field_shows_the_reason() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        assert not sheet.open_editor(ITEM / "name")
        await pilot.pause()
        assert [event.reason for event in app.take_messages(OrderSheet.EditRefused)] == ["PATCH cannot rename an item"]


async def test_invalid_number_keeps_the_editor_open_with_a_reason() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor(ITEM / "quantity")
        await pilot.press("x")
        assert any("whole number" in line for line in screen_lines(app))
        await pilot.press("enter")
        assert sheet.editing == ITEM / "quantity"
        await pilot.press("backspace")
        assert not any("whole number" in line for line in screen_lines(app))
        assert not values(app)


async def test_pastes_are_joined_and_limited_with_a_notice() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor(ADDRESS / "house_number")
        app.post_message(events.Paste("12\r\n9000 Gent"))
        await pilot.pause()
        assert any("2 lines were joined" in line for line in screen_lines(app))
        app.post_message(events.Paste("x" * (PASTE_LIMIT + 1)))
        await pilot.pause()
        assert any("nothing was pasted" in line for line in screen_lines(app))
        await pilot.press("enter")
        assert values(app) == [("house_number", "12B12 9000 Gent")]


async def test_set_rows_keeps_cursor_and_editor_and_repaints_only_changes() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        rows = form()
        sheet.load(rows)
        sheet.open_editor(ADDRESS / "house_number")
        await pilot.press("x")
        await pilot.pause()
        drawn = record_drawn_lines(sheet)
        rows[3] = field(ADDRESS / "phone_number", "phone", value="+32 478 12 34 56", mark="*")
        sheet.set_rows(rows)
        await pilot.pause()
        assert set(drawn) == {3}
        rows.insert(1, field(ADDRESS / "company", "company"))
        sheet.set_rows(rows)
        await pilot.pause()
        assert (sheet.editing, sheet.editor_text) == (ADDRESS / "house_number", "12Bx")
        assert any(line.startswith(">* house number [12Bx") for line in screen_lines(app))
        sheet.set_rows(rows[:2])
        await pilot.pause()
        assert sheet.editing is None
        assert [event.text for event in app.take_messages(OrderSheet.EditorLeft)] == ["12Bx"]


async def test_cursor_stays_on_its_field_when_notes_change() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        rows = form()
        rows[4] = NoteRow(ADDRESS / "phone_number", "too short", "error")
        sheet.load(rows, ADDRESS / "country_code")
        sheet.set_rows([*rows[:4], *rows[5:10], NoteRow(ITEM / "quantity", "at least 1", "error"), *rows[10:]])
        await pilot.pause()
        assert sheet.cursor_pointer == ADDRESS / "country_code"
        assert any(line.startswith(">  country") for line in screen_lines(app))


async def test_text_is_edited_in_an_external_editor() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor(ITEM / "note")
        await pilot.press("ctrl+g")
        assert [(event.kind, event.text) for event in app.take_messages(OrderSheet.ExternalEditor)] == [
            ("lines", "a\nb")
        ]
        sheet.fill_editor("from\nelsewhere")
        await pilot.press("tab")
        assert values(app) == [("note", "from\nelsewhere")]


async def test_click_on_another_field_accepts_and_moves_there() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 40)) as pilot:
        sheet.load(form())
        sheet.open_editor(ADDRESS / "country_code")
        await pilot.press(*"fr")
        y = next(y for y, line in enumerate(screen_lines(app)) if "quantity" in line)
        await pilot.click(sheet, offset=(20, y))
        assert values(app) == [("country_code", "FR")]
        assert sheet.cursor_pointer == ITEM / "quantity"


async def test_key_redraws_only_the_editor() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        sheet.open_editor()
        await pilot.pause()
        drawn = record_drawn_lines(sheet)
        await pilot.press("x")
        await pilot.pause()
        assert set(drawn) == {1}


async def test_letters_in_an_editor_trigger_no_binding() -> None:
    sheet = OrderSheet()
    app = WidgetApp(sheet)
    app._bindings.bind("j", "boom", priority=True)
    app._bindings.bind("tab", "boom", priority=True)
    booms: list[bool] = []
    app.action_boom = lambda: booms.append(True)  # type: ignore[attr-defined]
    async with app.run_test(size=(60, 30)) as pilot:
        sheet.load(form())
        await pilot.press("j")
        assert booms == [True]
        sheet.open_editor()
        await pilot.press("j", "tab")
        assert booms == [True]
        assert values(app) == [("name", "Jeroen [red]Maesj")]
