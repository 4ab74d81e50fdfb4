"""Pictures say how large they are, and a figure's paragraph that it is one."""

from types import SimpleNamespace

import markdown
import pytest
from lxml import html
from markdown.treeprocessors import Treeprocessor

from guide.markdown import pictures

SVG = '<?xml version="1.0"?>\n<svg version="1.1" width="460.8pt" height="244.8pt">'
PNG = pictures.PNG + b"\0\0\0\rIHDR" + (640).to_bytes(4) + (48).to_bytes(4)


class Place(Treeprocessor):
    file = SimpleNamespace(src_uri="data/leakage.md")

    def run(self, root) -> None:
        return None


@pytest.fixture
def render(tmp_path, monkeypatch):
    (tmp_path / "docs" / "data").mkdir(parents=True)
    (tmp_path / "docs" / "data" / "leakage.svg").write_text(SVG)
    (tmp_path / "docs" / "leaf.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    md = markdown.Markdown(extensions=["attr_list", "guide.markdown.pictures"])
    md.treeprocessors.register(Place(md), "relpath", 0)
    return lambda text: html.fromstring(f"<main>{md.convert(text)}</main>")


def test_a_figure_says_its_size_in_pixels_and_its_paragraph_that_it_is_one(render):
    page = render("Text.\n\n![Loss falls over time](leakage.svg)")
    (image,) = page.iter("img")
    assert (image.get("width"), image.get("height")) == ("614", "326")
    assert [paragraph.get("class") for paragraph in page.iter("p")] == [None, "guide-figure"]


def test_a_photograph_says_its_size_and_stays_a_paragraph(render):
    page = render("![A leaf on a table](../leaf.png)\n{ .leaf }")
    (image,) = page.iter("img")
    assert (image.get("width"), image.get("height")) == ("640", "48")
    assert image.getparent().get("class") == "leaf"


@pytest.mark.parametrize("source", ["missing.svg", "https://example.org/a.svg"])
def test_a_picture_that_is_not_in_docs_is_left_as_it_is(render, source):
    (image,) = render(f"![Loss falls over time]({source})").iter("img")
    assert "width" not in image.attrib


@pytest.mark.parametrize("content", [b"", b"<svg>", b'<svg width="3cm" height="2cm">', b'<svg width="3">'])
def test_a_picture_that_does_not_say_its_size_in_pixels_has_none(content):
    assert pictures.size(content) is None
