"""`make benchmarks`: how long and how large, measured in one go and written down with the conditions.

    building, growth, preview, reading, proof ── rows ── benchmarks/results.json ── benchmarks/README.md

A group is kept as soon as it is measured, so that stopping loses only the one that runs.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guide.benchmarks import building, growth, preview, proof, reading, results
from guide.benchmarks.results import Row
from guide.faults import GuideError, did_you_mean


@dataclass(frozen=True)
class Group:
    """Rows that are measured together."""

    about: str
    minutes: float  # on a machine with two cores that has nothing else to do
    measure: Callable[[Path, Path], Iterator[Row]]  # the project, and an empty folder to work in


GROUPS = {
    "build": Group("the same pages by MkDocs, ProperDocs, Zensical and the guide", 7, building.compare),
    "site": Group("`make site` by step", 5, building.site),
    "growth": Group("1, 2 and 4 times the pages", 5, growth.measure),
    "serve": Group("from an edit to the new page", 1, preview.measure),
    "weight": Group("what a first visit and a download weigh", 0.5, reading.weigh),
    "search": Group("what people type, and whether the page is found", 0.5, reading.search),
    "python": Group("Python in the page", 0.5, reading.python),
    "tests": Group("the last run of all tests", 0, proof.tests),
    "mutants": Group("broken code that a test notices", 0, proof.mutants),
}


def run(root: Path, only: list[str]) -> None:
    """Measure some groups, or all, and write results and table.

    Raises:
        GuideError: If a group is not known or cannot be measured, or a row is above its limit; what was
            measured is kept.
    """
    for name in only:
        if name not in GROUPS:
            raise GuideError(f"`{name}` is no group of benchmarks: write some of {' '.join(GROUPS)}"
                             f"{did_you_mean(name, GROUPS)}")
    chosen = [name for name in GROUPS if not only or name in only]
    faults, commit = [], results.commit(root)  # asked before the results are written
    for number, name in enumerate(chosen, start=1):
        group = GROUPS[name]
        print(f"{number} of {len(chosen)}: {name}, {group.about} (about {group.minutes:g} min)", flush=True)
        conditions, start, rows = results.conditions(commit), time.perf_counter(), []
        scratch = Path(tempfile.mkdtemp(prefix="guide-benchmarks-"))
        try:
            for row in group.measure(root, scratch):
                rows.append(row)
                print(f"  {results.sentence(row)}", flush=True)
        except GuideError as error:
            faults += error.faults
            continue
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        results.keep(root, name, {**conditions, "took": round(time.perf_counter() - start, 1)}, rows)
        faults += [results.too_much(row) for row in rows if row.limit and row.ours > row.limit]
    print(f"Written to {results.TABLE}", flush=True)
    if faults:
        raise GuideError(*faults)
