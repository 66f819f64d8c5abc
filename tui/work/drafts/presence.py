"""Which running copies of the app have an order open."""

from tui.store.store import Store


class Presence:
    """Says which order this copy has open, and whether others have it open too. Methods raise StoreError."""

    def __init__(self, store: Store, account_id: int) -> None:
        self._store = store
        self._account_id = account_id
        self._order_id: str | None = None

    def enter(self, order_id: str | None) -> None:
        """Note that this copy has an order open, and no other; None for no order."""
        states, mine = self._store.screen_states, self._store.sessions.mine
        if self._order_id is not None:
            states.delete(self._account_id, _key(self._order_id) + mine)
        self._order_id = order_id
        if order_id is not None:
            states.put(self._account_id, _key(order_id) + mine, True)

    def others(self, order_id: str) -> int:
        """How many other running copies have an order open."""
        states, sessions = self._store.screen_states, self._store.sessions
        found = 0
        for key in states.keys(self._account_id, _key(order_id)):
            session = key.removeprefix(_key(order_id))
            if not sessions.alive(session):
                states.delete(self._account_id, key)
            elif session != sessions.mine:
                found += 1
        return found


def _key(order_id: str) -> str:
    return f"open:{order_id}:"
