"""Archives of the same bytes wherever they are made, whole or not there at all."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

# What a reader's program shows for the files inside: an ordinary file that everyone may read.
MODE = 0o100644
UNIX = 3


def write(
    path: Path, entries: Iterable[tuple[str, bytes]], epoch: int, uncompressed: tuple[str, ...] = ()
) -> None:
    """Write a zip archive with the files ``entries``, in their order, all dated ``epoch``.

    A reader sees the old archive or the new one, never a part: it is written beside ``path`` first.
    """
    date = max(time.gmtime(epoch)[:6], (1980, 1, 1, 0, 0, 0))  # zip knows no earlier year
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in entries:
                info = zipfile.ZipInfo(name, date)
                info.create_system = UNIX  # else the machine's own
                info.external_attr = MODE << 16
                info.compress_type = zipfile.ZIP_STORED if name in uncompressed else zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
