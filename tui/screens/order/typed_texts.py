"""Unsaved text of editors: stored while it is typed, and shown at its field afterwards."""

from tui.api.pointer import Pointer
from tui.work.drafts.drafts import Drafts, TypedText


class TypedTexts:
    """Unsaved text by order and field. `key`: the key of an order's texts in the store."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._known: dict[str, dict[Pointer, str]] = {}
        self._unsaved: set[tuple[str, Pointer]] = set()

    def of(self, key: str) -> dict[Pointer, str]:
        """The unsaved texts of an order."""
        if key not in self._known:
            self._known[key] = self._drafts.typed(key)
        return self._known[key]

    def type(self, key: str, pointer: Pointer, text: str) -> None:
        """Store the text of an open editor. Called for every change, before it is drawn."""
        self._drafts.save_typed(TypedText(key, pointer, text))

    def leave(self, key: str, pointer: Pointer, text: str) -> None:
        """Show the text of an editor that was closed without accepting it."""
        self.of(key)[pointer] = text

    def forget(self, key: str, pointer: Pointer) -> bool:
        """Discard the text of a field. Returns whether there was one."""
        self._drafts.drop_typed(key, pointer)
        return self.of(key).pop(pointer, None) is not None

    def clear_cache(self) -> None:
        """Drop the cache, so that the texts are read from disk again."""
        self._known.clear()

    # Values that could not be saved.

    def saving(self, key: str, pointer: Pointer) -> None:
        """Note that the value typed in a field is about to be saved."""
        self._unsaved.add((key, pointer))

    def saved(self, key: str, pointer: Pointer) -> None:
        """Note that the value typed in a field was saved."""
        self._unsaved.discard((key, pointer))

    def taken(self, key: str, pointer: Pointer) -> bool:
        """Discard the text of an editor whose value was accepted, unless the value could not be saved.

        Returns whether the texts shown changed.
        """
        if (key, pointer) not in self._unsaved:
            return self.forget(key, pointer)
        self._unsaved.discard((key, pointer))
        self.of(key).update(self._drafts.typed(key))
        return True
