"""A process that writes to a store and prints what it has committed, until it is killed: `busy_child.py FOLDER`."""

import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tui.store.batches import NewStaged
from tui.store.journal import NewWrite, WriteKind
from tui.store.store import Store

store = Store(Path(sys.argv[1]))
account = store.account_id("u", "1")
batch = store.batches.create(account, "b").id
for n in count():
    if n % 3 == 0:
        store.batches.stage(batch, [NewStaged({"n": n // 3})])
    store.writes.record(account, NewWrite(WriteKind.PATCH, "PATCH", "/orders/1", b"{}", {}, order_id="1"))
    store.screen_states.put(account, "n", n)
    print(n, flush=True)
