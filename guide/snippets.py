"""The code that pages show: which module is what, and its marked sections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

KINDS = ("torch", "mistakes", "experiment", "figure")
MARK = re.compile(r"^\s*#\s*-+8<-+\s*\[\s*(?P<end>start|end):\s*(?P<name>[\w-]+)\s*\]\s*$")


@dataclass(frozen=True)
class Snippet:
    """A module of snippets/, taken apart by its name: ``<topic>/<stem>[_<kind>].py``."""

    topic: str
    stem: str  # the answer's stem, without the kind
    kind: str  # "numpy" or one of KINDS

    @property
    def name(self) -> str:
        return self.stem if self.kind == "numpy" else f"{self.stem}_{self.kind}"

    @property
    def path(self) -> str:
        return f"snippets/{self.topic}/{self.name}.py"

    @property
    def module(self) -> str:
        return f"snippets.{self.topic}.{self.name}"

    @property
    def test(self) -> str:
        return f"tests/{self.topic}/test_{self.name}.py"


def parse(path: str) -> Snippet:
    """Read a path below snippets/ as topic, stem and kind."""
    topic, _, file = path.removeprefix("snippets/").rpartition("/")
    name = file.removesuffix(".py")
    for kind in KINDS:
        if name.endswith(f"_{kind}"):
            return Snippet(topic, name.removesuffix(f"_{kind}"), kind)
    return Snippet(topic, name, "numpy")


def find(root: Path) -> list[Snippet]:
    """Every module of snippets/."""
    return [parse(path.relative_to(root).as_posix()) for path in sorted(root.glob("snippets/**/*.py"))]


def sections(text: str) -> tuple[dict[str, tuple[int, int]], list[tuple[int, str]]]:
    """The marked sections of a module.

    Returns:
        ``{name: (line of start, line of end)}``, and what is wrong as (line, message).
    """
    found: dict[str, tuple[int, int]] = {}
    opened: dict[str, int] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = MARK.match(line)
        if not match:
            continue
        name = match["name"]
        if match["end"] == "start":
            if name in opened or name in found:
                wrong.append((number, f"section `{name}` starts a second time: give each section its own name"))
            opened[name] = number
        elif name not in opened:
            wrong.append((number, f"section `{name}` ends but never started: add `# --8<-- [start:{name}]` above"))
        else:
            found[name] = (opened.pop(name), number)
    wrong += [(line, f"section `{name}` has no end: add `# --8<-- [end:{name}]` after its last line")
              for name, line in opened.items()]
    return found, wrong
