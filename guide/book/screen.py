"""What a page holds for fingers and screens, and how paper does without it."""

from __future__ import annotations

from lxml import etree

FOLD = 'details[contains(@class, "guide-fold")]'


def leave_out(article: etree._Element) -> None:
    """Take lists of topics and exercises' files out of a built page, and let hints stand open."""
    _drop_section_of_topics(article)
    _drop_code_of_exercises(article)
    _list_hints(article)


def _drop_section_of_topics(article: etree._Element) -> None:
    """Leave out a heading below which stands only the list of topics: the book has its contents."""
    for listed in article.xpath('.//div[@class="guide-topics"]'):
        before = list(listed.itersiblings(preceding=True))
        until = next((n for n, sibling in enumerate(before) if sibling.tag in ("h1", "h2")), None)
        if until is not None and before[until].tag == "h2":
            for element in [*before[: until + 1], listed]:
                element.drop_tree()


def _drop_code_of_exercises(article: etree._Element) -> None:
    """Leave out starter, tests and solution: the page has shown the code, and nobody runs paper."""
    for fold in article.xpath(f".//{FOLD}"):
        for code in fold.xpath('./div[contains(@class, "highlight")]'):
            before = code.getprevious()
            if before is not None and before.tag == "p" and before.text_content().strip().endswith(":"):
                before.drop_tree()  # what announced it
            code.drop_tree()
        if not fold.xpath("./*[not(self::summary)]"):
            fold.drop_tree()


def _list_hints(article: etree._Element) -> None:
    """Hints that unfold one by one become a numbered list: paper cannot hide the next one."""
    listed = None
    for hint in article.xpath(f".//{FOLD}//{FOLD}"):
        if listed is None or hint.getprevious() is not listed:
            listed = etree.Element("ol")
            hint.addprevious(listed)
        hint.find("summary").drop_tree()
        hint.tag = "li"
        listed.append(hint)
