"""Figures reach the paper in their light palette; what is missing is named."""

from __future__ import annotations

import pytest

from guide.book import pictures

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="460pt" viewBox="0 0 460 260">'
    "<style>:root{--ink:#1f2933;--blue:#1f5fbf;}"
    "@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--blue:#7db4ff;}}</style>"
    '<path style="fill: var(--ink); stroke: var(--blue)"/></svg>'
)


def test_variables_become_the_light_colors_on_white_paper():
    content, strangers = pictures.light(FIGURE)
    text = content.decode()
    assert 'style="fill: #1f2933; stroke: #1f5fbf"' in text
    assert '<rect x="0" y="0" width="460" height="260" fill="#ffffff"/>' in text
    assert not any(word in text for word in ("var(", "prefers-color-scheme", "#e4e7eb", ":root"))
    assert strangers == []


def test_other_styles_of_a_figure_stay():
    content, _ = pictures.light(FIGURE.replace("<style>", "<style>*{stroke-linejoin: round}"))
    assert b"*{stroke-linejoin: round}" in content


@pytest.fixture
def collect(section, tmp_path):
    folder = tmp_path / "training" / "clipping"
    folder.mkdir(parents=True)

    def run(source: str, content: bytes | None) -> tuple[dict[str, bytes], list[str], str]:
        if content is not None:
            (folder / source).write_bytes(content)
        made = section(f'<p><img src="{source}" alt="A line that rises"></p>')
        found = pictures.collect([made], tmp_path)
        return found, [str(fault) for fault in made.faults], made.body.find(".//img").get("src")

    return run


def test_a_picture_is_named_by_what_it_shows(collect, pixel):
    found, faults, source = collect("a.png", pixel)
    assert faults == []
    assert {f"pictures/{name}": content for name, content in found.items()} == {source: pixel}
    assert collect("b.png", pixel)[2] == source


@pytest.mark.parametrize(
    ("source", "content", "words"),
    [
        ("gone.svg", None, "image `gone.svg` is not on the site: put the file beside the page"),
        ("moving.gif", b"GIF89a", "image `moving.gif` is no file of a kind that the book can print"),
        ("data:image/png;base64,AA", None, "image `data:image/png;base64,AA` is no file of a kind"),
        (
            "a.svg",
            FIGURE.replace("--blue:#1f5fbf;", "").encode(),
            "image `a.svg` does not say what its colors blue are",
        ),
    ],
)
def test_a_picture_that_cannot_be_printed_is_named(collect, source, content, words):
    _, (fault,), _ = collect(source, content)
    assert fault.startswith(f"docs/training/clipping.md: {words}")
