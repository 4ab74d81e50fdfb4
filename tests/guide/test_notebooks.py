"""A notebook's page says what any other page says of itself, and its links lead to pages."""

import base64

import pytest
from lxml import html

from guide import notebooks
from guide.faults import GuideError

SOURCE, FOLDER = "training/momentum.ipynb", "site/training/momentum"
HEADER = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + b"\0\0\0\x28" + b"\0\0\0\x1e"  # 40 by 30 pixels
PNG = base64.b64encode(HEADER).decode()
# As much of MkDocs' page as the step reads.
BUILT = """\
<!doctype html><html><head><title>momentum - Minimal</title>
<meta name="description" content="The site."></head>
<body><nav class="md-nav--secondary"><a class="md-nav__link" href="#What-does-it-do">What does it do</a></nav>
<article><a class="md-content__button">Edit</a><style>.jp-Cell {}</style></article></body></html>
"""


def page_of(project, *cells: dict) -> html.HtmlElement:
    """The page after the step, of a notebook with more cells."""
    notebook = project.notebook()
    notebook["cells"] += cells
    project.add_notebook()
    project.write(f"docs/{SOURCE}", notebooks.json.dumps(notebook))
    project.write(f"{FOLDER}/index.html", BUILT)
    notebooks.finish(project.root, project.root / "site")
    return html.fromstring(project.read(f"{FOLDER}/index.html"))


def text(source: str) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code(output: dict, **metadata) -> dict:
    return {"cell_type": "code", "source": "draw()", "outputs": [output], "metadata": metadata}


def test_title_and_description_are_the_page_s_own(buildable):
    page = page_of(buildable)
    description = "What momentum does at saddle points and in ravines."
    assert page.findtext(".//title") == "Momentum - Minimal"
    assert page.xpath('//meta[@name="description"]/@content') == [description]
    assert page.xpath('//meta[@property="og:description"]/@content') == [description]


def test_code_and_output_replace_what_jupyter_made(buildable):
    article = page_of(buildable).find(".//article")
    assert article.xpath(".//style") == []
    assert [button.text for button in article.find_class("md-content__button")] == ["Edit"]
    assert [pre.text_content() for pre in article.iter("pre")] == ["print(1)\n", "1\n"]
    assert article.find("h1").getnext().get("class") == "guide-meta"


def test_a_heading_keeps_the_address_of_the_contents(buildable):
    article = page_of(buildable, text("## What does it do?")).find(".//article")
    assert article.find("h2").get("id") == "What-does-it-do"


@pytest.mark.parametrize(("written", "leads"), [
    ("[clip](clipping.md)", "../clipping/"),
    ("[clip](clipping.md#why)", "../clipping/#why"),
    ("[leak](../data/leakage.md)", "../../data/leakage/"),
    ("[data](../data/index.md)", "../../data/"),
    ("[figure](clipping.svg)", "../clipping.svg"),
    ("[out](https://example.org/a.md)", "https://example.org/a.md"),
])
def test_links_lead_to_pages(buildable, written, leads):
    article = page_of(buildable, text(written)).find(".//article")
    assert leads in article.xpath(".//p/a/@href")


def test_a_picture_of_another_topic_is_found_from_the_page(buildable):
    article = page_of(buildable, text("![Clipped](../training/clipping.svg)")).find(".//article")
    assert article.xpath(".//img/@src") == ["../clipping.svg"]


def test_a_link_to_what_is_not_there_names_the_notebook(buildable):
    with pytest.raises(GuideError) as raised:
        page_of(buildable, text("[clip](cliping.md)"))
    assert [str(fault) for fault in raised.value.faults] == [
        "docs/training/momentum.ipynb: links to `cliping.md`, which is not in docs/"]


def test_a_drawn_picture_becomes_a_file_beside_the_page(buildable):
    drawn = {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}}
    article = page_of(buildable, code(drawn, alt="A line")).find(".//article")
    (picture,) = article.iter("img")
    assert dict(picture.attrib) == {"src": "momentum_2_0.png", "alt": "A line", "width": "40", "height": "30"}
    assert (buildable.root / FOLDER / "momentum_2_0.png").read_bytes() == HEADER


def test_a_picture_without_words_is_refused(buildable):
    drawn = {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": {}}
    with pytest.raises(GuideError, match="picture momentum_2_0 has no text alternative"):
        page_of(buildable, code(drawn))


@pytest.mark.parametrize(("data", "shown"), [
    ({"text/plain": ["<b>1"]}, "<pre>&lt;b&gt;1</pre>"),
    ({"text/plain": "x", "text/html": ["<table><tr><td>2</td></tr></table>"]}, "<td>2</td>"),
])
def test_a_result_is_shown_as_jupyter_would(buildable, data, shown):
    result = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 2}
    article = page_of(buildable, code(result)).find(".//article")
    assert shown in html.tostring(article.find_class("guide-output")[-1], encoding="unicode")


def test_a_fault_in_a_cell_names_it(buildable):
    with pytest.raises(GuideError, match=r"momentum\.ipynb: cell 3: "):
        page_of(buildable, text("$\\nosuchmacro{1}$"))
