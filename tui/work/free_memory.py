"""Returns freed memory to the system."""

import sys


def release_memory() -> None:
    """Return what the C library keeps of freed memory; it does nothing where that has no such function. Takes some ms."""
    if sys.platform != "linux":
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc; musl has none
    if trim is not None:
        trim(0)
