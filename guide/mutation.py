"""`make mutants`: break the code on purpose, one line at a time, and see whether a test notices.

mutmut makes the mutants and runs the tests. Each snippet gets a folder of its own with nothing but its tests
in it, so that no other file is loaded. Its result is kept by content, and in the repository, because all of
them take hours: a snippet that did not change, with tests that did not, is not broken again on any machine.
Of the guide's own code, whose 19,000 mutants would take days, `make mutants answers=guide` tries a
sample: the same mutants each time, until they change.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path

import yaml

from guide import snippets
from guide.faults import GuideError, did_you_mean
from guide.fingerprint import remember, remembered

FOLDER = Path(".build") / "mutants"
KEPT = Path("benchmarks") / "mutants"
EXPLAINED = "benchmarks/survivors.yml"
GOAL = 0.9
# Loaded once for all mutants. What the tests themselves load and keep must be fresh for each, or a test that
# caches a network tries the sound one again: so the mutants' parent never ran them.
# torch._dynamo is what the first step of an optimizer loads, for a second.
LIBRARIES = ("numpy", "torch", "torch._dynamo", "scipy.special", "sklearn", "hypothesis")
# Parts of pytest that no mutant needs: with them a start takes longer than most answers' tests.
WITHOUT = ("unraisableexception", "threadexception", "xdist", "xdist.looponfail", "doctest", "unittest",
           "junitxml", "pastebin", "stepwise")
SETTINGS = """\
[tool.mutmut]
source_paths = ["{module}"]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = ["tests", "snippets"]
process_isolation = "forkserver"
forkserver_warmup = "import"
preload_modules_file = "libraries.txt"

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not slow", "--assert=plain", {without}]
pythonpath = ["."]
filterwarnings = ["error"]
markers = ["slow: takes more than about two seconds"]
"""
# mutmut runs for a mutant the tests that called its function. What one test keeps for the others is called in
# the first of them alone: so each begins with nothing kept.
CONFTEST = """\
import functools
import os

import pytest

REAL, KEPT = functools.lru_cache, []


def lru_cache(*arguments, **options):
    def remember(made):
        code = getattr(made.__wrapped__, "__code__", None)
        if code and code.co_filename.startswith(os.getcwd()):
            KEPT.append(made)
        return made

    made = REAL(*arguments, **options)
    return remember(made) if hasattr(made, "cache_clear") else lambda function: remember(made(function))


functools.lru_cache = lru_cache  # functools.cache calls it


@pytest.fixture(autouse=True)
def nothing_kept():
    for function in KEPT:
        function.cache_clear()
"""
# Each mutant's fate, and the change of each that no test noticed: in one process, for `mutmut show` starts
# anew for every mutant, which took as long as a third of all tests.
READ = """
import json, sys
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
fates, changes = {}, {}
for path in sys.argv[1:]:
    data = SourceFileMutationData(path=path)
    data.load()
    for name, code in data.exit_code_by_key.items():
        fates[name] = status_by_exit_code[code]
        if fates[name] in ("survived", "no tests", "suspicious"):
            changes[name] = get_diff_for_mutant(name, path=path)
print(json.dumps([fates, changes]))
"""
# The same for the guide itself: all files are broken at once, and mutmut finds the tests of each function.
GUIDE = "guide"
SAMPLE = 250
AT_ONCE = 125  # mutants between two lines of progress
# Left whole: what runs as a program by its path, where mutmut breaks nothing; what breaks the others; and
# what measures the whole project, with tests that copy it.
WHOLE = ("guide/install.py", "guide/web/*", "guide/check/import_probe.py", "guide/mutation.py",
         "guide/benchmarks/*")
GUIDE_SETTINGS = """
[tool.mutmut]
source_paths = ["guide"]
do_not_mutate = [{whole}]
also_copy = [{also}]
pytest_add_cli_args_test_selection = ["{tests}"]
pytest_add_cli_args = [{arguments}]
track_dependencies = false
"""
# What asks for the sources themselves, for what pip and npm installed, or copies the whole project.
LEFT_OUT = [f"tests/guide/test_{name}.py" for name in ("types", "vendor", "hooks", "benchmarks", "mutation")]
# mutmut counts calls in its own process alone; in a program that a test starts, counting would fail.
# And all mutants are one file: what guide.kept has of the sound code would be found again for each.
GUIDE_CONFTEST = """\
import os
import subprocess
from pathlib import Path

import pytest

start = subprocess.Popen.__init__


def without_counting(self, *arguments, **options):
    environment = options.get("env") or os.environ
    if environment.get("MUTANT_UNDER_TEST") in ("stats", "fail"):
        options["env"] = {name: value for name, value in environment.items() if name != "MUTANT_UNDER_TEST"}
    start(self, *arguments, **options)


subprocess.Popen.__init__ = without_counting


@pytest.fixture(autouse=True, scope="session")
def nothing_kept():
    from guide import kept

    kept.FOLDER = Path(".cache") / f"kept_{os.getpid()}"
"""
COPIED = ("docs", "snippets", "tests", "guide", "benchmarks", "requirements", ".github", ".githooks", ".ci",
          "mkdocs.yml", "pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md", "LICENSE")
FETCHED = ("guide/web/node_modules", "guide/web/dist", "docs/assets/vendor")  # too large to copy
GENERATE = """
import contextlib
from pathlib import Path
import mutmut.__main__ as main
main.set_mutant_under_test("mutant_generation")
Path("mutants").mkdir(exist_ok=True)
main.copy_src_dir()
main.copy_also_copy_files()
main.setup_source_paths()
main.store_lines_covered_by_tests()
with open("mutants/generated.txt", "w") as log, contextlib.redirect_stdout(log):
    main.create_mutants(2)
"""
HUNK = re.compile(r"^-(?!--)(?P<was>.*)\n\+(?!\+\+)(?P<becomes>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Survivor:
    """A change of one line that no test notices."""

    was: str
    becomes: str
    why: str = ""  # why it is none that a test should notice, from benchmarks/survivors.yml
    where: str = ""  # mutmut's name for it, which begins with the module and the function


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
        answers: As ``<topic>/<stem>``; none means all, ``guide`` alone a sample of the guide's code.
        workers: Processes that run tests at the same time.

    Raises:
        GuideError: If an answer has no code, tests fail before anything is broken, or fewer than 90 of 100
            mutants are noticed.
    """
    if answers == [GUIDE]:
        results = [sample_of_guide(root, workers)]
        for survivor in results[0].survivors:
            print(f"      {survivor.where}")
            print(f"      - {survivor.was.strip()}\n      + {survivor.becomes.strip()}")
    else:
        results = _of_answers(root, _chosen(root, answers), workers)
    total, noticed = sum(r.total for r in results), sum(r.noticed for r in results)
    score = noticed / total if total else 1.0
    print(f"{noticed:,} of {total:,} mutants noticed: {score:.1%}")
    if score < GOAL:
        raise GuideError(f"fewer than {GOAL:.0%} of the mutants were noticed: write a test that fails for "
                         f"one of those above, or say in {EXPLAINED} why none should")


def _of_answers(root: Path, chosen: list[snippets.Snippet], workers: int) -> list[Result]:
    results = []
    for number, snippet in enumerate(chosen, start=1):
        print(f"  {number} of {len(chosen)}: {snippet.path} …", end=" ", flush=True)
        result = explain(root, result_of(root, snippet, workers))
        print(f"{result.noticed} of {result.total}", flush=True)
        for survivor in result.survivors:
            note = f"    ({survivor.why})" if survivor.why else ""
            print(f"      - {survivor.was.strip()}\n      + {survivor.becomes.strip()}{note}")
        results.append(result)
    return results


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
    tests, beside = _tests(root, snippet), _beside(root, snippet)
    inputs, record = _inputs(root, snippet), root / KEPT / f"{snippet.topic}_{snippet.name}.json"
    kept = json.loads(remembered(record) or "{}")
    if kept.get("of") == inputs["of"]:
        return _result(kept)
    # A test that was there and still is notices what it noticed: only what survived must be broken again.
    more_tests = kept.get("code") == inputs["code"] and {*kept["tests"]} <= {*inputs["tests"]}
    again = [one["where"] for one in kept["survivors"]] if more_tests else []
    if more_tests and not again:
        remember(record, _record(inputs, _result(kept)))
        return _result(kept)
    folder = root / FOLDER / snippet.topic / snippet.name
    shutil.rmtree(folder, ignore_errors=True)
    for name in [*tests, *beside]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    (folder / snippet.path).write_text(_decorated_later((root / snippet.path).read_text(encoding="utf-8")),
                                       encoding="utf-8")
    without = _quoted(word for part in WITHOUT for word in ("-p", f"no:{part}"))
    settings = SETTINGS.format(module=snippet.path, tests=_quoted(tests), without=without)
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    (folder / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    code = [(folder / name).read_text(encoding="utf-8") for name in [*tests, *beside] if name.endswith(".py")]
    loaded = ["pytest", *(name for name in LIBRARIES if name.partition(".")[0] in "".join(code))]
    (folder / "libraries.txt").write_text("\n".join(loaded), encoding="utf-8")
    _python(folder, "-m", "mutmut", "run", "--max-children", str(workers), *again)
    fates, changes = json.loads(_python(folder, "-c", READ, snippet.path))
    survivors = [_survivor(name, fates[name], change) for name, change in changes.items()]
    result = Result(snippet.path, len(fates), survivors)
    shutil.rmtree(folder)
    remember(record, _record(inputs, result))
    return result


def _decorated_later(source: str) -> str:
    """The same module with `f = decorator(f)` behind a function, for mutmut leaves decorated ones alone."""
    lines = source.split("\n")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    for node in reversed(functions):
        for decorator in node.decorator_list:  # the innermost is the last above and the first below
            first, last = decorator.lineno - 1, decorator.end_lineno
            lines[first:last] = [""] * (last - first)
            lines.insert(node.end_lineno, f"{node.name} = ({ast.unparse(decorator)})({node.name})")
    return "\n".join(lines)


def _result(kept: dict) -> Result:
    return Result(kept["path"], kept["total"], [Survivor(**one) for one in kept["survivors"]])


def _record(inputs: dict, result: Result) -> str:
    return json.dumps({**inputs, **asdict(result)}, indent=1, ensure_ascii=False) + "\n"


def is_current(root: Path, kept: dict) -> bool:
    """Whether a record is of a module and its tests as they are now."""
    return kept["of"] == _inputs(root, snippets.parse(kept["path"]))["of"]


def _inputs(root: Path, snippet: snippets.Snippet) -> dict[str, str | list[str]]:
    """Hashes of what the fate of mutants depends on: all of it, the code, each piece of its tests."""
    code = hashlib.sha256(metadata.version("mutmut").encode())
    code.update((SETTINGS + CONFTEST).encode() + " ".join(WITHOUT).encode())
    for name in _beside(root, snippet):
        code.update(name.encode() + (root / name).read_bytes())
    everything, pieces = code.copy(), []
    for name in _tests(root, snippet):
        text = (root / name).read_text(encoding="utf-8")
        everything.update(name.encode() + text.encode())
        lines = text.splitlines()
        for node in ast.parse(text).body:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            piece = "\n".join([name, *lines[first - 1 : node.end_lineno]])
            pieces.append(hashlib.sha256(piece.encode()).hexdigest()[:12])
    return {"of": everything.hexdigest(), "code": code.hexdigest(), "tests": sorted({*pieces})}


def _tests(root: Path, snippet: snippets.Snippet) -> list[str]:
    reference = f"tests/{snippet.topic}/test_{snippet.stem}_reference.py"
    both = snippet.kind == "numpy" and (root / reference).exists()
    return [snippet.test, reference] if both else [snippet.test]


def _beside(root: Path, snippet: snippets.Snippet) -> list[str]:
    return sorted({f"snippets/{snippet.topic}/{path.name}"
                   for path in (root / "snippets" / snippet.topic).glob(f"{snippet.stem}*")})


def sample_of_guide(root: Path, workers: int = 1, size: int = SAMPLE, tests: str = "tests/guide") -> Result:
    """Some mutants of the guide's own code, chosen by the hash of their names.

    Args:
        root: The project.
        workers: Processes that run tests at the same time.
        size: How many mutants.
        tests: Where the tests stand that may notice them; those of the finished site are no part of it.

    Raises:
        GuideError: If mutmut could not run, with its last words.
    """
    folder = root / FOLDER / GUIDE
    shutil.rmtree(folder, ignore_errors=True)
    left = shutil.ignore_patterns("__pycache__", *(Path(name).name for name in FETCHED))
    present = [name for name in COPIED if (root / name).exists()]
    for name in present:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, symlinks=True, ignore=left)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)
    arguments = ["-p", "no:cacheprovider", *(f"--ignore={name}" for name in LEFT_OUT)]
    (folder / "conftest.py").write_text(GUIDE_CONFTEST, encoding="utf-8")
    settings = GUIDE_SETTINGS.format(whole=_quoted(WHOLE), also=_quoted([*present, "conftest.py"]),
                                     tests=tests, arguments=_quoted(arguments))
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    print("  Breaking every function of guide/ …", flush=True)
    _python(folder, "-c", GENERATE)
    for name in FETCHED:
        if (root / name).exists():
            (folder / "mutants" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "mutants" / name).symlink_to((root / name).resolve())
    modules = [path.relative_to(folder / "mutants").as_posix().removesuffix(".meta")
               for path in sorted((folder / "mutants" / "guide").rglob("*.py.meta"))]
    names = [name for module in modules
             for name in json.loads((folder / "mutants" / f"{module}.meta").read_text())["exit_code_by_key"]]
    chosen = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[:size]
    for start in range(0, len(chosen), AT_ONCE):
        print(f"  {start} of {len(chosen)} (all there are: {len(names):,}) …", flush=True)
        some = chosen[start : start + AT_ONCE]
        _python(folder, "-m", "mutmut", "run", "--max-children", str(workers), *some)
    fates, changes = json.loads(_python(folder, "-c", READ, *modules))
    survivors = [_survivor(name, fates[name], changes[name]) for name in chosen if name in changes]
    result = Result(GUIDE, len(chosen), survivors)
    shutil.rmtree(folder)
    record = {"all": len(names), **asdict(result)}
    remember(root / KEPT / f"{GUIDE}.json", json.dumps(record, indent=1))
    return result


def _survivor(name: str, fate: str, change: str) -> Survivor:
    hunk = HUNK.search(change)
    was, becomes = hunk.groups() if hunk else (name, fate)
    return Survivor(was, becomes, where=name)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


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
    # A line that stands twice has one reason for both.
    survivors = [replace(one, why=reasons.get((one.was.strip(), one.becomes.strip()), ""))
                 for one in result.survivors]
    gone = reasons.keys() - {(one.was.strip(), one.becomes.strip()) for one in result.survivors}
    if gone:
        raise GuideError(f"{EXPLAINED} explains a change of {result.path} that no longer survives, "
                         f"`{min(gone)[1]}`: remove it")
    return Result(result.path, result.total, survivors)
