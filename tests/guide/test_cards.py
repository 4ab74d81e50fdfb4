"""Cards say what the built pages say, and stand for themselves."""

import json
import re

import pytest
from lxml import html

from guide import cards
from guide.faults import GuideError

KATEX = ('<span class="arithmatex"><span class="katex"><span class="katex-mathml"><math><semantics><mi>p</mi>'
         '<annotation encoding="application/x-tex">p</annotation></semantics></math></span>'
         '<span class="katex-html" aria-hidden="true"><span style="height:0.6em">p</span></span>'
         '</span></span>')

CLIPPING = f"""<html><body><article>
<h1 id="do-you">Do you clip gradients by value or by norm?<a class="headerlink" href="#do-you">&para;</a></h1>
<p class="guide-meta"><a href="../../questions/#level-core">core</a></p>
<div class="admonition abstract"><p class="admonition-title">Say this first</p>
<p id="first">By norm {KATEX}. See <a class="guide-citation" href="#source-pascanu2013">[Pascanu]</a>
and <a href="../../data/leakage/">leakage</a> and <a href="https://example.org/a?b#c">this</a>.</p></div>
<h2 id="why">Why</h2>
<h2 id="clipping_value">When is {KATEX} right?</h2>
<h2>Code: one step</h2>
<div class="highlight" data-snippet="training/clipping_mistakes:per_layer"><pre>wrong</pre></div>
<div class="highlight" data-snippet="training/clipping:norm"><pre><code id="c">right</code></pre></div>
<h2>What they ask next</h2>
<details class="question"><summary>Before {KATEX}?</summary>
<p>Before it. <img src="../clipping.svg" alt="x"></p></details>
<details class="question"><summary>Infinite?</summary><p>Skip.</p></details>
<details class="question"><summary>Which?</summary>
<div class="highlight" data-snippet="training/other_torch:mc"><pre>mc</pre></div></details>
<h2>Sources</h2>
</article></body></html>"""

LEAKAGE = """<html><body><article><h1>What is leakage?</h1>
<div class="admonition abstract"><p class="admonition-title">Say this first</p><p>Leakage.</p></div>
<details class="question"><summary>One?</summary><p>1</p></details>
<details class="question"><summary>Two?</summary><p>2</p></details>
<details class="question"><summary>Three?</summary><p>3</p></details>
</article></body></html>"""


@pytest.fixture
def site(project):
    for name, text in (("training/clipping", CLIPPING), ("data/leakage", LEAKAGE)):
        project.write(f"site/{name}/index.html", text)
    return project.root / "site"


def test_card_holds_what_its_page_says(project, site):
    clipping, leakage = cards.cards(project.root, site)
    assert (clipping.id, clipping.address) == ("training/clipping", "training/clipping/")
    assert clipping.question == "Do you clip gradients by value or by norm?"
    assert clipping.slugs == ("clipping", "clipping_value")
    assert clipping.anchors == {"clipping": "training/clipping/",
                                "clipping_value": "training/clipping/#clipping_value"}
    assert (clipping.topic_title, clipping.level, clipping.asked) == ("Training", "core", "often")
    assert clipping.roles == ("vision",)
    assert clipping.points == ("Why", "When is p right?")
    assert [each.question for each in clipping.follow_ups] == ["Before p?", "Infinite?", "Which?"]
    assert leakage.follow_ups[1].answer == "<p>2</p>"
    assert leakage.code == leakage.task == ""


def test_html_of_a_card_stands_for_itself(project, site):
    clipping = cards.cards(project.root, site)[0]
    everything = clipping.answer + clipping.code + "".join(each.answer for each in clipping.follow_ups)
    addresses = re.findall(r'(?:href|src)="([^"]*)"', everything)
    assert addresses == ["training/clipping/#source-pascanu2013", "data/leakage/", "https://example.org/a?b#c",
                         "training/clipping.svg"]
    assert " id=" not in everything and "data-snippet" not in everything
    assert "Say this first" not in clipping.answer
    assert 'style="height:0.6em"' in clipping.answer and "<math>" in clipping.answer


def test_code_is_the_right_code_of_the_page(project, site):
    clipping = cards.cards(project.root, site)[0]
    assert "right" in clipping.code and "wrong" not in clipping.code and "mc" not in clipping.code
    assert clipping.task == "Write the code. Clip gradients by their joint norm."
    assert clipping.kinds == ("concepts", "coding")


def test_question_of_the_syllabus_that_asks_for_code_is_the_task(project, site):
    project.replace("docs/syllabus.yml", "When is clipping by value right?", "Implement clipping by value.")
    assert cards.cards(project.root, site)[0].task == "Implement clipping by value."


def test_cards_stand_in_the_order_of_the_syllabus(project, site):
    text = project.read("docs/syllabus.yml")
    training, data = text.split("\n\n")
    project.write("docs/syllabus.yml", f"{data.strip()}\n\n{training.strip()}\n")
    assert [card.id for card in cards.cards(project.root, site)] == ["data/leakage", "training/clipping"]


def test_files_are_the_same_each_time_and_the_list_is_light(project, site):
    cards.finish(project.root, site)
    files = sorted((site / "practise").rglob("*.json"), key=lambda file: file.as_posix())
    first = [file.read_bytes() for file in files]
    cards.finish(project.root, site)
    assert [file.read_bytes() for file in files] == first
    assert [file.relative_to(site).as_posix() for file in files] == [
        "practise/cards.json", "practise/cards/data/leakage.json", "practise/cards/training/clipping.json"]
    listed = json.loads(first[0])["cards"]
    assert [card["follow_ups"] for card in listed] == [3, 3]
    assert not any("<" in str(value) for card in listed for value in card.values())
    assert set(json.loads(first[2])) == {"points", "answer", "code", "follow_ups"}


@pytest.mark.parametrize(("old", "new", "message"), [
    ('class="admonition abstract"', 'class="admonition"', "no short answer"),
    ('<details class="question"><summary>Infinite', "<details><summary>Infinite",
     "3 follow-ups, its built page 2"),
    ("<article>", "<main>", "no title inside <article>"),
])
def test_page_that_lost_its_answer_is_a_fault(project, site, old, new, message):
    built = site / "training" / "clipping" / "index.html"
    built.write_text(built.read_text().replace(old, new))
    with pytest.raises(GuideError, match=re.escape(message)) as caught:
        cards.cards(project.root, site)
    assert caught.value.faults[0].path == "docs/training/clipping.md"


def test_page_that_was_not_built_is_a_fault(project, site):
    (site / "data" / "leakage" / "index.html").unlink()
    with pytest.raises(GuideError, match="was not built: list it"):
        cards.cards(project.root, site)


@pytest.mark.parametrize(("topic", "level", "questions", "task", "kinds"), [
    ("interviews", "core", ["Explain a project."], False, ("behavioral",)),
    ("convolution", "warm-up", ["What is a stride?"], False, ("warm-up",)),
    ("convolution", "deep", ["Derive it."], True, ("concepts", "coding")),
    ("deployment", "core", ["Have you deployed?"], False, ("design",)),
    ("detection_and_segmentation", "core", ["Design a network that finds two."], False, ("design",)),
    ("detection_and_segmentation", "core", ["Who designated it?"], False, ("concepts",)),
])
def test_kind_follows_from_topic_level_and_code(topic, level, questions, task, kinds):
    assert cards.kinds(topic, level, questions, task) == kinds


def test_plain_text_says_a_formula_once():
    assert cards.plain(html.fromstring(f"<h2>Choose {KATEX} <code>x</code></h2>")) == "Choose p x"
