"""Commands and their handlers: methods of a screen or of a command group, marked with `@handles`."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

Handler: TypeAlias = Callable[[str], Coroutine[Any, Any, None] | None]
"""Called with the key that was pressed. The coroutine of an async handler runs in a worker of the screen."""

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "handled_commands"
_HANDLED: dict[type, dict[str, str]] = {}


def handles(*commands: str) -> Callable[[F], F]:
    """Mark a method as the handler of these commands of the keymap."""

    def mark(method: F) -> F:
        setattr(method, _MARK, commands)
        return method

    return mark


def handled_by(kind: type) -> Mapping[str, str]:
    """The commands that a class handles, each with the name of the method. A subclass may override either."""
    if kind in _HANDLED:
        return _HANDLED[kind]
    found = _HANDLED[kind] = {}
    for ancestor in reversed(kind.__mro__):
        for name, member in vars(ancestor).items():
            found |= dict.fromkeys(getattr(member, _MARK, ()), name)
    return found


def find_handler(owners: Iterable[Any], command: str) -> Handler | None:
    """The handler of a command: the first owner that has one is asked."""
    for owner in owners:
        name = handled_by(type(owner)).get(command)
        if name is not None:
            return cast(Handler, getattr(owner, name))
    return None
