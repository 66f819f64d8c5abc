"""A data file written by commit 4af2c0e opens in today's code: everything is read, and work on it continues."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from earlier_store import ACCOUNT_ID, Session, session, write_store

from tui.api.pointer import Pointer
from tui.store.schema import MIGRATIONS

CITY, NAME, NUMBER = (f"/shipping_address/{name}" for name in ("city", "name", "house_number"))
NOTES, TAGS = "/order_details/notes", "/order_details/tags"
QUANTITY = "/order_details/order_items/0/quantity"
BATCH = {
    "B-1": "VERIFIED",
    "B-2": "ACCEPTED",
    "B-3": "REFUSED",
    "B-4": "READY",
    "B-5": "HELD",
    "B-6": "INVALID",
    "B-7": "SENDING",
    "B-8": "READY",
    "B-9": "INVALID",
    "B-10": "CONFLICT",
    "B-12": "READY",
    "B-13": "DIFFERS",
    "B-14": "DIFFERS",
}
WRITES = {
    2: ("UPSERT", "VERIFIED"),
    3: ("UPSERT", "MISSING"),
    4: ("UPSERT", "REFUSED"),
    5: ("PATCH", "CONFIRMED"),
    6: ("PATCH", "REFUSED"),
    7: ("DELETE", "CONFIRMED"),
    8: ("PATCH", "ACCEPTED"),
    **dict.fromkeys(range(9, 16), ("PATCH", "CONFIRMED")),
    16: ("UPSERT", "ACCEPTED"),
    17: ("PATCH", "UNKNOWN"),
    18: ("UPSERT", "UNKNOWN"),
    19: ("UPSERT", "SENT"),
}


@pytest.fixture
async def earlier(tmp_path: Path) -> AsyncIterator[Session]:
    write_store(tmp_path / "data")
    async with session(tmp_path / "data") as opened:
        yield opened


def item_names(document: Any) -> list[str]:
    return [item["name"] for item in document["order_details"]["order_items"]]


# Reading


async def test_earlier_file_is_migrated_and_stays_intact(tmp_path: Path) -> None:
    path = write_store(tmp_path / "data")
    for _ in range(2):
        async with session(tmp_path / "data") as earlier:
            assert earlier.statuses() == BATCH
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_account_is_known_without_a_request(tmp_path: Path) -> None:
    write_store(tmp_path / "data")
    async with session(tmp_path / "data", remembered=True) as earlier:
        assert earlier.store.accounts() == [1, ACCOUNT_ID]
        assert "700001" in earlier.draft_ids()


async def test_drafts_have_their_steps_changes_and_conflicts(earlier: Session) -> None:
    assert earlier.draft_ids() == ["700001", "700002", "700005", "700015", "700007", "700008"]
    names = ["correction"] * 3 + ["remove item", "add item", "drop notes"]
    assert earlier.steps("700001") == (5, names)
    changed = earlier.changed("700001")
    assert changed[NAME] == "Jan Klaassen"
    assert changed[CITY] == "Den Bosch"
    assert changed["/shipping_address/address_line_1"] == "Markt"
    edit = earlier.draft("700001").edit
    assert item_names(edit.document) == ["Cylinder candle", "Match box"]
    assert edit.redo() == "drop notes"
    assert [edit.undo() for _ in range(6)] == names[::-1]
    assert edit.document == edit.base
    (conflict,) = earlier.draft("700002").undecided
    assert (str(conflict.pointer), conflict.base, conflict.theirs, conflict.mine) == (
        CITY,
        "Oss",
        "Rotterdam",
        "Utrecht",
    )


async def test_drafts_have_the_states_of_their_last_sending(earlier: Session) -> None:
    ids = ("700001", "700002", "700005", "700007", "700008", "700015")
    assert [earlier.status(id) for id in ids] == [None, "CONFLICT", "REFUSED", "UNKNOWN", "UNKNOWN", "ACCEPTED"]
    assert earlier.problems("700005") == {NAME: "This name is not possible"}
    assert earlier.account.draft_sender.is_unsettled("700007")


async def test_typed_text_is_kept_for_its_editors(earlier: Session) -> None:
    assert earlier.typed("700001") == {NAME: "Jan Klaassen junior"}
    assert earlier.typed(f"staged {earlier.staged('B-8').id}") == {NAME: "Hans Inkt of Oss"}


async def test_the_batch_has_its_orders_with_status_problems_and_provenance(earlier: Session) -> None:
    assert earlier.staging.name == "black friday"
    assert [(batch.name, batch.count) for batch in earlier.staging.batches()] == [("monday", 1), ("black friday", 13)]
    assert earlier.statuses() == BATCH
    assert earlier.findings("B-3") == {CITY: "Not a city of that country"}
    assert earlier.findings("B-6").keys() == {"/shipping_address/postal_code"}
    assert earlier.findings("B-9")[QUANTITY] == "'two' cannot be read: a whole number is needed."
    assert earlier.findings("B-13").keys() == {CITY}
    assert earlier.staged("B-10").document["order_id"] == "B-10"
    assert {str(change.pointer) for change in earlier.staged("B-10").differences} >= {NAME, NUMBER}
    assert [earlier.staged(number).remote_id for number in ("B-1", "B-3")] == ["41203001", None]
    origin = earlier.staged("B-8").origin
    assert (origin.file, origin.row, origin.text) == ("orders.csv", 10, "row 10 of orders.csv")
    assert earlier.cell("B-3", QUANTITY.replace("0", "1")) == (5, "Quantity")
    assert earlier.derived("B-3", "/payment_details/total_price/value")


async def test_batch_actions_are_undone_in_order(earlier: Session) -> None:
    staging = earlier.staging
    assert staging.editing.redo() is not None
    assert earlier.value("B-3", NOTES) == "ring three times"
    assert staging.editing.undo() is not None
    assert earlier.value("B-3", NOTES) is None
    assert staging.editing.undo() is not None
    assert earlier.value("B-11", "/order_number") == "B-11"
    assert staging.editing.undo() is not None
    assert earlier.statuses()["B-12"] == "INVALID"
    assert staging.editing.undo() is not None
    assert earlier.statuses()["B-5"] == "READY"
    tagged = ("B-4", "B-5", "B-8")
    assert [earlier.value(number, TAGS) for number in tagged] == [["bf"]] * 3
    assert staging.editing.undo() is not None
    assert [earlier.value(number, TAGS) for number in tagged] == [None, None, None]
    for name in (NOTES, NAME):
        assert staging.editing.undo() is not None, name
    assert [earlier.value("B-8", name) for name in (NOTES, NAME)] == [None, "Hans Ink"]


async def test_template_mapping_refused_rows_and_bulk_change_are_saved(earlier: Session) -> None:
    template = earlier.templates.all()["candles"]
    assert Pointer.parse(NAME).get(template) == "Ada Bos"
    (mapping,) = earlier.mappings.all()
    assert mapping.name == "shop export"
    assert mapping.mapped == 10
    assert mapping.unmapped == ("Colour",)
    assert earlier.mappings.refused() == ("orders.csv", b"Order number,reason\nB-15,row 17 has 12 cells\n")
    (saved,) = earlier.saved_changes.all()
    assert saved == earlier.saved_changes.last
    assert (saved.name, saved.add_tags, saved.unknown) == ("hold", ("hold",), ())
    assert [(assignment.path, assignment.value) for assignment in saved.assignments] == [
        (("order_details", "status", "code"), "on_hold")
    ]


async def test_jobs_have_their_orders_and_results(earlier: Session) -> None:
    assert [job.id for job in earlier.jobs.unfinished()] == [earlier.job("PAUSED").id]
    assert earlier.job_states("PAUSED") == {
        **{str(number): "VERIFIED" for number in range(700021, 700025)},
        **{str(number): "READY" for number in range(700025, 700029)},
    }
    assert (earlier.job("PAUSED").sent_count, earlier.job("PAUSED").planned_count) == (4, 8)
    assert earlier.job("DONE").selection == "all 7 of this filter"
    assert earlier.job_states("DONE") == {
        "700029": "UNCHANGED",
        "700030": "HELD",
        "700031": "CONFLICT",
        "700032": "CONFLICT",
        **{str(number): "VERIFIED" for number in range(700033, 700036)},
    }


async def test_the_journal_has_all_writes_with_orders_changes_and_problems(earlier: Session) -> None:
    assert earlier.write_states() == WRITES
    patch = earlier.entry(5)
    (part,) = patch.parts
    assert {str(change.pointer): (change.was, change.now) for change in part.changes} == {
        CITY: ("Oss", "Breda"),
        NAME: ("John Doe", "Kees Vis"),
    }
    assert (patch.write.by, patch.write.profile, patch.name) == ("anna@depot", "NL", "N-700004")
    assert [step.state.name for step in patch.steps] == ["RECORDED", "SENT", "ANSWERED", "CONFIRMED"]
    assert [problem.detail for problem in earlier.entry(6).problems] == ["This name is not possible"]
    assert Pointer.parse(NAME).get(earlier.entry(7).parts[0].before) == "John Doe"
    assert {earlier.entry(number).write.new.job for number in range(12, 16)} == {earlier.job("PAUSED").label}
    assert earlier.pruned == {"at": "2026-11-23T06:01:00+00:00", "count": 1, "days": 0}


async def test_the_history_of_the_batch_has_each_request_with_its_orders(earlier: Session) -> None:
    history = [(batch.id, {order.name: order.outcome for order in batch.orders}) for batch in earlier.staging.history()]
    assert history == [
        (19, {"B-7": "going"}),
        (16, {"B-2": "accepted"}),
        (4, {"B-3": "refused", "B-4": "not written"}),
        (3, {"B-13": "differs", "B-14": "missing"}),
        (2, {"B-1": "verified"}),
    ]
    (notice,) = earlier.staging.notices
    assert (notice.at.isoformat()[:16], notice.style) == ("2026-11-23T06:09", "good")
    (refused, _) = earlier.staging.history()[2].orders
    assert [problem.detail for problem in refused.problems] == ["Not a city of that country"]


# Continuing


async def test_a_draft_is_sent_and_verified(earlier: Session) -> None:
    await earlier.send("700001")
    await earlier.account.verifier.until_done()
    assert earlier.status("700001") == "VERIFIED"
    remote = await earlier.order("700001")
    assert remote["shipping_address"]["city"] == "Den Bosch"
    assert item_names(remote) == ["Cylinder candle", "Match box"]
    assert remote["order_details"]["notes"] == "Ring twice"
    assert "700001" not in earlier.draft_ids()


async def test_a_conflict_is_decided_and_the_draft_sent(earlier: Session) -> None:
    assert await earlier.send("700002") == "CONFLICT"
    draft = earlier.draft("700002")
    draft.keep_mine(draft.undecided[0])
    assert await earlier.send("700002") == "VERIFIED"
    assert (await earlier.order("700002"))["shipping_address"]["city"] == "Utrecht"


async def test_a_refused_draft_is_corrected_and_sent(earlier: Session) -> None:
    draft = earlier.draft("700005")
    draft.edit.put(Pointer.parse(NAME), "Kees Vis", "correction")
    earlier.account.drafts.save(draft)
    assert await earlier.send("700005") == "VERIFIED"


async def test_lost_answers_are_looked_up_and_accepted_orders_verified(earlier: Session) -> None:
    await earlier.resolve()
    assert earlier.write_states() == WRITES | {
        8: ("PATCH", "CONFIRMED"),
        16: ("UPSERT", "VERIFIED"),
        17: ("PATCH", "CONFIRMED"),
        18: ("UPSERT", "VERIFIED"),
        19: ("UPSERT", "VERIFIED"),
    }
    ids = ("700007", "700008", "700015")
    assert [earlier.status(id) for id in ids] == ["VERIFIED"] * 3
    assert earlier.draft_ids() == ["700001", "700002", "700005"]
    assert earlier.statuses() == BATCH | {"B-2": "VERIFIED", "B-7": "VERIFIED"}
    assert earlier.store.writes.open(ACCOUNT_ID) == []


async def test_orders_that_may_have_arrived_are_not_resent(earlier: Session) -> None:
    plan = earlier.staging.plan(earlier.staged(number).id for number in ("B-1", "B-2", "B-7"))
    assert plan.count == 0
    assert all(earlier.store.writes.already_sent(earlier.staged(number).id, 1) for number in ("B-1", "B-2", "B-7"))


async def test_staged_orders_are_sent_and_verified(earlier: Session) -> None:
    await earlier.resolve()
    await earlier.send_staged("B-4", "B-8")
    earlier.staging.editing.release([earlier.staged("B-5").id, earlier.staged("B-10").id])
    await earlier.send_staged("B-5", "B-10")
    ended = dict.fromkeys(("B-2", "B-4", "B-5", "B-7", "B-8", "B-10"), "VERIFIED")
    assert earlier.statuses() == BATCH | ended
    assert (await earlier.order("700016"))["shipping_address"]["house_number"] == "10"


async def test_a_missing_order_is_looked_for_again_and_one_that_differs_is_sent_as_an_update(earlier: Session) -> None:
    await earlier.staging.check_again([earlier.staged("B-14").id])
    assert earlier.statuses()["B-14"] == "ACCEPTED"
    await earlier.account.verifier.until_done()
    assert earlier.statuses()["B-14"] == "DIFFERS"
    staged = earlier.staged("B-13").id
    earlier.staging.editing.put(staged, Pointer.parse(NOTES), "seen", "note")
    assert await earlier.staging.refresh_remote([staged], again=True) is None
    earlier.staging.editing.release([staged])
    await earlier.send_staged("B-13")
    assert earlier.statuses()["B-13"] == "VERIFIED"


async def test_the_paused_job_is_resumed_and_finishes(earlier: Session) -> None:
    job = earlier.job("PAUSED")
    await earlier.jobs.run(job)
    assert job.stage.name == "DONE"
    assert set(earlier.job_states("DONE").values()) == {"VERIFIED"}
    for number in range(700021, 700029):
        details = (await earlier.order(str(number)))["order_details"]
        assert (details["status"]["code"], details["tags"]) == ("on_hold", ["fragile", "gift", "hold"])
    assert len(earlier.store.journal_queries.find(ACCOUNT_ID, job=job.label)) == 8


async def test_writes_of_the_journal_are_undone(earlier: Session) -> None:
    assert await earlier.undo(5) == "DRAFTED"
    assert earlier.changed("700004") == {CITY: "Oss", NAME: "John Doe"}
    assert await earlier.send("700004") == "VERIFIED"
    assert (await earlier.order("700004"))["shipping_address"]["city"] == "Oss"
    assert await earlier.undo(6) == "NOTHING"
    assert await earlier.undo(7) == "STAGED"
    assert await earlier.staging.refresh_remote() is None
    assert earlier.statuses()["N-700006"] == "READY"
    assert await earlier.undo(12) == "DRAFTED"
    assert earlier.changed("700021")["/order_details/status/code"] == "fulfilled"
