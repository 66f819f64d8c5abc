"""Stages the orders of a file in chunks. They are shown when all of them are stored."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.api.codec import Document
from tui.orders.parsed import ParsedOrder
from tui.store.batches import Batches, NewStaged
from tui.work.batches.staged_order import import_problem, service_problem_to_json
from tui.work.file_import.provenance import cells_to_json

CHUNK_SIZE = 200
"""The number of orders per transaction, which takes about 30 ms. Other changes of the batch wait for it."""


@dataclass(frozen=True, slots=True)
class ChunkedStaging:
    """The staging of one file."""

    store: Batches
    batch: int
    name: str
    at: datetime
    import_id: str

    @classmethod
    def of(cls, store: Batches, batch: int, name: str, at: datetime) -> "ChunkedStaging":
        return cls(store, batch, name, at, secrets.token_hex(4))

    def stage(self, parsed: Sequence[ParsedOrder]) -> list[str]:
        """Stage a chunk. Returns the new ids, in order. May run in any thread. Raises StoreError."""
        news = [to_staged(order, self.name, self.at) for order in parsed]
        return self.store.stage(self.batch, news, import_id=self.import_id)


def to_staged(parsed: ParsedOrder, name: str, at: datetime) -> NewStaged:
    """A new staged order for an order read from a source of that name, with its provenance."""
    meta: Document = {"source": f"{parsed.place} of {name}", "file": name}
    if parsed.row is not None:
        meta |= {"row": parsed.row, "cells": cells_to_json(parsed.cells)}
    if parsed.derived:
        meta["derived"] = {str(pointer): derivation.text for pointer, derivation in parsed.derived.items()}
    if parsed.problems:
        meta["noted"] = [
            service_problem_to_json(import_problem(problem, parsed.document, at)) for problem in parsed.problems
        ]
    return NewStaged(parsed.document, meta=meta)
