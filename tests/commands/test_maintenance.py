"""`config`, `backup`, `restore` and `wipe`: they ask only in a terminal, and never print a secret."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shell import CommandResult, Shell, environment

from tui.commands import backup, config, wipe
from tui.store.batches import NewStaged
from tui.store.order_cache import OrderCache, cache_path
from tui.store.store import FILE, Store

SECRET = "s3cret-that-nobody-may-see"
SETTINGS = f"""# {SECRET}
default = "kaas"
[profiles.kaas]
public_key = "pub"
secret_key = "{SECRET}"
[profiles.other]
client_id = "id"
secret_command = ["pass", "{SECRET}"]
[profiles.third]
client_id = "id3"
keyring = true
[shops.7]
heaviest_item = 25.5
cut_off = 14:30:00
"""


def settings(shell: Shell, text: str = SETTINGS) -> Path:
    path = Path(shell.write("settings.toml", text))
    path.chmod(0o600)
    return path


def at_terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Let the commands find a terminal on which these lines are typed, then the end of the input."""
    typed = iter(answers)

    def answer(question: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", answer)
    for module in (backup, config, wipe):
        monkeypatch.setattr(module, "has_terminal", lambda: True)


def stored(shell: Shell) -> Path:
    """Make a store with a staged order, a cache, a demo, and a file that is not ours. Returns the folder."""
    folder = shell.folder / "data"
    store = Store(folder)
    account = store.account_id("https://a.example", "7")
    store.batches.stage(store.batches.create(account, "b").id, [NewStaged({"order_id": "1"})])
    store.close()
    OrderCache(cache_path(folder, account)).close()
    (folder / "sandbox.sqlite").touch()
    (folder / "mine.txt").write_text("mine")
    return folder


# config


def test_config_path(shell: Shell) -> None:
    assert shell.run("config", "path") == CommandResult(0, f"{shell.folder / 'settings.toml'}\n", "")


def test_config_show_hides_secrets(shell: Shell) -> None:
    settings(shell)
    shown = shell.run("config", "show")
    assert (shown.code, shown.error) == (0, "")
    assert SECRET not in shown.out
    for line in ('default = "kaas"', 'public_key = "pub"', 'secret_key = "(hidden)"', "heaviest_item = 25.5"):
        assert line in shown.out.splitlines()
    assert 'secret_command = ["pass", "…"]' in shown.out


def test_config_without_a_file(shell: Shell) -> None:
    shown = shell.run("config", "show")
    assert (shown.code, shown.out) == (0, "")
    assert "no settings file" in shown.error
    checked = shell.run("config", "check")
    assert checked.code == 0
    assert "does not exist" in checked.out


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (SETTINGS, 0, "is valid. Profiles: kaas, other, third. Default: kaas."),
        ("[profils]\n", 1, "line 1: 'profils' is not a setting; did you mean 'profiles'?"),
        (f'[profiles.a]\npublic_key = "a:b"\nsecret_key = "{SECRET}"\n', 1, "Profile 'a': The public key must not"),
        ('[profiles.a]\npublic_key = "a"\nurl = "http://a.example"\n', 1, "must use https://"),
    ],
)
def test_config_check(shell: Shell, text: str, code: int, message: str) -> None:
    settings(shell, text)
    checked = shell.run("config", "check")
    assert checked.code == code
    assert message in checked.out + checked.error
    assert SECRET not in checked.out + checked.error


def test_config_show_of_an_invalid_file_is_refused(shell: Shell) -> None:
    settings(shell, f"secret_key = {SECRET}\n")
    shown = shell.run("config", "show")
    assert shown.code == 2
    assert SECRET not in shown.out + shown.error


def editor(shell: Shell, *texts: str) -> str:
    """Return an editor that writes these texts, one after another. It notes the rights of the file."""
    for number, text in enumerate(texts):
        shell.write(f"text{number}", text)
    script = (
        f"import os, pathlib, sys; folder = pathlib.Path({str(shell.folder)!r})\n"
        "texts = sorted(folder.glob('text*'))\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "(folder / 'rights').write_text(oct(path.stat().st_mode & 0o777))\n"
        "path.write_bytes(texts[0].read_bytes()); texts[0].unlink()\n"
    )
    return f"{sys.executable} {shell.write('editor.py', script)}"


def test_config_edit_replaces_the_file_once_it_is_valid(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings(shell)
    at_terminal(monkeypatch, "")
    monkeypatch.setenv("VISUAL", editor(shell, "[profils]\n", "[journal]\nkeep_days = 9\n"))
    edited = shell.run("config", "edit")
    assert edited.code == 0
    assert "did you mean 'profiles'?" in edited.error
    assert path.read_text() == "[journal]\nkeep_days = 9\n"
    assert (shell.folder / "rights").read_text() == "0o600"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [name for name in os.listdir(shell.folder) if name.startswith(".")]


@pytest.mark.parametrize("answers", [["q"], []])
def test_config_edit_can_be_given_up(shell: Shell, monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
    path = settings(shell)
    at_terminal(monkeypatch, *answers)
    monkeypatch.setenv("VISUAL", editor(shell, "[profils]\n"))
    edited = shell.run("config", "edit")
    assert edited.code == 0
    assert path.read_text() == SETTINGS
    assert not [name for name in os.listdir(shell.folder) if name.startswith(".")]


def test_a_byte_order_mark_is_ignored(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings(shell, f"\ufeff{SETTINGS}")
    assert 'default = "kaas"' in shell.run("config", "show").out
    at_terminal(monkeypatch)
    monkeypatch.setenv("VISUAL", "true")
    assert "Nothing was changed" in shell.run("config", "edit").error
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    monkeypatch.setenv("VISUAL", editor(shell, "\ufeff[journal]\nkeep_days = 9\n"))
    assert shell.run("config", "edit").code == 0
    assert path.read_text(encoding="utf-8") == "[journal]\nkeep_days = 9\n"


def test_the_editor_does_not_get_the_secrets(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(shell)
    at_terminal(monkeypatch)
    script = "import os, sys; open(sys.argv[1], 'w').write('# ' + os.environ.get('SENDCLOUD_SECRET_KEY', 'none'))"
    monkeypatch.setattr("shell.environment", lambda **folders: environment(SENDCLOUD_SECRET_KEY=SECRET, **folders))
    monkeypatch.setenv("VISUAL", f"{sys.executable} {shell.write('editor.py', script)}")
    assert shell.run("config", "edit").code == 0
    assert (shell.folder / "settings.toml").read_text() == "# none"


def test_config_edit_starts_with_an_example(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    at_terminal(monkeypatch)
    monkeypatch.setenv("VISUAL", "cat")
    assert "Nothing was changed" in shell.run("config", "edit").error
    assert not (shell.folder / "settings.toml").exists()
    monkeypatch.setenv("VISUAL", "false")
    assert shell.run("config", "edit").code == 1


# Without a terminal


@pytest.mark.parametrize(
    ("arguments", "option"),
    [(["config", "edit"], "config check"), (["wipe"], "--yes"), (["restore", "backup"], "--yes")],
)
def test_without_a_terminal_nothing_asks(shell: Shell, arguments: list[str], option: str) -> None:
    folder = stored(shell)
    before = sorted(folder.iterdir())
    assert shell.run("backup", str(shell.folder / "backup")).code == 0
    arguments = [str(shell.folder / word) if word == "backup" else word for word in arguments]
    refused = shell.run(*arguments)
    assert refused.code == 2
    assert option in refused.error
    assert sorted(folder.iterdir()) == before


# backup and restore


def test_an_empty_store_backs_up(shell: Shell) -> None:
    made = shell.run("backup", str(shell.folder / "backup"))
    assert made.code == 0
    assert shell.run("backup", str(shell.folder / "backup")).code == 2, "it exists"


def test_restore_asks_and_keeps_what_was_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stored(shell)
    file = str(shell.folder / "backup")
    shell.run("backup", file)
    at_terminal(monkeypatch, "n", "y")
    assert shell.run("restore", file).code == 1
    restored = shell.run("restore", file)
    assert restored.code == 0
    assert f"is in {folder / FILE}.before-restore-" in restored.error
    assert shell.run("restore", file, "--yes").code == 0
    assert shell.run("restore", str(folder / "mine.txt"), "--yes").code == 2
    store = Store(folder)
    refused = shell.run("restore", file, "--yes")
    store.close()
    assert refused.code == 1
    assert "Another copy" in refused.error


# wipe


def test_wipe_lists_and_removes_what_the_app_made(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, path = stored(shell), settings(shell, "[journal]\nkeep_days = 9\n")
    for left in (".settings.toml.7", ".edited-7-settings.toml"):
        shell.write(left, SECRET)
    at_terminal(monkeypatch, "yes", "wipe")
    kept = shell.run("wipe")
    assert kept.code == 1
    for text in (str(folder / FILE), "cache-1-", "sandbox.sqlite", str(path)):
        assert text in kept.out
    assert "mine.txt" not in kept.out
    assert "This will be lost: 1 staged order." in kept.error
    assert (folder / FILE).exists()
    wiped = shell.run("wipe")
    assert wiped.code == 0
    assert [file.name for file in folder.iterdir()] == ["mine.txt"]
    assert not path.exists()
    assert [file.name for file in shell.folder.iterdir()] == ["data"]
    (folder / "mine.txt").unlink()
    assert "Nothing is kept" in shell.run("wipe", "--yes").error


def test_wipe_refuses_while_another_copy_runs(shell: Shell) -> None:
    folder = stored(shell)
    store = Store(folder)
    refused = shell.run("wipe", "--yes")
    store.close()
    assert refused.code == 1
    assert "Another copy" in refused.error
    assert (folder / FILE).exists()


def test_wipe_removes_a_link_but_not_its_target(shell: Shell) -> None:
    target = Path(shell.write("dotfiles.toml", "[journal]\nkeep_days = 9\n"))
    (shell.folder / "settings.toml").symlink_to(target)
    assert shell.run("wipe", "--yes").code == 0
    assert target.exists()
    assert not (shell.folder / "settings.toml").is_symlink()


def test_wipe_works_with_a_damaged_store_and_invalid_settings(shell: Shell) -> None:
    folder = shell.folder / "data"
    folder.mkdir()
    (folder / FILE).write_text("damaged " * 1000)
    settings(shell, "[profils]\n")
    wiped = shell.run("wipe", "--yes")
    assert wiped.code == 0
    assert "not known whether there is unsent work" in wiped.error
    assert not folder.exists()


def test_wipe_removes_secrets_from_the_keyring(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(shell)
    removed: list[str] = []
    forget: Callable[[str], None] = removed.append
    monkeypatch.setattr(wipe, "remove_from_keyring", forget)
    wiped = shell.run("wipe", "--yes")
    assert (wiped.code, removed) == (0, ["id3"])
    assert "the secret of profile third" in wiped.out
    assert SECRET not in wiped.out + wiped.error
