"""`make test`: everything that proves the guide, and nothing when nothing changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from guide.faults import GuideError
from guide.fingerprint import fingerprint, remember, remembered

PASSED = Path(".build") / "tests.passed"
RECORD = Path(".build") / "tests.xml"  # of the last full run, for the benchmarks


def run(root: Path, quick: bool, force: bool) -> None:
    """Lint, check and test; a full run that passed is remembered until something changes.

    Raises:
        GuideError: If anything failed.
    """
    before = fingerprint(root)
    record = root / PASSED
    if not quick and not force and remembered(record) == before:
        print("Nothing changed since all tests passed; `make test FORCE=1` runs them again.")
        return
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    # Two workers with one thread each use two cores better than two workers with two.
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    _run(
        [sys.executable, "-m", "ruff", "check", "."],
        root,
        environment,
        "the linter found faults; `.venv/bin/ruff check --fix` mends many of them",
    )
    _run([sys.executable, "-m", "guide", "check"], root, environment, "the check found faults")
    # By file, so that what a file's tests share is made once; in the order of tests/conftest.py.
    command = [sys.executable, "-m", "pytest", "--numprocesses=2"]
    command += ["--dist=loadfile", "--no-loadscope-reorder"]
    if quick:
        command += ["-m", "not slow", "--ignore=tests/site"]
    else:
        command += [f"--junit-xml={RECORD}"]
    _run(command, root, environment, "tests failed; their names stand above")
    if not quick:
        remember(record, before)


def _run(command: list[str], root: Path, environment: dict[str, str], failure: str) -> None:
    if subprocess.run(command, cwd=root, env=environment).returncode:
        raise GuideError(failure)
