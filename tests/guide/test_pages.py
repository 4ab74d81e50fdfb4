"""A page is read as its author meant it, and as Markdown will read it."""

from __future__ import annotations

import pytest

from guide import pages

PAGE = "training/clipping.md"


def page(project, name: str = PAGE) -> pages.Page:
    found, faults = pages.read(project.root)
    assert faults == []
    return next(page for page in found if page.source == name)


def with_text(project, text: str) -> pages.Page:
    project.replace(f"docs/{PAGE}", "## Common mistakes\n", f"## Common mistakes\n\n{text}\n")
    return page(project)


def text_at(project, line: int) -> str:
    return project.read(f"docs/{PAGE}").split("\n")[line - 1]


def test_answer_is_taken_apart(project):
    found = page(project)
    assert (found.topic, found.stem, found.source) == ("training", "clipping", PAGE)
    assert found.is_answer
    assert not found.is_notebook
    assert found.question == "Do you clip gradients by value or by norm?"
    assert found.front.aliases == ["clip_grad_norm", "3D"]
    assert found.short_answer.startswith("By norm. Clipping by norm scales")
    assert found.short_answer.endswith("log how often it acts.")
    assert [text for text, _ in found.follow_ups][2] == "Which bound?"
    assert found.follow_ups[0][0] == "Does `clip_grad_norm_` clip before or after the step?"
    assert [key for key, _ in found.citations] == [key for key, _ in found.sources] == ["pascanu2013"]
    assert [(i.file, i.section) for i in found.includes] == [("training/clipping.py", "norm")]
    alt, source, _ = found.images[0]
    assert (alt, source) == ("The clipped gradient is shorter and points the same way", "clipping.svg")


def test_everything_has_the_line_of_the_file(project):
    found = page(project)
    for heading in found.headings:
        assert heading.text in text_at(project, heading.line)
    assert text_at(project, found.short_answer_line).startswith("!!! abstract")
    assert text_at(project, found.fences[0].line) == "```python"
    assert text_at(project, found.includes[0].line).startswith("--8<--")
    assert text_at(project, found.images[0][2]).startswith("![")
    assert text_at(project, found.citations[0][1]).endswith("[@pascanu2013]:")
    assert text_at(project, found.sources[0][1]).startswith("- [@pascanu2013]")
    assert text_at(project, found.follow_ups[0][1]).startswith("??? question")
    assert text_at(project, found.front_lines["prerequisites", "0"]).startswith("prerequisites")


def test_pages_above_the_topics_have_no_topic(project):
    assert page(project, "index.md").topic == ""
    project.add_page("about/training/x.md", project.read("docs/index.md"))
    assert page(project, "about/training/x.md").topic == "about/training"


def test_anchor_leads_to_the_heading_of_a_slug(project):
    assert page(project).anchor("clipping") == ""
    assert page(project).anchor("clipping_value") == "#clipping_value"


def test_code_is_not_visible_and_lines_stay(project):
    found = with_text(project, "Say `[@no]`, ``![no](no.svg)`` and `two\nlines`.\n\n```text\n# no\n```\n")
    assert "no" not in [key for key, _ in found.citations]
    assert len(found.images) == 1
    assert "no" not in [heading.text for heading in found.headings]
    assert len(found.visible.split("\n")) == len(found.body.split("\n"))
    assert "lines`" not in found.visible
    assert "lines`" in found.prose


def test_reading_time_counts_words_and_no_code(project):
    before = page(project).minutes
    assert before == 1
    assert with_text(project, "word " * 400 + "\n\n```text\n" + "code " * 4000 + "\n```").minutes == 3


@pytest.mark.parametrize(("info", "language"), [
    ("python", "python"), (" python ", "python"), ("", ""), ('text title="a b"', "text"), (".text", "text"),
    ("{ .python }", "python"), ('{ .c++ .wide title="a" hl_lines="1" }', "c++"), ("c#", "c#"),
])
def test_language_of_a_fence(info, language):
    fence = pages.Fence(info, 1, (), closed=True)
    assert fence.understood
    assert fence.language == language


@pytest.mark.parametrize("info", ["text foo", '{ .text onclick="a" }', "{ text }", "text title=a", "text {"])
def test_fence_that_is_not_understood(info):
    assert not pages.Fence(info, 1, (), closed=True).understood


@pytest.mark.parametrize(("text", "lines", "closed"), [
    ("```text\na\n```", ("a",), True),
    ("~~~text\n```\n~~~", ("```",), True),
    ("````text\n```\na\n```\n````", ("```", "a", "```"), True),
    ("    ```text\n      a\n\n    ```", ("  a", ""), True),
    ("> ```text\n> a\n> ```", ("a",), True),
    ("```text\na", (), False),
    ("```text\na\n````\n", (), False),
    ("    ```text\na\n    ```", (), False),
])
def test_fences_end_where_they_end_for_markdown(text, lines, closed):
    fences, prose = pages.split_fences(text, 1)
    assert (fences[0].lines, fences[0].closed) == (lines, closed)
    assert len(prose) == len(text.split("\n"))
    assert any(prose) is not closed


@pytest.mark.parametrize(("line", "level", "text", "name"), [
    ("# A", 1, "A", None), ("#A", 1, "A", None), ("## A ##", 2, "A", None),
    ("### A { #b }", 3, "A", "b"), ("## A {.x #b-c}", 2, "A", "b-c"), ("## Use `x`", 2, "Use `x`", None),
])
def test_headings(project, line, level, text, name):
    found = with_text(project, line).headings
    assert [(level, text, name)] == [(h.level, h.text, h.id) for h in found if h.text == text]


def test_image_may_have_brackets_and_a_second_line(project):
    found = with_text(project, "![The loss\nin [0, 1]\nfalls](a.svg){ .wide }").images
    assert found[1][:2] == ("The loss in [0, 1] falls", "a.svg")


@pytest.mark.parametrize(("line", "file", "section"), [
    ('--8<-- "a/b.py:c"', "a/b.py", "c"), ('  --8<-- "a/b.py"', "a/b.py", None),
    ('--8<-- "https://example.org/b.py:c"', "https://example.org/b.py:c", None),
    ('--8<-- "a/b.py:1:3"', "a/b.py", "1:3"),
])
def test_include_line(line, file, section):
    found = pages.INCLUDE.match(line)
    assert (found["file"], found["section"]) == (file, section)


def test_text_stays_text_in_front_matter(project):
    project.replace(f"docs/{PAGE}", "[clip_grad_norm, 3D]",
                    """["no", on line, 1.5.2, "2024-01-01", 'a: b']""")
    assert page(project).front.aliases == ["no", "on line", "1.5.2", "2024-01-01", "a: b"]


def test_file_may_end_with_its_front_matter(project):
    project.write("docs/index.md", project.read("docs/index.md").split("# Minimal")[0].rstrip("\n"))
    assert page(project, "index.md").body == ""


def test_changed_page_is_read_again(project):
    assert page(project).front.level == "core"
    project.replace(f"docs/{PAGE}", "level: core", "level: deep")
    assert page(project).front.level == "deep"


def test_notebook_is_a_page(project):
    project.add_notebook()
    found = page(project, "training/momentum.ipynb")
    assert found.is_notebook
    assert found.question == "What does momentum do?"
    assert found.front.answers == ["momentum"]
    assert found.anchor("anything") == ""


def test_notebook_shows_its_short_answer_as_a_quotation():
    source = "# A\n\n> **Say this first**\n>\n> By norm.\n> Always.\n\nText."
    assert pages.notebook_markdown(source) == (
        '# A\n\n!!! abstract "Say this first"\n\n    By norm.\n    Always.\n\nText.')
    assert pages.notebook_markdown("> A quotation.") == "> A quotation."


def test_checkpoints_of_jupyter_are_no_pages(project):
    project.write("docs/training/.ipynb_checkpoints/momentum.ipynb", "{")
    assert pages.read(project.root)[1] == []
