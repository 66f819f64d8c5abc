"""Path completion: a path is extended while it is unambiguous, and the candidates are listed."""

from pathlib import Path

import pytest

from tui.work.file_import.json_reader import ImportFileError, read_file
from tui.work.typed_paths import completed, new_file, not_taken


@pytest.mark.parametrize(
    ("typed", "becomes", "message"),
    [
        ("or", "orders-", "orders-a.csv orders-b.csv"),
        ("orders-a", "orders-a.csv", ""),
        ("sh", "shop/", ""),
        ("shop/", "shop/export.xlsx", ""),
        ("gone", "gone", "no such file"),
        ("gone/x", "gone/x", "No such file or directory"),
        ("", "", "orders-a.csv orders-b.csv shop/"),
        (".h", ".hidden", ""),
        ("a\0b/c", "a\0b/c", "no such file"),
    ],
)
def test_path_is_completed_to_the_common_prefix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, becomes: str, message: str
) -> None:
    (tmp_path / "shop").mkdir()
    for name in ("orders-a.csv", "orders-b.csv", ".hidden", "shop/export.xlsx"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    assert completed(typed) == (becomes, message)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completed(f"~/{typed}")[0] == f"~/{becomes}"


def test_many_completions_are_abbreviated(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.csv").write_text("")
    assert completed(f"{tmp_path}/")[1] == "0.csv 1.csv 2.csv 3.csv 4.csv 5.csv and 3 more"


def test_unknown_home_has_no_files() -> None:
    assert completed("~nobody-is-called-so/x") == ("~nobody-is-called-so/x", "No such file or directory")


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x", "a\0b", "\ud800\0", "gone/x", "x" * 300])
def test_invalid_path_is_reported(name: str) -> None:
    with pytest.raises(ImportFileError):
        read_file(Path(name))
    with pytest.raises(OSError, match=r"path|file|name"), new_file(Path(name)):
        pass


def test_new_file_is_private_and_removed_if_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with pytest.raises(ValueError, match="closed"), new_file(path) as file:
        file.close()  # so that nothing can be written
    assert not path.exists()
    with new_file(path) as file:
        file.write(b"whole")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError), new_file(path):
        pass
    assert path.read_bytes() == b"whole"


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    for name in ("a.csv", "a-2.csv", "a-3.csv"):
        assert not_taken(tmp_path, "a", "csv") == tmp_path / name
        (tmp_path / name).touch()
    assert not_taken(tmp_path, "a", "jsonl").name == "a.jsonl"
