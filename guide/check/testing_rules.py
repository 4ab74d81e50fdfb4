"""Rules about tests: what they test, where they run, and that they can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from guide import snippets
from guide.check.code_rules import runs_not_in_a_browser
from guide.check.project import Module, Project
from guide.faults import Fault, did_you_mean

CAN_FAIL = re.compile(r"(^|[._])(assert|check)\w*$|pytest\.(raises|fail|warns)$|gradcheck$")


def tests_have_a_snippet(project: Project) -> Iterator[Fault]:
    """A test is named after the snippet, or the answer, that it tests."""
    names = {(snippet.topic, snippet.name) for snippet in project.snippets}
    stems = {(page.topic, page.stem) for page in project.answers}
    for test in project.tests:
        topic, name = Path(test).parent.name, Path(test).stem.removeprefix("test_")
        stem = name.removesuffix("_reference")
        if (topic, stem) not in names | stems and project.all_pages_read:
            near = did_you_mean(stem, [name for other, name in names if other == topic])
            yield Fault(test, 0, "tests no snippet: name it test_<stem>.py "
                                 f"after snippets/{topic}/<stem>.py{near}")


def tests_run_where_they_must(project: Project) -> Iterator[Fault]:
    """A test that grades readers in the browser needs nothing but NumPy and its own snippet."""
    for module in _test_modules(project):
        snippet = graded_snippet(project, module.path)
        if snippet is not None:
            yield from project.memory.faults(_runs_in_a_browser, module, snippet,
                                             content=[module.path, module.text])


def _runs_in_a_browser(module: Module, snippet: snippets.Snippet) -> Iterator[Fault]:
    reference = f"test_{snippet.stem}_reference.py"
    seen = set()
    for name, line in module.imports:
        top = name.split(".")[0]
        if runs_not_in_a_browser(name) and top not in seen:
            seen.add(top)
            yield Fault(module.path, line,
                        f"imports `{top}`: use NumPy and plain asserts, because this file also grades "
                        f"readers in the browser, or move the test to {reference}")
        elif top in ("", "snippets") and name not in (snippet.module, f"snippets.{snippet.topic}"):
            yield Fault(module.path, line,
                        f"imports `{name}`: import its own snippet only, because this file also grades "
                        f"readers in the browser, or move the test to {reference}")
    for function in module.tree.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
            arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
            if arguments:
                yield Fault(module.path, function.lineno,
                            f"`{function.name}` takes `{arguments[0].arg}`: write it without fixtures, "
                            f"which the browser lacks, or move the test to {reference}")


def tests_can_fail(project: Project) -> Iterator[Fault]:
    """Every test file holds a test, and every test asserts."""
    for module in _test_modules(project):
        yield from project.memory.faults(_can_fail, module, content=[module.text])


def _can_fail(module: Module) -> Iterator[Fault]:
    functions = [node for node in ast.walk(module.tree)
                 if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    if not functions:
        yield Fault(module.path, 0, "holds no test: write `def test_…():`")
    for function in functions:
        if not _asserts(function, module.tree):
            yield Fault(module.path, function.lineno,
                        f"`{function.name}` asserts nothing, so it cannot fail: assert what is promised")


def tests_do_not_wait(project: Project) -> Iterator[Fault]:
    """No test of an answer sleeps: what it tests is computed, not awaited."""
    for module in _test_modules(project):
        yield from project.memory.faults(_waits, module, content=[module.path, module.text])


def _waits(module: Module) -> Iterator[Fault]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "sleep":
            yield Fault(module.path, node.lineno, "sleeps: test what is computed, and hand a clock in where "
                                                  "time matters")


def graded_snippet(project: Project, test: str) -> snippets.Snippet | None:
    """The NumPy snippet that a test file grades, if it grades one."""
    name = Path(test).stem.removeprefix("test_")
    snippet = snippets.parse(f"snippets/{Path(test).parent.name}/{name}.py")
    return snippet if snippet.kind == "numpy" and snippet in project.snippets else None


def _test_modules(project: Project) -> Iterator[Module]:
    for test in project.tests:
        if test in project.modules and project.modules[test].is_python:
            yield project.modules[test]


def _asserts(function: ast.FunctionDef, tree: ast.Module) -> bool:
    """Whether a test can fail: it asserts, raises, or calls something of the module that does."""
    helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def can_fail(node: ast.AST, seen: frozenset[str]) -> bool:
        for child in ast.walk(node):
            if isinstance(child, ast.Assert | ast.Raise):
                return True
            if isinstance(child, ast.Call):
                name = ast.unparse(child.func)
                if CAN_FAIL.search(name):
                    return True
                if name in helpers and name not in seen and can_fail(helpers[name], seen | {name}):
                    return True
        return False

    return can_fail(function, frozenset({function.name}))
