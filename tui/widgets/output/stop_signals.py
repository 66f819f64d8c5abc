"""The signals that stop and continue the app, as Ctrl+Z and `fg` send them."""

import signal
from types import FrameType


def resume_only_after_stop() -> None:
    """Let SIGCONT resume the app only after SIGTSTP stopped it.

    A closing terminal sends SIGCONT to a running process, too. Textual would then start a second thread for the input,
    which keeps the process from ending.
    """
    stop, resume = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    if not callable(stop) or not callable(resume):
        return  # there is no terminal
    is_stopped = False

    def on_stop(number: int, frame: FrameType | None) -> None:
        nonlocal is_stopped
        is_stopped = True
        stop(number, frame)

    def on_resume(number: int, frame: FrameType | None) -> None:
        nonlocal is_stopped
        if is_stopped:
            is_stopped = False
            resume(number, frame)

    signal.signal(signal.SIGTSTP, on_stop)
    signal.signal(signal.SIGCONT, on_resume)
