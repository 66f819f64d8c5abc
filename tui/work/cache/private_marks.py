"""`OrderMarks`: done, flagged, snoozed and notes of an account's orders, which stay on this machine."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.api.codec import Document, encode
from tui.store.private_marks import PrivateMark
from tui.store.store import Store
from tui.work.cache.local_orders import LocalOrders
from tui.work.writes.backoff import Now

_AT: Final = "@"
"""In a version: between what identifies the document and when the cache noted the last change by others."""

__all__ = ["OrderMarks", "PrivateMark", "version_of"]


class OrderMarks:
    """The user's marks. Those of an order that changed since it was snoozed or done no longer count.

    Methods that change something raise StoreError.
    """

    def __init__(self, store: Store, account_id: int, orders: LocalOrders, now: Now) -> None:
        self._store = store
        self._account_id = account_id
        self._orders = orders
        self._now = now
        self._marks = store.private_marks.all(account_id)
        self.revision = 0
        """Grows whenever the user changes a mark."""

    def of(self, key: str) -> PrivateMark:
        """The marks of an order that still count. Raises StoreError."""
        mark = self._marks.get(key, PrivateMark())
        return self._current([(key, mark)])[key] if mark.is_put_off else mark

    def keys(self, has: Callable[[PrivateMark], object]) -> frozenset[str]:
        """The keys of the orders whose marks match a condition. Raises StoreError.

        Marks that no longer count are removed, never added: an order that does not match now matches with none of them.
        """
        found = [(key, mark) for key, mark in list(self._marks.items()) if has(mark)]
        return frozenset(key for key, mark in self._current(found).items() if has(mark))

    def _current(self, marks: list[tuple[str, PrivateMark]]) -> dict[str, PrivateMark]:
        """The marks without those that ended with time or with a change of the order."""
        now, changed = self._now(), self._orders.cache.changed_by_others_at([key for key, _ in marks])
        found: dict[str, PrivateMark] = {}
        for key, mark in marks:
            if mark.snoozed_until is not None and mark.snoozed_until <= now:
                mark = replace(mark, snoozed_until=None)
            if mark.is_put_off:
                mark = self._compared(key, mark, changed.get(key))
            found[key] = mark
        return found

    def _compared(self, key: str, mark: PrivateMark, changed_at: float | None) -> PrivateMark:
        """The mark after a comparison of the order with the one that was marked.

        The document is read only if the cache noted a change since; then the result is kept in memory.
        """
        version, _, at = mark.version.partition(_AT)
        if changed_at is not None and at == repr(changed_at):
            return mark
        if version != self._version(key).partition(_AT)[0]:
            mark = replace(mark, done_at=None, snoozed_until=None)
        elif changed_at is not None:
            mark = replace(mark, version=f"{version}{_AT}{changed_at!r}")
        if changed_at is not None:
            self._marks[key] = mark
        return mark

    def toggle_done(self, keys: Iterable[str]) -> bool:
        """Mark orders as done, or as not done if all are. Returns whether they are done now."""
        wanted = list(keys)
        is_done = not all(self.of(key).done_at for key in wanted)
        self._change(wanted, lambda mark, _: replace(mark, done_at=self._now() if is_done else None))
        return is_done

    def toggle_flag(self, keys: Iterable[str]) -> bool:
        """Flag orders, or remove the flags if all are flagged. Returns whether they are flagged now."""
        wanted = list(keys)
        is_flagged = not all(self.of(key).flagged_at for key in wanted)
        self._change(wanted, lambda mark, _: replace(mark, flagged_at=self._now() if is_flagged else None))
        return is_flagged

    def snooze(self, keys: Iterable[str], until: datetime | None) -> None:
        """Hide orders from the views of open work until a time, or until they change; None ends it."""
        self._change(list(keys), lambda mark, _: replace(mark, snoozed_until=until))

    def set_note(self, key: str, note: str) -> None:
        """Replace the note of an order."""
        self._change([key], lambda mark, _: replace(mark, note=note))

    def restore(self, marks: Mapping[str, PrivateMark]) -> None:
        """Replace all marks of some orders by what they were before an action, or after it."""
        self._change([*marks], lambda _, key: marks[key])

    def ended(self) -> dict[str, frozenset[str]]:
        """The names of the marks that ended with time or with a change of the order since the last `clear_ended`.

        They are found among the stored marks, so that none is missed while the app is closed. Orders that are not in the
        cache are left out until they are read.
        """
        all_stored = self._store.private_marks.all(self._account_id)
        stored = {key: mark for key, mark in all_stored.items() if mark.is_put_off}
        known = self._orders.cache.changed_by_others_at([*stored])
        current = self._current([(key, mark) for key, mark in stored.items() if key in known])
        ended = {key: left for key, mark in current.items() if (left := stored[key].names - mark.names)}
        renewed = [(key, mark) for key, mark in current.items() if key not in ended and mark != stored[key]]
        if renewed:
            # Documents that are the same in a new cache are compared only once.
            self._store.private_marks.put(self._account_id, renewed)
        return ended

    def clear_ended(self, keys: Iterable[str]) -> None:
        """Store that these marks ended."""
        self._change([*keys], lambda mark, _: mark)

    @property
    def next_end(self) -> datetime | None:
        """When the next snooze ends."""
        now = self._now()
        times = (mark.snoozed_until for mark in self._marks.values())
        return min((until for until in times if until is not None and until > now), default=None)

    def renew(self, key: str, mark: PrivateMark) -> None:
        """Keep the marks of an order that the user's own write changed. `mark`: those that counted before it."""
        if mark.is_put_off:
            self._change([key], lambda *_: mark)

    def _change(self, keys: list[str], change: Callable[[PrivateMark, str], PrivateMark]) -> None:
        changed = {key: replace(change(self.of(key), key), version=self._version(key)) for key in keys}
        self._store.private_marks.put(self._account_id, changed.items())
        self._marks |= changed
        self.revision += 1

    def _version(self, key: str) -> str:
        cached, changed = self._orders.find(key), self._orders.cache.changed_by_others_at([key])
        return f"{version_of(cached.document)}{_AT}{changed.get(key)!r}" if cached is not None else ""


def version_of(document: Document) -> str:
    """A text that differs for documents that differ."""
    return hashlib.sha256(encode(document)).hexdigest()[:16]
