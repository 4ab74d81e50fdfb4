"""What a reader is told about their code, by the very module that runs in the page."""

import contextlib
import importlib
import io
import json
import subprocess
import sys

from guide.grade import Shown, answer, grade, names_of_tests, run, sentence

SOLUTION = "def double(x):\n    return 2 * x\n\n\ndef half(x):\n    return x / 2\n"
TESTS = """
from snippets.numbers.double import double, half


def test_double_of_three():
    assert double(3) == 6


def test_half_undoes_double():
    for x in (1.0, 5.0):
        y = double(x)
        assert half(y) == x and y > x


def test_bad_input_is_named():
    try:
        double(None)
    except TypeError as error:
        assert "None" in str(error)
"""
MODULE = "snippets.numbers.double"


def output_of(code: str, shown: Shown | None = None) -> tuple[str, str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        error = run(code, "double.py", shown)
    return printed.getvalue(), error


def test_the_solution_keeps_every_promise():
    result = grade(SOLUTION, TESTS, MODULE)
    assert result.solved and not result.error
    assert tuple(p.test for p in result.promises) == names_of_tests(TESTS)
    assert [p.sentence for p in result.promises] == [
        "Double of three.",
        "Half undoes double.",
        "Bad input is named.",
    ]


def test_a_broken_promise_shows_what_was_checked_and_the_readers_numbers():
    result = grade(SOLUTION.replace("2 * x", "x + 2"), TESTS, MODULE)
    first, second, _ = result.promises
    assert not result.solved and not first.kept and not second.kept
    assert first.message == "assert double(3) == 6\ndouble(3) = 5"
    assert second.message == "assert half(y) == x and y > x\nwith x = 1.0\nhalf(y) = 1.5\nx = 1.0"


def test_only_the_failing_half_of_an_assert_is_shown():
    tests = TESTS.replace("half(y) == x", "half(y) == -x")
    result = grade(SOLUTION.replace("2 * x", "-2 * x"), tests, MODULE)
    assert result.promises[1].message.endswith("y = -2.0\nx = 1.0")


def test_what_is_not_written_yet_says_so():
    code = SOLUTION.replace("return 2 * x", 'raise NotImplementedError("double is not written yet")')
    assert {p.message for p in grade(code, TESTS, MODULE).promises} == {"double is not written yet"}


def test_an_error_in_the_readers_code_points_at_the_readers_line():
    result = grade(SOLUTION.replace("x / 2", "x / zero"), TESTS, MODULE)
    message = result.promises[1].message
    assert 'File "double.py", line 6, in half\n    return x / zero' in message
    assert message.endswith("NameError: name 'zero' is not defined")
    assert "grade.py" not in message


def test_code_that_cannot_be_read_is_an_error_and_no_promise():
    result = grade("def double(x:\n", TESTS, MODULE)
    assert "SyntaxError" in result.error and "line 1" in result.error
    assert not result.promises and not result.solved


def test_a_missing_function_is_named():
    only_double = SOLUTION.split("\n\n\n")[0]
    assert grade(only_double, TESTS, MODULE).error == "Your code does not define `half`."


def test_sys_exit_ends_neither_the_grading_nor_this_process():
    assert "SystemExit" in grade("import sys\nsys.exit(3)\n", TESTS, MODULE).error
    leaving = grade(SOLUTION.replace("return 2 * x", "raise SystemExit"), TESTS, MODULE)
    assert "SystemExit" in leaving.promises[0].message
    assert output_of("import sys\nprint(1)\nsys.exit()\n") == ("1\n", "")


def test_promises_are_reported_one_by_one():
    seen = []
    grade(SOLUTION, TESTS, MODULE, lambda promise: seen.append(promise.test))
    assert tuple(seen) == names_of_tests(TESTS)


def test_grading_can_end_at_the_first_broken_promise():
    result = grade(SOLUTION.replace("2 * x", "x + 2"), TESTS, MODULE, until_broken=True)
    assert [promise.kept for promise in result.promises] == [False] and not result.solved


def test_tests_named_first_run_first_and_no_test_is_left_out():
    *others, last = names_of_tests(TESTS)
    result = grade(SOLUTION, TESTS, MODULE, first=(last,))
    assert others
    assert [promise.test for promise in result.promises] == [last, *others] and result.solved
    request = {"do": "grade", "code": SOLUTION, "tests": TESTS, "module": MODULE, "first": [last]}
    assert json.loads(answer(json.dumps(request)))["promises"][0]["test"] == last


def test_an_error_in_the_test_itself_points_at_the_test():
    tests = "from snippets.numbers.double import double\n\n\ndef test_x():\n    double(1) + None\n"
    assert 'File "test_double.py", line 5, in test_x' in grade(SOLUTION, tests, MODULE).promises[0].message


def test_no_tests_is_not_solved():
    assert not grade(SOLUTION, "x = 1\n", MODULE).solved


def test_asserts_count_even_where_python_leaves_them_out():
    # `python -O` drops assert statements; a grader must not.
    tests = "from snippets.a.b import x\ndef test_x():\n    assert x == 2\n"
    code = f"from guide.grade import grade\nprint(grade('x = 1', {tests!r}, 'snippets.a.b').solved)"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_a_value_that_cannot_be_shown_is_named():
    code = (
        "class Odd:\n    def __repr__(self):\n        raise ValueError\n\n\n"
        "def double(x):\n    return Odd()\n\n\nhalf = double\n"
    )
    assert "<Odd, whose repr raises ValueError>" in grade(code, TESTS, MODULE).promises[0].message


def test_messages_stay_short():
    result = grade(SOLUTION.replace("2 * x", '"y" * 100_000'), TESTS, MODULE)
    assert len(result.promises[0].message) < 1_000


def test_other_modules_of_the_same_name_come_back():
    import json as before

    sys.modules["snippets.numbers"] = marker = type(sys)("marker")
    try:
        grade(SOLUTION, TESTS, MODULE)
        assert sys.modules["snippets.numbers"] is marker and MODULE not in sys.modules
    finally:
        del sys.modules["snippets.numbers"]
    main = sys.modules["__main__"]
    run("import json\n", "double.py")
    assert sys.modules["__main__"] is main and sys.modules["json"] is before


def test_run_prints_and_runs_the_main_guard():
    assert output_of('if __name__ == "__main__":\n    print("worked numbers")\n') == ("worked numbers\n", "")


def test_a_traceback_counts_lines_as_the_reader_sees_them():
    code = "import math\n\n\ndef f(x):\n    return math.sqrt(x)\n\n\nf(-1)\n"
    _, error = output_of(code, Shown("this section", 4, 5))
    assert 'File "double.py", line 8, in <module>\n    f(-1)' in error
    assert 'File "this section", line 2, in f\n    return math.sqrt(x)' in error
    assert "ValueError" in error.splitlines()[-1]
    assert "grade.py" not in error


def test_a_syntax_error_counts_lines_as_the_reader_sees_them():
    _, error = output_of("x = 1\ndef f(x:\n    return x\n", Shown("this section", 2, 3))
    assert 'File "this section", line 1' in error and error.splitlines()[-1].startswith("SyntaxError")


def test_an_indented_section_is_shown_without_its_indent():
    code = "def f():\n    x = 1\n    return x / 0\n\n\nf()\n"
    _, error = output_of(code, Shown("this section", 2, 3, indent=4))
    assert 'File "this section", line 2, in f\n    return x / 0\n           ~~^~~' in error


def test_the_cause_of_an_error_is_shown_too():
    code = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('no') from e\n"
    _, error = output_of(code)
    assert "ZeroDivisionError" in error and error.endswith("ValueError: no")


def test_a_deep_recursion_ends_as_an_error():
    _, error = output_of("def f(n):\n    return f(n + 1)\n\n\nf(0)\n")
    assert error.splitlines()[-1].startswith("RecursionError") and len(error) < 5_000


def test_the_door_for_javascript_takes_and_gives_json():
    assert json.loads(answer(json.dumps({"do": "run", "code": "1 / 0", "name": "a.py"})))["error"].endswith(
        "ZeroDivisionError: division by zero"
    )
    reported = []
    asked = {"do": "grade", "code": SOLUTION, "tests": TESTS, "module": MODULE}
    text = answer(json.dumps(asked), reported.append)
    assert json.loads(text)["solved"] is True
    assert [json.loads(promise)["kept"] for promise in reported] == [True, True, True]


def test_a_name_becomes_a_sentence():
    assert sentence("test_norm_keeps_the_direction") == "Norm keeps the direction."
    assert sentence("test_k_means_settles", ("k_means",)) == "`k_means` settles."
    assert sentence("test_col2im_undoes_im2col", ("im2col", "col2im")) == "`col2im` undoes `im2col`."
    both = ("k_means", "k_means_plus_plus")
    assert sentence("test_k_means_plus_plus_seeds", both) == "`k_means_plus_plus` seeds."
    assert sentence("test_gradient_with_respect_to_X") == "Gradient with respect to X."
    assert sentence("test_forward_keeps_the_shape", ("forward",)) == "Forward keeps the shape."


def test_each_case_of_parametrize_is_tried_and_the_broken_one_is_named():
    tests = """
import pytest
from snippets.numbers.double import double


@pytest.mark.slow
@pytest.mark.parametrize(("x", "result"), [(1, 2), (2, 4), (3, 7)])
def test_double(x, result):
    assert double(x) == result


@pytest.mark.parametrize("x", [1, 2])
def test_double_is_even(x):
    assert double(x) % 2 == 0


def test_text_is_refused():
    with pytest.raises(ValueError, match="x"):
        double("1")
"""
    promises = grade(SOLUTION, tests, MODULE).promises
    assert [promise.kept for promise in promises] == [False, True, False]
    assert "with x = 3, result = 7" in promises[0].message and "double(x) = 6" in promises[0].message
    assert promises[2].message.endswith("DID NOT RAISE ValueError")


def test_other_modules_of_the_package_are_found(tmp_path, monkeypatch):
    (tmp_path / "numbers_package").mkdir()
    (tmp_path / "numbers_package" / "half.py").write_text("def half(x):\n    return x / 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    tests = ("from numbers_package.double import double\nfrom numbers_package.half import half\n\n\n"
             "def test_half_undoes_double():\n    assert half(double(3)) == 3\n")
    importlib.import_module("numbers_package")
    assert grade(SOLUTION, tests, "numbers_package.double").solved
