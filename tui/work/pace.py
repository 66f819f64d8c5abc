"""The least time of a sending by the rate limits."""

from tui.api.budget import WRITES


def least_seconds(requests: int) -> float:
    """The least seconds for so many writes, starting with a full budget (Q6.1). Verification reads do not add to it."""
    return WRITES.seconds(requests)
