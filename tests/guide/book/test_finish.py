"""The step as a whole: both files or none, and every fault of every page in one go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guide import book, downloads
from guide.book import pdf
from guide.faults import GuideError

REPOSITORY = Path(__file__).resolve().parents[3]
HEAD = (
    '<head><meta property="og:site_name" content="Minimal"><meta name="description" content="Small.">'
    '<link rel="canonical" href="https://example.org/"></head>'
)


@pytest.fixture
def built(project, tmp_path, monkeypatch):
    """The minimal project with a built page for each of its pages."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    project.write("pyproject.toml", '[project]\nversion = "1.2.3"\n')
    project.write("LICENSE", "Free.\n")
    site = tmp_path / "site"
    for name in ("", "training", "training/clipping", "data", "data/leakage", "reference/training"):
        page = site / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            f"<html>{HEAD}<body><article><h1 id='t'>{name or 'Home'}</h1><p>Text.</p></article></body></html>"
        )
    return project.root, site


def break_page(site, name: str, html: str) -> None:
    page = site / name / "index.html"
    page.write_text(page.read_text().replace("<p>Text.</p>", html))


def files(site) -> list[str]:
    return sorted(path.name for path in site.glob("downloads/*"))


def test_both_files_are_written_and_nothing_else(built, capsys):
    book.finish(*built)
    assert files(built[1]) == [f"{downloads.NAME}.epub", f"{downloads.NAME}.pdf"]
    assert "pages: 5" in capsys.readouterr().out


# Everything that the book draws: formulas, a picture, code, a table, a fold, links inside and outside.
RICH = """
<p>Clip
<span class="arithmatex"><math><annotation encoding="application/x-tex">g_{%d}</annotation></math></span> as
<a href="../../data/leakage/">leakage</a> and <a href="https://example.org/x">others</a> do, by
<code>clip_grad_norm</code>:</p>
<div class="arithmatex"><span class="katex-display"><math><annotation encoding="application/x-tex">
\\hat g = g \\min\\left(1, \\frac{%d}{\\lVert g \\rVert}\\right) \\tag{1}</annotation></math></span></div>
<h2 id="code">Code</h2><div class="highlight language-python"><pre><code><span class="k">def</span> <span
class="nf">clip</span>(grad):</code></pre></div>
<table><thead><tr><th>norm</th></tr></thead><tbody><tr><td>%d</td></tr></tbody></table>
<details class="question"><summary>Why?</summary><p>Because.</p></details>
<p><img src="line.svg" alt="A line that rises"></p>
"""
LINE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20">'
    '<path d="M0 20L40 0" stroke="#1f5fbf"/></svg>'
)
BUILD = """
import sys
from pathlib import Path

from guide import book

book.finish(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_two_builds_are_the_same_bytes(built, tmp_path):
    """In other folders, at other times, by processes that differ in all that a machine may differ in."""
    root, site = built
    for number, page in enumerate(("training", "training/clipping", "data", "data/leakage")):
        (site / page / "line.svg").write_text(LINE)
        rich = RICH % (number, number, number)
        break_page(site, page, rich if "/" in page else rich.replace("../../", "../"))
    again = tmp_path / "elsewhere" / "of another length"
    shutil.copytree(root, again / "root")
    shutil.copytree(site, again / "site")
    first = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "RAYON_NUM_THREADS": "1"}
    second = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Niue", "RAYON_NUM_THREADS": "4"}
    contents = []
    for folder, site_folder, different in [(root, site, first), (again / "root", again / "site", second)]:
        if contents:
            time.sleep(2)  # the coarsest clock, that of zip archives, moves on
        subprocess.run(
            [sys.executable, "-c", BUILD, folder, site_folder],
            check=True,
            cwd=REPOSITORY,
            env=os.environ | different,
            stdout=subprocess.DEVNULL,
        )
        contents.append({path.name: path.read_bytes() for path in site_folder.glob("downloads/*")})
    assert sorted(contents[0]) == [f"{downloads.NAME}.epub", f"{downloads.NAME}.pdf"]
    for name, content in contents[0].items():
        assert content == contents[1][name], name


def test_all_faults_of_all_pages_come_at_once_and_no_file_is_left(built):
    root, site = built
    break_page(
        site, "training/clipping", "<p><img src='gone.svg' alt='A line that rises'><a href='#gone'>x</a></p>"
    )
    break_page(site, "data/leakage", "<p><span class='arithmatex'>\\(x\\)</span></p>")
    with pytest.raises(GuideError) as caught:
        book.finish(root, site)
    assert [
        f"{fault.path}: {fault.message.split(',')[0].split(':')[0]}" for fault in caught.value.faults
    ] == [
        "docs/data/leakage.md: formula `\\(x\\)` was not rendered",
        "docs/training/clipping.md: image `gone.svg` is not on the site",
        "docs/training/clipping.md: links to `#gone`",
    ]
    assert files(site) == []


def test_a_formula_that_cannot_be_printed_is_named_with_its_page(built):
    root, site = built
    wrong = (
        '<p><span class="arithmatex"><math><annotation encoding="application/x-tex">\\foo</annotation></math>'
        "</span></p>"
    )
    break_page(site, "training/clipping", wrong)
    with pytest.raises(
        GuideError, match=r"docs/training/clipping\.md: formula `\\foo` cannot be printed: Undefined"
    ):
        book.finish(root, site)


def test_a_page_that_was_not_built_is_named(built):
    root, site = built
    (site / "data/leakage/index.html").unlink()
    with pytest.raises(GuideError, match=r"docs/data/leakage\.md: was not built, so the book lacks it"):
        book.finish(root, site)


def test_what_typst_refuses_leaves_the_old_files(built, monkeypatch):
    root, site = built
    downloads.path(site, f"{downloads.NAME}.pdf").write_bytes(b"old")

    def refuse(*arguments):
        raise GuideError("refused")

    monkeypatch.setattr(pdf, "make", refuse)
    with pytest.raises(GuideError, match="refused"):
        book.finish(root, site)
    assert files(site) == [f"{downloads.NAME}.pdf"]
    assert downloads.path(site, f"{downloads.NAME}.pdf").read_bytes() == b"old"


def test_a_write_that_fails_leaves_nothing_half(tmp_path, monkeypatch):
    target = tmp_path / "book.pdf"
    target.write_bytes(b"old")

    def full(self, content):
        with open(self, "wb") as file:
            file.write(content[:2])
        raise OSError("disk full")

    monkeypatch.setattr(type(target), "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        book.write(target, b"new content")
    assert [path.name for path in tmp_path.iterdir()] == ["book.pdf"]
    assert target.read_bytes() == b"old"


def test_progress_counts_up_on_a_terminal_and_is_one_line_in_a_log(monkeypatch, capsys):
    for done in (1, 2):
        book.show("formulas", done, 2)
    assert capsys.readouterr().out == "    formulas: 2\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for done in (1, 2):
        book.show("formulas", done, 2)
    assert capsys.readouterr().out == "\r    formulas: 1 of 2\r    formulas: 2 of 2\n"
