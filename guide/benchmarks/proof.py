"""How much is proved: the last run of all tests, and what became of broken code."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from guide import mutation, snippets, testing
from guide.benchmarks.results import OURS, Row
from guide.faults import GuideError

ALL = "all snippets"


def tests(root: Path, scratch: Path) -> Iterator[Row]:
    """What the record of `make test` says.

    Raises:
        GuideError: If there is none.
    """
    record = root / testing.RECORD
    if not record.exists():
        raise GuideError("there is no record of a run of all tests: run `make test FORCE=1` first")
    suites = ElementTree.parse(record).getroot().iter("testsuite")
    counts: Counter = Counter()
    for suite in suites:
        for what in ("tests", "failures", "errors", "skipped", "time"):
            counts[what] += float(suite.get(what, 0))
    how = "the last `make test`, two workers"
    yield Row("tests", "", {OURS: [int(counts["tests"])]}, how)
    failed = int(counts["failures"] + counts["errors"])
    yield Row("tests that failed", "", {OURS: [failed]}, how)
    yield Row("tests that were skipped", "", {OURS: [int(counts["skipped"])]}, how)
    yield Row("all tests", "s wall", {OURS: [counts["time"]]}, how)


def mutants(root: Path, scratch: Path) -> Iterator[Row]:
    """What `make mutants` remembers, by topic: how much of the broken code a test notices.

    Modules that changed since, or whose tests did, are left out.

    Raises:
        GuideError: If it remembers nothing.
    """
    breakable = Counter(snippet.topic for snippet in snippets.find(root)
                        if snippet.kind in ("numpy", "torch") and (root / snippet.test).exists())
    breakable[ALL] = breakable.total()
    counts: dict[str, Counter] = defaultdict(Counter)
    for record in sorted((root / mutation.KEPT).glob("*.json")):
        kept = json.loads(record.read_text(encoding="utf-8"))
        if not (root / kept["path"]).exists():
            continue  # renamed or removed since
        if kept["path"] != mutation.GUIDE and not mutation.is_current(root, kept):
            continue  # it or its tests were changed since
        survivors = [mutation.Survivor(**one) for one in kept["survivors"]]
        result = mutation.explain(root, mutation.Result(kept["path"], kept["total"], survivors))
        explained = sum(bool(one.why) for one in result.survivors)
        folder, *below = Path(kept["path"]).parts
        for name in (below[0], ALL) if folder == "snippets" else (folder,):
            counts[name] += Counter(modules=1, total=result.total, noticed=result.noticed - explained,
                                    explained=explained, sampled_from=kept.get("all", 0))
    if not counts:
        raise GuideError("no mutants are remembered: run `make mutants` first")
    for name in sorted(counts, key=lambda name: (name != ALL, name)):
        count, known = counts[name], breakable[name]
        if count["total"]:
            modules = f"{count['modules']} of {known} modules"
            if count["sampled_from"]:
                modules = f"a sample of all {count['sampled_from']:,}"
            how = (f"{modules}, {count['total']:,} mutants, {count['noticed']:,} noticed, "
                   f"{count['explained']:,} explained")
            score = 100 * (count["noticed"] + count["explained"]) / count["total"]
            yield Row(f"mutants noticed or explained: {name}", "%", {OURS: [score]}, how)
