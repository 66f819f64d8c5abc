"""Choosing a shop: type to narrow over names, kinds and numbers, Enter takes it."""

from collections.abc import Sequence

from tui.screens.common.search_screen import NO_ACTIONS, TAKE_KEYS, SearchScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, RenderedRow
from tui.work.account import Shop


class ShopChoices:
    """Shops by their names, kinds and numbers; the number of the integration is chosen."""

    prompt = "shop: "
    columns = (Column("name", "shop", 30, 3), Column("kind", "kind", 16, 1), Column("id", "integration", 12))
    empty = "No shop has these letters."
    keys = TAKE_KEYS
    actions = NO_ACTIONS

    def __init__(self, shops: Sequence[Shop]) -> None:
        self._shops = tuple(shops)
        self._found: Sequence[Shop] = ()

    def offer(self, text: str) -> list[RenderedRow]:
        words = text.lower().split()
        self._found = [
            shop for shop in self._shops if all(word in f"{shop.name} {shop.kind} {shop.id}".lower() for word in words)
        ]
        return [RenderedRow(str(shop.id), (shop.name, shop.kind, str(shop.id))) for shop in self._found]

    def choose(self, place: int) -> int:
        return self._found[place].id


def shop_picker(workspace: Workspace, title: str, shops: Sequence[Shop]) -> SearchScreen[int]:
    """The screen that ends with the number of the chosen shop."""
    return SearchScreen(workspace, title, ShopChoices(shops))
