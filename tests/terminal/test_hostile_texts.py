"""Hostile texts in every text field, on every screen and in the output of every command, on a real terminal.

One account has each text of the corpus in every field that takes any text, and everything that the user can name after
it: views, notes, batches, templates, saved changes, drafts, queries. The program shows all of it in one run, and every
byte that it writes is checked: no control character, and no sequence besides those that Textual writes.

Each text comes into each of the 73 fields of an order that take any text, by as many orders as there are texts, and into
every field of every kind by further orders. LONG has a word of 1 MB and a note of 10,000 lines.

    texts (27 and 2 long ones) in               shown by
    orders: every text field, keys, tags         list (3 widths), preview, facets, views, form, its editors, problems,
                                                 JSON, long text, differences, review, request bodies, delete question
    shops and their logs                         tabs, titles, shops page, facets, list and show
    private notes                                list, prompt
    saved views, queries, bulk changes, jobs     views, filter line with its history, set a field, bulk changes
    drafts, typed texts, step names              list, form, review, journal
    batches, templates, staged orders            composer: table, form, columns, problems; batches; prompts
    writes                                       journal with its details and JSON, request log
    file names, headings, cells                  path prompt with completion, notices, import screen
    file for $EDITOR, changed orders             read back and compared with the original: unharmed
    arguments, queries, columns                  list, show, count (aligned, --csv, --json), check, submit: stdout, stderr

0 crashes, 0 bytes that act. Found by it: an order number with half a character ended the app when it was looked up; a
response of a megabyte without line breaks stopped it for minutes; `list --csv` wrote control characters to a terminal.
"""

import asyncio
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hostile_texts import LONG, TEXTS, free_texts, hostile_order, odd_order
from pseudo_terminal import ALLOWED, ISOLATES, PROGRAM, Terminal, tokens
from watched_service import Service, serve_sandbox

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.codec import Document, decode, encode
from tui.api.pointer import Pointer
from tui.orders.columns import COLUMNS
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.query.saved_views import LETTERS, QueryView, to_json
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.batches.staging import Staging
from tui.work.batches.templates import Templates
from tui.work.bulk.runner import Jobs
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.cache.facets import FACETS
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.sync import OrderSync
from tui.work.drafts.drafts import TypedText

SHOP = 7
ALL = [*TEXTS.values()]
NOTES, NAME = Pointer.of("order_details", "notes"), Pointer.of("shipping_address", "name")
STARTED = datetime.now(UTC)


def dated(document: Document, number: int) -> Document:
    """The order with a time of its own, so that the list has the hostile orders on top."""
    at = (STARTED - timedelta(seconds=number)).isoformat()
    return cast(Document, Pointer.of("order_details", "order_created_at").put(document, at))


def planted() -> Iterator[bytes]:
    for number in range(len(ALL)):
        yield encode(dated(hostile_order(number, ALL), number))
        yield encode(odd_order(number, ALL[number]))
    long = hostile_order(len(ALL), ALL)
    for pointer, text in zip((NAME, NOTES), LONG.values(), strict=True):
        long = cast(Document, pointer.put(long, text))
    yield encode(dated(long, len(ALL)))


def make_hostile(sandbox: Sandbox) -> None:
    """Give the shops and their logs hostile texts."""
    shops = [
        {**shop, "shop_name": ALL[number], "type": shop["type"], "shop_url": ALL[number]}
        for number, shop in enumerate(sandbox.data.shops.values())
    ]
    sandbox.data.set_shops(cast("list[Document]", shops))
    with sandbox.data.writing() as connection:
        for number, (id, body) in enumerate(connection.execute("SELECT id, body FROM logs").fetchall()):
            log = json.loads(body) | {"exception": ALL[number % len(ALL)], "method": ALL[-number % len(ALL)]}
            connection.execute("UPDATE logs SET body = ? WHERE id = ?", (encode(log), id))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with serve_sandbox(SandboxSettings(orders=20, settle=0.0, plant=tuple(planted())), make_hostile) as service:
        yield service


@pytest.fixture(scope="module")
def folder(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the user can name, named by hostile texts."""
    folder = tmp_path_factory.mktemp("hostile")
    asyncio.run(fill(service, folder / "data"))
    return folder


async def fill(service: Service, folder: Path) -> None:
    client = Client(service.url, BasicAuth("demo", "demo"))
    store = Store(folder)

    def now() -> datetime:
        return datetime.now(UTC)

    account = await open_account(client, store, "demo", now=now, zone=UTC)
    await account.read_shops()
    knowledge = OrderKnowledge(account)
    orders = open_orders(account, knowledge)
    try:
        await OrderSync(client, orders, now=now).read_once()
        documents = [cast(Document, orders.document(str(91_000_000 + number))) for number in range(len(ALL))]
        marks = OrderMarks(store, account.account_id, orders, now)
        for document, text in zip(documents, ALL, strict=True):
            marks.set_note(str(document["id"]), text)
        views = [QueryView(letter, text, "is:open") for letter, text in zip(LETTERS, ALL, strict=False)]
        store.screen_states.put(account.account_id, "views", to_json(views))
        await send_back(account, documents)
        name_things(account, documents)
    finally:
        orders.close()
        store.close()
        await client.aclose()


async def send_back(account: Account, documents: list[Document]) -> None:
    """Change one field of each order, by PATCH and by upsert; everything else comes back unharmed."""
    for method, count in (("upsert", len(documents)), ("PATCH", 3)):
        few = documents[:count]
        for number, document in enumerate(few):
            draft = account.drafts.of(str(document["id"]), document, account.now())
            draft.edit.put(NOTES, ALL[-number % len(ALL)] + method, "note")
            account.drafts.save(draft)
            if method == "PATCH":
                await account.draft_sender.send(draft, draft.sending.body)
        if method == "upsert":
            await account.draft_sender.send_as_upsert(account.drafts.all())
            await account.verifier.until_done()
        assert not [account.draft_sender.status(draft.order_id) for draft in account.drafts.all()]
        for number, document in enumerate(few):
            found = await account.client.get_order(str(document["id"]))
            expected = NOTES.put(document, ALL[-number % len(ALL)] + method)
            for pointer in (*free_texts(), NOTES):
                assert pointer.get(found) == pointer.get(expected), pointer
            documents[number] = found


def name_things(account: Account, documents: list[Document]) -> None:
    """Drafts, batches, staged orders, templates, saved changes, jobs, typed texts and queries with hostile texts."""
    staging, jobs = Staging(account), Jobs(account)
    for number, text in enumerate(ALL):
        draft = account.drafts.of(str(documents[number]["id"]), documents[number], account.now())
        draft.edit.put(NAME, ALL[-number % len(ALL)], text)
        account.drafts.save(draft)
        account.drafts.save_typed(TypedText(str(documents[number]["id"]), NOTES, text))
        name = " ".join(text.split())[:50] or "empty"
        staging.create(f"{name} {number}")
        change = BulkChange(text, (FieldAssignment(NAME.tokens, text),), (text[:20],), (text[:20],))
        SavedChanges(account).save(change)
        jobs.make(change, [(str(one["id"]), str(one["order_number"])) for one in documents[:3]], text)
        Templates(account).save(text, documents[number])
    staging.editing.add_copies(documents)
    staging.editing.add_copies(documents[:5], as_update=True)
    account.store.screen_states.put(account.account_id, "queries", list(ALL))


OF_COMMANDS = re.compile(rb"\r|\n|\x1b\[K|\x1b\[\d*m")
"""What a command may write: lines, and a line of progress that is overwritten."""


def assert_only_text(stream: bytes, allowed: re.Pattern[bytes]) -> None:
    for token in tokens(stream):
        if token.kind == "text":
            odd = [one for one in token.data.decode() if unicodedata.category(one)[0] == "C" and one not in ISOLATES]
            assert not odd, token
        else:
            assert allowed.fullmatch(token.data), token
            assert token.data != b"\x1b[8;77m"


EDITOR = """#!/bin/sh
cp "$1" {folder}/edited.json
"""
HEADINGS = ("Order number", "Name", "Address", "House number", "Postal code", "City", "Country", "Item", "Quantity")


_BINARY = re.compile(r"[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Characters that a file does not have if it is text; a file with them is refused."""


def table_of_texts(texts: Iterable[str]) -> str:
    """A CSV file with a hostile text in every cell of a row, and a hostile heading."""
    rows = [[f"I-{n} {text}", text, text, text, text, text, "NL", text, "1", text] for n, text in enumerate(texts)]
    lines = [[*HEADINGS, TEXTS["bidi"] + TEXTS["markup"]], *rows]
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)


class Walk:
    """The program on a terminal, taken from screen to screen."""

    def __init__(self, service: Service, folder: Path) -> None:
        editor = folder / "editor"
        editor.write_text(EDITOR.format(folder=folder))
        editor.chmod(0o700)
        self.service, self.folder, self.edited = service, folder, folder / "edited.json"
        environment = {
            "HOME": str(folder),
            "SENDCLOUD_ORDERS_DATA": str(folder / "data"),
            "SENDCLOUD_PUBLIC_KEY": "demo",
            "SENDCLOUD_SECRET_KEY": "demo",
            "VISUAL": str(editor),
        }
        self.terminal = Terminal([*PROGRAM, "--url", service.url], environment=environment, size=(100, 30))

    def visit(self, keys: str, marker: str, *further: str) -> None:
        """Press keys, wait for a text on the screen, and press further keys. The last ones may close what was opened."""
        terminal = self.terminal
        terminal.press(*keys.split())
        terminal.wait(marker, 30)
        *shown, last = further or ("",)
        for key in shown:
            terminal.press(*key.split())
        terminal.wait_until_quiet(0.05, 30)
        terminal.press(*last.split())
        if last in ("q", "n", "escape"):
            terminal.wait(lambda t: marker not in t.text, 30)

    def filter(self, query: str) -> None:
        self.terminal.press("/", "ctrl+u")
        self.terminal.type(f"{query}\r")
        self.terminal.wait(lambda t: f"/ {query}" in t.lines[2], 30)


def test_nothing_on_any_screen_acts_on_the_terminal(service: Service, folder: Path) -> None:
    walk = Walk(service, folder)
    with walk.terminal as terminal:
        terminal.wait("0 all 75", 60)
        walk_through_triage(walk)
        walk_through_an_order(walk)
        walk_through_the_journal(walk)
        walk_through_the_composer(walk)
        terminal.press("Q")
        assert terminal.ended(30) == 0
        assert_only_text(terminal.stream, ALLOWED)


def walk_through_triage(walk: Walk) -> None:
    terminal = walk.terminal
    walk.visit("g", "0 all 75", "pagedown pagedown pagedown pagedown", "G", "g")
    for size in ((50, 16), (170, 40), (100, 30)):
        terminal.resize(*size)
        terminal.wait_until_quiet(0.1)
    walk.visit("tab", "0 all 75", "pagedown", "tab")
    walk.visit("l", "0 all", "l", "0")
    walk.visit("F", "facets of 75", *["l pagedown"] * 12, "q")
    walk.visit("v", "press a letter", "pagedown", "q")
    walk.visit("I", "(api, integration 7)", "pagedown pagedown pagedown", "q")
    walk.visit("g p", "As read from the service", "pagedown pagedown", "q")
    walk.visit(":", "Commands in triage", "escape")
    walk.visit("?", "Keys in triage", "pagedown", "q")
    walk.visit("i", "private note:", "escape")
    walk.visit("/", "Enter accept", *["up"] * len(ALL), "escape", "escape")
    walk.visit("g =", " or phone:", "0")
    terminal.press("/", "ctrl+u", "enter")
    walk.visit("C", "bulk changes", "pagedown", "q")
    walk.visit("c", "Set a field of", "a", "escape")
    walk.visit("A", "Address text", "escape")
    walk.visit("D", "Delete", "escape")


def walk_through_an_order(walk: Walk) -> None:
    terminal = walk.terminal
    walk.filter("number:H-5")
    walk.visit("d", "Esc back", "q")
    walk.visit("enter", "1 Ship to", "v", *["pagedown"] * 5, "g")
    walk.visit("g j j enter", "Esc close", "escape")
    walk.visit("p", "Esc back", "q")
    walk.visit("w", "t this order")
    walk.visit("t", "1 order will be written", "v", "v", "n")
    walk.visit("", "1 Ship to", "q")
    walk.visit("E", "valid", "pagedown pagedown", "n")
    terminal.press("E")
    terminal.wait(lambda _: walk.edited.exists(), 30)
    walk.visit("g", "valid", "q")
    written, order = decode(walk.edited.read_bytes()), walk.service.order(str(91_000_005))
    assert all(pointer.get(written) == pointer.get(order) for pointer in free_texts() if pointer != NAME)
    terminal.press("/", "ctrl+u", "enter")
    walk.visit("w", "will be written", "v", "pagedown", "v", "n")


def walk_through_the_journal(walk: Walk) -> None:
    walk.visit("L", "JOURNAL", "0", "pagedown", "tab", "pagedown", "tab")
    walk.visit("v", '"method"', "tab pagedown pagedown tab")
    walk.visit("v q q q", "all read")
    walk.visit("T", "Enter bodies")
    walk.visit("enter", "response 200:", "pagedown pagedown pagedown", "q")
    walk.visit("", "Enter bodies", "q")


def walk_through_the_composer(walk: Walk) -> None:
    binary, readable = (f"{name}{TEXTS['CSI']}{TEXTS['bidi']}.csv" for name in ("binary", "import"))
    (walk.folder / binary).write_text(table_of_texts(ALL), "utf-8", "surrogatepass")
    (walk.folder / readable).write_text(table_of_texts(text for text in ALL if not _BINARY.search(text)))
    walk.visit("B", "0 all 32", "pagedown", "G", "g")
    walk.visit("tab", "Enter edit", "pagedown pagedown", "g")
    walk.visit("enter", "Esc close", "escape")
    walk.visit("tab C", "Esc done", "escape")
    walk.visit("E", "valid", "pagedown", "q")
    walk.visit("p", "Esc back", "pagedown", "q")
    walk.visit("n", "0 all 32", "n n n", "N")
    walk.visit("a", "Add  b blank")
    walk.visit("t", "New order from", "H", "escape")
    walk.visit("w", "will be written", "v", "pagedown", "n")
    walk.visit("B", "· batches", "pagedown", "G", "v", "q")
    walk.visit("", "0 all 32")
    add_file(walk, "binary", "Nothing was added")
    add_file(walk, "import", "· UTF-8", "tab", "pagedown", "v", "G", "p")


def add_file(walk: Walk, start: str, marker: str, *further: str) -> None:
    """Add the file whose name starts so, from the composer; the program completes the name."""
    walk.visit("a", "Add  b blank")
    walk.terminal.press("f")
    walk.terminal.wait("file", 30)
    walk.terminal.type(f"{walk.folder}/{start}\t\r")
    walk.visit("", marker, *further)


COMMANDS = """
import json, sys
from tui.cli import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as end:
        print("ended with", end.code)
"""


def test_nothing_that_a_command_prints_acts_on_the_terminal(service: Service, folder: Path) -> None:
    table = folder / f"table{TEXTS['CSI']}{TEXTS['OSC'].replace('/', '')}{TEXTS['bidi']}.csv"
    table.write_text(table_of_texts(text for text in ALL if not _BINARY.search(text)))
    (folder / "orders.json").write_bytes(encode([hostile_order(900, ALL), odd_order(900, ALL[3])]))
    columns = ",".join(COLUMNS)
    commands = [
        ["list", "--columns", columns],
        ["list", "--cached", "--csv", "--columns", columns],
        ["list", "--cached", "--json", "--raw", "--limit", "3"],
        ["list", "--cached", TEXTS["CSI"]],
        ["list", "--cached", "--columns", TEXTS["CSI"]],
        *(["show", "--cached", str(91_000_000 + number)] for number in range(len(ALL))),
        ["show", "--cached", TEXTS["OSC"]],
        ["count", "--cached", "--by", ",".join(FACETS)],
        ["count", "--cached", "--by", TEXTS["CSI"]],
    ]
    files = [
        ["check", str(table), "--shop", "7"],
        ["check", str(folder / "orders.json")],
        ["check", str(folder / f"none{TEXTS['CSI']}")],
        ["submit", str(table), "--dry-run", "--shop", "7"],
        ["submit", str(folder / "orders.json"), "--patience", "1"],
    ]
    commands = [[name, "--url", service.url, *rest] for name, *rest in (*commands, *files)]
    environment = {
        "HOME": str(folder),
        "SENDCLOUD_ORDERS_DATA": str(folder / "data"),
        "SENDCLOUD_PUBLIC_KEY": "demo",
        "SENDCLOUD_SECRET_KEY": "demo",
    }
    program = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    with Terminal(program, environment=environment, size=(200, 50)) as terminal:
        assert terminal.ended(120) == 0
        stream = terminal.stream
    assert stream.count(b"ended with") == len(commands)
    assert b"Traceback" not in stream
    assert_only_text(stream, OF_COMMANDS)
