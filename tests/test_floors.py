"""The layers of the program: each module imports only modules of lower layers, and there are no import cycles."""

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
PACKAGE = ROOT / "tui"

ALL = frozenset({"tui"})
NETWORK = frozenset({"httpx", "httpcore", "socket", "ssl", "urllib.request", "http.client"})
DISK = frozenset({"sqlite3", "tempfile", "shutil"})
TERMINAL = frozenset({"textual", "rich", "curses"})
SERVER = frozenset({"starlette", "uvicorn"})


@dataclass(frozen=True, slots=True)
class Layer:
    """What a layer may import of this program, by prefixes of module names, and what it may not import at all."""

    allowed: frozenset[str]
    forbidden: frozenset[str]


def layer(allowed: str, *forbidden: frozenset[str]) -> Layer:
    return Layer(frozenset(allowed.split()), frozenset().union(*forbidden))


VALUES = "tui.api.codec tui.api.pointer tui.api.errors tui.api.models tui.api.query tui.api.wording"
"""The modules of `tui.api` that hold only values and open no connection."""

FOR_SCREENS = f"tui.widgets tui.work tui.orders tui.keymap tui.user_keys tui.config tui.api.request_log {VALUES}"
"""The modules that every family of screens may import."""


def family(name: str, below: str = "") -> Layer:
    """Return the layer of a family of screens and the families below it."""
    families = " ".join(f"tui.screens.{import_}" for import_ in (name, *below.split()))
    return layer(f"{families} {FOR_SCREENS}", NETWORK, DISK - {"tempfile"}, SERVER)


def work(allowed: str) -> Layer:
    folders = " ".join(f"tui.work.{part}" for part in allowed.split())
    return layer(f"{folders} tui.orders tui.store tui.api tui.keymap", NETWORK, DISK, TERMINAL, SERVER)


def orders(allowed: str) -> Layer:
    folders = " ".join(f"tui.orders.{part}" for part in allowed.split())
    return layer(f"{folders} {VALUES}", NETWORK, DISK, TERMINAL, SERVER)


LAYERS = {
    "tui.keymap": layer("", NETWORK, DISK, TERMINAL, SERVER),
    "tui.user_keys": layer("tui.keymap", NETWORK, DISK, TERMINAL, SERVER),
    "tui.config": layer(
        "tui.config tui.user_keys tui.orders.checks.context tui.orders.checks.registry tui.orders.formats",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.api": layer("tui.api", DISK, TERMINAL, SERVER),
    # orders/: the meaning of an order
    # query reads facts from documents; of addresses only the names of countries and their dialling codes
    "tui.orders.query": orders("query addresses.formats paths status_words summary"),
    "tui.orders.addresses": orders("addresses countries fields paths patterns value_parser"),
    "tui.orders.checks": orders(
        "checks addresses countries fields formats money names numbers order_state paths patterns status_words summary value_parser"
    ),
    "tui.orders.edits": orders("edits checks countries fields numbers paths summary value_parser"),
    "tui.orders.tables": orders(
        "tables addresses checks countries fields money names numbers parsed paths patterns progress status_words summary value_parser"
    ),
    "tui.orders.labels": orders("formats label order_state paths query.conditions summary"),
    "tui.orders": orders(
        "addresses countries display edits fields formats money names numbers parsed paths patterns progress status_words suggestions summary "
        "value_parser"
    ),
    # store/: the database
    "tui.store": layer(
        "tui.store tui.api.codec tui.api.wording tui.orders.label tui.orders.query.conditions",
        NETWORK - {"socket"},
        DISK - {"sqlite3"},
        TERMINAL,
        SERVER,
    ),
    # work/: long-running work without a screen
    "tui.work.cache.query_context": work("cache account journal.overwritten"),
    "tui.work.cache": work("cache account free_memory typed_paths writes.backoff"),
    "tui.work.mark_tags": work("cache.private_marks drafts"),
    "tui.work.journal.overwritten": work("account cache.local_orders journal.entries journal.recheck"),
    "tui.work.writes": work("writes"),
    "tui.work.drafts": work("drafts unsaved writes"),
    "tui.work.file_import": work("file_import account gc_pause typed_paths"),
    "tui.work.bulk": work("bulk account drafts writes"),
    "tui.work.journal.batch_history": work("journal.batch_history journal.entries typed_paths writes"),
    "tui.work.journal.entries": work("journal.entries drafts writes typed_paths"),
    "tui.work.batches": work("batches account drafts file_import gc_pause journal.batch_history writes"),
    "tui.work.journal": work("journal account batches drafts typed_paths writes"),
    "tui.work.submit": work("submit account batches file_import writes"),
    "tui.work": work("account drafts gc_pause shop_details switched_checks typed_paths unsaved writes"),
    "tui.widgets": layer(
        "tui.widgets tui.keymap tui.orders tui.api.codec tui.api.pointer tui.api.models tui.api.wording",
        NETWORK,
        DISK,
        SERVER,
    ),
    # screens/: families import no other family's screens, except for those below them
    "tui.screens.common": family("common"),
    "tui.screens.order": family("order", "common"),
    "tui.screens.review": family("review", "common order"),
    "tui.screens.triage": family("triage", "common order review"),
    "tui.screens.edit": family("edit", "common order review"),
    "tui.screens.bulk": family("bulk", "common order review"),
    "tui.screens.file_import": family("file_import", "common order"),
    "tui.screens.composer": family("composer", "common order review file_import"),
    "tui.screens.batches": family("batches", "common review"),
    "tui.screens.journal": family("journal", "common review"),
    "tui.screens.system": family("system", "common review"),
    "tui.navigator": layer("tui.screens tui.widgets tui.work tui.api.codec", NETWORK, DISK, SERVER),
    "tui.closing": layer("tui.navigator tui.screens.common", NETWORK, DISK, TERMINAL, SERVER),
    "tui.background": layer(
        "tui.api.errors tui.api.models tui.config.settings tui.keymap tui.navigator tui.orders.countries tui.orders.fields "
        "tui.screens.bulk.running tui.screens.common tui.store.db tui.work",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.lifecycle": layer(
        "tui.api.wording tui.background tui.closing tui.navigator tui.screens.common tui.screens.bulk.running tui.widgets tui.work tui.store tui.orders "
        "tui.service tui.config",
        NETWORK,
        DISK,
        SERVER,
    ),
    "tui.crash_reports": layer("", NETWORK, DISK - {"sqlite3"}, TERMINAL, SERVER),
    "tui.first_paint": layer(
        "tui.config.locations tui.store.last_screen tui.widgets.output.pens", NETWORK, DISK, TERMINAL, SERVER
    ),
    "tui.ending": layer("tui.crash_reports tui.first_paint tui.widgets.terminal", NETWORK, DISK, SERVER),
    "tui.accounts": layer("tui.config tui.service tui.work.connection", NETWORK, DISK, TERMINAL, SERVER),
    "tui.last_screens": layer("tui.config tui.store.last_screen", NETWORK, DISK, TERMINAL, SERVER),
    "tui.profile_switch": layer(
        "tui.accounts tui.config tui.last_screens tui.lifecycle tui.screens.system", NETWORK, DISK, SERVER
    ),
    "tui.app": layer(
        "tui.accounts tui.ending tui.last_screens tui.lifecycle tui.profile_switch tui.screens.common tui.widgets tui.work tui.appearance tui.service tui.config",
        NETWORK,
        DISK,
        SERVER,
    ),
    "tui.appearance": layer("tui.config tui.orders.formats tui.widgets", NETWORK, DISK, SERVER),
    "tui.service": layer("tui.config tui.api tui.sandbox.app tui.sandbox.settings", DISK, TERMINAL, SERVER),
    "tui.start": layer(
        "tui.accounts tui.app tui.crash_reports tui.first_paint tui.service tui.config", NETWORK, DISK, TERMINAL, SERVER
    ),
    "tui.commands.output": layer("tui.widgets.text", NETWORK, DISK, TERMINAL, SERVER),
    "tui.arguments": layer("tui.config", NETWORK, DISK, TERMINAL, SERVER),
    "tui.commands": layer(
        "tui.arguments tui.commands tui.crash_reports tui.service tui.config tui.work tui.store tui.orders tui.widgets.text "
        "tui.api.codec tui.api.errors tui.api.pointer tui.api.query tui.api.wording",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.headless": layer(
        "tui.commands.output tui.commands.signals tui.service tui.config tui.work tui.store.store tui.store.db tui.orders.checks.context tui.orders.fields tui.orders.parsed tui.orders.paths "
        "tui.orders.progress tui.orders.tables.mapping tui.orders.tables.text.encodings tui.widgets.text tui.api.codec "
        "tui.api.errors tui.api.pointer tui.api.wording",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.cli": layer(
        "tui.arguments tui.crash_reports tui.first_paint tui.start tui.headless tui.commands tui.config tui.sandbox.command tui.work.gc_pause",
        NETWORK,
        DISK,
        TERMINAL,
        SERVER,
    ),
    "tui.__main__": layer("tui.cli", NETWORK, DISK, TERMINAL, SERVER),
    "tui.sandbox": layer(
        "tui.sandbox tui.api.codec tui.api.pointer tui.api.errors tui.api.models",
        NETWORK - {"socket"},
        DISK - {"sqlite3"},
        TERMINAL,
    ),
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: its target, the importing module, and the line."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def imports(source: str, module: str) -> Iterator[Import]:
    """Yield every import of a source, at any level, also through importlib."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} has a relative import"
            base = str(node.module)
            targets = [f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}") else base for alias in node.names]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            targets = [str(values[0])] if name in ("import_module", "__import__") else []
            if name == "to_thread":
                targets = [value for value in values if isinstance(value, str) and value.startswith("tui.")]
        for target in targets:
            yield Import(module, target, node.lineno)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(
        found for module, path in modules().items() for found in imports(path.read_text(encoding="utf-8"), module)
    )


def within(name: str, prefixes: frozenset[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def layer_of(module: str) -> str:
    """Return the layer of a module: the longest prefix of its name in the table."""
    return max((name for name in LAYERS if within(module, frozenset({name}))), key=len, default="")


def violation(import_: Import) -> str | None:
    """Return why this import is not allowed, or None."""
    here = LAYERS[layer_of(import_.module)]
    if import_.target == "tui":
        return None  # the version
    if within(import_.target, ALL):
        return None if within(import_.target, here.allowed) else f"{import_}, which is not below it"
    return f"{import_}, which this layer must not use" if within(import_.target, here.forbidden) else None


def test_every_module_belongs_to_a_layer() -> None:
    assert [
        module for module, path in modules().items() if module != "tui" and path.stat().st_size and not layer_of(module)
    ] == []


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_imports_downwards_only(name: str) -> None:
    here = [found for found in all_imports() if layer_of(found.module) == name]
    assert here, f"{name} imports nothing; was it moved?"
    assert [message for import_ in here if (message := violation(import_))] == []


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
        ("tui.screens.common.screen", "if TYPE_CHECKING:\n    from tui.app import OrdersApp", True),
        ("tui.screens.edit.screen", "def f():\n    from tui.screens.triage.screen import TriageScreen", True),
        ("tui.screens.edit.screen", "from tui.screens.review.drafts import review_drafts", False),
        ("tui.orders.edits.edit", "from tui.orders.tables.rows import read_rows", True),
        ("tui.work.writes.outbox", "from tui.work.drafts.drafts import Draft", True),
        ("tui.sandbox.app", "from tui.orders.edits.edit import Edit", True),
        ("tui.work.writes.outbox", "from textual import work", True),
        ("tui.screens.common.screen", "from tui.screens.common.workspace_actions import stage_copies", False),
    ],
)
def test_forbidden_imports_are_found(module: str, source: str, broken: bool) -> None:
    assert bool([found for found in imports(source, module) if violation(found)]) == broken


def test_no_module_imports_itself_through_others() -> None:
    """Every import counts: at module level, in functions, under TYPE_CHECKING and by name."""
    targets: dict[str, set[str]] = {module: set() for module in modules()}
    for found in all_imports():
        targets[found.module].add(found.target)
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in done:
            for target in targets.get(module, ()):
                walk(target, (*path, module))
            done.add(module)

    for module in targets:
        walk(module, ())


def run_script(script: str, folder: Path) -> str:
    """Run a Python script in a process of its own, with a folder for settings. Returns its output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SENDCLOUD_")}
    environment["SENDCLOUD_ORDERS_CONFIG"] = str(folder)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["--help"], 0), (["sandbox", "--help"], 0), (["--wrong"], 2), ([], 2)]
)
def test_help_and_version_import_no_heavy_modules(arguments: list[str], code: int, tmp_path: Path) -> None:
    script = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from tui.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "print(code or 0, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    output = run_script(script, tmp_path)
    last_import, *names = output.splitlines()[-1].split()
    assert int(last_import) == code, output
    assert {"argparse", "tui"} <= set(names)
    heavy = {"textual", "rich", "httpx", "pydantic", "pydantic_core", "starlette", "sqlite3", "asyncio", "simplejson"}
    assert not heavy & set(names)


def test_the_first_frame_imports_no_heavy_modules(tmp_path: Path) -> None:
    """Without a settings file; the client and the schema of orders are imported after the first frame."""
    script = (
        "import sys\nfrom tui.arguments import chosen_profile\nfrom argparse import Namespace\n"
        "assert chosen_profile(Namespace(profile=None, url=None, demo=False, read_only=False)).profile is None\n"
        "import tui.start, tui.screens.system.connect\n"
        # A module that is None is one that must not be imported.
        "print(*sorted({name.partition('.')[0] for name, module in sys.modules.items() if module}))"
    )
    output = run_script(script, tmp_path)
    heavy = {
        "httpx",
        "pydantic",
        "pydantic_core",
        "starlette",
        "sqlite3",
        "simplejson",
        "tomlkit",
        "tomllib",
        "keyring",
    }
    assert "textual" in output.split()
    assert not heavy & set(output.split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_only_argparse_and_our_texts(option: str, tmp_path: Path) -> None:
    script = (
        "import argparse, sys\n"
        "usual = argparse.ArgumentParser(formatter_class=lambda prog: argparse.HelpFormatter(prog, width=80))\n"
        "usual.format_help()\n"
        "before = set(sys.modules)\n"
        "from tui.cli import main\n"
        f"try: main([{option!r}])\n"
        "except SystemExit: pass\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    output = run_script(script, tmp_path)
    ours = {"gc", "tui", "tui.arguments", "tui.cli", "tui.config", "tui.config.service_urls"}
    assert set(output.splitlines()[-1].split()) == ours


def test_checking_a_table_imports_only_what_tables_need(tmp_path: Path) -> None:
    """Neither an event loop, the network and the disk, nor what only JSON, spreadsheets, proposed fixes and forms need."""
    file = tmp_path / "orders.csv"
    file.write_text("Order number,Name,Street,City,Country\n1,Jan Kühn,Hauptstr. 1,Dresden,DE\n", encoding="utf-8")
    script = (
        "import sys\nfrom tui.cli import main\n"
        f"try: main(['check', '--shop', '1', {str(file)!r}])\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, *sorted(name for name, module in sys.modules.items() if module))"
    )
    output = run_script(script, tmp_path)
    code, *names = output.splitlines()[-1].split()
    assert code == "1", output
    assert {"pydantic", "tui.orders.tables.rows", "tui.orders.checks.address"} <= set(names)
    heavy = "asyncio ssl httpx sqlite3 starlette textual tomllib pycountry python_calamine tui.store tui.service"
    rare = "tui.screens tui.sandbox tui.orders.edits tui.orders.checks.fixes tui.work.file_import.workbook"
    assert not [name for name in names if within(name, frozenset(f"{heavy} {rare}".split()))]


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
def test_swallowed_errors_are_detected(source: str, silent: bool) -> None:
    tree = ast.parse(f"def f():\n try: g()\n {source}".replace("\n  ", "\n   "))
    (handler,) = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert (is_broad(handler.type) and not acts(handler)) == silent


def is_broad(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in ("Exception", "BaseException")) for name in names
    )


def acts(handler: ast.ExceptHandler) -> bool:
    """Return whether the error is raised again or passed on."""
    return any(
        isinstance(node, ast.Raise)
        or (handler.name is not None and isinstance(node, ast.Name) and node.id == handler.name)
        for statement in handler.body
        for node in ast.walk(statement)
    )


def test_top_level_has_only_the_listed_modules() -> None:
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        top = {name.partition("/")[0] for name in listed.splitlines()}
    else:
        top = {path.name for path in ROOT.iterdir()}
    expected = {"pyproject.toml", "tui", "tests", "screenshots", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= expected
    assert {"pyproject.toml", "tui", "tests", "LICENSE"} <= top


def test_every_module_has_a_docstring() -> None:
    for module, path in modules().items():
        text = path.read_text(encoding="utf-8")
        reason = ast.get_docstring(ast.parse(text)) if text else "an empty package file"
        assert reason, module
        assert text == "" or text.startswith('"""'), module


def test_no_test_imports_another_test() -> None:
    """Test modules import no other test module; shared helpers have their own modules."""
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
