"""Bare Textual apps to measure ours against.

    python tests/bench/bare.py label|inputs

`label`: one Label. `inputs`: a form of 60 Inputs, the first one focused.
"""

import sys

from textual.app import App, ComposeResult

FIELDS = 60


class Bare(App[None]):
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "Input"

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def compose(self) -> ComposeResult:
        # Each kind imports only what it shows.
        if self.kind == "label":
            from textual.widgets import Label

            yield Label("bare label")
            return
        from textual.containers import VerticalScroll
        from textual.widgets import Input

        with VerticalScroll():
            for number in range(FIELDS):
                field = Input(f"value {number}", compact=True)
                field.cursor_blink = False
                yield field


if __name__ == "__main__":
    Bare(sys.argv[1]).run(mouse=False)
