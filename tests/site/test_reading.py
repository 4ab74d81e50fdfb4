"""A page in hand: its weight, large type, a narrow phone, paper, and no motion where none is wanted."""

import pymupdf
import pytest

from guide import audit, redirects

pytestmark = pytest.mark.slow
ANSWER = "/detection_and_segmentation/region_proposal_network/"  # the most markup of all
PATHS = [f"/{path}" for path in audit.KINDS.values()] + [ANSWER]


def test_no_page_weighs_more_than_its_limit(site):
    pages = [page for page in sorted(site.rglob("*.html")) if not redirects.is_redirect(page)]
    weights = {page.relative_to(site).as_posix(): sum(audit.weights(site, page).values()) for page in pages}
    assert len(weights) > 200
    assert {name: weight for name, weight in weights.items() if weight > audit.LIMIT} == {}


# Modules and fonts included that scripts and formulas ask for later; of the search, what the first key loads.
ASKED = """() => performance.getEntries().filter((entry) => entry.encodedBodySize !== undefined)
    .map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])"""


def test_a_first_visit_of_the_heaviest_pages_stays_below_the_limit(browser, site):
    pages = sorted(site.glob("*/*/index.html"), key=lambda page: -sum(audit.weights(site, page).values()))
    with audit.serving(site) as address:
        for page in pages[:5]:
            tab = browser.new_context().new_page()  # with an empty cache
            name = page.parent.relative_to(site).as_posix()
            tab.goto(f"{address}{name}/", wait_until="networkidle")
            sizes = {path: size for path, size in tab.evaluate(ASKED) if "search" not in path}
            tab.context.close()
            assert len(sizes) > 8, name
            assert sum(sizes.values()) <= audit.LIMIT, (name, sizes)


SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_nothing_scrolls_sideways_on_a_narrow_phone_or_at_twice_the_size(opened, address):
    page = opened("/", viewport={"width": 320, "height": 640})
    found = {}
    for path in PATHS:
        page.goto(address + path, wait_until="load")
        page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
        found[path, "320 pixels"] = page.evaluate(SIDEWAYS)
        page.set_viewport_size({"width": 640, "height": 450})  # 1280 by 900 at 200 %
        found[path, "200 %"] = page.evaluate(SIDEWAYS)
        page.set_viewport_size({"width": 320, "height": 640})
    assert {where: width for where, width in found.items() if width > 0} == {}


def test_the_link_at_a_heading_takes_no_line_of_its_own(opened):
    page = opened("/optimization/adam/", viewport={"width": 320, "height": 640})
    height = "document.querySelector('article h1').getBoundingClientRect().height"
    before = page.evaluate(height)
    page.evaluate("document.querySelector('article h1 .headerlink').remove()")
    assert page.evaluate(height) == before


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_there_is_dark_text_all_folds_are_open_and_no_navigation(opened, scripts):
    page = opened("/optimization/adam/", color_scheme="dark", java_script_enabled=scripts)
    if scripts:
        page.wait_for_selector("body[data-md-color-scheme=slate]")
        page.wait_for_selector(".guide-tools")
    page.emulate_media(media="print", color_scheme="dark")
    moving = """() => [...document.querySelectorAll("body, body *")]
        .filter((element) => getComputedStyle(element).transitionDuration !== "0s").length"""
    assert page.evaluate(moving) == 0, "colors would be on their way from the screen's to the paper's"
    color = "(element) => getComputedStyle(element).color"
    assert page.locator("article > p:not([class])").first.evaluate(color) == "rgb(31, 41, 51)"
    assert page.locator("article .guide-citation").first.evaluate(color) == "rgb(31, 95, 191)"
    gone = (".md-header, .md-sidebar, .md-path, .md-footer, .md-top, .md-content__button, .guide-tools, "
            ".guide-remember")
    assert [each for each in page.locator(gone).all() if each.is_visible()] == []
    folds = page.locator("article details > :not(summary)")
    assert folds.count() > 4
    assert [fold.inner_text()[:40] for fold in folds.all() if not fold.is_visible()] == []


def test_on_paper_the_name_of_a_file_stays_with_its_code(opened):
    page = opened("/optimization/adam/")
    page.wait_for_selector(".guide-tools")
    with pymupdf.open("pdf", page.pdf(format="A4")) as document:
        last = [sheet.get_text().split("\n")[-2].strip() for sheet in document]
    assert len(last) > 10
    assert [line for line in last if line.endswith(".py")] == []


def test_formulas_are_whole_and_icons_there_where_the_system_chooses_the_colors(opened):
    page = opened("/optimization/adam/", forced_colors="active")
    page.wait_for_selector(".guide-tools")
    # Without it a ground stands behind each part of a formula, and the hat of m covers the m.
    covered = """() => [...document.querySelectorAll(".katex-html .mord")]
        .filter((part) => getComputedStyle(part).forcedColorAdjust !== "none").length"""
    assert page.evaluate(covered) == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.katex-html')).color") == "rgb(0, 0, 0)"
    vanished = """() => [...document.querySelectorAll(
            ".md-nav__item .md-icon, .md-code__button, article summary, .md-path__item + .md-path__item")]
        .filter((element) => {
            const part = element.matches(".md-path__item") ? "::before" : "::after";
            const icon = getComputedStyle(element, part);
            return icon.maskImage !== "none" && icon.backgroundColor === "rgb(255, 255, 255)";
        }).map((element) => element.outerHTML.slice(0, 80))"""
    assert page.evaluate(vanished) == []


def test_nothing_moves_where_motion_is_not_wanted(opened):
    page = opened("/optimization/adam/", reduced_motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return transitionDuration.split(", ").some((time) => parseFloat(time) > 0) || animationName !== "none"
            || scrollBehavior === "smooth";
    }).map((element) => element.className || element.localName)""")
    assert moving == []
