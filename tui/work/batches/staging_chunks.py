"""Stages the orders of a file in chunks. They become visible when all of them are stored."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.api.codec import Document
from tui.orders.parsed import ParsedOrder
from tui.store.batches import Batches, NewStaged
from tui.work.batches.staged_order import StagedOrder, note_of, told_to_json, unchanged
from tui.work.file_import.provenance import cells_to_json

CHUNK_SIZE = 200
"""Orders of one transaction: about 30 ms, for which another change of the batch may have to wait."""


@dataclass(frozen=True, slots=True)
class ChunkedStaging:
    """What the portions of one file have in common. `shops` as in `StagedOrder.send_state`."""

    store: Batches
    batch: int
    name: str
    at: datetime
    shops: Collection[int] | None
    import_id: str

    @classmethod
    def of(cls, store: Batches, batch: int, name: str, at: datetime, shops: Collection[int] | None) -> "ChunkedStaging":
        return cls(store, batch, name, at, shops, secrets.token_hex(4))

    def stage(self, arrivals: Sequence[ParsedOrder]) -> list[StagedOrder]:
        """Stage a portion and judge it. For any thread; raises StoreError."""
        news = [arrived(one, self.name, self.at) for one in arrivals]
        ids = self.store.stage(self.batch, news, import_id=self.import_id)
        orders = [unchanged(id, new, self.at) for id, new in zip(ids, news, strict=True)]
        for order in orders:
            order.send_state(self.shops)
        return orders


def arrived(arrival: ParsedOrder, name: str, at: datetime) -> NewStaged:
    """An order that was read from a source of that name, with what is kept of where it stood."""
    meta: Document = {"source": f"{arrival.place} of {name}", "file": name}
    if arrival.row is not None:
        meta |= {"row": arrival.row, "cells": cells_to_json(arrival.cells)}
    if arrival.derived:
        meta["derived"] = {str(pointer): words for pointer, words in arrival.derived.items()}
    if arrival.problems:
        meta["noted"] = [told_to_json(note_of(problem, arrival.document, at)) for problem in arrival.problems]
    return NewStaged(arrival.document, meta=meta)
