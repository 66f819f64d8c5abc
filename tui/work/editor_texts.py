"""Texts that are open in $EDITOR: where they are stored if the app ends before it has taken them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.api.codec import Document, Json, as_document
from tui.keymap import Context, KeyOf
from tui.store.db import StoreError
from tui.store.editor_files import LeftFile
from tui.store.store import Store

_PLACES: Final = {
    Context.TRIAGE: "the order list",
    Context.EDIT: "its field of the order",
    Context.JSON: "the order",
    Context.COMPOSER: "its field of the staged order",
    Context.BULK: "its field of the bulk change",
}


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a text is stored and offered again, as a state of the screens of an account.

    `command` and `screen`: what continues with it, and where.

    `key`: of the state, which is the text, or an object with these `members` and the text. `others`: states that are
    stored with it. `name`: what the text is, for users. `errors`: how bytes that are not UTF-8 are read.
    `ends_with_newline`: whether the text itself has a line feed at its end, which editors add.
    """

    key: str
    name: str
    command: str
    screen: Context
    members: Document | None = None
    others: Mapping[str, Json] = field(default_factory=dict)
    errors: str = "surrogatepass"
    ends_with_newline: bool = False

    def to_json(self, account_id: int) -> Document:
        """The place as it is stored beside the file."""
        return {
            "account": account_id,
            "key": self.key,
            "name": self.name,
            "command": self.command,
            "screen": self.screen.value,
            "members": self.members,
            "others": {**self.others},
            "errors": self.errors,
            "ends_with_newline": self.ends_with_newline,
        }

    @classmethod
    def from_json(cls, stored: Document) -> "TextPlace":
        """Read the result of `to_json`."""
        members = stored.get("members")
        return cls(
            str(stored.get("key")),
            str(stored.get("name")),
            str(stored.get("command")),
            Context(str(stored.get("screen"))),
            members if isinstance(members, dict) else None,
            as_document(stored.get("others")),
            "surrogateescape" if stored.get("errors") == "surrogateescape" else "surrogatepass",
            stored.get("ends_with_newline") is True,
        )


def recover_texts(store: Store, account_id: int, key_of: KeyOf) -> list[str]:
    """Store the texts that were saved in $EDITOR when the app was killed, so that their screens offer them again.

    Returns a sentence for each. A file is removed once its text is stored.
    """
    return [
        _recover(store, account_id, left, key_of)
        for left in store.editor_files.left()
        if as_document(left.about).get("account") == account_id
    ]


def _recover(store: Store, account_id: int, left: LeftFile, key_of: KeyOf) -> str:
    place = TextPlace.from_json(as_document(left.about))
    try:
        text = left.data.decode("utf-8", place.errors)
        text = text if place.ends_with_newline else text.removesuffix("\n")
        for key, value in place.others.items():
            store.screen_states.put(account_id, key, value)
        stored: Json = text if place.members is None else {**place.members, "text": text}
        store.screen_states.put(account_id, place.key, stored, durable=True)
        store.editor_files.remove(left.path)
    except (UnicodeDecodeError, StoreError) as error:
        return f"What $EDITOR saved of {place.name} cannot be read; it stays in {left.path}: {error}."
    return (
        f"The app ended while {place.name} was open in $EDITOR. What was saved there is kept: "
        f"{key_of(place.command, place.screen)} in {_PLACES[place.screen]} continues with it."
    )
