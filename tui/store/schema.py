"""The tables, as migration scripts from one version of the file to the next. A released script never changes.

Columns named `…_json`, and keys that come from the service, hold packed JSON (tui.store.db.pack). Times are UTC, ISO
8601. Scripts may call `name_in`, which tui.store.db registers on every connection.

Columns that are no longer used stay, since SQLite drops columns only from 3.35 on and Python 3.11 may come with an older
one: `staged.problems_json`, `problems_version` and `problems_at` (the journal has the problems of each write), and
`edit.updated_at`. Where they must not be null they get a constant, or the time when the row was added.
"""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        base_url TEXT NOT NULL,
        user_id TEXT NOT NULL,
        UNIQUE (base_url, user_id)
    );

    -- One row a process that ever opened the file; it lives as long as it holds the lock of that name.
    CREATE TABLE session (
        id TEXT PRIMARY KEY,
        pid INTEGER NOT NULL,
        user TEXT NOT NULL,
        host TEXT NOT NULL,
        since TEXT NOT NULL
    );

    CREATE TABLE state (
        account INTEGER NOT NULL REFERENCES account,
        key TEXT NOT NULL,
        value_json TEXT NOT NULL,
        PRIMARY KEY (account, key)
    ) WITHOUT ROWID;

    -- Documents as they were read, apart from the rows that change with every step.
    CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        body_json TEXT NOT NULL
    );

    CREATE TABLE edit (
        account INTEGER NOT NULL REFERENCES account,
        order_id TEXT NOT NULL,
        base INTEGER NOT NULL REFERENCES document,
        read_at TEXT NOT NULL,
        log_json TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        PRIMARY KEY (account, order_id)
    );

    CREATE TABLE batch (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account,
        name_json TEXT NOT NULL,
        created_at TEXT NOT NULL,
        removed_at TEXT,
        owner TEXT REFERENCES session,
        owned_since TEXT
    );

    CREATE TABLE staged (
        id TEXT PRIMARY KEY,
        batch INTEGER NOT NULL REFERENCES batch,
        rank INTEGER NOT NULL,
        base INTEGER NOT NULL REFERENCES document,
        log_json TEXT NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL,
        problems_json TEXT NOT NULL,
        problems_version INTEGER,
        problems_at TEXT,
        remote_id TEXT,
        released INTEGER NOT NULL,
        meta_json TEXT NOT NULL,
        removed_at TEXT,
        updated_at TEXT NOT NULL
    );
    CREATE INDEX staged_of_batch ON staged (batch, rank);

    -- Every write that ever was about to go out. Rows are added, never changed or removed, but for `settled`, which
    -- repeats what the last event says so that the open ones are found at once.
    CREATE TABLE write (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account,
        session TEXT NOT NULL REFERENCES session,
        at TEXT NOT NULL,
        road TEXT NOT NULL,
        order_id TEXT,
        method TEXT NOT NULL,
        path TEXT NOT NULL,
        base_json TEXT NOT NULL,
        changes_json TEXT NOT NULL,
        body BLOB NOT NULL,
        settled INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX write_open ON write (account) WHERE settled = 0;
    CREATE INDEX write_of_order ON write (account, order_id);

    -- The orders of an upsert, in the order sent.
    CREATE TABLE write_item (
        write INTEGER NOT NULL REFERENCES write,
        position INTEGER NOT NULL,
        staged TEXT NOT NULL,
        version INTEGER NOT NULL,
        order_id TEXT NOT NULL,
        integration TEXT NOT NULL,
        PRIMARY KEY (write, position)
    ) WITHOUT ROWID;
    CREATE INDEX write_item_of_staged ON write_item (staged, version);

    CREATE TABLE write_event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        write INTEGER NOT NULL REFERENCES write,
        session TEXT NOT NULL REFERENCES session,
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        status INTEGER,
        answer BLOB,
        problems_json TEXT NOT NULL,
        detail_json TEXT NOT NULL
    );
    CREATE INDEX write_event_of_write ON write_event (write);

    -- Each write with its last step, and whose that was.
    CREATE VIEW journal AS
        SELECT write.*, session.user, session.host,
               event.session AS held_by, event.at AS event_at, event.state, event.status, event.answer,
               event.problems_json, event.detail_json
        FROM write
        JOIN session ON session.id = write.session
        JOIN write_event event ON event.id = (SELECT max(id) FROM write_event WHERE write_event.write = write.id);

    -- Orders that were accepted and are read again until they are seen as sent.
    CREATE TABLE follow (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account,
        session TEXT NOT NULL REFERENCES session,
        write INTEGER NOT NULL REFERENCES write,
        staged TEXT,
        version INTEGER,
        remote_id TEXT,
        order_id TEXT NOT NULL,
        integration TEXT NOT NULL,
        expected INTEGER NOT NULL REFERENCES document,
        part_of_items INTEGER NOT NULL,
        fresh INTEGER NOT NULL,
        state TEXT NOT NULL,
        tries INTEGER NOT NULL,
        since TEXT NOT NULL,
        due TEXT NOT NULL,
        mismatches_json TEXT NOT NULL,
        updated_at TEXT NOT NULL
    );
    CREATE INDEX follow_open ON follow (account) WHERE state = 'accepted';
    CREATE INDEX follow_of_write ON follow (write);
    CREATE INDEX follow_of_staged ON follow (staged, version);
    """,
    """
    -- What the journal shows and looks for without opening the large columns of a write.
    ALTER TABLE session ADD COLUMN profile_json TEXT NOT NULL DEFAULT '""';
    ALTER TABLE write ADD COLUMN job TEXT;

    -- Like `settled` it repeats what the last event says.
    ALTER TABLE write ADD COLUMN state TEXT NOT NULL DEFAULT 'recorded';
    UPDATE write SET state = (
        SELECT event.state FROM write_event event
        WHERE event.id = (SELECT max(id) FROM write_event WHERE write_event.write = write.id)
    );
    CREATE INDEX write_brief ON write (account, id, state, at, session, road, job);
    CREATE INDEX write_of_job ON write (account, job) WHERE job IS NOT NULL;
    CREATE INDEX write_item_of_order ON write_item (order_id, integration);

    -- The orders of a write under the names by which people know them: the service's id, the shop's, the number.
    CREATE TABLE write_order (
        write INTEGER NOT NULL REFERENCES write,
        position INTEGER NOT NULL,
        remote_id TEXT,
        order_id TEXT,
        number TEXT,
        PRIMARY KEY (write, position)
    ) WITHOUT ROWID;
    INSERT INTO write_order
        SELECT id, 0, order_id, name_in(base_json, 'order_id'), name_in(base_json, 'order_number')
        FROM write WHERE order_id IS NOT NULL;
    INSERT INTO write_order
        SELECT write.id, item.position,
               coalesce(
                   name_in(write.base_json, item.position, 'id'),
                   (SELECT max(follow.remote_id) FROM follow
                    WHERE follow.write = write.id AND follow.staged = item.staged)
               ),
               item.order_id,
               coalesce(
                   name_in(write.base_json, item.position, 'order_number'),
                   name_in(write.body, item.position, 'order_number')
               )
        FROM write_item item JOIN write ON write.id = item.write;
    CREATE INDEX write_order_of_remote ON write_order (remote_id);

    -- Documents are deleted one by one, and each time these are asked whether they still need it.
    CREATE INDEX edit_of_base ON edit (base);
    CREATE INDEX staged_of_base ON staged (base);
    CREATE INDEX follow_of_expected ON follow (expected);

    DROP VIEW journal;
    CREATE VIEW journal AS
        SELECT write.*, session.user, session.host, session.profile_json,
               event.session AS held_by, event.at AS event_at, event.status, event.answer,
               event.problems_json, event.detail_json
        FROM write
        JOIN session ON session.id = write.session
        JOIN write_event event ON event.id = (SELECT max(id) FROM write_event WHERE write_event.write = write.id);
    """,
    """
    -- What the user noted about an order, on this machine only. Times are UTC.
    CREATE TABLE private_mark (
        account INTEGER NOT NULL REFERENCES account,
        key_json TEXT NOT NULL,
        done_at TEXT,
        flagged_at TEXT,
        snoozed_until TEXT,
        -- The order as it was when it was snoozed or marked as done; a change ends that.
        version TEXT NOT NULL,
        note_json TEXT NOT NULL,
        PRIMARY KEY (account, key_json)
    ) WITHOUT ROWID;
    """,
)
