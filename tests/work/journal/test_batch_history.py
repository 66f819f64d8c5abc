"""The history of a batch: every request, every outcome, every version sent."""

import csv
import json
from pathlib import Path

import pytest
from batch_harness import NOTES, BatchHarness, Make, stage
from sandbox_harness import order

from tui.work.journal.batch_history import export_history, sent_documents


def history_lines(harness: BatchHarness) -> list[list[tuple[str, int, str]]]:
    return [
        [(order.order_id, order.version, order.outcome) for order in request.orders]
        for request in harness.staging.history()
    ]


async def test_each_request_and_each_version_with_its_outcome(make: Make, tmp_path: Path) -> None:
    harness = await make(settle=0.0)
    a, b = stage(harness.staging, order(order_id="A"), order(order_id="B", order_number="=1+1"))
    await harness.staging.refresh_remote()
    harness.interceptor.refuse_next(("/data/attributes/[1]/order_id", "Not this one"), ("/data", "And the whole"))
    await harness.staging.send(harness.staging.plan())
    assert history_lines(harness) == [[("A", 1, "not written"), ("B", 1, "refused")]]
    harness.staging.editing.put(b, NOTES, "second", "note")
    harness.staging.editing.release([b], force=True)
    await harness.send()
    assert history_lines(harness)[0] == [("A", 1, "accepted"), ("B", 2, "accepted")]
    await harness.account.verifier.until_done()
    harness.staging.editing.put(a, NOTES, "once more", "note")
    await harness.staging.refresh_remote([a], again=True)
    harness.staging.editing.release([a])
    await harness.send()
    await harness.account.verifier.until_done()
    harness.staging.editing.remove_orders([b])
    harness.staging.create("other")
    stage(harness.staging, order(order_id="C"))
    await harness.send()
    assert history_lines(harness) == [[("C", 1, "accepted")]]
    harness.staging.open_batch("staged orders")
    await harness.crash()
    assert history_lines(harness) == [
        [("A", 3, "verified")],
        [("A", 1, "verified"), ("B", 2, "verified")],
        [("A", 1, "not written"), ("B", 1, "refused")],
    ]
    requests = harness.staging.history()
    refused = requests[-1]
    assert (refused.description, refused.status, refused.counts) == ("refused", 400, {"not sent": 1, "refused": 1})
    assert [problem.detail for problem in refused.orders[1].problems] == ["Not this one"]
    assert [problem.detail for problem in refused.problems] == ["And the whole"]
    sent = sent_documents(harness.account.store, requests[1])
    assert [NOTES.get(order) for order in sent] == ["Ring twice", "second"]
    path = tmp_path / "history.jsonl"
    assert await export_history(harness.account.store, requests, path) == 5
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["order_id"], line["version"], line["outcome"]) for line in lines] == [
        ("A", 1, "not written"),
        ("B", 1, "refused"),
        ("A", 1, "verified"),
        ("B", 2, "verified"),
        ("A", 3, "verified"),
    ]
    assert lines[1]["problems"][0]["pointer"] == "/order_id"
    assert lines[4]["sent"]["order_details"]["notes"] == "once more"
    assert path.stat().st_mode & 0o077 == 0
    assert await export_history(harness.account.store, requests, tmp_path / "history.csv") == 5
    rows = list(csv.reader((tmp_path / "history.csv").read_text("utf-8-sig").splitlines()))
    assert [row[9:11] for row in rows[1:]] == [[str(line["version"]), line["outcome"]] for line in lines]
    assert rows[2][7] == "'=1+1", "no spreadsheet runs it as a formula"
    with pytest.raises(FileExistsError):
        await export_history(harness.account.store, requests, path)


async def test_unsent_batch_has_no_history(make: Make) -> None:
    harness = await make()
    assert harness.staging.history() == []
    stage(harness.staging, order(order_id="A"))
    assert harness.staging.history() == []
