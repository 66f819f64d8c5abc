"""Freed memory is returned to the system."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
from tui.work.free_memory import release_memory

def resident():
    return int(open("/proc/self/statm").read().split()[1])

blocks = [bytes(1000) for _ in range(100_000)]
# Blocks that stay keep the C library from returning the others by itself.
kept = blocks[::1000]
del blocks
before = resident()
release_memory()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no malloc_trim")
def test_freed_memory_is_returned():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 4096 > 50_000_000


def test_other_systems_are_left_alone(monkeypatch):
    from tui.work import free_memory

    monkeypatch.setattr(free_memory.sys, "platform", "darwin")
    free_memory.release_memory()
