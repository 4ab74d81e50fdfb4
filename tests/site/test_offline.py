"""The offline copy, unpacked and opened from its folder in a browser without a network."""

from __future__ import annotations

import calendar
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import html

from guide import downloads, offline

pytestmark = pytest.mark.slow
MINUTE = 60_000


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory) -> Path:
    """Where a reader unpacked the copy: a folder whose name needs escaping in an address."""
    target = tmp_path_factory.mktemp("offline") / "My Downloads #1"
    with zipfile.ZipFile(site / downloads.FOLDER / offline.FILE) as packed:
        packed.extractall(target)
    top, = target.iterdir()
    assert (top / "index.html").is_file()
    return top


@pytest.fixture
def tab(browser):
    """A page without a network that may neither ask for anything outside nor complain."""
    with browser.new_context(offline=True, viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        strangers, complaints = [], []
        tab.on("request", lambda request: re.match("file:|data:|blob:", request.url)
               or strangers.append(request.url))
        tab.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
        tab.on("console", lambda message: message.type in ("error", "warning")
               and complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        yield tab
        assert strangers == []
        assert complaints == []


def visit(tab, folder: Path, page: str) -> None:
    tab.goto((folder / page).as_uri(), wait_until="load")


def test_the_search_finds_an_answer(tab, folder):
    visit(tab, folder, "index.html")
    tab.locator(".md-search__input").press_sequentially("bias correction")
    result = tab.locator(".md-search-result__link", has_text="Adam").first
    result.wait_for(timeout=MINUTE)
    assert "/optimization/adam/index.html?" in result.get_attribute("href")
    result.click()
    tab.wait_for_url("**/optimization/adam/index.html?h=*")
    assert "Adam" in tab.inner_text("h1")
    assert tab.locator("mark").count()


def test_links_lead_from_page_to_page(tab, folder):
    visit(tab, folder, "index.html")
    tab.click("article .guide-topics a >> text=Optimization")
    tab.wait_for_url("**/optimization/index.html")
    tab.click("article .guide-questions a >> text=How does Adam work?")
    tab.wait_for_url("**/optimization/adam/index.html")
    tab.click("a[title='Deep Learning Interview Guide']")
    tab.wait_for_url("**/index.html")


@pytest.mark.parametrize(("scheme", "name"), [("light", "default"), ("dark", "slate")])
def test_styles_fonts_and_pictures_are_there(tab, folder, scheme, name):
    tab.emulate_media(color_scheme=scheme)
    visit(tab, folder, "optimization/adam/index.html")
    assert tab.get_attribute("body", "data-md-color-scheme") == name
    red, green, blue = map(int, re.findall(r"\d+", tab.evaluate(
        "getComputedStyle(document.querySelector('[data-md-color-scheme]')).backgroundColor"))[:3])
    assert (red + green + blue < 200) == (scheme == "dark")
    fonts = tab.evaluate("""document.fonts.ready.then(() =>
        [...document.fonts].filter(font => font.status === 'loaded').map(font => font.family))""")
    assert "KaTeX_Main" in fonts
    height = tab.locator(".katex-html .vlist").first.evaluate("e => e.getBoundingClientRect().height")
    assert height > 5, "the style sheet of formulas is missing"
    for image in tab.locator("article img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("i => i.decode().then(() => i.naturalWidth)") > 0


def test_python_runs(tab, folder):
    visit(tab, folder, "optimization/adam/index.html")
    tab.locator(".guide-tools button:visible", has_text="Run").first.click()
    tab.locator(".guide-state", has_text="Ran in").first.wait_for(timeout=2 * MINUTE)
    assert "m_hat" in tab.locator(".guide-printed").first.inner_text()
    tab.locator(".guide-tools button:visible", has_text="Edit").first.click()
    tab.wait_for_selector("[contenteditable=true]")


def test_cards_are_reviewed(tab, folder):
    visit(tab, folder, "practise/review/index.html")
    tab.get_by_role("button", name="Start").click()
    tab.get_by_role("button", name="Show the answer").click()
    link = tab.get_by_role("link", name=re.compile("The whole page"))
    link.click()
    tab.wait_for_url(re.compile(r"/index\.html$"))
    assert tab.locator("h1").count() == 1


def test_an_interview_is_drawn(tab, folder):
    visit(tab, folder, "practise/interview/index.html")
    tab.get_by_role("button", name="Draw an interview").click()
    tab.wait_for_selector("#guide-interview h2, #guide-interview h3")


def test_every_link_and_picture_is_in_the_folder(folder):
    """Also without a script: the addresses in the pages themselves."""
    found = 0
    for file in folder.rglob("*.html"):
        document = html.fromstring(file.read_text(encoding="utf-8"))
        loaded = document.xpath("//link[@rel!='canonical']/@href | //img/@src | //script/@src")
        for address in [*document.xpath("//a/@href"), *loaded]:
            path = re.sub(r"[?#].*", "", address)
            if path and not re.match("[a-z]+:", path):
                found += 1
                assert (file.parent / path).is_file(), f"{file.relative_to(folder)}: {address}"
    assert found > 1000


def test_licenses_of_what_is_packed_come_along(folder):
    for name in ("katex/LICENSE", "python/licenses/README.txt", "editor/LICENSES.txt", "fsrs/LICENSES.txt"):
        assert (folder / "assets" / "vendor" / name).is_file()


def test_it_is_made_again_of_the_same_bytes(site, tmp_path, monkeypatch):
    made = site / downloads.FOLDER / offline.FILE
    with zipfile.ZipFile(made) as packed:
        date = packed.infolist()[0].date_time
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(site, elsewhere)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(calendar.timegm(date)))
    offline.finish(tmp_path, elsewhere)
    assert (elsewhere / downloads.FOLDER / offline.FILE).read_bytes() == made.read_bytes()
    assert made.stat().st_size < 25e6
