"""Commands on orders of the batch: remove, hold, release, undo and redo."""

from collections.abc import Sequence

from tui.api.wording import count_of
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.composer.view import ComposerCommands
from tui.work.batches.editing import ALREADY_SENT
from tui.work.batches.staged_order import StagedOrder
from tui.work.writes.send_state import SendState


class BatchCommands(ComposerCommands):
    """Each command is one step for undo."""

    @handles("drop")
    def remove(self, key: str) -> None:
        view, targets = self._view, self._view.targets()
        if not targets:
            return
        with view.saving():
            count = self._staging.editing.remove_orders(order.id for order in targets)
            view.batch.table.set_marks(view.marks - {order.id for order in targets})
            on_marked = view.screen.on_marked
            view.state.chosen = view.batch.table.cursor_key if on_marked else self._beside(targets[0].id)
            view.show_all()
            kept = " Orders on the service are not changed." if any(order.sent for order in targets) else ""
            view.screen.show_notice(
                f"{count_of(count, 'order')} removed from the batch.{kept} {view.screen.key('undo')} restores."
            )

    def _beside(self, id: str) -> str | None:
        """The next order, or the previous one if there is none."""
        ids = self._view.state.shown.ids
        index = ids.index(id) if id in ids else 0
        rest = ids[index + 1 : index + 2] or ids[max(0, index - 1) : index]
        return rest[0] if rest else None

    @handles(undo=True, redo=False)
    def step(self, is_undo: bool) -> None:
        view = self._view
        with view.saving():
            step = self._staging.editing.undo() if is_undo else self._staging.editing.redo()
            if step is None:
                view.screen.show_notice(f"Nothing to {'undo' if is_undo else 'redo'}.")
            else:
                done = "Undone" if is_undo else "Redone"
                self._show_step(f"Cannot {'undo' if is_undo else 'redo'}" if step[0] == ALREADY_SENT else done, *step)

    def _show_step(self, done: str, name: str, ids: Sequence[str]) -> None:
        """Go to the order that was changed, even if the filter hides it."""
        view = self._view
        changed = next((order for id in ids if (order := self._staging.get(id)) is not None), None)
        if changed is not None:
            view.state.chosen = changed.id
            if not view.state.lists(self._staging, changed):
                view.state.clear_filter()
        view.show_order()
        where = f", {order_name(changed.document)}" if changed is not None and len(ids) == 1 else ""
        view.screen.show_notice(f"{done}: {name}{where}.")

    @handles("hold")
    async def hold_or_release(self, key: str) -> None:
        unsent = [order for order in self._view.targets() if not order.sent]
        targets = [order for order in unsent if self._staging.send_state(order) is not SendState.UNCHANGED]
        if not targets:
            same = "The service already has this order unchanged; it would not be sent anyway."
            self._screen.show_notice(same if unsent else "No order here can be held or released.")
            return
        statuses = {self._staging.send_state(order) for order in targets}
        if statuses <= {SendState.HELD, SendState.CONFLICT}:
            self._release(targets)
        elif statuses <= {SendState.READY}:
            self._hold(targets)
        else:
            await self._ask_hold_or_release(targets)

    async def _ask_hold_or_release(self, targets: Sequence[StagedOrder]) -> None:
        several = len(targets) > 1
        answers = [("h", "hold"), ("a", "release anyway" if several else "send anyway")]
        if several:
            answers.append(("r", "release those without errors"))
        name = count_of(len(targets), "order") if several else order_name(targets[0].document)
        match await self._screen.ask(f"{name}:", answers):
            case "h":
                self._hold(targets)
            case "r":
                wrong = (SendState.REFUSED, SendState.INVALID)
                self._release([order for order in targets if self._staging.send_state(order) not in wrong])
            case "a":
                self._release(targets, force=True)

    def _hold(self, orders: Sequence[StagedOrder]) -> None:
        with self._view.saving():
            count = self._staging.editing.hold(order.id for order in orders)
            self._view.show_all()
            self._screen.show_notice(
                f"{count_of(count, 'order')} held: not sent until {self._screen.key('hold')} releases."
            )

    def _release(self, orders: Sequence[StagedOrder], *, force: bool = False) -> None:
        with self._view.saving():
            count = self._staging.editing.release((order.id for order in orders), force=force)
            self._view.show_all()
            despite = " despite problems" if force else ""
            self._screen.show_notice(
                f"{count_of(count, 'order')} released{despite}; {self._screen.key('review')} reviews what is ready."
            )
