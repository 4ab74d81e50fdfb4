"""What a page costs the browser, told by what can be counted: how many elements it styles, and how often."""

import re

import pytest

from guide.markdown.code import PLAIN, SAME

pytestmark = pytest.mark.slow
ANSWER = "/optimization/adam/"
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True,
         "has_touch": True}


def styled(browser, address: str, path: str) -> tuple[int, int]:
    """How many elements a phone styles until a page stands still, again and again; and how many there are."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    session = browser.new_browser_cdp_session()
    events, complete = [], []
    session.on("Tracing.dataCollected", lambda message: events.extend(message["value"]))
    session.on("Tracing.tracingComplete", lambda message: complete.append(message))
    wanted = {"includedCategories": ["devtools.timeline", "disabled-by-default-devtools.timeline"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": wanted})
    page.goto(address + path, wait_until="networkidle")
    page.wait_for_selector(".guide-mounted, .guide-remember, article")
    page.wait_for_timeout(300)
    session.send("Tracing.end")
    while not complete:
        page.wait_for_timeout(20)
    session.detach()
    elements = page.evaluate("document.querySelectorAll('*').length")
    context.close()
    parsing = [event for event in events if event["name"] == "ParseHTML" and path in str(event.get("args"))]
    main = {(event["pid"], event["tid"]) for event in parsing}
    counts = [event["args"]["elementCount"] for event in events if event["name"] == "UpdateLayoutTree"
              and (event["pid"], event["tid"]) in main and "elementCount" in event.get("args", {})]
    assert len(counts) > 2, "the trace says nothing"
    return sum(counts), elements


@pytest.mark.parametrize("path", [ANSWER, "/perspective/patents/", "/reference/optimization/"])
def test_no_script_makes_the_browser_style_the_whole_page_again_and_again(browser, address, path):
    count, elements = styled(browser, address, path)
    assert count < 3 * elements  # five to seven times with what Material does by itself


def test_code_in_a_closed_fold_waits_until_it_is_opened(opened):
    """Its script would measure each block, and to be measured it must be styled and laid out."""
    page = opened(ANSWER)
    page.locator(".highlight[data-run]").first.scroll_into_view_if_needed()
    page.wait_for_selector("article .md-code__nav", state="attached")
    fold = page.locator("details.guide-fold", has=page.locator("pre > code")).first
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)
    assert page.locator("details:not([open]) .md-code__nav").count() == 0
    fold.locator("summary").first.click()
    fold.locator(".md-code__nav").first.wait_for(state="attached")


def test_a_copy_button_copies_the_code_and_nothing_else(opened):
    page = opened(ANSWER, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator(".highlight[data-run]").first
    block.scroll_into_view_if_needed()
    block.hover()
    block.get_by_role("button", name="Copy to clipboard").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("pre > code").text_content().strip()
    assert copied.startswith("def adam_step(\n    param: np.ndarray,")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_kinds_of_code_in_one_tag_have_one_look(opened, scheme):
    page = opened(ANSWER, color_scheme=scheme)
    looks = page.evaluate("""(kinds) => {
        const code = document.querySelector(".md-typeset .highlight pre > code");
        return Object.fromEntries(kinds.map((kind) => {
            const span = document.createElement("span");
            if (kind) span.className = kind;
            code.append(span);
            const style = getComputedStyle(span);
            return [kind, [...style].map((name) => style.getPropertyValue(name)).join(";")];
        }));
    }""", ["", *PLAIN, *SAME, *SAME.values(), "k"])
    for kind in PLAIN:
        assert looks[kind] == looks[""], kind
    for kind, other in SAME.items():
        assert looks[kind] == looks[other] != looks[""], kind
    assert looks["k"] != looks[""]


def test_pages_carry_no_tags_that_change_nothing(site):
    pages = sorted(site.glob("*/*/index.html"))
    idle = re.compile(r'<span class="(?:n|o|w)">|<span class="(\w+)">[^<]*</span>\s*<span class="\1">')
    # mkdocstrings colors the signatures of the reference by itself.
    blocks = {page.parent.name: re.findall(r"<pre>.*?</pre>", page.read_text(encoding="utf-8"), re.DOTALL)
              for page in pages if page.parent.parent.name != "reference"}
    assert sum(map(len, blocks.values())) > 1500
    assert [name for name, codes in blocks.items() if any(map(idle.search, codes))] == []


def shown(page) -> dict:
    return page.evaluate("""() => ({
        scheme: document.body.dataset.mdColorScheme,
        labels: [...document.querySelectorAll('.guide-palette label')].filter((label) => label.offsetWidth)
            .map((label) => label.title),
        checked: document.querySelector('.guide-palette input:checked').ariaLabel,
        bar: document.querySelector('meta[name=theme-color]').content,
        header: getComputedStyle(document.querySelector('.md-header')).backgroundColor,
        stored: JSON.parse(localStorage.getItem('/.__palette')),
        switching: document.body.hasAttribute('data-md-color-switching'),
    })""")


def test_the_palette_goes_round_and_is_kept(opened):
    page = opened(ANSWER, color_scheme="light")
    expected = [("default", "Switch to light mode", None), ("default", "Switch to dark mode", "default"),
                ("slate", "Follow the system", "slate"), ("default", "Switch to light mode", "default")]
    for number, (scheme, label, stored) in enumerate(expected):
        if number:
            page.locator(".guide-palette label:visible").click()
        for _ in range(2):
            now = shown(page)
            assert (now["scheme"], now["labels"], now["checked"]) == (scheme, [label], label)
            assert now["bar"] == now["header"] and not now["switching"]
            assert (now["stored"] and now["stored"]["color"]["scheme"]) == stored
            page.reload()
    assert shown(page)["header"] == "rgb(254, 254, 254)"


def test_the_palette_by_keyboard(opened):
    page = opened(ANSWER, color_scheme="dark")
    page.locator(".guide-palette input:checked").focus()
    page.keyboard.press("Enter")
    assert shown(page)["scheme"] == "default"
    assert page.evaluate("document.activeElement.ariaLabel") == "Switch to dark mode"
    page.keyboard.press("Enter")
    assert shown(page)["scheme"] == "slate"
    page.keyboard.press("ArrowUp")
    assert shown(page)["scheme"] == "default"


def test_a_page_follows_the_system_unless_told_otherwise(opened):
    page = opened(ANSWER, color_scheme="light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    now = shown(page)
    assert now["bar"] == now["header"] == "rgb(27, 31, 38)" and now["labels"] == ["Switch to light mode"]
    page.locator(".guide-palette label:visible").click()
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    assert shown(page)["scheme"] == "default"
    page.locator(".md-header__topic a, a.md-logo").first.click()  # by instant loading
    page.wait_for_selector(".md-sidebar--primary[hidden]", state="attached")
    page.locator(".guide-palette label:visible").click()
    assert shown(page)["scheme"] == "slate"
