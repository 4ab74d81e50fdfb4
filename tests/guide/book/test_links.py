"""Every link of the book leads to a place in it or to an address on the web."""

from __future__ import annotations

import pytest

from guide.book import article, links
from guide.book.contents import Entry

PAGE = "<article><h1 id='top'>Title</h1>{}</article>"


@pytest.fixture
def resolve(tmp_path):
    """The link of a page, resolved: what it becomes, and the faults."""
    for name in (
        "training/clipping/index.html",
        "about/index.html",
        "training/clipping/data.ipynb",
        "index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    def run(html: str) -> tuple[str, list[str]]:
        here = article.read(Entry("training/clipping.md", 2, "Clipping"), PAGE.format(html))
        other = article.read(
            Entry("data/leakage.md", 2, "Leakage"), PAGE.format("<h2 id='groups'>Groups</h2><p>x</p>")
        )
        links.resolve([here, other], tmp_path, "https://example.org/guide/")
        found = here.body.xpath(".//a/@href")
        return found[0] if found else "", [str(fault) for fault in here.faults]

    return run


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("#top", "#training.clipping--top"),
        ("../../data/leakage/", "#data.leakage"),
        ("../../data/leakage/#groups", "#data.leakage--groups"),
        ("../../data/leakage/index.html#groups", "#data.leakage--groups"),
        ("data.ipynb", "https://example.org/guide/training/clipping/data.ipynb"),
        ("../../about/", "https://example.org/guide/about/"),
        ("../../about/#licenses", "https://example.org/guide/about/#licenses"),
        ("../..", "https://example.org/guide/"),
        ("https://arxiv.org/abs/1211.5063", "https://arxiv.org/abs/1211.5063"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_a_link_leads_to_its_place(resolve, href, target):
    assert resolve(f'<p><a href="{href}">x</a></p>') == (target, [])


@pytest.mark.parametrize(
    ("href", "words"),
    [
        (
            "#nowhere",
            "links to `#nowhere`, but that page has no such place: take the id that its heading has",
        ),
        (
            "../../data/leakage/#nowhere",
            "links to `../../data/leakage/#nowhere`, but that page has no such place",
        ),
        ("../gone/", "links to `../gone/`, which is not on the site: mend the link"),
        ("other.md", "links to `other.md`, which is not on the site: mend the link"),
        ("../../../outside", "links to `../../../outside`, which is not on the site: mend the link"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(resolve, href, words):
    _, (fault,) = resolve(f'<p><a href="{href}">x</a></p>')
    assert fault.startswith(f"docs/training/clipping.md: {words}")


def test_an_id_that_stands_twice_is_named(resolve):
    _, faults = resolve("<h2 id='why'>Why</h2><h2 id='why'>Why</h2>")
    assert faults == ["docs/training/clipping.md: has the id `why` twice: rename one of them"]
