"""Rules about docstrings: what the reference pages make of them."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import griffe

from guide.check.project import Module, Project
from guide.faults import Fault

# After a build in the same process, as when serving, MkDocs puts the name of its plugin before the message.
GRIFFE = re.compile(r"(?:griffe: )?[^:]+:(?P<line>\d+): ")


def docstrings_fit(project: Project) -> Iterator[Fault]:
    """A docstring of the reference names each parameter as its function does, which gives its type."""
    for snippet in project.snippets:
        module = project.modules.get(snippet.path)
        if module is not None and module.is_python and snippet.kind in ("numpy", "torch"):
            yield from project.memory.faults(_docstrings_of, module, content=[module.path, module.text])


def _docstrings_of(module: Module) -> Iterator[Fault]:
    complaints = _Messages()
    # Once mkdocstrings has been loaded, Griffe complains through MkDocs.
    loggers = [logging.getLogger(name) for name in ("griffe", "mkdocs.plugins.griffe")]
    for logger in loggers:
        logger.addHandler(complaints)
    try:
        waiting = [griffe.visit(Path(module.path).stem, Path(module.path), module.text,
                                docstring_parser=griffe.Parser.google)]
        while waiting:
            object_ = waiting.pop()
            if object_.docstring:
                object_.docstring.parsed  # noqa: B018  # complains as it is read
            waiting += [member for member in object_.members.values() if not member.is_alias]
    finally:
        for logger in loggers:
            logger.removeHandler(complaints)
    found = {}
    for message in complaints.found:
        place = GRIFFE.match(message)
        # Of two complaints about one line the second says more.
        found[int(place["line"]) if place else 0] = message[place.end():] if place else message
    for line, message in found.items():
        yield Fault(module.path, line, f"docstring: {message}: write each parameter on a line of its own in "
                                       "`Args:`, under its name in the function, and its type there")


def public_names_have_docstrings(project: Project) -> Iterator[Fault]:
    """Each public function and class of a snippet says what it does, for the reference and the exercise."""
    for snippet in project.snippets:
        module = project.modules.get(snippet.path)
        if module is not None and module.is_python and snippet.kind in ("numpy", "torch"):
            yield from project.memory.faults(_undocumented, module, content=[module.path, module.text])


def _undocumented(module: Module) -> Iterator[Fault]:
    for node in module.tree.body:
        if (isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                and not (ast.get_docstring(node) or "").strip()):
            yield Fault(module.path, node.lineno, f"`{node.name}` has no docstring: say in one line what it "
                                                  "computes, then shapes, units and errors")


class _Messages(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())
