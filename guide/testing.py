"""`make test`: everything that proves the guide, and nothing when nothing changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from guide.faults import GuideError

INPUTS = ("docs", "snippets", "tests", "guide", "benchmarks", "requirements", ".github")
FILES = ("mkdocs.yml", "pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md")
GENERATED = {"__pycache__", "node_modules", "vendor", ".ipynb_checkpoints"}
PASSED = Path(".build") / "tests.passed"


def fingerprint(root: Path) -> str:
    """One hash over everything that a test can see."""
    digest = hashlib.sha256(sys.version.encode())
    paths = [root / name for name in FILES]
    for folder in INPUTS:
        paths += [
            path
            for path in (root / folder).rglob("*")
            if path.is_file() and not GENERATED & set(path.relative_to(root).parts)
        ]
    for path in sorted(paths):
        if path.exists():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(root: Path, quick: bool, force: bool) -> None:
    """Lint, check and test; a full run that passed is remembered until something changes.

    Raises:
        GuideError: If anything failed.
    """
    before = fingerprint(root)
    record = root / PASSED
    if not quick and not force and record.exists() and record.read_text() == before:
        print("Nothing changed since all tests passed; `make test FORCE=1` runs them again.")
        return
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    # Two workers with one thread each use two cores better than two workers with two.
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    _run(
        [sys.executable, "-m", "ruff", "check", "guide", "snippets", "tests", "benchmarks"],
        root,
        environment,
        "the linter found faults; `.venv/bin/ruff check --fix` mends many of them",
    )
    _run([sys.executable, "-m", "guide", "check"], root, environment, "the check found faults")
    command = [sys.executable, "-m", "pytest", "--numprocesses=2", "--dist=worksteal"]
    if quick:
        command += ["-m", "not slow", "--ignore=tests/site"]
    _run(command, root, environment, "tests failed; their names stand above")
    if not quick:
        record.parent.mkdir(exist_ok=True)
        record.write_text(before)


def _run(command: list[str], root: Path, environment: dict[str, str], failure: str) -> None:
    if subprocess.run(command, cwd=root, env=environment).returncode:
        raise GuideError(failure)
