"""Decompresses the body of a response piece by piece, never to more than is asked for."""

import zlib

ACCEPTED = "gzip"
"""The value of the Accept-Encoding header."""

_GZIP = 16 + zlib.MAX_WBITS


class UnsupportedEncoding(ValueError):
    """The body has an encoding that was not asked for, or several. str() is the reason."""


class Decompressor:
    """Decodes one body with this Content-Encoding header: one layer of gzip, or none.

    A few kilobytes in several layers decode to gigabytes, so more than one is refused. Raises UnsupportedEncoding.
    """

    def __init__(self, encoding: str) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if names not in ([], ["gzip"], ["x-gzip"]):
            raise UnsupportedEncoding(f"its encoding {', '.join(names)[:60]!r} was not asked for")
        self._gzip = zlib.decompressobj(_GZIP) if names else None

    def add(self, data: bytes, longest: int) -> bytes:
        """The next decoded bytes, at most `longest`; the rest of `data` is dropped then. Raises zlib.error."""
        if self._gzip is None:
            return data[:longest]
        decoded = self._gzip.decompress(data, longest)
        while self._gzip.unused_data and len(decoded) < longest:
            # A gzip body may consist of several members (RFC 1952, 2.2).
            data, self._gzip = self._gzip.unused_data, zlib.decompressobj(_GZIP)
            decoded += self._gzip.decompress(data, longest - len(decoded))
        return decoded

    @property
    def is_complete(self) -> bool:
        """Whether the data so far is a whole body."""
        return self._gzip is None or self._gzip.eof
