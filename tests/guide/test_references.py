"""A source is shown as a reader expects it, in the text and under Sources."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from guide import references
from guide.references import Reference

ROOT = Path(__file__).parents[2]


def source(**changes) -> Reference:
    valid = {"authors": ["Ba"], "title": "On nets", "year": 2013, "arxiv": "1211.5063"}
    return Reference.model_validate(valid | changes)


@pytest.mark.parametrize(("authors", "label"), [
    (["Ba"], "Ba, 2013"),
    (["Ba", "Lee"], "Ba and Lee, 2013"),
    (["Ba", "Lee", "Wu"], "Ba et al., 2013"),
    (["Ba", "others"], "Ba et al., 2013"),
])
def test_label_names_two_authors_at_most(authors, label):
    assert source(authors=authors).label == label


@pytest.mark.parametrize(("given", "address"), [
    ({"arxiv": "1211.5063"}, "https://arxiv.org/abs/1211.5063"),
    ({"arxiv": "cs/0112017"}, "https://arxiv.org/abs/cs/0112017"),
    ({"arxiv": None, "doi": "10.1038/323533a0"}, "https://doi.org/10.1038/323533a0"),
    ({"arxiv": None, "url": "https://example.org/a"}, "https://example.org/a"),
])
def test_address_can_be_opened(given, address):
    assert source(**given).address == address
    assert f'href="{address}"' in source(**given).html()


def test_long_form_names_six_authors_and_says_that_there_are_more():
    many = source(authors=["A1", "B2", "C3", "D4", "E5", "F6", "G7"], venue="ICML")
    assert many.html() == ("A1, B2, C3, D4, E5, F6 et al. <cite>On nets</cite>. ICML, 2013. "
                           '<a href="https://arxiv.org/abs/1211.5063">arXiv:1211.5063</a>')
    assert source(authors=["Ba", "others"]).html().startswith("Ba et al. <cite>")
    assert source().html().startswith("Ba. <cite>On nets</cite>. 2013.")


def test_long_form_names_the_host_of_an_address():
    assert source(arxiv=None, url="https://docs.example.org/a").html().endswith(">docs.example.org</a>")


def test_text_of_a_source_is_no_html():
    shown = source(title="<b>Nets</b> & more", authors=["O'<i>"], arxiv=None,
                   url="https://example.org/?a=b&c").html()
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "a=b&c" not in shown
    assert "&lt;b&gt;Nets&lt;/b&gt; &amp; more" in shown


@pytest.mark.parametrize("changes", [
    {"arxiv": None}, {"arxiv": "1211.506"}, {"arxiv": "1211.5063v2"}, {"arxiv": "1211.5063\n"},
    {"doi": "11.1/2"}, {"doi": "10.1038/a b"}, {"url": "http://example.org"}, {"url": "https://"},
    {"url": "https://example.org/?a=\"b\""}, {"url": "https://me:a@example.org/"},
    {"year": 1066}, {"year": 2999}, {"authors": []}, {"authors": [""]}, {"authors": ["others"]},
    {"authors": ["others", "Ba"]}, {"title": ""}, {"pages": "1-2"},
])
def test_malformed_source_is_refused(changes):
    with pytest.raises(ValidationError):
        source(**changes)


def test_citations_are_found_in_text():
    text = "A [@ba2013], b [@lee2014] and [@ x] or [ba]."
    assert references.CITATION.findall(text) == ["ba2013", "lee2014"]


def test_own_sources_can_be_read_and_told_apart():
    found = references.load(ROOT)
    assert len({reference.address for reference in found.values()}) == len(found)
