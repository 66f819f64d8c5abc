"""Done, snoozed, flagged and notes: the user's marks of orders, on this machine or also as tags; and copying."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from tui.api.codec import Document, pretty
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.orders.edits.bulk_change import BulkChange, apply_to_edit
from tui.orders.formats import time_text
from tui.orders.paths import SHIP_TO
from tui.orders.summary import address_lines, order_name, text_at
from tui.screens.common.commands import handles
from tui.screens.triage.order_list import OrderCommands
from tui.work.panel import open_in_browser, panel_url

_MORNING: Final = time(8)
_MONDAY: Final = 0


class PrivateCommands(OrderCommands):
    """Commands on the order under the cursor, or after `;` on the marked ones."""

    @handles("done")
    def set_done(self, key: str) -> None:
        if keys := self._targets():
            is_done = self._workspace.marks.toggle_done(keys)
            done = f"{self._named(keys)} set to done on this machine" if is_done else "No longer done"
            self._changed(keys, done + self._mirror(keys, "done", is_set=is_done))

    @handles("flag")
    def set_flag(self, key: str) -> None:
        if keys := self._targets():
            is_flagged = self._workspace.marks.toggle_flag(keys)
            done = "flagged on this machine" if is_flagged else "no longer flagged"
            self._changed(keys, f"{self._named(keys)} {done}" + self._mirror(keys, "flagged", is_set=is_flagged))

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
        if answer == "e":
            self._workspace.marks.snooze(keys, None)
            self._changed(keys, "No longer snoozed" + self._mirror(keys, "snoozed", is_set=False))
        elif answer is not None:
            until = next(until for letter, _, until in times if letter == answer)
            self._workspace.marks.snooze(keys, until)
            change = "it changes" if len(keys) == 1 else "they change"
            done = f"{self._named(keys)} snoozed until {time_text(until)}, or until {change}"
            self._changed(keys, done + self._mirror(keys, "snoozed", is_set=True))

    @handles("private_note")
    async def write_note(self, key: str) -> None:
        cached = self._orders.cached
        if cached is None:
            return
        note = await self._orders.prompt.ask("private note: ", self._workspace.marks.of(cached.key).note)
        if note is not None:
            self._workspace.marks.set_note(cached.key, note)
            self._changed(
                [cached.key], "Noted on this machine; it is never sent" if note else "Note removed", move=False
            )

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
            self._screen.show_notice(f"There is no browser here. Y u copies the address: {url}")

    def _targets(self) -> list[str]:
        if self._screen.on_marked:
            return sorted(self._orders.table.marks)
        key = self._orders.table.cursor_key
        return [key] if key is not None else []

    def _named(self, keys: Sequence[str]) -> str:
        order = self._workspace.orders.find(keys[0]) if len(keys) == 1 else None
        return order_name(order) if order is not None else count_of(len(keys), "order")

    def _mirror(self, keys: Sequence[str], mark: str, *, is_set: bool) -> str:
        """Draft the tag that mirrors a mark, or its removal, if the settings name one. Returns words for a notice."""
        tag = self._workspace.mark_tags.get(mark)
        if tag is None:
            return ""
        change = BulkChange().with_tags((tag,) if is_set else (), () if is_set else (tag,))
        changed, failed = 0, 0
        for key in keys:
            order = self._workspace.orders.find(key) if key.isdecimal() else None
            draft = self._orders.draft_of(order) if order is not None else None
            steps = draft.edit.done if draft is not None else 0
            if draft is None or apply_to_edit(change, draft.edit):
                failed += 1
            elif draft.edit.done != steps:
                self._orders.save(draft)
                changed += 1
        count = f" on {changed}" if changed != len(keys) else ""
        drafted = f", tag {'+' if is_set else '-'}{tag} drafted{count}" if changed else ""
        return drafted + (f", {count_of(failed, 'order')} cannot have tags" if failed else "")

    def _changed(self, keys: Sequence[str], done: str, *, move: bool = True) -> None:
        """Say what was done and how much work is left, and go to the next order that needs work."""
        if self._screen.on_marked:
            self._orders.table.set_marks(self._orders.table.marks - set(keys))
        left = self._orders.next_order.after(keys if move else ())
        self._orders.reader.look_again()
        self._screen.show_notice(f"{done}. {left}")


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
