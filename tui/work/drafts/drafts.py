"""Drafts: the edits of orders that the service has, on disk before they are on the screen (decisions 7, 18)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.merge import Conflict, Merged, is_undecided, merge, take_theirs
from tui.orders.edits.request_choice import RequestChoice, choose_request
from tui.store.drafts import StoredEdit
from tui.store.store import Store


@dataclass(slots=True)
class Draft:
    """The edit of one order. `read_at`: when its base was read.

    `stored`: what is on disk, by which this copy of the app knows its own draft from another copy's.
    """

    order_id: str
    edit: Edit
    read_at: datetime
    stored: StoredEdit | None = None
    clashes: list[Conflict] = field(default_factory=list)
    """What both sides changed, also what was decided since."""
    taken: tuple[Change, ...] = ()
    """What the service alone changed when the draft was last set on a newer order."""

    @property
    def sending(self) -> RequestChoice:
        """The request that would be sent now."""
        return choose_request(self.edit)

    @property
    def undecided(self) -> list[Conflict]:
        """The clashes that keep the order from being sent."""
        return [clash for clash in self.clashes if is_undecided(self.edit, clash)]

    def clash_at(self, pointer: Pointer) -> Conflict | None:
        """The clash at a place of the edited document, or around it."""
        keyed = self.edit.to_keys(pointer)
        return next((clash for clash in self.clashes if keyed.startswith(clash.pointer)), None)

    def keep_mine(self, clash: Conflict) -> None:
        """Decide that what is here goes over what is there."""
        self.clashes = [replace(one, decided=True) if one is clash else one for one in self.clashes]

    def take_theirs(self, clash: Conflict, name: str) -> bool:
        """Give the service's side back, as a step; False if it is that already."""
        self.clashes = [replace(one, decided=False) if one is clash else one for one in self.clashes]
        return take_theirs(self.edit, clash, name)

    def log(self) -> Json:
        """The steps and the clashes as they are kept."""
        log = cast(Document, self.edit.log())
        return {**log, "clashes": [_dump(clash) for clash in self.clashes]} if self.clashes else log


@dataclass(frozen=True, slots=True)
class TypedText:
    """Text in an editor that was not taken yet. `place`: the order's id, or a staged order's (which has letters)."""

    place: str
    pointer: Pointer
    text: str


class Drafts:
    """All drafts of an account. Each change is durable before the call returns."""

    def __init__(self, store: Store, account_id: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._account_id = account_id
        self._now = now
        self._drafts: dict[str, Draft] = {}
        for kept in store.edits.all(account_id):
            edit = Edit.load(cast(Document, kept.base), kept.log)
            clashes = _load(kept.log)
            self._drafts[kept.order_id] = Draft(kept.order_id, edit, kept.read_at, kept, clashes)

    def all(self) -> list[Draft]:
        """The drafts that change something, the oldest first."""
        return [draft for draft in self._drafts.values() if draft.edit.dirty]

    def get(self, order_id: str) -> Draft | None:
        """The draft of an order, if it changes something."""
        draft = self._drafts.get(order_id)
        return draft if draft is not None and draft.edit.dirty else None

    def of(self, order_id: str, document: Document, read_at: datetime) -> Draft:
        """The draft of an order, begun from this document if there is none yet."""
        draft = self._drafts.get(order_id)
        if draft is None or not (draft.edit.dirty or draft.edit.steps):
            draft = self._drafts[order_id] = Draft(order_id, Edit(document), read_at)
        return draft

    def save(self, draft: Draft) -> None:
        """Bring the steps of a draft to the platter; a draft that changes nothing and can be forgotten is."""
        if not draft.edit.steps:
            self.drop(draft)
        else:
            self._store_edit(draft)
        self._drafts[draft.order_id] = draft

    def _store_edit(self, draft: Draft) -> None:
        edits, base, log, stored = self._store.edits, draft.edit.base, draft.log(), draft.stored
        if stored is not None and stored.base is base:
            stored = edits.save_log(self._account_id, stored, log, draft.read_at)
        else:
            stored = None
        if stored is None:
            # It is new or has a new base, or another copy of the app has sent, dropped or replaced the stored one.
            stored = edits.start(self._account_id, draft.order_id, base, draft.read_at, log)
        if stored.base is not base:
            stored = edits.rebase(self._account_id, draft.order_id, base, draft.read_at, log)
        draft.stored = stored

    def drop(self, draft: Draft) -> None:
        """Forget a draft; what it said stays in the journal if it was sent."""
        self._drafts.pop(draft.order_id, None)
        if draft.stored is not None:
            found = self._store.edits.get(self._account_id, draft.order_id)
            if found is not None and same(found.log, draft.stored.log):
                self._store.edits.drop(self._account_id, draft.order_id)
            draft.stored = None

    def rebase(self, draft: Draft, document: Document, read_at: datetime, *, sent: bool = False) -> Merged:
        """Set a draft on what the service has now; what both sides changed is kept with it until it is decided.

        `sent`: this is the order after the draft was sent.
        """
        if same(draft.edit.base, document) and not sent:
            draft.read_at = read_at
            return Merged(draft.edit, (), ())
        merged = merge(draft.edit, document, draft.clashes, sent=sent)
        draft.edit = merged.edit
        draft.clashes = [*merged.earlier, *merged.conflicts]
        draft.taken = merged.remote_changes
        draft.read_at = read_at
        if draft.stored is not None:
            self._store_edit(draft)
        return merged

    def type(self, typing: TypedText) -> None:
        """Keep the text in an open editor, before it is drawn."""
        self._store.screen_states.put(self._account_id, _typing_key(typing.place, typing.pointer), typing.text)

    def untype(self, place: str, pointer: Pointer) -> None:
        """Forget what was typed here: it was taken, or given up."""
        self._store.screen_states.delete(self._account_id, _typing_key(place, pointer))

    def typed(self, place: str) -> dict[Pointer, str]:
        """What was typed into the fields of an order and never taken."""
        prefix = _typing_key(place, ROOT)
        kept = self._store.screen_states.all(self._account_id, prefix)
        return {Pointer.parse(key.removeprefix(prefix)): str(text) for key, text in kept.items()}


def _typing_key(place: str, pointer: Pointer) -> str:
    return f"typing:{place}:{pointer}"


def _dump(clash: Conflict) -> Json:
    sides = {"base": clash.base, "theirs": clash.theirs, "mine": clash.mine}
    known: Document = {side: value for side, value in sides.items() if value is not ABSENT}
    return {"pointer": str(clash.pointer), "decided": clash.decided, **known}


def _load(log: Json) -> list[Conflict]:
    kept = log.get("clashes") if isinstance(log, dict) else None
    return [
        Conflict(
            Pointer.parse(str(one["pointer"])),
            one.get("base", ABSENT),
            one.get("theirs", ABSENT),
            one.get("mine", ABSENT),
            one.get("decided") is True,
        )
        for one in (kept if isinstance(kept, list) else [])
        if isinstance(one, dict)
    ]
