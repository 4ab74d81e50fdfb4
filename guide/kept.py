"""What was made before from the same content: found again in .cache/kept instead of made again.

Safe with several builds at once, because SQLite is; a folder that cannot be written costs time and nothing
else. A text is kept under a hash of all that it was made from, code and libraries included, so none is ever
out of date.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
import threading
import time
import zlib
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

FOLDER = Path(".cache") / "kept"
FILE = "kept.sqlite"
MOST = 20_000  # texts; those not used for longest go first
SECONDS = 5  # to wait for another build that writes
DAY = 24 * 60 * 60


def text(make: Callable[[], str], *content: str, recipe: str) -> str:
    """What ``make`` returns; it is not called if it was before, for the same content and recipe.

    Args:
        make: Depends on nothing but the content and what the recipe was made from.
        content: All that differs from call to call.
        recipe: Of :func:`recipe`.
    """
    key = hashlib.sha256("\0".join([recipe, *(_digest(part.encode()) for part in content)]).encode()).digest()
    kept = _Kept.of(Path.cwd(), os.getpid())
    found = kept.get(key)
    if found is None:
        found = make()
        kept.put(key, found)
    return found


@cache
def recipe(libraries: tuple[str, ...], files: tuple[Path | str, ...]) -> str:
    """One hash over the versions of libraries, the content of files and this Python."""
    parts = [sys.version, *(f"{name} {metadata.version(name)}" for name in libraries)]
    return _digest("\0".join([*parts, *(_digest(Path(file).read_bytes()) for file in files)]).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _Kept:
    """The file of one project, opened by one process."""

    def __init__(self, root: Path) -> None:
        self.lock = threading.Lock()
        self.today = int(time.time() / DAY)
        self.file: sqlite3.Connection | None = None
        if not (root / "mkdocs.yml").exists():
            return  # no project: leave its folder alone
        with contextlib.suppress(OSError, sqlite3.Error):
            (root / FOLDER).mkdir(parents=True, exist_ok=True)
            self.file = self._open(root / FOLDER / FILE)

    @staticmethod
    @cache
    def of(root: Path, process: int) -> _Kept:
        return _Kept(root)

    def _open(self, path: Path) -> sqlite3.Connection:
        file = sqlite3.connect(path, timeout=SECONDS, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = OFF")  # what a crash loses is made again
            file.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, text BLOB, used INTEGER)")
            file.execute("DELETE FROM kept WHERE key IN "
                         "(SELECT key FROM kept ORDER BY used DESC LIMIT -1 OFFSET ?)", [MOST])
        except sqlite3.DatabaseError as error:
            file.close()
            if isinstance(error, sqlite3.OperationalError):  # locked, or read only: another time
                raise
            path.unlink()  # damaged, and of no value of its own
            raise
        return file

    def get(self, key: bytes) -> str | None:
        with self.lock, contextlib.suppress(sqlite3.Error, zlib.error):
            if self.file is None:
                return None
            row = self.file.execute("SELECT text, used FROM kept WHERE key = ?", [key]).fetchone()
            if row:
                if row[1] != self.today:
                    self.file.execute("UPDATE kept SET used = ? WHERE key = ?", [self.today, key])
                return zlib.decompress(row[0]).decode()
        return None

    def put(self, key: bytes, text: str) -> None:
        with self.lock, contextlib.suppress(sqlite3.Error):
            if self.file:
                self.file.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)",
                                  [key, zlib.compress(text.encode(), 1), self.today])
