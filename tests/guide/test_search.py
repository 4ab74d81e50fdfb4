"""What the search keeps of the pages, and where the pages learn of it."""

import json
from types import SimpleNamespace

import pytest

from guide import references, search
from guide.faults import GuideError

PAGE = '<script id="__config" type="application/json">{{"base": "{base}", "search": "{worker}"}}</script>'
STOCK = "assets/javascripts/workers/search.a7633da7.min.js"


def entry(location: str, title: str, text: str) -> dict:
    return {"location": location, "title": title, "text": text}


def condensed(*docs: dict, **fronts) -> list[dict]:
    return search.condense(list(docs), {name.replace("_", "/"): front for name, front in fronts.items()})


def write(site, page: str = "") -> None:
    (site / "docs" / "a").mkdir(parents=True)
    (site / "docs" / "a" / "b.md").write_text(
        "---\ntitle: Flights\ndescription: What a flight of Lévy is, and how far one step flies.\n---\n")
    (site / search.WORKER).parent.mkdir(parents=True)
    (site / search.WORKER).touch()
    (site / "a" / "b").mkdir(parents=True)
    (site / "a" / "b" / "index.html").write_text(page)


def test_page_keeps_each_word_once_and_apart_what_it_says_often():
    page, = condensed(entry("a/b/", "Dropout", "Mask the mask."),
                      entry("a/b/#code", "Code", "A mask, a mask, scaled."))
    assert page["often"] == "mask"
    assert page["words"] == "scaled the"
    assert page["sections"] == [["code", "Code", "A mask, a mask, scaled."]]


def test_what_is_said_first_or_asked_next_counts_as_said_often():
    said = ('<div class="admonition abstract"><p class="admonition-title">Say this first</p>\n'
            '<p>Mask units.</p></div>')
    asked = '<details class="question"><summary>Why scale?</summary><p>Sums.</p></details>'
    fold = '<details class="guide-fold"><summary>Hints</summary></details>'
    page, = condensed(*search.sections(article(f'<h1 id="t">T</h1>{said}{asked}{fold}'), "a/b/", "T"))
    assert set(page["often"].split()) == {"first", "mask", "say", "scale", "this", "unit", "why"}
    assert set(page["words"].split()) == {"hint", "sum"}


def test_sources_and_formulas_with_lost_blanks_are_left_out():
    text = "Before. x0t1y2 after 17 <b>"
    page, = condensed(entry("a/b/", "T", text),
                      entry("a/b/#sources", "Sources", "Someone, 2020."))
    assert page["words"] == "after before"
    assert page["sections"] == []


def test_word_of_every_third_page_tells_nothing_and_is_left_out():
    docs = [entry(f"a/{n}/", "T", f"gradient {chr(97 + n) * 3}") for n in range(12)]
    assert [page["words"] for page in condensed(*docs)] == [chr(97 + n) * 3 for n in range(12)]


def test_page_carries_its_short_title_its_other_names_and_what_it_is_about():
    front = SimpleNamespace(title="Adam", aliases=["RMSProp"], description="One step is about lr.")
    page, = condensed(entry("a/b/", "How does Adam work?", ""), a_b_=front)
    assert (page["title"], page["names"]) == ("How does Adam work?", ["Adam", "RMSProp"])
    assert page["about"] == "One step is about lr."


def paper(title: str, year: int = 2010, **fields) -> references.Reference:
    usual = {"authors": ["Doe", "Roe", "Poe", "Low"], "venue": "NeurIPS", "arxiv": "1201.0001"}
    return references.Reference(**usual | {"title": title, "year": year} | fields)


def page(name: str, title: str, *sources: str, aliases=()) -> SimpleNamespace:
    return SimpleNamespace(path=f"docs/{name}.md", source=f"{name}.md",
                           sources=[(source, 1) for source in sources],
                           front=SimpleNamespace(title=title, aliases=list(aliases)))


def brought(monkeypatch, known: dict, *found) -> dict[str, list[str]]:
    monkeypatch.setattr(references, "load", lambda root: known)
    return search.papers(None, found)


def test_page_is_about_the_papers_that_share_a_word_with_its_names(monkeypatch):
    known = {"adam": paper("Adam: A Method", authors=["Kingma", "Ba"]),
             "lamb": paper("Large Batches in 76 Minutes"), "moments": paper("Adaptive Moment Estimation")}
    found = page("adam", "Adam", "lamb", "moments", "adam", aliases=["moment estimation"])
    assert brought(monkeypatch, known, found) == {
        "adam/": ["Kingma Ba Adam: A Method 2010", "Doe Roe Poe Adaptive Moment Estimation 2010"]}


def test_an_original_stands_before_its_followers_and_manuals_count_for_nothing(monkeypatch):
    known = {f"p{year}": paper("Dropout nets", year) for year in (2014, 2024, 2019, 2016)}
    known["manual"] = paper("Dropout", venue=None)
    known["others"] = paper("Dropout nets", 2012, authors=["Hinton", "others"])
    found = page("dropout", "Dropout", *known)
    assert brought(monkeypatch, known, found)["dropout/"] == [
        "Hinton Dropout nets 2012", "Doe Roe Poe Dropout nets 2014", "Doe Roe Poe Dropout nets 2016"]


def test_a_source_may_be_as_old_as_statistics(monkeypatch):
    known = {"bayes": paper("On chances", 1763), "new": paper("Deep chances", 2023)}
    assert brought(monkeypatch, known, page("a", "Chances", "new", "bayes"))["a/"] == [
        "Doe Roe Poe On chances 1763", "Doe Roe Poe Deep chances 2023"]


def test_without_sources_nothing_is_read(monkeypatch):
    monkeypatch.setattr(references, "load", lambda root: pytest.fail("there may be no file of sources"))
    assert search.papers(None, [page("a", "A title")]) == {"a/": []}


def test_reference_keeps_the_names_of_functions_only():
    page, = condensed(entry("reference/a/", "Reference", "Functions."),
                      entry("reference/a/#b.clip", "clip", "Args: …"))
    assert page["sections"] == [["b.clip", "clip", ""]]
    assert page["words"] == page["often"] == ""


def test_beginning_of_a_section_ends_with_a_whole_word():
    page, = condensed(entry("a/b/", "T", ""), entry("a/b/#s", "S", "word " * 60))
    beginning = page["sections"][0][2]
    assert len(beginning) <= search.EXCERPT + 2
    assert beginning.endswith("word …")


def test_beginning_is_left_out_of_a_section_that_every_fourth_page_has():
    docs = [part for n in range(12)
            for part in (entry(f"a/{n}/", "T", "text"), entry(f"a/{n}/#c", "Code", "Begins."))]
    few = [entry("b/0/", "T", ""), entry("b/0/#w", "Why", "Begins.")]
    assert {tuple(section) for page in condensed(*docs, *few) for section in page["sections"]} == {
        ("c", "Code", ""), ("w", "Why", "Begins.")}


@pytest.mark.parametrize(("source", "expected"), [
    ("index.md", ""), ("a/index.md", "a/"), ("a/b.md", "a/b/"), ("a/b.ipynb", "a/b/"),
    ("a/reindex.md", "a/reindex/"),
])
def test_location_is_the_pages_folder(source, expected):
    assert search.location(source) == expected


def article(inside: str) -> str:
    return f'<p>outside</p><article class="md-typeset"> {inside} </article><p>outside</p>'


def cut(inside: str) -> list[tuple[str, str, str]]:
    found = search.sections(article(inside), "a/b/", "Short title")
    return [(item["location"], item["title"], " ".join(item["text"].split())) for item in found]


LINK = '<a class="headerlink" href="#x">&para;</a>'


def test_a_page_is_cut_at_its_headings():
    assert cut(f'<a class="md-content__button md-icon">Edit</a><h1 id="t">Why <em>not</em>?{LINK}</h1>'
               f'<p>First.</p><h2 id="s">A &lt; <code>b</code>{LINK}</h2>'
               '<ul><li>One</li><li>two</li></ul>') == [
        ("a/b/", "Why not?", "First."), ("a/b/#s", "A &lt; <code>b</code>", "One two")]


def test_what_stands_before_the_first_heading_has_the_pages_title():
    assert cut('<div><h1 id="t">T</h1><p>Text.</p></div>') == [
        ("a/b/", "Short title", ""), ("a/b/#t", "T", "Text.")]


def test_code_and_the_second_copy_of_a_formula_are_left_out():
    formula = ('<span class="katex"><span class="katex-mathml"><math><mi>x</mi><annotation>x^2</annotation>'
               '</math></span><span class="katex-html"><span>x</span><span>2</span></span></span>')
    assert cut(f'<h1 id="t">T</h1><p>See {formula}<em>!</em></p><pre><code>a < <b>b</b></code></pre>'
               '<p>End.</p>') == [("a/b/", "T", "See x2! End.")]


def test_what_is_kept_from_the_search_ends_with_the_next_heading():
    assert cut('<h1 id="t">T</h1>A<p data-search-exclude>no</p>'
               '<h2 data-search-exclude id="your-turn">Y</h2><p>no</p><h2 id="s">S</h2>B') == [
        ("a/b/", "T", "A"), ("a/b/#s", "S", "B")]


def test_a_heading_in_a_box_ends_with_the_box():
    assert cut('<h1 id="t">T</h1><div><h2 id="in">In</h2><p>Box.</p></div><p>After.</p>') == [
        ("a/b/", "T", "After."), ("a/b/#in", "In", "Box.")]


def test_a_heading_with_nothing_in_its_mark_shows_no_mark():
    assert cut('<h1 id="t"><code class="doc-symbol"></code> clip</h1>') == [("a/b/", "clip", "")]


def test_page_that_was_not_built_is_named(tmp_path):
    write(tmp_path, "")
    (tmp_path / "a" / "b" / "index.html").unlink()
    with pytest.raises(GuideError, match=r"docs/a/b\.md: was not built"):
        search.finish(tmp_path, tmp_path)


def test_every_page_names_our_worker_at_its_own_depth(tmp_path):
    text = article('<h1 id="t">Lévy</h1><p>Flights.</p>')
    write(tmp_path, PAGE.format(base="../..", worker=f"../../{STOCK}") + text)
    search.finish(tmp_path, tmp_path)
    page = (tmp_path / "a" / "b" / "index.html").read_text()
    assert page == PAGE.format(base="../..", worker=f"../../{search.WORKER}") + text
    text = (tmp_path / search.INDEX).read_text(encoding="utf-8")
    assert "Lévy" in text
    assert json.loads(text)[0]["words"] == "flight"


def test_page_for_wrong_addresses_names_it_from_the_top(tmp_path):
    write(tmp_path, PAGE.format(base="/", worker=f"/guide/{STOCK}"))
    search.finish(tmp_path, tmp_path)
    page = (tmp_path / "a" / "b" / "index.html").read_text()
    assert page == PAGE.format(base="/", worker=f"/guide/{search.WORKER}")


def test_page_that_names_another_worker_stops_the_build_by_name(tmp_path):
    write(tmp_path, PAGE.format(base="../..", worker="elsewhere.js"))
    with pytest.raises(GuideError, match=r"site/a/b/index.html.*names no search worker"):
        search.finish(tmp_path, tmp_path)


def test_missing_worker_stops_the_build(tmp_path):
    write(tmp_path, PAGE.format(base="../..", worker=f"../../{STOCK}"))
    (tmp_path / search.WORKER).unlink()
    with pytest.raises(GuideError, match=r"search\.js.*is missing: run `python3 -m guide.install site`"):
        search.finish(tmp_path, tmp_path)


def test_redirect_is_left_as_it_is(tmp_path):
    write(tmp_path, "<title>Moved</title>")
    search.finish(tmp_path, tmp_path)
    assert (tmp_path / "a" / "b" / "index.html").read_text() == "<title>Moved</title>"
