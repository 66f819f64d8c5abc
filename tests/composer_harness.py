"""Steps in the composer by keys: open it, add a file of orders, review what is staged."""

import json
from pathlib import Path
from typing import Any

from app_harness import House

from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen


def composer(house: House) -> ComposerScreen:
    screen = house.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


async def enter_composer(house: House) -> ComposerScreen:
    await house.until("100+ read")
    await house.press("B")
    await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
    return composer(house)


async def add_file(house: House, folder: Path, *orders: Any) -> None:
    path = folder / "orders.json"
    path.write_text(json.dumps(list(orders)))
    await house.press("a", "f")
    await house.type(str(path))
    await house.press("enter")
    await house.until("added from orders.json")
    await house.until(lambda: not house.app.workspace.staging.is_refreshing)


def standings(house: House) -> list[str]:
    return [str(house.app.workspace.staging.send_state(one)) for one in house.app.workspace.staging.orders]


def row(house: House, name: str) -> str:
    """The line of an order in the list: cursor, mark, state, name."""
    return next((line for line in house.lines if line[4:].startswith(f"{name} ")), "")


async def review(house: House) -> None:
    await house.press("w")
    await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
