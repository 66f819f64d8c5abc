"""Mappings of tables kept by name, to be offered again for the same columns."""

from typing import TYPE_CHECKING

from tui.orders.mapping import Mapping

if TYPE_CHECKING:
    from tui.store.store import Store
    from tui.work.workbench import Workbench

_NAMED, _REFUSED = "import.mapping:", "import.refused"
_MOST = 8 * 1024 * 1024


class Mappings:
    """The mappings of one account."""

    def __init__(self, bench: "Workbench") -> None:
        self._state = bench.store.state
        self._account = bench.account

    def all(self) -> list[Mapping]:
        """Those that can be read, by name."""
        found = map(Mapping.from_json, self._state.all(self._account, _NAMED).values())
        return sorted((one for one in found if one is not None), key=lambda one: (one.name.casefold(), one.name))

    def get(self, name: str) -> Mapping | None:
        return Mapping.from_json(self._state.get(self._account, _NAMED + name))

    def save(self, mapping: Mapping) -> None:
        """Keep a mapping under its name, in the place of another of that name."""
        self._state.put(self._account, _NAMED + mapping.name, mapping.to_json(), durable=True)

    def forget(self, name: str) -> None:
        self._state.delete(self._account, _NAMED + name, durable=True)

    def keep_refused(self, name: str, table: bytes) -> None:
        """Keep the refused rows of the last import, as CSV, until they are written into a file."""
        if len(table) <= _MOST:
            self._state.put(self._account, _REFUSED, {"name": name, "csv": table.decode()}, durable=True)

    def refused(self) -> tuple[str, bytes] | None:
        """The file's name and its refused rows as CSV, if there are any."""
        kept = self._state.get(self._account, _REFUSED)
        if not isinstance(kept, dict) or not isinstance(kept.get("csv"), str):
            return None
        return str(kept.get("name") or "import"), str(kept["csv"]).encode()

    def forget_refused(self) -> None:
        self._state.delete(self._account, _REFUSED, durable=True)


def saved_here(store: "Store", name: str) -> Mapping | None:
    """The mapping of that name of whichever account of this machine, of the newest that has one."""
    for account in reversed(store.accounts()):
        found = Mapping.from_json(store.state.get(account, _NAMED + name))
        if found is not None:
            return found
    return None
