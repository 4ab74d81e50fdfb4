"""The home page links what is there, and says how large it is."""

from __future__ import annotations

import pytest
from markdown import Markdown

from guide import downloads
from guide.faults import GuideError


@pytest.fixture
def site(tmp_path):
    for item in downloads.DOWNLOADS:
        downloads.path(tmp_path, item.file).write_bytes(b"x" * 1_234_000)
    (tmp_path / "index.html").write_text("\n".join(downloads.links(".")))
    return tmp_path


def test_sizes_come_from_the_finished_files(site):
    downloads.finish(site, site)
    text = (site / "index.html").read_text()
    assert text.count(">1.2 MB<") == len(downloads.DOWNLOADS)
    assert f'href="downloads/{downloads.NAME}.pdf"' in text


def test_a_promised_file_that_was_not_made_is_named(site):
    downloads.path(site, f"{downloads.NAME}.epub").unlink()
    with pytest.raises(GuideError, match=r"site/downloads/.*\.epub: is promised on the home page"):
        downloads.finish(site, site)


def test_an_empty_file_counts_as_missing(site):
    downloads.path(site, f"{downloads.NAME}.pdf").write_bytes(b"")
    with pytest.raises(GuideError, match=r"\.pdf: is promised"):
        downloads.finish(site, site)


@pytest.mark.parametrize(("size", "words"), [
    (1, "1 KB"), (640_400, "640 KB"), (999_600, "1.0 MB"),
    (2_449_000, "2.4 MB"), (9_960_000, "10 MB"), (15_600_000, "16 MB"),
])
def test_sizes_read_as_people_count(size, words):
    assert downloads.human(size) == words


def test_the_comment_in_a_page_becomes_the_list(project, monkeypatch):
    monkeypatch.chdir(project.root)
    html = Markdown(extensions=["md_in_html", "guide.markdown.lists"]).convert("<!-- downloads -->")
    assert f'<a href="downloads/{downloads.NAME}.epub" download>' in html
    assert downloads.PENDING.format(file=f"{downloads.NAME}.epub") in html


def test_a_page_further_down_links_upward():
    assert 'href="../../downloads/' in "".join(downloads.links("../.."))
