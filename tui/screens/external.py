"""A text in the user's own editor, and back."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import OrdersApp

_LONGEST = 256 * 1024


def edit_text(app: "OrdersApp", text: str) -> str | None:
    """Let the user edit a text in $VISUAL or $EDITOR; None where that failed or nothing was changed.

    The file is the user's alone and is gone afterwards.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    screen = app.house_screens()[-1]
    handle, name = tempfile.mkstemp(prefix="sendcloud-orders-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        with app.suspend():
            ended = subprocess.run([*shlex.split(command), name], check=False)  # noqa: S603 - the user's own editor
        if ended.returncode != 0:
            screen.say(f"The editor ended with {ended.returncode}; nothing was changed.", "warning")
            return None
        if path.stat().st_size > _LONGEST:
            screen.say("The text is longer than 256 KB; nothing was changed.", "warning")
            return None
        found = path.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        screen.say(f"The editor {command!r} could not be used: {error}", "error")
        return None
    finally:
        path.unlink(missing_ok=True)
    # Editors end a file with a line break that nobody typed.
    found = found.removesuffix("\n") if not text.endswith("\n") else found
    return None if found == text else found
