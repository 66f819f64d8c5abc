"""`Store`: all persistent data, in one folder of the user. Each process opens it for itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from tui.store.account_join import join_account, work_of
from tui.store.batches import Batches
from tui.store.db import BUSY_SECONDS, StoreError, locked
from tui.store.drafts import ScreenStates, StoredEdits
from tui.store.editor_files import EditorFiles
from tui.store.journal import Writes
from tui.store.journal_queries import JournalQueries
from tui.store.order_cache import remove_cache
from tui.store.private_marks import PrivateMarks
from tui.store.recovery import open_file
from tui.store.schema import MIGRATIONS
from tui.store.sent_requests import SentRequests
from tui.store.sessions import Sessions, running_sessions
from tui.store.verifications import Verifications

FILE = "orders.sqlite3"

OWN_FILES: Final = (
    ("orders.sqlite3*", "drafts, staged orders, the journal, private marks"),
    ("cache-*.sqlite3*", "orders that were read"),
    ("last-screen-*", "the list as it was last shown"),
    ("last-output.*", "how much the last run sent to the terminal"),
    ("sandbox.sqlite*", "the demo's orders"),
    ("scratch/*/*", "texts that were open in $EDITOR"),
    ("crashes/*.txt", "reports of crashes"),
    ("locks/*", "which running copy owns what"),
    (".orders.sqlite3.*", "a copy that was not completed"),
)
"""What the app makes in its folder: patterns of paths, and what the files contain. Other files there are the user's."""

_OWN_NAMES: Final = ("guard", "*.lock", *(pattern.partition("/")[0] for pattern, _ in OWN_FILES))


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Opens `folder`, creating it if necessary. All methods are synchronous, thread-safe and usable in signal handlers.

    `profile` is the name of the user's profile, shown in the journal. Committed data survives the end of the process;
    durable calls also survive a power failure. `busy_seconds`: how long a call waits while another process writes.

    Raises StoreError if the folder or the file cannot be used. A damaged file is set aside and what can be read of it is
    kept (tui.store.recovery).
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        profile: str = "",
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        locks = folder / "locks"
        _make_folder(folder)
        _make_folder(locks)
        # Two processes must not create or repair the file at the same time.
        with locked(locks / "guard"):
            in_use = bool(running_sessions(locks))
            opened = open_file(folder / FILE, MIGRATIONS, in_use=in_use, now=now(), busy_seconds=busy_seconds)
        self._database = opened.database
        self.notice = opened.notice
        """What the user must know about data that was lost when the file was opened; empty if there is nothing."""
        try:
            self.sessions = Sessions(self._database, locks, now(), profile)
        except OSError as error:
            self._database.close()
            raise StoreError(f"{error.strerror}: the folder {locks} cannot be used.") from error
        except BaseException:
            self._database.close()
            raise
        try:
            self.editor_files = EditorFiles(folder / "scratch", self.sessions)
        except BaseException:
            self._database.close()
            self.sessions.close()
            raise
        self.path = folder / FILE
        self.screen_states = ScreenStates(self._database)
        self.edits = StoredEdits(self._database, now)
        self.batches = Batches(self._database, self.sessions, now)
        self.writes = Writes(self._database, self.sessions, now)
        self.journal_queries = JournalQueries(self._database)
        self.private_marks = PrivateMarks(self._database)
        self.sent_requests = SentRequests(self._database)
        self.verifications = Verifications(self._database, self.sessions, now)

    def account_id(self, base_url: str, user_id: str) -> int:
        """The number of an account, which all other rows refer to. Profiles of one account share it."""
        key = (base_url, user_id)
        query = "SELECT id FROM account WHERE base_url = ? AND user_id = ?"
        row = self._database.read(lambda c: c.execute(query, key).fetchone())
        if row is None:
            command = "INSERT OR IGNORE INTO account (base_url, user_id) VALUES (?, ?)"
            self._database.write(lambda c: c.execute(command, key), durable=True)
            row = self._database.read(lambda c: c.execute(query, key).fetchone())
        return int(row[0])

    def join(self, old: int, new: int) -> int | None:
        """Move the work of account `old` to `new`, and remove the cache of `old`. Returns how much of it is left.

        What is left are drafts and marks of orders that have others in `new`. None if nothing was moved because another
        process, which may be using `old`, has this store open.
        """
        if old == new or not work_of(self._database, old):
            return 0
        if not self.sessions.is_alone:
            return None
        left = join_account(self._database, old, new)
        remove_cache(self.path.parent, old)
        return left

    def unsent(self) -> dict[str, int]:
        """How many drafts and staged orders are not sent, and how many results of writes are unknown."""
        queries = {
            "draft": "SELECT count(*) FROM edit",
            "staged order": "SELECT count(*) FROM staged JOIN batch ON batch.id = staged.batch "
            "WHERE batch.removed_at IS NULL AND state IN ('draft', 'refused', 'unknown')",
            "unknown result": "SELECT count(*) FROM write WHERE settled = 0",
        }
        return self._database.read(lambda c: {what: int(c.execute(q).fetchone()[0]) for what, q in queries.items()})

    def accounts(self) -> list[int]:
        """The numbers of all accounts ever opened in this store, the oldest first."""
        return [int(row[0]) for row in self._database.read(lambda c: c.execute("SELECT id FROM account").fetchall())]

    def changes_of_others(self) -> int:
        """A number that changes when another process has stored something."""
        return self._database.changes_of_others()

    def flush(self) -> None:
        """Make everything committed so far durable."""
        command = "UPDATE session SET since = since WHERE id = ?"
        self._database.write(lambda c: c.execute(command, (self.sessions.mine,)), durable=True)

    def close(self) -> None:
        """Close the file and end the session. Closing twice is harmless."""
        try:
            self.editor_files.close()
        finally:
            self._database.close()
            self.sessions.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A folder that the user keeps other things in is not ours to change.
        if folder.stat().st_mode & 0o077 and all(_is_own(entry.name) for entry in folder.iterdir()):
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"{error.strerror}: the folder {folder} cannot be used.") from error


def _is_own(name: str) -> bool:
    """Whether the app makes files or folders of this name in its folder or in `locks`."""
    return any(fnmatchcase(name, pattern) for pattern in _OWN_NAMES)
