"""The step as a whole: both files or none, and every fault of every page in one go."""

from __future__ import annotations

import pytest

from guide import book, downloads
from guide.book import pdf
from guide.faults import GuideError

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


def test_two_builds_in_different_folders_are_the_same(built, tmp_path_factory):
    import shutil

    root, site = built
    book.finish(root, site)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(root, elsewhere / "root")
    again = elsewhere / "root" / "site"
    shutil.rmtree(again / "downloads")
    book.finish(elsewhere / "root", again)
    for suffix in ("pdf", "epub"):
        name = f"downloads/{downloads.NAME}.{suffix}"
        assert (site / name).read_bytes() == (again / name).read_bytes()


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
