"""How the app looks: theme, and formats of dates and numbers, as the user chose them, also while the app runs."""

from typing import Any

from textual.app import App

from tui.config.preferences import Preferences
from tui.orders.formats import use_formats
from tui.widgets.lines import LineView
from tui.widgets.themes import THEMES


def follow_preferences(app: App[Any], preferences: Preferences) -> None:
    """Show the app as the preferences say, now and after each change."""
    for theme in THEMES.values():
        app.register_theme(theme)

    def use() -> None:
        chosen = preferences.settings
        use_formats(chosen.dates, chosen.numbers)
        app.theme = THEMES[chosen.theme].name
        for screen in app.screen_stack:
            for view in screen.query(LineView):
                view.repaint()

    preferences.on_change = use
    use()
