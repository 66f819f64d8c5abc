"""Whether a session can be closed: asks first if anything is in flight, or could not be saved."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from tui.navigator import Navigator
from tui.screens.common.workspace import Workspace

_MOMENT: Final = 0.05


class Closing:
    """Asks on the top screen what to do with work in flight, and with changes that cannot be saved."""

    def __init__(self, workspace: Workspace, navigator: Navigator) -> None:
        self._workspace = workspace
        self._navigator = navigator

    def leave(self, leave: Callable[[], None]) -> None:
        """Call `leave`, after a question if anything is in flight or not saved and the user does not stay."""
        if (
            not self._workspace.staging.is_importing
            and not self._in_flight
            and not self._workspace.account.unsaved.failure()
        ):
            leave()
            return

        async def ask() -> None:
            if await self.may_close("quit", [("l", "quit now; look up later")]):
                leave()

        self._navigator.start(ask(), name="leave")

    async def may_close(self, verb: str, more: Sequence[tuple[str, str]] = ()) -> bool:
        """Whether the session can be closed. `more`: answers with which it can be closed at once, despite writes in flight."""
        screen, staging = self._navigator.screens[-1], self._workspace.staging
        if staging.is_importing:
            text = "A file is being added."
            return await screen.ask(text, [("y", f"{verb}; none of its orders are added")]) == "y"
        if reason := self._workspace.account.unsaved.failure():
            text = f"The last changes are not saved. {reason}"
            if await screen.ask(text, [("y", f"{verb} and lose them")]) != "y":
                return False
        if not (count := self._in_flight):
            return True
        text = f"{count} write{'s are' if count > 1 else ' is'} in flight."
        answer = await screen.ask(text, [("w", f"{verb} when done"), *more])
        if answer == "w":
            while self._in_flight:
                await self._workspace.account.outbox.drain()
                # Between two requests of a send run nothing is in flight for a moment.
                await asyncio.sleep(_MOMENT)
        return answer is not None

    @property
    def _in_flight(self) -> int:
        """How many writes are in flight, waiting to be sent, or being looked up."""
        workspace = self._workspace
        waiting = workspace.account.draft_sender.in_flight + bool(workspace.staging.sender.waiting)
        waiting += sum(len(job.waiting) for job in workspace.jobs.running)
        return max(len(workspace.account.outbox.unfinished), waiting)
