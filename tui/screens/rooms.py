"""Going between the rooms of the house, and remembering which one the user is in."""

from typing import TYPE_CHECKING, Final

from tui.api.codec import Json

if TYPE_CHECKING:
    from tui.app import OrdersApp
    from tui.screens.base import HouseScreen

PLACE: Final = "house.place"
"""Under this key the store keeps the room to open next time."""


def remember_place(room: "HouseScreen", name: str, **more: Json) -> None:
    """Where to open next time, if this room is the one in front: others may hear late that they were."""
    bench = room.house.bench
    if room.is_current:
        bench.store.state.put(bench.account, PLACE, {"screen": name, **more})


def open_composer(app: "OrdersApp") -> None:
    from tui.screens.composer import ComposerScreen

    for screen in app.house_screens():
        if isinstance(screen, ComposerScreen):
            while app.screen is not screen:
                app.pop_screen()
            return
    app.push_screen(ComposerScreen(app.staging))


def open_order(app: "OrdersApp", order_id: str) -> None:
    from tui.screens.edit import EditScreen

    app.push_screen(EditScreen(order_id))


def other_place(app: "OrdersApp") -> None:
    """Between this place and the one before it."""
    stack = app.house_screens()
    if len(stack) > 1:
        app.back()
    else:
        open_composer(app)
