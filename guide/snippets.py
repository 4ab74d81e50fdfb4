"""The code that pages show: which module is what, and its marked sections."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("torch", "mistakes", "experiment", "figure")
FIGURE = re.compile(r"^def figure(?P<what>_\w+)?\(", re.MULTILINE)
MARK = re.compile(r"^\s*#\s*-+8<-+\s*\[\s*(?P<end>start|end):\s*(?P<name>[a-z][\w-]*)\s*\]\s*$")
MARK_LIKE = re.compile(r"-+8<-+\s*\[")  # what PyMdown's Snippets would take for a mark, wherever it stands


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
        return posixpath.join("snippets", self.topic, f"{self.name}.py")

    @property
    def module(self) -> str:
        return f"snippets.{self.topic}.{self.name}"

    @property
    def test(self) -> str:
        return posixpath.join("tests", self.topic, f"test_{self.name}.py")


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
    for number, line in enumerate(text.split("\n"), start=1):
        match = MARK.match(line)
        if not match:
            if MARK_LIKE.search(line):
                wrong.append((number, "mark of a section is not understood: write `# --8<-- [start:name]` "
                                      "or `[end:name]` on a line of its own, the name in lower case"))
            continue
        name = match["name"]
        if match["end"] == "start":
            if name in opened or name in found:
                wrong.append((number, f"section `{name}` starts a second time: give it a name of its own"))
            opened[name] = number
        elif name not in opened:
            wrong.append((number, f"section `{name}` ends but never started: "
                                  f"add `# --8<-- [start:{name}]` above"))
        else:
            found[name] = (opened.pop(name), number)
    wrong += [(line, f"section `{name}` has no end: add `# --8<-- [end:{name}]` after its last line")
              for name, line in opened.items()]
    return found, wrong


def section_names(text: str) -> set[str]:
    """The names of all marks, also where a start or an end is missing."""
    return {match["name"] for line in text.split("\n") if (match := MARK.match(line))}


def figures(text: str) -> list[str]:
    """What the functions of a figure module draw: "" for `figure`, "_what" for `figure_what`."""
    return [match["what"] or "" for match in FIGURE.finditer(text)]


def statements(module: ast.Module) -> Iterator[ast.AST]:
    """Every statement of a module in its order, without what they compute: most of a tree, and no import.

    >>> [type(node).__name__ for node in statements(ast.parse("if a:\\n    import b\\nelse:\\n    c = d"))]
    ['If', 'Import', 'Assign']
    """
    waiting: list[ast.AST] = list(reversed(module.body))
    while waiting:
        node = waiting.pop()
        yield node
        inside = [getattr(node, part, None) for part in ("body", "handlers", "cases", "orelse", "finalbody")]
        waiting += reversed([child for part in inside if isinstance(part, list) for child in part])
