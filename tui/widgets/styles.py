"""The styles of drawn lines, resolved once for each screen. Textual would resolve them for every widget."""

from typing import Any, ClassVar, TypeVar, cast

from rich.style import Style
from textual.screen import Screen
from textual.widget import Widget

R = TypeVar("R")

LINE_STYLES = frozenset(
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
    """A screen that can contain line views. Provides their styles."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--cursor",
        "line--cursor-away",
        "line--header",
        *(f"line--{line_style}" for line_style in sorted(LINE_STYLES)),
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
        self.style_version = 0
        """Increases whenever styles change, so that cached lines can be dropped."""
        self._styles: dict[tuple[str, str], Style] = {}

    def line_style(self, style_name: str, bar: str = "") -> Style:
        """The style of a name, "" being plain; on the cursor line if `bar` is `cursor` or `cursor-away`."""
        style = self._styles.get((style_name, bar))
        if style is None:
            style = self.get_component_rich_style(f"line--{style_name}") if style_name else self.rich_style
            if bar:
                below = self.get_component_rich_style(f"line--{bar}")
                style = below + Style(bold=style.bold or below.bold, underline=style.underline)
            self._styles[style_name, bar] = style
        return style

    def notify_style_update(self) -> None:
        self._styles.clear()
        self.style_version += 1
        super().notify_style_update()


def screen_of(view: Widget) -> StyledScreen[Any]:
    """The screen of a widget, which provides its line styles."""
    return cast("StyledScreen[Any]", view.screen)
