"""Commands on the order under the cursor: draft, address, deletion."""

from tui.api.codec import Document, same
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.orders.checks.registry import title_of
from tui.orders.display import display_value
from tui.orders.fields import label_of
from tui.orders.progress import Progress
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.questions import ask_which
from tui.screens.common.routes import ShowLines
from tui.screens.common.workspace_actions import start_write
from tui.screens.order.address import STEP, AddressScreen
from tui.screens.review.drafts import differences, review_drafts
from tui.screens.triage.draft_group import DraftGroup
from tui.screens.triage.order_list import OrderCommands, OrderList
from tui.screens.triage.private_commands import PrivateCommands
from tui.widgets.text import fit, has_substitutes, safe
from tui.work.drafts.proposed_fixes import OrderFix, proposed_fixes

_SHOWN_EACH = 10


class DraftCommands(OrderCommands):
    """Commands that change one order, and the review of drafts."""

    def __init__(self, orders: OrderList, private: PrivateCommands) -> None:
        super().__init__(orders)
        self._private = private
        self.group = DraftGroup(orders)
        """The step that was drafted on several orders."""

    @handles("fix")
    async def fix(self, key: str) -> None:
        """Apply the first proposed fix of the order, or after `;` one kind of fix to the marked orders."""
        if self._screen.on_marked:
            await self._fix_marked()
            return
        order = self._orders.changeable()
        if order is None:
            return
        draft = self._orders.draft_of(order)
        for problem in self._workspace.orders.problems(draft.edit.document):
            proposal = self._workspace.orders.fix(draft.edit.document, problem)
            if proposal is not None:
                draft.edit.put_all(proposal.values, problem.title or problem.detail)
                self._orders.save(draft)
                self._screen.show_notice(
                    f"Drafted: {proposal.words}. {self._orders.next_order.after_draft(draft)} "
                    f"{self._screen.key('undo')} undoes it, {self._screen.key('review')} reviews."
                )
                return
        self._screen.show_notice("No fix is proposed for this order.")

    async def _fix_marked(self) -> None:
        index = self._workspace.orders
        found = [(key, order) for key in sorted(self._orders.table.marks) if (order := index.find(key)) is not None]
        documents = [(key, self._orders.draft_of(order).edit.document) for key, order in found if key.isdecimal()]

        def show(progress: Progress) -> None:
            if progress.done % _SHOWN_EACH == 0:
                self._screen.show_notice(f"Looking for fixes: {progress.done} of {progress.total} orders …")

        kinds = await proposed_fixes(documents, index.problems, index.fix, show)
        self._screen.show_notice("")
        if not kinds:
            self._screen.show_notice(f"No fix is proposed for the {count_of(len(documents), 'marked order')}.")
            return
        codes = list(kinds)
        titles = [f"{title_of(code)}, {count_of(len(kinds[code]), 'order')}" for code in codes]
        chosen = await ask_which(self._screen, "Fix", titles)
        if chosen is not None:
            await self._confirm_fixes(title_of(codes[chosen]), kinds[codes[chosen]])

    async def _confirm_fixes(self, title: str, fixes: list[OrderFix]) -> None:
        """Show what would be drafted, and draft it after `y`."""
        answers = [("y", "draft it"), ("p", "show all")]
        count = count_of(len(fixes), "order")
        earlier = "From earlier orders: " if any(fix.fix.source for fix in fixes) else ""
        answer = await self._screen.ask(f"{earlier}{title}, {count}: {_fix_line(fixes[0])}", answers)
        if answer == "p":
            lines = [[(f" {fit(order_name(fix.document), 14)} {_fix_line(fix)}", "")] for fix in fixes]
            self._workspace.go(ShowLines(f"{count}: {title}", lines))
            self._screen.call_after_refresh(self._screen.run_dialog, self._confirm_fixes(title, fixes))
        elif answer is not None:
            drafted = [fix.key for fix in fixes if self._draft_fix(fix, title)]
            stay = f" {len(fixes) - len(drafted)} changed meanwhile and stay." if len(drafted) < len(fixes) else ""
            left = self._orders.next_order.after([fix.key for fix in fixes])
            self.group.set(title, drafted)
            self._screen.show_notice(
                f"Drafted on {count_of(len(drafted), 'order')}: {title}.{stay} {left} "
                f"{self._screen.key('undo')} undoes it, {self._screen.key('review')} reviews."
            )

    def _draft_fix(self, fix: OrderFix, title: str) -> bool:
        """Draft a fix, unless the order changed since it was proposed."""
        order = self._workspace.orders.find(fix.key)
        draft = self._orders.draft_of(order) if order is not None else None
        if draft is None or not same(draft.edit.document, fix.document):
            return False
        draft.edit.put_all(fix.fix.values, title)
        self._orders.save(draft)
        return True

    @handles(address="")
    async def open_address(self, text: str = "") -> None:
        """Read an address from text into the order's draft."""
        order = self._orders.changeable()
        if order is None:
            return
        document, name = self._orders.draft_of(order).edit.document, order_name(order)
        screen = AddressScreen(self._workspace, document, name=name, key=order_key(order), text=text)
        values = await self._screen.ask_screen(screen)
        if values is None:
            return
        draft = self._orders.draft_of(order)
        if draft.edit.put_all(values, STEP):
            self._orders.save(draft)
            self._screen.show_notice(
                f"Drafted: {STEP}, for {name}. {self._screen.key('undo')} undoes it, {self._screen.key('review')} "
                "reviews."
            )

    @handles(undo=True, redo=False)
    def step(self, is_undo: bool) -> None:
        """Undo or redo what was done last: an action on private marks, a step drafted on many orders, or one of this order."""
        if self._private.is_latest() and self._private.step(is_undo=is_undo):
            return
        if done := self.group.step(is_undo=is_undo):
            self._screen.show_notice(done)
            return
        left = self._orders.next_order.left if is_undo else None
        if left is not None:
            # The action moved the cursor; its undo returns to its order.
            self._orders.table.go_to_key(left)
        order = self._orders.changeable() if left is None else self._workspace.orders.find(left)
        if order is None:
            return
        draft = self._orders.draft_of(order)
        name = draft.edit.undo() if is_undo else draft.edit.redo()
        if name is None and self._private.step(is_undo=is_undo):
            return
        if name is None:
            self._screen.show_notice(f"Nothing to {'undo' if is_undo else 'redo'} on this order.")
        else:
            self._orders.save(draft)
            self._screen.show_notice(f"{'Undone' if is_undo else 'Redone'}: {name}.")

    @handles("differences")
    def show_differences(self, key: str) -> None:
        order = self._orders.order
        draft = self._workspace.account.drafts.get(order_key(order)) if order is not None else None
        if draft is None:
            self._screen.show_notice("Nothing was changed on this order.")
        else:
            self._workspace.go(ShowLines(f"Changed: {order_name(draft.edit.document)}", differences(draft)))

    @handles("review")
    def review(self, key: str) -> None:
        drafts = self._workspace.account.drafts.all()
        if self._screen.on_marked:
            drafts = [draft for draft in drafts if draft.order_id in self._orders.table.marks]
        review_drafts(self._screen, drafts)

    @handles("drop")
    async def delete(self, key: str) -> None:
        if self._screen.on_marked:
            self._screen.show_notice("Orders are deleted one at a time.")
            return
        order = self._orders.changeable()
        if order is None:
            return
        if self._workspace.account.client.read_only:
            self._screen.show_notice("Read-only: this account cannot write.")
            return
        question, expected = _delete_question(order)
        if await self._screen.ask(question, expected=expected):
            work = self._workspace.account.draft_sender.delete(order_key(order), order)
            start_write(self._workspace, work, name="delete an order")
            self._screen.show_notice(f"{order_name(order)} is being deleted.")


def _fix_line(fix: OrderFix) -> str:
    """What a fix changes: the fields with their old and new values, and where these come from."""
    changes = (
        f"{label_of(pointer)} {display_value(pointer, pointer.get(fix.document))} -> {display_value(pointer, value)}"
        for pointer, value in fix.changes
    )
    return safe(f"{', '.join(changes)}{f' ({fix.fix.source})' if fix.fix.source else ''}")


def _delete_question(order: Document) -> tuple[str, str]:
    """The question before an order is deleted, and the text to type."""
    name = order_name(order)
    # Text that is not shown unchanged cannot be typed. Then ask for Sendcloud's id.
    expected, what = (order_key(order), "Sendcloud id") if has_substitutes(name) else (name, "number")
    return f"Delete {name} from Sendcloud? Type its {what}{f' {expected}' if expected != name else ''}:", expected
