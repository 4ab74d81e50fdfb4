"""Text files of the guide, all of one kind: UTF-8, LF, no byte order mark."""

from __future__ import annotations

from pathlib import Path

from guide.faults import Fault, GuideError


def read(root: Path, name: str) -> str:
    """The text of the file ``name`` below ``root``.

    Raises:
        GuideError: If it cannot be read, or is text of another kind.
    """
    try:
        text = (root / name).read_bytes().decode("utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise GuideError(Fault(name, 0, f"cannot be read ({reason}): put a plain file there")) from None
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte {error.start}): save it as UTF-8"
        raise GuideError(Fault(name, 0, message)) from None
    if text.startswith("\ufeff"):
        raise GuideError(Fault(name, 1, "starts with a byte order mark: save it as UTF-8 without BOM"))
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        raise GuideError(Fault(name, line, "has Windows line ends: save it with LF"))
    return text
