"""Drafts: unsent changes of existing orders, stored before the screen shows them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json, as_document, as_list, same
from tui.api.pointer import ABSENT, ROOT, Pointer, present
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.merge import Conflict, Merged, is_undecided, merge, take_theirs
from tui.orders.edits.request_choice import RequestChoice, choose_request
from tui.store.drafts import StoredEdit
from tui.store.store import Store
from tui.work.unsaved import Unsaved


@dataclass(slots=True)
class Draft:
    """The edit of one order. `read_at`: when its base was read.

    `stored`: the edit on disk, which distinguishes this draft from one that another copy of the app has stored.
    """

    order_id: str
    edit: Edit
    read_at: datetime
    stored: StoredEdit | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    """The conflicts with the service, decided ones included."""
    taken: tuple[Change, ...] = ()
    """What only the service changed when the draft was last rebased."""
    joined: list[Change] = field(default_factory=list)
    """What another copy of the app changed in this draft, until the screen has said so."""

    @property
    def sending(self) -> RequestChoice:
        """The request that would be sent now."""
        return choose_request(self.edit)

    @property
    def undecided(self) -> list[Conflict]:
        """The conflicts that keep the order from being sent."""
        return [conflict for conflict in self.conflicts if is_undecided(self.edit, conflict)]

    def conflict_at(self, pointer: Pointer) -> Conflict | None:
        """The conflict at a pointer of the edited document, or at a parent of it."""
        keyed = self.edit.to_keys(pointer)
        return next((conflict for conflict in self.conflicts if keyed.startswith(conflict.pointer)), None)

    def keep_mine(self, conflict: Conflict) -> None:
        """Decide that the local value overwrites the service's."""
        self.conflicts = [replace(known, decided=True) if known is conflict else known for known in self.conflicts]

    def take_theirs(self, conflict: Conflict, name: str) -> bool:
        """Take the service's value, as a step. Returns False if the draft already has it."""
        self.conflicts = [replace(known, decided=False) if known is conflict else known for known in self.conflicts]
        return take_theirs(self.edit, conflict, name)

    def log(self) -> Json:
        """The steps and the conflicts as they are stored."""
        log = cast(Document, self.edit.log())
        return {**log, "clashes": [_dump(conflict) for conflict in self.conflicts]} if self.conflicts else log


@dataclass(frozen=True, slots=True)
class TypedText:
    """Text in an editor that was not accepted yet. `place`: the id of the order or of the staged order."""

    place: str
    pointer: Pointer
    text: str

    @property
    def key(self) -> str:
        """The key under which the text is stored."""
        return _typing_key(self.place, self.pointer)


class Drafts:
    """All drafts of an account. Each change is durable before the call returns."""

    def __init__(
        self, store: Store, account_id: int, now: Callable[[], datetime], unsaved: Unsaved | None = None
    ) -> None:
        """`unsaved` keeps what could not be stored; it is stored again later."""
        self._store = store
        self._unsaved = unsaved if unsaved is not None else Unsaved()
        self._account_id = account_id
        self._now = now
        self.saves = 0
        """Grows with each draft that is saved."""
        self._drafts: dict[str, Draft] = {}
        for kept in store.edits.all(account_id):
            edit = Edit.load(cast(Document, kept.base), kept.log)
            conflicts = _load(kept.log)
            self._drafts[kept.order_id] = Draft(kept.order_id, edit, kept.read_at, kept, conflicts)

    def all(self) -> list[Draft]:
        """The drafts that change something, oldest first."""
        return [draft for draft in self._drafts.values() if draft.edit.dirty]

    def get(self, order_id: str) -> Draft | None:
        """The draft of an order, if it changes something."""
        draft = self._drafts.get(order_id)
        return draft if draft is not None and draft.edit.dirty else None

    def of(self, order_id: str, document: Document, read_at: datetime) -> Draft:
        """The draft of an order; a new one on this document if there is none."""
        draft = self._drafts.get(order_id)
        if draft is None or not (draft.edit.dirty or draft.edit.steps):
            draft = self._drafts[order_id] = Draft(order_id, Edit(document), read_at)
        return draft

    def is_stored(self, order_id: str) -> bool:
        """Whether the draft of an order is on disk as it is here."""
        return f"draft {order_id}" not in self._unsaved

    def save(self, draft: Draft) -> None:
        """Store the steps of a draft durably. A draft without steps is dropped.

        Raises StoreError; the draft is then kept in memory, and stored again later.
        """
        self._drafts[draft.order_id] = draft
        self.saves += 1
        self._unsaved.attempt(f"draft {draft.order_id}", lambda: self._save(draft))

    def _save(self, draft: Draft) -> None:
        if draft.edit.steps:
            self._store_edit(draft)
        else:
            self._drop_stored(draft)

    def _store_edit(self, draft: Draft) -> None:
        edits, order_id = self._store.edits, draft.order_id
        while True:
            log = draft.log()
            stored = edits.replace(self._account_id, order_id, draft.stored, draft.edit.base, draft.read_at, log)
            if stored is not None:
                draft.stored = stored
                return
            # Another copy of the app has stored changes of this order.
            theirs = edits.get(self._account_id, order_id)
            if theirs is None:
                draft.stored = None
            elif _join(draft, theirs):
                # Storing it again would be a change for the other copy, which would store it again, too.
                return

    def join_others(self, draft: Draft) -> bool:
        """Take what another copy of the app has stored in this draft. Returns whether there was something."""
        found = self._store.edits.get(self._account_id, draft.order_id)
        if found is None or (draft.stored is not None and _is_same(found, draft.stored)):
            return False
        if not draft.edit.steps and not draft.conflicts:
            draft.edit, draft.conflicts = Edit.load(cast(Document, found.base), found.log), _load(found.log)
            draft.read_at, draft.stored = found.read_at, found
            draft.joined = [*draft.edit.changes()]
            self._drafts[draft.order_id] = draft
        else:
            self.save(draft)
        return True

    def drop(self, draft: Draft) -> None:
        """Drop a draft; if it was sent, its changes stay in the journal."""
        self._drafts.pop(draft.order_id, None)
        self._unsaved.attempt(f"draft {draft.order_id}", lambda: self._drop_stored(draft))

    def _drop_stored(self, draft: Draft) -> None:
        if draft.stored is not None:
            found = self._store.edits.get(self._account_id, draft.order_id)
            if found is not None and same(found.log, draft.stored.log):
                self._store.edits.drop(self._account_id, draft.order_id)
            draft.stored = None

    def rebase(self, draft: Draft, document: Document, read_at: datetime, *, sent: bool = False) -> Merged:
        """Rebase a draft on the order as it is now. Conflicts stay with the draft until they are decided.

        `sent`: the draft was sent, and this is the order afterwards.
        """
        if same(draft.edit.base, document) and not sent:
            draft.read_at = read_at
            return Merged(draft.edit, (), ())
        merged = merge(draft.edit, document, draft.conflicts, sent=sent)
        draft.edit = merged.edit
        draft.conflicts = [*merged.earlier, *merged.conflicts]
        draft.taken = merged.remote_changes
        draft.read_at = read_at
        if draft.stored is not None:
            self._unsaved.attempt(f"draft {draft.order_id}", lambda: self._save(draft))
        return merged

    def save_typed(self, typing: TypedText) -> None:
        """Store the text of an open editor before it is drawn."""
        key = typing.key
        self._unsaved.attempt(key, lambda: self._store.screen_states.put(self._account_id, key, typing.text))

    def drop_typed(self, place: str, pointer: Pointer) -> None:
        """Drop the stored text of a field: it was accepted or discarded."""
        key = _typing_key(place, pointer)
        self._unsaved.attempt(key, lambda: self._store.screen_states.delete(self._account_id, key))

    def typed(self, place: str) -> dict[Pointer, str]:
        """Return the text that was typed into the fields of an order and not accepted, by pointer."""
        prefix = _typing_key(place, ROOT)
        kept = self._store.screen_states.all(self._account_id, prefix)
        return {Pointer.parse(key.removeprefix(prefix)): str(text) for key, text in kept.items()}


def _is_same(a: StoredEdit, b: StoredEdit) -> bool:
    return (a.base_id, a.read_at) == (b.base_id, b.read_at) and same(a.log, b.log)


def _join(draft: Draft, found: StoredEdit) -> bool:
    """Merge what another copy of the app has stored into a draft, as one step; different values are conflicts.

    The two are compared with what this copy had stored before, which both had in common. Returns whether the stored
    draft has all that this one has.
    """
    stored, stored_conflicts = Edit.load(cast(Document, found.base), found.log), _load(found.log)
    theirs = Draft(draft.order_id, stored, found.read_at, conflicts=stored_conflicts)
    common = draft.edit.base
    if draft.stored is not None:
        common = Edit.load(cast(Document, draft.stored.base), draft.stored.log).document
    if not same(theirs.edit.base, draft.edit.base):
        older, newer = sorted((draft, theirs), key=lambda one: one.read_at)
        rebased = merge(older.edit, newer.edit.base, older.conflicts)
        older.edit, older.conflicts = rebased.edit, [*rebased.earlier, *rebased.conflicts]
        older.read_at = newer.read_at
    merged = merge(Edit.diff(common, draft.edit.document, "your changes"), theirs.edit.document)
    draft.edit.replace_document(merged.edit.document, "changes of another copy")
    found_conflicts = [_in_draft(draft, merged.edit, conflict) for conflict in merged.conflicts]
    known = {conflict.pointer for conflict in (*draft.conflicts, *found_conflicts)}
    draft.conflicts += found_conflicts
    draft.conflicts += [conflict for conflict in theirs.conflicts if conflict.pointer not in known]
    draft.joined = [*merged.remote_changes]
    draft.stored = found
    is_same_edit = same(stored.base, draft.edit.base) and same(stored.document, draft.edit.document)
    return is_same_edit and {one.pointer for one in stored_conflicts} == {one.pointer for one in draft.conflicts}


def _in_draft(draft: Draft, merged: Edit, conflict: Conflict) -> Conflict:
    """A conflict with the keys of the draft, whose document is that of the merged edit."""
    placed = merged.to_positions(conflict.pointer)
    pointer = conflict.pointer if placed is None else draft.edit.to_keys(placed)
    return replace(conflict, pointer=pointer, by="another copy")


def _typing_key(place: str, pointer: Pointer) -> str:
    return f"typing:{place}:{pointer}"


def _dump(conflict: Conflict) -> Json:
    sides = {"base": conflict.base, "theirs": conflict.theirs, "mine": conflict.mine}
    return {"pointer": str(conflict.pointer), "decided": conflict.decided, "by": conflict.by, **present(sides)}


def _load(log: Json) -> list[Conflict]:
    return [
        Conflict(
            Pointer.parse(str(stored["pointer"])),
            stored.get("base", ABSENT),
            stored.get("theirs", ABSENT),
            stored.get("mine", ABSENT),
            stored.get("decided") is True,
            str(stored.get("by", "service")),
        )
        for stored in as_list(as_document(log).get("clashes"))
        if isinstance(stored, dict)
    ]
