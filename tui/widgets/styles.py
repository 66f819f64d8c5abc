"""The styles of drawn lines, resolved once for each screen. Textual would resolve them for every widget."""

from typing import Any, Final, Protocol, cast

from rich.style import Style
from textual.screen import Screen
from textual.widget import Widget

TITLE_COLOURS: Final = ("red", "green", "yellow", "blue", "magenta", "cyan")
"""The colours of titles that a profile can choose, each a style of that name."""

LINE_STYLES: Final = frozenset(
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
        "match",
        "edit",
        "caret",
        "current",
        *TITLE_COLOURS,
    ]
)


STYLE_CLASSES: Final = frozenset(
    ["line--cursor", "line--cursor-away", "line--header", *(f"line--{style}" for style in sorted(LINE_STYLES))]
)
"""The component classes of a screen with line views."""

_TITLE_CSS: Final = "\n".join(
    f"    & > .line--{name} {{ color: ansi_{name}; text-style: bold reverse; }}" for name in TITLE_COLOURS
)
_CSS: Final = """
SCREEN {
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
    & > .line--match { color: $text-accent; text-style: bold underline; }
    & > .line--edit { color: $text; }
    & > .line--caret { text-style: reverse; }
    &:ansi > .line--dim { text-style: dim; }
    &:nocolor > .line--cursor, &:nocolor > .line--current { text-style: reverse; }
    &:nocolor > .line--cursor-away { text-style: underline; }
    &:ansi > .line--changed { color: ansi_bright_blue; }
    & > .line--current { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    TITLES
}
"""


def style_css(screen: str) -> str:
    """The rules of the component classes, for a screen class of this name."""
    return _CSS.replace("SCREEN", screen).replace("    TITLES", _TITLE_CSS)


class StyleCache:
    """The styles of a screen's component classes."""

    def __init__(self, screen: Screen[Any]) -> None:
        self.version = 0
        """Increases when the styles change, so that cached lines can be dropped."""
        self._screen = screen
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, name: str, bar: str = "") -> Style:
        """The style of a tone ("" is plain), on a cursor bar if `bar` is `cursor` or `cursor-away`."""
        style = self._styles.get((name, bar))
        if style is None:
            screen = self._screen
            style = screen.get_component_rich_style(f"line--{name}") if name else screen.rich_style
            if bar:
                below = screen.get_component_rich_style(f"line--{bar}")
                style = below + Style(bold=style.bold or below.bold, underline=style.underline)
            self._styles[name, bar] = style
        return style

    def clear(self) -> None:
        """Drop cached styles after the screen's styles changed."""
        self._styles.clear()
        self.version += 1


class StyledScreen(Protocol):
    """A screen that can contain line views: it has the component classes and clears the cache when its styles change."""

    style_cache: StyleCache


def styles_of(view: Widget) -> StyleCache:
    """The styles of the screen that contains a view."""
    return cast(StyledScreen, view.screen).style_cache
