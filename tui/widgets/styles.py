"""The tones that lines are drawn in, worked out once a screen: Textual would do it for every view of lines anew."""

from typing import Any, ClassVar, TypeVar, cast

from rich.style import Style
from textual.screen import Screen
from textual.widget import Widget

R = TypeVar("R")

TONES = frozenset(
    [
        "dim",
        "title",
        "error",
        "service",
        "warning",
        "conflict",
        "info",
        "changed",
        "good",
        "mark",
        "edit",
        "caret",
        "current",
    ]
)


class StyledScreen(Screen[R], inherit_bindings=False):
    """A screen that views of lines can stand on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--cursor",
        "line--cursor-away",
        "line--header",
        *(f"line--{tone}" for tone in sorted(TONES)),
    }
    DEFAULT_CSS = """
    StyledScreen {
        & > .line--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .line--cursor-away {
            background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        }
        & > .line--header { color: $text-muted; text-style: underline; }
        & > .line--dim { color: $text-muted; }
        & > .line--title { text-style: bold; }
        & > .line--error { color: $text-error; }
        & > .line--service { color: $text-error; text-style: bold; }
        & > .line--warning { color: $text-warning; }
        & > .line--conflict { color: $text-accent; text-style: bold; }
        & > .line--info { color: $text-secondary; }
        & > .line--changed { color: $text-primary; text-style: bold; }
        & > .line--good { color: $text-success; }
        & > .line--mark { text-style: bold; }
        & > .line--edit { color: $text; }
        & > .line--caret { text-style: reverse; }
        &:ansi > .line--dim { text-style: dim; }
        &:ansi > .line--changed { color: ansi_bright_blue; }
        & > .line--current { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tones_version = 0
        """Counts up whenever the tones changed, so that lines kept can be dropped."""
        self._tones: dict[tuple[str, str], Style] = {}

    def tone(self, name: str, bar: str = "") -> Style:
        """The style of a tone, "" being plain, on the cursor's bar where `bar` names one: `cursor` or `cursor-away`."""
        style = self._tones.get((name, bar))
        if style is None:
            style = self.get_component_rich_style(f"line--{name}") if name else self.rich_style
            if bar:
                below = self.get_component_rich_style(f"line--{bar}")
                style = below + Style(bold=style.bold or below.bold, underline=style.underline)
            self._tones[name, bar] = style
        return style

    def notify_style_update(self) -> None:
        self._tones.clear()
        self.tones_version += 1
        super().notify_style_update()


def tones_of(view: Widget) -> StyledScreen[Any]:
    """The screen that a view stands on."""
    return cast("StyledScreen[Any]", view.screen)
