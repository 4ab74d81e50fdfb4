"""`python -m guide practise`: exercises in the reader's own editor, graded on every save.

The same exercises, tests and messages as in the page, and the PyTorch ones, which no browser can run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from guide import exercises, grade, pages, syllabus
from guide.exercises import Exercise
from guide.faults import GuideError, did_you_mean
from guide.grading import LIMITS, LONGEST_PRINT, Grading

FOLDER = "practise"
PROGRESS = "progress.json"
POLL = 0.2  # seconds
FULL_MESSAGES = 3  # further broken promises are named without their numbers


# Which exercise


def find(root: Path) -> list[Exercise]:
    """Every exercise, also those that need PyTorch, in the order of the syllabus and of their level."""
    topics = {topic: place for place, topic in enumerate(syllabus.load(root).topics)}
    levels = levels_of_answers(root)

    def place(exercise: Exercise) -> tuple:
        level = levels.get((exercise.snippet.topic, exercise.snippet.stem), "")
        rank = pages.LEVELS.index(level) if level in pages.LEVELS else len(pages.LEVELS)
        return topics.get(exercise.snippet.topic, len(topics)), rank, exercise.name

    return sorted(exercises.find(root, tuple(LIMITS)), key=place)


def levels_of_answers(root: Path) -> dict[tuple[str, str], str]:
    return {(page.topic, page.stem): page.front.level for page in pages.read(root)[0] if page.is_answer}


def named(known: list[Exercise], name: str) -> Exercise:
    """The exercise with a name, or the one with that number in the list.

    Raises:
        GuideError: If there is none.
    """
    wanted = name.removesuffix(".py").removeprefix("snippets/").removeprefix(f"{FOLDER}/").strip("/")
    if wanted.isdecimal() and 1 <= int(wanted) <= len(known):
        return known[int(wanted) - 1]
    names = {exercise.name: exercise for exercise in known}
    if wanted in names:
        return names[wanted]
    if f"{wanted}_torch" in names:  # an answer with code in PyTorch only
        return names[f"{wanted}_torch"]
    of_that_stem = [name for name in names if name.endswith(f"/{wanted}")]
    if len(of_that_stem) == 1:
        return names[of_that_stem[0]]
    raise GuideError(
        f"there is no exercise `{name}`{did_you_mean(wanted, names)}; "
        "`python -m guide practise` lists them all"
    )


def listing(root: Path, known: list[Exercise], solved: dict[str, dict]) -> str:
    """Exercises with numbers to choose by, level and what became of them."""
    levels = levels_of_answers(root)
    width = max((len(exercise.name) for exercise in known), default=0)
    lines: list[str] = []
    topic = ""
    for number, exercise in enumerate(known, start=1):
        if exercise.snippet.topic != topic:
            topic = exercise.snippet.topic
            lines += ["", topic.replace("_", " ").capitalize()]
        level = levels.get((topic, exercise.snippet.stem), "")
        state = solved.get(exercise.name, {})
        mark = (
            f"solved on {state['solved'][:10]}"
            if state.get("solved")
            else f"{state['kept']} of {exercise.promises}"
            if state.get("kept")
            else ""
        )
        lines.append(f"  {number:3}  {exercise.name:{width}}  {level:7}  {mark}".rstrip())
    return "\n".join(lines[1:])


# What a reader did so far


def read_progress(folder: Path) -> dict[str, dict]:
    """What is known of each exercise; a damaged file is kept aside and said so."""
    file = folder / PROGRESS
    try:
        data = json.loads(file.read_bytes())
        if isinstance(data, dict) and all(isinstance(entry, dict) for entry in data.values()):
            return data
    except FileNotFoundError:
        return {}
    except ValueError:
        pass
    aside = unused(file.with_name("progress.damaged.json"))
    file.rename(aside)
    print(
        f"{file} could not be read: it is kept as {aside.name}, and your progress begins anew. "
        "Your code is untouched.",
        file=sys.stderr,
    )
    return {}


def record(folder: Path, name: str, **changes: object) -> None:
    """Add to what is known of one exercise; whoever reads sees the old file or the new one, never half."""
    progress = read_progress(folder)
    progress[name] = progress.get(name, {}) | changes
    fresh = folder / f"{PROGRESS}.{os.getpid()}"
    fresh.write_text(json.dumps(progress, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(fresh, folder / PROGRESS)


def unused(path: Path) -> Path:
    """The path, or the same with the first free number."""
    numbered = (path.with_name(f"{path.stem}_{number}{path.suffix}") for number in itertools.count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


def prepare(folder: Path, exercise: Exercise, fresh: bool) -> Path:
    """The reader's file: what is there already, or the starter.

    A file that the reader changed is never overwritten; with ``fresh`` it is kept under another name.
    """
    file = folder / f"{exercise.name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        written = read_progress(folder).get(exercise.name, {}).get("starter")
        untouched = fingerprint(file.read_bytes()) == written
        if not untouched and not fresh:
            print(f"Going on with your draft in {shown(file)}; --fresh begins anew and keeps it.")
            return file
        if not untouched:
            kept = unused(file.with_name(f"{file.stem}_kept.py"))
            file.rename(kept)
            print(f"Your draft is kept as {shown(kept)}.")
    text = exercise.starter.encode()
    file.write_bytes(text)
    record(folder, exercise.name, starter=fingerprint(text))
    print(f"Written to {shown(file)}: replace each `raise NotImplementedError` by your code.")
    return file


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def shown(path: Path) -> str:
    return os.path.relpath(path)


# What the reader sees


def describe(exercise: Exercise) -> str:
    functions = ", ".join(f"`{name}`" for name in exercise.functions)
    return (
        f"{exercise.name}: write {functions}.\n"
        f"It is graded by {exercise.snippet.test}: {exercise.promises} promises of the code.\n"
        f"Save to be graded, Ctrl-C to leave; --hints shows hints."
    )


def report(result: grade.Grade, printed: str, colored: bool) -> str:
    """The grade as text: an error alone, or every promise with the reader's own numbers."""
    paint: Callable[[str, str], str] = (
        (lambda code, text: f"\033[{code}m{text}\033[0m") if colored else (lambda code, text: text)
    )
    lines = []
    if printed.strip():
        cut = printed if len(printed) <= LONGEST_PRINT else printed[:LONGEST_PRINT] + " …"
        lines += ["Your code printed:", indented(cut.rstrip()), ""]
    if result.error:
        return "\n".join([*lines, paint("31", "No promise could be tried:"), indented(result.error)])
    explained = 0
    for promise in result.promises:
        color, mark = ("32", "✓") if promise.kept else ("31", "✗")
        lines.append(paint(color, f"{mark} {promise.sentence}"))
        if not promise.kept and explained < FULL_MESSAGES:
            lines.append(indented(promise.message))
            explained += 1
    kept = sum(promise.kept for promise in result.promises)
    count = f"{kept} of {len(result.promises)} promises kept"
    return "\n".join([*lines, paint("1;32", f"Solved: {count}.") if result.solved else f"{count}."])


def indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))


def hints(exercise: Exercise) -> str:
    lines = []
    for function, told in exercise.hints.items():
        lines += [f"{function}:", *(f"  {number}. {hint}" for number, hint in enumerate(told, start=1))]
    return "\n".join(lines)


# The loop


def practise(
    root: Path, name: str | None, fresh: bool = False, once: bool = False, hint: bool = False
) -> bool:
    """Let the reader choose an exercise if they named none, and grade it on every save.

    Returns:
        Whether the last grade was a solution.

    Raises:
        GuideError: If there is no such exercise, or nothing to run it with.
    """
    known = find(root)
    folder = root / FOLDER
    if name is None:
        print(listing(root, known, read_progress(folder)))
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            print("\nChoose one: python -m guide practise <name or number>")
            return True
        try:
            name = input("\nNumber or name, nothing to leave: ").strip()
        except (EOFError, KeyboardInterrupt):
            name = ""
        if not name:
            print()
            return True
    exercise = named(known, name)
    needs(exercise)
    if hint:
        print(hints(exercise))
        return True
    file = prepare(folder, exercise, fresh)
    solved = False
    try:
        print(describe(exercise), flush=True)
        for result, printed in grades(root, exercise, file, once):
            colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            print(f"\n{datetime.now():%H:%M:%S}\n{report(result, printed, colored)}", flush=True)
            solved = result.solved
            keep(folder, exercise, result)
            if solved:
                print(f"The guide's own version: {exercise.snippet.path}", flush=True)
    except KeyboardInterrupt:
        print(f"\nYour code stays in {shown(file)}. Go on with: python -m guide practise {exercise.name}")
    return solved


def needs(exercise: Exercise) -> None:
    """Say what is missing before the reader writes code that cannot run."""
    module = {"numpy": "numpy", "torch": "torch"}[exercise.snippet.kind]
    if importlib.util.find_spec(module) is None:
        raise GuideError(
            f"{exercise.name} needs {module}, which is not installed here: "
            "run `python3 -m guide.install test` once"
        )


def keep(folder: Path, exercise: Exercise, result: grade.Grade) -> None:
    before = read_progress(folder).get(exercise.name, {})
    kept = max(sum(promise.kept for promise in result.promises), before.get("kept") or 0)
    day = before.get("solved") or (datetime.now().isoformat(timespec="seconds") if result.solved else None)
    record(folder, exercise.name, kept=kept, solved=day)


def grades(root: Path, exercise: Exercise, file: Path, once: bool) -> Iterator[tuple[grade.Grade, str]]:
    """A grade and what was printed, each time the file is saved; a newer save ends an older grading."""
    # Nobody needs to hear that nothing is written yet.
    untouched = file.read_bytes() == exercise.starter.encode()
    graded = saved(file) if untouched and not once else None
    while True:
        now = saved(file)
        if now == graded:
            time.sleep(POLL)
            continue
        time.sleep(POLL / 2)
        if saved(file) != now:
            continue  # the editor is still writing
        content, told = read(file)
        if told:
            print(f"\n{told}", flush=True)
            if once:
                return
            graded = now
            continue
        graded = now
        grading = Grading(root, exercise, content)
        try:
            while grading.running() and (once or saved(file) == now):
                show_progress(
                    f"{min(len(grading.answers), exercise.promises)} of {exercise.promises} promises tried"
                )
                time.sleep(POLL / 4)
            show_progress("")
            if once or saved(file) == now:
                yield grading.result(), grading.printed
        finally:
            grading.stop()
        if once:
            return


def show_progress(text: str) -> None:
    """One line that the next one replaces, where somebody sees it."""
    if sys.stdout.isatty():
        print(f"\r{text:40}\r", end="", flush=True)


def saved(file: Path) -> tuple[int, int] | None:
    """What changes when the reader saves."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def read(file: Path) -> tuple[str, str]:
    """What the reader wrote, or what is wrong with the file."""
    try:
        return file.read_bytes().decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return "", f"{shown(file)} is not UTF-8 text (byte {error.start}): save it as UTF-8."
    except OSError as error:
        return "", f"{shown(file)} cannot be read ({error.strerror}): save it there again."
