"""The list of the last time is on the screen before the account is open."""

from pathlib import Path

from pseudo_terminal import Start

from tui.store.last_screen import LastOutput


def test_the_list_of_the_last_time_is_shown_first(start: Start, tmp_path: Path) -> None:
    first = start()
    number = first.line_with(">").split()[1]
    first.press("Q")
    assert first.ended() == 0
    output = LastOutput.load(tmp_path / "data")
    assert output is not None
    assert output.keys == 1
    assert 0 < output.cells <= output.drawn
    assert output.size > output.frames > 0
    again = start(ready="opening …")
    assert number in again.text
    again.wait("keys wait until it is open")
    again.wait("Enter open")
    assert number in again.text
    again.press("Q")
    assert again.ended() == 0
    # Laid out for another width, it is not shown.
    other = start(ready="opening …", size=(100, 24))
    assert number not in other.text
    other.wait("Enter open")
    other.press("I")
    other.wait("Shops")
    other.press("Q")
    assert other.ended() == 0
    assert not list((tmp_path / "data").glob("last-screen-*"))
