"""Done, snoozed, flagged and notes: the user's marks of orders, on this machine or also as tags; and copying."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from tui.api.codec import Document, pretty
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.orders.formats import time_text
from tui.orders.paths import SHIP_TO
from tui.orders.summary import address_lines, order_name, text_at
from tui.screens.common.commands import handles
from tui.screens.triage.order_list import OrderCommands, OrderList
from tui.work.cache.mark_history import MarkAction, MarkHistory
from tui.work.cache.private_marks import PrivateMark
from tui.work.mark_tags import MarkTags
from tui.work.panel import open_in_browser, panel_url

_MORNING: Final = time(8)
_MONDAY: Final = 0


class PrivateCommands(OrderCommands):
    """Commands on the order under the cursor, or after `;` on the marked ones."""

    def __init__(self, orders: OrderList) -> None:
        super().__init__(orders)
        workspace = self._workspace
        self._history = MarkHistory()
        self._tags = MarkTags(
            workspace.mark_tags, workspace.marks, workspace.orders.local.document, orders.draft_of, orders.save
        )

    @handles("done")
    def set_done(self, key: str) -> None:
        if keys := self._targets():
            before = self._marks(keys)
            is_done = self._workspace.marks.toggle_done(keys)
            self._changed(before, "set to done on this machine" if is_done else "no longer done")

    @handles("flag")
    def set_flag(self, key: str) -> None:
        if keys := self._targets():
            before = self._marks(keys)
            is_flagged = self._workspace.marks.toggle_flag(keys)
            self._changed(before, "flagged on this machine" if is_flagged else "no longer flagged")

    @handles("snooze")
    async def snooze(self, key: str) -> None:
        keys = self._targets()
        if not keys:
            return
        now = self._workspace.now().astimezone(self._workspace.account.zone)
        times = _snooze_times(now)
        answers = [(letter, label) for letter, label, _ in times]
        if any(self._workspace.marks.of(key).snoozed_until for key in keys):
            answers.append(("e", "stop snoozing"))
        answer = await self._screen.ask(f"Snooze {self._named(keys)} until", answers)
        before = self._marks(keys)
        if answer == "e":
            self._workspace.marks.snooze(keys, None)
            self._changed(before, "no longer snoozed")
        elif answer is not None:
            until = next(until for letter, _, until in times if letter == answer)
            self._workspace.marks.snooze(keys, until)
            change = "it changes" if len(keys) == 1 else "they change"
            self._changed(before, f"snoozed until {time_text(until)}, or until {change}")

    @handles("private_note")
    async def write_note(self, key: str) -> None:
        cached = self._orders.cached
        if cached is None:
            return
        before = self._marks([cached.key])
        note = await self._orders.prompt.ask("private note: ", before[cached.key].note)
        if note is not None and note != before[cached.key].note:
            self._workspace.marks.set_note(cached.key, note)
            self._changed(before, "noted on this machine; it is never sent" if note else "note removed", move=False)

    def is_latest(self) -> bool:
        """Whether no draft was saved since the last action on private marks, or since its undo."""
        return self._history.saves == self._workspace.account.drafts.saves

    def step(self, *, is_undo: bool) -> bool:
        """Undo or redo an action on private marks, with the tags that it drafted. Returns whether there was one."""
        action = self._history.next(is_undo=is_undo)
        if action is None:
            return False
        wanted = action.before if is_undo else action.after
        before = self._marks(wanted)
        self._workspace.marks.restore(wanted)
        self._history.step(is_undo=is_undo)
        tags = self._tags.draft_change(_names(before), _names(wanted))
        self._history.saves = self._workspace.account.drafts.saves
        table = self._orders.table
        table.set_marks(table.marks | action.chosen if is_undo else table.marks - action.chosen)
        if len(wanted) == 1:
            self._orders.next_order.go_to(next(iter(wanted)))
        self._orders.next_order.after(())
        self._orders.reader.look_again()
        # How many are left is known when the orders are in the list again.
        self._screen.show_notice(f"{'Undone' if is_undo else 'Redone'}: {action.name}{tags}.")
        return True

    def draft_ended(self) -> None:
        """Draft the removal of the tags of marks that ended with time or with a change of the order."""
        if ended := self._tags.draft_ended():
            self._screen.show_notice(f"{ended} {self._screen.key('review')} reviews.")

    @handles("copy")
    async def copy(self, key: str) -> None:
        order = self._orders.order
        if order is None:
            return
        url = panel_url(self._workspace.account.client.base_url, order)
        texts = [*_texts_to_copy(order), *([("u", "address in the panel", url)] if url is not None else [])]
        answer = await self._screen.ask("Copy", [(letter, label) for letter, label, _ in texts])
        if answer is not None:
            label, text = next((label, text) for letter, label, text in texts if letter == answer)
            self._workspace.copy(text)
            self._screen.show_notice(f"The {label} was sent to the clipboard of your terminal (OSC 52).")

    @handles("panel")
    def open_in_panel(self, key: str) -> None:
        """Open the order in Sendcloud's panel, or show the address if there is no browser."""
        order = self._orders.order
        if order is None:
            return
        url = panel_url(self._workspace.account.client.base_url, order)
        if url is None:
            self._screen.show_notice("This service has no panel, so there is no page of the order.")
        elif open_in_browser(url):
            self._screen.show_notice(f"{order_name(order)} opens in the browser: {url}")
        else:
            self._screen.show_notice(
                f"There is no browser here. {self._screen.key('copy')} u copies the address: {url}"
            )

    def _targets(self) -> list[str]:
        if self._screen.on_marked:
            return sorted(self._orders.table.marks)
        key = self._orders.table.cursor_key
        return [key] if key is not None else []

    def _named(self, keys: Sequence[str]) -> str:
        order = self._workspace.orders.find(keys[0]) if len(keys) == 1 else None
        return order_name(order) if order is not None else count_of(len(keys), "order")

    def _marks(self, keys: Iterable[str]) -> dict[str, PrivateMark]:
        return {key: self._workspace.marks.of(key) for key in keys}

    def _changed(self, before: Mapping[str, PrivateMark], done: str, *, move: bool = True) -> None:
        """Draft the tags that mirror the marks, and go to the next order that needs attention.

        Say what was done and how many orders are left. The action can be undone.
        """
        keys, after, chosen = [*before], self._marks(before), frozenset[str]()
        name = f"{self._named(keys)} {done}"
        tags = self._tags.draft_change(_names(before), _names(after))
        if self._screen.on_marked:
            table = self._orders.table
            chosen = table.marks & before.keys()
            table.set_marks(table.marks - chosen)
        self._history.add(MarkAction(name, before, after, chosen))
        self._history.saves = self._workspace.account.drafts.saves
        left = self._orders.next_order.after(keys if move else ())
        self._orders.reader.look_again()
        self._screen.show_notice(f"{name}{tags}. {left}")


def _names(marks: Mapping[str, PrivateMark]) -> dict[str, frozenset[str]]:
    return {key: mark.names for key, mark in marks.items()}


def _snooze_times(now: datetime) -> list[tuple[str, str, datetime]]:
    """The choices of the question: a letter, words, and the time, in the zone of `now`."""

    def morning(days: int) -> datetime:
        return datetime.combine(now.date() + timedelta(days=days), _MORNING, now.tzinfo)

    to_monday = (_MONDAY - now.weekday() - 1) % 7 + 1
    return [
        ("1", "in an hour", now + timedelta(hours=1)),
        ("4", "in 4 hours", now + timedelta(hours=4)),
        ("t", "tomorrow 08:00", morning(1)),
        ("m", "Monday 08:00", morning(to_monday)),
        ("w", "in a week", morning(7)),
    ]


def _texts_to_copy(order: Document) -> list[tuple[str, str, str]]:
    """What can be copied of an order: a letter, words, and the text. Empty texts are left out."""
    texts = [
        ("n", "number", order_name(order)),
        ("i", "Sendcloud id", order_key(order)),
        ("a", "address", "\n".join(address_lines(order))),
        ("e", "e-mail", text_at(order, SHIP_TO / "email")),
        ("j", "order as JSON", pretty(order)),
    ]
    return [entry for entry in texts if entry[2]]
