"""What git does before a commit once `make hooks` has been run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Stands in for the environment's Python: writes down what it is asked, and fails where it is told to.
PYTHON = """#!/bin/sh
echo "$@" >> asked
case "$*" in *"$REFUSED"*) echo "page.md:3: is wrong: write it right"; exit 1 ;; esac
"""


@pytest.fixture
def repository(tmp_path):
    shutil.copytree(ROOT / ".githooks", tmp_path / ".githooks")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "core.hooksPath", ".githooks")
    (tmp_path / "page.md").touch()
    git(tmp_path, "add", "page.md")
    return tmp_path


def git(folder: Path, *arguments: str, refused: str = "nothing") -> subprocess.CompletedProcess:
    names = {f"GIT_{who}_{what}": "a@example.org"
             for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    # These tests may themselves be run by a hook.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**outside, **names, "REFUSED": refused}
    return subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def commits(folder: Path) -> int:
    return len(git(folder, "log", "--oneline").stdout.splitlines())


def test_commit_runs_the_linter_and_the_check_and_goes_through(repository):
    assert git(repository, "commit", "-m", "good").returncode == 0
    assert (repository / "asked").read_text().splitlines() == ["-m ruff check .", "-m guide check"]
    assert commits(repository) == 1


@pytest.mark.parametrize("refused", ["ruff", "guide"])
def test_fault_stops_the_commit_and_is_shown(repository, refused):
    done = git(repository, "commit", "-m", "bad", refused=refused)
    assert done.returncode != 0
    assert "page.md:3: is wrong: write it right" in done.stdout + done.stderr
    assert commits(repository) == 0


def test_missing_environment_is_said_with_what_to_do(repository):
    shutil.rmtree(repository / ".venv")
    done = git(repository, "commit", "-m", "early")
    assert done.returncode != 0
    assert "run `make check` once" in done.stderr
    assert commits(repository) == 0
