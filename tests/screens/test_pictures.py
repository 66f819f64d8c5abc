"""The pictures of the README match the app. If a picture changed, compare both before drawing it again."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

DRAW = Path(__file__).parents[2] / "screenshots" / "draw.py"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw", DRAW)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = os.environ.get("TZ")
    spec.loader.exec_module(module)
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    return module


draw = script()


@pytest.mark.parametrize("size", draw.SIZES)
@pytest.mark.parametrize("name", draw.SCENES)
async def test_picture_matches_the_current_screen(
    name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    kept = draw.words_of(draw.path_of(name, size).read_text(encoding="utf-8"))
    assert len(kept) > 5
    today = draw.words_of(await draw.draw(name, size))
    assert today == kept, "if the change is intended, draw the pictures again: python screenshots/draw.py"


def test_every_picture_belongs_to_a_scene() -> None:
    expected = {draw.path_of(name, size).name for name in draw.SCENES for size in draw.SIZES}
    assert {path.name for path in DRAW.parent.glob("*.svg")} == expected
