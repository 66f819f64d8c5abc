"""How Textual draws and reads keys, as its variables of the environment say that it reads on import."""

from collections.abc import Mapping

_TEXTUALS = {"TEXTUAL_ANIMATIONS": "full", "TEXTUAL_FPS": "60", "ESCDELAY": "100"}
"""What Textual does without the variables."""


def terminal_defaults(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables to set, unless the user has set them; programs that the app starts inherit them.

    There are no animations. Over SSH there are fewer frames, and Esc is waited for longer, because a slow connection may
    split escape sequences.
    """
    ours = {"TEXTUAL_ANIMATIONS": "none"}
    if "SSH_CONNECTION" in environment or "SSH_TTY" in environment:
        ours |= {"TEXTUAL_FPS": "30", "ESCDELAY": "400"}
    return {name: value for name, value in ours.items() if name not in environment}


def terminal_values(environment: Mapping[str, str]) -> dict[str, str]:
    """The values in force in the app, by variable."""
    users = {name: environment[name] for name in _TEXTUALS if name in environment}
    return _TEXTUALS | terminal_defaults(environment) | users
