"""Text files of the guide, all of one kind: UTF-8, LF, no byte order mark, no conflict left by git."""

from __future__ import annotations

import re
from pathlib import Path

from guide.faults import Fault, GuideError

IS_LINK = "is a link to another file: put the file itself there"
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def unseen(character: int) -> str:
    """What is wrong with a character that no editor shows."""
    return f"holds U+{character:04X}, which nobody sees: remove the character"


def read(root: Path, name: str) -> str:
    """The text of the file ``name`` below ``root``.

    Raises:
        GuideError: If it cannot be read, or is text of another kind.
    """
    if (root / name).is_symlink():
        raise GuideError(Fault(name, 0, IS_LINK))
    try:
        content = (root / name).read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise GuideError(Fault(name, 0, f"cannot be read ({reason}): put a plain file there")) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text (byte {error.start}): save it as UTF-8"
        raise GuideError(Fault(name, line, message)) from None
    if text.startswith("\ufeff"):
        raise GuideError(Fault(name, 1, "starts with a byte order mark: save it as UTF-8 without BOM"))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise GuideError(Fault(name, line, "holds a null byte: remove it, or save it as UTF-8"))
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        raise GuideError(Fault(name, line, "has Windows line ends: save it with LF"))
    if found := CONFLICT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise GuideError(Fault(name, line, f"holds a conflict that git left (`{found[0]}`): keep one of the "
                                           "two versions and remove the marks"))
    return text
