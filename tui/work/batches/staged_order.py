"""A staged order: its edit, what sending it would do, what is wrong with it, and where it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from operator import is_
from typing import cast

from tui.api.codec import Document, Json, decode, encode, same
from tui.api.errors import Origin, Problem, Severity
from tui.api.pointer import ABSENT, Absent, Pointer, Scope, position_of
from tui.api.query import id_text
from tui.orders.checks.proposal import Fix
from tui.orders.checks.sending import check_order, check_shop
from tui.orders.checks.spreadsheet_damage import fix_for
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.upsert import to_upsert
from tui.orders.fields import field_at
from tui.orders.paths import LISTS
from tui.store.batches import KEEP, Kept, NewStaged, Staged, StagedState
from tui.store.journal import Write
from tui.work.file_import.provenance import Provenance
from tui.work.writes.lookup import key_of
from tui.work.writes.send_state import SendState, Unsent, project
from tui.work.writes.serialization import problem_from_json, problem_to_json, problems_from_json

ID = Pointer.of("id")


class PlannedAction(StrEnum):
    """What sending an order would do, by a look at the service."""

    NEW = "new"
    UPDATE = "UPDATE"
    SAME = "same"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class ServiceProblem:
    """What the service said of a version. The pointer names entries of lists by key; `value` marks what stood there."""

    problem: Problem
    at: datetime
    version: int
    value: str


@dataclass(frozen=True, slots=True)
class RemoteSnapshot:
    """What a look at the service found for a key (Sendcloud's id, order id, shop): the order as read, or none."""

    key: tuple[str, str, str]
    at: datetime
    remote: Document | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at its place in the order as it is now. `at`: when the service said it. `stale`: changed there since."""

    problem: Problem
    at: datetime | None = None
    stale: bool = False

    @property
    def stops(self) -> bool:
        return self.problem.severity is Severity.ERROR and not self.stale


@dataclass(slots=True)
class StagedOrder:
    """One order of the batch. `insisted`: the version that the user released despite its errors."""

    id: str
    edit: Edit
    version: int
    state: StagedState
    since: datetime
    released: bool = False
    held: bool = False
    origin: Provenance = field(default_factory=Provenance)
    remote_id: str | None = None
    insisted: int | None = None
    told: tuple[ServiceProblem, ...] = ()
    looked: RemoteSnapshot | None = None
    twin: Problem | None = None
    noted: tuple[ServiceProblem, ...] = ()
    """What was found when it was read from a file; it goes away with the value that it speaks of."""
    _saved_meta: tuple[object, ...] | None = field(default=None, repr=False)
    _here: tuple[Document, Collection[int] | None, RemoteSnapshot | None, tuple[Problem, ...]] | None = field(
        default=None, repr=False
    )
    _judged: tuple[Document, list[Problem]] | None = field(default=None, repr=False)
    _found: tuple[tuple[object, ...], tuple[Finding, ...]] | None = field(default=None, repr=False)
    _does: tuple[Document, RemoteSnapshot | None, PlannedAction, tuple[Change, ...]] | None = field(
        default=None, repr=False
    )
    _send_state: tuple[tuple[object, ...], SendState] | None = field(default=None, repr=False)
    _key: tuple[Document, str | None, tuple[str, str, str]] | None = field(default=None, repr=False)

    @property
    def document(self) -> Document:
        return self.edit.document

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return self.origin.words

    def cell(self, pointer: Pointer) -> tuple[int, str] | None:
        """The row (from 1) and the name of the column of the file that the value here was read from."""
        return self.origin.cell(pointer, self.edit)

    def place(self, pointer: Pointer) -> str:
        """Where in the file a value stands, or would stand, in words; empty where it came from no table."""
        return self.origin.place(pointer, self.edit)

    def derived(self, pointer: Pointer) -> str | None:
        """How the value here was derived, where the file lacked it."""
        return self.origin.derived(pointer, self.edit)

    @property
    def unsaved_meta(self) -> Json | Kept:
        """What is to be saved beside the steps; KEEP where that is on the disk already, a whole document perhaps."""
        saved = self._saved_meta
        return KEEP if saved is not None and all(map(is_, saved, self._meta_parts())) else meta_of(self)

    def meta_was_saved(self) -> None:
        """Note that `meta_of` this order is on the disk."""
        self._saved_meta = self._meta_parts()

    def _meta_parts(self) -> tuple[object, ...]:
        return self.origin, self.held, self.told, self.insisted, self.noted, self.looked

    def rebase(self, edit: Edit) -> None:
        """Go on with another base; cells and problems stay at their values."""
        before, self.edit = self.edit, edit
        self.origin = self.origin.rebased(before, edit)
        self.told = _taken_along(self.told, before, edit)
        self.noted = _taken_along(self.noted, before, edit)

    @property
    def key(self) -> tuple[str, str, str]:
        """By what the service would know it: Sendcloud's id where it is known, order id, shop."""
        kept = self._key
        if kept is None or kept[0] is not self.edit.document or kept[1] is not self.remote_id:
            key = (id_text(self.document.get("id")) or self.remote_id or "", *key_of(self.document))
            kept = self._key = (self.edit.document, self.remote_id, key)
        return kept[2]

    @property
    def fixed(self) -> bool:
        """Whether it stands for an order that exists, so that what identifies it must not change (Q1.6)."""
        return "id" in self.document or self.remote_id is not None

    @property
    def remote(self) -> Document | None:
        """The order as the service has it, as far as it was looked for."""
        return self.looked.remote if self.looked is not None and self.looked.key == self.key else None

    @property
    def sent(self) -> bool:
        """Whether this version is with the service, or may be."""
        return self.state not in (StagedState.DRAFT, StagedState.REFUSED, StagedState.MISSING)

    @property
    def does(self) -> PlannedAction:
        return self._compared()[0]

    @property
    def differences(self) -> tuple[Change, ...]:
        """What sending would change of the order that the service has."""
        return self._compared()[1]

    def needs_look(self) -> bool:
        order_id, shop = self.key[1:]
        return not self.sent and bool(order_id and shop) and (self.looked is None or self.looked.key != self.key)

    def here(self, shops: Collection[int] | None) -> tuple[Problem, ...]:
        """What is found wrong on this side; kept until the order or the shops change."""
        kept = self._here
        if kept is None or kept[0] is not self.document or kept[1] is not shops or kept[2] is not self.looked:
            # The shops come to be known, and orders are looked up, while the order itself stays.
            if self._judged is None or self._judged[0] is not self.document:
                self._judged = (self.document, check_order(self.document, None))
            found = [*check_shop(self.document, shops), *self._judged[1]]
            if "id" in self.document and self.looked and self.looked.key == self.key and self.looked.remote is None:
                found.append(gone(self.document))
            kept = self._here = (self.document, shops, self.looked, tuple(found))
        return kept[3]

    def findings(self, shops: Collection[int] | None) -> list[Finding]:
        """All that is wrong: what the service said, what is found here, and last what was changed since it was said."""
        basis = (self.document, shops, self.looked, self.told, self.twin, self.noted, self.version)
        kept = self._found
        if kept is None or not all(map(is_, kept[0], basis)):
            kept = self._found = (basis, tuple(self._find(shops)))
        return list(kept[1])

    def proposed_fix(self, finding: Finding) -> Fix | None:
        """What would solve a problem."""
        if finding.problem.code == "gone":
            return Fix("send it as a new order", ((ID, None),))
        return fix_for(self.document, finding.problem)

    def _find(self, shops: Collection[int] | None) -> list[Finding]:
        said = [self._finding(told) for told in self.told]
        fresh = [finding for finding in said if not finding.stale]
        # What is said of one place stays together, in the order in which the places were named first (Q5.2).
        named: dict[Pointer, int] = {}
        for finding in fresh:
            named.setdefault(finding.problem.pointer, len(named))
        fresh.sort(key=lambda finding: named[finding.problem.pointer])
        known = {(finding.problem.pointer, finding.problem.detail) for finding in fresh}
        here = [self.twin] if self.twin is not None else []
        read = [finding.problem for told in self.noted if not (finding := self._finding(told)).stale]
        here += read
        # What the reading of the file said of a place is nearer to the user than what the schema says of it.
        # A doubt hides no error.
        said_of = {(problem.pointer, problem.severity) for problem in read}
        said_of |= {(problem.pointer, Severity.WARNING) for problem in read}
        here += [
            problem
            for problem in self.here(shops)
            if (problem.pointer, problem.detail) not in known and (problem.pointer, problem.severity) not in said_of
        ]
        here.sort(key=lambda problem: problem.severity is Severity.WARNING)
        return [*fresh, *(Finding(problem) for problem in here), *(finding for finding in said if finding.stale)]

    def send_state(self, shops: Collection[int] | None) -> SendState:
        # Screens ask this of all orders after every key, of which one changed.
        basis = (
            self.edit.document,
            shops,
            self.looked,
            self.told,
            self.twin,
            self.noted,
            self.version,
            self.state,
            self.held,
            self.released,
            self.insisted,
            self.remote_id,
        )
        kept = self._send_state
        if kept is None or not all(map(is_, kept[0], basis)):
            kept = self._send_state = (basis, self._project(shops))
        return kept[1]

    def _project(self, shops: Collection[int] | None) -> SendState:
        overridden = self.insisted == self.version
        if self.sent or (self.state is StagedState.MISSING and not overridden):
            return project(self.state)
        stops = [] if overridden else [finding for finding in self.findings(shops) if finding.stops]
        unsent = Unsent(
            refused=any(finding.at is not None for finding in stops),
            invalid=bool(stops),
            unchanged=self.does is PlannedAction.SAME,
            held=self.held,
            overwrites=self.does is PlannedAction.UPDATE and not self.released,
        )
        return project(self.state, unsent)

    def _compared(self) -> tuple[PlannedAction, tuple[Change, ...]]:
        kept = self._does
        if kept is None or kept[0] is not self.document or kept[1] is not self.looked:
            does, changes = self._compare()
            kept = self._does = (self.document, self.looked, does, changes)
        return kept[2], kept[3]

    def _compare(self) -> tuple[PlannedAction, tuple[Change, ...]]:
        remote = self.remote
        if remote is None:
            return PlannedAction.UNKNOWN if self.needs_look() else PlannedAction.NEW, ()
        changes = tuple(_differences(self.edit, remote))
        return (PlannedAction.UPDATE if changes else PlannedAction.SAME), changes

    def _finding(self, told: ServiceProblem) -> Finding:
        pointer = self.edit.to_positions(told.problem.pointer)
        if pointer is None:
            place = next(place for place in LISTS if told.problem.pointer.startswith(place))
            detail = f"{told.problem.detail} (of an entry that was removed)"
            return Finding(replace(told.problem, pointer=place, detail=detail), told.at, stale=True)
        if pointer.tokens and field_at(pointer) is None and pointer.get(self.document) is ABSENT:
            # It leads nowhere, so that nobody can tell which change was meant for it.
            stale = self.version > told.version
        else:
            stale = mark_of(pointer.get(self.document)) != told.value
        return Finding(replace(told.problem, pointer=pointer), told.at, stale)


def gone(document: Document) -> Problem:
    """What is wrong with an order that names an id which the service does not have."""
    detail = f"The service has no order {id_text(document.get('id'))} any more."
    return Problem(detail, "gone", "gone", pointer=ID, origin=Origin.LOCAL)


def _taken_along(told: Sequence[ServiceProblem], before: Edit, edit: Edit) -> tuple[ServiceProblem, ...]:
    """What was said, at its places in another edit; what was said of an entry that was removed has none."""
    placed = [(one, before.to_positions(one.problem.pointer)) for one in told]
    return tuple(
        replace(one, problem=replace(one.problem, pointer=edit.to_keys(place)))
        for one, place in placed
        if place is not None
    )


def note_of(problem: Problem, document: Document, at: datetime) -> ServiceProblem:
    """What was found in a document as it was read, to be shown while the value stays."""
    pointer = Edit(document).to_keys(problem.pointer)
    return ServiceProblem(replace(problem, pointer=pointer), at, 1, mark_of(problem.pointer.get(document)))


def mark_of(value: Json | Absent) -> str:
    """A short text that differs where values differ."""
    return "" if value is ABSENT else sha256(encode(value)).hexdigest()[:16]


def told_by(write: Write) -> dict[str, tuple[ServiceProblem, ...]]:
    """What a refusal said of each of the orders sent, by their ids; pointers follow the entries that were meant."""
    sent = decode(write.new.body)
    items = write.new.items
    told: dict[str, tuple[ServiceProblem, ...]] = {item.staged: () for item in items}
    if not isinstance(sent, list):
        return told
    for problem in problems_from_json(write.last.problems):
        # What is said of a batch of one order is said of that order.
        alone = len(items) == 1 and problem.scope in (Scope.THIS, Scope.BATCH)
        place = 0 if alone else problem.order if problem.scope is Scope.ORDER else None
        if place is None or not 0 <= place < len(items):
            continue
        item = items[place]
        keys = write.new.changes.get(item.staged) if isinstance(write.new.changes, dict) else None
        pointer = problem.pointer.without_unknown_segments(sent[place])
        value = mark_of(pointer.get(sent[place]))
        one = ServiceProblem(replace(problem, pointer=_keyed(pointer, keys)), write.last.at, item.version, value)
        told[item.staged] = (*told[item.staged], one)
    return told


def keys_of_lists(edit: Edit) -> Json:
    """The keys of the entries of each list, so that a pointer can be understood when its answer comes much later."""
    keys: Document = {}
    for place in LISTS:
        entries = place.get(edit.document)
        if isinstance(entries, list) and entries:
            keys[str(place)] = [edit.to_keys(place / position).name for position in range(len(entries))]
    return keys


def _keyed(pointer: Pointer, keys: Json) -> Pointer:
    if not isinstance(keys, dict):
        return pointer
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            token, names = pointer.tokens[len(place)], keys.get(str(place))
            position = position_of(token, len(names)) if isinstance(names, list) else None
            if isinstance(names, list) and position is not None:
                return Pointer((*place.tokens, str(names[position]), *pointer.tokens[len(place) + 1 :]))
    return pointer


def _differences(edit: Edit, remote: Document) -> list[Change]:
    there = to_upsert(remote, keep_id="id" in edit.document)[0]
    if not same(there, edit.base):
        document = edit.document
        edit = Edit(there)
        names = [*document, *(name for name in there if name not in document)]
        edit.put_all([(Pointer.of(name), document.get(name, ABSENT)) for name in names], "as staged")
    return [change for change in edit.changes() if not _means_the_same(change)]


def _means_the_same(change: Change) -> bool:
    """Whether only the spelling differs: a time in another zone, a cost as a number."""
    if change.was is ABSENT or change.now is ABSENT:
        return False
    return not compare(change.pointer.put({}, change.now), change.pointer.put({}, change.was))


# To disk and back.


def meta_of(order: StagedOrder) -> Json:
    """What is kept of an order beside its steps."""
    meta: Document = {
        **order.origin.dump(),
        "held": order.held,
        "told": [told_to_json(one) for one in order.told],
        "insisted": order.insisted,
    }
    if order.noted:
        meta["noted"] = [told_to_json(one) for one in order.noted]
    if order.looked is not None:
        key: list[Json] = list(order.looked.key)
        meta["looked"] = {"key": key, "at": order.looked.at.isoformat(), "remote": order.looked.remote}
    return meta


def staged_from(row: Staged) -> StagedOrder:
    """A staged order as it was kept."""
    meta = row.meta if isinstance(row.meta, dict) else {}
    insisted = meta.get("insisted")
    order = StagedOrder(
        row.id,
        Edit.load(cast(Document, row.base), row.log),
        row.version,
        row.state,
        row.updated_at,
        row.released,
        meta.get("held") is True,
        Provenance.load(meta),
        row.remote_id,
        insisted if isinstance(insisted, int) else None,
        noted=tuple(_told(cast(Document, one)) for one in _list(meta.get("noted"))),
    )
    if row.state not in (StagedState.ACCEPTED, StagedState.VERIFIED):
        order.told = tuple(_told(cast(Document, one)) for one in _list(meta.get("told")))
    looked = meta.get("looked")
    if isinstance(looked, dict):
        key = [str(part) for part in _list(looked.get("key"))]
        remote = looked.get("remote")
        at = datetime.fromisoformat(str(looked["at"]))
        order.looked = RemoteSnapshot((key[0], key[1], key[2]), at, remote if isinstance(remote, dict) else None)
    if row.state not in (StagedState.ACCEPTED, StagedState.VERIFIED):
        order.meta_was_saved()
    return order


def unchanged(id: str, new: NewStaged, at: datetime) -> StagedOrder:
    """An order as it was just staged, without reading it back."""
    row = Staged(id, 0, new.base, new.log, 1, StagedState.DRAFT, None, new.released, new.meta, at)
    return staged_from(row)


def told_to_json(told: ServiceProblem) -> Json:
    return {
        "problem": problem_to_json(told.problem),
        "at": told.at.isoformat(),
        "version": told.version,
        "value": told.value,
    }


def _told(kept: Mapping[str, Json]) -> ServiceProblem:
    at = datetime.fromisoformat(str(kept["at"]))
    return ServiceProblem(problem_from_json(kept["problem"]), at, int(cast(int, kept["version"])), str(kept["value"]))


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else []
