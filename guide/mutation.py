"""`make mutants`: break the snippets on purpose, one line at a time, and see whether a test notices.

mutmut makes the mutants and runs the tests; here each snippet gets a folder of its own with nothing but its
tests in it, so that no other file is loaded, and its result is kept by content: a snippet that did not
change, with tests that did not, is not broken again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

import yaml

from guide import snippets
from guide.faults import GuideError, did_you_mean
from guide.fingerprint import remember, remembered

FOLDER = Path(".build") / "mutants"
KEPT = Path(".cache") / "mutants"
EXPLAINED = "benchmarks/survivors.yml"
GOAL = 0.9
SETTINGS = """\
[tool.mutmut]
source_paths = ["{module}"]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = ["tests", "snippets"]

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not slow"]
pythonpath = ["."]
markers = ["slow: takes more than about two seconds"]
"""
# Each mutant's fate, and the change of each that no test noticed: in one process, for `mutmut show` starts
# anew for every mutant, which took as long as a third of all tests.
READ = """
import json, sys
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
data = SourceFileMutationData(path=sys.argv[1])
data.load()
fates = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
unnoticed = [name for name, fate in fates.items() if fate not in ("killed", "timeout", "segfault")]
print(json.dumps([fates, {name: get_diff_for_mutant(name, path=sys.argv[1]) for name in unnoticed}]))
"""
HUNK = re.compile(r"^-(?!--)(?P<was>.*)\n\+(?!\+\+)(?P<becomes>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Survivor:
    """A change of one line that no test notices."""

    was: str
    becomes: str
    why: str = ""  # why it is none that a test should notice, from benchmarks/survivors.yml


@dataclass(frozen=True)
class Result:
    """What became of a module's mutants."""

    path: str
    total: int
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def noticed(self) -> int:
        return self.total - sum(not survivor.why for survivor in self.survivors)


def run(root: Path, answers: list[str], workers: int) -> None:
    """Break the snippets of some answers, or of all, and print what survived.

    Args:
        root: The project.
        answers: As ``<topic>/<stem>``; none means all.
        workers: Processes that run tests at the same time.

    Raises:
        GuideError: If an answer has no code, tests fail before anything is broken, or fewer than 90 of 100
            mutants are noticed.
    """
    chosen = _chosen(root, answers)
    results = []
    for number, snippet in enumerate(chosen, start=1):
        print(f"  {number} of {len(chosen)}: {snippet.path} …", end=" ", flush=True)
        result = explain(root, result_of(root, snippet, workers))
        print(f"{result.noticed} of {result.total}", flush=True)
        for survivor in result.survivors:
            note = f"    ({survivor.why})" if survivor.why else ""
            print(f"      - {survivor.was.strip()}\n      + {survivor.becomes.strip()}{note}")
        results.append(result)
    total, noticed = sum(r.total for r in results), sum(r.noticed for r in results)
    score = noticed / total if total else 1.0
    print(f"{noticed:,} of {total:,} mutants noticed: {score:.1%}")
    if score < GOAL:
        raise GuideError(f"fewer than {GOAL:.0%} of the mutants were noticed: write a test that fails for "
                         f"one of those above, or say in {EXPLAINED} why none should")


def _chosen(root: Path, answers: list[str]) -> list[snippets.Snippet]:
    found = [snippet for snippet in snippets.find(root) if snippet.kind in ("numpy", "torch")
             and (root / snippet.test).exists()]
    names = {f"{snippet.topic}/{snippet.stem}" for snippet in found}
    for answer in answers:
        if answer not in names:
            raise GuideError(f"`{answer}` is no answer with tested code: write <topic>/<stem>"
                             f"{did_you_mean(answer, names)}")
    return [snippet for snippet in found if not answers or f"{snippet.topic}/{snippet.stem}" in answers]


def result_of(root: Path, snippet: snippets.Snippet, workers: int = 1) -> Result:
    """The mutants of one module: counted now, or when the same files were last looked at.

    Raises:
        GuideError: If mutmut could not run, with its last words.
    """
    tests = [snippet.test]
    reference = f"tests/{snippet.topic}/test_{snippet.stem}_reference.py"
    if snippet.kind == "numpy" and (root / reference).exists():
        tests.append(reference)
    beside = sorted({f"snippets/{snippet.topic}/{path.name}"
                     for path in (root / "snippets" / snippet.topic).glob(f"{snippet.stem}*")})
    digest = hashlib.sha256(f"{sys.version} {metadata.version('mutmut')}".encode())
    digest.update(SETTINGS.encode())
    for name in [*tests, *beside]:
        digest.update(name.encode() + (root / name).read_bytes())
    record = root / KEPT / f"{snippet.topic}_{snippet.name}.json"
    kept = json.loads(remembered(record) or "{}")
    if kept.get("of") == digest.hexdigest():
        return Result(kept["path"], kept["total"], [Survivor(**one) for one in kept["survivors"]])
    folder = root / FOLDER / snippet.topic / snippet.name
    shutil.rmtree(folder, ignore_errors=True)
    for name in [*tests, *beside]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    settings = SETTINGS.format(module=snippet.path, tests=", ".join(f'"{test}"' for test in tests))
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    _python(folder, "-m", "mutmut", "run", "--max-children", str(workers))
    fates, changes = json.loads(_python(folder, "-c", READ, snippet.path))
    survivors = [Survivor(*hunk.groups()) if (hunk := HUNK.search(change)) else Survivor(name, fates[name])
                 for name, change in changes.items()]
    result = Result(snippet.path, len(fates), survivors)
    shutil.rmtree(folder)
    remember(record, json.dumps({"of": digest.hexdigest(), **asdict(result)}, indent=1))
    return result


def _python(folder: Path, *arguments: str) -> str:
    # One thread each, or two workers with two would wait for each other.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True,
                          text=True, env={**os.environ, **threads, "PYTHONWARNINGS": "ignore"})
    if done.returncode:
        raise GuideError(f"mutmut stopped in {folder}: {(done.stdout + done.stderr)[-600:].strip()}")
    return done.stdout


def explain(root: Path, result: Result) -> Result:
    """Add what benchmarks/survivors.yml says of the survivors.

    Raises:
        GuideError: If it speaks of a change that no longer survives.
    """
    path = root / EXPLAINED
    said = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}
    reasons = {(one["was"], one["becomes"]): one["why"] for one in said.get(result.path, [])}
    survivors = [Survivor(one.was, one.becomes, reasons.pop((one.was.strip(), one.becomes.strip()), ""))
                 for one in result.survivors]
    if reasons:
        raise GuideError(f"{EXPLAINED} explains a change of {result.path} that no longer survives, "
                         f"`{next(iter(reasons))[1]}`: remove it")
    return Result(result.path, result.total, survivors)
