"""Twice the pages, twice the time: more would mean that something looks at every page for every page."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from guide.benchmarks import processes, projects
from guide.benchmarks.results import OURS, Row

TIMES = (1, 2, 4)
MOST = 1.3  # a processor's caches and memory's management are allowed to notice four times the pages
# Checks are left out: copies of a page are what they forbid.
CODE = """\
import json, os
from pathlib import Path
from guide import build
root, site = Path.cwd(), Path.cwd() / "site"
used = {}
def lap(name, do, *arguments):
    before = sum(os.times()[:4])
    do(*arguments)
    used[name] = sum(os.times()[:4]) - before
lap("the pages", build.build_pages, root, site)
for name, finish in build.STEPS:
    lap(name, finish, root, site)
Path("laps.json").write_text(json.dumps(used), encoding="utf-8")
"""


def measure(root: Path, scratch: Path) -> Iterator[Row]:
    """Build some topics once, twice and four times over, nothing cached, and compare the time per page."""
    per_page: dict[int, dict[str, float]] = {}
    for times in TIMES:
        folder = scratch / str(times)
        pages = projects.sample(root, folder, projects.third(root), times)
        print(f"    {pages} pages …", flush=True)
        processes.run([sys.executable, "-c", CODE], folder)
        used = json.loads((folder / "laps.json").read_text(encoding="utf-8"))
        used["everything"] = sum(used.values())
        per_page[pages] = {name: seconds * 1000 / pages for name, seconds in used.items()}
        shutil.rmtree(folder)
    yield from rows(per_page)


def rows(per_page: dict[int, dict[str, float]]) -> Iterator[Row]:
    """Each step's time per page at the most pages, and its ratio to that at the fewest.

    Args:
        per_page: By the number of pages: milliseconds of CPU for each page, by step.
    """
    fewest, most = per_page[min(per_page)], per_page[max(per_page)]
    for name in most:
        seen = ", ".join(f"{values[name]:.3g} at {pages}" for pages, values in sorted(per_page.items()))
        yield Row(f"{name}, per page", "ms CPU", {OURS: [most[name]]}, f"pages: {seen}",
                  ratio=most[name] / fewest[name] if fewest[name] else None)
    yield Row("time per page at the most pages to that at the fewest", "×",
              {OURS: [most["everything"] / fewest["everything"]]}, limit=MOST)
