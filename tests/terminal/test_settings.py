"""Settings and the environment decide what is sent to the terminal."""

import re
from pathlib import Path

from pseudo_terminal import Start, tokens

COLOURS = {*map(str, (*range(30, 50), *range(90, 108)))}
"""SGR parameters that set or reset a colour."""


def sgr_parameters(stream: bytes) -> set[str]:
    found = (re.fullmatch(rb"\x1b\[([0-9;]*)m", token.data) for token in tokens(stream))
    return {number for match in found if match is not None for number in match[1].decode().split(";")}


def write_settings(folder: Path, text: str) -> None:
    path = folder / "config" / "settings.toml"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)


def test_no_color_sends_attributes_but_no_colours(start: Start, tmp_path: Path) -> None:
    write_settings(tmp_path, "[display]\ntheme = 'high-contrast'\n")
    terminal = start(NO_COLOR="1", SENDCLOUD_ORDERS_CONFIG=str(tmp_path / "config"))
    terminal.press("j", "enter")
    terminal.wait("Enter edit")
    terminal.press("q", "O")
    terminal.wait("environment NO_COLOR")
    terminal.press("q", "Q")
    assert terminal.ended() == 0
    sent = sgr_parameters(terminal.stream)
    assert sent & COLOURS == set()
    assert {"1", "7"} <= sent, "bold, and the reversed cursor"


def test_an_empty_no_color_means_nothing_and_settings_are_used(start: Start, tmp_path: Path) -> None:
    write_settings(tmp_path, "[display]\ntheme = 'ansi'\n[terminal]\nmouse = true\nscroll = false\n")
    terminal = start(NO_COLOR="", SENDCLOUD_ORDERS_CONFIG=str(tmp_path / "config"))
    assert terminal.private_modes()[1000], "the mouse"
    terminal.press("G", "k", "g", "Q")
    assert terminal.ended() == 0
    sent = sgr_parameters(terminal.stream)
    assert "40" in sent, "a black background"
    assert not sent & {"38", "48"}, "only the 16 colours"
    assert not re.search(rb"\x1b\[\d+;\d+r", terminal.stream), "no scrolling region"
