"""A minimal app for tests of widgets."""

from typing import ClassVar, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui.widgets.styles import STYLE_CLASSES, StyleCache, style_css

MessageT = TypeVar("MessageT", bound=Message)


class StyledScreen(Screen[None]):
    """A screen with the style cache that line views need."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLE_CLASSES)
    DEFAULT_CSS = style_css("StyledScreen")

    def __init__(self) -> None:
        super().__init__()
        self.style_cache = StyleCache(self)

    def notify_style_update(self) -> None:
        self.style_cache.clear()
        super().notify_style_update()


class WidgetApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets
        self.posted: list[Message] = []

    def get_default_screen(self) -> StyledScreen:
        return StyledScreen()

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def on_mount(self) -> None:
        self.widgets[0].focus()

    async def _dispatch_message(self, message: Message) -> None:
        if type(message).__module__.startswith("tui."):
            self.posted.append(message)
        await super()._dispatch_message(message)

    def take_messages(self, kind: type[MessageT]) -> list[MessageT]:
        """Return the messages of a kind that were posted since the last call."""
        found = [message for message in self.posted if isinstance(message, kind)]
        self.posted = [message for message in self.posted if not isinstance(message, kind)]
        return found


def screen_lines(app: App[None]) -> list[str]:
    """Return the lines of the screen as text."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def record_drawn_lines(widget: Widget) -> list[int]:
    """Return a list to which the numbers of the lines that the widget draws are added."""
    drawn: list[int] = []
    render = widget.render_line

    def record(y: int):  # type: ignore[no-untyped-def]
        drawn.append(y)
        return render(y)

    widget.render_line = record  # type: ignore[method-assign]
    return drawn
