"""What every built page says to those who show a link to it, and the page for addresses that lead nowhere."""

import re
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import expect

from guide import pages, redirects
from guide.markdown.pictures import PNG, size
from guide.notebooks import page_address

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow
MARKUP = re.compile(r"[`$\\*<]")


@pytest.fixture(scope="module")
def heads(site) -> dict[str, dict[str, list[str]]]:
    """What the head of each page says, by the page's file; a redirect is no page."""
    found = {}
    for file in site.rglob("*.html"):
        if redirects.is_redirect(file):
            continue
        said: dict[str, list[str]] = {}
        for tag in html.fromstring(file.read_text(encoding="utf-8")).find("head").iter("meta", "title"):
            name = tag.get("property") or tag.get("name") or tag.tag
            said.setdefault(name, []).append(tag.get("content") or tag.text)
        found[file.relative_to(site).as_posix()] = said
    assert len(found) > 200
    return found


@pytest.fixture(scope="module")
def base(site) -> str:
    """The address that the site was built for."""
    return html.fromstring((site / "index.html").read_text(encoding="utf-8")).xpath(
        'string(//link[@rel="canonical"]/@href)')


def test_every_page_says_once_what_a_preview_shows(heads):
    wanted = ["title", "description", "og:title", "og:site_name", "og:type", "og:image", "og:image:width",
              "og:image:height", "og:image:alt", "twitter:card"]
    for file, said in heads.items():
        assert {name: len(said.get(name, [])) for name in wanted} == dict.fromkeys(wanted, 1), file
        assert said["twitter:card"] == ["summary_large_image"], file
        assert not MARKUP.search(said["og:title"][0] + said["og:image:alt"][0]), file
        if file != "404.html":
            assert len(said["og:url"]) == 1 and said["og:description"] == said["description"], file


def test_no_two_pages_have_the_same_title(heads):
    assert heads["index.html"]["title"] == heads["index.html"]["og:site_name"]  # not "Home"
    files = {}
    for file, said in heads.items():
        files.setdefault(said["title"][0], []).append(file)
    assert [twice for twice in files.values() if len(twice) > 1] == []


def test_every_picture_is_the_png_that_its_tags_promise(heads, site, base):
    assert base.startswith("https://") and base.endswith("/")
    seen = set()
    for file, said in heads.items():
        (address,) = said["og:image"]
        assert address.startswith(base), file
        picture = site / address.removeprefix(base)
        content = picture.read_bytes()
        assert content.startswith(PNG) and size(content) == (1200, 630), file
        assert [said["og:image:width"], said["og:image:height"]] == [["1200"], ["630"]], file
        assert len(content) < 40_000, f"{address} has {len(content)} bytes"
        seen.add(picture)
    assert seen == set((site / "assets/social").rglob("*.png"))


def test_each_answer_asks_its_own_question_in_a_picture_of_its_own(heads):
    answers = [page for page in pages.read(ROOT)[0] if page.is_answer]
    pictures = []
    for page in answers:
        said = heads[f"{page_address(page.source)}/index.html"]
        if not MARKUP.search(page.question):
            assert said["og:title"] == [page.question]
        assert said["og:image:alt"][0].endswith(f", {page.front.level}: {said['og:title'][0]}")
        pictures += said["og:image"]
    others = {said["og:image"][0] for said in heads.values()} - set(pictures)
    assert len(set(pictures)) == len(answers) > 150 and len(others) == 1


@pytest.fixture
def lost(browser, address, site, base):
    """A page at an address that leads nowhere, as a server shows it, two folders deep."""
    context = browser.new_context()
    page = context.new_page()
    root = re.match(r"https://[^/]+(/.*)", base)[1]
    text = (site / "404.html").read_text(encoding="utf-8").replace(f'"{root}', '"/')
    page.route("**/deep/wrong/", lambda route: route.fulfill(status=404, body=text, content_type="text/html"))
    page.goto(f"{address}/deep/wrong/")
    yield page
    context.close()


def test_a_wrong_address_says_so(lost):
    assert lost.title() == "Page not found - Deep Learning Interview Guide"
    expect(lost.locator("article h1")).to_have_text("Page not found")


@pytest.mark.parametrize(("words", "path", "heading"), [
    ("the list of all questions", "/questions/", "Every question"),
    ("the first page", "/", "Deep Learning Interview Guide"),
])
def test_a_wrong_address_leads_on(lost, address, words, path, heading):
    lost.locator("article a", has_text=words).click()
    expect(lost).to_have_url(address + path)
    expect(lost.locator("article h1")).to_contain_text(heading)


def test_a_wrong_address_leads_to_the_search(lost):
    lost.locator("article a", has_text="Search the answers").click()
    expect(lost.locator("input.md-search__input")).to_be_focused()
    lost.keyboard.type("dropout")
    expect(lost.locator(".md-search-result__link").first).to_be_visible()


def test_the_search_opens_on_the_page_itself(lost):
    lost.keyboard.press("/")
    expect(lost.locator("input.md-search__input")).to_be_focused()
    lost.keyboard.type("dropout")
    expect(lost.locator(".md-search-result__link").first).to_be_visible()
