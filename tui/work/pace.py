"""The minimum duration of a send run under the rate limits."""

from tui.api.budget import WRITES


def least_seconds(requests: int) -> float:
    """The minimum number of seconds for this many writes, starting with a full budget (Q6.1).

    Verification reads do not add to it.
    """
    return WRITES.seconds(requests)
