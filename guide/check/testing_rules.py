"""Rules about tests: what they test, where they run, and that they can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from guide import snippets
from guide.check import assertions
from guide.check.code_rules import runs_not_in_a_browser
from guide.check.project import Module, Project
from guide.faults import Fault, did_you_mean

TEST_KINDS = ast.FunctionDef | ast.AsyncFunctionDef
OUT = re.compile(r"skip|xfail$|importorskip$|expectedFailure$|__test__$")
LEFT_OUT = re.compile(r"(pytest|mark|unittest|self)\.(skip\w*|xfail|importorskip|expectedFailure)$")


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
                 if isinstance(node, TEST_KINDS) and node.name.startswith("test_")]
    if not functions:
        yield Fault(module.path, 0, "holds no test: write `def test_…():`")
    for function in functions:
        if function not in module.tree.body or isinstance(function, ast.AsyncFunctionDef):
            yield Fault(module.path, function.lineno, f"`{function.name}` is never called: write it as "
                                                      "`def test_…():`, without class and `async`")
        elif not assertions.can_fail(function, module.tree):
            yield Fault(module.path, function.lineno, f"`{function.name}` asserts nothing that could fail: "
                                                      "compare what is computed with what is promised")


def tests_are_run(project: Project) -> Iterator[Fault]:
    """No test of an answer is skipped or expected to fail: what is not run promises nothing."""
    for module in _test_modules(project):
        yield from project.memory.faults(_left_out, module, content=[module.path, module.text])


def _left_out(module: Module) -> Iterator[Fault]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute) or not OUT.match(node.attr):
            continue
        name = ast.unparse(node)
        if LEFT_OUT.search(name) or node.attr == "__test__":
            yield Fault(module.path, node.lineno, f"`{name}` leaves a test out: make it pass, or remove it; "
                                                  "one that takes long is marked `@pytest.mark.slow`")


def tests_do_not_wait(project: Project) -> Iterator[Fault]:
    """No test of an answer sleeps: what it tests is computed, not awaited."""
    for module in _test_modules(project):
        yield from project.memory.faults(_waits, module, content=[module.path, module.text])


def _waits(module: Module) -> Iterator[Fault]:
    for node in ast.walk(module.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if "sleep" in (getattr(called, "id", ""), getattr(called, "attr", "")):
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
