"""Your turn: an exercise solved in the page, its draft and its state kept whatever the storage does."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from guide import exercises, snippets

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "guide" / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.slow

NAME = "optimization/adam"
PAGE = f"/{NAME}/"
DRAFT = f"guide:draft:{NAME}"
expect.set_options(timeout=30_000)  # where a busy machine should not matter
STARTING = 180_000  # Python starts in about 3 s on a quiet machine
EXERCISE = exercises.read(ROOT, snippets.parse(f"snippets/{NAME}.py"))
TEXT = """() => [...document.querySelector(".guide-editor").shadowRoot.querySelectorAll(".cm-line")]
    .map((line) => line.textContent).join("\\n")"""  # the lines on the screen; the editor draws no others


def begin(page, button="Write it here"):
    page.get_by_role("button", name=button).click()
    expect(page.locator(".guide-exercise .cm-content")).to_be_focused()


def write(page, text):
    page.locator(".guide-exercise .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def press(page, name):
    page.locator(".guide-exercise").get_by_role("button", name=name, exact=True).click()


def summary(page):
    return page.locator(".guide-exercise > .guide-state")


def check(page, text, expected):
    write(page, text)
    press(page, "Check")
    expect(summary(page)).to_have_text(expected, timeout=STARTING)


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    page = context.new_page()
    page.goto(address + PAGE)
    page.get_by_role("button", name="Write it here").wait_for()
    return page


@pytest.fixture(scope="module")
def started(browser, address):
    """A page with the exercise open and Python running, for the tests that check code."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)  # for axe
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(address + PAGE)
    begin(page)
    yield page
    context.close()


def test_the_starter_breaks_every_promise_and_says_why(started):
    press(started, "Check")
    expect(summary(started)).to_have_text(re.compile(r"\d+ of \d+ promises kept\."), timeout=STARTING)
    promises = started.locator(".guide-promises > li")
    assert promises.count() == EXERCISE.promises
    first = promises.first
    assert first.locator("details").get_attribute("open") is not None, "the first broken one is open"
    assert first.locator("pre").text_content() == f"{EXERCISE.functions[0]} is not written yet"


def test_a_broken_promise_shows_the_readers_own_numbers(started):
    wrong = EXERCISE.solution.replace("(1 - beta2) * grad**2", "(1 - beta1) * grad**2")
    assert wrong != EXERCISE.solution
    write(started, wrong)
    press(started, "Check")
    expect(summary(started)).to_have_text(re.compile(r"\d+ of \d+ promises kept"), timeout=STARTING)
    broken = started.locator(".guide-promises > .guide-broken")
    assert 0 < broken.count() < EXERCISE.promises
    assert "ACTUAL" in broken.first.locator("pre").text_content()
    # Said in words too, for those who do not see the sign.
    assert broken.first.text_content().startswith("✗broken: ")


def test_a_syntax_error_is_shown_instead_of_promises(started):
    write(started, "def adam_step(:\n")
    press(started, "Check")
    expect(started.locator(".guide-exercise .guide-console .guide-state")).to_contain_text(
        "could not be checked", timeout=STARTING
    )
    assert "SyntaxError" in started.locator(".guide-promises").text_content()


def test_hostile_code_is_text_everywhere(started):
    hostile = "<img src=x onerror='window.harm = 1'>"
    write(started, f'raise ValueError("{hostile}")  # {hostile}\n')
    press(started, "Check")
    expect(started.locator(".guide-promises")).to_contain_text(hostile, timeout=STARTING)
    assert started.locator(".guide-promises img").count() == 0 and started.evaluate("window.harm") is None


def test_run_prints_and_says_when_there_is_nothing(started):
    state = started.locator(".guide-exercise .guide-console .guide-state")
    write(started, "x = 1\n")
    press(started, "Run")
    expect(state).to_contain_text("printed nothing: add a print(…)", timeout=STARTING)
    write(started, "print(6 * 7)\n")
    press(started, "Run")
    expect(started.locator(".guide-exercise .guide-printed")).to_have_text("42\n", timeout=STARTING)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_exercise_is_accessible(started, scheme):
    started.emulate_media(color_scheme=scheme)
    write(started, EXERCISE.starter)
    press(started, "Check")
    expect(summary(started)).to_have_text(re.compile(r"\d+ of \d+ promises kept"), timeout=STARTING)
    started.add_script_tag(path=str(AXE))
    found = started.evaluate("axe.run('.guide-exercise', {resultTypes: ['violations']})")["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found] == []


def test_the_solution_is_solved_and_stays_solved(started):
    check(started, EXERCISE.solution, f"All {EXERCISE.promises} promises kept: solved.")
    solved = json.loads(started.evaluate(f"localStorage.getItem('guide:solved:{NAME}')"))
    assert solved["promises"] == EXERCISE.promises
    expect(started.locator(".guide-solved")).to_contain_text("Solved on")
    assert started.complaints == []


def test_an_endless_loop_in_a_check_stops_and_names_the_promise(started):
    write(started, EXERCISE.solution.replace("    m = beta1", "    while t == 7: pass\n    m = beta1", 1))
    press(started, "Check")
    expect(started.locator(".guide-promises > .guide-now")).to_have_count(1, timeout=STARTING)
    started.wait_for_timeout(500)
    now = started.locator(".guide-now").text_content().removeprefix("…not checked yet: ")
    press(started, "Stop")
    expect(started.locator(".guide-exercise .guide-console .guide-state")).to_have_text(f"Stopped at: {now}")


# The draft needs no Python.


def test_a_reload_in_the_middle_keeps_the_draft(page):
    begin(page)
    write(page, "def adam_step():\n    return 'half an idea'\n")
    page.reload()
    begin(page, "Continue your draft")
    assert "half an idea" in page.evaluate(TEXT)


def test_reset_brings_the_starter_and_the_draft_back(page):
    begin(page)
    write(page, "mine = 1\n")
    press(page, "Reset")
    assert EXERCISE.starter.startswith(page.evaluate(TEXT))
    press(page, "Bring my draft back")
    assert page.evaluate(TEXT).strip() == "mine = 1"
    page.reload()
    begin(page, "Continue your draft")
    assert page.evaluate(TEXT).strip() == "mine = 1"


def test_two_tabs_follow_each_other(page, context, address):
    begin(page)
    write(page, "first = 1\n")
    expect(page.locator(".guide-exercise")).to_contain_text("Draft saved")
    other = context.new_page()
    other.goto(address + PAGE)
    begin(other, "Continue your draft")
    assert other.evaluate(TEXT).strip() == "first = 1"
    write(other, "second = 2\n")
    expect(page.locator(".guide-exercise")).to_contain_text("Taken over from another tab.")
    assert page.evaluate(TEXT).strip() == "second = 2"
    write(page, "third = 3\n")
    expect(other.locator(".guide-exercise")).to_contain_text("Taken over from another tab.")
    assert other.evaluate(TEXT).strip() == "third = 3"


def test_full_storage_is_told_and_nothing_breaks(page):
    page.evaluate(
        """() => {
            let size = 1_000_000, number = 0;
            while (size > 0) {
                try { localStorage.setItem(`filler${number++}`, "x".repeat(size)); }
                catch { size = Math.floor(size / 2); }
            }
        }"""
    )
    begin(page)
    write(page, "too_much = 1\n" * 100)
    expect(page.locator(".guide-exercise")).to_contain_text("its storage is full or switched off")
    assert page.evaluate(TEXT).startswith("too_much = 1")


def test_forbidden_storage_is_told_and_nothing_breaks(context, address):
    page = context.new_page()
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
            get() { throw new DOMException("no", "SecurityError"); },
        })"""
    )
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address + PAGE)
    begin(page)
    expect(page.locator(".guide-exercise")).to_contain_text("its storage is full or switched off")
    write(page, "still = 'writes'\n")
    assert "still" in page.evaluate(TEXT)
    # Material's own scripts read the storage too and are not ours to mend.
    assert [fault for fault in faults if "assets/guide" in fault] == []


@pytest.mark.parametrize("damage", ["{broken", "42", '["a", "list"]', "null"])
def test_a_damaged_draft_is_set_aside_and_told(context, address, damage):
    page = context.new_page()
    page.goto(address + "/404.html")
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [DRAFT, damage])
    page.evaluate(f"localStorage.setItem('guide:solved:{NAME}', {damage!r})")
    page.goto(address + PAGE)
    begin(page)
    assert EXERCISE.starter.startswith(page.evaluate(TEXT))
    assert page.evaluate(f"localStorage.getItem('guide:damaged:draft:{NAME}')") == damage
    expect(page.locator(".guide-exercise")).to_contain_text("could not be read; it was set aside")


def test_without_javascript_the_whole_exercise_is_there(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + PAGE)
    assert page.get_by_role("button", name="Run").count() == 0
    for title in ("Starter", f"{EXERCISE.promises} promises", "Hints", "Solution"):
        fold = page.locator("details.guide-fold", has=page.locator(f"summary:text-is('{title}')")).first
        fold.locator("summary").first.click()
        assert fold.get_attribute("open") is not None
    # Pygments puts an element around every word; the text is the code.
    shown = page.locator("details.guide-fold pre").all_text_contents()
    for code in (EXERCISE.starter, EXERCISE.tests, EXERCISE.solution):
        assert code.rstrip() in [text.rstrip() for text in shown]
    assert page.locator("nav[aria-label='Table of contents'] a[href='#your-turn']").count() >= 1
    context.close()
