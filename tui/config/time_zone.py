"""The time zone of this machine."""

from datetime import UTC, datetime, tzinfo


def local_zone() -> tzinfo:
    """The time zone of this machine; if it has no usable name (`TZ=CET-1CEST`), its current offset."""
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (KeyError, ValueError):
        return datetime.now().astimezone().tzinfo or UTC
