"""What was in order the last time, by content, so that a check looks again only at what changed."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from guide.faults import Fault

FOLDER = Path(".cache") / "check"
# What verdicts rest on. A snippet's import is not judged where its library is missing, as in the site's own
# environment, so what is installed is part of it.
LIBRARIES = ("griffelib", "lxml", "markdown", "pymdown-extensions", "pydantic", "pyyaml", "quickjs-ng",
             "matplotlib", "numpy", "scikit-learn", "torch")
KEPT = 20_000  # verdicts; the oldest go first


class Memory:
    """Verdicts "nothing to complain about", each for one rule and the content that it looked at.

    Faults are never kept: they are found anew, with their lines. A verdict is forgotten with the code that
    gave it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: dict[str, None] = {}  # in order, as a set

    def faults(
        self, rule: Callable[..., Iterable[Fault]], *arguments: Any, content: Iterable[str]
    ) -> list[Fault]:
        """What ``rule(*arguments)`` finds; it is not asked if it found nothing in this content before.

        Args:
            rule: Depends on nothing but the content and the guide's code.
            arguments: What the rule is called with.
            content: All that it looks at, as text.
        """
        content = list(content)
        found = [] if self.knows(rule, content) else list(rule(*arguments))
        if not found:
            self.keep(rule, content)
        return found

    def knows(self, rule: Callable, content: Iterable[str]) -> bool:
        """Whether ``rule`` found nothing in this content before."""
        return self._key(rule, content) in self._known

    def keep(self, rule: Callable, content: Iterable[str]) -> None:
        """Remember that ``rule`` finds nothing in this content."""
        self.asked[self._key(rule, content)] = None

    def save(self) -> None:
        """Write all verdicts, those of this check last; a folder that cannot be written costs time only."""
        kept = [key for key in self._known if key not in self.asked] + list(self.asked)
        if kept == list(self._known):
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            half = self._file.with_suffix(f".{os.getpid()}")
            half.write_text("\n".join(kept[-KEPT:]), encoding="utf-8")
            half.replace(self._file)
        except OSError:
            return

    @property
    def _file(self) -> Path:
        return self.root / FOLDER / "in_order"

    @cached_property
    def _known(self) -> dict[str, None]:
        try:
            return dict.fromkeys(self._file.read_text(encoding="utf-8").split("\n"))
        except (OSError, ValueError):
            return {}

    @staticmethod
    def _key(rule: Callable, content: Iterable[str]) -> str:
        digest = hashlib.sha256(_code())
        for text in (rule.__module__, rule.__qualname__, *content):
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        return digest.hexdigest()[:32]


@cache
def _code() -> bytes:
    """One hash over what gives the verdicts: the guide's own code, its libraries and this Python."""
    digest = hashlib.sha256(sys.version.encode())
    for name in LIBRARIES:
        digest.update(f"{name} {_version(name)}\0".encode())
    package = Path(__file__).parent.parent
    paths = [*package.glob("*.py"), *package.glob("check/*.py"), *package.glob("markdown/*.py"),
             package / "web" / "package-lock.json"]
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.digest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
