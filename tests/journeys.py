"""What users do with the work layer: each journey with its preparation, and what must be true after a failure."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from faulty_world import CITY, HOLD, IDS, NAME, NOTES, World
from sandbox_client import BASE_URL
from sandbox_harness import order

from tui.api.codec import decode, encode
from tui.orders.columns import DEFAULT_COLUMNS
from tui.orders.edits.upsert import to_upsert
from tui.orders.paths import STATUS
from tui.work.batches.staging import Staging
from tui.work.bulk.job import JobStage
from tui.work.cache.exports import OrderExport, export_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.drafts.drafts import TypedText
from tui.work.file_import.json_reader import read_orders
from tui.work.file_import.reader import read_source
from tui.work.journal.entries import export, open_entry
from tui.work.journal.undo import undo
from tui.work.writes.send_state import SendState

Part = Callable[[World], Awaitable[None]]

_expected: dict[str, Any] = {}
"""What a run without a failure left, by name."""


async def nothing(_: World) -> None:
    """No preparation."""


@dataclass(frozen=True)
class Journey:
    """What a user does: `prepare` without failures, `run` with one, and `finish` after the restart.

    `check` is called right after the restart, `end` after the work was finished.
    """

    run: Part
    check: Part
    finish: Part
    end: Part
    prepare: Part = nothing


# Edit


async def edit(world: World) -> None:
    account, drafts = world.account, world.account.drafts
    for id in IDS[:2]:
        assert world.local is not None
        # The cache is a copy: one that cannot be opened is made anew.
        document = world.local.document(id) or world.on_service(id)
        draft = drafts.of(id, document, account.now())
        with world.reporting(f"typed {id}", "Bre"):
            drafts.save_typed(TypedText(id, CITY, "Bre"))
        draft.edit.put(CITY, "Breda", "city")
        with world.reporting(f"city {id}", "Breda"):
            drafts.save(draft)
        draft.edit.put(NAME, "Jan", "name")
        with world.reporting(f"name {id}", "Jan"):
            drafts.save(draft)
        with world.reporting(f"typed {id}", None):
            drafts.drop_typed(id, CITY)
        draft.edit.undo()
        with world.reporting(f"name {id}", "John Doe"):
            drafts.save(draft)


async def edits_are_kept(world: World) -> None:
    for id in IDS[:2]:
        draft = world.account.drafts.get(id)
        document = world.on_service(id) if draft is None else draft.edit.document
        world.assert_kept(f"city {id}", CITY.get(document))
        world.assert_kept(f"name {id}", NAME.get(document))
        if not world.was_cut:  # each letter is committed; only what leaves a field is synced
            world.assert_kept(f"typed {id}", world.account.drafts.typed(id).get(CITY))


async def edit_again_and_send(world: World) -> None:
    for id in IDS[:2]:
        draft = world.account.drafts.of(id, world.on_service(id), world.clock.now())
        draft.edit.put(CITY, "Breda", "city")
        draft.edit.put(NAME, "John Doe", "name")
        world.account.drafts.save(draft)
    await world.send_drafts()


async def edits_are_sent(world: World) -> None:
    for id in IDS[:2]:
        assert CITY.get(world.on_service(id)) == "Breda"
    assert world.carried_out.total() == 2


# Bulk


async def bulk(world: World) -> None:
    job = world.jobs.make(HOLD, [(id, f"NL-{id[-1]}") for id in IDS[:3]])
    await world.jobs.dry_run(job, {})
    await world.jobs.run(job)
    await world.account.verifier.until_done()
    report_job(world)


def report_job(world: World) -> None:
    """What the list of jobs shows as verified is so."""
    for head in world.jobs.recent():
        job = world.jobs.get(head.id)
        for one in job.orders.values() if job is not None else ():
            if one.state is SendState.VERIFIED:
                assert STATUS.get(world.on_service(one.id)) == "on_hold", one.id


async def job_is_true(world: World) -> None:
    report_job(world)


async def finish_bulk(world: World) -> None:
    await world.finish_jobs()
    report_job(world)
    left = [id for id in IDS[:3] if STATUS.get(world.on_service(id)) != "on_hold"]
    if left:
        # It was not stored, or not started, before the failure.
        jobs = [world.jobs.get(head.id) for head in world.jobs.recent()]
        assert all(job is None or job.stage is JobStage.PLANNED for job in jobs), jobs
        job = world.jobs.make(HOLD, [(id, id) for id in left])
        await world.jobs.dry_run(job, {})
        await world.jobs.run(job)
        await world.account.verifier.until_done()


async def bulk_is_done(world: World) -> None:
    for id in IDS[:3]:
        assert STATUS.get(world.on_service(id)) == "on_hold", id
    assert world.carried_out.total() == 3


# Import


TABLE = "Order number,Name,Address,House number,Postal code,City,Country,Item,Quantity\n" + "".join(
    f"IMP-{n},Rita Getter,Lieferweg,{n + 1},04109,Leipzig,DE,Mug,1\n" for n in range(5)
)
IMPORTED = tuple(f"IMP-{n}" for n in range(5))


async def import_table(world: World) -> None:
    parsed = read_source(TABLE.encode(), "orders.csv", shop=7, now=world.clock.now())
    with world.reporting("imported", IMPORTED):
        await world.staging.editing.add_in_chunks(parsed, "orders.csv", lambda _: None)


def staged_numbers(staging: Staging) -> tuple[str, ...]:
    return tuple(str(order.document["order_number"]) for order in staging.orders)


async def import_is_complete_or_absent(world: World) -> None:
    world.assert_kept("imported", staged_numbers(world.staging))
    assert staged_numbers(world.staging) in ((), IMPORTED)


async def import_again(world: World) -> None:
    if not world.staging.orders:
        await import_table(world)


async def all_are_imported(world: World) -> None:
    assert staged_numbers(world.staging) == IMPORTED


# Stage


def staged(world: World) -> dict[str, Any]:
    """The staged orders of the open batch: their notes, and whether they are held."""
    found = {str(one.document["order_id"]): (NOTES.get(one.document), bool(one.held)) for one in world.staging.orders}
    assert len(found) == len(world.staging.orders), "an order is staged twice"
    return found


def stage_orders(world: World, *names: str) -> None:
    parsed = read_orders(encode([order(order_id=name, order_number=name) for name in names]).decode())
    world.staging.editing.add_parsed(parsed, "pasted text")


async def stage(world: World) -> None:
    editing, note = world.staging.editing, str(NOTES.get(order()))
    plain = (note, False)

    def id_of(name: str) -> str:
        return next(one.id for one in world.staging.orders if one.document["order_id"] == name)

    with world.reporting("staged", dict.fromkeys("ABC", plain)):
        stage_orders(world, *"ABC")
    with world.reporting("staged", {"A": ("one", False), "B": plain, "C": plain}):
        editing.put(id_of("A"), NOTES, "one", "note")
    with world.reporting("staged", {"A": ("one", False), "B": (note, True), "C": plain}):
        editing.hold([id_of("B")])
    with world.reporting("staged", {"A": ("one", False), "B": (note, True)}):
        editing.remove_orders([id_of("C")])
    with world.reporting("staged", {"A": ("one", False), "B": (note, True), "C": plain}):
        editing.undo()


async def staged_orders_are_kept(world: World) -> None:
    world.assert_kept("staged", staged(world))


async def stage_again(world: World) -> None:
    if not world.staging.orders:
        stage_orders(world, *"ABC")
    world.staging.editing.release([one.id for one in world.staging.orders])
    await world.send_batch()


async def each_is_sent_once(world: World) -> None:
    names = set(world.by_order_id())
    assert names >= {"A", "B"}
    assert all(world.staging.send_state(one) is SendState.VERIFIED for one in world.staging.orders)


# Send


async def prepare_drafts_and_batch(world: World) -> None:
    for id in IDS[:2]:
        draft = world.account.drafts.of(id, world.on_service(id), world.clock.now())
        draft.edit.put(CITY, "Breda", "city")
        world.account.drafts.save(draft)
    stage_orders(world, *"ABC")


def report_verified(world: World) -> None:
    """What is shown as verified is so."""
    for id in IDS[:2]:
        status = world.account.draft_sender.status(id)
        if status is not None and status.state is SendState.VERIFIED:
            assert CITY.get(world.on_service(id)) == "Breda"
    verified = [one for one in world.staging.orders if world.staging.send_state(one) is SendState.VERIFIED]
    if verified:
        assert {one.document["order_id"] for one in verified} <= set(world.by_order_id())


async def send(world: World) -> None:
    sender = world.account.draft_sender
    first, second = world.account.drafts.all()
    await sender.send(first, first.sending.body)
    await sender.send_as_upsert([second])
    await sender.delete(IDS[2], world.on_service(IDS[2]))
    await world.send_batch()
    report_verified(world)


async def nothing_is_wrong(world: World) -> None:
    for id in IDS[:2]:
        draft = world.account.drafts.get(id)
        assert CITY.get(world.on_service(id) if draft is None else draft.edit.document) == "Breda", "a draft is lost"
    assert staged(world).keys() == set("ABC")
    report_verified(world)


async def send_the_rest(world: World) -> None:
    await world.send_drafts()
    report_verified(world)
    if world.on_service(IDS[2]) is not None:
        await world.account.draft_sender.delete(IDS[2], world.on_service(IDS[2]))
    for _ in range(3):
        await world.send_batch()
    report_verified(world)


async def all_is_sent_once(world: World) -> None:
    assert [CITY.get(world.on_service(id)) for id in IDS[:2]] == ["Breda"] * 2
    assert world.on_service(IDS[2]) is None
    assert set(world.by_order_id()) >= set("ABC")
    assert {world.staging.send_state(one) for one in world.staging.orders} == {SendState.VERIFIED}
    assert not world.account.drafts.all()
    assert sorted(written(world)) == [IDS[0], IDS[1], f"{IDS[2]} deleted", *"ABC"]


def written(world: World) -> Iterator[str]:
    """The orders that the service wrote, once for each time: existing ones by id, new ones by order id."""
    for (method, path, body), times in world.carried_out.items():
        for _ in range(times):
            if method == "POST":
                for one in cast("list[Any]", decode(body)):
                    name = str(one["order_id"])
                    yield IDS[int(name[1])] if name.startswith("o") else name
            else:
                yield path.rpartition("/")[2] + (" deleted" if method == "DELETE" else "")


# Undo


async def change_and_delete(world: World) -> None:
    sender = world.account.draft_sender
    draft = world.account.drafts.of(IDS[0], world.on_service(IDS[0]), world.clock.now())
    draft.edit.put(CITY, "Breda", "city")
    world.account.drafts.save(draft)
    await sender.send(draft, draft.sending.body)
    await sender.delete(IDS[1], world.on_service(IDS[1]))
    assert [write.new.method for write in world.writes()] == ["DELETE", "PATCH"]


async def undo_both(world: World) -> None:
    assert world.store is not None
    entries = [open_entry(world.store, BASE_URL, write) for write in (1, 2)]
    with world.reporting("undone", True):
        results = await undo(world.account, world.staging, [entry for entry in entries if entry], "undo")
        assert (
            all(result.outcome.value.startswith(("drafted", "staged")) for result in results) or world.steps.is_reached
        )
        if world.steps.is_reached:
            raise OSError("reported as not undone")
    await world.send_drafts()
    await world.send_batch()


def undo_is_prepared(world: World) -> bool:
    is_back = "o1" in world.by_order_id() or bool(world.staging.orders)
    return is_back and (CITY.get(world.on_service(IDS[0])) == "Oss" or world.account.drafts.get(IDS[0]) is not None)


async def undo_is_kept(world: World) -> None:
    if "undone" in world.kept:
        assert undo_is_prepared(world)
    assert len(world.staging.orders) <= 1


async def undo_the_rest(world: World) -> None:
    assert world.store is not None
    if CITY.get(world.on_service(IDS[0])) != "Oss" and world.account.drafts.get(IDS[0]) is None:
        entry = open_entry(world.store, BASE_URL, 1)
        await undo(world.account, world.staging, [entry] if entry else [], "undo")
    if "o1" not in world.by_order_id() and not world.staging.orders:
        entry = open_entry(world.store, BASE_URL, 2)
        await undo(world.account, world.staging, [entry] if entry else [], "undo")
    await world.send_drafts()
    for _ in range(2):
        await world.send_batch()


async def both_are_undone_once(world: World) -> None:
    assert CITY.get(world.on_service(IDS[0])) == "Oss"
    found = world.by_order_id()["o1"]
    assert found["id"] != IDS[1]
    assert NAME.get(found) == "John Doe"
    methods = [method for (method, _, _), count in world.carried_out.items() for _ in range(count)]
    assert sorted(methods) == ["DELETE", "PATCH", "PATCH", "POST"]


# Sync


async def change_on_service(world: World) -> None:
    for id in IDS[:2]:
        changed = {**world.on_service(id), "order_number": f"changed {id}"}
        await world.client.upsert_orders(encode([to_upsert(changed, keep_id=True)[0]]))
        world.clock.passed += 100
    await world.client.upsert_orders(encode([order(order_id="new")]))
    world.clock.passed += 100
    world.carried_out.clear()


async def synchronise(world: World) -> None:
    world.sync.refresh()
    with world.reporting("read", True):
        await world.sync.read_once()


def cached(world: World) -> dict[str, Any]:
    assert world.local is not None
    return {one.key: one.document for one in world.local.window()}


async def cache_is_true(world: World) -> None:
    """Every order in the cache is one that the service had; a complete read is not forgotten unless the power failed."""
    ids = {str(one["id"]) for one in world.service_orders()}
    assert cached(world).keys() <= ids
    if "read" in world.kept and not world.was_cut:
        assert cached(world).keys() == ids


async def synchronise_again(world: World) -> None:
    await synchronise(world)


async def cache_equals_the_service(world: World) -> None:
    found = cached(world)
    for one in world.service_orders():
        assert found[str(one["id"])]["order_number"] == one["order_number"]
    assert world.sync.state.is_complete


# Migrate


def contents(world: World) -> Any:
    """Everything that the earlier version stored, read by today's code."""
    store = world.store
    assert store is not None
    return [
        (
            account,
            [(edit.order_id, edit.base, edit.log) for edit in store.edits.all(account)],
            [(batch.name, batch.created_at) for batch in store.batches.all(account)],
            sorted(
                (write.id, write.new.path, write.new.body, write.state) for write in store.writes.all(account, limit=-1)
            ),
            store.screen_states.all(account),
        )
        for account in store.accounts()
    ]


async def migrate(world: World) -> None:
    """The folder is opened, which is all that the user sees of it."""


async def contents_are_kept(world: World) -> None:
    assert world.store is not None
    assert contents(world) == _expected.setdefault("contents", contents(world))


# Export


async def prepare_export(world: World) -> None:
    await change_and_delete(world)
    await synchronise(world)


async def export_all(world: World) -> None:
    assert world.local is not None
    assert world.store is not None
    folder, window = world.folder, world.local.window()
    knowledge = OrderKnowledge(world.account)
    for kind in OrderExport:
        path = folder / f"orders.{kind}"
        path.unlink(missing_ok=True)
        with world.reporting(path.name, True):
            await export_orders(window, kind, path, DEFAULT_COLUMNS, knowledge.listed)
    path = folder / "journal.jsonl"
    path.unlink(missing_ok=True)
    with world.reporting(path.name, True):
        await export(world.store, BASE_URL, [write.id for write in world.writes()], path)


EXPORTS = (*(f"orders.{kind}" for kind in OrderExport), "journal.jsonl")


async def exports_are_complete_or_absent(world: World) -> None:
    for name in EXPORTS:
        path = world.folder / name
        if name in world.kept:
            assert path.read_bytes() == _expected.setdefault(name, path.read_bytes()), name
        elif not world.was_cut:
            assert not path.exists() or path.read_bytes() == _expected[name], name


async def exports_are_complete(world: World) -> None:
    for name in EXPORTS:
        content = (world.folder / name).read_bytes()
        assert content == _expected.setdefault(name, content)
        assert len(content) > 40, name


JOURNEYS = {
    "edit": Journey(edit, edits_are_kept, edit_again_and_send, edits_are_sent, synchronise),
    "bulk": Journey(bulk, job_is_true, finish_bulk, bulk_is_done),
    "import": Journey(import_table, import_is_complete_or_absent, import_again, all_are_imported),
    "stage": Journey(stage, staged_orders_are_kept, stage_again, each_is_sent_once),
    "send": Journey(send, nothing_is_wrong, send_the_rest, all_is_sent_once, prepare_drafts_and_batch),
    "undo": Journey(undo_both, undo_is_kept, undo_the_rest, both_are_undone_once, change_and_delete),
    "sync": Journey(synchronise, cache_is_true, synchronise_again, cache_equals_the_service, change_on_service),
    "migrate": Journey(migrate, contents_are_kept, nothing, contents_are_kept),
    "export": Journey(export_all, exports_are_complete_or_absent, export_all, exports_are_complete, prepare_export),
}
