"""The answers as an Anki deck: question in front, "Say this first" behind, follow-ups folded below it.

A new version of the deck updates a learner's cards and keeps their schedule, because everything by
which Anki knows them is fixed: the ids below, the fields' names and the first slug of each answer.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import json
import posixpath
import re
import sqlite3
from pathlib import Path

import genanki
from lxml import etree
from lxml.html import Element, HtmlElement, fragment_fromstring, tostring

from guide import archive, downloads, release
from guide.cards import Card, cards
from guide.faults import Fault, GuideError, shorten
from guide.markdown.answer import ASKED_WORDS
from guide.markdown.katex import MACROS

FILE = f"{downloads.NAME}.apkg"
# Drawn once. Another number would be another deck, and learners would have every card twice.
DECK_ID = 1_784_206_331
MODEL_ID = 1_549_863_207
# Anki asks the learner for a full upload when a note type gets other fields.
FIELDS = ("Question", "Answer", "Follow-ups", "Topic", "Level", "Asked", "Page")

FRONT = """\
<p class="facts">{{Topic}} · {{Level}} · {{Asked}}</p>
<p class="question">{{Question}}</p>
"""
BACK = """\
{{FrontSide}}
<hr id="answer">
{{Answer}}
{{#Follow-ups}}<p class="facts next">What they ask next</p>
{{Follow-ups}}{{/Follow-ups}}
<p class="facts"><a href="{{Page}}">The whole page</a></p>
"""
# Text and background are Anki's own, by day and by night; what is set here goes with both.
STYLE = """\
.card { font: 20px/1.5 system-ui, sans-serif; text-align: start; max-width: 36em; margin: 1em auto;
  padding: 0 1em; overflow-wrap: break-word; }
.question { font-size: 1.25em; font-weight: 600; line-height: 1.3; }
.facts { font-size: .75em; opacity: .8; }
.next { margin-top: 2em; }
.card a { color: #0a5f94; }
.nightMode a, .night_mode a, .nightMode.card a, .night_mode.card a { color: #86c8f2; }
details { border-top: 1px solid rgba(128, 128, 128, .5); padding: .5em 0; }
summary { cursor: pointer; font-weight: 600; }
pre, code { font-family: ui-monospace, monospace; font-size: .85em; background: rgba(128, 128, 128, .15); }
pre { overflow-x: auto; padding: .5em; }
pre code { font-size: inherit; background: none; }
table { border-collapse: collapse; }
td, th { border: 1px solid rgba(128, 128, 128, .5); padding: .2em .5em; }
img { max-width: 100%; background: #fff; }
"""

# A card is shown without the guide's styles and scripts: only what has a meaning of its own stays.
KEEP = {"p", "em", "strong", "b", "i", "code", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
        "tbody", "tr", "th", "td", "caption", "a", "img", "details", "summary", "sub", "sup", "br", "hr",
        "blockquote", "kbd", "del", "ins", "mark", "h2", "h3", "h4", "h5", "h6"}
ATTRIBUTES = {"href", "src", "alt", "colspan", "rowspan", "start"}
DROP = {"script", "style", "button", "input", "label", "form", "svg"}


def finish(root: Path, site: Path) -> None:
    """Write the deck of all answers below ``site``.

    Raises:
        GuideError: If a card shows a picture that the site does not have.
    """
    base = site_address(site)
    media: dict[str, bytes] = {}
    notes = [note(card, site, base, media) for card in cards(root, site)]
    write(downloads.path(site, FILE), notes, media, release.epoch(root))


def site_address(site: Path) -> str:
    """Where the site is published, as its home page says."""
    text = (site / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<link rel="canonical" href="([^"]+)"', text)
    if not found:
        raise GuideError(Fault("mkdocs.yml", 0, "`site_url` is missing, so the deck's cards cannot link to "
                                                "their pages: set it to where the site is published"))
    return html.unescape(found[1])


def note(card: Card, site: Path, base: str, media: dict[str, bytes]) -> genanki.Note:
    """One answer as Anki's note; the pictures it shows are added to ``media``."""
    follow_ups = [f"<details><summary>{portable(item.question_html, card, site, base, media)}</summary>\n"
                  f"{portable(item.answer, card, site, base, media)}</details>" for item in card.follow_ups]
    fields = {
        "Question": html.escape(card.question, quote=False),
        "Answer": portable(card.answer, card, site, base, media),
        "Follow-ups": "\n".join(follow_ups),
        "Topic": html.escape(card.topic_title, quote=False),
        "Level": card.level,
        "Asked": ASKED_WORDS[card.asked],
        "Page": html.escape(base + card.address),
    }
    return genanki.Note(
        model=MODEL,
        fields=[fields[name] for name in FIELDS],
        guid=genanki.guid_for(downloads.NAME, card.slugs[0]),
        tags=[f"topic::{card.topic}", f"level::{card.level}", f"asked::{card.asked}",
              *[f"role::{role.replace(' ', '_')}" for role in card.roles]],
    )


MODEL = genanki.Model(
    MODEL_ID, "Deep Learning Interview Guide",
    fields=[{"name": name} for name in FIELDS],
    templates=[{"name": "Question", "qfmt": FRONT, "afmt": BACK}],
    css=STYLE,
)


def portable(text: str, card: Card, site: Path, base: str, media: dict[str, bytes]) -> str:
    """A piece of a page that stands by itself: TeX for Anki's MathJax, whole addresses, plain code."""
    holder = fragment_fromstring(text, create_parent="div")
    for formula in [*holder.find_class("katex-display"), *holder.find_class("katex")]:
        if formula.getparent() is not None and "katex-display" not in formula.getparent().classes:
            _replace(formula, _tex(formula, card))
    for block in holder.find_class("highlight"):
        _plain_code(block)
    for tabs in holder.find_class("tabbed-set"):
        _unfold(tabs)
    for title in holder.find_class("admonition-title"):
        title.tag = "strong"
    for element in list(holder.iter(etree.Element)):
        _strip(element, holder)
    for image in holder.iter("img"):
        image.set("src", _media(image.get("src", ""), card, site, media))
    for link in holder.iter("a"):
        if link.get("href") is not None:
            link.set("href", absolute(base, link.get("href")))
    inner = html.escape(holder.text or "", quote=False)
    return (inner + "".join(tostring(child, encoding="unicode") for child in holder)).strip()


def absolute(base: str, target: str) -> str:
    """An address of the site as the whole world writes it.

    >>> absolute("https://example.org/guide/", "optimization/adam/#code")
    'https://example.org/guide/optimization/adam/#code'
    """
    return target if re.match(r"[a-z]+:", target) else base + target


def _tex(formula: HtmlElement, card: Card) -> str:
    source = formula.find(".//annotation")
    if source is None or not source.text:
        raise GuideError(Fault(f"docs/{card.id}.md", 0, "holds a formula without its TeX source: "
                                                        "guide/deck.py expects KaTeX's annotation"))
    tex = " ".join(source.text.split())
    used = [name for name in MACROS if re.search(re.escape(name) + r"(?![A-Za-z])", tex)]
    tex = "".join(map(definition, used)) + tex
    return rf"\[{tex}\]" if "katex-display" in formula.classes else rf"\({tex}\)"


def definition(name: str) -> str:
    r"""One of the guide's macros, for a program that does not know it.

    >>> definition(r"\norm")
    '\\def\\norm#1{\\left\\lVert #1 \\right\\rVert}'
    """
    arguments = "#1" if "#1" in MACROS[name] else ""
    return rf"\def{name}{arguments}{{{MACROS[name]}}}"


def _replace(element: HtmlElement, text: str) -> None:
    element.tail = text + (element.tail or "")
    element.drop_tree()


def _plain_code(block: HtmlElement) -> None:
    """Code without its colors and line anchors."""
    name = "".join(element.text_content() for element in block.find_class("filename"))
    code = "".join(element.text_content() for element in block.iter("pre"))
    for child in list(block):
        block.remove(child)
    block.text = None
    if name:
        etree.SubElement(etree.SubElement(block, "p"), "code").text = name
    etree.SubElement(etree.SubElement(block, "pre"), "code").text = code.rstrip("\n")


def _unfold(tabs: HtmlElement) -> None:
    """Alternatives one after the other, each under its label."""
    labels = [label.text_content() for label in tabs.iter("label")]
    for label, block in zip(labels, tabs.find_class("tabbed-block"), strict=False):
        title = Element("strong")
        title.text = label
        block.insert(0, title)
        title.tail, block.text = block.text, None


def _strip(element: HtmlElement, holder: HtmlElement) -> None:
    if element is holder or element.getparent() is None:
        return
    for name in set(element.attrib) - ATTRIBUTES:
        del element.attrib[name]
    if element.tag in DROP:
        element.drop_tree()
    elif element.tag == "div":
        pass
    elif element.tag not in KEEP:
        element.drop_tag()


def _media(source: str, card: Card, site: Path, media: dict[str, bytes]) -> str:
    """The name under which the deck brings a picture along; one folder holds those of all decks."""
    file = site / source
    if not source or not file.is_file():
        raise GuideError(Fault(f"docs/{card.id}.md", 0, f"shows the picture `{shorten(source)}`, which the "
                                                        "site does not have: put it beside the page"))
    content = file.read_bytes()
    stem, suffix = posixpath.splitext(posixpath.basename(source))
    name = f"{downloads.NAME}-{stem}-{hashlib.sha256(content).hexdigest()[:8]}{suffix}"
    media[name] = content
    return name


def write(path: Path, notes: list[genanki.Note], media: dict[str, bytes], epoch: int) -> None:
    """Write Anki's package. Its times and numbers follow from ``epoch``: equal decks are equal files."""
    deck = genanki.Deck(DECK_ID, "Deep Learning Interview Guide",
                        "Questions asked in deep learning interviews, each with what to say first.")
    for number, item in enumerate(notes, start=1):
        item.due = number  # new cards come in the order in which one would learn
        deck.add_note(item)
    with sqlite3.connect(":memory:") as database:
        genanki.Package(deck).write_to_db(database.cursor(), epoch, itertools.count(epoch * 1000))
        database.commit()
        collection = database.serialize()
    database.close()
    names = {str(number): name for number, name in enumerate(sorted(media))}
    archive.write(path, [
        ("collection.anki2", collection),
        *[(number, media[name]) for number, name in names.items()],
        ("media", json.dumps(names).encode()),
    ], epoch)
