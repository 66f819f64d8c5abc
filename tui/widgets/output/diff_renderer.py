"""Sends the terminal only the cells that changed. An app with this base writes a twentieth of the bytes per key.

Textual repaints whole lines, with all colours for each piece of text. Here each update is compared with the cells that
the terminal is known to show, and only the difference is written. This uses private names of Textual. If it lacks one,
or an update is not supported, Textual's own output is used.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.screen import Screen
from textual.strip import Strip

from tui.widgets.output.frame import Frame, Line, OutputCounts, UnsupportedUpdate
from tui.widgets.output.without_colour import WithoutColour

Result = TypeVar("Result")

_MIN_SYNCHRONISED: Final = 1000
"""Characters from which a frame is marked as one (mode 2026). Smaller ones arrive in one piece."""
_APP_NAMES: Final = ("_begin_update", "_end_update", "_batch_count", "_running", "_closed", "cursor_position")
_UNSUPPORTED: Final = (UnsupportedUpdate, AttributeError, TypeError, LookupError, ValueError)


class DiffRenderer(App[Result], Generic[Result]):
    """Base of an app. Call `forget_frame` and refresh the screen to repaint everything, as for Ctrl+L.

    `scrolls`: lines that moved are scrolled by the terminal instead of sent again. `shown_before`: the lines that the
    terminal shows before the first frame, if the driver keeps them.
    """

    scrolls = True
    shown_before: Sequence[Line] = ()
    _frame: Frame | None = None
    _watched_driver: Driver | None = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        # For NO_COLOR, Textual would send shades of grey.
        return [WithoutColour()] if self.no_color else super().get_line_filters()

    def forget_frame(self) -> None:
        if self._frame is not None:
            self._frame.forget()

    def on_resize(self) -> None:
        # At the start Textual reports the size, which has not changed.
        if self.output_counts.frames:
            self.forget_frame()

    @property
    def output_counts(self) -> OutputCounts:
        """What was sent to the terminal; zeros if Textual's own output is used."""
        return OutputCounts() if self._frame is None else self._frame.counts

    @property
    def shown_lines(self) -> list[list[tuple[str, str]]]:
        """The texts and pens of each line of the terminal; empty if Textual's own output is used."""
        return [] if self._frame is None else self._frame.lines()

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        # Textual would repaint a screen whenever the one below it changes, even if that is covered.
        return [] if self.screen.styles.background.a == 1 else super()._background_screens

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if driver is not None and driver is not self._watched_driver:
            self._watch(driver)
        is_shown = self._running and not self._closed and not self.is_headless and not self._batch_count
        if driver is None or self._frame is None or renderable is None or not is_shown:
            super()._display(screen, renderable)
        elif isinstance(renderable, LayoutUpdate | ChopsUpdate):
            self._write_difference(driver, self._frame, renderable)
        else:
            self._frame.forget()
            super()._display(screen, renderable)

    def _write_difference(self, driver: Driver, frame: Frame, update: LayoutUpdate | ChopsUpdate) -> None:
        try:
            if frame.lacks_rest(update):
                # At once: a refresh would be drawn a frame later.
                update = self._whole_screen()
            output = frame.write(update, self.console._color_system or ColorSystem.TRUECOLOR)
        except _UNSUPPORTED:
            frame.forget()
            super()._display(self.screen, update)
            return
        # An input method draws at the terminal's cursor, which is hidden.
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        if place != Offset(0, 0):
            output += frame.move_cursor(place.x, place.y)
        if output:
            is_synchronised = len(output) >= _MIN_SYNCHRONISED
            if is_synchronised:
                self._begin_update()
            driver.write(output)
            if is_synchronised:
                self._end_update()
            driver.flush()
        self.post_display_hook()

    def _whole_screen(self) -> LayoutUpdate:
        found = self.screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        if not isinstance(found, LayoutUpdate):
            raise UnsupportedUpdate("not a whole screen")
        return found

    def _watch(self, driver: Driver) -> None:
        """Start with an unknown screen, and again whenever another program has used the terminal."""
        self._watched_driver = driver
        self._frame = None
        if driver.is_inline or not is_supported(self):
            return
        self._frame = Frame(scrolls=self.scrolls, erases_cells=not _is_gnu_screen(os.environ))
        if getattr(driver, "keeps_screen", False):
            self._frame.assume(self.shown_before, self.size.width)
        start = driver.start_application_mode

        def start_and_forget() -> None:
            self.forget_frame()
            start()

        driver.start_application_mode = start_and_forget  # type: ignore[method-assign]


def _is_gnu_screen(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is, or may be, GNU screen: through SSH only TERM is known, which older tmux share."""
    return "STY" in environment or (environment.get("TERM", "").startswith("screen") and "TMUX" not in environment)


def is_supported(app: App[Any]) -> bool:
    """Whether this Textual has the private names that are used here, with the expected members."""
    members = (
        (LayoutUpdate, ("strips", "region")),
        (ChopsUpdate, ("chops", "spans", "chop_ends")),
    )
    return (
        all(hasattr(app, name) for name in _APP_NAMES)
        and hasattr(Strip, "render_ansi")
        and all(name in _parameters(kind) for kind, names in members for name in names)
    )


def _parameters(kind: type) -> tuple[str, ...]:
    return kind.__init__.__code__.co_varnames  # type: ignore[misc, no-any-return]
