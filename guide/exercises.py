"""An exercise is a snippet without its bodies: starter and hints come from it, the grade from its tests."""

from __future__ import annotations

import ast
import functools
import io
import itertools
import json
import re
import shutil
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

from guide import grade, snippets
from guide.snippets import Snippet

FOLDER = "exercises"  # in the site
# Names that every solution uses and that therefore say nothing.
TELL_NOTHING = {"np.asarray", "np.array", "np.float64", "np.float32", "np.int64", "np.int32"}
# What a check of the input needs before it.
PREPARE = {"np.asarray", "np.array", "np.shape", "np.ndim", "np.atleast_1d", "len", "list", "tuple", "set"}
CALLS = re.compile(r"(np|math|itertools|torch|F|nn)(\.\w+)+")
PRAGMA = re.compile(r"#\s*(noqa|type:|pragma|ruff:|fmt:)")


@dataclass(frozen=True)
class Exercise:
    """What a reader gets to solve one snippet."""

    snippet: Snippet
    functions: tuple[str, ...]  # what there is to write, in the order of the module
    starter: str
    solution: str
    tests: str
    hints: dict[str, tuple[str, ...]]  # by function; each says a little more than the one before

    @property
    def name(self) -> str:
        return f"{self.snippet.topic}/{self.snippet.name}"

    @property
    def promises(self) -> int:
        return len(grade.names_of_tests(self.tests))

    @property
    def checked(self) -> bool:
        """Whether the starter holds checks of the input."""
        public = [node for node in ast.parse(self.solution).body if _to_write(node)]
        functions = (part for node in public for part in ast.walk(node) if isinstance(part, ast.FunctionDef))
        return any(given(function) for function in functions)


def find(root: Path, kinds: tuple[str, ...] = ("numpy",)) -> list[Exercise]:
    """The exercise of every snippet of these kinds that has a test."""
    return [
        read(root, snippet)
        for snippet in snippets.find(root)
        if snippet.kind in kinds and (root / snippet.test).exists()
    ]


def read(root: Path, snippet: Snippet) -> Exercise:
    """The exercise of one snippet."""
    texts = [(root / path).read_text(encoding="utf-8") for path in (snippet.path, snippet.test)]
    return _exercise(snippet, *texts)


@functools.lru_cache(maxsize=2_000)
def _exercise(snippet: Snippet, source: str, tests: str) -> Exercise:
    solution = without_marks(source)
    functions = tuple(node.name for node in ast.parse(solution).body if _to_write(node))
    return Exercise(
        snippet=snippet,
        functions=functions,
        starter=starter(solution),
        solution=solution,
        tests=tests,
        hints=hints(solution),
    )


def without_marks(source: str) -> str:
    """A module without its section marks, the lines around them closed up as PEP 8 has them."""
    kept = [line for line in source.split("\n") if not snippets.MARK.match(line)]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(kept))


def section_lines(source: str) -> dict[str, dict[str, int]]:
    """Where each marked section stands in the module without its marks.

    Returns:
        By name: ``first`` and ``last`` line, from 1, and the ``indent`` that the page takes away.
    """
    plain = without_marks(source).split("\n")
    lines = source.split("\n")
    found = {}
    for name, (start, end) in snippets.sections(source)[0].items():
        section = [line for line in lines[start : end - 1] if not snippets.MARK.match(line)]
        while section and not section[0].strip():
            section.pop(0)
        while section and not section[-1].strip():
            section.pop()
        size = len(section)
        first = next(n for n in range(len(plain)) if plain[n : n + size] == section)
        indent = min((len(line) - len(line.lstrip()) for line in section if line.strip()), default=0)
        found[name] = {"first": first + 1, "last": first + size, "indent": indent}
    return found


# Starter


def starter(solution: str, only: frozenset[str] | None = None) -> str:
    """The module with the bodies of its public functions and classes' methods taken out.

    Signatures, docstrings, checks of the input, imports, constants and those private helpers that
    a public function uses stay; the main guard and comments between functions go.

    Args:
        solution: A module without section marks.
        only: Take out these bodies and leave the others.
    """
    tree = ast.parse(solution)
    lines = solution.split("\n")
    needed = _used_helpers(tree)
    blocks: list[tuple[ast.stmt, str]] = []
    for node in tree.body:
        if _is_main_guard(node):
            continue
        if _to_write(node):
            taken_out = only is None or node.name in only
            blocks.append((node, _blank(node, lines) if taken_out else _text(node, lines)))
        elif not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name in needed:
            blocks.append((node, _text(node, lines)))
    result = ""
    previous: ast.stmt | None = None
    for node, text in blocks:
        if previous is not None:
            defines = any(isinstance(n, (ast.FunctionDef, ast.ClassDef)) for n in (previous, node))
            gap = 2 if defines else int(_first_line(node) > (previous.end_lineno or 0) + 1)
            result += "\n" * (gap + 1)
        result += text
        previous = node
    return result + "\n"


def _to_write(node: ast.stmt) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def _used_helpers(tree: ast.Module) -> set[str]:
    """Private functions and classes that a public one uses, directly or through another helper."""
    helpers = {
        node.name: node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.startswith("_")
    }
    needed: set[str] = set()
    waiting: list[ast.stmt] = [
        node for node in tree.body if not _is_main_guard(node) and getattr(node, "name", "") not in helpers
    ]
    while waiting:
        for name in ast.walk(waiting.pop()):
            if isinstance(name, ast.Name) and name.id in helpers and name.id not in needed:
                needed.add(name.id)
                waiting.append(helpers[name.id])
    return needed


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *[decorator.lineno for decorator in getattr(node, "decorator_list", [])]])


def _text(node: ast.stmt, lines: list[str]) -> str:
    """A statement as it is written, without a comment behind its end."""
    text = lines[_first_line(node) - 1 : node.end_lineno]
    last = lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()
    return "\n".join([*text[:-1], last])


def _blank(node: ast.FunctionDef | ast.ClassDef, lines: list[str]) -> str:
    if isinstance(node, ast.FunctionDef):
        return _blank_function(node, lines, node.name)
    text = "\n".join(lines[_first_line(node) - 1 : _first_line(node.body[0]) - 1]).rstrip()
    above = node.lineno
    for child in node.body:
        gap = int(_first_line(child) > above + 1 and above != node.lineno)
        name = f"{node.name}.{getattr(child, 'name', '')}"
        method = isinstance(child, ast.FunctionDef)
        text += "\n" * (gap + 1) + (_blank_function(child, lines, name) if method else _text(child, lines))
        above = child.end_lineno
    return text


def _blank_function(node: ast.FunctionDef, lines: list[str], name: str) -> str:
    indent = " " * (node.col_offset + 4)
    first = node.body[0]
    raising = f'{indent}raise NotImplementedError("{name} is not written yet")'
    documented = ast.get_docstring(node) is not None
    if first.lineno == node.lineno and not documented:  # `def f(x): return x`
        bare = ast.FunctionDef(node.name, node.args, [ast.Pass()], node.decorator_list, node.returns)
        signature = ast.unparse(ast.fix_missing_locations(bare)).rsplit("\n", 1)[0]
        return f"{' ' * node.col_offset}{signature}\n{raising}"
    checks = given(node)
    if checks:
        return "\n".join([*lines[_first_line(node) - 1 : checks[-1].end_lineno], raising])
    # Up to the docstring, or up to the line where the signature's colon stands.
    end = first.end_lineno if documented else first.lineno - 1
    kept = lines[_first_line(node) - 1 : end]
    while not documented and (not kept[-1].strip() or kept[-1].strip().startswith("#")):
        kept.pop()  # blank lines and comments before the first statement belong to the body
    return "\n".join([*kept, raising])


def given(node: ast.FunctionDef) -> list[ast.stmt]:
    """The checks of the input at a body's beginning, with what they need.

    They are no part of the exercise: a test may compare what they say, which nobody can guess.
    """
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    start = list(itertools.takewhile(lambda one: _checks(one) or _prepares(one), body))
    while start and not _checks(start[-1]):
        start.pop()
    return start


def _checks(node: ast.stmt) -> bool:
    """Whether a statement does nothing but raise, or ask a private helper to."""
    if isinstance(node, ast.If):
        return all(_checks(one) for one in (*node.body, *node.orelse))
    if isinstance(node, ast.For):
        return all(_checks(one) for one in node.body)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func).startswith("_")
    return isinstance(node, ast.Raise)


def _prepares(node: ast.stmt) -> bool:
    """Whether a statement gives a name to the input as an array, to its shape, or to a default."""
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    if isinstance(value, ast.IfExp) and ast.unparse(value.test).endswith((" is None", " is not None")):
        return isinstance(value.body, ast.Name) or isinstance(value.orelse, ast.Name)
    parts = list(ast.walk(value))
    calls = [ast.unparse(part.func) for part in parts if isinstance(part, ast.Call)]
    taken = [ast.unparse(part.value) for part in parts if isinstance(part, ast.Subscript)]
    computes = any(isinstance(part, (ast.BinOp, ast.Compare, ast.comprehension)) for part in parts)
    return (not computes and all(call in PREPARE or call.startswith("_") for call in calls)
            and all(name.endswith(".shape") for name in taken))


# Hints


def hints(solution: str) -> dict[str, tuple[str, ...]]:
    """What the solution's own comments tell, and at last how long it is and what it calls."""
    tree = ast.parse(solution)
    comments = _comments(solution)
    own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    found = {}
    for node in tree.body:
        if not _to_write(node):
            continue
        told = []
        end = _head_end(node)
        for first, last, text in comments:
            if end < first <= node.end_lineno:
                target = _assigned(node, first if first == last else last + 1, first == last)
                told.append(f"`{target}`: {text}" if target else text)
        found[node.name] = (*told, _outline(node, own))
    return found


def _head_end(node: ast.FunctionDef | ast.ClassDef) -> int:
    """The last line of a signature and the checks, whose comments the starter keeps."""
    if isinstance(node, ast.ClassDef):
        return node.lineno
    checks = given(node)
    if checks:
        return checks[-1].end_lineno
    return max(
        [
            node.lineno,
            *[
                part.end_lineno
                for part in (*ast.walk(node.args), node.returns)
                if getattr(part, "end_lineno", None)
            ],
        ]
    )


def _comments(source: str) -> list[tuple[int, int, str]]:
    """Each comment's first and last line and its text; comments on lines that follow each other are one."""
    lines = source.split("\n")
    found: list[tuple[int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or PRAGMA.match(token.string):
            continue
        row, column = token.start
        text = token.string.lstrip("# ").rstrip()
        alone = not lines[row - 1][:column].strip()
        if alone and found and found[-1][1] == row - 1 and not lines[row - 2].split("#")[0].strip():
            first, _, before = found.pop()
            found.append((first, row, f"{before} {text}"))
        elif text:
            found.append((row, row, text))
    return found


def _assigned(function: ast.stmt, line: int, trailing: bool) -> str:
    """The name that the statement at a line assigns to, or nothing."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            here = node.lineno <= line <= node.end_lineno if trailing else node.lineno == line
            if here and isinstance(target, (ast.Name, ast.Tuple)):
                return ast.unparse(target).strip("()")
    return ""


def _outline(node: ast.stmt, own: set[str]) -> str:
    """How long the solution is, and which functions it calls."""
    checks = given(node) if isinstance(node, ast.FunctionDef) else []
    body = [
        child
        for child in node.body
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)) and child not in checks
    ]
    size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
    calls: dict[str, None] = {}
    for child in body:
        for part in ast.walk(child):
            if isinstance(part, ast.Call):
                name = ast.unparse(part.func)
                library = CALLS.fullmatch(name) and name not in TELL_NOTHING
                if library or (name in own and name != node.name):
                    calls[f"`{name}`"] = None
    after = " after the checks" if checks else ""
    text = f"The guide's version has {size} line{'s' * (size != 1)}{after}"
    return f"{text} and calls {', '.join(calls)}." if calls else f"{text}."


# The site


@functools.lru_cache(maxsize=2_000)
def runs_in_browser(source: str) -> bool:
    """Whether a module needs nothing but NumPy and the standard library."""
    imported = set()
    for node in snippets.statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    return imported <= {"numpy", *sys.stdlib_module_names}


def runnable(root: Path, snippet: Snippet) -> bool:
    """Whether a page offers to run this snippet: NumPy, and no long experiment."""
    path = root / snippet.path
    if snippet.kind not in ("numpy", "mistakes") or not path.exists():
        return False
    return runs_in_browser(path.read_text(encoding="utf-8"))


def finish(root: Path, site: Path) -> None:
    """Write what the pages' scripts fetch: runnable modules, starters and tests."""
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    for snippet in snippets.find(root):
        if runnable(root, snippet):
            finish_snippet(root, site, snippet)
    shutil.copy(Path(grade.__file__), site / FOLDER / "grade.py")


def finish_snippet(root: Path, site: Path, snippet: Snippet) -> None:
    """Write what the pages' scripts fetch of one snippet."""
    source = (root / snippet.path).read_text(encoding="utf-8")
    data = {
        "file": f"{snippet.name}.py",
        "module": snippet.module,
        "solution": without_marks(source),
        "sections": section_lines(source),
    }
    if snippet.kind == "numpy" and (root / snippet.test).exists():
        exercise = read(root, snippet)
        data |= {
            "functions": exercise.functions,
            "starter": exercise.starter,
            "tests": exercise.tests,
            "promises": [
                {"test": test, "sentence": grade.sentence(test, exercise.functions)}
                for test in grade.names_of_tests(exercise.tests)
            ],
        }
    file = site / FOLDER / snippet.topic / f"{snippet.name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
