"""Tables of documents in memory, written through to SQLite.

Rule: a document is a value. It is never changed in place; `Table.change` puts a new one in its
stead. So a refused request is undone by putting the old ones back, and everything that a request
changed is committed in one transaction before it is answered.

An object in a transitional state carries `due`, the time at which it moves on. The store keeps
those in a heap, and `settle` calls each table's own function for all whose time has come.
"""

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import msgspec

from hearth.base.errors import HearthError

Document = dict[str, Any]
Settle = Callable[[Document], None]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, document BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID
"""


class BadFile(HearthError):
    """The file is no cloud's, or is damaged, or there is no room beside it."""

    default_kind = "BadFile"


class NoRoom(Exception):
    """The file cannot be written."""


class Table:
    """Documents of one kind by their `id`, in the order in which they were made."""

    def __init__(
        self,
        store: "Store",
        name: str,
        *,
        indexes: tuple[str, ...] = (),
        settle: Settle | None = None,
        listed: bool = True,
    ) -> None:
        self.store = store
        self.name = name
        self.settle = settle
        self.listed = listed
        self.sequence: dict[str, int] = {}
        self._rows: dict[str, Document] = {}
        self._indexes: dict[str, dict[Any, dict[str, None]]] = {one: {} for one in indexes}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._rows.values()))

    def get(self, key: str) -> Document | None:
        """The document of this id."""
        return self._rows.get(key)

    def where(self, field: str, value: Any) -> list[Document]:
        """Those whose indexed `field` has this value."""
        rows = self._rows
        return [rows[key] for key in self._indexes[field].get(value, ())]

    def first(self, field: str, value: Any) -> Document | None:
        """The first of those whose indexed `field` has this value."""
        return next((self._rows[key] for key in self._indexes[field].get(value, ())), None)

    def count(self, field: str, value: Any) -> int:
        """How many those are whose indexed `field` has this value."""
        return len(self._indexes[field].get(value, ()))

    def add(self, document: Document) -> Document:
        """Keep a new document."""
        key = document["id"]
        if key in self._rows:
            raise ValueError(f"{self.name} has {key} already")
        self.store.note(self, key, None)
        self.sequence[key] = self.store.number()
        self.put(key, document)
        return document

    def change(self, key: str, **fields: Any) -> Document:
        """Put a document with these fields in the place of the old one."""
        old = self._rows[key]
        new = {**old, **fields}
        self.store.note(self, key, old)
        self.put(key, new)
        return new

    def remove(self, key: str) -> None:
        """Forget a document; absence is no error."""
        old = self._rows.get(key)
        if old is not None:
            self.store.note(self, key, old)
            self.put(key, None)

    def put(self, key: str, new: Document | None) -> None:
        """Set what is kept under a key, indexes and agenda included. Only the store calls it."""
        old = self._rows.get(key)
        for field, index in self._indexes.items():
            before = old.get(field) if old is not None else None
            after = new.get(field) if new is not None else None
            if old is not None and (new is None or before != after):
                members = index[before]
                del members[key]
                if not members:
                    del index[before]
            if new is not None and (old is None or before != after):
                index.setdefault(after, {})[key] = None
        if new is None:
            self._rows.pop(key, None)
            return
        self._rows[key] = new
        due = new.get("due")
        if due is not None and (old is None or old.get("due") != due):
            self.store.expect(due, self, key)


class Store:
    """All tables of a cloud, their file, and the agenda of what comes due."""

    def __init__(self, path: str | None) -> None:
        self.tables: dict[str, Table] = {}
        self._numbers = count(1)
        self._agenda: list[tuple[float, int, str, str]] = []
        self._undo: list[tuple[Table, str, Document | None, int | None]] = []
        self._dirty: dict[tuple[str, str], None] = {}
        self._encode = msgspec.msgpack.Encoder().encode
        try:
            self._file = _opened(path) if path is not None else None
            self._loaded = self._load()
        except (sqlite3.Error, msgspec.DecodeError) as error:
            advice = "Put it back from a copy, or begin anew in another folder (--state-dir)"
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
                advice = "Make room on its disk"
            words = f"The simulated cloud's file {path} cannot be used: {error}. {advice}."
            raise BadFile(words) from error
        self.fresh = not self._loaded

    def table(self, name: str, **options: Any) -> Table:
        """Declare a table and fill it with what the file holds for it."""
        table = self.tables[name] = Table(self, name, **options)
        for key, number, document in self._loaded.pop(name, ()):
            table.sequence[key] = number
            table.put(key, document)
        return table

    def number(self) -> int:
        """The next number in order of making."""
        return next(self._numbers)

    def note(self, table: Table, key: str, old: Document | None) -> None:
        """Remember what was there before, and that the file must follow."""
        self._undo.append((table, key, old, table.sequence.get(key)))
        self._dirty[table.name, key] = None

    def expect(self, due: float, table: Table, key: str) -> None:
        """Put a document on the agenda."""
        heapq.heappush(self._agenda, (due, next(self._numbers), table.name, key))

    def next_due(self) -> float | None:
        """When the next object moves on, or may do so."""
        return self._agenda[0][0] if self._agenda else None

    def settle(self, now: float, at: Callable[[float], None]) -> None:
        """Move on all whose time has come, in order; `at` is told each one's time before."""
        while self._agenda and self._agenda[0][0] <= now:
            due, _, name, key = heapq.heappop(self._agenda)
            table = self.tables[name]
            document = table.get(key)
            if document is None or document.get("due") != due:
                continue
            at(due)
            document = table.change(key, due=None)
            if table.settle is not None:
                table.settle(document)

    def mark(self) -> None:
        """What was done so far stays, whatever becomes of the rest."""
        self._undo.clear()

    def undo(self) -> None:
        """Take back everything since the last mark."""
        for table, key, old, number in reversed(self._undo):
            if number is not None:
                table.sequence[key] = number
            table.put(key, old)
        self._undo.clear()

    def commit(self) -> None:
        """Write what has changed to the file, in one transaction.

        What cannot be written is taken back: memory never holds what the file will not.
        """
        if self._dirty and self._file is not None:
            try:
                self._write(self._file)
            except sqlite3.Error as error:
                self.undo()
                raise NoRoom(str(error)) from error
            except OverflowError:
                self.undo()
                raise
        self._undo.clear()
        self._dirty.clear()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, file: sqlite3.Connection) -> None:
        kept, gone = [], []
        for name, key in self._dirty:
            table = self.tables[name]
            document = table.get(key)
            if document is None:
                gone.append((name, key))
            else:
                kept.append((name, key, table.sequence[key], self._encode(document)))
        file.execute("BEGIN IMMEDIATE")
        try:
            if kept:
                file.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", kept)
            if gone:
                file.executemany("DELETE FROM objects WHERE kind = ? AND id = ?", gone)
            file.execute("COMMIT")
        except sqlite3.Error:
            # A full disk may have ended the transaction already, or not even begun to write.
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise

    def _load(self) -> dict[str, list[tuple[str, int, Document]]]:
        loaded: dict[str, list[tuple[str, int, Document]]] = {}
        if self._file is None:
            return loaded
        decode = msgspec.msgpack.Decoder().decode
        last = 0
        rows = self._file.execute("SELECT kind, id, seq, document FROM objects ORDER BY seq")
        for kind, key, number, document in rows:
            loaded.setdefault(kind, []).append((key, number, decode(document)))
            last = number
        self._numbers = count(last + 1)
        return loaded


def _opened(path: str) -> sqlite3.Connection:
    """The file, opened for a single owner; a killed process loses nothing that was answered."""
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = NORMAL")
    file.execute(_SCHEMA)
    return file
