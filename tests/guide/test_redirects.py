"""A page that moves takes its readers along, and one that cannot is not let go."""

import os
import subprocess

import pytest

from guide import redirects
from guide.check import check
from guide.faults import GuideError

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org"}


@pytest.fixture
def published(project):
    """The minimal project with everything in git."""
    for arguments in (["init"], ["add", "."], ["commit", "--message", "first"]):
        subprocess.run(["git", "-C", str(project.root), *arguments], check=True, capture_output=True,
                       env={**os.environ, **IDENTITY})
    return project


def move(project) -> None:
    project.write("docs/data/leaks.md", project.read("docs/data/leakage.md").replace(
        "answers: [leakage]", "answers: [leaks]"))
    project.remove("docs/data/leakage.md")
    project.replace("mkdocs.yml", "data/leakage.md", "data/leaks.md")
    project.replace("docs/syllabus.yml", "leakage: What", "leaks: What")
    project.replace("docs/training/clipping.md", "[data/leakage]", "[data/leaks]")


def faults(project) -> list[str]:
    return [str(fault) for fault in check(project.root)]


def test_a_page_that_is_gone_needs_a_redirect(published):
    assert faults(published) == []
    move(published)
    assert faults(published) == [
        "docs/data/leakage.md: was a page and is gone, with every link to it: add "
        "`data/leakage.md: topic/new_page.md` to docs/redirects.yml"
    ]
    published.write("docs/redirects.yml", "data/leakage.md: data/leaks.md\n")
    assert faults(published) == []


def test_a_redirect_leads_to_a_page_and_from_none(project):
    project.write("docs/redirects.yml", "old.md: data/leek.md\ndata/leakage.md: index.md\n")
    assert faults(project) == [
        "docs/redirects.yml:1: `old.md` leads to `data/leek.md`, which is no page of docs/: "
        "write the page that answers the question now",
        "docs/redirects.yml:2: `data/leakage.md` is a page of docs/: remove the line, or the page",
    ]


def test_a_redirect_without_a_page_is_told(project):
    project.write("docs/redirects.yml", "old.md:\n")
    with pytest.raises(GuideError, match=r"docs/redirects\.yml:1: `old\.md` needs a page"):
        redirects.load(project.root)


def test_the_old_address_leads_on_without_a_script(project):
    project.write("docs/redirects.yml", "training/old.md: data/leakage.md\n")
    project.write("site/index.html", '<link rel="canonical" href="https://example.org/">')
    redirects.finish(project.root, project.root / "site")
    text = project.read("site/training/old/index.html")
    assert 'content="0; url=../../data/leakage/"' in text
    assert '<link rel="canonical" href="https://example.org/data/leakage/">' in text
    assert '<a href="../../data/leakage/">' in text
    assert redirects.is_redirect(project.root / "site/training/old/index.html")
    assert not redirects.is_redirect(project.root / "site/index.html")


def test_nothing_is_written_without_redirects(project):
    redirects.finish(project.root, project.root / "site")
    assert not (project.root / "site").exists()
