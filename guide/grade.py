"""Run a reader's code, and grade it with the tests that prove the guide's own.

Standard library only: the same file runs in CPython, in the reader's browser and
under Node. Nothing in here stops an endless loop; the caller owns the process or
the worker and ends it.
"""

from __future__ import annotations

import ast
import functools
import json
import linecache
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

LONGEST_VALUE = 400  # characters of one value in a message
LONGEST_MESSAGE = 4_000


@dataclass(frozen=True)
class Shown:
    """The part of a module that the reader sees and edits: its lines count from 1 in a traceback."""

    name: str
    first: int
    last: int
    indent: int = 0


@dataclass(frozen=True)
class Promise:
    """One test of the code, told as a sentence."""

    test: str
    sentence: str
    kept: bool
    message: str = ""


@dataclass(frozen=True)
class Grade:
    """What became of the code: an error before any test could run, or one promise for each test."""

    error: str = ""
    promises: list[Promise] = field(default_factory=list)

    @property
    def solved(self) -> bool:
        return not self.error and bool(self.promises) and all(promise.kept for promise in self.promises)


# Running


def run(code: str, name: str, shown: Shown | None = None) -> str:
    """Run a module as a program; what it prints goes to sys.stdout as it comes.

    Args:
        code: The whole module.
        name: Its file name, for tracebacks.
        shown: Which part of it the reader sees, if not all.

    Returns:
        Nothing if the program ended by itself, else the traceback, cut to the lines of the module.
    """
    try:
        with installed("__main__", name) as module:
            exec(_compile(code, name), module.__dict__)
    except SystemExit as leave:
        return "" if leave.code in (None, 0) else f"SystemExit: {leave.code}"
    except Exception as error:
        return explain_error(error, {name: code}, shown)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return ""


@contextmanager
def installed(name: str, file: str) -> Iterator[types.ModuleType]:
    """An empty module that `import` finds under a dotted name, in place of any other, while it is needed."""
    parts = name.split(".")
    kept = {}
    module = types.ModuleType(name)
    for depth in range(1, len(parts) + 1):
        path = ".".join(parts[:depth])
        kept[path] = sys.modules.get(path)
        if depth == len(parts):
            sys.modules[path] = module
        else:
            sys.modules[path] = package = types.ModuleType(path)
            # Other modules of the package are still found where they are, if anywhere.
            package.__path__ = list(getattr(kept[path], "__path__", []))
    module.__file__ = file
    try:
        yield module
    finally:
        for path, before in kept.items():
            if before is None:
                sys.modules.pop(path, None)
            else:
                sys.modules[path] = before


def _compile(code: str, name: str) -> types.CodeType:
    _show_lines(code, name)
    return compile(code, name, "exec", dont_inherit=True)


def _show_lines(text: str, name: str) -> None:
    """Let tracebacks show the lines of a file that is nowhere."""
    # Without a time of change, linecache takes these lines and never looks for a file.
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


# Errors as the reader needs them


def explain_error(error: BaseException, sources: dict[str, str], shown: Shown | None = None) -> str:
    """Python's own traceback, without the frames that are not the reader's.

    Args:
        error: What was raised.
        sources: The text of each file whose lines are shown, by file name.
        shown: The part of a file that the reader sees; its lines get its name and count from 1.
    """
    report = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
    if shown:
        text = next(iter(sources.values()))
        lines = [
            line[shown.indent :] if line[: shown.indent].isspace() else line
            for line in text.splitlines(keepends=True)[shown.first - 1 : shown.last]
        ]
        linecache.cache[shown.name] = (1, None, lines, shown.name)
    current: traceback.TracebackException | None = report
    while current:
        current.stack = traceback.StackSummary.from_list(
            [_renumber(frame, shown) for frame in current.stack if frame.filename in sources]
        )
        if isinstance(getattr(current, "lineno", None), (int, str)) and current.filename in sources and shown:
            line = int(current.lineno)  # of a SyntaxError; Python 3.11 keeps it as text
            if shown.first <= line <= shown.last:
                current.filename, current.lineno = shown.name, str(line - shown.first + 1)
        current = current.__cause__ or current.__context__
    return _shorten("".join(report.format()).rstrip(), LONGEST_MESSAGE, keep_end=True)


def _renumber(frame: traceback.FrameSummary, shown: Shown | None) -> traceback.FrameSummary:
    if shown is None or not shown.first <= frame.lineno <= shown.last:
        return frame
    moved = 1 - shown.first
    return traceback.FrameSummary(
        shown.name,
        frame.lineno + moved,
        frame.name,
        end_lineno=None if frame.end_lineno is None else frame.end_lineno + moved,
        colno=None if frame.colno is None else max(0, frame.colno - shown.indent),
        end_colno=None if frame.end_colno is None else max(0, frame.end_colno - shown.indent),
    )


def _shorten(text: str, length: int, keep_end: bool = False) -> str:
    if len(text) <= length:
        return text
    if keep_end:  # the error itself stands at the end
        return f"{text[: length // 4]}\n … \n{text[-length * 3 // 4 :]}"
    return text[:length] + " …"


# Grading


def grade(
    code: str,
    tests: str,
    module: str,
    report: Callable[[Promise], None] | None = None,
    until_broken: bool = False,
    first: tuple[str, ...] = (),
) -> Grade:
    """Run each ``test_*`` function of a test file against the reader's code.

    Args:
        code: The submission, a whole module.
        tests: A test file that imports from ``module``; plain asserts, no fixtures.
        module: The dotted name under which the tests import the submission.
        report: Called with each promise as soon as it is known.
        until_broken: Stop at the first broken promise.
        first: Names of tests to run before the others.
    """
    name = module.rpartition(".")[2]
    files = {f"{name}.py": code, f"test_{name}.py": tests}
    with installed(module, f"{name}.py") as submission:
        try:
            exec(_compile(code, f"{name}.py"), submission.__dict__)
        except (Exception, SystemExit) as error:
            return Grade(error=explain_error(error, {f"{name}.py": code}))
        explained = _explained(tests, f"test_{name}.py")
        _show_lines(tests, f"test_{name}.py")
        namespace = {"__name__": f"test_{name}", "_guide_fail": _fail}
        try:
            exec(explained, namespace)
        except ImportError as error:
            missing = re.search(r"cannot import name '(\w+)'", str(error))
            return Grade(error=f"Your code does not define `{missing[1]}`." if missing else str(error))
        except Exception as error:
            return Grade(error=explain_error(error, files))
        promises = []
        for test in sorted(names_of_tests(tests), key=lambda test: test not in first):
            promise = _try(namespace[test], tests, files)
            promises.append(promise)
            if report:
                report(promise)
            if until_broken and not promise.kept:
                break
        sys.stdout.flush()
        sys.stderr.flush()
    return Grade(promises=promises)


@functools.lru_cache(maxsize=1)
def names_of_tests(tests: str) -> tuple[str, ...]:
    """The test functions of a file, in its order."""
    return tuple(
        node.name
        for node in ast.parse(tests).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def sentence(test: str, functions: tuple[str, ...] = ()) -> str:
    """A test's name as a sentence; names of functions stay as they are written in code.

    >>> sentence("test_first_step_is_lr_times_the_sign")
    'First step is lr times the sign.'
    >>> sentence("test_im2col_and_col2im_are_adjoint", ("im2col", "col2im"))
    '`im2col` and `col2im` are adjoint.'
    >>> sentence("test_k_means_settles", ("k_means",))
    '`k_means` settles.'
    """
    text = f"_{test.removeprefix('test_')}_"
    # Only names that no English word could be: with an underscore or a digit inside.
    for function in sorted(functions, key=len, reverse=True):
        if re.search(r"[_\d]", function):
            text = text.replace(f"_{function}_", f"_`{function.replace('_', '~')}`_")
    text = text.strip("_").replace("_", " ").replace("~", "_")
    return f"{text[:1].upper()}{text[1:]}."


def _try(test: Callable[[], None], tests: str, files: dict[str, str]) -> Promise:
    code_name, test_name = files
    told = sentence(test.__name__, _defined(files[code_name]))
    for arguments in _calls(test):
        try:
            test(**arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, and pytest's own, are none of Exception's
            why = _why(error, tests, files, code_name, test_name, tuple(arguments))
            return Promise(test.__name__, told, False, why)
    return Promise(test.__name__, told, True)


def _calls(test: Callable) -> list[dict[str, object]]:
    """The arguments of each call: none, or those that pytest's ``parametrize`` gives on the command line."""
    calls: list[dict[str, object]] = [{}]
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names, cases = mark.args
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
            rows = [dict(zip(names, case if len(names) > 1 else (case,), strict=True)) for case in cases]
            calls = [call | row for row in rows for call in calls]
    return calls


def _why(
    error: BaseException,
    tests: str,
    files: dict[str, str],
    code_name: str,
    test_name: str,
    arguments: tuple[str, ...] = (),
) -> str:
    """What was checked, with which values, and what went wrong."""
    if isinstance(error, NotImplementedError):
        return str(error) or "Something is not written yet: NotImplementedError was raised."
    frames = list(traceback.walk_tb(error.__traceback__))
    in_test = next(((frame, line) for frame, line in frames if frame.f_code.co_filename == test_name), None)
    parts = []
    if in_test:
        frame, line = in_test
        checked, loops = _statement(tests, line)
        parts.append(checked)
        varying = [*arguments, *loops]
        values = [f"{name} = {_value(frame.f_locals[name])}" for name in varying if name in frame.f_locals]
        parts += [f"with {', '.join(values)}"] if values else []
    raised_in_code = any(frame.f_code.co_filename == code_name for frame, _ in frames)
    if isinstance(error, AssertionError) and not raised_in_code:
        parts.append(str(error).strip("\n"))
    else:
        shown = {code_name: files[code_name]} if raised_in_code else files
        parts.append(explain_error(error, shown))
    return _shorten("\n".join(part for part in parts if part), LONGEST_MESSAGE, keep_end=True)


def _statement(tests: str, line: int) -> tuple[str, list[str]]:
    """The source of the statement at a line, and the variables of the loops around it."""
    best: ast.stmt | None = None
    loops: list[str] = []
    for node in ast.walk(ast.parse(tests)):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        if isinstance(node, (ast.For, ast.While, ast.With, ast.If, ast.Try)):
            if isinstance(node, ast.For):
                loops += [name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)]
        elif not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            best = node
    if best is None:
        return "", loops
    source = ast.get_source_segment(tests, best) or ""
    margin = " " * best.col_offset
    return "\n".join(part.removeprefix(margin) for part in source.split("\n")), loops


@functools.lru_cache(maxsize=1)  # one submission, many tests
def _defined(code: str) -> tuple[str, ...]:
    body = ast.parse(code).body
    return tuple(node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))


# Asserts that say which values they saw


def _fail(values: list[tuple[str, object]], message: object = None) -> AssertionError:
    lines = [f"{source} = {_value(value)}" for source, value in values]
    return AssertionError("\n".join([*([str(message)] if message is not None else []), *lines]))


def _value(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:  # the reader's own class may have a broken __repr__
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return _shorten(text, LONGEST_VALUE)


@functools.lru_cache(maxsize=1)  # a reader's code is checked again and again by the same tests
def _explained(tests: str, name: str) -> types.CodeType:
    return compile(_ExplainAsserts(tests).visit(ast.parse(tests)), name, "exec", dont_inherit=True)


class _ExplainAsserts(ast.NodeTransformer):
    """``assert a == f(b)`` keeps the values of both sides, so that a failure can show them."""

    def __init__(self, source: str):
        self.lines = source.encode().split(b"\n")
        self.count = 0

    def _source(self, node: ast.expr) -> str:
        """What `ast.get_source_segment` gives, which splits the whole file each time."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode()

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        statements = [part for test in self._halves(node.test) for part in self._explained(test, node.msg)]
        for statement in statements:
            ast.copy_location(statement, node)
            ast.fix_missing_locations(statement)
        return statements

    def _halves(self, test: ast.expr) -> list[ast.expr]:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            return [half for value in test.values for half in self._halves(value)]
        return [test]

    def _explained(self, test: ast.expr, message: ast.expr | None) -> list[ast.stmt]:
        before: list[ast.stmt] = []
        values: list[ast.expr] = []

        def keep(part: ast.expr) -> ast.expr:
            if isinstance(part, (ast.Constant, ast.GeneratorExp, ast.Lambda, ast.Starred)):
                return part  # nothing to learn from its value, or no value at all
            name = f"_guide_{self.count}"
            self.count += 1
            before.append(ast.Assign([ast.Name(name, ast.Store())], part))
            told = ast.Constant(" ".join(self._source(part).split()))
            values.append(ast.Tuple([told, ast.Name(name, ast.Load())], ast.Load()))
            return ast.Name(name, ast.Load())

        if isinstance(test, ast.Compare):
            test = ast.Compare(keep(test.left), test.ops, [keep(part) for part in test.comparators])
        elif isinstance(test, ast.Call):
            test = ast.Call(test.func, [keep(part) for part in test.args], test.keywords)
        failure = ast.Call(
            ast.Name("_guide_fail", ast.Load()),
            [ast.List(values, ast.Load()), *([message] if message else [])],
            [],
        )
        return [*before, ast.If(ast.UnaryOp(ast.Not(), test), [ast.Raise(failure)], [])]


# The door for JavaScript: text in, text out


def answer(request: str, report: Callable[[str], None] | None = None) -> str:
    """Do what a JSON text asks for; the result is JSON again.

    ``{"do": "run", "code": …, "name": …, "shown": {…} or null}`` gives ``{"error": …}``;
    ``{"do": "grade", "code": …, "tests": …, "module": …}`` gives a grade, and reports each promise
    as soon as it is known; ``"until_broken": true`` ends it at the first that is broken, and tests
    named in ``"first"`` come before the others.
    """
    asked = json.loads(request)
    if asked["do"] == "run":
        shown = Shown(**asked["shown"]) if asked.get("shown") else None
        return json.dumps({"error": run(asked["code"], asked["name"], shown)})
    each = (lambda promise: report(json.dumps(asdict(promise)))) if report else None
    until_broken, first = bool(asked.get("until_broken")), tuple(asked.get("first", ()))
    result = grade(asked["code"], asked["tests"], asked["module"], each, until_broken, first)
    return json.dumps(asdict(result) | {"solved": result.solved})
