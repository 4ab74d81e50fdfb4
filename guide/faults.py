"""What is wrong, where, and what to write instead: the one shape of every complaint."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a contribution; ``line`` counts from 1, 0 stands for the whole file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


class GuideError(Exception):
    """Stops a command; carries every fault found, so that all can be mended in one go."""

    def __init__(self, *faults: Fault | str):
        self.faults = sorted({f if isinstance(f, Fault) else Fault("guide", 0, f) for f in faults})
        super().__init__("\n".join(map(str, self.faults)))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the known name that looks most like it."""
    close = difflib.get_close_matches(name, list(known))
    return f"; did you mean `{close[0]}`?" if close else ""


def shorten(text: str, length: int = 80) -> str:
    """Text on one line of at most ``length`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
