"""Sentences name the keys of commands through the keymap, so that they name the user's own keys."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_harness import open_app

from tui.config.settings import Settings
from tui.keymap import Context, usual_key
from tui.user_keys import Keymap, parse_keys

PACKAGE = Path(__file__).parents[1] / "tui"

PARTS = ("screens", "work", "orders", "widgets")
FIXED = {
    "widgets/editing/field_editor.py": "Tab accepts in the editor of a field, which has no commands",
    "screens/common/pages.py": "the keys of editors",
    "screens/triage/views/column_choices.py": "the keys of a picker",
    "orders/addresses/vocabulary.py": "words of addresses",
    "screens/order/address.py": "the key that was pressed",
    "screens/system/opening.py": "no account is open, and no settings may be readable",
    "screens/system/connect.py": "no account is open",
    "screens/system/setup.py": "no account is open",
    "screens/edit/open_draft.py": "the answers of the question",
    "screens/file_import/column_joining.py": "the answers of the question",
}
"""The modules with sentences about keys that are no commands, with the reason."""

KEY = r"(?:[A-Zb-z/?=*;]|Ctrl\+[A-Z]|Enter|Space|Tab|Backspace)"
SENTENCE = re.compile(
    rf"(?:(?:^|[;,.:)] |… |or |and )(?:; ?)?{KEY} (?!is\b|as\b|this\b|was\b|has\b|its\b|customs\b)[a-z]{{2,}}s\b"
    r"|\ba (?:adds|stages|creates|opens|saves|copies)\b"
    rf"|[Pp]ress (?:; ?)?(?:{KEY}|a to)(?: |$)|(?<!\w){KEY}, then|then {KEY} )"
)
"""A key with what it does: *w reviews*, *Press w to send*, *B, then t takes it over*."""


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The strings of a module, without docstrings and regular expressions; of f-strings, their constant parts."""
    tree = ast.parse(source)
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            left_out |= {id(part.value) for part in body if isinstance(part, ast.Expr)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re":
            left_out |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.lineno, node.value


def named_keys(source: str) -> list[str]:
    return [f"line {line}: {text}" for line, text in texts(source) if SENTENCE.search(text)]


def modules() -> list[str]:
    found = (path.relative_to(PACKAGE).as_posix() for part in PARTS for path in sorted((PACKAGE / part).rglob("*.py")))
    return [name for name in found if name not in FIXED]


def test_no_sentence_names_the_key_of_a_command() -> None:
    found = {name: keys for name in modules() if (keys := named_keys((PACKAGE / name).read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "Drafted. u undoes it.",
        "kept; Enter continues it",
        "Press w to send",
        "B, then t takes it over",
        "; a stages it",
    ],
)
def test_named_keys_are_found(text: str) -> None:
    assert named_keys(f"show({text!r})")


@pytest.mark.parametrize(
    "text", ["2 orders", "a weight is needed", "an e-mail address", "{key} undoes it", "; it stays"]
)
def test_other_words_are_no_keys(text: str) -> None:
    assert not named_keys(f"show({text!r})")


def test_the_exceptions_exist() -> None:
    assert all((PACKAGE / name).exists() for name in FIXED)


CHOSEN = {
    "triage": {"undo": "f5", "review": "f6", "repeat": "f7", "tags": "f8", "refresh_all": "f9", "shops": "f10"},
    "edit": {"next_problem": "f5"},
}


def test_the_name_of_a_key_is_that_of_the_user_on_this_screen() -> None:
    keymap = parse_keys(CHOSEN, lambda _: None)
    assert keymap.key("undo", Context.TRIAGE) == "F5"
    assert (
        keymap.key("undo", Context.EDIT) == usual_key("undo", Context.EDIT) == Keymap().key("undo", Context.EDIT) == "u"
    )
    with pytest.raises(LookupError):
        keymap.key("undo", Context.PAGER)
    with pytest.raises(LookupError):
        usual_key("undo", Context.PAGER)


async def test_notices_name_the_keys_of_the_user(tmp_path: Path) -> None:
    settings = Settings(keys=parse_keys(CHOSEN, lambda _: None).chosen)
    async with open_app(tmp_path, app_settings=settings, size=(200, 40)) as harness:
        await harness.until("all read")
        await harness.until("1 shop failing, F10")
        await harness.press("f8")
        await harness.type("x")
        await harness.press("tab", "tab")
        await harness.until("F5 undoes it, F7 repeats it, F6 reviews.")
        harness.app.workspace.sync.pause()
        await harness.press("j")
        await harness.until("reading is paused, F9 resumes")
        # What the layers without screens say names them, too.
        account = harness.app.workspace.account
        assert account.key("review", Context.TRIAGE) == "F6"
        assert account.draft_sender.key("empty_value", Context.EDIT) == "c"
        assert harness.app.workspace.staging.key("hold", Context.COMPOSER) == "z"


CONTEXTS = {
    "screens/batches/history.py": "HISTORY",
    "screens/batches": "BATCHES",
    "screens/bulk/jobs.py": "JOBS",
    "screens/bulk": "BULK",
    "screens/composer": "COMPOSER",
    "screens/edit": "EDIT",
    "screens/file_import": "IMPORT",
    "screens/journal/recheck.py": "RECHECK",
    "screens/journal": "JOURNAL",
    "screens/order/address.py": "ADDRESS",
    "screens/order/json_editor.py": "JSON",
    "screens/order": "EDIT COMPOSER",
    "screens/review/drafts.py": "TRIAGE EDIT JOURNAL RECHECK",
    "screens/review": "REVIEW",
    "screens/system/preferences.py": "SETTINGS",
    "screens/triage/facets.py": "FACETS",
    "screens/triage/views/view_screen.py": "VIEWS",
    "screens/triage": "TRIAGE",
    "screens/common": "TRIAGE COMPOSER",
}
"""The screens on which the sentences of a module are shown, unless they name another one."""


def asked_keys() -> Iterator[tuple[str, str, Context]]:
    """The commands whose keys sentences name, with the module and each screen."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue  # also commands named by a variable, which are those of one screen
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            id = node.args[0].value
            if called not in ("key", "_key", "usual_key") or not isinstance(id, str):
                continue
            if len(node.args) > 1:
                if isinstance(node.args[1], ast.Attribute):
                    yield name, id, Context[node.args[1].attr]
                continue
            where = next((CONTEXTS[place] for place in CONTEXTS if name.startswith(place)), None)
            if where is not None:
                yield from ((name, id, Context[context]) for context in where.split())


def test_every_named_key_exists_on_its_screens() -> None:
    asked = list(asked_keys())
    assert len(asked) > 150
    missing = []
    for name, id, context in asked:
        try:
            usual_key(id, context)
        except LookupError as error:
            missing.append(f"{name}: {error}")
    assert missing == []
