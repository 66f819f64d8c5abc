"""Limits on the shape of the code: sizes of classes and folders, ancestors, unique names."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tui"

MOST_METHODS = 40
MOST_METHODS_OF_BASE_SCREEN = 30
MOST_MODULES = 20
MOST_LINES_OF_APP = 350


@dataclass(frozen=True, slots=True)
class Class:
    """A class definition of the package: its module, its bases, and the number of its own methods."""

    module: str
    name: str
    bases: tuple[str, ...]
    methods: int
    is_protocol: bool


def classes() -> Iterator[Class]:
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                bases = tuple(base_name(base) for base in node.bases)
                methods = sum(isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) for member in node.body)
                yield Class(module, node.name, bases, methods, "Protocol" in bases)


def base_name(base: ast.expr) -> str:
    """Return `Screen` for `Screen`, `textual.Screen` and `Screen[T]`."""
    if isinstance(base, ast.Subscript):
        return base_name(base.value)
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


CLASSES = {class_.name: class_ for class_ in classes()}


def ancestors(name: str) -> list[str]:
    """Return the ancestors of a class that are our classes, without protocols and generic parameters."""
    found: list[str] = []
    for base in CLASSES[name].bases if name in CLASSES else ():
        if base in CLASSES and not CLASSES[base].is_protocol and base not in found:
            found += [base, *(ancestor for ancestor in ancestors(base) if ancestor not in found)]
    return found


def in_folder(name: str, folder: str) -> bool:
    return CLASSES[name].module.startswith(f"tui.{folder}.")


def test_a_class_name_is_unique() -> None:
    counts = Counter(class_.name for class_ in classes() if not class_.name.startswith("_") and not class_.is_protocol)
    assert [name for name, count in counts.items() if count > 1] == []


def test_classes_are_small() -> None:
    assert {class_.name: class_.methods for class_ in classes() if class_.methods > MOST_METHODS} == {}
    assert CLASSES["BaseScreen"].methods <= MOST_METHODS_OF_BASE_SCREEN


def test_a_screen_has_one_ancestor() -> None:
    screens = [name for name in CLASSES if in_folder(name, "screens") and "BaseScreen" in ancestors(name)]
    assert len(screens) > 10
    assert {name for name in screens if ancestors(name) != ["BaseScreen"]} == set()


def test_a_widget_has_at_most_two_ancestors() -> None:
    widgets = [name for name in CLASSES if in_folder(name, "widgets")]
    assert {name: found for name in widgets if len(found := ancestors(name)) > 2} == {}


@pytest.mark.parametrize("folder", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda path: path.name)
def test_a_folder_is_small(folder: Path) -> None:
    modules = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES, modules


def test_no_handler_calls_the_one_it_overrides() -> None:
    # Textual calls the handlers of all ancestors itself, so that they would run twice. `on_event` is no handler.
    twice = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for method in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and method.name.lstrip("_").startswith("on_")
        and method.name != "on_event"
        for call in ast.walk(method)
        if isinstance(call, ast.Attribute) and call.attr == method.name and ast.unparse(call.value) == "super()"
    ]
    assert twice == []


def test_the_app_is_small() -> None:
    lines = sum(len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name in ("app.py", "lifecycle.py"))
    assert lines < MOST_LINES_OF_APP
