"""The starter is the snippet without its bodies; hints and files for the pages come from the same module."""

import ast
import json
import os
import re
from pathlib import Path

import pytest

from guide import exercises, grade, snippets

ROOT = Path(__file__).resolve().parent.parent.parent
ALL = exercises.find(ROOT, ("numpy", "torch"))
NAMES = [exercise.name for exercise in ALL]

SOURCE = '''"""A module."""

import numpy as np

from typing import overload

LIMIT = 3  # of the paper
Map = dict[str, int]


# A comment between functions.
# --8<-- [start:norm]
def norm(
    x: np.ndarray,  # (N, D)
    p: float = 2.0,
) -> np.ndarray:
    """Length of each row.

    >>> norm(np.ones((1, 1)))
    array([1.])
    """
    # Scaling first keeps the square
    # from overflowing.
    scale = np.abs(x).max()
    total = _power(x / scale, p).sum(axis=1)  # (N, D) -> (N,)
    return scale * total ** (1 / p)  # noqa: E501


# --8<-- [end:norm]
def bare(x):
    # no docstring
    y = x
    return y


def short(x): return x


class Counter:
    """Counts."""

    start = 0

    def __init__(self, n: int):
        self.n = n

    @property
    def twice(self) -> int:
        """Two times n."""
        return 2 * self.n


def _power(x, p):
    return np.abs(x) ** p


def _rounded(x):
    return np.round(x, 3)


def _only_for_printing(x):
    return _rounded(x)


if __name__ == "__main__":
    print(_only_for_printing(norm(np.ones((2, 2)))))
'''

STARTER = '''"""A module."""

import numpy as np

from typing import overload

LIMIT = 3
Map = dict[str, int]


def norm(
    x: np.ndarray,  # (N, D)
    p: float = 2.0,
) -> np.ndarray:
    """Length of each row.

    >>> norm(np.ones((1, 1)))
    array([1.])
    """
    raise NotImplementedError("norm is not written yet")


def bare(x):
    raise NotImplementedError("bare is not written yet")


def short(x):
    raise NotImplementedError("short is not written yet")


class Counter:
    """Counts."""

    start = 0

    def __init__(self, n: int):
        raise NotImplementedError("Counter.__init__ is not written yet")

    @property
    def twice(self) -> int:
        """Two times n."""
        raise NotImplementedError("Counter.twice is not written yet")


def _power(x, p):
    return np.abs(x) ** p
'''


def test_the_starter_keeps_what_one_needs_and_nothing_of_the_bodies():
    assert exercises.starter(exercises.without_marks(SOURCE)) == STARTER


CHECKED = '''def scale(x, weights=None, *, eps=1e-5):
    """Scaled.

    Raises:
        ValueError: If something is wrong.
    """
    # An int would be cut.
    x = np.asarray(x)
    n, d = x.shape
    weights = np.ones(n) if weights is None else weights
    _check(x)
    for name, value in (("eps", eps), ("d", d)):
        if value <= 0:
            raise ValueError(f"{name} must be positive, got {value}")
    # The mean over all.
    mean = x.mean()
    if mean == 0:
        raise ValueError("x must not have mean 0")
    return weights[:, None] * x / mean  # (n, d)


def _check(x):
    if x.ndim != 2:
        raise ValueError(f"x must be (N, D), got {x.shape}")
'''


def test_the_starter_keeps_the_checks_of_the_input_up_to_the_first_line_that_computes():
    given = exercises.starter(CHECKED)
    before, after = CHECKED.split("    # The mean over all.")
    raising = '    raise NotImplementedError("scale is not written yet")\n'
    assert given == before + raising + after[after.index("\n\ndef _check") :]
    assert exercises.hints(CHECKED)["scale"] == (
        "The mean over all.",
        "(n, d)",
        "The guide's version has 4 lines after the checks.",
    )


def test_what_only_prepares_is_not_given_without_a_check_behind_it():
    source = 'def f(x):\n    """F."""\n    x = np.asarray(x)\n    n, d = x.shape\n    return n * d\n'
    raising = '    raise NotImplementedError("f is not written yet")\n'
    assert exercises.starter(source).endswith(f'"""F."""\n{raising}')


def test_one_body_can_be_taken_out_alone():
    text = exercises.starter(exercises.without_marks(SOURCE), frozenset({"bare"}))
    assert text.count("NotImplementedError") == 1 and "scale = np.abs(x).max()" in text


def test_hints_say_a_little_more_each_time():
    hints = exercises.hints(exercises.without_marks(SOURCE))
    assert list(hints) == ["norm", "bare", "short", "Counter"]
    assert hints["norm"] == (
        "`scale`: Scaling first keeps the square from overflowing.",
        "`total`: (N, D) -> (N,)",
        "The guide's version has 3 lines and calls `np.abs`, `_power`.",
    )
    assert hints["short"] == ("The guide's version has 1 line.",)


def test_sections_are_found_in_the_module_without_its_marks():
    lines = exercises.without_marks(SOURCE).split("\n")
    place = exercises.section_lines(SOURCE)["norm"]
    assert lines[place["first"] - 1] == "def norm(" and place["indent"] == 0
    assert lines[place["last"] - 1].startswith("    return scale")


@pytest.mark.parametrize("exercise", ALL, ids=NAMES)
def test_every_starter_is_python_with_every_signature_and_docstring(exercise):
    def told(code: str) -> dict[str, tuple]:
        return {
            node.name: (ast.unparse(node.args), ast.get_docstring(node))
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        }

    written, given = told(exercise.solution), told(exercise.starter)
    assert {name: written[name] for name in given} == given
    assert set(exercise.functions) <= given.keys() | {
        node.name for node in ast.parse(exercise.starter).body if isinstance(node, ast.ClassDef)
    }
    assert "--8<--" not in exercise.starter + exercise.solution
    assert "__main__" not in exercise.starter


@pytest.mark.parametrize("exercise", ALL, ids=NAMES)
def test_every_function_has_a_hint_and_no_hint_is_empty(exercise):
    assert tuple(exercise.hints) == exercise.functions
    assert all(hint.strip() for hints in exercise.hints.values() for hint in hints)


def in_other_words(solution: str) -> str:
    """A solution whose own messages name no more than arguments and values; the given ones stay."""
    tree = ast.parse(solution)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
            continue
        given = {id(part) for statement in exercises.given(function) for part in ast.walk(statement)}
        arguments = {part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)}
        for raising in ast.walk(function):
            if not isinstance(raising, ast.Raise) or id(raising) in given:
                continue
            formats = {id(part) for value in ast.walk(raising) if isinstance(value, ast.FormattedValue)
                       for part in ast.walk(value.format_spec or ast.Pass())}
            for part in ast.walk(raising):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in formats:
                    named = [word for word in re.findall(r"\w+", part.value) if word in arguments]
                    part.value = f" {' '.join(named)} "
    return ast.unparse(tree)


NUMPY = [exercise for exercise in ALL if exercise.snippet.kind == "numpy"]


@pytest.mark.parametrize("exercise", NUMPY, ids=[exercise.name for exercise in NUMPY])
def test_the_solution_solves_the_exercise_and_so_does_one_in_other_words(exercise):
    module = exercise.snippet.module
    assert grade.grade(exercise.solution, exercise.tests, module).solved
    # Nobody can guess a message: tests of its wording stand in the _reference file.
    reworded = in_other_words(exercise.solution)
    if ast.dump(ast.parse(exercise.solution)) != ast.dump(ast.parse(reworded)):
        result = grade.grade(reworded, exercise.tests, module)
        assert result.solved, [promise.message for promise in result.promises if not promise.kept]


def test_only_code_that_a_browser_can_run_is_offered():
    assert exercises.runs_in_browser("import numpy as np\nfrom math import pi\n")
    assert not exercises.runs_in_browser("import torch\n")
    assert not exercises.runs_in_browser("def f():\n    from snippets.a.b import c\n")
    offered = {s.path for s in snippets.find(ROOT) if exercises.runnable(ROOT, s)}
    assert "snippets/optimization/adam.py" in offered and "snippets/optimization/adam_mistakes.py" in offered
    assert not any(name in path for path in offered for name in ("_torch", "_experiment", "_figure"))


def test_the_files_for_the_pages_are_complete_and_the_same_every_time(tmp_path):
    exercises.finish(ROOT, tmp_path)
    files = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    exercises.finish(ROOT, tmp_path)
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == again
    adam = json.loads(files[Path("exercises/optimization/adam.json")])
    assert adam["functions"] == ["adam_step", "adam_steps"] and "NotImplementedError" in adam["starter"]
    assert tuple(p["test"] for p in adam["promises"]) == grade.names_of_tests(adam["tests"])
    assert "tests" not in json.loads(files[Path("exercises/optimization/adam_mistakes.json")])
    assert files[Path("exercises/grade.py")] == Path(grade.__file__).read_bytes()
    # Nothing of the machine it was built on.
    assert not any(os.fsencode(str(ROOT)) in text for text in files.values())
