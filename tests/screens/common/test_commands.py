"""The method that handles a command: that of the first owner that has one, in the order of its class's ancestors."""

from tui.screens.common.commands import find_handler, handled_by, handles


class Group:
    def __init__(self) -> None:
        self.keys: list[str] = []

    @handles("open", "edit_field")
    def open(self, key: str) -> None:
        self.keys.append(f"open {key}")

    @handles("back")
    def back(self, key: str) -> None:
        self.keys.append(f"back {key}")


class Other(Group):
    def back(self, key: str) -> None:
        self.keys.append(f"other back {key}")

    @handles("drop")
    def drop(self, key: str) -> None:
        self.keys.append(f"drop {key}")


def test_a_method_may_handle_several_commands() -> None:
    assert handled_by(Group) == {"open": "open", "edit_field": "open", "back": "back"}


def test_a_subclass_adds_and_overrides() -> None:
    assert handled_by(Other) == {**handled_by(Group), "drop": "drop"}
    other = Other()
    for command in ("back", "open", "drop"):
        handler = find_handler([other], command)
        assert handler is not None
        handler("k")
    assert other.keys == ["other back k", "open k", "drop k"]


def test_the_first_owner_that_knows_a_command_handles_it() -> None:
    first, second = Group(), Other()
    for command in ("back", "drop"):
        handler = find_handler([first, second], command)
        assert handler is not None
        handler("k")
    assert (first.keys, second.keys) == (["back k"], ["drop k"])
    assert find_handler([first, second], "sort") is None


class StepGroup:
    def __init__(self) -> None:
        self.steps: list[object] = []

    @handles("first", next_order=1, previous_order=-1)
    def step(self, by: object) -> None:
        self.steps.append(by)


def test_a_command_with_an_argument_calls_its_handler_with_it() -> None:
    group = StepGroup()
    for command in ("next_order", "previous_order", "first"):
        handler = find_handler([group], command)
        assert handler is not None
        handler("k")
    assert group.steps == [1, -1, "k"]
    assert set(handled_by(StepGroup)) == {"first", "next_order", "previous_order"}
