"""The user's keys: they come first, take keys from other commands, and every mistake is one sentence with its line."""

from pathlib import Path

import pytest
from app_harness import open_app

from tui.config.locations import settings_file
from tui.config.settings import Settings, SettingsError, read_settings
from tui.keymap import Context
from tui.user_keys import Keymap, table_name


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path))
    return settings_file()


def keymap(file: Path, text: str) -> Keymap:
    file.write_text(text)
    return read_settings().keymap


def keys_of(keymap: Keymap, where: Context, id: str) -> tuple[str, ...]:
    return next(command.keys for command in keymap.commands_in(where) if command.id == id)


def test_without_settings_the_keys_are_those_of_the_table(file: Path) -> None:
    assert keys_of(read_settings().keymap, Context.TRIAGE, "done") == ("x",)


def test_a_chosen_key_is_the_first_and_the_usual_one_stays(file: Path) -> None:
    found = keymap(file, '[keys.triage]\ndone = "Ctrl+X"\nrepeat = ["F5", "é"]\nflag = "PgDn"\npage_down = "Del"\n')
    assert keys_of(found, Context.TRIAGE, "done") == ("ctrl+x", "x")
    assert keys_of(found, Context.TRIAGE, "repeat") == ("f5", "é", ".")
    assert keys_of(found, Context.TRIAGE, "flag") == ("pagedown", "f")
    assert keys_of(found, Context.TRIAGE, "page_down") == ("delete",)
    assert keys_of(found, Context.EDIT, "page_down") == ("pagedown",)


def test_keys_are_swapped(file: Path) -> None:
    found = keymap(file, '[keys.everywhere]\nnext_problem = "N"\nprevious_problem = "n"\n').commands_by_key(
        Context.EDIT
    )
    assert (found["N"].id, found["n"].id) == ("next_problem", "previous_problem")


def test_the_keys_of_a_screen_replace_those_for_everywhere(file: Path) -> None:
    found = keymap(file, '[keys.everywhere]\nreview = "H"\n[keys.edit]\nreview = "Z"\n')
    assert keys_of(found, Context.TRIAGE, "review") == ("H", "w")
    assert keys_of(found, Context.EDIT, "review") == ("Z", "w")


def test_every_screen_has_a_table(file: Path) -> None:
    for context in Context:
        found = keymap(file, f'[keys.{table_name(context)}]\ndown = "ctrl+n"\n')
        assert keys_of(found, context, "down") == ("ctrl+n", "j", "down")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('keys = "x"', "keys must be a table: [keys]"),
        ('[keys]\ndone = "X"', "line 2: 'done' must be in the table of a screen, such as [keys.triage]"),
        ("[keys]\ntriage = 3", "line 2: triage must be a table: [keys.triage]"),
        ('[keys.triag]\ndone = "X"', "line 1: 'triag' is not a screen; did you mean 'triage'?"),
        ('[keys.triage]\n\nflags = "X"', "line 3: 'flags' is not a command; did you mean 'flag'?"),
        ('[keys.triage]\ndelete = "X"', "line 2: 'delete' is not a command; did you mean 'drop'?"),
        ('[keys.triage]\nrename = "e"', "line 2: 'rename' does not work in triage, but in batches"),
        ("[keys.triage]\ndone = 3", 'line 2: done = 3 must be a key such as "x", or a list of keys'),
        ("[keys.triage]\ndone = []", "line 2: done = [] has no key"),
        ('[keys.triage]\ndone = "y"', "line 2: y cannot be chosen: it only confirms"),
        ('[keys.triage]\ndone = "5"', "line 2: 5 cannot be chosen: digits choose tabs"),
        ('[keys.triage]\ndone = "Esc"', "line 2: Esc cannot be chosen: it always goes back"),
        ('[keys.everywhere]\nback = "y"', "line 2: y cannot be chosen: it only confirms"),
        ('[keys.triage]\ndone = "ctrl+b"', "line 2: Ctrl+B cannot be chosen: terminals, tmux, screen or shells use it"),
        ('[keys.triage]\ndone = "ctrl+i"', "line 2: Ctrl+I cannot be chosen: terminals send it as Tab"),
        ('[keys.triage]\ndone = "ctrl+space"', "line 2: 'ctrl+space' is not a key that every terminal sends"),
        ('[keys.triage]\ndone = "alt+x"', "line 2: 'alt+x' is not a key that every terminal sends"),
        ('[keys.triage]\ndone = "ctrl+enter"', "line 2: 'ctrl+enter' is not a key that every terminal sends"),
        ('[keys.triage]\ndone = "ctrl+shift+x"', "line 2: 'ctrl+shift+x' is not a key that every terminal sends"),
        ('[keys.triage]\ndone = "xx"', "line 2: 'xx' is not a key that every terminal sends"),
        ('[keys.triage]\ndone = " "', "line 2: ' ' is not a key that every terminal sends"),
        ('[keys.review]\nsend = "s"', "line 2: the keys of 'send' cannot be chosen: y confirms, and no other key"),
        ('[keys.triage]\ndone = "X"\n\nflag = "X"', "line 4: X is also the key of 'done' in triage, line 2"),
        (
            '[keys.triage]\ndone = "X"\n[keys.everywhere]\nreview = "X"',
            "line 2: X is also the key of 'review' in triage, line 4",
        ),
        ('[keys.triage]\ndone = "w"', "line 2: 'review' would have no key in triage; choose a key for 'review', too"),
        (
            '[keys.everywhere]\nopen = "o"',
            "line 2: 'open in the panel' would have no key in triage; choose a key for 'panel', too",
        ),
    ],
)
def test_mistakes_are_reported_with_their_line(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(file) in str(raised.value)
    assert message in str(raised.value)


async def test_chosen_keys_work_and_are_shown(file: Path, tmp_path: Path) -> None:
    chosen = keymap(
        file, '[keys.triage]\nfacets = "f5"\ndone = "H"\nreview = "x"\nkeys = "f1"\n[keys.pager]\nback = "X"'
    )
    async with open_app(tmp_path, app_settings=Settings(keys=chosen.chosen)) as app:
        await app.until("all read")
        assert "F5 facets" in app.lines[-1]
        assert "F1 keys" in app.lines[-1]
        assert "H done" in app.lines[-1]
        await app.press("x")
        assert "to review: no order was changed" in app.text
        await app.press("H")
        assert "done on this machine" in app.text
        await app.press("&")
        assert "& is not bound here; F1 ? lists the keys." in app.text
        await app.press("f5")
        await app.until("facets of")
        await app.press("escape", "f1")
        assert "Keys in triage" in app.text
        assert "X q Esc back" in app.lines[-1]
        await app.press("G")
        await app.press("X", "colon")
        await app.type("facets")
        assert "F5 F" in app.text
