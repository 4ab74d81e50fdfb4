"""Code that runs in the page: nothing before the first Run, output as native, and no way to hang the page."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from guide import exercises, grade, snippets

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow

PAGE = "/optimization/adam/"
expect.set_options(timeout=30_000)  # where a busy machine should not matter
STARTING = 180_000  # Python starts in about 3 s on a quiet machine; tests share theirs
HEAVY = ("vendor/python", "vendor/editor", "exercises/")


def block(page, name="optimization/adam:step"):
    return page.locator(f'.highlight[data-snippet="{name}"]')


def state(place):
    return place.locator(".guide-state")


def press(place, name):
    place.get_by_role("button", name=name).click()


def edit(page, place, text):
    """Put text into the block's editor, in place of all that stands there."""
    if place.locator(".guide-editor").count() == 0:
        press(place, "Edit")
    place.locator(".guide-editor .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def run(page, place, ends=r"^(Ran|Ended)"):
    press(place, "Run")
    expect(state(place)).to_have_text(re.compile(ends), timeout=STARTING)


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def page(context, address):
    """One page whose Python has started, and what that start asked for and showed."""
    page = context.new_page()
    page.requested, page.complaints = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.goto(address + PAGE)
    expect(block(page).get_by_role("button", name="Run")).to_be_visible()
    page.before = list(page.requested)
    page.evaluate(
        """() => {
            window.seen = [];
            const everything = {subtree: true, childList: true, characterData: true, attributes: true};
            new MutationObserver(() => {
                const line = document.querySelector(".guide-download:not([hidden])");
                if (line) window.seen.push(line.textContent);
            }).observe(document.body, everything);
        }"""
    )
    run(page, block(page))
    page.captions = page.evaluate("window.seen")
    page.until_first = list(page.requested)
    return page


@pytest.fixture
def place(page):
    """The first block as it stands on the page; whatever a test left there is put back."""
    place = block(page)
    yield place
    if place.get_by_role("button", name="Stop").is_visible():
        press(place, "Stop")
    if place.get_by_role("button", name="Reset").is_visible():
        press(place, "Reset")


def test_nothing_is_downloaded_before_the_first_run(page):
    assert [url for url in page.before if any(part in url for part in HEAVY)] == []
    assert sum("numpy-" in url for url in page.until_first) == 1
    assert not any("vendor/editor" in url for url in page.until_first)


def test_the_download_is_told_in_megabytes(page, site):
    sizes = json.loads((site / "assets/vendor/python/sizes.json").read_text())
    total = sum(size for name, size in sizes.items() if name != "pyodide-lock.json") / 1e6
    amounts = [re.search(r"([\d.]+) of ([\d.]+) MB", caption) for caption in page.captions]
    assert {amount[2] for amount in amounts if amount} == {f"{total:.1f}"}
    loaded = [float(amount[1]) for amount in amounts if amount]
    assert loaded == sorted(loaded) and max(loaded) == pytest.approx(total, abs=0.05)


def test_it_prints_what_python_prints_elsewhere(page):
    snippet = snippets.parse("snippets/optimization/adam.py")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        grade.run(exercises.without_marks((ROOT / snippet.path).read_text(encoding="utf-8")), "adam.py")
    run(page, block(page))
    assert block(page).locator(".guide-printed").text_content() == printed.getvalue()


def test_a_small_snippet_runs_in_ten_milliseconds_once_python_is_there(page):
    times = page.evaluate(
        """async (code) => {
            const python = await import("/assets/guide/python.js");
            const on = {element: document.body, progress() {}, ready() {}, output() {}, cut() {}};
            const times = [];
            for (let i = 0; i < 30; i++) {
                const begun = performance.now();
                await python.submit({do: "run", code, name: "small.py", shown: null}, on);
                times.push(performance.now() - begun);
            }
            return times;
        }""",
        "import numpy as np\na = np.arange(4096.0).reshape(64, 64)\nprint((a @ a.T).trace())\n",
    )
    assert sorted(times)[len(times) // 3] <= 10, times  # a busy machine makes some of them wait


def test_where_this_python_differs_is_told_once(page):
    expect(page.locator(".guide-differences")).to_have_count(1)
    assert "32 bits" in page.locator(".guide-differences").text_content()


def test_an_error_points_at_the_line_that_the_reader_sees(page, place):
    edit(page, place, "def adam_step(*args, **options):\n    return 1 / 0\n")
    run(page, place)
    expect(state(place)).to_have_class(re.compile("guide-error"))
    text = place.locator(".guide-printed").text_content()
    assert 'File "this section", line 2, in adam_step\n    return 1 / 0' in text
    assert text.endswith("ZeroDivisionError: division by zero")
    assert "grade.py" not in text and "pyodide" not in text


def test_an_edit_is_run_in_its_module_and_reset_takes_it_back(page, place):
    edit(
        page,
        place,
        'print("mine")\ndef adam_step(param, grad, m, v, t, **options):\n    return param, m, v\n',
    )
    run(page, place)
    assert place.locator(".guide-printed").text_content().startswith("mine\nt = 1, g = 4: m = 0.0000")
    press(place, "Reset")
    assert place.locator("pre").first.is_visible() and place.locator(".guide-editor").count() == 0
    run(page, place)
    assert "m = 0.4000" in place.locator(".guide-printed").text_content()


def test_an_endless_loop_streams_and_stops_at_once(page, place):
    edit(page, place, 'print("before the loop")\nwhile True:\n    pass\n')
    press(place, "Run")
    expect(place.locator(".guide-printed")).to_have_text("before the loop\n", timeout=STARTING)
    other = block(page, "optimization/adam:steps")
    press(other, "Run")
    expect(state(other)).to_contain_text("busy with other code")
    took = page.evaluate(
        """async () => {
            const place = document.querySelector('.highlight[data-snippet="optimization/adam:step"]');
            const buttons = [...place.querySelectorAll("button")];
            const stop = buttons.find((button) => button.textContent === "Stop");
            const begun = performance.now();
            stop.click();
            while (place.querySelector(".guide-state").textContent !== "Stopped.") await null;
            return performance.now() - begun;
        }"""
    )
    assert took < 50
    edit(
        page,
        place,
        'print("again")\ndef adam_step(param, grad, m, v, t, **options):\n    return param, m, v\n',
    )
    run(page, place)
    assert place.locator(".guide-printed").text_content().startswith("again")


def test_a_runaway_print_does_not_freeze_the_page(page, place):
    edit(page, place, 'while True:\n    print("x" * 100)\n')
    press(place, "Run")
    expect(place.locator(".guide-printed")).to_contain_text("cut after 100,000 characters", timeout=STARTING)
    assert len(place.locator(".guide-printed").text_content()) < 101_000
    # Two frames are drawn while it goes on printing.
    assert (
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        is not None
    )
    press(place, "Stop")
    expect(state(place)).to_have_text("Stopped.")


def test_html_in_the_output_is_text(page, place):
    hostile = '<img src=x onerror="window.harm = 1"><script>window.harm = 2</script>'
    edit(page, place, f"print({hostile!r})\nraise ValueError({hostile!r})\n")
    run(page, place)
    output = place.locator(".guide-printed")
    assert output.text_content().count(hostile) >= 2
    assert output.locator("img, script").count() == 0 and page.evaluate("window.harm") is None


def test_the_keyboard_is_enough(page, place):
    place.get_by_role("button", name="Run").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(place.locator(".guide-editor .cm-content")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("while True:\n    pass\n")
    page.keyboard.press("Control+Enter")
    expect(state(place)).to_have_text("Running …", timeout=STARTING)
    expect(place.locator(".guide-editor .cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(place.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(state(place)).to_have_text("Stopped.")
    # The button under the focus goes; the focus stays where the hand is.
    expect(place.get_by_role("button", name="Run")).to_be_focused()


def test_a_python_that_breaks_down_is_told_and_the_next_run_gets_a_new_one(page, place):
    edit(page, place, "import os; os.abort()")
    press(place, "Run")
    expect(state(place)).to_contain_text("Python broke down and was ended", timeout=STARTING)
    page.complaints.clear()  # Pyodide's own last words
    press(place, "Reset")
    run(page, place)
    assert "t = 1" in place.locator(".guide-printed").text_content()


def test_a_worker_that_dies_while_idle_is_replaced(page, place):
    page.workers[-1].evaluate("self.close()")
    run(page, place)
    assert "t = 1" in place.locator(".guide-printed").text_content()


def test_leaving_the_page_ends_its_run_and_python_stays(page, place, address):
    edit(page, place, "while True:\n    pass\n")
    press(place, "Run")
    expect(state(place)).to_have_text("Running …", timeout=STARTING)
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(lambda url: PAGE not in url)
    page.go_back()
    page.wait_for_url(f"**{PAGE}")
    run(page, block(page))
    assert "t = 1" in block(page).locator(".guide-printed").text_content()


def test_nothing_was_logged_as_an_error(page):
    assert page.complaints == []


# Each of these needs a browser without anything in its cache.


@pytest.fixture
def fresh(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.open = lambda: (page.goto(address + PAGE), block(page).get_by_role("button", name="Run").wait_for())
    yield page
    context.close()


def test_a_wheel_that_was_tampered_with_is_refused(fresh, site):
    wheel = next((site / "assets/vendor/python").glob("*.whl"))
    fresh.route("**/*.whl", lambda route: route.fulfill(body=wheel.read_bytes() + b"!"))
    fresh.open()
    press(block(fresh), "Run")
    expect(state(block(fresh))).to_contain_text("its checksum differs", timeout=STARTING)
    assert wheel.name in state(block(fresh)).inner_text()
    assert block(fresh).locator(".guide-printed").is_hidden()


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "pyodide.mjs", "python_stdlib.zip", "sizes.json"])
def test_a_runtime_that_is_missing_is_told(fresh, name):
    fresh.route(f"**/vendor/python/{name}", lambda route: route.fulfill(status=404, body=""))
    fresh.open()
    press(block(fresh), "Run")
    expect(state(block(fresh))).to_contain_text("Python could not start", timeout=STARTING)


def test_after_a_failed_start_the_next_run_tries_again(fresh):
    fresh.route("**/*.whl", lambda route: route.abort())
    fresh.open()
    press(block(fresh), "Run")
    expect(state(block(fresh))).to_contain_text(
        "did not arrive (no answer from the server)", timeout=STARTING
    )
    fresh.unroute("**/*.whl")
    run(fresh, block(fresh))
    assert "t = 1" in block(fresh).locator(".guide-printed").text_content()


def test_code_and_editor_that_do_not_arrive_are_told(fresh):
    fresh.route("**/vendor/editor/editor.js", lambda route: route.abort())
    fresh.open()
    press(block(fresh), "Edit")
    expect(state(block(fresh))).to_contain_text("The editor did not arrive")
    fresh.route("**/exercises/**", lambda route: route.abort())
    other = fresh.locator('.highlight[data-snippet^="optimization/adam_mistakes:"]').first
    press(other, "Run")
    expect(state(other)).to_contain_text("The code did not arrive")


def test_the_buttons_move_nothing(fresh, address):
    fresh.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts.push(entry.value);
        }).observe({type: "layout-shift", buffered: true});"""
    )
    fresh.open()
    block(fresh).scroll_into_view_if_needed()
    fresh.wait_for_timeout(300)
    assert sum(fresh.evaluate("window.shifts")) < 0.001
