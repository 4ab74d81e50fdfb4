"""What the comparison of generators calls a difference."""

from guide.exits import differences, read_anchors


def messages(expected, found):
    return [str(fault) for fault in differences(expected, found, "zensical")]


def test_the_same_pages_and_anchors_are_no_difference():
    pages = {".": {"home"}, "data/leakage": {"why", "code"}}
    assert differences(pages, {name: set(anchors) for name, anchors in pages.items()}, "properdocs") == []


def test_a_lost_page_an_added_page_and_lost_and_added_anchors_are_named():
    expected = {"a": {"x"}, "b": {"x", "y"}, "c": {"x"}}
    found = {"b": {"x"}, "c": {"x", "z"}, "d": set()}
    assert messages(expected, found) == [
        "a: zensical does not build this page",
        "b: zensical loses the anchors y (1 in all)",
        "c: zensical adds the anchors z (1 in all)",
        "d: zensical builds this page, MkDocs does not",
    ]


def test_only_the_anchors_of_the_article_count(tmp_path):
    page = tmp_path / "data" / "leakage" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '<html><body><p/><article><h1 id="why">?</h1><p id="__code_1"></p></article></body></html>',
        encoding="utf-8",
    )
    assert read_anchors(tmp_path) == {"data/leakage": {"why"}}
