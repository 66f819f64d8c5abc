"""How Textual draws and reads keys, as its variables of the environment say that it reads on import."""

from collections.abc import Mapping


def terminal_defaults(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables with their values: those of the environment, else ours.

    There are no animations. Over SSH there are fewer frames, and Esc is waited for longer, because a slow connection may
    split escape sequences.
    """
    ours = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "60", "ESCDELAY": "100"}
    if "SSH_CONNECTION" in environment or "SSH_TTY" in environment:
        ours |= {"TEXTUAL_FPS": "30", "ESCDELAY": "400"}
    return {name: environment.get(name, value) for name, value in ours.items()}
