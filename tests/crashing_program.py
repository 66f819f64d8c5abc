"""Runs the program; the key for help raises an error whose text and variables contain data of an order and a secret."""

import os
import sys

from tui.cli import main
from tui.screens.common.commands import handles
from tui.screens.common.general_commands import GeneralCommands


@handles("keys")
def fail(self: GeneralCommands, key: str) -> None:
    secret = os.environ["SECRET_OF_THE_TEST"]
    order = [secret, f"order of {secret}"]
    try:
        raise ValueError(f"bad order {order}")
    except ValueError as error:
        error.add_note(secret)
        raise KeyError(secret) from error


if __name__ == "__main__":
    GeneralCommands.show_help = fail  # type: ignore[method-assign]
    main(sys.argv[1:])
