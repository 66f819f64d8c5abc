"""How long a sending takes at least, by the rate budget."""

from tui.api.budget import WRITES


def least_seconds(requests: int) -> float:
    """Seconds for so many writes from a rested budget on (Q6.1); orders are followed beside them, by reads."""
    return WRITES.seconds(requests)
