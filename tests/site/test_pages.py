"""The built site as a reader meets it: in a real browser, on a phone, in the dark, without JavaScript."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html

from guide import pages
from guide.notebooks import page_address

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


def clean(path: str) -> str:
    return re.sub(r"/+", "/", path)


# Runs before any script of a page, and outlives instant loading.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.effectiveDirective} stops ${event.blockedURI} in ${event.sourceFile}`));
"""
LOOK = """async () => {
    await new Promise((resolve) => requestIdleCallback(() => resolve(), {timeout: 500}));
    const { scrollWidth, clientWidth } = document.documentElement;
    const headings = document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)");
    return {
        overflow: scrollWidth - clientWidth,
        images: [...document.images].map(({ currentSrc, complete, naturalWidth, alt }) =>
            ({ src: currentSrc, ok: complete && naturalWidth > 0, alt })),
        headings: [...headings].map((heading) => Number(heading.localName[1])),
        text: document.querySelector("article").innerText,
        policy: document.head.firstElementChild.content,
        violations,
    };
}"""


@pytest.fixture(scope="module")
def visits(browser, address, page_paths):
    """Every page opened once: what it requested, what it logged, how wide it is, what a reader sees."""
    seen = {}
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    context.add_init_script(WATCH)
    page = context.new_page()
    requests, messages = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: message.type in ("error", "warning") and messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    for path in page_paths:
        requests.clear()
        messages.clear()
        page.goto(address + clean(path), wait_until="load")
        seen[path] = page.evaluate(LOOK) | {"requests": list(requests), "messages": list(messages)}
    context.close()
    return seen


def kinds_of_elements(file: Path) -> set[tuple]:
    """What a style can tell apart in a page's article: each kind of element inside each other kind."""
    found = set()
    waiting = [(None, html.fromstring(file.read_text(encoding="utf-8")).find(".//article"))]
    while waiting:
        parent, element = waiting.pop()
        if not isinstance(element.tag, str):  # a comment
            continue
        names = element.get("class"), element.get("id") if "guide" in element.get("id", "") else None
        kind = element.tag, *names, *sorted({*element.keys()} - {"class", "id"})
        found.add((parent, kind))
        # Of code and formulas each stands or falls as a whole.
        if element.tag != "pre" and "katex" not in element.get("class", ""):
            waiting += [(kind, child) for child in element]
    return found


@pytest.fixture(scope="module")
def one_of_each(site, page_paths) -> list[str]:
    """Pages that hold, between them, every kind of element that any page holds."""
    kinds = {path: kinds_of_elements(site / path.strip("/") / "index.html") for path in page_paths}
    chosen, known = [], set()
    for path in sorted(kinds, key=lambda path: -len(kinds[path])):
        if not kinds[path] <= known:
            chosen.append(path)
            known |= kinds[path]
    assert known == set().union(*kinds.values())
    return chosen


@pytest.fixture(scope="module")
def texts_without_javascript(browser, address, one_of_each):
    """What a reader sees if scripts do not run; an element is shown or hidden by its kind."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    seen = {}
    for path in one_of_each:
        page.goto(address + clean(path))
        seen[path] = page.inner_text("article")
    context.close()
    return seen


def test_no_page_asks_a_third_party_for_anything(visits, address):
    for path, visit in visits.items():
        strangers = [
            url for url in visit["requests"] if urlsplit(url).scheme != "data" and not url.startswith(address)
        ]
        assert not strangers, f"{path} requests {strangers}"


def test_no_reader_fetches_the_pictures_of_link_previews(visits):
    assert {path for path, visit in visits.items() if "assets/social" in " ".join(visit["requests"])} == set()


def test_no_page_names_a_third_party_in_what_it_loads(site):
    for file in site.rglob("*.html"):
        document = html.fromstring(file.read_text(encoding="utf-8"))
        loaded = document.xpath(
            '//script/@src|//img/@src|//iframe/@src|//link[@rel!="canonical" and @rel!="edit"]/@href'
        )
        strangers = [url for url in loaded if re.match(r"(https?:)?//", url)]
        assert not strangers, f"{file.relative_to(site)} loads {strangers}"


def test_no_page_complains_in_the_console(visits):
    assert {path: visit["messages"] for path, visit in visits.items() if visit["messages"]} == {}


def test_every_picture_loads_and_is_described(visits):
    for path, visit in visits.items():
        for image in visit["images"]:
            assert image["ok"], f"{path}: {image['src']} did not load"
            assert len(image["alt"].split()) >= 4, f"{path}: {image['src']} has no text alternative"


def test_nothing_is_wider_than_a_narrow_phone_or_a_desk_at_four_times_the_size(visits):
    assert {path: visit["overflow"] for path, visit in visits.items() if visit["overflow"] > 0} == {}


def written(file: Path) -> list[str]:
    """The paragraphs, headings, cells and list items in a page's file, without folds and formulas."""
    article = html.fromstring(file.read_text(encoding="utf-8")).find(".//article")
    for aside in article.xpath(
        './/details|.//label|.//a[@class="headerlink"]|.//*[contains(@class, "tabbed-set")]'
        '|.//*[contains(@class, "katex")]/ancestor::*[self::p or self::li or self::td or self::th][1]'
    ):
        aside.drop_tree()
    blocks = article.xpath(".//p|.//h1|.//h2|.//h3|.//h4|.//td|.//li[not(.//p)]|.//pre")
    return [text for block in blocks if (text := re.sub(r"\s+", "", block.text_content()))]


def assert_shows_what_is_written(site: Path, texts: dict[str, str]) -> None:
    assert texts
    for path, text in texts.items():
        # What CSS writes in capitals is still the same text.
        seen = re.sub(r"\s+", "", text).lower()
        for block in written(site / path.strip("/") / "index.html"):
            assert block.lower() in seen, f"{path}: unseen {block!r}"


def test_every_page_shows_what_is_written(site, visits):
    assert_shows_what_is_written(site, {path: visit["text"] for path, visit in visits.items()})


def test_every_kind_of_page_shows_what_is_written_without_javascript(site, texts_without_javascript):
    assert len(texts_without_javascript) > 15
    assert_shows_what_is_written(site, texts_without_javascript)


def test_no_page_breaks_its_security_policy(visits):
    for path, visit in visits.items():
        assert "script-src 'self' 'wasm-unsafe-eval';" in visit["policy"], path
    assert {path: visit["violations"] for path, visit in visits.items() if visit["violations"]} == {}


def test_headings_go_down_one_step_at_a_time(visits):
    for path, visit in visits.items():
        levels = visit["headings"]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)


@pytest.mark.parametrize(
    ("scheme", "background"),
    [
        ("light", "rgb(254, 254, 254)"),
        ("dark", "rgb(27, 31, 38)"),
    ],
)
def test_the_palette_follows_the_system(browser, address, scheme, background):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background
    context.close()


def test_the_palette_can_be_switched_and_figures_follow(browser, address):
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/optimization/adam/")
    figure = page.locator('img[src$=".svg"]').first
    figure.scroll_into_view_if_needed()
    light = figure.screenshot()
    while page.evaluate("document.body.getAttribute('data-md-color-scheme')") != "slate":
        page.locator("label.md-header__button[title]:visible").first.click()
    figure.scroll_into_view_if_needed()
    assert page.evaluate("getComputedStyle(document.querySelector('article img')).colorScheme") == "dark"
    assert figure.screenshot() != light
    context.close()


def test_a_click_keeps_the_page_and_brings_the_answer(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/optimization/")
    page.evaluate("window.stillHere = true")
    page.locator("article a", has_text="How does Adam work?").click()
    page.wait_for_url("**/optimization/adam/")
    page.wait_for_selector("article h1:has-text('How does Adam work?')")
    assert page.evaluate("window.stillHere"), "instant loading reloaded the whole page"
    context.close()


def test_formulas_carry_mathml_and_no_raw_tex_is_left(site):
    for file in site.rglob("index.html"):
        article = html.fromstring(file.read_text(encoding="utf-8")).find(".//article")
        for formula in article.xpath('.//*[@class="arithmatex"]'):
            assert formula.xpath(".//math/semantics/annotation"), f"{file}: {formula.text_content()[:60]}"
        for code in article.xpath(".//code|.//pre|.//script|.//annotation"):
            code.drop_tree()
        raw = re.search(r"\$[^$\s][^$]*\$|\\\(|\\\[", article.text_content())
        assert not raw, f"{file.relative_to(site)} shows raw TeX: {raw[0]}"


def test_every_answer_is_complete_on_its_built_page(site):
    for page in pages.read(ROOT)[0]:
        if not page.is_answer:
            continue
        file = site / page_address(page.source) / "index.html"
        document = html.fromstring(file.read_text(encoding="utf-8"))
        article = document.find(".//article")
        assert article.xpath(".//h1"), page.path
        assert article.xpath('.//p[@class="guide-meta"]'), page.path
        assert document.xpath('//meta[@name="description"]/@content') == [page.front.description]
        for slug in page.front.answers:
            anchor = page.anchor(slug).lstrip("#")
            assert not anchor or article.xpath(f'.//*[@id="{anchor}"]'), f"{page.path}: no anchor {anchor}"


def test_links_inside_the_site_lead_somewhere(site):
    anchors = {}
    for file in site.rglob("*.html"):
        anchors[file] = set(html.fromstring(file.read_text(encoding="utf-8")).xpath("//@id"))
    for file in anchors:
        if file.name == "404.html":
            continue
        for href in html.fromstring(file.read_text(encoding="utf-8")).xpath("//a/@href"):
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / parts.path).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{file.relative_to(site)} links to {href}"
            if parts.fragment and target.suffix == ".html":
                assert parts.fragment in anchors[target], f"{file.relative_to(site)} links to {href}"


def test_the_notebook_page_is_light(site):
    for page in pages.read(ROOT)[0]:
        if page.is_notebook:
            file = site / page.source.removesuffix(".ipynb") / "index.html"
            assert file.stat().st_size < 180_000  # mkdocs-jupyter alone makes half a megabyte
