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


async def test_a_question_that_does_not_fit_is_a_panel_with_whole_answers() -> None:
    bar, answers = QuestionBar(), []
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(60, 24)) as pilot:
        bar.ask("Undo", [("o", "#4597 only"), ("j", "the whole of customer note of all twelve orders")], answers.append)
        await pilot.pause()
        assert screen_lines(app)[20:] == [
            " Undo",
            " o #4597 only",
            " j the whole of customer note of all twelve orders",
            " Esc cancel",
        ]
        await pilot.press("j")
        assert answers == ["j"]
        titles = ["in an hour", "in 4 hours", "tomorrow 08:00", "Monday 08:00", "in a week"]
        bar.ask("Snooze the order until", [*zip("14tmw", titles, strict=True)])
        await pilot.pause()
        assert screen_lines(app)[21:] == [
            " Snooze the order until",
            " 1 in an hour       t tomorrow 08:00   w in a week",
            " 4 in 4 hours       m Monday 08:00     Esc cancel",
        ]
        # A question that fits uses one line again.
        bar.ask("Sure?", [("y", "yes")])
        await pilot.pause()
        assert screen_lines(app)[22:] == ["", " Sure?  y yes  Esc cancel"]


async def test_every_key_of_a_panel_is_visible_at_any_size() -> None:
    bar = QuestionBar()
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(40, 10)) as pilot:
        bar.ask("Ship to, house number and more of it:", [(key, f"for all {key * 30}") for key in "abc"])
        for size in ((40, 10), (60, 6), (24, 5), (160, 45)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert all(f" {key} fo" in "\n".join(screen_lines(app)) for key in "abc"), size
            assert any("Esc" in line for line in screen_lines(app)), size


async def test_a_long_answer_is_wrapped() -> None:
    bar = QuestionBar()
    app = WidgetApp(Pane(), bar)
    async with app.run_test(size=(40, 24)) as pilot:
        bar.ask("Fix", [("1", "house number inside of the street, 12 orders"), ("2", "no weight, 3 orders")])
        await pilot.pause()
        assert screen_lines(app)[19:] == [
            " Fix",
            " 1 house number inside of the street,",
            "   12 orders",
            " 2 no weight, 3 orders",
            " Esc cancel",
        ]


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


async def test_a_long_question_is_wrapped_and_leaves_room_for_its_answers() -> None:
    bar = QuestionBar()
    async with WidgetApp(Pane(), bar).run_test(size=(50, 12)) as pilot:
        bar.ask("A very long question " * 8, [("y", "send"), ("n", "not")])
        await pilot.pause()
        assert all(line.startswith(" ") for line in screen_lines(pilot.app)[8:])
        assert screen_lines(pilot.app)[10].endswith("…")
        assert screen_lines(pilot.app)[-1] == " y send      n not       Esc cancel"
