"""Long lines of code are broken where a reader would, and no character is lost."""

from __future__ import annotations

import random

import pytest
from lxml import etree

from guide.book import code


def plain(lines) -> list[str]:
    return ["".join(text for _, text in line) for line in lines]


def pre(text: str, around: str = "{}") -> etree._Element:
    tree = etree.fromstring(around.format(f"<pre><code>{text}</code></pre>"))
    return next(tree.iter("pre"))


def test_a_line_that_fits_stays():
    line = [("keyword", "def"), ("", " f():")]
    assert code.wrap(line, 8) == [line]


def test_a_long_line_breaks_at_a_sign_and_shows_it():
    line = [("", "    total = first_summand + second_summand")]
    assert plain(code.wrap(line, 30)) == ["    total = first_summand +", "      ↪ second_summand"]


def test_colors_go_on_behind_the_break():
    line = [("", "x = "), ("string", '"aaaa bbbb cccc"')]
    first, second = code.wrap(line, 14)
    assert first == [("", "x = "), ("string", '"aaaa bbbb')]
    assert second == [("", "  "), ("mark", "↪ "), ("string", 'cccc"')]


def test_a_word_longer_than_the_line_is_broken_anywhere():
    assert plain(code.wrap([("", "a" * 25)], 10)) == [
        "a" * 10,
        "  ↪ " + "a" * 6,
        "  ↪ " + "a" * 6,
        "  ↪ " + "a" * 3,
    ]


def test_a_deep_indent_does_not_eat_the_line():
    broken = plain(code.wrap([("", " " * 30 + "b" * 30)], 20))
    assert max(map(len, broken)) <= 20
    assert "".join(part.replace(code.MARK, "") for part in broken).replace(" ", "") == "b" * 30


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_and_nothing_is_too_long(seed):
    rng = random.Random(seed)
    text = (
        " " * rng.randrange(12) + "".join(rng.choice("ab_.(), =") for _ in range(rng.randrange(1, 300))) + "z"
    )
    cuts = sorted(rng.sample(range(len(text)), min(5, len(text))))
    line = [("", text[start:end]) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    broken = plain(code.wrap(line, 40))
    assert max(map(len, broken)) <= 40
    assert "".join(broken).replace(code.MARK, "").replace(" ", "") == text.replace(" ", "")


def test_blank_lines_around_a_block_go_and_inside_stay():
    assert plain(code.lines(pre("\n\na\n\nb\n\n"))) == ["a", "", "b"]


def test_an_empty_block_has_no_lines():
    assert code.lines(pre("")) == []


@pytest.mark.parametrize(
    ("around", "columns"),
    [
        ("<div>{}</div>", 84),
        ("<ul><li>{}</li></ul>", 80),
        ("<ul><li><blockquote>{}</blockquote></li></ul>", 76),
        ("<div class='callout note'>{}</div>", 80),
    ],
)
def test_what_stands_around_the_code_takes_columns(around, columns):
    assert code.columns(pre("x", around)) == columns
