"""A link to a page says what the page asks, in words and as a picture."""

import io
import struct

import pytest
from lxml import html
from PIL import Image

from guide import offline, social
from guide.faults import GuideError
from guide.markdown.katex import render
from guide.social import Card, draw, plain, read_heading

BASE = "https://example.org/guide/"
HEAD = ('<head><meta property="og:site_name" content="Minimal"><meta name="description" content="Small.">'
        f'<link rel="canonical" href="{BASE}"></head>')
QUESTION = "Do you clip gradients by value or by norm?"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Nothing is kept for or taken from the guide's own build."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def built(project):
    """The minimal project with a built page for each of its pages, and one for wrong addresses."""
    headings = {"index": "Minimal", "404": "Page not found", "training/index": "Training",
                "training/clipping/index": QUESTION, "data/leakage/index": "What is <em>leakage</em>?"}
    for name, heading in headings.items():
        body = f'<article><h1 id="a">{heading}<a class="headerlink" href="#a">&para;</a></h1></article>'
        project.write(f"site/{name}.html", f"<html>{HEAD}<body>{body}</body></html>")
    return project


def finished(project) -> dict[str, dict[str, str]]:
    """The properties of each page after the step."""
    social.finish(project.root, project.root / "site")
    found = {}
    for file in project.root.glob("site/**/*.html"):
        head = html.fromstring(file.read_text(encoding="utf-8")).find("head")
        properties = {tag.get("property") or tag.get("name"): tag.get("content") for tag in head.iter("meta")}
        found[file.relative_to(project.root / "site").as_posix()] = properties
    return found


def draw_one(tmp_path, *parts, topic="Training", level="core") -> bytes:
    card, _common = draw([Card("docs/training/clipping.md", topic, level, list(parts))], "Minimal", "Small.",
                         tmp_path / "formulas")
    return card


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def rows_of_ink(png: bytes) -> set[int]:
    """The rows of a card that hold the color of its question."""
    picture = pixels(png)
    ink = bytes.fromhex("1a1f26")
    row = picture.width * 3
    content = picture.tobytes()
    return {y for y in range(picture.height) if ink in content[y * row : (y + 1) * row]}


def test_an_answer_is_named_by_its_question_and_has_a_picture_of_its_own(built):
    page = finished(built)["training/clipping/index.html"]
    assert page["og:title"] == QUESTION
    assert page["og:image"] == f"{BASE}assets/social/training/clipping.png"
    assert page["og:image:alt"] == f"Training, core: {QUESTION}"
    assert (page["og:image:width"], page["og:image:height"]) == ("1200", "630")
    assert page["twitter:card"] == "summary_large_image"


def test_every_other_page_is_named_by_its_heading_and_has_the_common_picture(built):
    pages = finished(built)
    others = {name: pages[name] for name in ("index.html", "404.html", "training/index.html")}
    assert [page["og:title"] for page in others.values()] == ["Minimal", "Page not found", "Training"]
    assert {page["og:image"] for page in others.values()} == {f"{BASE}assets/social/guide.png"}
    assert {page["og:image:alt"] for page in others.values()} == {"Minimal: Small."}


def test_each_named_picture_is_there_and_no_other(built):
    named = {page["og:image"].removeprefix(BASE) for page in finished(built).values()}
    folder = built.root / "site"
    written = {file.relative_to(folder).as_posix() for file in folder.rglob("*.png")}
    assert written == named == {f"assets/social/{name}.png"
                                for name in ("guide", "training/clipping", "data/leakage")}


def test_a_picture_shows_its_own_question(built):
    finished(built)
    names = "data/leakage", "training/clipping"
    leakage, clipping = ((built.root / f"site/assets/social/{name}.png").read_bytes() for name in names)
    assert clipping == draw_one(built.root, ("text", QUESTION)) != leakage
    assert leakage == draw_one(built.root, ("text", "What is leakage?"), topic="Data", level="warm-up")


def test_a_page_without_a_heading_is_named(built):
    built.write("site/data/leakage/index.html", f"<html>{HEAD}<body><article></article></body></html>")
    with pytest.raises(GuideError, match=r"site/data/leakage/index\.html: has no heading"):
        finished(built)


def test_words_cannot_leave_their_attribute(built):
    built.replace("site/training/clipping/index.html", QUESTION, "Is a &lt; b, &quot;really&quot;?")
    page = finished(built)["training/clipping/index.html"]
    assert page["og:title"] == 'Is a < b, "really"?' and page["og:image"].startswith(BASE)


def test_a_picture_is_a_small_png_of_the_size_that_its_tags_say(tmp_path):
    png = draw_one(tmp_path, ("text", "How does a question of many words, as long as any, look on its card?"))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (social.WIDTH, social.HEIGHT)
    assert len(png) < 40_000


def test_the_same_card_is_the_same_bytes_whatever_stands_beside_it(tmp_path):
    one, other = (Card("docs/training/clipping.md", "Training", "core", [("text", text)])
                  for text in ("One?", "Two?"))
    cache = tmp_path / "formulas"
    alone = draw([one], "Minimal", "Small.", cache)
    both = draw([other, one], "Minimal", "Small.", cache)
    assert both[1:] == alone and both[0] != alone[0]


def test_a_card_is_packed_again_only_when_it_changed(project, monkeypatch):
    packed = []
    monkeypatch.setattr(social, "packed", lambda png: packed.append(png) or png[:100])
    first = draw_one(project.root, ("text", "One?"))
    assert len(packed) == 2  # the card and the common one
    assert draw_one(project.root, ("text", "One?")) == first and len(packed) == 2
    draw_one(project.root, ("text", "Two?"))
    assert len(packed) == 3


def test_packing_keeps_each_color_close_to_what_it_was():
    paper, ink = (0xEE, 0xF4, 0xFD), (0x1A, 0x1F, 0x26)
    ramp = [tuple(round(a + (b - a) * step / 299) for a, b in zip(paper, ink, strict=True))
            for step in range(300)]
    before = Image.new("RGB", (300, 7))
    before.putdata(ramp * 7)
    file = io.BytesIO()
    before.save(file, "PNG")
    after = pixels(social.packed(file.getvalue())).tobytes()
    columns = [{after[y * 900 + x * 3 : y * 900 + x * 3 + 3] for y in range(7)} for x in range(300)]
    assert all(len(colors) == 1 for colors in columns)  # the same color is the same everywhere
    for wanted, (color,) in zip(ramp, columns, strict=True):
        # Half a shade, and the steps of four in which Pillow looks colors up.
        assert max(abs(a - b) for a, b in zip(wanted, color, strict=True)) <= 11 + 4


@pytest.mark.parametrize("change", [{"topic": "Data"}, {"level": "deep"}])
def test_topic_and_level_are_seen(tmp_path, change):
    part = ("text", "How does Adam work?")
    assert draw_one(tmp_path, part) != draw_one(tmp_path, part, **change)


def test_a_question_is_as_large_as_its_room_allows(tmp_path):
    short = rows_of_ink(draw_one(tmp_path, ("text", "What is maxout?")))
    words = "What is maxout and how does it differ from all others? " * 3
    long = rows_of_ink(draw_one(tmp_path, ("text", words)))
    assert max(short) - min(short) < 150  # one line of 64 points, two pixels each
    assert 280 < max(long) - min(long) < 410 and max(long) < 530  # above the guide's name


def test_a_word_wider_than_the_card_makes_the_question_smaller_instead_of_leaving_it(tmp_path):
    word = ("code", "clip_gradients_by_their_joint_norm_")
    picture = pixels(draw_one(tmp_path, ("text", "What does "), word, ("text", " do?")))
    right_margin = picture.crop((1150, 0, 1200, 630)).getcolors()
    assert right_margin == [(50 * 630, (0xEE, 0xF4, 0xFD))]


def test_a_question_that_fits_at_no_size_is_named(tmp_path):
    cards = [Card(f"docs/training/{name}.md", "Training", "core", [("text", text)])
             for name, text in (("fine", "Fine?"), ("endless", "Endless? " * 60))]
    with pytest.raises(GuideError) as error:
        draw(cards, "Minimal", "Small.", tmp_path)
    (fault,) = error.value.faults
    assert fault.path == "docs/training/endless.md"
    assert fault.message.startswith("the question `Endless? ") and "in fewer words" in fault.message


def test_code_is_set_as_code_and_emphasis_as_words():
    parts = read_heading('<h1>Does <em>it</em> help, <code>a &lt; b</code>?<a class="headerlink">¶</a></h1>')
    assert parts == [("text", "Does it help, "), ("code", "a < b"), ("text", "?")]
    assert plain(parts) == "Does it help, a < b?"


@pytest.mark.parametrize(("tex", "words"), [
    (r"\sqrt{d_k}", "√(d_k)"),
    ("x^2", "x²"),
    ("x^{n-1}", "xⁿ⁻¹"),
    ("e^{-x}", "e^(−x)"),
    (r"\frac{a+b}{2}", "(a+b)/2"),
    (r"\sum_{i=1}^n x_i", "∑_(i=1)^nx_i"),
    (r"L_1", "L_1"),
    (r"\alpha \le 0.5", "α≤0.5"),
])
def test_a_formula_is_said_without_tex(tex, words):
    parts = read_heading(f"<h1>Why {render(tex, False)}?</h1>")
    assert parts == [("text", "Why "), ("formula", tex, words), ("text", "?")]
    assert plain(parts) == f"Why {words}?"


def test_a_formula_is_drawn_in_the_line(tmp_path):
    def card(tex):
        return draw_one(tmp_path, ("text", "Why "), ("formula", tex, ""), ("text", "?"))

    assert rows_of_ink(card("x")) < rows_of_ink(card(r"\frac{x}{y}"))  # taller, around the same line


def test_the_colors_are_those_of_the_book():
    shades = social.palette(social.STYLE.read_text(encoding="utf-8"))
    colors = {tuple(shades[place : place + 3]) for place in range(0, len(shades), 3)}
    assert {(0x1A, 0x1F, 0x26), (0x1F, 0x5F, 0xBF), (0x52, 0x60, 0x6D), (0xEE, 0xF4, 0xFD)} <= colors
    assert len(colors) == 31


def test_the_offline_copy_has_no_pictures_for_previews():
    assert offline.LEFT_OUT.fullmatch("assets/social/training/clipping.png")
    assert not offline.LEFT_OUT.fullmatch("training/clipping.png")
