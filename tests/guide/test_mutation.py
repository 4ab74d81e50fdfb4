"""Whether tests that notice nothing are found, and tests that do are believed."""

import pytest

from guide import mutation, snippets
from guide.faults import GuideError

pytestmark = pytest.mark.slow

SNIPPET = '''\
"""Clip."""


def clip(x: float, limit: float = 1.0) -> float:
    """The nearest number from -limit to limit."""
    return max(-limit, min(limit, x))
'''
WEAK = "from snippets.a.b import clip\n\n\ndef test_answers():\n    assert clip(0.5, 1.0) is not None\n"
STRONG = WEAK + ("\n\ndef test_large_becomes_the_limit():\n    assert clip(3.0, 2.0) == 2.0\n"
                 "    assert clip(-3.0, 2.0) == -2.0\n    assert clip(7.0) == 1.0\n")
MODULE = snippets.parse("snippets/a/b.py")


@pytest.fixture
def root(tmp_path):
    for name, text in (("snippets/a/b.py", SNIPPET), ("tests/a/test_b.py", STRONG)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_strong_tests_notice_every_change(root):
    result = mutation.result_of(root, MODULE)
    assert result.survivors == []
    assert result.noticed == result.total >= 4


def test_a_decorated_function_is_broken_too_and_stays_decorated(root):
    decorator = "def twice(function):\n    return lambda x: 2 * function(x)\n\n\n@twice\n"
    (root / "snippets/a/b.py").write_text(
        f"{decorator}def clip(x: float) -> float:\n    return max(-5.0, min(5.0, x))\n")
    test = "from snippets.a.b import clip\n\n\ndef test_clipped_and_doubled():\n"
    (root / "tests/a/test_b.py").write_text(test + "    assert clip(1.0) == 2.0\n")
    assert any("x_clip" in survivor.where for survivor in mutation.result_of(root, MODULE).survivors)
    (root / "tests/a/test_b.py").write_text(
        test + "    assert [clip(x) for x in (1.0, 7.0, -7.0)] == [2.0, 10.0, -10.0]\n")
    assert mutation.result_of(root, MODULE).survivors == []


def test_a_change_that_only_warns_is_noticed(root):
    (root / "snippets/a/b.py").write_text(
        SNIPPET.replace("    return", '    if x > 7:\n        warnings.warn("far", stacklevel=2)\n    return')
               .replace('Clip."""\n', 'Clip."""\n\nimport warnings\n'))
    (root / "tests/a/test_b.py").write_text(STRONG)
    assert not any("x > 7" in survivor.was and ">=" in survivor.becomes
                   for survivor in mutation.result_of(root, MODULE).survivors)


def test_what_a_test_keeps_from_the_sound_code_hides_no_change(root):
    kept = ("from functools import cache\n\nfrom snippets.a.b import clip\n\nLOW = clip(-3.0, 2.0)\n\n\n"
            "@cache\ndef high():\n    return clip(3.0, 2.0)\n\n\n"
            "def test_both_ends():\n    assert high() == 2.0 and LOW == -2.0 and clip(7.0) == 1.0\n")
    (root / "tests/a/test_b.py").write_text(kept)
    assert mutation.result_of(root, MODULE).survivors == []


def test_a_test_that_finds_something_kept_is_tried_on_what_made_it(root):
    (root / "tests/a/test_b.py").write_text(
        "from functools import cache\n\nfrom snippets.a.b import clip\n\n\n"
        "@cache\ndef both():\n    return clip(3.0, 2.0), clip(-3.0, 2.0), clip(7.0)\n\n\n"
        "def test_there_are_three():\n    assert len(both()) == 3\n\n\n"
        "def test_values():\n    assert both() == (2.0, -2.0, 1.0)\n")
    assert mutation.result_of(root, MODULE).survivors == []


def test_weak_tests_are_told_which_change_they_missed(root, capsys):
    (root / "tests/a/test_b.py").write_text(WEAK)
    with pytest.raises(GuideError, match="fewer than 90% of the mutants were noticed"):
        mutation.run(root, ["a/b"], workers=1)
    told = capsys.readouterr().out
    assert "- def clip(x: float, limit: float = 1.0) -> float:" in told
    assert "+ def clip(x: float, limit: float = 2.0) -> float:" in told


def test_result_is_kept_until_a_file_changes(root, monkeypatch):
    first = mutation.result_of(root, MODULE)
    monkeypatch.setattr(mutation, "_python", lambda *_: pytest.fail("was broken again"))
    assert mutation.result_of(root, MODULE) == first
    (root / "tests/a/test_b.py").write_text(WEAK)
    with pytest.raises(pytest.fail.Exception, match="was broken again"):
        mutation.result_of(root, MODULE)


def test_one_more_test_is_tried_on_the_survivors_alone(root, monkeypatch):
    (root / "tests/a/test_b.py").write_text(WEAK)
    weak = mutation.result_of(root, MODULE)
    runs, python = [], mutation._python

    def watched(folder, *arguments):
        runs.append(arguments)
        return python(folder, *arguments)

    monkeypatch.setattr(mutation, "_python", watched)
    (root / "tests/a/test_b.py").write_text(STRONG)
    result = mutation.result_of(root, MODULE)
    names = [survivor.where for survivor in weak.survivors]
    assert runs[0] == ("-m", "mutmut", "run", "--max-children", "1", *names)
    assert (result.total, result.survivors) == (weak.total, []) != (weak.total, weak.survivors)
    runs.clear()
    (root / "tests/a/test_b.py").write_text(WEAK)
    assert mutation.result_of(root, MODULE).survivors == weak.survivors  # a test went: all were tried again
    assert runs[0] == ("-m", "mutmut", "run", "--max-children", "1")


def test_tests_that_fail_already_are_said_so(root):
    (root / "tests/a/test_b.py").write_text(STRONG.replace("is not", "is"))
    with pytest.raises(GuideError, match="mutmut stopped in"):
        mutation.result_of(root, MODULE)


def test_unknown_answer_is_answered_with_the_nearest(root):
    with pytest.raises(GuideError, match=r"`a/bb` is no answer with tested code.*a/b"):
        mutation.run(root, ["a/bb"], workers=1)


REASON = "snippets/a/b.py:\n- {was: x = 1, becomes: x = 2, why: unused}\n"
RESULT = mutation.Result("snippets/a/b.py", 5, [mutation.Survivor("    x = 1", "    x = 2")])


def test_survivor_with_a_reason_counts_as_noticed(tmp_path):
    assert mutation.explain(tmp_path, RESULT).noticed == 4
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / mutation.EXPLAINED).write_text(REASON)
    explained = mutation.explain(tmp_path, RESULT)
    assert explained.noticed == 5
    assert explained.survivors[0].why == "unused"


def test_line_that_stands_twice_is_explained_once(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / mutation.EXPLAINED).write_text(REASON)
    twice = mutation.Result(RESULT.path, 5, RESULT.survivors * 2)
    assert mutation.explain(tmp_path, twice).noticed == 5


def test_reason_for_a_change_that_no_longer_survives_is_refused(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / mutation.EXPLAINED).write_text(REASON.replace("x", "y"))
    with pytest.raises(GuideError, match="no longer survives, `y = 2`: remove it"):
        mutation.explain(tmp_path, RESULT)


# Programs that a test starts: mutmut's counting of calls would stop them.
PROBE = '''\
import sys


def main() -> None:
    print(sys.argv[1])


if __name__ == "__main__":
    main()
'''
PROBED = '''

def test_program_prints_what_it_is_given():
    program = [sys.executable, "-P", "guide/check/import_probe.py", "a"]
    assert subprocess.check_output(program) == b"a\\n"


def test_clips_in_a_program_of_its_own(tmp_path):
    code = f"import sys; sys.path.insert(0, {os.getcwd()!r}); from guide.clip import clip; print(clip(9.0))"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, env=dict(os.environ))
    assert said == b"1.0\\n"
'''
# Like guide.kept: what was made of one mutant, or of the sound code, is found again. It has none itself.
KEEPING = '''\
from pathlib import Path

FOLDER = Path(".cache") / "kept"
text = lambda make, name: (
    FOLDER.mkdir(parents=True, exist_ok=True),
    (FOLDER / name).exists() or (FOLDER / name).write_text(make()),
    (FOLDER / name).read_text(),
)[-1]
'''
KEEPS = "from guide import kept\n\n\ndef shout(word):\n    return kept.text(lambda: word.upper(), word)\n"
GUIDE_FILES = {
    "guide/__init__.py": "",
    "guide/kept.py": KEEPING,
    "guide/shout.py": KEEPS,
    "tests/guide/test_shout.py": "from guide.shout import shout\n\n\n"
                                 "def test_shout():\n    assert shout('a') == 'A'\n",
    "guide/clip.py": SNIPPET,
    "guide/check/import_probe.py": PROBE,
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\npythonpath = ["."]\n'
                      'markers = ["slow: takes more than about two seconds"]\n',
    "tests/guide/test_clip.py": "import os\nimport subprocess\nimport sys\n\n" + STRONG.replace(
        "snippets.a.b", "guide.clip") + PROBED,
}


@pytest.mark.parametrize("tests", ["strong", "weak"])
def test_sample_of_the_guide_is_judged_by_its_own_tests(tmp_path, capsys, tests):
    for name, text in GUIDE_FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    if tests == "strong":
        mutation.run(tmp_path, ["guide"], workers=1)
        assert "100.0%" in capsys.readouterr().out
        return
    (tmp_path / "tests/guide/test_clip.py").write_text(WEAK.replace("snippets.a.b", "guide.clip"))
    with pytest.raises(GuideError, match="fewer than 90%"):
        mutation.run(tmp_path, ["guide"], workers=1)
    assert "guide.clip.x_clip__mutmut_1" in capsys.readouterr().out
