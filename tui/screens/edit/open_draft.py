"""The draft in the form: its problems, its conflicts, and merging what the service has."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from tui.api.codec import Document, Json
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Kind, Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.keymap import Context
from tui.orders.checks.fix import Fix, Propose
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.registry import DAMAGE_CODES, at_every_item, find_problems
from tui.orders.display import display_value
from tui.orders.edits.edit import Edit
from tui.orders.edits.json_merge import check_change, keep_fixed_fields, rebase
from tui.orders.edits.merge import Conflict
from tui.orders.edits.request_choice import RequestChoice
from tui.orders.fields import Field, exclusive_values, label_of, required_in
from tui.orders.paths import LISTS
from tui.screens.order.form_rows import ConflictNote, FormNote
from tui.screens.order.form_target import EmptyChoice, problems_to_fix
from tui.widgets.form_layout import FieldRow
from tui.work.account import Account
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendStatus
from tui.work.writes.send_state import SendState


class OpenDraft:
    """A `FormTarget` and `JsonTarget`: the draft of one order with its problems."""

    OPERATION: ClassVar[Operation] = Operation.PATCH
    CHANGED: ClassVar[str] = "Drafted"
    ORIGINAL: ClassVar[str] = "as it was read"

    def __init__(self, account: Account, now: Callable[[], datetime], draft: Draft, propose: Propose = fix_for) -> None:
        self._account = account
        self._propose = propose
        self._now = now
        self.draft = draft
        self.choice: RequestChoice = draft.sending
        """The request that would be sent now."""
        self.notes: list[FormNote] = []

    @classmethod
    def of(
        cls,
        account: Account,
        now: Callable[[], datetime],
        order_id: str,
        document: Document | None,
        propose: Propose = fix_for,
    ) -> "OpenDraft | None":
        """The draft of an order, or a new one of `document`; None if there is neither. `propose`: a fix for a problem."""
        draft = account.drafts.get(order_id)
        if draft is None and document is not None:
            draft = account.drafts.of(order_id, document, now())
        return cls(account, now, draft, propose) if draft is not None else None

    @property
    def id(self) -> str:
        return self.draft.order_id

    @property
    def typed_key(self) -> str:
        return self.draft.order_id

    @property
    def edit(self) -> Edit:
        return self.draft.edit

    @property
    def document(self) -> Document:
        return self.draft.edit.document

    @property
    def status(self) -> DraftSendStatus | None:
        """The result of the last attempt to send it."""
        return self._account.draft_sender.status(self.id)

    # Changing it.

    def put(self, pointer: Pointer, value: Json, name: str, beside: Sequence[tuple[Pointer, Json]] = ()) -> bool:
        draft = self.draft
        conflict = draft.conflict_at(pointer)
        is_changed = draft.edit.put_all([*exclusive_values(pointer, value), *beside], name)
        if conflict is not None:
            # The user has seen both values, so typing decides the conflict.
            draft.keep_mine(conflict)
        return self._saved(is_changed or conflict is not None)

    def put_all(self, values: Sequence[tuple[Pointer, Json | Absent]], name: str) -> bool:
        return self._saved(self.edit.put_all(values, name))

    def drop(self, pointer: Pointer, name: str) -> bool:
        return self._saved(self.edit.drop(pointer, name))

    def revert(self, pointer: Pointer, name: str) -> bool:
        return self._saved(self.edit.revert(pointer, name))

    def change(self, work: Callable[[Edit], Pointer | None]) -> Pointer | None:
        pointer = work(self.edit)
        self._saved(pointer is not None)
        return pointer

    @property
    def json_key(self) -> str:
        return f"order {self.id}"

    def check_json(self, wanted: Document) -> list[Problem]:
        return check_change(self.edit.base, wanted)

    def replace_document(self, began: Document, wanted: Document, name: str) -> bool:
        document = rebase(began, keep_fixed_fields(self.edit.base, wanted), self.document)
        return self._saved(self.edit.replace_document(document, name))

    def fix(self, here: Pointer | None) -> Fix | None:
        problem = next((note.problem for note in problems_to_fix(self.notes, here) if note.fix), None)
        proposal = self._propose(self.document, problem) if problem is not None else None
        if problem is None or proposal is None:
            return None
        return proposal if self.put_all(proposal.values, problem.title or problem.detail) else None

    def undo(self) -> str | None:
        return self._stepped(self.edit.undo())

    def redo(self) -> str | None:
        return self._stepped(self.edit.redo())

    def _stepped(self, name: str | None) -> str | None:
        self._saved(name is not None)
        return name

    def _saved(self, is_changed: bool) -> bool:
        if is_changed:
            self.save()
        return is_changed

    def save(self) -> None:
        """Save the draft. The result of an earlier sending is dropped, unless the order was refused."""
        status = self.status
        if status is not None and status.state not in (SendState.REFUSED, SendState.DIFFERS):
            self._account.draft_sender.forget(self.id)
        self._account.drafts.save(self.draft)

    def source(self, pointer: Pointer) -> str:
        return ""

    def empty_choices(self, row: FieldRow, known: Field) -> list[EmptyChoice]:
        """The empty values of a field. Some can only be sent as a PATCH (Q3.8-3.10)."""
        by_patch = not row.full_order_reason
        choices = []
        if known.patch.empty or (known.post.empty and not by_patch):
            choices.append(EmptyChoice("e", "empty", [] if known.kind is Kind.TAGS else ""))
        elif known.kind is Kind.TAGS and row.value != []:
            choices.append(EmptyChoice("e", "an empty list", []))
        if known.patch.nullable and by_patch:
            choices.append(EmptyChoice("n", "null, removed", None))
        elif known.post.nullable:
            choices.append(EmptyChoice("n", "null: sent whole" if by_patch else "null", None))
        if row.value is not ABSENT and self.edit.base_value(row.pointer) is ABSENT:
            choices.append(EmptyChoice("a", "absent, as it was"))
        elif row.value is not ABSENT and not required_in(row.pointer, known, self.document):
            choices.append(EmptyChoice("a", "absent: sent whole"))
        return choices

    # Following other copies of the app, and the service.

    def joined(self) -> str:
        """What was taken from another copy, as names of fields; empty if there is nothing new."""
        changes, self.draft.joined = self.draft.joined, []
        return _names(self.draft, [change.pointer for change in changes])

    def rebase(self, document: Document) -> tuple[str, str]:
        """Rebase the draft on the order as just read.

        Returns the fields that both sides changed, and those that only the service changed.
        """
        self.draft = self._account.drafts.get(self.id) or self.draft
        merged = self._account.drafts.rebase(self.draft, document, self._now())
        conflicts = [conflict.pointer for conflict in merged.conflicts]
        changed = [change.pointer for change in merged.remote_changes if self.edit.dirty]
        return _names(self.draft, conflicts), _names(self.draft, changed)

    def reload(self) -> None:
        """Reload the draft, which something else may have changed or dropped."""
        draft, status = self._account.drafts.get(self.id), self.status
        if draft is not None:
            self.draft = draft
        elif status is not None and status.document is not None:
            self.draft = self._account.drafts.of(self.id, status.document, status.at)

    def resolve(self, conflicts: Sequence[Conflict], *, mine: bool) -> None:
        """Keep the user's values of these conflicts, or take the service's."""
        for conflict in conflicts:
            if mine:
                self.draft.keep_mine(conflict)
            else:
                self.draft.take_theirs(conflict, f"the service's value of {self.name_of(conflict)}")
        self.save()

    def name_of(self, conflict: Conflict) -> str:
        """The name of a conflict's field, for a sentence."""
        return label_of(self.edit.to_positions(conflict.pointer) or conflict.pointer.parent)

    # Its problems.

    def check(self) -> None:
        """Find problems: those from the service, of the PATCH schema, and those that prevent shipping."""
        self.choice = self.draft.sending
        document = self.document
        self.notes = [*self._service_notes()]
        for problem in self._schema_problems():
            self.notes.append(self._note(problem))
        known = {note.problem.pointer for note in self.notes}
        for blocked in self.choice.blocked:
            problem = Problem(blocked.reason, "blocked", pointer=blocked.pointer, reported_by=ReportedBy.LOCAL)
            self.notes.append(FormNote(problem))
        context = self._account.known_shops.context(document)
        found = find_problems(document, context)
        for problem in (each for one in found for each in at_every_item(document, one, context)):
            # Problems from the schema or the service about a damaged value get the same fix.
            if problem.code not in DAMAGE_CODES or problem.pointer not in known:
                self.notes.append(self._note(problem))

    def _note(self, problem: Problem, when: str = "") -> FormNote:
        """A problem with its proposed fix."""
        proposal = self._propose(self.document, problem)
        return FormNote(problem, when, fix=proposal.text if proposal is not None else "")

    def _service_notes(self) -> Iterator[FormNote]:
        status = self.status
        if status is not None:
            when = f"{status.at.astimezone(self._account.zone):%H:%M}"
            yield from (self._note(problem, when) for problem in status.problems)

    def _schema_problems(self) -> Iterator[Problem]:
        for found, severity in ((self.choice.invalid, Severity.ERROR), (self.choice.tolerated, Severity.WARNING)):
            for issue in found:
                yield Problem(
                    issue.detail, issue.code, pointer=issue.pointer, severity=severity, reported_by=ReportedBy.LOCAL
                )

    def conflicts(self) -> list[ConflictNote]:
        """The conflicts as the form shows them."""
        when = f"{self.draft.read_at.astimezone(self._account.zone):%H:%M}"
        return [
            _conflict(self.draft, conflict, when, self._account.key("empty_value", Context.EDIT))
            for conflict in self.draft.conflicts
        ]


def _names(draft: Draft, pointers: Sequence[Pointer]) -> str:
    names = [label_of(draft.edit.to_positions(pointer) or pointer.parent) for pointer in pointers]
    return ", ".join(dict.fromkeys(names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _conflict(draft: Draft, conflict: Conflict, when: str, decides: str) -> ConflictNote:
    """A conflict as a sentence. Decided conflicts are also shown and can be decided again.

    `decides`: the key that decides it.
    """
    placed = draft.edit.to_positions(conflict.pointer)
    there, was = display_value(conflict.pointer, conflict.theirs), display_value(conflict.pointer, conflict.base)
    if conflict.pointer in LISTS:
        text = f"{label_of(conflict.pointer)} changed; its entries cannot be matched"
    elif placed is None:
        text = f"what was removed here was changed: {there}"
    elif conflict.theirs is ABSENT and conflict.pointer.parent in LISTS:
        text = "this was removed"
    else:
        text = f"{there} (was {was})"
    text = f"{conflict.by}: {text}"
    if conflict in draft.undecided:
        return ConflictNote(placed or conflict.pointer, f"{when} {text}   {decides}: m mine, t theirs")
    kept = "yours is kept" if conflict.decided else "theirs is kept"
    return ConflictNote(
        placed or conflict.pointer,
        f"{when} {text}; {kept}; {decides} decides again",
        decided=True,
    )
