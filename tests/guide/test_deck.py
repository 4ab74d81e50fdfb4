"""The deck is read back as Anki reads it: a zip with a database in it."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from dataclasses import replace

import pytest

from guide import deck
from guide.cards import Card, FollowUp
from guide.faults import GuideError
from guide.markdown import katex

EPOCH = 1_790_000_000
BASE = "https://example.org/guide/"


def formula(tex: str, display: bool = False) -> str:
    return f'<span class="arithmatex">{katex.render(tex, display)}</span>'


CARD = Card(
    id="training/clipping", slugs=("clipping", "clipping_value"), title="Gradient clipping",
    question="Do you clip if a < b?", topic="training", topic_title="Training", level="warm-up",
    asked="often", roles=("deep learning", "vision"), kinds=("concepts",), task="",
    address="training/clipping/", anchors={}, points=(), code="",
    answer='<p class="x">By ' + formula(r"a < \norm{g}") + ', see '
           '<a class="guide-citation" href="training/clipping/#source-p2013" title="P">P (2013)</a>.</p>',
    follow_ups=(FollowUp("Which bound?", f"Which {formula('c')}?", f"<p>{formula('c=1', True)}</p>"),
                FollowUp("Why?", "Why?", '<p><a href="https://arxiv.org/abs/1">So</a>.</p>')),
)


@pytest.fixture
def site(tmp_path):
    site = tmp_path / "site"
    (site / "training" / "clipping").mkdir(parents=True)
    (site / "index.html").write_text(f'<link rel="canonical" href="{BASE}">')
    (site / "training" / "clipping" / "clipped.svg").write_bytes(b"<svg/>")
    return site


def make(site, *cards, epoch=EPOCH):
    """The deck of some cards, unpacked: its database's rows and its media."""
    media = {}
    notes = [deck.note(card, site, deck.site_address(site), media) for card in cards]
    path = site / "deck.apkg"
    deck.write(path, notes, media, epoch)
    return unpack(path)


def unpack(path):
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        names = json.loads(package.read("media"))
        media = {name: package.read(number) for number, name in names.items()}
        collection = package.read("collection.anki2")
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.deserialize(collection)
    rows = {table: list(map(dict, database.execute(f"select * from {table}")))
            for table in ("notes", "cards", "col")}
    assert database.execute("pragma integrity_check").fetchone()[0] == "ok"
    database.close()
    return rows, media


def fields(row) -> dict[str, str]:
    return dict(zip(deck.FIELDS, row["flds"].split("\x1f"), strict=True))


def text(site, html):
    return deck.portable(html, CARD, site, BASE, {})


def test_a_note_holds_the_answer_and_its_place(site):
    rows, media = make(site, CARD)
    note, = rows["notes"]
    found = fields(note)
    assert found["Question"] == "Do you clip if a &lt; b?"
    assert found["Page"] == f"{BASE}training/clipping/"
    assert (found["Topic"], found["Level"], found["Asked"]) == ("Training", "warm-up", "asked often")
    assert note["tags"].split() == [
        "topic::training", "level::warm-up", "asked::often", "role::deep_learning", "role::vision"]
    assert found["Follow-ups"].count("<details><summary>") == 2
    assert media == {}


def test_formulas_are_what_ankis_mathjax_reads(site):
    found = fields(make(site, CARD)[0]["notes"][0])
    assert r"By \(\def\norm#1{\left\lVert #1 \right\rVert}a &lt; \norm{g}\), see" in found["Answer"]
    assert r"<summary>Which \(c\)?</summary>" in found["Follow-ups"]
    assert r"<p>\[c=1\]</p>" in found["Follow-ups"]
    assert not re.search(r"\$|katex|<math|<span|class=|style=", note_text(found))


def note_text(found):
    return found["Answer"] + found["Follow-ups"]


def test_links_lead_to_the_published_page(site):
    found = fields(make(site, CARD)[0]["notes"][0])
    assert f'<a href="{BASE}training/clipping/#source-p2013">P (2013)</a>' in found["Answer"]
    assert '<a href="https://arxiv.org/abs/1">So</a>' in found["Follow-ups"]


def test_a_changed_answer_is_the_same_card_and_a_newer_one(site):
    changed = replace(CARD, question="Which norm?", answer="<p>Other.</p>", topic="data")
    before, after = make(site, CARD)[0], make(site, changed, epoch=EPOCH + 60)[0]
    for name in ("guid", "mid"):
        assert before["notes"][0][name] == after["notes"][0][name]
    assert before["cards"][0]["did"] == after["cards"][0]["did"] == deck.DECK_ID
    assert before["notes"][0]["mod"] < after["notes"][0]["mod"]
    assert before["notes"][0]["flds"] != after["notes"][0]["flds"]


def test_ids_are_the_ones_that_learners_have(site):
    # These are in learners' collections. If one of them changes, everybody has every card twice.
    rows, _ = make(site, CARD)
    found = (rows["notes"][0]["guid"], deck.DECK_ID, deck.MODEL_ID)
    assert found == ("PlE/l97R6e", 1_784_206_331, 1_549_863_207)
    model, = json.loads(rows["col"][0]["models"]).values()
    assert [field["name"] for field in model["flds"]] == [
        "Question", "Answer", "Follow-ups", "Topic", "Level", "Asked", "Page"]


def test_other_answers_are_other_cards_in_the_order_given(site):
    rows, _ = make(site, CARD, replace(CARD, slugs=("leakage",)), replace(CARD, slugs=("momentum",)))
    assert len({note["guid"] for note in rows["notes"]}) == len({note["id"] for note in rows["notes"]}) == 3
    assert [card["due"] for card in rows["cards"]] == [1, 2, 3]
    assert {card["nid"] for card in rows["cards"]} == {note["id"] for note in rows["notes"]}


def test_the_same_answers_give_the_same_bytes(site, monkeypatch):
    make(site, CARD)
    first = (site / "deck.apkg").read_bytes()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    make(site, CARD)
    assert (site / "deck.apkg").read_bytes() == first
    assert [path.name for path in site.iterdir() if "unfinished" in path.name] == []


def test_pictures_come_along(site):
    answer = '<p><img src="training/clipping/clipped.svg" alt="A cut"></p>'
    rows, media = make(site, replace(CARD, answer=answer))
    (name, content), = media.items()
    assert content == b"<svg/>"
    assert fields(rows["notes"][0])["Answer"] == f'<p><img src="{name}" alt="A cut"></p>'


@pytest.mark.parametrize(("source", "told"), [('src="training/x.svg"', r"training/x\.svg"), ("", "")])
def test_a_picture_that_is_not_there_is_named(site, source, told):
    with pytest.raises(GuideError, match=rf"docs/training/clipping\.md: shows the picture `{told}`"):
        make(site, replace(CARD, answer=f'<img {source} alt="">'))


def test_a_formula_without_its_source_is_named(site):
    with pytest.raises(GuideError, match=r"docs/training/clipping\.md: holds a formula without its TeX"):
        text(site, '<span class="katex"><math><mi>x</mi></math></span>')


def test_a_site_without_an_address_is_named(site):
    (site / "index.html").write_text("<html>")
    with pytest.raises(GuideError, match=r"mkdocs\.yml: `site_url` is missing"):
        deck.site_address(site)


@pytest.mark.parametrize(("html", "expected"), [
    ('<div class="highlight"><span class="filename">a.py</span><pre><span></span><code><a id="l1"></a>'
     '<span class="n">x</span> <span class="o">&lt;</span> 1\n</code></pre></div>',
     "<div><p><code>a.py</code></p><pre><code>x &lt; 1</code></pre></div>"),
    ('<p onclick="x()">a<script>b</script><button>c</button><svg><path d="M0"/></svg>d</p>', "<p>ad</p>"),
    ('1 &lt; 2 <em>and</em> <span class="x">more</span>', "1 &lt; 2 <em>and</em> more"),
    ('<div class="tabbed-set"><input type="radio"><input type="radio"><div class="tabbed-labels">'
     '<label>NumPy</label><label>PyTorch</label></div><div class="tabbed-content"><div class="tabbed-block">'
     '<p>a</p></div><div class="tabbed-block"><p>b</p></div></div></div>',
     "<div><div></div><div><div><strong>NumPy</strong><p>a</p></div>"
     "<div><strong>PyTorch</strong><p>b</p></div></div></div>"),
])
def test_only_what_has_a_meaning_of_its_own_stays(site, html, expected):
    assert text(site, html) == expected


@pytest.mark.parametrize("name", katex.MACROS)
def test_every_macro_of_the_guide_has_a_definition(name):
    use = name + ("{x}" if "#1" in katex.MACROS[name] else "")
    assert katex.render(deck.definition(name) + f"a{use}", False)
