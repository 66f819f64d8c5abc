"""The driver's thread that reads keys: what it makes of split input, and that it waits without waking up."""

import asyncio
import os
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.message import Message

from tui.widgets import terminal
from tui.widgets.terminal import TerminalDriver


class RecordingDriver(TerminalDriver):
    """Keeps the keys that were read from a pseudo-terminal."""

    def __init__(self, fileno: int) -> None:
        super().__init__(App())
        self.fileno = fileno
        self.keys: list[str] = []

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key):
            self.keys.append(message.key)


@contextmanager
def reading() -> Iterator[tuple[RecordingDriver, int]]:
    """A driver whose thread reads, and the end of the pseudo-terminal to write to."""
    master, slave = os.openpty()
    tty.setraw(slave)

    async def make() -> RecordingDriver:
        return RecordingDriver(slave)

    driver = asyncio.run(make())
    driver.open_pipe()
    thread = driver._key_thread = threading.Thread(target=driver.run_input_thread, daemon=True)
    thread.start()
    try:
        yield driver, master
    finally:
        driver.disable_input()
        driver.close()
        os.close(master)
        os.close(slave)
    assert not thread.is_alive()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    assert condition()


def test_keys_are_read() -> None:
    with reading() as (driver, master):
        os.write(master, b"a\x1b[B")
        wait_for(lambda: driver.keys == ["a", "down"])


def test_a_character_may_arrive_in_two_parts() -> None:
    with reading() as (driver, master):
        first, second = "é".encode()[:1], "é".encode()[1:]
        os.write(master, first)
        time.sleep(0.05)
        os.write(master, second + b"b")
        wait_for(lambda: len(driver.keys) == 2)
        assert driver.keys[1] == "b"


def test_escape_alone_is_reported_after_its_delay() -> None:
    with reading() as (driver, master):
        os.write(master, b"\x1b")
        wait_for(lambda: driver.keys == ["escape"])


def test_the_thread_does_not_wake_up_once_nothing_can_be_unfinished(monkeypatch) -> None:
    ticks = []
    tick = XTermParser.tick
    monkeypatch.setattr(terminal, "_TICK_MS", 1)
    monkeypatch.setattr(terminal, "_TICKS", 3)
    monkeypatch.setattr(XTermParser, "tick", lambda parser: ticks.append(1) or tick(parser))
    with reading() as (driver, master):
        assert ticks == []
        os.write(master, b"a")
        wait_for(lambda: len(ticks) == 4)
        time.sleep(0.1)
        assert len(ticks) == 4
        os.write(master, b"b")
        wait_for(lambda: driver.keys == ["a", "b"])


def test_input_can_be_enabled_again() -> None:
    with reading() as (driver, master):
        driver.disable_input()
        thread = driver._key_thread = threading.Thread(target=driver.run_input_thread, daemon=True)
        thread.start()
        os.write(master, b"a")
        wait_for(lambda: driver.keys == ["a"])
