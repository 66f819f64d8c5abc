"""The cache of orders: what is kept, found, counted, noted as gone and purged, and what happens to damaged files."""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tui.api.codec import Document
from tui.orders.query.conditions import (
    EVERY_ORDER,
    TEXTS,
    All,
    Between,
    Condition,
    Contains,
    Facts,
    Not,
    OneOf,
    Present,
    Some,
    SortKey,
)
from tui.store.db import StoreDamaged, StoreError
from tui.store.order_cache import OrderCache, ReadOrder, cache_path


@pytest.fixture(params=["index", "plain", "memory"])
def cache(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrderCache]:
    """A cache with and without the full-text index, and one in memory."""
    if request.param == "plain":
        monkeypatch.setattr("tui.store.order_cache._has_full_text", lambda: False)
    opened = OrderCache(None if request.param == "memory" else cache_path(tmp_path, 1))
    yield opened
    opened.close()


def read(key: str, document: Document | None = None, *, checked: str = "1", **facts: Any) -> ReadOrder:
    texts = {name: value for name, value in facts.items() if name in TEXTS}
    codes = {name: value for name, value in facts.items() if name in ("shop", "country", "stage")}
    numbers = {name: value for name, value in facts.items() if name in ("total", "pk")}
    lists = {name.removesuffix("s"): value for name, value in facts.items() if name in ("tags", "problems")}
    known = Facts(texts, {"key": key} | codes, lists, {"pk": float(key)} | numbers)
    return ReadOrder(key, document if document is not None else {"id": key}, known, checked)


def found(cache: OrderCache, condition: Condition = EVERY_ORDER, *sort: SortKey) -> list[str]:
    return cache.keys(cache.find(condition, sort))


def test_documents_come_back_as_they_were_read(cache: OrderCache) -> None:
    document: Document = {"id": "7", "odd": [None, True, Decimal("3.10"), "\ud800 \x00 é"], "": {"a": 10**30}}
    cache.put([read("7", document)], 5.0)
    kept = cache.get("7")
    assert kept is not None
    assert (kept.key, kept.document, kept.read_at, kept.gone_at) == ("7", document, 5.0, None)
    assert cache.rows([kept.id]) == {kept.id: kept}
    assert cache.get("8") is None


def test_orders_are_found_newest_first_unless_sorted(cache: OrderCache) -> None:
    cache.put([read("1", city="gent", total=3.0), read("3", city="arnhem"), read("2", city="bremen", total=1.0)], 1.0)
    assert found(cache) == ["3", "2", "1"]
    assert found(cache, All(), SortKey("city")) == ["3", "2", "1"]
    assert found(cache, All(), SortKey("city", descending=True)) == ["1", "2", "3"]
    assert found(cache, All(), SortKey("total")) == ["2", "1", "3"]
    assert found(cache, All(), SortKey("total", descending=True)) == ["1", "2", "3"]
    assert len(cache.find(limit=2)) == 2


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (Contains(("name",), "maes"), ["1"]),
        (Contains(("name", "city"), "gent"), ["2", "1"]),
        (Contains(("name",), "gent"), ["2"]),
        (Contains(TEXTS, "g"), ["2", "1"]),
        (Contains(TEXTS, "ae"), ["1"]),
        (Contains(TEXTS, 'a "quoted" x'), ["3"]),
        (Contains(TEXTS, "a* OR b"), []),
        (Contains(TEXTS, "100%"), []),
        (Contains(TEXTS, ""), ["3", "2", "1"]),
        (OneOf("country", ("NL", "BE")), ["2", "1"]),
        (Not(OneOf("country", ("NL",))), ["3", "2"]),
        (OneOf("tag", ("gift",)), ["1"]),
        (Not(OneOf("tag", ("gift",))), ["3", "2"]),
        (Between("total", low=10.0), ["2", "1"]),
        (Between("total", low=10.0, excludes_low=True), ["2"]),
        (Between("total", high=10.0), ["1"]),
        (Between("total", high=10.0, excludes_high=True), []),
        (Not(Between("total", low=0.0)), ["3"]),
        (Present("total"), ["2", "1"]),
        (Present("tag"), ["2", "1"]),
        (Present("country"), ["2", "1"]),
        (Not(Present("city")), ["3", "2"]),
        (All((Present("tag"), Not(Contains(("name",), "maes")))), ["2"]),
        (Some((OneOf("tag", ("gift",)), Contains(("name",), "quoted"))), ["3", "1"]),
        (Some(), []),
        (All(), ["3", "2", "1"]),
    ],
)
def test_conditions(cache: OrderCache, condition: Condition, keys: list[str]) -> None:
    cache.put(
        [
            read("1", name="jeroen maes", city="gent", country="NL", tags=("gift", "vip"), total=10.0),
            read("2", name="gentse bakkerij", country="BE", tags=("vip",), total=20.0),
            read("3", name='a "quoted" x'),
        ],
        1.0,
    )
    assert found(cache, condition) == keys
    assert cache.count(condition) == len(keys)


def test_a_field_that_does_not_exist_is_an_error(cache: OrderCache) -> None:
    for condition in (OneOf("colour", ("red",)), Between("colour"), Present("colour"), Contains(("colour",), "red")):
        with pytest.raises(KeyError):
            cache.find(condition)
    with pytest.raises(KeyError):
        cache.facets(All(), ["colour"])


def test_put_counts_what_is_new_or_changed(cache: OrderCache) -> None:
    assert cache.put([read("1", {"a": 1}), read("2", {"a": 1})], 1.0) == 2
    assert cache.put([read("1", {"a": 1}), read("2", {"a": 2}, city="gent")], 2.0) == 1
    assert found(cache, Contains(("city",), "gent")) == ["2"]
    assert {key: kept.read_at for key in "12" if (kept := cache.get(key))} == {"1": 2.0, "2": 2.0}


def test_facts_are_replaced_when_the_checks_change(cache: OrderCache) -> None:
    cache.put([read("1", city="gent", problems=("no_weight",))], 1.0)
    assert [kept.key for kept in cache.outdated("2", 10)] == ["1"]
    assert cache.put([read("1", city="ghent", problems=("hs_code",), checked="2")], 2.0) == 0
    assert cache.outdated("2", 10) == []
    assert found(cache, Contains(("city",), "gent")) == []
    assert cache.facets(All(), ["problem"]) == {"problem": [("hs_code", 1)]}


def test_facets_count_the_values_of_what_is_found(cache: OrderCache) -> None:
    cache.put(
        [
            read("1", country="NL", tags=("gift", "vip")),
            read("2", country="NL", tags=("vip",)),
            read("3", country="DE"),
            read("4"),
        ],
        1.0,
    )
    assert cache.facets(All(), ["country", "tag"]) == {
        "country": [("NL", 2), ("DE", 1)],
        "tag": [("vip", 2), ("gift", 1)],
    }
    assert cache.facets(OneOf("tag", ("gift",)), ["country", "tag"]) == {
        "country": [("NL", 1)],
        "tag": [("gift", 1), ("vip", 1)],
    }


def test_orders_that_a_complete_reading_did_not_find(cache: OrderCache) -> None:
    cache.put([read(key) for key in "12345"], 1.0, sweep=1)
    cache.put([read("2"), read("5")], 2.0, sweep=2)
    cache.put([read("4")], 2.0)
    assert cache.missing_from(2, 1, 4) == ["1", "3", "4"]
    cache.mark_gone(["1"], 3.0)
    assert cache.missing_from(2, 1, 4) == ["3", "4"]
    assert found(cache) == ["5", "4", "3", "2"]
    gone = cache.get("1")
    assert gone is not None
    assert gone.gone_at == 3.0
    cache.put([read("1")], 4.0)
    assert "1" in found(cache)


def test_purged_orders_leave_no_index(cache: OrderCache) -> None:
    cache.put([read("1", name="maes")], 1.0)
    cache.put([read("2", name="maes")], 2.0)
    assert cache.purge(2.0) == 1
    assert cache.get("1") is None
    assert found(cache, Contains(("name",), "maes")) == ["2"]
    assert cache.row_of("1") is None
    assert cache.row_of("2") is not None


def test_purged_data_is_not_left_in_the_files(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    cache = OrderCache(path)
    cache.put([read("1", {"secret": "x"}, name="zebrafinch"), read("2", name="sparrow")], 1.0)
    cache.put([read("2", name="sparrow")], 100.0)
    assert cache.purge(50.0) == 1
    cache.close()
    data = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"zebrafinch" not in data
    assert b"sparrow" in data


def test_only_the_user_can_read_the_file(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    cache = OrderCache(path)
    cache.put([read("1")], 1.0)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    cache.close()


def test_a_damaged_cache_is_replaced_by_an_empty_one(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    cache = OrderCache(path)
    assert found(cache) == []
    cache.close()


def test_a_file_of_another_name_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but more than a hundred bytes long, so that it has a header " * 5)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        OrderCache(path)
    assert path.read_bytes() == before


def test_a_damaged_row_is_an_error_of_the_store(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    cache = OrderCache(path)
    cache.put([read("1")], 1.0)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE body SET document = x'00'")
    with pytest.raises(StoreError, match="cannot be read"):
        cache.get("1")
    cache.close()


def test_state_is_kept(tmp_path: Path) -> None:
    cache = OrderCache(cache_path(tmp_path, 1))
    assert cache.state("ranges") is None
    cache.put_state("ranges", [[1, 2]])
    cache.close()
    again = OrderCache(cache_path(tmp_path, 1))
    assert again.state("ranges") == [[1, 2]]
    again.close()


def test_new_and_changed_orders_since_a_time(cache: OrderCache) -> None:
    cache.put([read("1", {"a": 1}), read("2", {"a": 1})], 1.0)
    cache.put([read("2", {"a": 2}), read("3", {"a": 1})], 5.0)
    assert cache.new_since(1.0) == ["3"]
    assert cache.changed_since(1.0) == ["2"]
    assert cache.new_since(0.0) == ["1", "2", "3"]
    assert cache.changed_since(5.0) == []


def test_own_changes_do_not_count_as_changes(cache: OrderCache) -> None:
    def own(key: str, document: Document) -> ReadOrder:
        return replace(read(key, document), is_own=True)

    cache.put([read("1", {"a": 1}), read("2", {"a": 1}), read("3", {"a": 1})], 1.0)
    cache.put([own("1", {"a": 2}), read("2", {"a": 2}), own("3", {"a": 2})], 5.0)
    assert cache.changed_since(1.0) == ["2"]
    cache.put([own("2", {"a": 3}), read("3", {"a": 3})], 6.0)
    assert cache.changed_since(1.0) == ["2", "3"]
    assert cache.changed_since(5.5) == ["3"]


def test_many_conditions_are_counted_in_one_pass(cache: OrderCache) -> None:
    orders = [read("1", country="nl", city="gent"), read("2", country="de", city="gent"), read("3", country="nl")]
    cache.put(orders, 5.0)
    cache.mark_gone(["3"], 6.0)
    conditions: list[Condition] = [
        EVERY_ORDER,
        OneOf("country", ("nl",)),
        Contains(("city",), "gent"),
        Not(OneOf("country", ("nl", "de"))),
        Some(()),
    ]
    assert cache.counts(conditions) == [2, 1, 2, 0, 0] == [cache.count(condition) for condition in conditions]
    assert cache.counts([]) == []


def test_rows_and_times_of_changes_by_key(cache: OrderCache) -> None:
    odd = '"\ud800 \x00'
    cache.put([read("7"), read("8")], 5.0)
    assert sorted(cache.rows_of(["7", "8", "9", odd])) == sorted(filter(None, [cache.row_of("7"), cache.row_of("8")]))
    cache.put([read("7", {"id": "7", "notes": "changed"}), read("8")], 9.0)
    assert cache.changed_by_others_at(["7", "8", "9", odd]) == {"7": 9.0, "8": 5.0}
    # A change has another time even if the clock did not advance.
    cache.put([read("7", {"id": "7"})], 9.0)
    assert cache.changed_by_others_at(["7"])["7"] > 9.0
    assert cache.changed_by_others_at([]) == {}


def test_a_cache_in_which_damage_was_met_is_made_again_at_the_next_start(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    cache = OrderCache(path)
    cache.put([read(str(number)) for number in range(200)], 1.0)
    cache.close()
    data = path.read_bytes()
    path.write_bytes(data[: 3 * 4096] + b"\xaa" * (len(data) - 3 * 4096))
    cache = OrderCache(path)
    with pytest.raises(StoreDamaged, match="start again"):
        cache.rows(range(1, 200))
    cache.close()
    cache = OrderCache(path)
    assert found(cache) == []
    cache.put([read("1")], 1.0)
    cache.close()


def test_a_file_that_is_no_cache_is_kept_under_another_name(tmp_path: Path) -> None:
    path = cache_path(tmp_path, 1)
    path.write_bytes(b"a letter " * 100)
    OrderCache(path).close()
    assert path.with_name(f"{path.name}.damaged").read_bytes() == b"a letter " * 100


def test_a_cache_that_cannot_be_read_at_the_moment_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cache_path(tmp_path, 1)
    cache = OrderCache(path)
    cache.put_state("ranges", 1)
    cache.close()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", raising(OSError(errno.EMFILE, "Too many open files")))
        with pytest.raises(StoreError, match="Too many open files"):
            OrderCache(path)
    cache = OrderCache(path)
    assert cache.state("ranges") == 1
    cache.close()


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail
