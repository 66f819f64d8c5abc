"""A staged order: its edit, what sending it would do, its problems, and its send state."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from operator import is_
from typing import TypeVar, cast

from tui.api.codec import Document, Json, as_document, as_list, decode, encode, same
from tui.api.errors import Blocks, Problem, ReportedBy, Severity
from tui.api.pointer import ABSENT, Absent, Pointer, Scope, position_of
from tui.api.query import id_text
from tui.orders.checks.context import AccountShops
from tui.orders.checks.fix import Fix, Propose
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.sending import check_order, check_shop
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.upsert import to_upsert
from tui.orders.fields import entry_of, field_at, known_pointer
from tui.orders.parsed import with_hint
from tui.orders.paths import LISTS, NUMBER, ORDER_ID
from tui.store.batches import KEEP, Kept, NewStaged, Staged, StagedState
from tui.store.journal import Write
from tui.work.file_import.provenance import Provenance
from tui.work.writes.lookup import key_of
from tui.work.writes.send_state import SendState, Unsent, project
from tui.work.writes.serialization import problem_from_json, problem_to_json, problems_from_json

ID = Pointer.of("id")

T = TypeVar("T")


class PlannedAction(StrEnum):
    """What sending an order would do, given what the service has."""

    NEW = "new"
    UPDATE = "UPDATE"
    SAME = "same"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class ServiceProblem:
    """A problem that the service reported for one version of an order.

    The pointer names list items by key; `value` is the fingerprint of the value at that time.
    """

    problem: Problem
    at: datetime
    version: int
    value: str


@dataclass(frozen=True, slots=True)
class RemoteSnapshot:
    """The order that the service has for a key (Sendcloud's id, order id, shop), or None.

    `same_number`: the order id of another order of the shop with the same number, if there is no order for the key.
    """

    key: tuple[str, str, str]
    at: datetime
    remote: Document | None
    same_number: str = ""
    is_number_unchecked: bool = False
    """Whether the number was not looked up among all orders of the shop."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at its current pointer. `at`: when the service reported it. `stale`: its value has changed since."""

    problem: Problem
    at: datetime | None = None
    stale: bool = False

    @property
    def stops(self) -> bool:
        return self.problem.blocks is Blocks.SEND and not self.stale


@dataclass(slots=True)
class StagedOrder:
    """One order of the batch.

    `override_version`: the version that the user wants to send despite its errors. `import_problems`: what was found
    when it was read from a file; each disappears when its value is changed.
    """

    id: str
    edit: Edit
    version: int
    state: StagedState
    since: datetime
    released: bool = False
    held: bool = False
    origin: Provenance = field(default_factory=Provenance)
    remote_id: str | None = None
    override_version: int | None = None
    service_problems: tuple[ServiceProblem, ...] = ()
    snapshot: RemoteSnapshot | None = None
    duplicate_problem: Problem | None = None
    import_problems: tuple[ServiceProblem, ...] = ()
    _saved_meta: tuple[object, ...] | None = field(default=None, repr=False)
    _cache: dict[str, tuple[tuple[object, ...], object]] = field(default_factory=dict, repr=False)
    """The last result of each cached calculation, with the objects that it was made from."""

    def _cached(self, name: str, basis: tuple[object, ...], work: Callable[[], T]) -> T:
        """The result of `work`, which is called again only after one of the objects in `basis` was replaced."""
        known = self._cache.get(name)
        if known is None or not all(map(is_, known[0], basis)):
            known = self._cache[name] = (basis, work())
        return cast(T, known[1])

    @property
    def document(self) -> Document:
        return self.edit.document

    @property
    def source(self) -> str:
        """Where the order came from, as text."""
        return self.origin.text

    def cell(self, pointer: Pointer) -> tuple[int, str] | None:
        """The row (from 1) and the name of the column of the file that the value was read from."""
        return self.origin.cell(pointer, self.edit)

    def place(self, pointer: Pointer) -> str:
        """The place of a value in the file, or where it would be, as text; empty without a table."""
        return self.origin.place(pointer, self.edit)

    def source_of(self, pointer: Pointer) -> str:
        """Where a value came from, and whether it was changed, as sentences; empty for an order of no table."""
        text = self.origin.describe(pointer, self.edit)
        base = self.edit.base_pointer(pointer)
        is_changed = base is None or base.get(self.edit.base) != pointer.get(self.document)
        return f"{text} Changed since." if text and is_changed else text

    def derived(self, pointer: Pointer) -> str | None:
        """How the value was derived, if the file lacked it."""
        return self.origin.derived(pointer, self.edit)

    @property
    def unsaved_meta(self) -> Json | Kept:
        """The metadata to save with the edit log; KEEP if it is already on disk, because it may contain a whole
        document."""
        saved = self._saved_meta
        return KEEP if saved is not None and all(map(is_, saved, self._meta_parts())) else meta_of(self)

    def meta_was_saved(self) -> None:
        """Record that the metadata of this order (`meta_of`) is on disk."""
        self._saved_meta = self._meta_parts()

    def _meta_parts(self) -> tuple[object, ...]:
        return self.origin, self.held, self.service_problems, self.override_version, self.import_problems, self.snapshot

    def rebase(self, edit: Edit) -> None:
        """Replace the edit by one with another base. Cells and problems keep their values."""
        before, self.edit = self.edit, edit
        self.origin = self.origin.rebased(before, edit)
        self.service_problems = _move_problems(self.service_problems, before, edit)
        self.import_problems = _move_problems(self.import_problems, before, edit)

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the order on the service: Sendcloud's id if known, order id, shop."""
        document = self.edit.document
        return self._cached(
            "key",
            (document, self.remote_id),
            lambda: (id_text(document.get("id")) or self.remote_id or "", *key_of(document)),
        )

    @property
    def fixed(self) -> bool:
        """Whether the service has this order, so that its identifying fields cannot change (Q1.6)."""
        return "id" in self.document or self.remote_id is not None

    @property
    def remote(self) -> Document | None:
        """The order as the service has it; None if it has none or has not been asked."""
        return self.snapshot.remote if self.snapshot is not None and self.snapshot.key == self.key else None

    @property
    def sent(self) -> bool:
        """Whether the service has this version, or may have it."""
        return self.state not in (StagedState.DRAFT, StagedState.REFUSED, StagedState.MISSING)

    @property
    def action(self) -> PlannedAction:
        return self._compared()[0]

    @property
    def differences(self) -> tuple[Change, ...]:
        """What sending would change in the order on the service."""
        return self._compared()[1]

    def needs_refresh(self) -> bool:
        order_id, shop = self.key[1:]
        return not self.sent and bool(order_id and shop) and (self.snapshot is None or self.snapshot.key != self.key)

    def local_problems(self, shops: AccountShops) -> tuple[Problem, ...]:
        """The problems found by the local checks. Cached until the order, the shops or the snapshot change."""
        return self._cached("local problems", (self.document, shops, self.snapshot), lambda: tuple(self._check(shops)))

    def _check(self, shops: AccountShops) -> Iterator[Problem]:
        document, snapshot = self.document, self.snapshot
        yield from check_shop(document, shops)
        settings = AccountShops(settings=shops.settings)
        yield from self._cached("check", (document, shops.settings), lambda: check_order(document, settings))
        if "id" in document and snapshot and snapshot.key == self.key and snapshot.remote is None:
            yield gone_problem(document)
        if snapshot and snapshot.key == self.key and snapshot.same_number:
            yield number_problem(document, snapshot.same_number)
        if snapshot and snapshot.key == self.key and snapshot.is_number_unchecked:
            yield unchecked_problem()

    def findings(self, shops: AccountShops) -> list[Finding]:
        """All problems: those from the service, those found locally, and last the stale ones."""
        basis = (
            self.document,
            shops,
            self.snapshot,
            self.service_problems,
            self.duplicate_problem,
            self.import_problems,
            self.version,
        )
        return list(self._cached("findings", basis, lambda: self._find(shops)))

    def proposed_fix(self, finding: Finding, propose: Propose = fix_for) -> Fix | None:
        """A fix for a problem, if there is one. `propose` knows those of the document."""
        if finding.problem.code == "gone":
            return Fix("send it as a new order", ((ID, None),))
        if finding.problem.code == "number_exists" and self.snapshot is not None and self.snapshot.same_number:
            return Fix(f"update order {self.snapshot.same_number}", ((ORDER_ID, self.snapshot.same_number),))
        return propose(self.document, finding.problem)

    def _find(self, shops: AccountShops) -> list[Finding]:
        reported = [self._finding(problem) for problem in self.service_problems]
        fresh = [finding for finding in reported if not finding.stale]
        # Problems of one pointer stay together, in the order in which the pointers were first named (Q5.2).
        named: dict[Pointer, int] = {}
        for finding in fresh:
            named.setdefault(finding.problem.pointer, len(named))
        fresh.sort(key=lambda finding: named[finding.problem.pointer])
        known = {(finding.problem.pointer, finding.problem.detail) for finding in fresh}
        local = [self.duplicate_problem] if self.duplicate_problem is not None else []
        imported = [finding.problem for finding in map(self._finding, self.import_problems) if not finding.stale]
        local += imported
        # A problem from reading the file is more precise than one of the schema at the same pointer.
        # A warning hides no error.
        covered = {
            (problem.pointer, severity) for problem in imported for severity in (problem.severity, Severity.WARNING)
        }
        local += [
            problem
            for problem in self.local_problems(shops)
            if (problem.pointer, problem.detail) not in known and (problem.pointer, problem.severity) not in covered
        ]
        local.sort(key=lambda problem: problem.rank)
        return [*fresh, *(Finding(problem) for problem in local), *(finding for finding in reported if finding.stale)]

    def send_state(self, shops: AccountShops) -> SendState:
        return self._cached("send state", self._state_basis(shops), lambda: self._project(shops))

    def known_state(self, shops: AccountShops) -> SendState | None:
        """The state, if it was found since the order, the shops or the snapshot changed."""
        known = self._cache.get("send state")
        is_known = known is not None and all(map(is_, known[0], self._state_basis(shops)))
        return cast(SendState, known[1]) if known is not None and is_known else None

    def _state_basis(self, shops: AccountShops) -> tuple[object, ...]:
        return (
            self.edit.document,
            shops,
            self.snapshot,
            self.service_problems,
            self.duplicate_problem,
            self.import_problems,
            self.version,
            self.state,
            self.held,
            self.released,
            self.override_version,
            self.remote_id,
        )

    def _project(self, shops: AccountShops) -> SendState:
        overridden = self.override_version == self.version
        if self.sent or (self.state is StagedState.MISSING and not overridden):
            return project(self.state)
        stops = [] if overridden else [finding for finding in self.findings(shops) if finding.stops]
        unsent = Unsent(
            refused=any(finding.at is not None for finding in stops),
            invalid=bool(stops),
            unchanged=self.action is PlannedAction.SAME,
            held=self.held,
            overwrites=self.action is PlannedAction.UPDATE and not self.released,
        )
        return project(self.state, unsent)

    def _compared(self) -> tuple[PlannedAction, tuple[Change, ...]]:
        return self._cached("compared", (self.document, self.snapshot), self._compare)

    def _compare(self) -> tuple[PlannedAction, tuple[Change, ...]]:
        remote = self.remote
        if remote is None:
            return PlannedAction.UNKNOWN if self.needs_refresh() else PlannedAction.NEW, ()
        changes = tuple(_differences(self.edit, remote))
        return (PlannedAction.UPDATE if changes else PlannedAction.SAME), changes

    def _finding(self, found: ServiceProblem) -> Finding:
        pointer = self.edit.to_positions(found.problem.pointer)
        if pointer is None:
            list_pointer = next(
                list_pointer for list_pointer in LISTS if found.problem.pointer.startswith(list_pointer)
            )
            detail = f"{found.problem.detail} (of an entry that was removed)"
            return Finding(replace(found.problem, pointer=list_pointer, detail=detail), found.at, stale=True)
        if pointer.tokens and field_at(pointer) is None and pointer.get(self.document) is ABSENT:
            # No value there can show whether the problem was solved, so any newer version counts.
            stale = self.version > found.version
        else:
            stale = fingerprint(pointer.get(self.document)) != found.value
        return Finding(replace(found.problem, pointer=pointer), found.at, stale)


def gone_problem(document: Document) -> Problem:
    """The problem of an order with an id that the service does not have."""
    detail = f"The service no longer has order {id_text(document.get('id'))}."
    return Problem(detail, "gone", "gone", pointer=ID, reported_by=ReportedBy.LOCAL)


def number_problem(document: Document, order_id: str) -> Problem:
    """The problem of a new order whose number the shop has already, in the order with this order id."""
    number = id_text(document.get("order_number"))
    detail = (
        f"The shop has an order {number} already, with the order id {order_id}; this one would be a second order {number}. "
        f"To update that order, use its order id {order_id}."
    )
    return Problem(detail, "number_exists", "number exists", pointer=ORDER_ID, reported_by=ReportedBy.LOCAL)


def unchecked_problem() -> Problem:
    """The warning of a new order whose number was not looked up among all orders of its shop."""
    detail = (
        "Whether the shop has another order with this number was not checked: the file has too many new orders, "
        "and the shop's list is too long."
    )
    return Problem(
        detail,
        "number_unchecked",
        "number not checked",
        pointer=NUMBER,
        severity=Severity.WARNING,
        reported_by=ReportedBy.LOCAL,
    )


def _move_problems(problems: Sequence[ServiceProblem], before: Edit, edit: Edit) -> tuple[ServiceProblem, ...]:
    """Translate problems to another edit. Those of removed items are left out."""
    found = [(found_problem, before.to_positions(found_problem.problem.pointer)) for found_problem in problems]
    return tuple(
        replace(found_problem, problem=replace(found_problem.problem, pointer=edit.to_keys(pointer)))
        for found_problem, pointer in found
        if pointer is not None
    )


def import_problem(problem: Problem, document: Document, at: datetime) -> ServiceProblem:
    """A problem found while reading a document, shown while its value is unchanged."""
    pointer = Edit(document).to_keys(problem.pointer)
    shown = replace(problem, pointer=pointer, detail=with_hint(problem, "release the order in the composer"))
    return ServiceProblem(shown, at, 1, fingerprint(problem.pointer.get(document)))


def fingerprint(value: Json | Absent) -> str:
    """A short text that differs if values differ."""
    return "" if value is ABSENT else sha256(encode(value)).hexdigest()[:16]


def problems_by_order(write: Write) -> dict[str, tuple[ServiceProblem, ...]]:
    """The problems of a refused write, by staged order. Their pointers name list items by key."""
    sent = decode(write.new.body)
    items = write.new.items
    found: dict[str, tuple[ServiceProblem, ...]] = {item.staged: () for item in items}
    if not isinstance(sent, list):
        return found
    for problem in problems_from_json(write.last.problems):
        # A problem of a batch with one order is a problem of that order.
        is_only_order = len(items) == 1 and problem.scope in (Scope.THIS, Scope.BATCH)
        index = 0 if is_only_order else problem.order if problem.scope is Scope.ORDER else None
        if index is None or not 0 <= index < len(items):
            continue
        item = items[index]
        keys = as_document(write.new.changes).get(item.staged)
        pointer = known_pointer(problem.pointer, sent[index])
        value = fingerprint(pointer.get(sent[index]))
        service_problem = ServiceProblem(
            replace(problem, pointer=_keyed(pointer, keys)), write.last.at, item.version, value
        )
        found[item.staged] = (*found[item.staged], service_problem)
    return found


def list_keys(edit: Edit) -> Json:
    """The keys of the items of each list, so that a pointer in an answer can be resolved after later edits."""
    keys: Document = {}
    for pointer in LISTS:
        if entries := as_list(pointer.get(edit.document)):
            keys[str(pointer)] = [edit.to_keys(pointer / index).name for index in range(len(entries))]
    return keys


def _keyed(pointer: Pointer, keys: Json) -> Pointer:
    item_pointer = entry_of(pointer)
    if item_pointer is None:
        return pointer
    names = as_list(as_document(keys).get(str(item_pointer.parent)))
    position = position_of(item_pointer.name, len(names))
    if position is None:
        return pointer
    return item_pointer.parent / str(names[position]) + pointer.relative_to(item_pointer)


def _differences(edit: Edit, remote: Document) -> list[Change]:
    there = to_upsert(remote, keep_id="id" in edit.document)[0]
    if not same(there, edit.base):
        document = edit.document
        edit = Edit(there)
        names = [*document, *(name for name in there if name not in document)]
        edit.put_all([(Pointer.of(name), document.get(name, ABSENT)) for name in names], "as staged")
    return [change for change in edit.changes() if not _is_equivalent(change)]


def _is_equivalent(change: Change) -> bool:
    """Whether both values mean the same: a time in another zone, an amount as a number."""
    if change.was is ABSENT or change.now is ABSENT:
        return False
    return not compare(change.pointer.put({}, change.now), change.pointer.put({}, change.was))


# Storage


def meta_of(order: StagedOrder) -> Json:
    """The metadata that is stored with the edit log of an order. Its keys keep the names of earlier versions."""
    meta: Document = {
        **order.origin.dump(),
        "held": order.held,
        "told": [service_problem_to_json(problem) for problem in order.service_problems],
        "insisted": order.override_version,
    }
    if order.import_problems:
        meta["noted"] = [service_problem_to_json(problem) for problem in order.import_problems]
    if order.snapshot is not None:
        key: list[Json] = list(order.snapshot.key)
        looked: Document = {"key": key, "at": order.snapshot.at.isoformat(), "remote": order.snapshot.remote}
        if order.snapshot.same_number:
            looked["same_number"] = order.snapshot.same_number
        if order.snapshot.is_number_unchecked:
            looked["number_unchecked"] = True
        meta["looked"] = looked
    return meta


def load_staged(row: Staged) -> StagedOrder:
    """Load a staged order from its row."""
    meta = as_document(row.meta)
    override = meta.get("insisted")
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
        override if isinstance(override, int) else None,
        import_problems=tuple(
            _service_problem_from_json(cast(Document, stored)) for stored in as_list(meta.get("noted"))
        ),
    )
    if row.state not in (StagedState.ACCEPTED, StagedState.VERIFIED):
        order.service_problems = tuple(
            _service_problem_from_json(cast(Document, stored)) for stored in as_list(meta.get("told"))
        )
    stored = meta.get("looked")
    if isinstance(stored, dict):
        key = [str(part) for part in as_list(stored.get("key"))]
        remote = stored.get("remote")
        at = datetime.fromisoformat(str(stored["at"]))
        order.snapshot = RemoteSnapshot(
            (key[0], key[1], key[2]),
            at,
            remote if isinstance(remote, dict) else None,
            str(stored.get("same_number") or ""),
            stored.get("number_unchecked") is True,
        )
    if row.state not in (StagedState.ACCEPTED, StagedState.VERIFIED):
        order.meta_was_saved()
    return order


def as_staged(id: str, new: NewStaged, at: datetime) -> StagedOrder:
    """Make the staged order of a new order without reading it from disk."""
    row = Staged(
        new.base,
        new.log,
        new.meta,
        new.released,
        id=id,
        batch=0,
        version=1,
        state=StagedState.DRAFT,
        remote_id=None,
        updated_at=at,
    )
    return load_staged(row)


def service_problem_to_json(found: ServiceProblem) -> Json:
    return {
        "problem": problem_to_json(found.problem),
        "at": found.at.isoformat(),
        "version": found.version,
        "value": found.value,
    }


def _service_problem_from_json(stored: Mapping[str, Json]) -> ServiceProblem:
    at = datetime.fromisoformat(str(stored["at"]))
    version = int(cast(int, stored["version"]))
    return ServiceProblem(problem_from_json(stored["problem"]), at, version, str(stored["value"]))
