"""Choosing a shop: type to narrow over names, kinds and numbers, Enter takes it."""

from collections.abc import Callable, Sequence

from tui.screens.common.routes import Back
from tui.screens.common.search_picker import SearchPicker
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, RenderedRow
from tui.work.account import Shop


class ShopScreen(SearchPicker[None]):
    """`done` is told the number of the integration."""

    PROMPT = "shop: "
    COLUMNS = (Column("name", "shop", 30, 3), Column("kind", "kind", 16, 1), Column("id", "integration", 12))
    EMPTY = "No shop has these letters."

    def __init__(self, workspace: Workspace, title: str, shops: Sequence[Shop], done: Callable[[int], None]) -> None:
        super().__init__(workspace, title)
        self._shops = tuple(shops)
        self._done = done
        self._found: list[Shop] = []

    def chosen(self, place: int) -> None:
        self.workspace.go(Back())
        if place < len(self._found):
            self._done(self._found[place].id)

    def offer(self, text: str) -> list[RenderedRow]:
        words = text.lower().split()
        self._found = [
            shop for shop in self._shops if all(word in f"{shop.name} {shop.kind} {shop.id}".lower() for word in words)
        ]
        return [RenderedRow(str(shop.id), (shop.name, shop.kind, str(shop.id))) for shop in self._found]
