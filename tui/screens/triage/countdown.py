"""The countdown to the next handover, in the title of the order list."""

import math
from datetime import datetime, timedelta
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
_BY_MINUTES: Final = 2 * _HOUR
"""Below this many seconds the text changes every minute, above it every hour, so that an idle terminal gets no data."""


def countdown(due: datetime, now: datetime) -> tuple[str, float]:
    """The text, and the seconds until it changes: `hand over 16:00, in 3 h`. Both times are in the same zone."""
    left = (due - now).total_seconds()
    if due.date() != now.date():
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
        return f"hand over {due:%a %H:%M}", (midnight - now).total_seconds()
    if left >= _BY_MINUTES:
        hours = int(left // _HOUR)
        return f"hand over {due:%H:%M}, in {hours} h", left - max(hours * _HOUR, _BY_MINUTES) + 1
    minutes = max(0, math.ceil(left / _MINUTE))
    text = f"{minutes // 60} h {minutes % 60} min" if minutes > 60 else f"{minutes} min"
    return f"hand over {due:%H:%M}, in {text}", max(1.0, left - (minutes - 1) * _MINUTE)
