"""The mock interview as a candidate takes it: by keyboard, interrupted, in pairs, from strange addresses."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "guide" / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.slow

PAGE = "/practise/interview/"
KINDS = ["warm-up", "concepts", "coding", "design", "behavioral"]
PLAN = "#seed=k3x9&role=vision&length=45&level=senior"
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("forbidden", "SecurityError"); } });"""
# 150 answers: as many as the syllabus promises, spread over topics, levels, roles and kinds.
MANY = [{
    "id": f"topic_{n % 10}/card_{n}", "title": f"Card {n}", "question": f"Question {n}?",
    "task": f"Write {n}.",
    "topic": f"topic_{n % 10}", "topic_title": f"Topic {n % 10}",
    "level": ("warm-up", "core", "deep")[n % 3],
    "asked": ("often", "sometimes", "rare")[n % 4 % 3],
    "roles": [[], [], ["vision"], ["language", "research"]][n % 4],
    "kinds": [["warm-up"], ["concepts"], ["concepts", "coding"], ["design"], ["behavioral"]][n % 5],
    "address": f"topic_{n % 10}/card_{n}/", "follow_ups": n % 6, "slugs": [], "anchors": {},
} for n in range(150)]


@pytest.fixture
def context(browser):
    """One reader's browser: a faulty script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
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
def interview(context, address):
    """Opens the interview page, or one interview of it, in a new tab."""

    def open_page(hash_: str = ""):
        page = context.new_page()
        page.goto(address + PAGE + hash_)
        expect(page.locator("#guide-interview .guide-live")).to_be_visible()
        return page

    return open_page


def shown(page) -> str:
    return page.locator("#guide-interview").inner_text()


def begin(page) -> None:
    page.get_by_role("button", name=re.compile("^(Start|Go on)$")).click()
    expect(page.locator(".guide-question")).to_be_visible()


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def questions(page) -> list[str]:
    """Every question and follow-up of the interview on this page, in order."""
    begin(page)
    asked = []
    while True:
        asked.append(page.locator(".guide-question").inner_text())
        while page.get_by_role("button", name="Ask me the next").count():
            press(page, "Ask me the next")
        asked += page.locator(".guide-prompts li").all_inner_texts()
        press(page, "Show the answers")
        expect(page.locator(".guide-rubric")).to_be_visible()
        if page.get_by_role("button", name="Finish").count():
            press(page, "Finish")
            expect(page.get_by_role("heading", name="Summary")).to_be_visible()
            return asked
        press(page, "Next question")
        expect(page.locator(".guide-rubric")).to_be_hidden()


def draw(page, cards, **choice) -> dict:
    return page.evaluate("""async ([cards, choice]) => {
        const {draw} = await import("/assets/guide/interview_plan.js");
        const {parts, missing} = draw(cards, choice);
        return {missing, parts: parts.map(({kind, minutes, card, followUps}) =>
            ({kind, minutes, id: card.id, roles: card.roles, level: card.level, followUps}))};
    }""", [cards, {"seed": "a", "role": "vision", "length": 45, "level": "senior"} | choice])


# The plan


def test_plan_has_every_part_in_order_within_its_minutes(interview):
    page = interview()
    for length in (20, 45, 60):
        for role in ("deep-learning", "vision", "language", "robotics", "research"):
            for level in ("entry", "experienced", "senior"):
                plan = draw(page, MANY, length=length, role=role, level=level, seed=f"{length}x")
                parts = plan["parts"]
                assert plan["missing"] == []
                assert sum(part["minutes"] for part in parts) == length
                assert len({part["id"] for part in parts}) == len(parts)
                kinds = [part["kind"] for part in parts]
                assert kinds == sorted(kinds, key=KINDS.index)
                name = role.replace("-", " ")
                assert all(not part["roles"] or name in part["roles"] for part in parts)
                assert level != "entry" or all(part["level"] != "deep" for part in parts)
                most = {"entry": 1, "experienced": 2, "senior": 3}[level]
                assert all(len(part["followUps"]) <= most for part in parts)


def test_plan_follows_from_the_address_and_the_cards_in_any_order(interview):
    page = interview()
    assert draw(page, MANY) == draw(page, MANY[::-1])
    assert draw(page, MANY) != draw(page, MANY, seed="b")
    # A card that is added changes a plan only where it is drawn itself.
    added = MANY[11] | {"id": "topic_9/new"}
    for seed in "abcdefghij":
        before = draw(page, MANY, seed=seed)["parts"]
        after = draw(page, [*MANY, added], seed=seed)["parts"]
        changed = [new for old, new in zip(before, after, strict=True) if old["id"] != new["id"]]
        assert changed == [] or "topic_9/new" in [each["id"] for each in changed]


def test_frequent_questions_are_drawn_more_often(interview):
    page = interview()
    cards = [MANY[1] | {"id": f"topic_1/{asked}_{n}", "asked": asked, "kinds": ["concepts"], "roles": [],
                        "level": "core"} for asked in ("often", "sometimes", "rare") for n in range(20)]
    drawn = page.evaluate("""async (cards) => {
        const {draw} = await import("/assets/guide/interview_plan.js");
        const count = {};
        for (let n = 0; n < 2000; n += 1) {
            const plan = draw(cards, {seed: String(n), role: "vision", length: 60, level: "experienced"});
            for (const {card} of plan.parts) count[card.asked] = (count[card.asked] ?? 0) + 1;
        }
        return count;
    }""", cards)
    total = sum(drawn.values())
    # Weights 3, 2, 1; the second and third draw from what is left, so the shares are a little flatter.
    for asked, share in (("often", 1 / 2), ("sometimes", 1 / 3), ("rare", 1 / 6)):
        assert abs(drawn[asked] / total - share) < 0.03, drawn


def test_new_interview_avoids_what_was_asked_lately(interview):
    page = interview()
    repeated, chance = page.evaluate("""async (cards) => {
        const {draw, newSeed} = await import("/assets/guide/interview_plan.js");
        const choice = {role: "vision", length: 45, level: "senior"}, now = Date.now();
        const ids = (seed) => draw(cards, {...choice, seed}).parts.map((part) => part.card.id);
        let repeated = 0, chance = 0;
        for (let n = 0; n < 20; n += 1) {
            const before = ids("s" + n);
            const asked = Object.fromEntries(before.map((id) => [id, now - 3_600_000]));
            repeated += ids(newSeed(cards, choice, asked, now)).filter((id) => before.includes(id)).length;
            chance += ids("t" + n).filter((id) => before.includes(id)).length;
        }
        return [repeated, chance];
    }""", MANY)
    assert repeated == 0 < chance


def test_parts_that_the_guide_cannot_fill_are_named(interview):
    page = interview()
    plan = draw(page, [card for card in MANY if "design" not in card["kinds"]])
    assert plan["missing"] == ["design"]
    assert draw(page, []) == {"parts": [], "missing": KINDS}


# The interview


def test_interview_by_keyboard_alone(interview, site):
    listed = json.loads((site / "practise" / "cards.json").read_text())["cards"]
    cards = {card["question"]: card["id"] for card in listed}
    page = interview()
    page.get_by_label("Role").focus()
    page.keyboard.type("Computer")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Tab")
    page.keyboard.type("First")
    page.keyboard.press("Tab")  # read aloud, left alone
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="Computer vision, first job, 20 minutes")
    expect(heading).to_be_focused()
    assert re.fullmatch(r".*#seed=[a-z0-9]{6}&role=vision&length=20&level=entry", page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    asked = []
    for _ in range(10):
        expect(page.locator(".guide-question")).to_be_focused()
        asked.append(page.locator(".guide-question").inner_text())
        page.keyboard.press("Tab")
        page.keyboard.type("I said it, notes & all")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the follow-up; the focus stays on the button that took its place
        if not page.locator(".guide-rubric").count():
            expect(page.locator(".guide-prompts li")).to_have_count(1)
            page.keyboard.press("Enter")
        expect(page.locator(".guide-rubric")).to_be_visible()
        expect(page.locator(".guide-question")).to_be_focused()
        # The model answer stands there, and every line of the rubric can be graded with the arrow keys.
        body = json.loads((site / "practise" / "cards" / f"{cards[asked[-1]]}.json").read_text())
        answer = " ".join(html.fragment_fromstring(body["answer"], create_parent=True).text_content().split())
        expect(page.locator("#guide-interview")).to_contain_text(answer)
        page.locator(".guide-rubric input").first.focus()
        for line in range(page.locator(".guide-rubric fieldset").count()):
            page.keyboard.press("Space")
            if line:  # the first line stays "missed"
                page.keyboard.press("ArrowRight")
                page.keyboard.press("ArrowRight")
            page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        last = page.evaluate("document.activeElement.textContent") == "Finish"
        page.keyboard.press("Enter")
        if last:
            break
    expect(page.get_by_role("heading", name="Summary")).to_be_focused()
    assert len(set(asked)) == len(asked) >= 2
    assert page.locator("tbody tr").count() == len(asked)
    for row in page.locator("tbody tr").all_inner_texts():
        got, possible = map(int, re.search(r"(\d+) of (\d+) points", row).groups())
        assert got == possible - 2


def test_same_address_gives_two_people_the_same_interview(interview, browser, address):
    mine = questions(interview(PLAN))
    other = browser.new_context()
    page = other.new_page()
    page.goto(address + PAGE)
    # Their history must not matter.
    page.evaluate("""localStorage.setItem("guide:interview:asked",
        JSON.stringify({"generative/cyclegan": Date.now()}))""")
    page.goto(address + PAGE + PLAN)
    page.reload()
    theirs = questions(page)
    other.close()
    assert mine == theirs
    assert len(mine) >= 5


def test_plan_says_what_the_guide_cannot_ask_yet(interview, site):
    page = interview(PLAN)
    cards = json.loads((site / "practise" / "cards.json").read_text())["cards"]
    plan = draw(page, cards, seed="k3x9")
    if plan["missing"]:
        minutes = sum(part["minutes"] for part in plan["parts"])
        assert f"{minutes} of 45 minutes" in shown(page)
        assert "grows with the guide" in shown(page)
    assert page.locator("#guide-interview ol li").count() == len(plan["parts"])
    # The plan does not give its questions away.
    assert not any(card["question"] in shown(page) for card in cards)


def test_clock_runs_pauses_and_says_when_time_is_over(interview):
    page = interview()  # the only tab: what lies behind another one is drawn once a second
    page.clock.install()
    page.goto(page.url + PLAN)
    page.reload()  # a new fragment alone would keep the page, and its clock
    begin(page)
    page.clock.run_for(65_000)  # beside the real seconds that a busy machine takes
    here = page.get_by_role("timer", name="Time for this question")
    expect(here).to_have_text(re.compile(r"^1:[0-3]\d of "))
    press(page, "Pause")
    page.clock.run_for(2_000)  # whatever was under way is drawn
    paused = here.inner_text()
    page.clock.run_for(600_000)
    assert here.inner_text() == paused
    press(page, "Go on")
    page.clock.run_for(600_000)
    expect(page.locator(".guide-said")).to_contain_text("minutes for this question are over")
    press(page, "Show the answers")
    stopped = here.inner_text()
    page.clock.run_for(60_000)
    assert here.inner_text() == stopped
    press(page, "Next question")
    expect(here).to_have_text(re.compile("^0:00 of "))
    expect(page.get_by_role("timer", name="Time in all")).to_have_text(re.compile(r"^11:[0-5]\d of "))


def test_clock_stands_still_for_those_who_want_no_motion(interview):
    page = interview()
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    page.goto(page.url + PLAN)
    page.reload()
    begin(page)
    here = page.get_by_role("timer", name="Time for this question")
    page.clock.run_for(2_000)
    expect(here).to_have_text(re.compile(r"^\d:\d0 of "))  # in steps of ten seconds
    before = here.inner_text()
    page.clock.run_for(10_000)
    expect(here).not_to_have_text(before)
    expect(here).to_have_text(re.compile(r"^\d:\d0 of "))


def test_interview_goes_on_where_the_page_was_reloaded(interview):
    page = interview(PLAN)
    begin(page)
    press(page, "Ask me the next")
    page.get_by_label("Notes").fill("half a sentence")
    page.wait_for_timeout(1200)
    page.reload()
    begin(page)
    expect(page.locator(".guide-prompts li")).to_have_count(1)
    expect(page.get_by_label("Notes")).to_have_value("half a sentence")
    expect(page.get_by_role("timer", name="Time for this question")).not_to_have_text(re.compile("^0:00"))
    press(page, "Show the answers")
    page.locator(".guide-rubric fieldset").nth(2).get_by_label("fully").check()
    page.reload()
    begin(page)
    expect(page.locator(".guide-rubric fieldset").nth(2).get_by_label("fully")).to_be_checked()
    assert page.locator(".guide-rubric input:checked").count() == 1


def test_rubric_asks_for_what_the_page_explains_and_the_follow_ups_asked(interview, site):
    page = interview(PLAN)
    plan = draw(page, json.loads((site / "practise" / "cards.json").read_text())["cards"], seed="k3x9")
    first = plan["parts"][0]
    body = json.loads((site / "practise" / "cards" / f"{first['id']}.json").read_text())
    begin(page)
    press(page, "Ask me the next")
    press(page, "Show the answers")
    lines = page.locator(".guide-rubric legend").all_inner_texts()
    assert first["kind"] in ("warm-up", "concepts")
    names = [line.split(":")[0] for line in lines]
    assert names == ["Direct", "Complete", "Correct", "Trade-off", "Next question"]
    assert all(point in lines[1] for point in body["points"])
    assert lines[4] == f"Next question: {body['follow_ups'][first['followUps'][0]]['question']}"
    assert page.locator("details.question[open]").count() == 1


def test_summary_is_saved_with_grades_and_notes(interview):
    page = interview(PLAN)
    begin(page)
    page.get_by_label("Notes").fill("first line\n# not a heading <script>alert(1)</script>")
    press(page, "Show the answers")
    for line in page.locator(".guide-rubric fieldset").all():
        line.get_by_label("missed").check()
    press(page, "End")
    with page.expect_download() as download:
        press(page, "Save as a file")
    assert download.value.suggested_filename == "interview-k3x9.md"
    text = Path(download.value.path()).read_text()
    assert text.startswith("# Computer vision, senior, 45 minutes\n")
    assert "> first line\n> # not a heading <script>" in text and "0 of 8 points" in text
    assert "not graded" in text and PLAN in text
    page.get_by_role("button", name="Review the weak ones today (1)").click()
    expect(page.locator(".guide-said")).to_have_text("1 card due today on the review page.")
    records = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('guide:review:'))")
    assert len(records) == 1


def test_questions_are_read_aloud_only_when_wanted(context, interview, address):
    context.add_init_script("""window.spoken = [];
        SpeechSynthesis.prototype.speak = (words) => window.spoken.push(words.text);""")
    page = interview(PLAN)
    begin(page)
    assert page.evaluate("window.spoken") == []
    page.goto(address + PAGE)
    expect(page.get_by_label("Read the questions aloud")).not_to_be_checked()
    page.get_by_label("Read the questions aloud").check()
    press(page, "Draw an interview")
    begin(page)
    press(page, "Ask me the next")
    spoken = page.evaluate("window.spoken")
    assert spoken[0] == page.locator(".guide-question").inner_text() and len(spoken) == 2
    context.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    page.goto(address + PAGE)
    page.reload()
    expect(page.get_by_role("button", name="Draw an interview")).to_be_visible()
    assert not page.evaluate("'speechSynthesis' in window")
    assert page.get_by_label("Read the questions aloud").count() == 0


# What may go wrong


@pytest.mark.parametrize("hash_", [
    "#seed=<img src=x onerror=alert(1)>&role=vision&length=45&level=senior",
    "#seed=k3x9&role=__proto__&length=45&level=senior",
    "#seed=k3x9&role=constructor&length=45&level=toString",
    "#seed=k3x9&role=vision&length=45.0&level=senior",
    "#seed=k3x9&role=vision&length=99999&level=senior",
    "#seed=&role=vision&length=45&level=senior",
    "#seed=" + "a" * 5000 + "&role=vision&length=45&level=senior",
    "#seed=k3x9",
    "#%00%ff=%E0%A4%A",
])
def test_strange_address_is_refused_with_a_sentence(interview, hash_):
    page = interview(quote(hash_, safe="#=&%"))
    expect(page.get_by_role("alert")).to_have_text(
        "The address names no interview that this page knows: choose one here.")
    assert page.locator("#guide-interview img").count() == 0
    press(page, "Draw an interview")
    begin(page)


def test_another_address_pasted_into_the_same_tab_is_opened(interview):
    page = interview(PLAN)
    begin(page)
    page.evaluate("location.hash = '#seed=other&role=research&length=20&level=entry'")
    expect(page.get_by_role("heading", name="Research, first job, 20 minutes")).to_be_visible()


def test_damaged_state_starts_anew(interview):
    page = interview(PLAN)
    for damage in ("{", "null", "[1]", '{"index": 99}', '{"index":0,"phase":"question","followUps":"x"}',
                   '{"index":0,"phase":"<b>","followUps":[],"elapsed":[]}'):
        for name in ("interview:run:k3x9.vision.45.senior", "interview:asked", "settings:interview"):
            page.evaluate(f"localStorage.setItem('guide:{name}', {json.dumps(damage)})")
        page.reload()
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    press(page, "Start")
    expect(page.locator(".guide-question")).to_be_visible()
    press(page, "End")
    press(page, "Another interview")
    press(page, "Draw an interview")
    begin(page)


def test_interview_without_storage(context, interview):
    context.add_init_script(FORBIDDEN)
    page = interview(PLAN)
    asked = questions(page)
    assert len(asked) >= 5


def test_second_tab_takes_over_and_the_first_one_says_so(interview):
    first = interview(PLAN)
    begin(first)
    first.get_by_label("Notes").fill("from the first tab")
    second = interview(PLAN)
    begin(second)
    expect(second.get_by_label("Notes")).to_have_value("from the first tab")
    second.get_by_label("Notes").fill("from both tabs")
    expect(first.get_by_role("alert")).to_contain_text("goes on in another tab")
    press(second, "Show the answers")
    press(first, "Go on here")
    expect(first.locator(".guide-rubric")).to_be_visible()
    expect(first.get_by_label("Notes")).to_have_value("from both tabs")


def test_question_that_does_not_load_can_be_tried_again(context, interview):
    page = interview(PLAN)
    context.route("**/practise/cards/**", lambda route: route.abort())
    press(page, "Start")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    context.unroute("**/practise/cards/**")
    press(page, "Try again")
    expect(page.locator(".guide-question")).to_be_visible()


def test_leaving_by_instant_navigation_stops_the_clock_and_keeps_the_state(interview):
    page = interview(PLAN)
    page.evaluate("window.stillHere = true")
    begin(page)
    page.get_by_label("Notes").fill("kept")
    page.locator("nav.md-nav--primary").get_by_role("link", name="Review").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.go_back()
    begin(page)
    expect(page.get_by_label("Notes")).to_have_value("kept")
    assert page.evaluate("window.stillHere")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_serious_fault_of_accessibility(interview, address, scheme, width):
    page = interview()
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

    check("choice")
    page.evaluate(f"location.hash = {json.dumps(PLAN)}")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    check("plan")
    begin(page)
    press(page, "Ask me the next")
    check("question")
    press(page, "Show the answers")
    expect(page.locator(".guide-rubric")).to_be_visible()
    check("answer")
    press(page, "End")
    check("summary")
