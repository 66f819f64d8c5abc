"""Commands and their handlers: methods of a screen or of a command group, marked with `@handles`."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

Handler: TypeAlias = Callable[[str], Coroutine[Any, Any, None] | None]
"""Called with the key that was pressed. The coroutine of an async handler runs in a worker of the screen."""

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "handled_commands"
_HANDLED: dict[type, dict[str, tuple[str, tuple[object, ...]]]] = {}


def handles(*commands: str, **arguments: object) -> Callable[[F], F]:
    """Mark a method as the handler of these commands of the keymap.

    It is called with the key that was pressed. For a command with an argument it is called with the argument instead:
    `@handles(next_order=1, previous_order=-1)`.
    """

    def mark(method: F) -> F:
        setattr(method, _MARK, {**dict.fromkeys(commands, ()), **{id: (value,) for id, value in arguments.items()}})
        return method

    return mark


def _handlers_of(kind: type) -> Mapping[str, tuple[str, tuple[object, ...]]]:
    """The commands that a class handles: the method's name, and the argument passed instead of the key, if any."""
    if kind in _HANDLED:
        return _HANDLED[kind]
    found = _HANDLED[kind] = {}
    for ancestor in reversed(kind.__mro__):
        for name, member in vars(ancestor).items():
            found |= {id: (name, arguments) for id, arguments in getattr(member, _MARK, {}).items()}
    return found


def handled_by(kind: type) -> Mapping[str, str]:
    """Map the commands that a class handles to method names. A subclass may override either."""
    return {id: name for id, (name, _) in _handlers_of(kind).items()}


def find_handler(owners: Iterable[Any], command: str) -> Handler | None:
    """The handler of a command, from the first owner that has one."""
    for owner in owners:
        found = _handlers_of(type(owner)).get(command)
        if found is not None:
            name, arguments = found
            method = cast(Callable[..., Coroutine[Any, Any, None] | None], getattr(owner, name))
            return _with_argument(method, *arguments) if arguments else method
    return None


def _with_argument(method: Callable[..., Coroutine[Any, Any, None] | None], argument: object) -> Handler:
    return lambda key: method(argument)
