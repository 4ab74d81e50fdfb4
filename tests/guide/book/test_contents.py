"""The book takes what is answered, in the order of the navigation, and what belongs behind it."""

from __future__ import annotations

import pytest

from guide.book import contents
from guide.faults import GuideError


def sources(project) -> list[str]:
    return [entry.source for entry in contents.plan(project.root)]


def test_chapters_follow_the_navigation_and_the_reference_comes_last(project):
    assert sources(project) == [
        "training/index.md",
        "training/clipping.md",
        "data/index.md",
        "data/leakage.md",
        "reference/training.md",
    ]


def test_a_topic_without_an_answer_is_left_out(project):
    project.remove("docs/data/leakage.md")
    assert not [source for source in sources(project) if source.startswith("data/")]


def test_pages_that_only_work_on_a_screen_are_left_out(project):
    front = (
        "---\ntitle: Review\ndescription: Cards that come back when they are due, one after another.\n---\n"
    )
    project.add_page("practise/review.md", f"{front}\n# Review\n")
    assert "practise/review.md" not in sources(project)


def test_a_topic_is_a_chapter_and_an_answer_a_section_of_it(project):
    levels = {entry.source: entry.level for entry in contents.plan(project.root)}
    assert levels["training/index.md"] == 1
    assert levels["training/clipping.md"] == 2


def test_an_answer_is_named_by_its_short_title(project):
    entry = contents.plan(project.root)[1]
    assert (entry.title, entry.id, entry.path) == (
        "Gradient clipping",
        "training.clipping",
        "docs/training/clipping.md",
    )


def test_a_page_that_cannot_be_read_stops_the_book(project):
    project.write("docs/data/leakage.md", "no front matter\n")
    with pytest.raises(GuideError, match=r"docs/data/leakage\.md:1: front matter is missing"):
        contents.plan(project.root)
