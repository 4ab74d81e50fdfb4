"""One page of each kind, by axe-core: in both palettes, on a desk and on a phone; then by keyboard alone."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "guide" / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.slow

PAGES = [
    "/",
    "/questions/",
    "/optimization/",
    "/optimization/adam/",
    "/classical/k_means/",
    "/convolution/resnet/",
    "/activations_and_losses/relu/",
    "/interviews/train_on_your_dataset/",
    "/reference/optimization/",
    "/about/",
    "/practise/",
    "/practise/review/",
    "/practise/interview/",
    "/practise/plan/",
    "/perspective/patents/",
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


# What axe takes for a fault and is none.
ALLOWED = {
    # axe does not read MathML, which is what a screen reader hears in a heading that is a formula.
    "empty-table-header": ":has(math)",
    # The editor's text takes the focus; axe does not count what is editable without a tabindex.
    "scrollable-region-focusable": ".cm-scroller:has([contenteditable=true])",
}
FIND = """async ({ allowed, options }) => {
    const inside = (root, selector) => (root.shadowRoot ?? root).querySelector(selector);
    const find = (target) => [target].flat().reduce(inside, document);
    const found = [];
    const results = await axe.run(document, { resultTypes: ["violations"], ...options });
    for (const { id, impact, nodes } of results.violations) {
        for (const { target, html, any, all, none } of nodes) {
            if (allowed[id] && find(target.at(-1))?.matches(allowed[id])) continue;
            const reasons = [...any, ...all, ...none].map((check) => check.message).join("; ");
            found.push(`${id} (${impact}): ${target.join(" ")}: ${html.slice(0, 160)}: ${reasons}`);
        }
    }
    return found;
}"""
# Two that axe leaves out unless asked: targets of 24 pixels, and a name for each row of a table.
ALL = {"rules": {"target-size": {"enabled": True}, "td-has-header": {"enabled": True}}}
CONTRAST = {"runOnly": ["color-contrast"]}
ALL_BUT_CONTRAST = {"rules": {**ALL["rules"], "color-contrast": {"enabled": False}}}


def violations(page, options: dict = ALL) -> list[str]:
    """What axe finds, each with the element it stands on."""
    return page.evaluate(FIND, {"allowed": ALLOWED, "options": options})


@pytest.fixture
def opened(browser, address):
    """Opens a page; axe is not part of the site, so the policy must let it in."""
    contexts = []

    def open_page(path: str, scheme: str = "light", viewport: dict = DESK):
        context = browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True,
                                      reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.goto(address + path, wait_until="load")
        page.add_script_tag(path=AXE)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened, path):
    page = opened(path)
    assert violations(page) == [], "on a desk"
    page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
    page.emulate_media(color_scheme="dark")  # a palette changes colors and nothing else
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    assert violations(page, CONTRAST) == [], "in the dark, with all folds open"
    # A phone changes places and no colors; the menu that only it has is looked at below.
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(100)  # what scrolls now becomes a stop of the keyboard
    assert violations(page, ALL_BUT_CONTRAST) == [], "on a phone, with all folds open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_exercise_and_search(opened, scheme):
    page = opened("/optimization/adam/", scheme)
    page.get_by_role("button", name="Write it here").click()
    page.wait_for_selector(".cm-content")
    assert violations(page) == [], "with the editor open"
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    page.keyboard.type("dropout")
    page.wait_for_selector(".md-search-result__link")
    assert violations(page) == [], "with the search open"


def test_axe_finds_nothing_in_the_open_menu_of_a_phone(opened):
    page = opened("/optimization/adam/", "light", PHONE)
    page.get_by_role("button", name="Menu").click()
    page.wait_for_timeout(400)
    assert violations(page) == []


def focused(page) -> dict:
    """What has the focus, and whether that shows: by its own outline or by that of its label."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        const outlined = (e) => e && getComputedStyle(e).outlineStyle !== "none"
            && parseFloat(getComputedStyle(e).outlineWidth) >= 1 && e.getBoundingClientRect().width > 0;
        // A radio button of the palette has no size; the label beside it has.
        const inSight = (e) => {
            const box = e?.getBoundingClientRect();
            return box?.height > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0
                && box.top < innerHeight && e.checkVisibility({visibilityProperty: true});
        };
        return {
            inSight: [element, element.nextElementSibling].some(inSight),
            tag: element.localName,
            text: (element.innerText || element.ariaLabel || element.title || "").trim(),
            shown: [element, element.nextElementSibling, element.parentElement].some(outlined),
            inArticle: Boolean(element.closest("article")),
        };
    }""")


def test_every_stop_of_the_tab_key_shows_where_it_is(opened):
    page = opened("/optimization/adam/")
    hidden = []
    for _ in range(45):
        page.keyboard.press("Tab")
        stop = focused(page)
        if not stop["shown"]:
            hidden.append(stop)
    assert hidden == []


@pytest.mark.parametrize("path", ["/optimization/adam/", "/practise/", "/404.html"])
def test_no_stop_of_the_tab_key_is_out_of_sight_on_a_phone_or_at_four_times_the_size(opened, path):
    page = opened(path, "light", {"width": 320, "height": 640})
    stops = []
    while len(stops) < 60:
        page.keyboard.press("Tab")
        stops.append(focused(page))
        if stops[-1]["tag"] == "body":
            break
    assert len(stops) > 5 and [stop for stop in stops[:-1] if not stop["inSight"]] == []


def test_the_first_tab_skips_to_the_content(opened):
    page = opened("/optimization/adam/")
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Skip to content"
    assert page.locator(".md-skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    page.keyboard.press("Tab")
    assert focused(page)["inArticle"], focused(page)


def test_search_and_result_by_keyboard_alone(opened):
    page = opened("/questions/")
    page.keyboard.press("/")
    page.keyboard.type("k-means++")
    page.wait_for_selector(".md-search-result__link")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/classical/k_means/**")


def test_the_search_field_of_the_home_page_by_keyboard(opened):
    page = opened("/")
    page.locator(".guide-search [role=button]").focus()
    page.keyboard.press(" ")
    page.wait_for_selector(".md-search__input:focus")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("name", "toggle"), [("Menu", "__drawer"), ("Search", "__search")])
@pytest.mark.parametrize("key", ["Enter", " "])
def test_buttons_of_the_header_by_keyboard(opened, name, toggle, key):
    page = opened("/optimization/adam/", "light", PHONE)
    for _ in range(8):
        page.keyboard.press("Tab")
        if focused(page)["text"] == name or page.evaluate("document.activeElement.ariaLabel") == name:
            break
    page.keyboard.press(key)
    assert page.evaluate(f"document.getElementById('{toggle}').checked")


def test_what_scrolls_is_a_stop_and_what_fits_is_none(opened):
    page = opened("/optimization/adam/", "light", PHONE)
    page.wait_for_timeout(200)
    scrolls = "(e) => e.scrollWidth > e.clientWidth + 1"
    for element in page.locator("article .arithmatex, article .md-typeset__scrollwrap").all():
        assert (element.get_attribute("tabindex") == "0") == element.evaluate(scrolls)
    stops = page.locator("article .arithmatex[tabindex]").count()
    page.set_viewport_size(DESK)
    page.wait_for_timeout(200)
    assert page.locator("article .arithmatex[tabindex]").count() < stops
