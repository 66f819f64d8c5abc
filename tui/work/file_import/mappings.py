"""Saved column mappings, offered again for tables with the same columns."""

import secrets
from collections.abc import Collection

from tui.api.codec import Json
from tui.orders.tables.mapping import ColumnMapping
from tui.store.store import Store
from tui.work.account import Account

_NAMED, _REFUSED, _PART = "import.mapping:", "import.refused", "import.refused:"
_CHUNK_SIZE = 4 * 1024 * 1024
"""The number of characters of the refused rows that are stored in one value."""


class Mappings:
    """The mappings of one account."""

    def __init__(self, account: Account) -> None:
        self._state = account.store.screen_states
        self._account_id = account.account_id

    def all(self) -> list[ColumnMapping]:
        """All mappings that can be loaded, by name."""
        found = map(ColumnMapping.from_json, self._state.all(self._account_id, _NAMED).values())
        return sorted((one for one in found if one is not None), key=lambda one: (one.name.casefold(), one.name))

    def get(self, name: str) -> ColumnMapping | None:
        return ColumnMapping.from_json(self._state.get(self._account_id, _NAMED + name))

    def save(self, mapping: ColumnMapping) -> None:
        """Save a mapping. It replaces one of the same name."""
        self._state.put(self._account_id, _NAMED + mapping.name, mapping.to_json(), durable=True)

    def forget(self, name: str) -> None:
        self._state.delete(self._account_id, _NAMED + name, durable=True)

    def keep_refused(self, name: str, table: bytes) -> None:
        """Store the refused rows of the last import as CSV until they are written to a file."""
        text, mark = table.decode(), secrets.token_hex(8)
        parts = [f"{_PART}{mark}:{place}" for place in range(0, len(text), _CHUNK_SIZE)]
        for place, key in enumerate(parts):
            self._state.put(self._account_id, key, text[place * _CHUNK_SIZE : (place + 1) * _CHUNK_SIZE])
        # This is stored last, so that the parts it names are complete.
        named: list[Json] = [*parts]
        self._state.put(self._account_id, _REFUSED, {"name": name, "parts": named}, durable=True)
        self._clear(parts)

    def refused_of(self) -> str | None:
        """The name of the file whose refused rows are stored, if there are any."""
        kept = self._state.get(self._account_id, _REFUSED)
        return str(kept.get("name") or "import") if isinstance(kept, dict) else None

    def refused(self) -> tuple[str, bytes] | None:
        """The file's name and its refused rows as CSV, if there are any."""
        kept = self._state.get(self._account_id, _REFUSED)
        if not isinstance(kept, dict):
            return None
        parts = kept.get("parts")
        if isinstance(parts, list):
            text = "".join(str(self._state.get(self._account_id, str(key), "")) for key in parts)
        else:
            text = str(kept.get("csv", ""))  # stored by an earlier version
        return (str(kept.get("name") or "import"), text.encode()) if text else None

    def forget_refused(self) -> None:
        self._state.delete(self._account_id, _REFUSED, durable=True)
        self._clear(())

    def _clear(self, kept: Collection[str]) -> None:
        """Delete the stored rows of all imports but the last."""
        for key in self._state.keys(self._account_id, _PART):
            if key not in kept:
                self._state.delete(self._account_id, key)


def find_saved_mapping(store: Store, name: str) -> ColumnMapping | None:
    """The mapping of that name of any account on this machine, the newest account first."""
    for account_id in reversed(store.accounts()):
        found = ColumnMapping.from_json(store.screen_states.get(account_id, _NAMED + name))
        if found is not None:
            return found
    return None
