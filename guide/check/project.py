"""What the rules look at: pages, syllabus, sources, modules and navigation, read once."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import yaml

from guide import files, pages, references, snippets, syllabus, yaml_lines
from guide.check import linter
from guide.check.memory import Memory
from guide.faults import Fault, GuideError
from guide.snippets import Snippet


@dataclass
class Module:
    """A Python file."""

    path: str
    text: str
    is_python: bool

    @cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax; None where it is no valid Python."""
        return ast.parse(self.text, self.path) if self.is_python else None

    @cached_property
    def imports(self) -> list[tuple[str, int]]:
        """Everything imported anywhere in it, with its line; a relative import starts with a dot."""
        found = []
        for node in snippets.statements(self.tree) if self.tree else []:
            if isinstance(node, ast.Import):
                found += [(alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.level or node.module == "snippets"):
                found += [("." if node.level else f"snippets.{alias.name}", node.lineno)
                          for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found.append((node.module, node.lineno))
        return found


@dataclass
class Project:
    """Everything that a rule may look at."""

    root: Path
    pages: list[pages.Page]
    syllabus: syllabus.Syllabus
    references: dict[str, references.Reference]
    reference_lines: dict[str, int]
    navigation: list[tuple[str, int]]  # each entry of mkdocs.yml's nav, and its line
    snippets: list[Snippet]
    tests: list[str]
    modules: dict[str, Module]  # snippets and tests that could be read, by path
    unreadable: list[Fault]
    memory: Memory

    @cached_property
    def answers(self) -> list[pages.Page]:
        return [page for page in self.pages if page.is_answer]

    @cached_property
    def unreadable_pages(self) -> set[str]:
        """Paths of pages that exist but cannot be read."""
        return {fault.path for fault in self.unreadable if fault.path.startswith("docs/")}

    def placed(self, fault: Fault) -> Fault:
        """A fault in the text of a notebook, with the line of its file instead."""
        page = next((page for page in self.pages if page.path == fault.path and page.is_notebook), None)
        if page is None or not fault.line:
            return fault
        text = page.body.split("\n")[fault.line - page.body_line].strip()
        wanted = json.dumps(text, ensure_ascii=False)[1:-1]
        lines = files.read(self.root, page.path).split("\n")
        found = (number for number, line in enumerate(lines, start=1) if wanted in line)
        return replace(fault, line=next(found, 0) if text else 0)

    def faults_of_file(self, rule: Callable[[str, str], Iterable[Fault]], name: str) -> list[Fault]:
        """What ``rule(name, text)`` finds in a file, or why the file cannot be read."""
        try:
            text = files.read(self.root, name)
        except GuideError as error:
            return error.faults
        return self.memory.faults(rule, name, text, content=[name, text])

    @cached_property
    def linted(self) -> list[tuple[Fault, bool]]:
        """What Ruff finds, and whether it forbids to run the module."""
        return linter.lint(self.root)

    @property
    def all_pages_read(self) -> bool:
        """Whether it can be said that no page shows or cites something."""
        return not self.unreadable_pages


def read_project(root: Path) -> Project:
    """Read all of it.

    Raises:
        GuideError: If something that every rule needs cannot be read.
    """
    memory = Memory(root)
    faults: list[Fault] = []
    found_pages, unreadable = pages.read(root)
    torn = {page.path: fault for page in found_pages if (fault := _open_fence(page))}
    found_pages = [page for page in found_pages if page.path not in torn]
    unreadable += torn.values()
    promised, sources, source_lines, navigation = None, {}, {}, []
    try:
        promised = syllabus.load(root)
    except GuideError as error:
        faults += error.faults
    try:
        sources = references.load(root)
        source_lines = {keys[0]: line for keys, line in references.read(root)[1].items() if len(keys) == 1}
    except GuideError as error:
        faults += error.faults
    try:
        navigation = read_navigation(root)
    except GuideError as error:
        faults += error.faults
    if faults:
        raise GuideError(*faults, *unreadable)
    found_snippets = snippets.find(root)
    tests = sorted(path.relative_to(root).as_posix() for path in root.glob("tests/*/test_*.py")
                   if path.parent.name in promised.topics)
    modules = {}
    for path in [*(snippet.path for snippet in found_snippets), *tests]:
        try:
            text = files.read(root, path)
        except GuideError as error:
            unreadable += error.faults
            continue
        faults = memory.faults(_syntax, path, text, content=[text])
        modules[path] = Module(path, text, is_python=not faults)
        unreadable += faults
    return Project(root, found_pages, promised, sources, source_lines, navigation, found_snippets, tests,
                   modules, unreadable, memory)


def _open_fence(page: pages.Page) -> Fault | None:
    """A fence without an end, which turns all code and text below it around: no rule can read that page."""
    for fence in page.fences:
        if not fence.closed or fence.inner:
            before = f" before another opens in line {fence.inner}" if fence.inner else ""
            return Fault(page.path, fence.line, f"fence is never closed{before}: add a line with the same "
                                                "backticks at the same indent after the code")
    return None


def _syntax(path: str, text: str) -> Iterator[Fault]:
    """A file is Python, today and tomorrow."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an invalid escape is a warning today and an error tomorrow
            ast.parse(text, path)
    except SyntaxError as error:
        yield Fault(path, error.lineno or 0, f"is not valid Python: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        yield Fault(path, 0, f"is not valid Python: {str(error) or 'it is nested too deeply'}")


def read_navigation(root: Path) -> list[tuple[str, int]]:
    """Each entry of mkdocs.yml's nav, and its line there.

    Raises:
        GuideError: If there is none.
    """
    name = "mkdocs.yml"
    if not (root / name).exists():
        raise GuideError(Fault(name, 0, "is missing: run the command in the project's root folder"))
    text = files.read(root, name)
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise GuideError(yaml_lines.explain(error, text, name)) from None
    except RecursionError:
        raise GuideError(Fault(name, 0, "YAML is nested too deeply: write plain lists")) from None
    settings = tree.value if isinstance(tree, yaml.MappingNode) else []
    nav = next((value for key, value in settings if key.value == "nav"), None)
    if nav is None:
        raise GuideError(Fault(name, 0, "has no navigation: list every page once, below `nav:`"))
    return list(_entries(nav, set()))


def _entries(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value, node.start_mark.line + 1
    elif id(node) not in seen:  # a YAML alias can contain itself
        seen.add(id(node))
        for child in node.value:
            yield from _entries(child[1] if isinstance(child, tuple) else child, seen)
