"""The themes of the app. Names of the settings file are the keys."""

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

THEMES: Final = {
    "dark": BUILTIN_THEMES["ansi-dark"],
    "light": BUILTIN_THEMES["ansi-light"],
    # Does not depend on the default colours of the terminal.
    "ansi": Theme(
        name="ansi",
        primary="ansi_bright_blue",
        secondary="ansi_bright_cyan",
        warning="ansi_bright_yellow",
        error="ansi_bright_red",
        success="ansi_bright_green",
        accent="ansi_bright_magenta",
        foreground="ansi_white",
        background="ansi_black",
        surface="ansi_black",
        panel="ansi_black",
        boost="ansi_black",
        variables={**BUILTIN_THEMES["ansi-dark"].variables},
        ansi=True,
    ),
    "high-contrast": Theme(
        name="high-contrast",
        primary="#66b3ff",
        secondary="#66ffff",
        warning="#ffff00",
        error="#ff8080",
        success="#80ff80",
        accent="#ff99ff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        boost="#000000",
        variables={
            "text": "#ffffff",
            "text-muted": "#ffffff",
            "text-primary": "#66b3ff",
            "text-secondary": "#66ffff",
            "text-warning": "#ffff00",
            "text-error": "#ff8080",
            "text-success": "#80ff80",
            "text-accent": "#ff99ff",
            "block-cursor-background": "#ffffff",
            "block-cursor-foreground": "#000000",
            "block-cursor-blurred-background": "#ffffff",
            "block-cursor-blurred-foreground": "#000000",
        },
    ),
}
