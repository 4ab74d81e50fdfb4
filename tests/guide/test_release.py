"""The same state of the guide has the same version and time wherever it is built."""

from __future__ import annotations

import os
import subprocess

import pytest

from guide import release
from guide.faults import GuideError


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def commit(folder, when: int) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": f"{when} +0200"}
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, env={**os.environ, **identity})


def test_the_time_is_that_of_the_last_commit(project):
    commit(project.root, 1_700_000_000)
    project.append("docs/index.md", "\nEdited since.\n")
    assert release.epoch(project.root) == 1_700_000_000
    assert release.date(project.root).isoformat() == "2023-11-14T22:13:20+00:00"


def test_the_environment_wins_over_the_commit(project, monkeypatch):
    commit(project.root, 1_700_000_000)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert release.epoch(project.root) == 86_400


@pytest.mark.parametrize("given", ["yesterday", "-1", "1.5"])
def test_a_time_that_is_none_is_named(project, monkeypatch, given):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(GuideError, match=f"SOURCE_DATE_EPOCH is `{given}`: set it to whole seconds"):
        release.epoch(project.root)


def test_an_unpacked_archive_has_the_time_of_its_newest_page(project, monkeypatch):
    monkeypatch.setenv("PATH", "")  # no git either
    for number, path in enumerate(sorted(project.root.rglob("*.*"))):
        os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))
    newest = max(path.stat().st_mtime for path in [*project.root.rglob("*.md"), project.root / "mkdocs.yml"])
    assert release.epoch(project.root) == newest


def test_commits_of_a_repository_around_the_guide_do_not_count(project):
    inner = project.root / "docs"
    commit(project.root, 1_700_000_000)
    (inner / "mkdocs.yml").write_text("")
    os.utime(inner / "mkdocs.yml", (5, 5))
    for path in inner.rglob("*.md"):
        os.utime(path, (5, 5))
    assert release.epoch(inner) == 5


def test_the_version_is_the_package_s(project):
    project.write("pyproject.toml", '[project]\nversion = "1.2.3"\n')
    assert release.version(project.root) == "1.2.3"
