"""The sandbox's file: created once, kept, extended by missed days, and never incomplete."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sandbox_harness import NOW, Clock, MakeSandbox, SandboxHarness, order

from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.data import DamagedSandboxError, NotASandboxError, is_sandbox_file
from tui.store.store import FILE, Store


def started(file: Path, now: datetime, **settings: Any) -> Sandbox:
    return Sandbox(SandboxSettings(data=file, now=now, **settings))


def created(sandbox: Sandbox) -> list[tuple[int, datetime]]:
    rows = sandbox.data.connection.execute("SELECT integration, created FROM orders ORDER BY id").fetchall()
    return [(shop, datetime.fromtimestamp(micros / 1e6, UTC)) for shop, micros in rows]


def bodies(sandbox: Sandbox) -> list[bytes]:
    return [bytes(body) for (body,) in sandbox.data.connection.execute("SELECT body FROM orders ORDER BY id")]


def test_same_seed_and_date_fill_two_files_identically(tmp_path: Path) -> None:
    first, second = started(tmp_path / "a.db", NOW, orders=300), started(tmp_path / "deep" / "b.db", NOW, orders=300)
    assert bodies(first) == bodies(second)
    assert len(bodies(first)) == 300
    first.close()
    second.close()


def test_writes_survive_a_restart(tmp_path: Path) -> None:
    first = started(tmp_path / "a.db", NOW, orders=50)
    before = bodies(first)
    first.close()
    second = started(tmp_path / "a.db", NOW + timedelta(minutes=20), orders=50)
    assert bodies(second) == before
    second.close()


@pytest.mark.parametrize("days", [1, 3, 400])
def test_orders_of_missed_days_are_added(tmp_path: Path, days: int) -> None:
    started(tmp_path / "a.db", NOW, orders=2000).close()
    later = NOW.replace(hour=6) + timedelta(days=days)
    sandbox = started(tmp_path / "a.db", later, orders=2000)
    placed = created(sandbox)
    fresh = [(shop, moment) for shop, moment in placed if moment > NOW]
    assert len(placed) - len(fresh) == 2000
    midnight = later.replace(hour=0, minute=0)
    assert len({shop for shop, moment in fresh if moment >= midnight}) >= 5
    assert len({shop for shop, moment in placed if midnight - timedelta(days=1) <= moment < midnight}) >= 5
    assert max(moment for _, moment in fresh) <= later
    assert len(fresh) == pytest.approx(2000 / 30 * min(days, 30), rel=0.3)
    failing = next(shop for shop in sandbox.data.shops.values() if shop["started_failing_at"])
    assert str(failing["started_failing_at"]) > (later - timedelta(hours=10)).isoformat()
    sandbox.close()
    again = started(tmp_path / "a.db", later, orders=2000)
    assert created(again) == placed
    again.close()


def test_orders_of_missed_days_have_new_keys(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=600).close()
    sandbox = started(tmp_path / "a.db", NOW + timedelta(days=5), orders=600)
    duplicates = sandbox.data.connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM orders GROUP BY integration, order_id HAVING count(*) > 1)"
    ).fetchone()[0]
    assert duplicates == 0
    sandbox.close()


def test_reset_recreates_the_file(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=40).close()
    sandbox = started(tmp_path / "a.db", NOW, orders=30, reset=True)
    assert len(bodies(sandbox)) == 30
    sandbox.close()


def test_an_interrupted_start_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.db.sandbox-new").write_bytes(b"half of a file")
    sandbox = started(tmp_path / "a.db", NOW, orders=30)
    assert len(bodies(sandbox)) == 30
    assert not (tmp_path / "a.db.sandbox-new").exists()
    sandbox.close()


def test_two_simultaneous_starts_share_one_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        sandboxes = list(pool.map(lambda _: started(tmp_path / "a.db", NOW, orders=200), range(4)))
    assert [len(bodies(sandbox)) for sandbox in sandboxes] == [200] * 4
    sandboxes[0].data.delete(int(sandboxes[0].data.connection.execute("SELECT max(id) FROM orders").fetchone()[0]))
    assert [len(bodies(sandbox)) for sandbox in sandboxes] == [199] * 4
    for sandbox in sandboxes:
        sandbox.close()


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=1).close()
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DamagedSandboxError, match="version 99"):
        started(tmp_path / "a.db", NOW)


def text_file(path: Path) -> None:
    path.write_text("no database, " * 1000)


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def store_of_the_app(path: Path) -> None:
    Store(path.parent / "store").close()
    (path.parent / "store" / FILE).rename(path)


def database_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (a)")
        connection.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("make", [text_file, empty_file, store_of_the_app, database_of_another_program])
def test_a_file_that_is_not_a_sandbox_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], reset: bool, linked: bool
) -> None:
    theirs = tmp_path / "theirs"
    make(theirs)
    theirs.chmod(0o644)
    before = theirs.read_bytes(), theirs.stat()
    path = theirs
    if linked:
        path = tmp_path / "link"
        path.symlink_to(theirs)
    for beside in (".lock", ".new"):
        path.with_name(path.name + beside).write_text("also theirs")
    with pytest.raises(NotASandboxError, match="left as it is"):
        started(path, NOW, reset=reset)
    assert (theirs.read_bytes(), theirs.stat().st_mode) == (before[0], before[1].st_mode)
    assert path.is_symlink() == linked
    assert {path.with_name(path.name + beside).read_text() for beside in (".lock", ".new")} == {"also theirs"}


@pytest.mark.parametrize("name", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_sandbox(name: str) -> None:
    assert not is_sandbox_file(Path(name))


def test_reset_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=4).close()
    (tmp_path / "link").symlink_to(tmp_path / "a.db")
    started(tmp_path / "link", NOW, orders=3, reset=True).close()
    assert (tmp_path / "link").is_symlink()
    sandbox = started(tmp_path / "a.db", NOW)
    assert len(bodies(sandbox)) == 3
    sandbox.close()


def test_a_file_of_an_earlier_version_is_recognised_by_its_tables(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=4).close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("PRAGMA application_id = 0")
    started(tmp_path / "a.db", NOW).close()
    started(tmp_path / "a.db", NOW, orders=3, reset=True).close()


def test_a_damaged_file_is_made_again_on_request_and_kept_under_another_name(tmp_path: Path) -> None:
    started(tmp_path / "a.db", NOW, orders=200).close()
    damaged = bytearray((tmp_path / "a.db").read_bytes())
    damaged[16384 : len(damaged)] = b"\xaa" * (len(damaged) - 16384)
    (tmp_path / "a.db").write_bytes(damaged)
    with pytest.raises(DamagedSandboxError):
        started(tmp_path / "a.db", NOW)
    sandbox = started(tmp_path / "a.db", NOW, orders=10, rebuild=True)
    assert len(bodies(sandbox)) == 10
    assert sandbox.data.set_aside is not None
    assert sandbox.data.set_aside.read_bytes() == damaged
    sandbox.close()


async def test_accepted_orders_are_saved_at_the_next_start(tmp_path: Path, make_sandbox: MakeSandbox) -> None:
    clock = Clock()
    first: SandboxHarness = make_sandbox(data=tmp_path / "a.db", settle=5.0, clock=clock)
    id = (await first.post(order())).json()["data"][0]["id"]
    second: SandboxHarness = make_sandbox(data=tmp_path / "a.db", settle=5.0, clock=clock)
    assert (await second.client.get(f"/orders/{id}")).status_code == 404
    clock.seconds += 6
    assert (await second.get(id))["order_number"] == "OXSDFGHTD-12"


@pytest.mark.parametrize(
    "wrong",
    [
        {"now": datetime(2026, 1, 1)},
        {"now": datetime(1, 1, 1, tzinfo=UTC)},
        {"orders": -1},
        {"orders": 10**12},
        {"settle": -1.0},
        {"settle": float("nan")},
        {"settle": float("inf")},
    ],
)
def test_invalid_settings(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        SandboxSettings(**wrong)
