"""Text that was typed in an editor and not taken: kept on disk while it is typed, shown at its field afterwards."""

from tui.api.pointer import Pointer
from tui.work.drafts.drafts import Drafts, TypedText


class TypedTexts:
    """Unsaved text by order and field. `place` is the name under which an order's texts are stored."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._known: dict[str, dict[Pointer, str]] = {}
        self._unsaved: set[tuple[str, Pointer]] = set()

    def of(self, place: str) -> dict[Pointer, str]:
        """The unsaved texts of an order."""
        if place not in self._known:
            self._known[place] = self._drafts.typed(place)
        return self._known[place]

    def type(self, place: str, pointer: Pointer, text: str) -> None:
        """Store the text of an open editor. Called for every change, before it is drawn."""
        self._drafts.type(TypedText(place, pointer, text))

    def leave(self, place: str, pointer: Pointer, text: str) -> None:
        """Show the text of an editor that was closed without taking it."""
        self.of(place)[pointer] = text

    def forget(self, place: str, pointer: Pointer) -> bool:
        """Discard the text of a field. Returns whether there was one."""
        self._drafts.untype(place, pointer)
        return self.of(place).pop(pointer, None) is not None

    def clear_cache(self) -> None:
        """Read the texts from disk again when they are next asked for."""
        self._known.clear()

    # Values that could not be saved.

    def saving(self, place: str, pointer: Pointer) -> None:
        """Note that the value typed in a field is about to be saved."""
        self._unsaved.add((place, pointer))

    def saved(self, place: str, pointer: Pointer) -> None:
        """Note that the value typed in a field was saved."""
        self._unsaved.discard((place, pointer))

    def taken(self, place: str, pointer: Pointer) -> bool:
        """An editor was closed by taking its value: discard the text, unless the value could not be saved.

        Returns whether the texts shown have changed.
        """
        if (place, pointer) not in self._unsaved:
            return self.forget(place, pointer)
        self._unsaved.discard((place, pointer))
        self.of(place).update(self._drafts.typed(place))
        return True
