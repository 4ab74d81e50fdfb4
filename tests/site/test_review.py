"""Reviewing as a reader does it: by keyboard, in two tabs, in a private window, with broken files."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "guide" / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, 0)
DROPOUT = "regularization/dropout"
FORMAT = "deep-learning-interview-guide/reviews"
FULL = """Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; null"""
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("forbidden", "SecurityError"); } });"""
RECORD_SHIFTS = """window.shifts = []; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
        const moved = entry.sources.map((source) => source.node?.textContent?.slice(0, 60));
        window.shifts.push([entry.value, ...moved]);
    } }).observe({type: "layout-shift", buffered: true});"""


@pytest.fixture
def context(browser):
    """One reader's browser: a faulty script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin")
    context.set_default_timeout(10_000)
    errors = []

    def complain(error):
        # Without storage the theme complains too; what counts is that ours does not.
        if error.error.message != "forbidden" or "/assets/guide/" in (error.error.stack or ""):
            errors.append(f"{error.error.message} {error.error.stack}")

    context.on("weberror", complain)
    context.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}") or dialog.dismiss())
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def review(context, address):
    """Opens the review page in a new tab at a moment of local time."""

    def open_page(when: datetime = NOON, path: str = "/practise/review/"):
        page = context.new_page()
        # The browser's clock is in Berlin; in November that is UTC+1.
        page.clock.set_fixed_time(when.isoformat() + "+01:00")
        page.goto(address + path)
        return page

    return open_page


@pytest.fixture
def cards(site) -> list[dict]:
    return json.loads((site / "practise" / "cards.json").read_text())["cards"]


def stored(page) -> dict[str, list]:
    """The reviews of every card, as the browser keeps them."""
    text = page.evaluate("JSON.stringify(Object.fromEntries(Object.entries(localStorage)))")
    return {key.removeprefix("guide:review:"): json.loads(value)["reviews"]
            for key, value in json.loads(text).items() if key.startswith("guide:review:")}


def field(page, name: str):
    return page.locator("#guide-review label", has_text=name).locator("select")


def start(page) -> None:
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".guide-question")).to_be_visible()


def answer(page, grade: int) -> str:
    """Reveal and grade the card shown, by keyboard; returns its question."""
    question = page.locator(".guide-question").inner_text()
    page.keyboard.press("Space")
    expect(page.locator(".guide-grades")).to_be_visible()
    page.keyboard.press(str(grade))
    expect(page.locator(".guide-grades")).to_be_hidden()
    return question


def load(page, text: str | bytes) -> str:
    """Bring a file and return what the page says to it."""
    said = page.locator(".guide-said")
    said.evaluate("(element) => { element.textContent = ''; }")
    content = text.encode() if isinstance(text, str) else text
    page.locator("input[type=file]").set_input_files(
        {"name": "progress.json", "mimeType": "application/json", "buffer": content})
    expect(said).not_to_be_empty()
    return said.inner_text()


def file(reviews, **changes) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "exported": "2026-11-20T11:00:00.000Z",
                       "reviews": reviews} | changes)


def at(when: datetime) -> int:
    return round((when - timedelta(hours=1) - datetime(1970, 1, 1)).total_seconds() * 1000)


# A session


def test_session_from_start_to_summary_by_keyboard_alone(review, cards):
    page = review()
    expect(page.locator(".guide-count")).to_contain_text("0 due, 5 new today")
    page.keyboard.press("Tab")
    for _ in range(80):  # past the header and the navigation
        if page.evaluate("document.activeElement.textContent") == "Start":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".guide-question")).to_be_focused()
    seen = [answer(page, grade) for grade in (3, 4, 1, 2, 3)]
    assert len(set(seen)) == 5
    # What was not known comes back in the same session.
    assert [answer(page, 3), answer(page, 3)] == [seen[2], seen[3]]
    expect(page.get_by_role("heading", name="Done for today")).to_be_focused()
    summary = page.locator("#guide-review").inner_text()
    assert "7 reviews" in summary and "1 again, 1 hard, 4 good, 1 easy" in summary
    assert sorted(stored(page)) == sorted(card["id"] for card in cards[:5])
    assert f"{len(cards) - 5} card" in summary and "not seen yet" in summary


def test_grades_name_the_next_date_and_the_card_comes_back_on_it(review):
    page = review()
    start(page)
    question = page.locator(".guide-question").inner_text()
    page.keyboard.press("Enter")
    # FSRS-6 starts with stabilities of 2.3 and 8.3 days for good and easy.
    expect(page.locator(".guide-grade span")).to_have_text(["10 min", "15 min", "2 days", "8 days"])
    page.keyboard.press("3")
    for days, due in ((1, 0), (2, 1)):
        page.clock.set_fixed_time((NOON + timedelta(days=days)).isoformat() + "+01:00")
        page.reload()
        expect(page.locator(".guide-count")).to_contain_text(f"{due} due, 5 new today")
    start(page)
    assert page.locator(".guide-question").inner_text() == question


def test_answer_shows_formulas_follow_ups_and_the_page(review, address):
    page = review()
    field(page, "Topic").select_option("optimization")
    start(page)
    page.keyboard.press("Space")
    shown = page.locator(".guide-answer")
    expect(shown).to_be_visible()
    assert shown.locator(".katex math annotation").count() > 3
    assert shown.locator(".katex").first.bounding_box()["height"] < 60
    shown.locator("details.question summary").first.click()
    expect(shown.locator("details.question p").first).to_be_visible()
    shown.get_by_role("link", name="The whole page").click()
    page.wait_for_url(f"{address}/optimization/**")


def test_html_of_a_card_is_filtered_although_it_is_ours(review, address):
    page = review()
    kept = page.evaluate("""async () => {
        const {ownHtml} = await import("/assets/guide/elements.js");
        const box = document.createElement("div");
        box.append(ownHtml(`<p onclick="alert(1)" id="x" style="color:red">a</p>
            <script>alert(1)</scr` + `ipt>
            <img src="x" onerror="alert(1)" alt="b"><iframe src="/"></iframe><form action="/"><input></form>
            <a href="javascript:alert(1)">c</a><a href="data:text/html,x">d</a>
            <a href="//other.example/">e</a>
            <svg><script>alert(1)</scr` + `ipt><path d="M0 0" onload="alert(1)"/></svg>
            <a href="optimization/adam/#code">f</a><a href="https://arxiv.org/abs/1">g</a>
            <span class="katex" style="color:blue"><span style="height:1em">h</span></span>`));
        return box.innerHTML;
    }""")
    for refused in ("alert", "script", "id=", "red", "iframe", "form", "input", "data:", "http://other"):
        assert refused not in kept, refused
    assert f'href="{address}/optimization/adam/#code"' in kept and 'href="https://arxiv.org/abs/1"' in kept
    assert "height:1em" in kept and '<path d="M0 0">' in kept and f'src="{address}/x"' in kept


def test_undo_leaves_no_trace(review):
    page = review()
    start(page)
    question = answer(page, 3)
    assert len(stored(page)) == 1
    page.keyboard.press("u")
    expect(page.locator(".guide-question")).to_have_text(question)
    assert stored(page) == {}
    answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    assert stored(page) == {}


def test_day_begins_at_four(review):
    night = datetime(2026, 11, 21, 1, 30)
    page = review(night)
    start(page)
    for _ in range(5):
        answer(page, 3)
    page.clock.set_fixed_time("2026-11-21T03:59:00+01:00")
    page.reload()
    expect(page.locator(".guide-count")).to_contain_text("the new cards of today are done")
    page.clock.set_fixed_time("2026-11-21T04:01:00+01:00")
    page.reload()
    expect(page.locator(".guide-count")).to_contain_text("0 due, 5 new today")
    page.clock.set_fixed_time("2026-11-22T04:01:00+01:00")  # two days after the evening, not after the night
    page.reload()
    expect(page.locator(".guide-count")).to_contain_text("5 due, 5 new today")


def test_schedule_does_not_depend_on_the_hour(review):
    page = review()
    due = page.evaluate("""async ([evening, night, morning, noon]) => {
        const {dueAfter} = await import("/assets/guide/schedule.js");
        return [[[evening, 3]], [[night, 3]], [[evening, 3], [morning, 3]], [[night, 3], [noon, 3]]]
            .map((reviews) => new Date(dueAfter(reviews)).getHours() + " " + dueAfter(reviews));
    }""", [at(datetime(2026, 11, 20, 20)), at(datetime(2026, 11, 21, 3)), at(datetime(2026, 11, 22, 5)),
           at(datetime(2026, 11, 22, 23))])
    assert due[0] == due[1] and due[2] == due[3]
    assert all(each.startswith("4 ") for each in due)


@pytest.mark.parametrize("zone", ["America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Berlin"])
def test_schedule_survives_clock_changes(browser, address, zone):
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    page.goto(address + "/practise/review/")
    wrong = page.evaluate("""async () => {
        const {dueAfter} = await import("/assets/guide/schedule.js");
        const {dayStart, dayEnd} = await import("/assets/guide/reviews.js");
        const wrong = [], hour = 3_600_000;
        for (let time = Date.UTC(2025, 11, 31); time < Date.UTC(2027, 0, 2); time += hour) {
            const [start, end] = [dayStart(time), dayEnd(time)];
            if (!(start <= time && time < end && end - start >= 23 * hour && end - start <= 25 * hour)) {
                wrong.push(["day", time, start, end]);
            }
            const due = dueAfter([[time, 3], [time + 2 * hour, 3]]);
            if (!(due > time && due === dayStart(due))) wrong.push(["due", time, due]);
        }
        return wrong.slice(0, 3);
    }""")
    context.close()
    assert wrong == []


def test_new_cards_a_day_and_filters_are_kept(review, cards):
    page = review()
    page.get_by_label("New cards a day").fill("2")
    page.get_by_label("New cards a day").press("Enter")
    expect(page.locator(".guide-count")).to_contain_text("0 due, 2 new today")
    field(page, "Level").select_option("deep")
    page.reload()
    expect(field(page, "Level")).to_have_value("deep")
    start(page)
    expect(page.locator("#guide-review .guide-facts")).to_contain_text("deep")
    page.get_by_role("button", name="End").click()
    page.get_by_role("button", name="Back", exact=True).click()
    field(page, "Level").select_option("")
    field(page, "Topic").select_option("regularization")
    wanted = [card["id"] for card in cards if card["topic"] == "regularization"]
    said = re.compile(rf"\b{len(wanted)} cards? in this choice")
    expect(page.locator(".guide-count")).to_contain_text(said)
    start(page)
    for _ in wanted[:2]:
        answer(page, 4)
    expect(page.get_by_role("heading", name="Done for today")).to_be_visible()
    assert sorted(stored(page)) == sorted(wanted[:2])


def test_strange_number_of_new_cards_is_refused(review):
    page = review()
    for text in ("-3", "1000", "1.5"):
        page.get_by_label("New cards a day").fill(text)
        page.get_by_label("New cards a day").blur()
        expect(page.get_by_label("New cards a day")).to_have_value("5")


def test_learning_ahead_brings_more_new_cards(review):
    page = review()
    start(page)
    for _ in range(5):
        answer(page, 4)
    page.get_by_role("button", name="Learn 5 more").click()
    answer(page, 4)
    assert len(stored(page)) == 6


# On the other pages


def test_grade_on_an_answer_page_schedules_its_card(review):
    page = review(path=f"/{DROPOUT}/")
    page.get_by_role("button", name="I know this").click()
    expect(page.locator(".guide-remember")).to_contain_text("next in 2 days")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert stored(page) == {DROPOUT: [[at(NOON), 3]]}
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="I know this")).to_be_focused()
    assert stored(page) == {}
    page.get_by_role("button", name="Again").click()
    expect(page.locator(".guide-remember")).to_contain_text("next in 10 min")
    page.reload()
    expect(page.locator(".guide-remember")).to_contain_text("due today")


def test_progress_is_shown_on_lists_topics_and_home(review, cards, address):
    page = review(path="/optimization/adam/")
    page.get_by_role("button", name="Again").click()
    expect(page.locator(".guide-remember")).to_contain_text("next in")
    page.goto(f"{address}/{DROPOUT}/")
    page.get_by_role("button", name="I know this").click()
    expect(page.locator(".guide-remember")).to_contain_text("next in")
    page.goto(f"{address}/regularization/")
    expect(page.locator(".guide-progress")).to_contain_text(
        f"1 known, 0 due today, {sum(card['topic'] == 'regularization' for card in cards) - 1} new")
    facts = page.locator(".guide-questions .guide-facts", has_text="known")
    assert facts.count() == 3  # the page answers three questions of the list
    page.goto(f"{address}/questions/")
    adam = page.locator("li", has_text="How does Adam work?")
    expect(adam.locator(".guide-mark").first).to_have_text(", due today")
    page.goto(address)
    expect(page.locator(".guide-progress")).to_contain_text("1 known, 1 due today")


def test_instant_navigation_mounts_once_and_keeps_going(review):
    page = review(path="/practise/")
    page.evaluate("window.stillHere = true")
    for _ in range(2):
        page.locator("article").get_by_role("link", name="Review").click()
        start(page)
        assert page.locator(".guide-question").count() == 1
        answer(page, 3)
        page.go_back()
        expect(page.get_by_role("heading", name="Practice", level=1)).to_be_visible()
    page.locator("nav.md-nav--primary").get_by_role("link", name="Home").first.click()
    expect(page.locator(".guide-progress")).to_contain_text("2 known")
    assert page.evaluate("window.stillHere")
    assert len(stored(page)) == 2


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
@pytest.mark.parametrize("path", ["/", "/regularization/", "/questions/", f"/{DROPOUT}/",
                                  "/optimization/adam/"])
def test_nothing_jumps_while_loading(context, address, cards, path, width, height):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    due = at(datetime.now() + timedelta(days=9))
    records = {card["id"]: {"reviews": [[at(NOON), 3]], "due": due * (n % 2)}
               for n, card in enumerate(cards)}
    page.add_init_script(RECORD_SHIFTS + f"""const records = {json.dumps(records)};
        for (const [id, record] of Object.entries(records)) {{
            localStorage.setItem("guide:review:" + id, JSON.stringify(record)); }}""")

    def late(route):
        page.wait_for_timeout(300)  # the page is painted before the script runs
        route.continue_()

    page.route("**/progress.js", late)
    page.route("**/cards.json", late)
    page.goto(address + path)
    expect(page.locator(".guide-live").first).to_be_visible()
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.shifts")
    # A rare sign of a formula may move by a hair; a line that moves counts a hundred times as much.
    assert sum(shift[0] for shift in shifts) < 0.0001, shifts


# Files


def test_copy_carries_progress_to_another_device(review, browser, address):
    page = review()
    start(page)
    for grade in (3, 4, 2):
        answer(page, grade)
    page.get_by_role("button", name="End").click()
    page.get_by_role("button", name="Back", exact=True).click()
    page.locator("summary", has_text="Your progress as a file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a copy").click()
    assert download.value.suggested_filename == "interview-guide-progress-2026-11-20.json"
    text = Path(download.value.path()).read_text()
    other = browser.new_context(timezone_id="Europe/Berlin")
    device = other.new_page()
    device.clock.set_fixed_time(NOON.isoformat() + "+01:00")
    device.goto(f"{address}/practise/review/")
    assert load(device, text) == "3 reviews of 3 cards added."
    assert stored(device) == stored(page)
    device.reload()
    expect(device.locator(".guide-count")).to_contain_text("1 due, 2 new today")
    assert load(device, text) == "Nothing new in this file: every review was here already."
    other.close()


def test_merging_keeps_every_review_and_the_newest_counts_last(review):
    monday, tuesday, wednesday = (at(NOON + timedelta(days=days)) for days in (-4, -3, -2))
    here, there = [[monday, 3], [wednesday, 1]], [[monday, 3], [tuesday, 4]]
    page = review()
    assert load(page, file({DROPOUT: here})) == "2 reviews of 1 card added."
    gone = {"gone/card": [[tuesday, 2]]}
    assert load(page, file({DROPOUT: there} | gone)) == "2 reviews of 2 cards added."
    assert stored(page) == {DROPOUT: [[monday, 3], [tuesday, 4], [wednesday, 1]]} | gone
    expect(page.locator(".guide-count")).to_contain_text("1 due")  # again on Wednesday
    records = "Object.entries(localStorage).filter(([key]) => key.includes('review:')).sort().join()"
    both = page.evaluate(records)
    page.evaluate("localStorage.clear()")
    page.reload()
    load(page, file({DROPOUT: there} | gone))
    load(page, file({DROPOUT: here}))
    assert page.evaluate(records) == both


HOSTILE = '<img src=x onerror="alert(1)">'
BAD_FILES = {
    "not JSON": (f"{HOSTILE}", "it is not JSON"),
    "not text": (b"\xff\xfe\x00\x01" * 50, "it is not JSON"),
    "empty": ("", "it is not JSON"),
    "null": ("null", "not a progress file of this guide"),
    "a list": ("[]", "not a progress file of this guide"),
    "another program's": (json.dumps({"format": "anki", "cards": []}), "not a progress file of this guide"),
    "newer": (file({}, version=2), "newer version of the guide"),
    "without version": (file({}, version=None), "no version that this page knows"),
    "reviews a list": (file([[1, 2]]), "is damaged"),
    "reviews null": (file(None), "is damaged"),
    "hostile name": (file({HOSTILE: [[1, 3]]}), "is damaged"),
    "prototype": (file({}).replace('"reviews": {}', '"reviews": {"__proto__": [[1, 3]]}'), "is damaged"),
    "path upwards": (file({"../settings": [[1, 3]]}), "is damaged"),
    "grade 5": (file({DROPOUT: [[1, 5]]}), "is damaged"),
    "grade as text": (file({DROPOUT: [[1, "3"]]}), "is damaged"),
    "time as text": (file({DROPOUT: [[HOSTILE, 3]]}), "is damaged"),
    "huge time": (file({DROPOUT: [[1e300, 3]]}), "is damaged"),
    "out of order": (file({DROPOUT: [[2, 3], [1, 3]]}), "is damaged"),
    "no review": (file({DROPOUT: []}), "is damaged"),
    "one good and one bad": (file({DROPOUT: [[1, 3]], "a/b": [[1, 9]]}), "is damaged"),
    "future": (file({DROPOUT: [[at(NOON + timedelta(days=400)), 3]]}), "from the future"),
    "too large": (" " * 2_000_001, "too large"),
}


def test_bad_file_is_refused_with_a_sentence_and_nothing_is_lost(review):
    page = review()
    page.evaluate("""localStorage.setItem("guide:review:optimization/adam",
        JSON.stringify({reviews: [[1000, 3]], due: 2000}))""")
    page.reload()
    before = page.evaluate("JSON.stringify(localStorage)")
    for name, (text, reason) in BAD_FILES.items():
        said = load(page, text)
        assert reason in said and said.endswith(" Nothing was changed."), (name, said)
        assert len(re.findall(r"[.!?](?: |$)", said)) == 2, (name, said)
        assert page.evaluate("JSON.stringify(localStorage)") == before, name
        assert page.locator("#guide-review img").count() == 0, name
    assert load(page, file({DROPOUT: [[1000, 3]]})) == "1 review of 1 card added."


def test_nothing_is_forgotten_without_asking_twice(review):
    page = review()
    load(page, file({DROPOUT: [[at(NOON), 3]]}))
    page.reload()
    for choice, left in (("Keep them", 1), ("Yes, forget every review", 0)):
        page.locator("summary", has_text="Your progress as a file").click()
        page.get_by_role("button", name="Forget everything").click()
        assert len(stored(page)) == 1
        page.get_by_role("button", name=choice).click()
        assert len(stored(page)) == left


# Storage and tabs


@pytest.mark.parametrize("script", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_session_without_storage_works_and_says_so(context, review, address, script):
    context.add_init_script(script)
    page = review()
    expect(page.locator("#guide-review")).to_contain_text("This browser keeps nothing between visits")
    start(page)
    answer(page, 4)
    page.get_by_role("button", name="End").click()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".guide-count")).to_contain_text("0 due, 4 new today")
    page.locator("summary", has_text="Your progress as a file").click()
    with page.expect_download() as download:  # what is in memory can be taken along
        page.get_by_role("button", name="Save a copy").click()
    assert len(json.loads(Path(download.value.path()).read_text())["reviews"]) == 1
    page.goto(f"{address}/{DROPOUT}/")
    page.get_by_role("button", name="I know this").click()
    expect(page.locator(".guide-remember")).to_contain_text("kept only until you leave this page")


def test_storage_that_fills_up_in_the_middle_loses_nothing_in_this_session(review):
    page = review()
    start(page)
    answer(page, 4)
    page.evaluate(FULL)
    answer(page, 4)
    expect(page.locator(".guide-said")).to_contain_text("This browser keeps nothing")
    page.get_by_role("button", name="End").click()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator(".guide-count")).to_contain_text("0 due, 3 new today")
    assert len(stored(page)) == 1


def test_damaged_record_is_kept_aside_and_the_card_is_new(review):
    page = review()
    for damage in ("{", "null", "[]", "\u0000", '{"reviews": [], "due": 1}', '{"reviews": [[1, 3]]}',
                   '{"reviews": "<b>", "due": "x"}', '{"reviews":[[1,3]],"due":1e999}'):
        page.evaluate(f"localStorage.setItem('guide:review:{DROPOUT}', {json.dumps(damage)})")
        page.evaluate("localStorage.setItem('guide:settings:review', '{\"newPerDay\": \"many\"}')")
        page.reload()
        expect(page.locator(".guide-count")).to_contain_text("0 due, 5 new today")
        page.locator("summary", has_text="Your progress as a file").click()
        expect(page.locator("#guide-review")).to_contain_text("1 record could not be read")
        assert page.evaluate(f"localStorage.getItem('guide:damaged:review:{DROPOUT}')") == damage


def test_card_that_the_guide_no_longer_has_breaks_nothing(review):
    page = review()
    load(page, file({"old/card": [[at(NOON) - 10**9, 3]]}))
    page.reload()
    expect(page.locator(".guide-count")).to_contain_text("0 due, 5 new today")
    start(page)
    answer(page, 3)
    assert "old/card" in stored(page)


def test_two_tabs_keep_all_grades_and_do_not_ask_twice(review):
    first, second = review(), review()
    start(first)
    start(second)
    question = answer(first, 3)
    expect(second.locator(".guide-said")).to_contain_text("graded in another tab")
    assert second.locator(".guide-question").inner_text() != question
    for turn in range(4):
        grader, other = (first, second) if turn % 2 else (second, first)
        question = answer(grader, 3 if turn % 2 else 4)
        # The news reaches the other tab a moment later, and must not come between reveal and grade.
        expect(other.locator(".guide-question").get_by_text(question, exact=True)).to_have_count(0)
    kept = stored(first)
    assert len(kept) == 5 and all(len(reviews) == 1 for reviews in kept.values())
    for page in (first, second):
        expect(page.get_by_role("heading", name="Done for today")).to_be_visible()


def test_two_tabs_grading_the_same_card_at_the_same_moment_keep_both(review):
    tabs = [review(), review()]
    for offset, tab in enumerate(tabs):
        tab.evaluate("""(offset) => { window.done = (async () => {
            const {grade} = await import("/assets/guide/schedule.js");
            for (let n = 0; n < 20; n += 1) {
                grade("regularization/dropout", 3, 1_790_000_000_000 + 1000 * n + 500 * offset);
                await new Promise((resolve) => setTimeout(resolve, 5));
            } })(); }""", offset)
    for tab in tabs:
        tab.evaluate("window.done")
    # Each tab puts back what the other one wrote over, as soon as it hears of it.
    for _ in range(20):
        tabs[0].wait_for_timeout(100)
        kept = [len(stored(tab)[DROPOUT]) for tab in tabs]
        if kept == [40, 40]:
            break
    assert kept == [40, 40]


def test_cards_that_do_not_load_are_said_and_can_be_tried_again(context, review):
    page = review()
    context.route("**/practise/cards/**", lambda route: route.abort())
    start(page)
    page.keyboard.press("Space")
    expect(page.locator(".guide-said")).to_contain_text("could not be loaded")
    context.unroute("**/practise/cards/**")
    page.keyboard.press("Space")
    expect(page.locator(".guide-answer")).to_be_visible()
    context.route("**/cards.json", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Reload the page")


def test_shortcuts_hold_only_inside_the_cards(review):
    page = review()
    start(page)
    page.keyboard.press("Space")
    expect(page.locator(".guide-grades")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("3")
    assert stored(page) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_fault_of_accessibility(review, scheme, width):
    page = review()
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.evaluate(AXE.read_text())

    def check(state: str) -> None:
        faults = page.evaluate("""async () => (await axe.run("article")).violations
            .filter((each) => ["serious", "critical"].includes(each.impact))
            .map((each) => [each.id, ...each.nodes.map((node) => node.html.slice(0, 120))])""")
        assert faults == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state

    page.locator("summary", has_text="Your progress as a file").click()
    check("start")
    start(page)
    check("question")
    page.keyboard.press("Space")
    expect(page.locator(".guide-grades")).to_be_visible()
    check("answer")
    page.keyboard.press("3")
    page.get_by_role("button", name="End").click()
    check("summary")
