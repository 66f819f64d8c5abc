"""Tests for questions: only their own keys answer, only after they were painted, and pastes never do."""

from textual import events
from textual.widget import Widget
from widget_harness import WidgetApp, screen_lines

from tui.widgets.dialogs import QuestionBar


class Pane(Widget, can_focus=True):
    DEFAULT_CSS = "Pane { height: 1fr; }"


def key(name: str, time: float) -> events.Key:
    event = events.Key(name, name if len(name) == 1 else None)
    event.time = time
    return event


async def test_type_ahead_does_not_answer_a_question() -> None:
    bar, answers = QuestionBar(), []
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(80, 6)) as pilot:
        bar.ask("Send 3 orders?", [("y", "send"), ("n", "not")], answers.append)
        bar.on_key(key("y", 1e12))
        assert bar.is_open, "it is not painted yet"
        await pilot.pause()
        assert bar.painted_at is not None
        bar.on_key(key("y", bar.painted_at - 0.001))
        assert bar.is_open, "the key was read before the question was painted"
        assert screen_lines(app)[5].startswith(" Send 3 orders?  y send  n not  Esc cancel")
        await pilot.press("enter", "space", "x")
        assert bar.is_open
        app.post_message(events.Paste("y"))
        await pilot.pause()
        assert bar.is_open
        assert "pastes are ignored here" in screen_lines(app)[5]
        await pilot.press("y")
        assert answers == ["y"]
        assert not bar.is_open
        assert [event.answer for event in app.take_messages(QuestionBar.Answered)] == ["y"]
        await pilot.press("y")
        assert answers == ["y"]


async def test_confirmation_requires_the_number() -> None:
    bar, answers = QuestionBar(), []
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(80, 6)) as pilot:
        bar.confirm("Delete? Type its number:", "NL-4", answers.append)
        await pilot.pause()
        await pilot.press("enter", *"NL", "enter")
        assert bar.is_open
        assert "does not match" in screen_lines(app)[5]
        app.post_message(events.Paste("-4"))
        await pilot.pause()
        await pilot.press("-", "4", "enter")
        assert answers == ["NL-4"]


async def test_escape_and_a_second_question_cancel() -> None:
    bar, answers = QuestionBar(), []
    async with WidgetApp(Pane(), bar).run_test(size=(80, 6)) as pilot:
        bar.ask("First?", [("y", "yes")], answers.append)
        bar.ask("Second?", [("y", "yes")], lambda answer: answers.append(f"second {answer}"))
        await pilot.pause()
        assert answers == [None]
        await pilot.press("escape")
        assert answers == [None, "second None"]


async def test_every_key_is_visible_with_long_answers() -> None:
    bar = QuestionBar()
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(60, 6)) as pilot:
        bar.ask("Undo", [("o", "#4597 only"), ("j", "the whole of customer note of all twelve orders")])
        await pilot.pause()
        assert screen_lines(app)[5] == " Undo  o #4597 only  j the whole of customer n…  Esc cancel"
        bar.ask("Ship to, house number and more of it:", [(key, f"for all {key * 30}") for key in "abc"])
        await pilot.pause()
        assert all(f" {key} for" in screen_lines(app)[5] for key in "abc")
        assert screen_lines(app)[5].endswith("Esc cancel")


async def test_question_keeps_the_focus() -> None:
    pane, bar = Pane(), QuestionBar()
    app = WidgetApp(pane, bar)
    async with app.run_test(size=(80, 6)) as pilot:
        bar.ask("Sure?", [("y", "yes")])
        await pilot.pause()
        pane.focus()
        await pilot.pause()
        assert app.focused is bar
        await pilot.press("tab", "ctrl+q")
        assert bar.is_open


async def test_long_question_leaves_room_for_its_answers() -> None:
    bar = QuestionBar()
    async with WidgetApp(Pane(), bar).run_test(size=(50, 4)) as pilot:
        bar.ask("A very long question " * 5, [("y", "send"), ("n", "not")])
        await pilot.pause()
        assert "… " in screen_lines(pilot.app)[3]
        assert screen_lines(pilot.app)[3].endswith(" y send  n not  Esc cancel")
