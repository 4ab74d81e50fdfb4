"""The section "Your turn": where it stands, and that code and comments come through as they are."""

from pathlib import Path

import markdown
import pytest
from lxml import html

from guide import exercises, snippets
from guide.markdown import exercise

ROOT = Path(__file__).resolve().parent.parent.parent
EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "tables",
    "pymdownx.arithmatex",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.magiclink",
    "pymdownx.superfences",
]


def render(lines: list[str]) -> html.HtmlElement:
    return html.fromstring(f"<main>{markdown.markdown(chr(10).join(lines), extensions=EXTENSIONS)}</main>")


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["# Q", "## Code", "## Common mistakes", "## What they ask next", "## Sources"], 2),
        (["# Q", "## Code", "## What they ask next", "## Sources"], 2),
        (["# Q", "## Sources { #sources }"], 1),
        (["# Q", "text"], 2),
        (["# Q", "```text", "## Common mistakes", "```", "## Sources"], 4),
        (["# Q", "````text", "```", "## Common mistakes", "````", "## Sources"], 5),
        (["# Q", "### Common mistakes", "## Sources"], 2),
    ],
)
def test_it_stands_before_the_closing_sections(lines, place):
    assert exercise.section_start(lines) == place


@pytest.mark.parametrize(
    "text",
    [
        "(N, D_{l-1}) -> (N, D_l); tanh' = 1 - a^2",
        "|x|^2 - 2 x.c + |c|^2 & a < b > c *not* _emphasis_ [@key] $x$",
        "+= because windows overlap",
        "- not a list",
        "1. not a list",
        "> not a quotation",
        "# not a heading",
        "a \\ b <script>alert(1)</script>",
    ],
)
def test_a_comment_reads_as_it_was_written(text):
    paragraph = render([exercise.escape(text)])
    assert paragraph.text_content().strip() == text
    assert [element.tag for element in paragraph.iter()] == ["main", "p"]


def test_code_between_backticks_stays_code():
    assert render([exercise.escape("`m_hat`: a * b * c")]).xpath("//code/text()") == ["m_hat"]


@pytest.mark.parametrize("name", ["optimization/adam", "classical/k_means", "convolution/resnet_torch"])
def test_every_code_block_holds_the_code(name):
    found = exercises.read(ROOT, snippets.parse(f"snippets/{name}.py"))
    article = render(exercise.section([found]))
    shown = [block.text_content().strip("\n") for block in article.xpath("//pre")]
    assert shown == [code.strip("\n") for code in (found.starter, found.tests, found.solution)]
    hints = [fold.text_content() for fold in article.xpath("//details//details")]
    assert len(hints) == sum(map(len, found.hints.values()))
    assert len(article.xpath("//details//ul/li")) == found.promises
    titles = [fold.text_content().strip() for fold in article.xpath("//summary")]
    assert titles[:3] == ["Starter", f"{found.promises} promises", "Hints"] and titles[-1] == "Solution"
    numbered = [f"Hint {number}" for texts in found.hints.values() for number in range(1, len(texts) + 1)]
    assert titles[3:-1] == numbered


def test_code_with_a_fence_in_it_stays_whole():
    code = 'x = """\n```\ninside\n```\n"""'
    assert render(exercise._fence(code, "a.py")).xpath("//pre")[0].text_content().strip("\n") == code


def test_only_what_a_browser_runs_is_offered_there():
    numpy = exercises.read(ROOT, snippets.parse("snippets/regularization/dropout.py"))
    torch = exercises.read(ROOT, snippets.parse("snippets/regularization/dropout_torch.py"))
    both = render(exercise.section([numpy, torch]))
    assert both.xpath("//p[@data-exercise]/@data-exercise") == ["regularization/dropout"]
    assert "python -m guide practise regularization/dropout_torch" in both.text_content()
    alone = render(exercise.section([torch]))
    assert not alone.xpath("//p[@data-exercise]") and alone.xpath("//p[@class='guide-task']")
