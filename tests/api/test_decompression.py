"""Compressed bodies: decoded within their limit, whatever they claim to be."""

import gzip
import zlib

import pytest

from tui.api.decompression import Decompressor, UnsupportedEncoding

TEXT = b'{"data": [1, 2, 3]}' * 100


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "GZip", "x-gzip", "identity, gzip"])
def test_a_body_is_decoded_in_pieces_of_any_size(encoding: str, size: int) -> None:
    packed = gzip.compress(TEXT) if "gzip" in encoding.lower() else TEXT
    decompressor = Decompressor(encoding)
    assert b"".join(decompressor.add(piece, 10_000) for piece in pieces(packed, size)) == TEXT
    assert decompressor.is_complete


def test_several_members_are_one_body() -> None:
    decompressor = Decompressor("gzip")
    assert decompressor.add(gzip.compress(b"one") + gzip.compress(b"two"), 100) == b"onetwo"
    assert decompressor.is_complete


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "gzip,gzip,gzip", "deflate", "zstd, gzip"])
def test_layers_and_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(UnsupportedEncoding, match="not asked for"):
        Decompressor(encoding)


def test_no_more_is_decoded_than_asked_for() -> None:
    bomb = gzip.compress(b" " * 200_000_000)
    assert len(bomb) < 300_000
    assert len(Decompressor("gzip").add(bomb, 1000)) == 1000


def test_a_body_that_ends_early_is_not_complete() -> None:
    decompressor = Decompressor("gzip")
    decompressor.add(gzip.compress(TEXT)[:-9], 10_000)
    assert not decompressor.is_complete
    with pytest.raises(zlib.error):
        Decompressor("gzip").add(b"no gzip at all", 10)
