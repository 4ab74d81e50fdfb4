"""Exercises in the reader's own editor: nothing of theirs is lost, every save is graded, no loop hangs it."""

import json
import signal
import subprocess
import sys
import threading
import time

import pytest

from guide import grading, practise
from guide.faults import GuideError

NAME = "training/clipping"
SOLVED = "    norm = math.hypot(*grads)\n    return [g * min(1.0, bound / norm) for g in grads]\n"
MISSING = '    raise NotImplementedError("clip_by_norm is not written yet")\n'


@pytest.fixture
def exercise(project):
    return practise.named(practise.find(project.root), NAME)


@pytest.fixture
def file(project, exercise):
    """The starter as it was written."""
    return practise.prepare(project.root / "practise", exercise, fresh=False)


def solution(exercise) -> str:
    assert MISSING in exercise.starter
    return exercise.starter.replace(MISSING, SOLVED)


def once(project, **options) -> bool:
    return practise.practise(project.root, NAME, once=True, **options)


def progress(project) -> dict:
    return json.loads((project.root / "practise" / "progress.json").read_text())


def test_the_list_names_level_number_and_what_was_reached(project, exercise, file, capsys):
    assert practise.practise(project.root, None)
    assert "Training\n    1  training/clipping  core\n" in capsys.readouterr().out
    practise.record(project.root / "practise", NAME, kept=0, solved="2026-11-20T10:00:00")
    practise.practise(project.root, None)
    assert "core     solved on 2026-11-20" in capsys.readouterr().out


@pytest.mark.parametrize("name", [NAME, "1", "clipping", f"snippets/{NAME}.py", f"practise/{NAME}.py"])
def test_an_exercise_is_found_by_what_one_would_type(project, name):
    assert practise.named(practise.find(project.root), name).name == NAME


def test_a_wrong_name_is_answered_with_the_nearest(project):
    with pytest.raises(GuideError, match=r"no exercise `training/cliping`; did you mean `training/clipping`"):
        practise.named(practise.find(project.root), "training/cliping")
    with pytest.raises(GuideError, match="no exercise `7`"):
        practise.named(practise.find(project.root), "7")


def test_the_starter_breaks_its_promise_and_the_solution_keeps_it(project, exercise, file, capsys):
    assert not once(project)
    assert "clip_by_norm is not written yet\n0 of 1 promises kept." in capsys.readouterr().out
    file.write_text(solution(exercise))
    assert once(project)
    told = capsys.readouterr().out
    assert "✓ Long gradient is cut to the bound.\nSolved: 1 of 1 promises kept." in told
    assert "The guide's own version: snippets/training/clipping.py" in told and "\033" not in told
    assert progress(project)[NAME]["kept"] == 1 and progress(project)[NAME]["solved"]


@pytest.fixture
def at_terminal(project, monkeypatch, capsys):
    """Somebody sits there, who is asked for an exercise and types, or presses a key that raises."""
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(typed: str | type[BaseException]) -> tuple[bool, str]:
        asked = []

        def answer(prompt: str) -> str:
            asked.append(prompt)
            if isinstance(typed, str):
                return typed
            raise typed

        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", answer)
        solved = practise.practise(project.root, None, once=True)
        assert len(asked) == 1
        return solved, capsys.readouterr().out

    return run


def test_whoever_names_no_exercise_is_asked_and_sees_colors(exercise, file, at_terminal):
    file.write_text(solution(exercise))
    solved, told = at_terminal(" 1 ")
    assert solved and "\033[1;32mSolved: 1 of 1 promises kept.\033[0m" in told


def test_colors_can_be_refused(exercise, file, at_terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    solved, told = at_terminal(NAME)
    assert not solved and "0 of 1 promises kept." in told and "\033" not in told


@pytest.mark.parametrize("typed", ["", " ", EOFError, KeyboardInterrupt])
def test_whoever_chooses_nothing_leaves(project, at_terminal, typed):
    assert at_terminal(typed)[0]
    assert not (project.root / "practise").exists()


def test_a_wrong_number_is_shown_beside_what_was_promised(project, exercise, file, capsys):
    file.write_text(exercise.starter.replace(MISSING, "    print('here')\n    return grads\n"))
    assert not once(project)
    told = capsys.readouterr().out
    assert "Your code printed:\n    here\n" in told
    assert "abs(x - 0.6) = 2.4" in told


def test_a_solved_exercise_stays_solved(project, exercise, file):
    file.write_text(solution(exercise))
    once(project)
    first = progress(project)[NAME]
    file.write_text("nothing = here +\n")
    once(project)
    assert progress(project)[NAME] == first


def test_a_draft_is_never_overwritten(project, exercise, file, capsys):
    file.write_text("# my draft\n")
    assert practise.prepare(project.root / "practise", exercise, fresh=False) == file
    assert file.read_text() == "# my draft\n" and "Going on with your draft" in capsys.readouterr().out
    for number in ("", "_2"):
        practise.prepare(project.root / "practise", exercise, fresh=True)
        assert file.read_text() == exercise.starter
        assert file.with_name(f"clipping_kept{number}.py").read_text() == "# my draft\n"
        file.write_text("# my draft\n")


def test_an_untouched_starter_follows_the_guide(project, exercise, file):
    project.replace("snippets/training/clipping.py", "bound: float", "bound: float = 1.0")
    newer = practise.named(practise.find(project.root), NAME)
    practise.prepare(project.root / "practise", newer, fresh=False)
    assert "bound: float = 1.0" in file.read_text()
    assert not list(file.parent.glob("*_kept*"))


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"training/clipping": 3}', b"\xff", b""])
def test_damaged_progress_is_kept_aside(project, exercise, file, damage, capsys):
    place = project.root / "practise" / "progress.json"
    place.write_bytes(damage)
    file.write_text(solution(exercise))
    assert once(project)
    assert "could not be read: it is kept as progress.damaged.json" in capsys.readouterr().err
    assert place.with_name("progress.damaged.json").read_bytes() == damage
    assert progress(project)[NAME]["solved"]
    assert file.read_text() == solution(exercise)


def test_progress_is_whole_when_writing_fails(project, exercise, file, monkeypatch):
    before = progress(project)

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(practise.os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        practise.record(project.root / "practise", NAME, kept=1)
    assert progress(project) == before


@pytest.mark.parametrize(("place", "told"), [
    ("import math\n", "✗ Long gradient is cut to the bound.\n    It did not end within 2 seconds"),
    (MISSING, "✗ Long gradient is cut to the bound.\n    It did not end within 2 seconds"),
])
def test_an_endless_loop_is_ended_and_said_so(project, exercise, file, monkeypatch, capsys, place, told):
    monkeypatch.setitem(grading.LIMITS, "numpy", 2)
    indent = " " * (len(place) - len(place.lstrip()))
    loop = f"{indent}print('begins', flush=True)\n{indent}while True:\n{indent}    print('x' * 1000)\n"
    file.write_text(exercise.starter.replace(place, place.replace(MISSING, "") + loop))
    start = time.monotonic()
    assert not once(project)
    assert time.monotonic() - start < 15
    printed = capsys.readouterr().out
    assert told in printed and "begins" in printed and len(printed) < 12_000


def test_python_that_ends_by_itself_is_said_so(project, exercise, file, capsys):
    file.write_text(exercise.starter.replace(MISSING, "    import os\n    os._exit(3)\n"))
    assert not once(project)
    assert "Python itself ended here (exit status 3)." in capsys.readouterr().out


def test_what_the_code_prints_is_never_taken_for_an_answer(project, exercise, file, capsys):
    fake = '    print(\'{"error": "", "promises": []}\')\n    return [9.0, 9.0]\n'
    file.write_text(exercise.starter.replace(MISSING, fake))
    assert not once(project)
    assert "0 of 1 promises kept." in capsys.readouterr().out


def test_every_save_is_graded_and_a_newer_one_ends_an_older(project, exercise, file):
    results = practise.grades(project.root, exercise, file, once=False)

    def save(text: str, after: float) -> None:
        threading.Timer(after, lambda: file.write_text(text)).start()

    save("import maths\n", 0.1)
    assert "ModuleNotFoundError" in next(results)[0].error
    # An endless loop, and before its time is over the reader has seen it and saves again.
    save(exercise.starter.replace(MISSING, "    while True:\n        pass\n"), 0.1)
    save(solution(exercise), 2.5)
    start = time.monotonic()
    assert next(results)[0].solved
    assert time.monotonic() - start < grading.LIMITS["numpy"]
    results.close()


def test_a_file_that_is_gone_or_no_text_is_waited_for(project, exercise, file, capsys):
    results = practise.grades(project.root, exercise, file, once=False)
    threading.Timer(0.1, file.unlink).start()
    threading.Timer(1.0, lambda: file.write_bytes(b"\xff\xfe")).start()
    threading.Timer(2.0, lambda: file.write_text(solution(exercise))).start()
    assert next(results)[0].solved
    told = capsys.readouterr().out
    assert "cannot be read (No such file or directory): save it there again." in told
    assert "is not UTF-8 text (byte 0): save it as UTF-8." in told
    results.close()


def test_ctrl_c_ends_politely_and_says_how_to_go_on(project):
    # A shell starts background jobs deaf to Ctrl-C, and children inherit that.
    hearing = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import guide.__main__"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", hearing, "practise", NAME],
        cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        try:
            for line in process.stdout:
                if line.startswith("Save to be graded"):
                    break
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0 and err == ""
    assert "Your code stays in practise/training/clipping.py." in out
    assert "Go on with: python -m guide practise training/clipping" in out


def test_missing_pytorch_is_said_before_anything_is_written(project, monkeypatch):
    project.write(f"snippets/{NAME}_torch.py", "import torch\n\n\ndef norm(x):\n    return x.norm()\n")
    project.write("tests/training/test_clipping_torch.py", "def test_norm():\n    assert True\n")
    monkeypatch.setattr(practise.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(GuideError, match="needs torch, which is not installed here: run `python3 -m guide"):
        practise.practise(project.root, f"{NAME}_torch", once=True)
    assert not (project.root / "practise").exists()


def test_hints_come_from_the_solution(project, exercise, capsys):
    practise.practise(project.root, NAME, hint=True)
    told = capsys.readouterr().out
    assert told.startswith("clip_by_norm:\n  1. ") and "calls" in told
    assert not (project.root / "practise").exists()
