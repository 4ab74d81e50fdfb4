"""The deck that a learner downloads, read back from its package."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

from guide import deck, downloads, pages
from guide.markdown import katex

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def notes(site) -> list[dict[str, str]]:
    with zipfile.ZipFile(site / downloads.FOLDER / deck.FILE) as package:
        pictures = json.loads(package.read("media"))
        assert set(package.namelist()) == {"collection.anki2", "media", *pictures}
        collection = package.read("collection.anki2")
    database = sqlite3.connect(":memory:")
    database.deserialize(collection)
    rows = database.execute("select flds, tags, guid from notes").fetchall()
    assert database.execute("select count(*) from cards").fetchone()[0] == len(rows)
    database.close()
    return [dict(zip(deck.FIELDS, fields.split("\x1f"), strict=True)) | {"tags": tags, "guid": guid}
            for fields, tags, guid in rows]


def test_every_answer_is_a_card(notes):
    answers = [page for page in pages.read(ROOT)[0] if page.is_answer]
    assert len(notes) == len({note["guid"] for note in notes}) == len(answers)
    for page in answers:
        note, = [note for note in notes if note["Page"].endswith(f"/{page.source.rpartition('.')[0]}/")]
        assert f"topic::{page.topic} level::{page.front.level} asked::{page.front.asked}" in note["tags"]
        assert note["Answer"]
        assert note["Follow-ups"].count("<summary>") == len(page.follow_ups)


def test_cards_hold_nothing_that_anki_cannot_show(notes):
    for note in notes:
        shown = note["Question"] + note["Answer"] + note["Follow-ups"]
        outside = re.sub(r"(?s)<pre>.*?</pre>|<code>.*?</code>|\\\(.*?\\\)|\\\[.*?\\\]", "", shown)
        forbidden = r"\$|\\|<(?:span|math|svg|script|input|button)\b| (?:class|style|id)="
        assert not re.search(forbidden, outside), note["Page"]
        assert all(re.match(r"https?://|mailto:", link) for link in re.findall(r'href="([^"]*)"', shown))


def test_every_formula_is_whole(notes):
    formulas = [html.unescape(tex) for note in notes
                for tex in re.findall(r"\\\((.*?)\\\)", note["Answer"] + note["Follow-ups"], flags=re.DOTALL)]
    assert len(formulas) > 50
    for tex in formulas:
        katex.render(tex, False)
