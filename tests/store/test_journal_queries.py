"""Journal queries: rows of older files, filters, sorting, and pruning."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from store_clock import Clock

from tui.store.batches import NewStaged
from tui.store.db import Database, StoreError, pack
from tui.store.journal import NewVerification, NewWrite, SentItem, Write, WriteKind, WriteState
from tui.store.journal_queries import JournalSort, OrderNames
from tui.store.schema import MIGRATIONS
from tui.store.store import FILE, Store
from tui.store.verifications import VerificationState

DAY = 86400


def patch(number: str = "12", name: str = "NL-1", changes: object = None, job: str | None = None) -> NewWrite:
    base = {"id": number, "order_id": f"shop {name}", "order_number": name}
    recorded = (
        [{"pointer": "/shipping_address/city", "was": "Gent", "now": "Gentbrügge"}] if changes is None else changes
    )
    return NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{number}", b"{}", base, recorded, order_id=number, job=job)  # type: ignore[arg-type]


def upsert(*items: SentItem, bases: list[object] | None = None) -> NewWrite:
    body = pack([{"order_number": f"N {item.order_id}"} for item in items]).encode()
    return NewWrite(WriteKind.UPSERT, "POST", "/orders", body, bases or [None] * len(items), items=items)  # type: ignore[arg-type]


def ended(store: Store, account: int, new: NewWrite, state: WriteState = WriteState.CONFIRMED) -> Write:
    return store.writes.step(store.writes.record(account, new).id, state)


def stage(store: Store, account: int, name: str = "A-1") -> SentItem:
    batches = store.batches.all(account)
    batch = batches[0].id if batches else store.batches.create(account, "b").id
    (staged,) = store.batches.stage(batch, [NewStaged({"order_id": name})])
    return SentItem(staged, 1, name, "5")


def accepted(store: Store, account: int, item: SentItem, clock: Clock, end: VerificationState | None) -> int:
    write = store.writes.record(account, upsert(item)).id
    follow = NewVerification(item.order_id, "5", {"v": 1}, clock(), staged=item.staged, version=item.version)
    store.writes.step(write, WriteState.ACCEPTED, verifications=[follow])
    if end is not None:
        store.verifications.settle(store.verifications.of_write(write)[0].id, end, remote_id="77")
    return write


OLD_ROWS = """
INSERT INTO account VALUES (1, 'https://a', '7');
INSERT INTO session VALUES ('s', 1, 'ann', 'desk', '2026-01-01T00:00:00+00:00');
INSERT INTO document VALUES (1, '{}');
INSERT INTO write VALUES (1, 1, 's', '2026-01-01T00:00:00+00:00', 'patch', '"12"', 'PATCH', '/orders/12',
    '{"id": 12, "order_id": "A\\ud800", "order_number": "NL-1"}', '[]', x'7b7d', 1);
INSERT INTO write VALUES (2, 1, 's', '2026-01-01T00:00:00+00:00', 'upsert', NULL, 'POST', '/orders',
    '[{"id": 13, "order_number": "NL-2"}, null]', 'null', CAST('[{}, {"order_number": "NL-3"}]' AS BLOB), 0);
INSERT INTO write_item VALUES (2, 0, 'x', 1, '"B"', '"5"');
INSERT INTO write_item VALUES (2, 1, 'y', 1, '"C"', '"5"');
INSERT INTO write_event (write, session, at, state, problems_json, detail_json)
    VALUES (1, 's', '2026-01-01T00:00:00+00:00', 'recorded', '[]', 'null');
INSERT INTO write_event (write, session, at, state, problems_json, detail_json)
    VALUES (1, 's', '2026-01-01T00:00:01+00:00', 'confirmed', '[]', 'null');
INSERT INTO write_event (write, session, at, state, problems_json, detail_json)
    VALUES (2, 's', '2026-01-01T00:00:00+00:00', 'unknown', '[]', 'null');
INSERT INTO follow VALUES (1, 1, 's', 2, 'y', 1, '"14"', '"C"', '"5"', 1, 0, 1, 'accepted', 0,
    '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '[]', '2026-01-01T00:00:00+00:00');
"""


def test_writes_of_an_older_file_are_listed_with_orders_and_outcomes(tmp_path: Path, clock: Clock) -> None:
    old = Database(tmp_path / FILE, MIGRATIONS[:1])

    def fill(connection: object) -> None:
        for statement in OLD_ROWS.split(";\n"):
            connection.execute(statement)  # type: ignore[attr-defined]

    old.write(fill)
    old.close()
    store = Store(tmp_path, now=clock, profile="day shift")
    assert store.journal_queries.find(1) == [(2, 0), (1, 0)]
    rows = store.journal_queries.get([(1, 0), (2, 0), (2, 1)])
    assert rows[1, 0].first == OrderNames("12", "A\ud800", "NL-1")
    assert (rows[1, 0].state, rows[1, 0].by, rows[1, 0].profile) == (WriteState.CONFIRMED, "ann@desk", "")
    assert rows[2, 0].first == OrderNames("13", "B", "NL-2")
    assert rows[2, 1].first == OrderNames("14", "C", "NL-3")
    assert (rows[2, 0].orders, rows[2, 0].state) == (2, WriteState.UNKNOWN)
    assert store.writes.all(1)[0].last.state is WriteState.UNKNOWN
    assert [write.id for write in store.writes.adopt(1)] == [2]
    store.writes.step(2, WriteState.NOT_APPLIED)
    assert store.journal_queries.count(1) == {
        (WriteState.CONFIRMED, WriteKind.PATCH): 1,
        (WriteState.NOT_APPLIED, WriteKind.UPSERT): 1,
    }
    store.close()


def test_writers_are_users_with_profiles(tmp_path: Path, clock: Clock) -> None:
    store = Store(tmp_path, now=clock, profile="NL \ud800 shop")
    account = store.account_id("u", "1")
    write = ended(store, account, patch())
    assert write.profile == "NL \ud800 shop"
    assert store.journal_queries.get([(write.id, 0)])[write.id, 0].profile == write.profile
    store.close()


def test_an_order_is_found_by_id_and_by_upsert_key(store: Store, account: int, clock: Clock) -> None:
    own_write = ended(store, account, patch("12", "NL-1")).id
    ended(store, account, patch("13", "NL-2"))
    request = ended(store, account, upsert(SentItem("edit:12:ab", 1, "A", "5"), SentItem("edit:99:cd", 1, "B", "5"))).id
    verified_write = accepted(store, account, stage(store, account, "A-1"), clock, VerificationState.VERIFIED)

    def ids(**filters: object) -> list[int]:
        return [write for write, _ in store.journal_queries.find(account, **filters)]  # type: ignore[arg-type]

    assert ids(order="12") == [request, own_write]
    assert ids(order="77") == [verified_write], "the id is known once the order was verified"
    assert ids(key=("A-1", "5")) == [verified_write]
    assert ids(order="12", key=("A-1", "5")) == [verified_write, request, own_write]
    assert ids(key=("A-1", "6")) == []
    assert store.journal_queries.find(account, order="12") == [(request, 0), (own_write, 0)]


def test_filters_by_term_outcome_job_and_time(store: Store, account: int, clock: Clock) -> None:
    first = ended(store, account, patch("12", "NL-1", job="hold")).id
    clock.advance(60)
    second = ended(store, account, patch("13", "NL-2", changes=[]), WriteState.REFUSED).id
    ended(store, store.account_id("https://other", "1"), patch())

    def ids(**filters: object) -> list[int]:
        return [write for write, _ in store.journal_queries.find(account, **filters)]  # type: ignore[arg-type]

    assert ids() == [second, first]
    assert ids(terms=["nl-"]) == [second, first]
    assert ids(terms=["NL-", "gentbrügge"]) == [first]
    assert ids(terms=["shop nl-2"]) == [second]
    assert ids(terms=["13"]) == [second]
    assert ids(terms=["hold"]) == [first]
    assert ids(terms=["%"]) == [], "a term is not a pattern"
    assert ids(states=[WriteState.REFUSED]) == [second]
    assert ids(kinds=[WriteKind.DELETE]) == []
    assert ids(job="hold") == [first]
    assert ids(since=clock()) == [second]


def test_sorting_by_order_and_by_outcome(store: Store, account: int) -> None:
    first = ended(store, account, patch("12", "B")).id
    second = ended(store, account, upsert(SentItem("x", 1, "a", "5"), SentItem("y", 1, "b", "5"))).id
    third = ended(store, account, patch("12", "B"), WriteState.REFUSED).id
    by_order = store.journal_queries.find(account, sort=JournalSort.ORDER)
    names = [store.journal_queries.get([place])[place].first.name for place in by_order]
    assert (by_order, names) == ([(third, 0), (first, 0), (second, 0), (second, 1)], ["B", "B", "N a", "N b"])
    assert [write for write, _ in store.journal_queries.find(account, sort=JournalSort.OUTCOME)] == [
        third,
        first,
        second,
    ]


def test_ten_thousand_writes_are_listed_and_counted_quickly(store: Store, account: int) -> None:
    big = pack({"id": 1, "order_number": "N", "blob": "x" * 6000})
    first = ended(store, account, patch()).id

    def many(connection: object) -> None:
        copies = """
            WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO write (account, session, at, road, order_id, method, path, base_json, changes_json, body, state)
            SELECT account, session, at, road, order_id, method, path, ?, changes_json, body, state FROM write, n
        """
        connection.execute(copies, (big,))  # type: ignore[attr-defined]
        connection.execute("INSERT INTO write_order SELECT id, 0, '\"1\"', '\"a\"', '\"N\"' FROM write WHERE id > 1")  # type: ignore[attr-defined]
        connection.execute(  # type: ignore[attr-defined]
            "INSERT INTO write_event (write, session, at, state, problems_json, detail_json)"
            " SELECT id, session, at, 'confirmed', '[]', 'null' FROM write WHERE id > 1"
        )

    store._database.write(many)
    started = perf_counter()
    places = store.journal_queries.find(account)
    rows = store.journal_queries.get(places[5000:5060])
    counts = store.journal_queries.count(account)
    taken = perf_counter() - started
    assert (len(places), len(rows), counts[WriteState.CONFIRMED, WriteKind.PATCH]) == (10001, 60, 10001)
    assert places[-1] == (first, 0)
    plans = [
        store._database.read(lambda c, q=query: [row[3] for row in c.execute(f"EXPLAIN QUERY PLAN {q}")])
        for query in (
            "SELECT id, 0 FROM write WHERE account = 1 ORDER BY id DESC",
            "SELECT state, road, count(*) FROM write WHERE account = 1 GROUP BY state, road",
        )
    ]
    for plan in plans:
        assert any("COVERING INDEX write_brief" in step for step in plan), plan
    assert taken < 0.5, f"{taken:.3f} s"


def test_old_completed_writes_are_pruned_with_all_their_rows(store: Store, account: int, clock: Clock) -> None:
    deleted = ended(store, account, patch()).id
    differing = accepted(store, account, SentItem("edit:9:a", 1, "E", "5"), clock, VerificationState.DIFFERS)
    clock.advance(10 * DAY)
    recent = ended(store, account, patch()).id
    assert store.writes.prune(clock() - timedelta(days=9)) == {account: 2}
    assert [write.id for write in store.writes.all(account)] == [recent]
    assert store.writes.prune(clock() - timedelta(days=9)) == {}
    left = {
        table: store._database.read(lambda c, t=table: c.execute(f"SELECT count(*) FROM {t}").fetchone()[0])
        for table in ("write_item", "write_order", "write_event", "follow", "document")
    }
    assert left == {"write_item": 0, "write_order": 1, "write_event": 2, "follow": 0, "document": 0}
    assert store.writes.get(deleted) is None
    assert store.writes.events(differing) == []


@pytest.mark.parametrize(
    "state", [WriteState.RECORDED, WriteState.SENT, WriteState.UNKNOWN, WriteState.ANSWERED], ids=str
)
def test_an_open_write_is_never_pruned(store: Store, account: int, clock: Clock, state: WriteState) -> None:
    write = ended(store, account, patch(), state).id
    clock.advance(1000 * DAY)
    assert store.writes.prune(clock()) == {}
    assert [write.id for write in store.writes.open(account)] == [write]


def test_a_write_with_open_verifications_is_not_pruned(store: Store, account: int, clock: Clock) -> None:
    accepted(store, account, SentItem("edit:9:a", 1, "E", "5"), clock, None)
    clock.advance(1000 * DAY)
    assert store.writes.prune(clock()) == {}
    assert len(store.verifications.open(account)) == 1


def test_writes_of_staged_orders_are_not_pruned(open_store: Callable[[], Store], clock: Clock) -> None:
    """While a staged order can be sent, it must be known which versions were accepted (decision 16)."""
    store = open_store()
    account = store.account_id("u", "1")
    kept, removed, late = (stage(store, account, name) for name in ("stays", "removed", "late"))
    for item in (kept, removed, late):
        accepted(store, account, item, clock, VerificationState.VERIFIED)
    clock.advance(10 * DAY)
    store.batches.drop([removed.staged])
    clock.advance(100 * DAY)
    store.batches.drop([late.staged])
    assert store.writes.prune(clock() - timedelta(days=30)) == {account: 1}
    assert store.writes.already_sent(kept.staged, 1)
    assert store.writes.already_sent(late.staged, 1)
    store.batches.restore([removed.staged, late.staged])
    (batch,) = store.batches.all(account)
    back = store.batches.staged(store.batches.ids(batch.id))
    assert [(order.id, store.writes.already_sent(order.id, order.version)) for order in back] == [
        (kept.staged, True),
        (late.staged, True),
    ], "the pruned writes are not restored"


def test_pruning_is_limited(store: Store, account: int, clock: Clock) -> None:
    for _ in range(5):
        ended(store, account, patch())
    clock.advance(DAY)
    assert [store.writes.prune(clock(), limit=2).total() for _ in range(4)] == [2, 2, 1, 0]


def test_a_pruned_write_cannot_get_an_event(store: Store, account: int, clock: Clock) -> None:
    write = ended(store, account, patch()).id
    clock.advance(DAY)
    store.writes.prune(clock())
    with pytest.raises(StoreError, match="no write"):
        store.writes.step(write, WriteState.SENT)


def test_writes_stay_in_their_order_when_the_clock_is_set_back(store: Store, account: int, clock: Clock) -> None:
    ids = []
    for seconds in (0, 60, -3600, 60):
        clock.advance(seconds)
        write = NewWrite(WriteKind.PATCH, "PATCH", "/orders/1", b"{}", {}, order_id="1")
        ids.append(store.writes.record(account, write).id)
    found = store.journal_queries.find(account)
    assert [id for id, _ in found] == ids[::-1]
    rows = store.journal_queries.get(found)
    assert [rows[place].is_clock_back for place in found] == [False, True, False, False]
