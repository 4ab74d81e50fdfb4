"""What programs read says what the page says, in forms that they understand."""

import json
import os
import subprocess
from xml.etree import ElementTree

import pytest

from guide import history, machine_readable, pages, references
from guide.machine_readable import markdown_copy

BASE = "https://example.org/"
ATOM = "{http://www.w3.org/2005/Atom}"


def page(project, source="training/clipping.md"):
    return next(page for page in pages.read(project.root)[0] if page.source == source)


@pytest.fixture
def copy(project):
    return markdown_copy(page(project), project.root, BASE, references.load(project.root))


def test_a_copy_starts_with_its_question_and_where_it_is_from(copy):
    assert copy.startswith("# Do you clip gradients by value or by norm?\n\nFrom <https://example.org/training/clipping/>")


def test_a_copy_has_the_code_in_place_without_marks(copy):
    assert "```python\ndef clip_by_norm(grads: list[float], bound: float) -> list[float]:\n" in copy
    assert "--8<--" not in copy


def test_a_copy_names_what_is_cited_and_where_it_is(copy):
    assert "[Pascanu et al., 2013](https://arxiv.org/abs/1211.5063)" in copy
    work = "Pascanu, Mikolov, Bengio. *On the difficulty of training recurrent neural networks*. ICML, 2013."
    assert f"- {work} <https://arxiv.org/abs/1211.5063> the cliff, and clipping by norm." in copy
    assert "[@" not in copy


def test_a_copy_is_markdown_that_needs_no_extension(copy):
    assert "> **Say this first**\n>\n> By norm." in copy
    assert "how often it acts.\n\n## Why\n" in copy
    assert "### Does `clip_grad_norm_` clip before or after the step?\n\nBefore it." in copy
    assert "## When is clipping by value right?\n" in copy
    assert "!!!" not in copy and "???" not in copy and "{ #" not in copy


def test_tabs_of_a_copy_follow_one_another(project):
    tabs = '=== "NumPy"\n\n    ```python\n    a = 1\n    ```\n\n=== "PyTorch"\n\n    Text.\n\nAfter.\n'
    project.append("docs/data/leakage.md", f"\n{tabs}")
    copy = markdown_copy(page(project, "data/leakage.md"), project.root, BASE, {})
    assert "\n**NumPy**\n\n```python\na = 1\n```\n\n**PyTorch**\n\nText.\n\nAfter.\n" in copy


def test_a_copy_of_a_notebook_has_its_code_and_what_it_printed_and_drew(project):
    drawn = {"output_type": "display_data", "data": {"image/png": "", "text/plain": ["<Figure>"]}}
    printed = {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}
    value = {"output_type": "execute_result", "data": {"text/plain": ["0.5"]}}
    project.add_notebook(outputs=[printed, drawn, value], metadata={"alt": "A line that falls."})
    copy = markdown_copy(page(project, "training/momentum.ipynb"), project.root, BASE, {})
    picture = "![A line that falls.](https://example.org/training/momentum/momentum_1_1.png)"
    assert copy.startswith("# What does momentum do?\n\nFrom <https://example.org/training/momentum/>: ")
    assert copy.endswith("\n\n```python\nprint(1)\n```\n\n```text\n1\n2\n```\n\n"
                         f"{picture}\n\n```text\n0.5\n```\n")


def test_a_copy_has_its_addresses_in_full(project):
    links = "[clipping](../training/clipping.md#clipping_value), [below](#more), `[a](b.md)`"
    project.append("docs/data/leakage.md", f"\nSee {links}.\n")
    copy = markdown_copy(page(project, "data/leakage.md"), project.root, BASE, {})
    assert ("[clipping](https://example.org/training/clipping/#clipping_value), "
            "[below](https://example.org/data/leakage/#more), `[a](b.md)`") in copy


def test_a_copy_shows_the_figure_of_the_site(copy):
    shown = "![The clipped gradient is shorter and points the same way]"
    assert f"{shown}(https://example.org/training/clipping.svg)" in copy


def test_citations_in_code_stay_code(project):
    project.append("docs/data/leakage.md", "\n```text\n[@pascanu2013] [x](y.md)\n```\n")
    copy = markdown_copy(page(project, "data/leakage.md"), project.root, BASE, references.load(project.root))
    assert "```text\n[@pascanu2013] [x](y.md)\n```" in copy


def built(project, more=""):
    """The few files of a built site that the step reads; ``more`` stands behind what is said first."""
    site = project.root / "site"
    for place in ("", "questions/", "training/clipping/", "data/leakage/"):
        head = f'<head>\n  <link rel="canonical" href="{BASE}{place}">\n  </head>'
        project.write(f"site/{place}index.html", f"<html>{head}<body></body></html>")
    for name in ("training/clipping", "data/leakage"):
        formula = '<span class="katex"><math><annotation>\\ln K</annotation></math>ln K</span>'
        card = {"answer": f"<p>By <em>norm</em>, if a &lt; {formula}.{more}</p>",
                "follow_ups": [{"question": "Which bound?", "answer": "<p>One.</p>"}]}
        project.write(f"site/practise/cards/{name}.json", json.dumps(card))
    machine_readable.finish(project.root, site)
    return site


def test_each_page_carries_its_question_and_answer_as_data(project):
    built(project)
    text = project.read("site/training/clipping/index.html")
    assert '<link rel="alternate " type="text/markdown" href="index.md"' in text
    data = json.loads(text.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["url"] == f"{BASE}training/clipping/" and "FAQPage" in data["@type"]
    questions = {item["name"]: item["acceptedAnswer"]["text"] for item in data["mainEntity"]}
    asked = "Do you clip gradients by value or by norm?"
    assert questions == {asked: r"By norm, if a < $\ln K$.", "Which bound?": "One."}
    assert text.endswith("</script>\n  </head><body></body></html>")
    assert project.read("site/training/clipping/index.md").startswith("# Do you clip")


def test_data_cannot_leave_its_element(project):
    built(project, " Never write <code>&lt;/script&gt;&lt;script&gt;alert(1)</code>.")
    text = project.read("site/training/clipping/index.html")
    assert text.count("<script") == text.count("</script") == 1 and "alert(1)" in text


def test_the_overview_lists_every_answer_by_topic_in_order(project):
    built(project)
    lines = project.read("site/llms.txt").splitlines()
    assert lines[0] == "# Minimal" and lines[2].startswith("> The smallest project")
    assert [line for line in lines if line.startswith(("## ", "- "))] == [
        "## Training",
        "- [Do you clip gradients by value or by norm?](https://example.org/training/clipping/index.md): "
        "Clip by the joint norm, which keeps the direction of the step.",
        "## Data",
        "- [What is leakage?](https://example.org/data/leakage/index.md): "
        "What a model sees in training and will not see when it is used.",
    ]


def git(project, *arguments, when=0):
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", f"@{when} +0000"))}
    subprocess.run(["git", "-C", str(project.root), *arguments], check=True, env={**os.environ, **identity},
                   capture_output=True)


def commit(project, when):
    git(project, "add", "--all")
    git(project, "commit", "--message", "one", when=when)


@pytest.fixture
def dated(project):
    """The minimal project with a history: one answer on the first day, another on the second."""
    leakage = project.read("docs/data/leakage.md")
    project.remove("docs/data/leakage.md")
    git(project, "init")
    commit(project, 86_400)
    project.write("docs/data/leakage.md", leakage)
    commit(project, 172_800)
    return project


def test_the_feed_has_the_newest_answer_first(dated):
    built(dated)
    feed = ElementTree.fromstring(dated.read("site/feed.xml"))
    entries = [(entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}published"))
               for entry in feed.iter(f"{ATOM}entry")]
    assert entries == [(f"{BASE}data/leakage/", "1970-01-03T00:00:00Z"),
                       (f"{BASE}training/clipping/", "1970-01-02T00:00:00Z")]
    assert feed.findtext(f"{ATOM}updated") == "1970-01-03T00:00:00Z"
    assert 'href="feed.xml"' in dated.read("site/index.html")
    assert 'href="../feed.xml"' in dated.read("site/questions/index.html")


def test_without_history_there_is_no_feed_and_nothing_links_to_it(project):
    built(project)
    assert not (project.root / "site/feed.xml").exists()
    assert "feed.xml" not in project.read("site/index.html")


def test_a_page_keeps_its_age_when_it_moves(dated):
    git(dated, "mv", "docs/training/clipping.md", "docs/training/bounds.md")
    commit(dated, 259_200)
    assert history.first_seen(dated.root)["docs/training/bounds.md"] == 86_400
    assert history.gone(dated.root) == {"docs/training/clipping.md"}
