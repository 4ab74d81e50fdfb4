"""The preview shows what stands in the files now, and renders no more than what is asked for."""

import json
import os
import shutil
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from guide import pages, search, serve
from guide.faults import GuideError
from guide.serve import Handler, Preview

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESS = "http://127.0.0.1:8000/"
QUESTIONS = """\
---
title: Every question
description: Every question of the guide by level and by how often it is asked.
---

# Every question
"""


@pytest.fixture
def previewed(project, monkeypatch):
    """The minimal project under the guide's own mkdocs.yml."""
    ours = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = project.read("mkdocs.yml")
    project.write("mkdocs.yml", ours[: ours.index("\nnav:") + 1] + nav[nav.index("nav:") :])
    shutil.copytree(ROOT / "guide" / "theme", project.root / "guide" / "theme")
    project.add_page("questions.md", QUESTIONS)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def preview(previewed):
    return Preview(previewed.root, ADDRESS)


CLIPPING = "/training/clipping/"


def shown(preview: Preview, path: str = CLIPPING) -> str:
    content = preview.get(path)
    assert content is not None, path
    return content.decode()


def rendered(capsys) -> list[str]:
    return [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.endswith(" s")]


def test_only_what_is_asked_for_is_rendered_and_only_once(preview, capsys):
    assert "Do you clip gradients" in shown(preview)
    shown(preview)
    assert rendered(capsys) == ["training/clipping.md"]


def test_an_edit_of_the_page_shows(previewed, preview):
    assert "really long" not in shown(preview)
    previewed.append("docs/data/leakage.md", "\nIt is really long.\n")
    assert "really long" in shown(preview, "/data/leakage/")
    assert "really long" not in shown(preview)


def test_an_edit_of_a_snippet_shows_on_its_page_and_in_the_reference(previewed, preview):
    assert "whole norm" not in shown(preview) + shown(preview, "/reference/training/")
    previewed.replace("snippets/training/clipping.py", "their norm is", "their whole norm is")
    assert "whole norm" in shown(preview)
    assert "whole norm" in shown(preview, "/reference/training/")
    assert b"whole norm" in preview.get("/exercises/training/clipping.json")


def test_an_edit_of_a_test_or_a_source_shows(previewed, preview):
    assert "kept as it is" not in shown(preview)
    previewed.append("tests/training/test_clipping.py",
                     "\n\ndef test_short_gradient_is_kept_as_it_is():\n"
                     "    assert clip_by_norm([0.5], 1.0) == [0.5]\n")
    assert "kept as it is" in shown(preview)
    previewed.replace("docs/references.yml", "year: 2013", "year: 2012")
    assert "2012" in shown(preview)


def test_a_figure_and_a_style_are_those_of_the_folder(previewed, preview):
    previewed.write("docs/training/clipping.svg", "<svg xmlns='http://www.w3.org/2000/svg'><title>new</title></svg>")
    assert b"new" in preview.get("/training/clipping.svg")
    previewed.write("docs/assets/guide.css", "body { color: red }")
    assert b"red" in preview.get("/assets/guide.css")


def test_what_pages_say_about_each_other_follows(previewed, preview):
    assert "Do you clip" in shown(preview, "/training/")
    assert "asked rarely" not in shown(preview, "/training/")
    previewed.replace("docs/training/clipping.md", "asked: often", "asked: rare")
    assert "asked rarely" in shown(preview, "/training/")


def test_the_reading_time_in_a_list_follows_the_page(previewed, preview):
    before = shown(preview, "/training/")
    previewed.append("docs/training/clipping.md", "\nOne more thing to read. " * 200)
    assert shown(preview, "/training/") != before


def test_settings_that_cannot_be_read_are_told(previewed):
    previewed.append("mkdocs.yml", "\nplugins: [no_such_plugin]\n")
    with pytest.raises(GuideError, match="no_such_plugin"):
        Preview(previewed.root, ADDRESS)


def test_a_new_page_appears_and_a_removed_one_goes(previewed, preview):
    assert preview.get("/training/new/") is None
    previewed.add_page("training/new.md", QUESTIONS)
    assert "Every question" in shown(preview, "/training/new/")
    previewed.remove("docs/training/new.md")
    assert preview.get("/training/new/") is None


@pytest.mark.parametrize(
    "name", ["docs/data/leakage.md", "docs/syllabus.yml", "docs/assets/guide.css", "mkdocs.yml"]
)
def test_the_state_of_an_open_page_changes_with_what_it_shows(previewed, preview, name):
    previewed.write("docs/assets/guide.css", "")
    preview.get("/data/leakage/")
    before = preview.state("/data/leakage/")
    assert preview.state("/data/leakage/") == before
    previewed.append(name, "\n")
    assert preview.state("/data/leakage/") != before


def test_the_state_stays_when_another_topic_changes(previewed, preview):
    before = preview.state("/data/leakage/")
    previewed.append("snippets/training/clipping.py", "\n")
    assert preview.state("/data/leakage/") == before
    assert preview.state(CLIPPING) != before


def test_a_look_at_unchanged_pages_counts_none_of_their_words(preview, monkeypatch):
    before = preview.state(CLIPPING)
    monkeypatch.setattr(pages.Page, "minutes", property(lambda page: pytest.fail(f"{page.path} again")))
    assert preview.state(CLIPPING) == before


def test_a_page_that_cannot_be_made_is_told_and_comes_back(previewed, preview):
    good = previewed.read("docs/training/clipping.md")
    previewed.replace("docs/training/clipping.md", "\\hat g", "\\hatt g")
    with pytest.raises(GuideError) as raised:
        preview.get(CLIPPING)
    assert "hatt" in str(raised.value)
    assert "leakage" in shown(preview, "/data/leakage/")
    previewed.write("docs/training/clipping.md", good)
    assert "Do you clip" in shown(preview)


def test_the_search_and_the_cards_follow_every_page(previewed, preview):
    assert b"purple" not in preview.get("/search/answers.json")
    previewed.append("docs/data/leakage.md", "\nA purple leak.\n")
    found = json.loads(preview.get("/search/answers.json"))
    assert [entry["location"] for entry in found if "purple" in entry["words"]] == ["data/leakage/"]
    previewed.replace("docs/data/leakage.md", "Split first, by group", "Split blue first, by group")
    assert b"blue" in preview.get("/practise/cards/data/leakage.json")


def test_a_page_names_the_guides_search_and_opening_one_renders_no_other(preview, capsys):
    page = shown(preview)
    assert search.WORKER in page
    assert 'data-md-component="search"' in page
    assert json.loads(preview.get(f"/{search.MATERIALS}"))["docs"] == []
    assert rendered(capsys) == ["training/clipping.md"]


def test_a_page_with_broken_front_matter_is_told(previewed, preview):
    previewed.replace("docs/data/leakage.md", "level: warm-up", "level: hard")
    with pytest.raises(GuideError, match=r"docs/data/leakage\.md:5: front matter `level`"):
        preview.get("/data/leakage/")
    assert "Do you clip" in shown(preview)


FIGURE = """\
from guide.figures import diagram, label


def figure():
    figure, axes = diagram()
    label(axes, 1, 1, "WORD")
    return figure
"""


def test_a_figure_is_drawn_when_its_code_changes_and_not_before(previewed, capsys):
    drawing = serve.Drawing(previewed.root)
    drawing.follow()
    assert previewed.read("docs/training/clipping.svg") == "<svg xmlns='http://www.w3.org/2000/svg'/>\n"
    previewed.write("snippets/training/clipping_figure.py", FIGURE.replace("WORD", "first"))
    drawing.follow()
    assert "drew docs/training/clipping.svg" in capsys.readouterr().out
    drawn = previewed.read("docs/training/clipping.svg")
    previewed.write("snippets/training/clipping_figure.py", FIGURE.replace("WORD", "second"))
    drawing.follow()
    assert previewed.read("docs/training/clipping.svg") != drawn


def test_a_figure_that_cannot_be_drawn_is_told_and_kept(previewed, capsys):
    drawing = serve.Drawing(previewed.root)
    previewed.write("snippets/training/clipping_figure.py", "def figure():\n    return 1 / 0\n")
    drawing.follow()
    assert "clipping_figure.py: ZeroDivisionError" in capsys.readouterr().err
    assert previewed.read("docs/training/clipping.svg") == "<svg xmlns='http://www.w3.org/2000/svg'/>\n"


@pytest.fixture
def address(preview):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.preview = preview
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetched(url: str) -> tuple[int, str, dict]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def test_a_browser_gets_pages_that_watch_themselves(address):
    status, text, headers = fetched(f"{address}{CLIPPING}")
    assert status == 200 and serve.WATCHER in text
    assert headers["Cache-Control"] == "no-store"
    assert "fetch" in fetched(f"{address}/{serve.WATCHER}")[1]
    assert fetched(f"{address}/training/clipping")[1] == text  # sent on to the address with its slash
    assert fetched(f"{address}/nowhere/")[0] == 404
    # Two folders up stands the project itself, which is not the site.
    assert fetched(f"{address}/..%2f..%2fmkdocs.yml")[0] == 404
    assert fetched(f"{address}/..%2f..%2fdocs/syllabus.yml")[0] == 404


def test_a_browser_is_told_what_is_wrong_and_watches_on(previewed, address):
    previewed.replace("docs/training/clipping.md", "\\hat g", "\\hatt g")
    status, text, _ = fetched(f"{address}{CLIPPING}")
    assert status == 500 and "hatt" in text and serve.WATCHER in text


def test_a_taken_port_is_told(previewed, address):
    port = int(address.rpartition(":")[2])
    with pytest.raises(GuideError, match=f"port {port}.*PORT={port + 1}"):
        serve.serve(previewed.root, port)


def test_a_file_that_only_changes_its_time_is_rendered_again(previewed, preview, capsys):
    shown(preview)
    os.utime(previewed.root / "docs/training/clipping.md", (1, 1))
    shown(preview)
    assert rendered(capsys) == ["training/clipping.md"] * 2
