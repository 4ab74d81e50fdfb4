"""The build beside those of others, and the whole of it by step."""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from guide.benchmarks import processes, projects
from guide.benchmarks.results import OURS, Row
from guide.exits import GENERATORS
from guide.faults import GuideError
from guide.install import ROOT, environment_python

REPEATS = 3
CASES = ("nothing cached", "nothing changed", "one page changed")
# Our pages with our search index: the others make theirs within the build. Like `make site`, it does nothing
# when nothing changed, and everything when anything did.
PAGES = """\
from pathlib import Path
from guide.fingerprint import fingerprint, remember, remembered
root, site = Path.cwd(), Path.cwd() / "site"
now, record = fingerprint(root), root / ".cache" / "pages.built"
if not site.exists() or remembered(record) != now:
    from guide import build, search
    build.build_pages(root, site)
    search.finish(root, site)
    remember(record, now)
"""
# The steps as the build announces them, each with the clock and the CPU of this process and its children.
STEPS = """\
import json, os, time
from pathlib import Path
from guide import build
laps = []
def step(message):
    used = os.times()
    laps.append((message, time.perf_counter(), sum(used[:4])))
build.step = step
build.build(Path.cwd())
Path("laps.json").write_text(json.dumps(laps), encoding="utf-8")
"""


def commands() -> dict[str, list[str]]:
    """How each builds the pages of the folder it is started in.

    Raises:
        GuideError: If the environment of ProperDocs and Zensical is missing.
    """
    exits = environment_python(ROOT / ".venv-exits")
    if not exits.exists():
        raise GuideError("ProperDocs and Zensical are missing: run `python3 -m guide.install exits`")
    others = {name: [str(sys.executable if name == "mkdocs" else exits), "-m", name, "build", "-f",
                     "mkdocs.yml"] for name in GENERATORS}
    return {OURS: [sys.executable, "-c", PAGES], **others}


def compare(root: Path, scratch: Path) -> Iterator[Row]:
    """Everybody builds the same pages, in turns, cold and warm."""
    who = commands()
    pages = 0
    for name in who:
        pages = projects.sample(root, scratch / name, projects.third(root))
    costs = {case: {name: [] for name in who} for case in CASES}
    for repeat in range(REPEATS):
        order = list(who)[repeat % len(who):] + list(who)[: repeat % len(who)]
        for name in order:
            print(f"    round {repeat + 1} of {REPEATS}: {name} …", flush=True)
            for case, cost in build_cases(who[name], scratch / name).items():
                costs[case][name].append(cost)
    for case in CASES:
        how = f"{pages} pages, the same mkdocs.yml, search index included"
        if case == "nothing changed":
            how += "; the guide sees that and stops, as `make site` does"
        for unit, measure in (("s CPU", "cpu"), ("s wall", "wall"), ("MiB", "memory")):
            values = {name: [getattr(cost, measure) for cost in costs[case][name]] for name in who}
            yield Row(f"pages, {case}", unit, values, how)


def build_cases(command: list[str], folder: Path) -> dict[str, processes.Cost]:
    """The cost of the three cases, one after the other, in a folder that holds a project."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    costs = {}
    for case in CASES:
        if case == "one page changed":
            change(folder)
        costs[case] = processes.run(command, folder)
        if not (folder / "site" / "index.html").exists():
            raise GuideError(f"`{' '.join(command[1:3])}` built no site: look at what it printed")
    return costs


def change(folder: Path) -> None:
    """One more sentence on one answer."""
    page = max((folder / "docs").glob("*/*.md"), key=lambda path: path.stat().st_size)
    with open(page, "a", encoding="utf-8") as file:
        file.write("\nOne more sentence.\n")


def site(root: Path, scratch: Path) -> Iterator[Row]:
    """`make site` on the whole guide: by step, and again after a change."""
    folder = projects.whole(root, scratch / "whole")
    pages = len(list((folder / "docs").rglob("*.md")))
    for case in CASES:
        if case == "one page changed":
            change_soundly(folder)
        print(f"    make site, {case} …", flush=True)
        cost = processes.run([sys.executable, "-c", STEPS], folder, PYTHONPATH=str(folder))
        how = f"{pages} pages, {case}"
        for unit, value in (("s CPU", cost.cpu), ("s wall", cost.wall), ("MiB", cost.memory)):
            yield Row("make site", unit, {OURS: [value]}, how)
        if case != "nothing changed":
            yield from _steps(folder / "laps.json", how)


def change_soundly(folder: Path) -> None:
    """A change that every check allows: one more sentence where an answer begins to explain."""
    for page in sorted((folder / "docs").glob("*/*.md")):
        text = page.read_text(encoding="utf-8")
        changed = re.sub(r"(\n## Why[^\n]*\n\n)(?=[A-Z])", r"\1One thing first. ", text, count=1)
        if changed != text:
            page.write_text(changed, encoding="utf-8")
            return
    raise GuideError("docs/ holds no answer with a section that begins with `## Why`")


def _steps(laps: Path, how: str) -> Iterator[Row]:
    seen = json.loads(laps.read_text(encoding="utf-8"))
    for (message, wall, cpu), (_, next_wall, next_cpu) in itertools.pairwise(seen):
        what = f"step: {message[0].lower()}{message[1:]}"
        yield Row(what, "s CPU", {OURS: [next_cpu - cpu]}, how)
        yield Row(what, "s wall", {OURS: [next_wall - wall]}, how)


@functools.cache
def newest_site(root: Path) -> Path:
    """The site that `make site` made, built now if it is not that of today's files; asked once.

    Raises:
        GuideError: With the faults that stop the build.
    """
    from guide import build

    before = os.getcwd()
    try:
        return build.build(root)
    finally:
        os.chdir(before)
