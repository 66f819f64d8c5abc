"""Orders in Sendcloud's own web panel."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from tui.api.auth import is_sendcloud
from tui.api.codec import Document
from tui.orders.summary import order_name

_ORDERS: Final = "https://app.sendcloud.com/v2/shipping/list/orders?search="
"""The page of incoming orders, with a search. The documents give no address of a single order, so the panel lists all
orders that contain the number. That the page takes `search` is not documented; public code uses it."""


def panel_url(base_url: str, order: Document) -> str | None:
    """The address of the panel's page that lists an order; None for a service that has no panel, such as the sandbox."""
    return f"{_ORDERS}{quote(order_name(order).removeprefix('#'), safe='')}" if is_sendcloud(base_url) else None


def open_in_browser(url: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Open a URL in a graphical browser of this machine. Returns False if there is none, as over SSH."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return False
    is_mac = sys.platform == "darwin"
    if not (is_mac or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return False
    command, nothing = ["open" if is_mac else "xdg-open", url], subprocess.DEVNULL
    try:
        # Its output would be drawn over the screen.
        subprocess.Popen(  # noqa: S603 - the URL is ours
            command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, env=dict(environment)
        )
    except OSError:
        return False
    return True
