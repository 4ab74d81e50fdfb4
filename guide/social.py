"""What a link to a page shows where somebody shares it: a picture with the question, and words about it.

Each answer has a picture of its own, every other page the same one. A page only names its picture, so no
reader's browser fetches one.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import typst
from lxml import etree, html

from guide import kept, pages
from guide.book import assemble, formulas, pdf
from guide.faults import Fault, GuideError
from guide.notebooks import page_address

FOLDER = "assets/social"
COMMON = "guide"
WIDTH, HEIGHT = 1200, 630  # what most networks show uncropped
PIXELS_PER_INCH = 144.0  # two on each of the template's points
TEMPLATE = Path(__file__).with_name("social.typ")
STYLE = Path(pdf.__file__).with_name("style.typ")
HEADING = re.compile(r"<article\b.*?(<h1\b.*?</h1>)", re.DOTALL)
COLOR = re.compile(r'^#let ([\w-]+) = rgb\("#(\w{6})"\)', re.MULTILINE)
SHADES = 10  # between a color and the paper, for the edges of letters
RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")

Part = tuple  # of a heading: ("text", words), ("code", words) or ("formula", TeX, words)


@dataclass(frozen=True)
class Card:
    """The picture of one answer."""

    path: str  # of the answer, from the project's root
    topic: str
    level: str
    question: list[Part]

    @property
    def name(self) -> str:
        return page_address(self.path.removeprefix("docs/"))


def finish(root: Path, site: Path) -> None:
    """Write the pictures, and name one of them in the head of every page.

    Raises:
        GuideError: If a page has no heading, or a question does not fit on its card.
    """
    about = assemble.read_about(site)
    found = pages.read(root)[0]
    topics = {page.topic: page.front.title for page in found if page.stem == "index"}
    answers = {page_address(page.source): page for page in found if page.is_answer}
    cards = []
    for file in sorted(site.rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        heading = HEADING.search(text)
        if not heading:
            place = f"site/{file.relative_to(site).as_posix()}"
            raise GuideError(Fault(place, 0, "has no heading inside <article>: guide/social.py expects one"))
        parts = read_heading(heading[1])
        name, shown = COMMON, f"{about['title']}: {about['description']}"
        if page := answers.get(file.parent.relative_to(site).as_posix()):
            card = Card(page.path, topics.get(page.topic, page.topic), page.front.level, parts)
            cards.append(card)
            name, shown = card.name, f"{card.topic}, {card.level}: {plain(parts)}"
        added = tags(plain(parts), f"{about['site_url']}{FOLDER}/{name}.png", shown)
        head = "".join(f"  {line}\n" for line in added)
        file.write_text(text.replace("</head>", f"{head}  </head>", 1), encoding="utf-8", newline="\n")
    pictures = draw(cards, about["title"], about["description"], root / formulas.CACHE)
    for name, picture in zip([*(card.name for card in cards), COMMON], pictures, strict=True):
        target = site / FOLDER / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture)


def tags(title: str, picture: str, shown: str) -> list[str]:
    """What the head of a page says to those who show a link to it.

    Args:
        title: Of the page, without markup.
        picture: Its address in full, because those who fetch it do not know the page's.
        shown: What the picture shows.
    """
    properties = {
        "og:title": title,
        "og:image": picture,
        "og:image:type": "image/png",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": shown,
    }
    return [
        *(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()),
        '<meta name="twitter:card" content="summary_large_image">',
    ]


# Headings


def read_heading(text: str) -> list[Part]:
    """A built page's heading, by what is set in different type.

    >>> read_heading('<h1>Why <em>does</em> <code>a_</code> help?<a class="headerlink">¶</a></h1>')
    [('text', 'Why does '), ('code', 'a_'), ('text', ' help?')]
    """
    heading = html.fragment_fromstring(text)
    for link in heading.find_class("headerlink"):
        link.drop_tree()
    parts: list[Part] = []
    _collect(heading, parts)
    return parts


def _collect(element: html.HtmlElement, parts: list[Part]) -> None:
    def say(text: str | None) -> None:
        text = re.sub(r"\s+", " ", text or "")
        if text and parts and parts[-1][0] == "text":
            parts[-1] = ("text", parts[-1][1] + text)
        elif text:
            parts.append(("text", text))

    say(element.text)
    for child in element:
        if child.tag == "code":
            parts.append(("code", child.text_content()))
        elif "katex" in child.classes:
            tex = child.find(".//annotation")
            parts.append(("formula", tex.text, in_words(child.find(".//semantics")[0])))
        else:
            _collect(child, parts)
        say(child.tail)


def plain(parts: list[Part]) -> str:
    """A heading where nothing but characters is shown.

    >>> plain([("text", "Why "), ("code", "eps"), ("text", " in "), ("formula", "x^2", "x²"), ("text", "? ")])
    'Why eps in x²?'
    """
    return " ".join("".join(part[-1] for part in parts).split())


def in_words(element: etree._Element) -> str:
    """A formula of MathML on one line.

    >>> in_words(etree.fromstring("<msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt>"))
    '√(d_k)'
    """
    inside = [in_words(child) for child in element]
    grouped = [text if len(text) == 1 or text.isalnum() else f"({text})" for text in inside]
    match element.tag:
        case "msup":
            power = inside[1].translate(RAISED)
            raised = not any(character.isascii() or character == "−" for character in power)
            return grouped[0] + (power if raised else f"^{grouped[1]}")
        case "msub" | "munder":
            return f"{grouped[0]}_{grouped[1]}"
        case "msubsup" | "munderover":
            return f"{grouped[0]}_{grouped[1]}^{grouped[2]}"
        case "mfrac":
            return f"{grouped[0]}/{grouped[1]}"
        case "msqrt":
            inner = "".join(inside)
            return f"√{inner}" if len(inner) == 1 else f"√({inner})"
    return (element.text or "").strip() + "".join(inside)


# Pictures


def draw(cards: list[Card], title: str, description: str, cache: Path) -> list[bytes]:
    """The cards as PNG, and after them the one of all other pages.

    Args:
        cards: One for each answer.
        title: Of the guide.
        description: What the guide is, in a sentence or two.
        cache: Where formulas are kept.

    Raises:
        GuideError: If Typst refuses a card; then it names the question.
    """
    content = {"title": title, "description": description}
    try:
        made = _compile(content, cards, cache)
    except typst.TypstError:
        for card in cards:
            _name_fault(content, card, cache)
        raise
    recipe = kept.recipe(("pillow",), (__file__, STYLE))
    return [_packed_once(png, recipe) for png in made]


def _name_fault(content: dict[str, str], card: Card, cache: Path) -> None:
    """Typst names no page, so a card that it refuses is found by setting each alone."""
    try:
        _compile(content, [card], cache)
    except typst.TypstError as error:
        message = f"the question `{plain(card.question)}` {str(error).removeprefix('assertion failed: ')}"
        raise GuideError(Fault(card.path, 0, message)) from None


def _compile(content: dict[str, str], cards: list[Card], cache: Path) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="guide-social-") as name:
        folder = Path(name)
        shown = [(card.topic, card.level, [_part(part, folder, cache) for part in card.question])
                 for card in cards]
        (folder / "cards.json").write_text(json.dumps(content | {"cards": shown}), encoding="utf-8")
        for template in (TEMPLATE, STYLE):
            (folder / template.name).write_bytes(template.read_bytes())
        made = typst.compile(
            str(folder / TEMPLATE.name),
            root=str(folder),
            ignore_system_fonts=True,  # only those that Typst carries: the same picture on every machine
            format="png",
            ppi=PIXELS_PER_INCH,
        )
        return made if isinstance(made, list) else [made]  # a document of one page comes without a list


def _part(part: Part, folder: Path, cache: Path) -> tuple:
    """A part of a heading as the template reads it."""
    if part[0] != "formula":
        return part
    formula = formulas.typeset(part[1], False, cache)
    (folder / formula.name).write_text(formula.svg.replace("currentColor", pdf.INK), encoding="utf-8")
    return "formula", formula.name, formula.width, formula.height, formula.depth


def _packed_once(png: bytes, recipe: str) -> bytes:
    """Packing all takes twice as long as setting them, so what was packed before is kept."""
    key = hashlib.sha256(png).hexdigest()
    return base64.b64decode(kept.text(lambda: base64.b64encode(packed(png)).decode(), key, recipe=recipe))


def packed(png: bytes) -> bytes:
    """The same picture at a third of its size: Typst spends four bytes on a pixel of a few flat colors."""
    from PIL import Image  # only here: a build that finds its pictures again need not wait for it

    known = Image.new("P", (1, 1))
    known.putpalette(palette(STYLE.read_text(encoding="utf-8")))
    with Image.open(io.BytesIO(png)) as picture:
        small = picture.convert("RGB").quantize(palette=known, dither=Image.Dither.NONE)
    made = io.BytesIO()
    small.save(made, "PNG")
    return made.getvalue()


def palette(style: str) -> list[int]:
    """The colors of the cards, as red, green, blue, red, …: the paper, and each other color's way to it."""
    colors = {name: bytes.fromhex(value) for name, value in COLOR.findall(style)}
    paper = colors["tint"]
    shades = [tuple(paper)]
    for name in ("ink", "muted", "accent"):
        for step in range(1, SHADES + 1):
            pairs = zip(paper, colors[name], strict=True)
            shades.append(tuple(round(a + (b - a) * step / SHADES) for a, b in pairs))
    return [value for shade in shades for value in shade]
