"""Settings of the whole suite: examples of Hypothesis, waiting without sleeping, and a shell for the commands.

A default run tries 30 examples of each property, the same ones on every run and machine.

SENDCLOUD_EXAMPLES=5000 pytest tests/api: tries 5000 examples of each property, different ones on each run.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from loop_idle import use_loop_idle
from seed_cache import use_seed_cache
from shell import Shell
from skipped_time import CLOCK
from watched_service import serve_sandbox

from tui.sandbox.app import SandboxSettings

_EXAMPLES = int(os.environ.get("SENDCLOUD_EXAMPLES", "0"))

settings.register_profile("suite", deadline=None, derandomize=not _EXAMPLES, max_examples=_EXAMPLES or 30)
settings.load_profile("suite")

use_loop_idle()
use_seed_cache()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """With `-n auto`, half as many workers again as processors: a third of the suite's time is waiting."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + processors // 2


def pytest_collection_finish() -> None:
    """Exclude everything loaded so far from garbage collection.

    The app does the same when it starts. In a process with many apps, that would keep the garbage of all earlier ones.
    """
    gc.collect()
    gc.freeze()
    gc.freeze = lambda: None


@pytest.fixture
def shell(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, capfdbinary, monkeypatch)


@pytest.fixture
def account(shell: Shell) -> Iterator[Shell]:
    """A shell with credentials for a sandbox."""
    with serve_sandbox(SandboxSettings(orders=20, settle=0.1, clock=CLOCK.time)) as service:
        shell.service = service
        yield shell
