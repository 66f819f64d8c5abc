"""Connecting to the service of a profile: the user's limits hold for every program of this machine."""

from pathlib import Path

import pytest

from tui.api.budget import READS, WRITES, Rate, rate_of
from tui.config.profiles import Basic, Profile, Secret
from tui.config.service_urls import OWN_URL
from tui.config.settings import read_settings
from tui.service import connect


@pytest.mark.parametrize(
    ("text", "reads", "writes"), [("", 14, 14), ("[limits]\nreads = 60\nwrites = 12\n", 9, 1)], ids=["default", "own"]
)
def test_limits_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reads: int, writes: int
) -> None:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path))
    (tmp_path / "settings.toml").write_text(text)
    service = connect(Profile("kaas", OWN_URL, Basic("public", Secret("secret"))), read_settings())
    buckets = service.client._transport.budget._buckets
    assert (buckets[False]._capacity, buckets[True]._capacity) == (reads, writes)


def test_a_limit_is_never_exceeded_in_a_minute() -> None:
    assert (rate_of(1000), rate_of(100)) == (READS, WRITES)
    for limit in range(2, 1001):
        rate = rate_of(limit)
        assert rate == Rate(limit, rate.burst)
        assert rate.capacity + rate.refill * 60 <= limit
