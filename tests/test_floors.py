"""The floors of the house, proven by imports: everything goes downwards, and each room knows only what it may."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "tui"

ALL = frozenset({"tui"})
NETWORK = frozenset({"httpx", "httpcore", "socket", "ssl", "urllib.request", "http.client"})
DISK = frozenset({"sqlite3", "tempfile", "shutil"})
TERMINAL = frozenset({"textual", "rich", "curses"})
SERVER = frozenset({"starlette", "uvicorn"})


@dataclass(frozen=True, slots=True)
class Room:
    """What a room may import of the house, by the beginnings of names, and what of the world it may not."""

    house: frozenset[str]
    never: frozenset[str]


def room(house: str, *never: frozenset[str]) -> Room:
    return Room(frozenset(house.split()), frozenset().union(*never))


VALUES = "tui.api.codec tui.api.pointer tui.api.errors tui.api.models tui.api.query tui.api.wording"
"""What of the wire is only values: no connection can be made with it."""

ROOMS = {
    "tui.keymap": room("", NETWORK, DISK, TERMINAL, SERVER),
    "tui.settings": room("", NETWORK, DISK, TERMINAL, SERVER),
    "tui.api": room("tui.api", DISK, TERMINAL, SERVER),
    "tui.orders": room(f"tui.orders {VALUES}", NETWORK, DISK, TERMINAL, SERVER),
    "tui.store": room("tui.store tui.api.codec", NETWORK - {"socket"}, DISK - {"sqlite3"}, TERMINAL, SERVER),
    "tui.work": room("tui.work tui.orders tui.store tui.api", NETWORK, DISK, TERMINAL, SERVER),
    "tui.widgets": room(
        "tui.widgets tui.keymap tui.orders tui.api.codec tui.api.pointer tui.api.models tui.api.wording",
        NETWORK,
        DISK,
        SERVER,
    ),
    "tui.screens": room(
        f"tui.screens tui.widgets tui.work tui.store tui.orders tui.keymap tui.settings tui.api.request_log tui.lifecycle {VALUES}",
        NETWORK,
        DISK - {"tempfile"},
        SERVER,
    ),
    "tui.app": room(
        "tui.lifecycle tui.screens tui.widgets tui.work tui.keymap tui.service tui.settings", NETWORK, DISK, SERVER
    ),
    "tui.lifecycle": room("tui.screens tui.widgets tui.work tui.store tui.orders tui.settings", NETWORK, DISK, SERVER),
    "tui.service": room("tui.settings tui.api tui.sandbox.app tui.sandbox.settings", DISK, TERMINAL, SERVER),
    "tui.start": room("tui.app tui.service tui.settings", NETWORK, DISK, TERMINAL, SERVER),
    "tui.headless": room(
        "tui.service tui.settings tui.work tui.store.store tui.store.db tui.orders.fields tui.orders.progress tui.orders.tables.mapping "
        "tui.widgets.text tui.api.codec tui.api.errors tui.api.wording",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.cli": room("tui.start tui.headless tui.settings tui.sandbox.command", NETWORK, DISK, TERMINAL, SERVER),
    "tui.__main__": room("tui.cli", NETWORK, DISK, TERMINAL, SERVER),
    "tui.sandbox": room(
        "tui.sandbox tui.api.codec tui.api.pointer tui.api.errors tui.api.models",
        NETWORK - {"socket"},
        DISK - {"sqlite3"},
        TERMINAL,
    ),
}

NAMED_ONLY = {
    "tui.screens": frozenset({"tui.app", "tui.service"}),
    "tui.app": frozenset({"tui.store.verifications", "tui.store.journal"}),
    "tui.lifecycle": frozenset({"tui.app", "tui.service"}),
}
"""Types that a room may name in its hints, without importing them when it runs."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import: of what, by which module, in which line; `named_only` under TYPE_CHECKING."""

    module: str
    target: str
    line: int
    named_only: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def imports(source: str, module: str) -> Iterator[Import]:
    """Every import of a source, wherever it stands, also by importlib."""
    tree = ast.parse(source)
    hints = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and isinstance(test.test, ast.Name) and test.test.id == "TYPE_CHECKING"
        for child in test.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} has a relative import"
            base = str(node.module)
            targets = [f"{base}.{alias.name}" if is_room(f"{base}.{alias.name}") else base for alias in node.names]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            targets = [str(values[0])] if name in ("import_module", "__import__") else []
            if name == "to_thread":
                targets = [value for value in values if isinstance(value, str) and value.startswith("tui.")]
        for target in targets:
            yield Import(module, target, node.lineno, id(node) in hints)


def is_room(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(one for module, path in modules().items() for one in imports(path.read_text(encoding="utf-8"), module))


def within(name: str, beginnings: frozenset[str]) -> bool:
    return any(name == beginning or name.startswith(f"{beginning}.") for beginning in beginnings)


def room_of(module: str) -> str:
    return next((name for name in ROOMS if within(module, frozenset({name}))), "")


def complaints(one: Import) -> str | None:
    """Why this import breaks the house, or None."""
    here = ROOMS[room_of(one.module)]
    if one.target == "tui" or within(one.target, ALL):
        allowed = here.house | (NAMED_ONLY.get(room_of(one.module), frozenset()) if one.named_only else frozenset())
        return None if within(one.target, allowed) else f"{one}, which is not below it"
    return f"{one}, which is not its business" if within(one.target, here.never) and not one.named_only else None


def test_every_module_belongs_to_a_room_of_the_plan() -> None:
    assert [module for module in modules() if module != "tui" and not room_of(module)] == []


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_downwards_only(name: str) -> None:
    here = [one for one in all_imports() if room_of(one.module) == name]
    assert here, f"{name} imports nothing at all; has it moved?"
    assert [said for one in here if (said := complaints(one))] == []


@pytest.mark.parametrize(
    ("module", "source", "broken"),
    [
        ("tui.api.paging", "import sqlite3", True),
        ("tui.api.paging", "def f():\n    from textual.app import App", True),
        ("tui.orders.edits.edit", "import httpx", True),
        ("tui.orders.edits.edit", "from tui.api.client import Client", True),
        ("tui.orders.edits.edit", "from tui.api import client", True),
        ("tui.orders.edits.edit", "from tui.api import pointer", False),
        ("tui.widgets.table", "import importlib\nimportlib.import_module('tui.store.store')", True),
        ("tui.screens.common.screen", "import tui.app", True),
        ("tui.screens.common.screen", "if TYPE_CHECKING:\n    from tui.app import OrdersApp", False),
        ("tui.sandbox.app", "from tui.orders.edits.edit import Edit", True),
        ("tui.work.writes.outbox", "from textual import work", True),
        ("tui.screens.common.screen", "from tui.screens.common.workspace_actions import open_order", False),
    ],
)
def test_the_walk_sees_what_climbs(module: str, source: str, broken: bool) -> None:
    assert bool([one for one in imports(source, module) if complaints(one)]) == broken


def test_no_module_needs_itself() -> None:
    """Imports at the head of modules make no circle."""
    heads: dict[str, set[str]] = {}
    for module, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        head = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        heads[module] = {one.target for one in imports(ast.unparse(head), module) if within(one.target, ALL)}
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way, module))
        if module not in done:
            for target in heads.get(module, ()):
                walk(target, (*way, module))
            done.add(module)

    for module in heads:
        walk(module, ())


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["--help"], 0), (["sandbox", "--help"], 0), (["--wrong"], 2), ([], 2)]
)
def test_the_quick_answers_import_nothing_heavy(arguments: list[str], code: int) -> None:
    script = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from tui.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "print(code or 0, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SENDCLOUD_")}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ended_with, *names = ended.stdout.splitlines()[-1].split()
    assert int(ended_with) == code, ended
    assert {"argparse", "tui"} <= set(names)
    heavy = {"textual", "rich", "httpx", "pydantic", "pydantic_core", "starlette", "sqlite3", "asyncio", "simplejson"}
    assert not heavy & set(names)


def test_no_error_is_swallowed() -> None:
    silent = []
    for module, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and is_broad(node.type) and not acts(node):
                silent.append(f"{module}:{node.lineno}")
    assert silent == []


@pytest.mark.parametrize(
    ("source", "silent"),
    [
        ("except Exception: pass", True),
        ("except Exception: ...", True),
        ("except: return None", True),
        ("except (OSError, BaseException): x = 1", True),
        ("except OSError: pass", False),
        ("except BaseException:\n  close()\n  raise", False),
        ("except BaseException as error: answer.set_exception(error)", False),
    ],
)
def test_what_counts_as_swallowed(source: str, silent: bool) -> None:
    tree = ast.parse(f"def f():\n try: g()\n {source}".replace("\n  ", "\n   "))
    (handler,) = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert (is_broad(handler.type) and not acts(handler)) == silent


def is_broad(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in ("Exception", "BaseException")) for name in names
    )


def acts(handler: ast.ExceptHandler) -> bool:
    """Whether the error goes on: raised again, or handed to whoever waits for it."""
    return any(
        isinstance(node, ast.Raise)
        or (handler.name is not None and isinstance(node, ast.Name) and node.id == handler.name)
        for statement in handler.body
        for node in ast.walk(statement)
    )


def test_the_top_level_holds_what_the_house_has_rooms_for() -> None:
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        top = {name.partition("/")[0] for name in listed.splitlines()}
    else:
        top = {path.name for path in ROOT.iterdir()}
    rooms = {"pyproject.toml", "tui", "tests", "screenshots", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= rooms
    assert {"pyproject.toml", "tui", "tests", "LICENSE"} <= top


def test_every_module_says_its_one_reason() -> None:
    for module, path in modules().items():
        text = path.read_text(encoding="utf-8")
        reason = ast.get_docstring(ast.parse(text)) if text else "an empty package file"
        assert reason, module
        assert text == "" or text.startswith('"""'), module


def test_no_test_imports_another_test() -> None:
    """Helpers of several tests are in modules with names of their own."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            whole = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            if any(part.startswith("test_") for name in names for part in f"{whole}{name}".split(".")):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_tests_reach_through_two_private_attributes_at_most() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(\._[a-z]\w*){3}", line)
    ]
    assert found == []
