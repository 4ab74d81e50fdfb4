"""What becomes of a page on its way to HTML, as Markdown and the guide's extensions make it."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree.ElementTree import tostring

import markdown
import pymdownx.highlight
import pytest
from lxml import html
from markdown.treeprocessors import Treeprocessor
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from guide import pages
from guide.book import article
from guide.faults import GuideError
from guide.markdown import answer
from guide.markdown.code import PLAIN, SAME, lighter

REPOSITORY = "https://example.org/guide"
EXTENSIONS = ["admonition", "attr_list", "md_in_html", "tables", "toc", "pymdownx.arithmatex",
              "pymdownx.details", "pymdownx.highlight", "pymdownx.snippets", "pymdownx.superfences",
              "guide.markdown.answer", "guide.markdown.citations", "guide.markdown.code",
              "guide.markdown.lists", "guide.markdown.maths"]


class Place(Treeprocessor):
    """Stands where MkDocs says which page is being rendered."""

    def __init__(self, name: str):
        super().__init__()
        self.file = SimpleNamespace(src_uri=name)

    def run(self, root) -> None:
        return None


@pytest.fixture
def render(project, monkeypatch):
    """Render text as the page ``name`` of the minimal project."""
    monkeypatch.chdir(project.root)

    def convert(text: str | None = None, name: str = "training/clipping.md") -> html.HtmlElement:
        options = {
            "pymdownx.arithmatex": {"generic": True},
            "pymdownx.highlight": {"pygments_lang_class": True},
            "pymdownx.snippets": {"base_path": ["snippets"], "check_paths": True, "dedent_subsections": True},
            "guide.markdown.answer": {"repository": REPOSITORY + "/"},
        }
        md = markdown.Markdown(extensions=EXTENSIONS, extension_configs=options)
        md.treeprocessors.register(Place(name), "relpath", 0)
        if text is None:
            text = project.read(f"docs/{name}").split("---\n", 2)[2]
        return html.fromstring(f"<main>{md.convert(text)}</main>")

    return convert


def texts(elements) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


def test_citation_links_to_the_sources_of_its_page(render):
    page = render()
    link = page.xpath('//a[@class="guide-citation"]')
    assert texts(link) == ["[Pascanu et al., 2013]"]
    assert page.xpath(f'//li[@id="{link[0].get("href")[1:]}"]')
    assert not page.xpath("//@data-source")


def test_entry_under_sources_is_the_full_reference(render):
    entry, = render().xpath('//li[@class="guide-source"]')
    text, = texts([entry])
    assert "Pascanu, Mikolov, Bengio. On the difficulty of training recurrent neural networks" in text
    assert entry.xpath(".//cite")
    assert entry.xpath('.//a[@href="https://arxiv.org/abs/1211.5063"]')
    assert "The cliff, and clipping by norm." in text


@pytest.mark.parametrize("note", ["AMSGrad.", "<https://example.org/>", "word (in brackets)", "two words"])
def test_note_of_one_word_does_not_turn_the_entry_into_a_link_definition(render, note):
    page = render(f"Text [@pascanu2013].\n\n## Sources\n\n- [@pascanu2013]: {note}\n")
    entry, = page.xpath('//li[@id="source-pascanu2013"]')
    assert "On the difficulty" in entry.text_content()
    assert note.strip("`<>").split()[0].lower() in entry.text_content().lower()


def test_citation_in_code_is_code(render):
    page = render("Write `[@pascanu2013]`.\n\n```text\n- [@pascanu2013]: a\n```\n")
    assert not page.xpath('//a[@class="guide-citation"]')
    assert "- [@pascanu2013]: a" in page.text_content()


def test_unknown_source_stops_the_build_and_is_named(render):
    with pytest.raises(GuideError, match=r"docs/training/clipping\.md: source `pascanu2012` .*`pascanu2013`"):
        render("Text [@pascanu2012].")


def test_sources_that_change_are_read_again(render, project):
    render()
    project.replace("docs/references.yml", "year: 2013", "year: 2012")
    assert texts(render().xpath('//a[@class="guide-citation"]')) == ["[Pascanu et al., 2012]"]


def test_fence_names_its_module_and_the_address_of_its_section(render):
    block, = render().xpath('//div[contains(@class, "language-python")]')
    assert block.get("data-snippet") == "training/clipping:norm"
    assert texts(block.xpath('.//span[@class="filename"]')) == ["clipping.py"]
    assert "def clip_by_norm" in block.text_content()
    assert "--8<--" not in block.text_content()
    assert "guide-wrong" not in block.get("class")


def test_wrong_code_is_labelled_as_wrong(render, project):
    project.write("snippets/training/clipping_mistakes.py", "# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\n")
    page = render('```python\n--8<-- "training/clipping_mistakes.py:a"\n```')
    block, = page.xpath("//div[@data-snippet]")
    assert texts(block.xpath('.//span[@class="filename"]')) == ["Wrong: clipping_mistakes.py"]
    assert "guide-wrong" in block.get("class")


def test_fence_in_a_fold_is_named_too(render):
    page = render('??? note "A"\n\n    ```python\n    --8<-- "training/clipping.py:norm"\n    ```\n')
    assert page.xpath("//details//div[@data-snippet='training/clipping:norm']")


def test_other_fences_stay_as_they_are(render):
    page = render("```text\na\n```\n\n```python\nx = 1\n```\n\n````text\n```python\nx\n```\n````")
    assert not page.xpath("//@data-snippet")
    assert not page.xpath('//span[@class="filename"]')


def test_example_of_a_docstring_is_code(render):
    page = render("It adds.\n\n>>> 1 + 1\n2\n\nText.\n\n>>> a < b\nTrue")
    blocks = page.xpath('//div[contains(@class, "language-pycon")]')
    assert [block.text_content().strip() for block in blocks] == [">>> 1 + 1\n2", ">>> a < b\nTrue"]
    assert not page.xpath("//blockquote")


def test_missing_section_stops_the_build(render):
    with pytest.raises(Exception, match="nothing"):
        render('```python\n--8<-- "training/clipping.py:nothing"\n```')


def test_formulas_are_html_and_mathml(render):
    page = render()
    assert len(page.xpath('//*[contains(@class, "katex-display")]')) == 1
    assert len(page.xpath("//math")) == 5
    assert "\\(" not in page.text_content()


def test_wrong_formulas_stop_the_build_all_at_once(render):
    with pytest.raises(GuideError) as caught:
        render("A $\\foo$, b $x^$ and c $y$.")
    assert [fault.path for fault in caught.value.faults] == ["docs/training/clipping.md"] * 2


def test_formula_in_code_and_prices_stay_text(render):
    text = render("Write `$x$`; it costs \\$5 or \\$6, or $7 and $8.").text_content()
    assert "$x$" in text
    assert "$5 or $6, or $7 and $8" in text


def test_list_of_a_topic_has_every_question_in_order(render):
    items = render(name="training/index.md").xpath('//*[contains(@class, "guide-questions")]//li')
    assert [text.split("?")[0] for text in texts(items)] == [
        "Do you clip gradients by value or by norm", "When is clipping by value right",
        "What does momentum do"]
    links = [item.xpath("string(.//a/@href)") for item in items]
    assert links == ["clipping.md", "clipping.md#clipping_value", ""]
    assert "core, asked often, 1 min" in texts(items)[0]
    assert "not answered yet" in texts(items)[2]


def test_links_of_a_list_start_at_the_page_that_shows_it(render):
    page = render("<!-- questions level=core -->", "index.md")
    assert page.xpath("//li//a/@href") == ["training/clipping.md", "training/clipping.md#clipping_value"]
    page = render("<!-- questions asked=sometimes -->", "about/more/x.md")
    assert page.xpath("//li//a/@href") == ["../../data/leakage.md"]


def test_list_without_entries_says_so(render):
    assert "None yet." in render("<!-- questions level=deep -->", "index.md").text_content()


def test_topics_count_their_answers(render):
    items = texts(render(name="index.md").xpath("//li"))
    assert [text.split()[0] for text in items] == ["Training", "Data"]
    assert "2 of 3" in items[0]
    assert "1 of 1" in items[1]


def test_reference_names_the_modules_of_a_topic_and_their_answers(render):
    page = render(name="reference/training.md")
    assert page.xpath("//h2/@id") == ["clipping"]
    assert page.xpath("//p/a/@href") == ["../training/clipping.md"]
    assert "::: snippets.training.clipping" in page.text_content()
    assert "figure" not in page.text_content()


def test_minutes_stand_beside_each_link_of_the_list_above_and_below_it_together(render, project):
    project.write("docs/training/momentum.md", project.read("docs/data/leakage.md").replace(
        "answers: [leakage]", "answers: [momentum]") + "word " * 12_600)
    page = render("Before.\n\n- [Clip](../training/clipping.md)\n- [Momentum](../training/momentum.md)\n"
                  "<!-- minutes -->\n\nAfter.", "practise/plan.md")
    items = texts(page.xpath('//*[contains(@class, "guide-questions")]//li'))
    assert items[0] == "Clip core, asked often, 1 min"
    assert items[1].startswith("Momentum") and items[1].endswith(", 64 min")
    assert page.xpath("//li//a/@href") == ["../training/clipping.md", "../training/momentum.md"]
    assert "1 h 5 min to read" in texts(page.xpath("//p"))


@pytest.mark.parametrize(("text", "words"), [
    ("No list.\n\n<!-- minutes -->", "stands below no list"),
    ("- [Gone](../training/gone.md)\n<!-- minutes -->", "`../training/gone.md` .* is no answer"),
    ("- [Topic](../training/index.md)\n<!-- minutes -->", "`../training/index.md` .* is no answer"),
    ("- [Far](https://example.org/)\n<!-- minutes -->", "`https://example.org/` .* is no answer"),
    ("- [Clip](../training/clipping.md) and more\n- [Leak](../data/leakage.md)\n<!-- minutes -->",
     "and more` .* is no link to an answer"),
    ("- [Clip](../training/clipping.md)\n  More.\n- [Leak](../data/leakage.md)\n<!-- minutes -->",
     "`More.` .* is no link to an answer"),
    ("Read:\n- [Clip](../training/clipping.md)\n<!-- minutes -->", "`Read:` .* an empty line before"),
    ("- [Clip](../training/clipping.md)\n- [Again](../training/clipping.md)\n<!-- minutes -->",
     "`../training/clipping.md` stands twice"),
])
def test_minutes_of_what_is_no_answer_stop_the_build(render, text, words):
    with pytest.raises(GuideError, match=f"docs/practise/plan.md: .*{words}"):
        render(text, "practise/plan.md")


@pytest.mark.parametrize(("comment", "words"), [
    ("<!-- question topic=data -->", "asks for no list"),
    ("<!-- questions -->", "asks for no list"),
    ("<!-- questions topic=dta -->", "write one of training, data"),
    ("<!-- questions level=hard -->", "write one of warm-up, core, deep"),
    ("<!-- reference topic=dta -->", "names no topic"),
])
def test_list_that_does_not_exist_stops_the_build(render, comment, words):
    with pytest.raises(GuideError, match=f"docs/index.md: .*{words}"):
        render(comment, "index.md")


def test_list_in_code_and_other_comments_stay(render):
    page = render("````text\n```\n<!-- topics -->\n```\n````\n\n<!-- A remark. -->\n", "index.md")
    assert "<!-- topics -->" in page.text_content()
    assert not page.xpath("//li")


def test_answer_says_level_frequency_and_time_below_its_title(render):
    title, line = render().xpath("//h1 | //h1/following-sibling::*[1]")
    assert title.tag == "h1"
    assert line.get("class") == "guide-meta"
    assert texts(line) == ["core", "asked often", "1 min"]


def test_answer_ends_with_its_aliases_and_files(render):
    footer = render().xpath('//*[@class="guide-files"]')[0]
    text = " ".join(footer.text_content().split())
    assert "Also searched as: clip_grad_norm, 3D." in text
    assert "clipping.py, its tests, its reference." in text
    assert footer.xpath(".//a/@href") == [
        f"{REPOSITORY}/blob/main/snippets/training/clipping.py",
        f"{REPOSITORY}/blob/main/tests/training/test_clipping.py",
        "../reference/training.md#clipping"]


def test_notebook_ends_with_itself_to_download(project):
    project.add_notebook()
    page = pages.find(project.root, "training/momentum.ipynb")
    link = html.fromstring(tostring(answer.files_note(page, REPOSITORY))).find(".//a")
    assert link.get("href") == "momentum.ipynb" and "download" in link.attrib


def test_page_that_answers_nothing_has_neither(render):
    page = render(name="training/index.md")
    assert not page.xpath('//*[@class="guide-meta" or @class="guide-files"]')


def test_outside_a_site_nothing_is_added(monkeypatch, project):
    """A docstring is rendered without a page."""
    monkeypatch.chdir(project.root)
    shown = markdown.markdown("# A\n\nText $x$.", extensions=EXTENSIONS, extension_configs={
        "pymdownx.arithmatex": {"generic": True}})
    assert "guide-meta" not in shown
    assert "katex" in shown


def colored(code: str, monkeypatch, **settings) -> str:
    """A fence as a page shows it, with its second look at Pygments forbidden."""
    page = f'```{{ .python title="a.py" }}\n{code}\n```'
    options = {"pymdownx.highlight": settings}

    def show(*ours: str) -> str:
        extensions = ["pymdownx.highlight", "pymdownx.superfences", *ours]
        return markdown.markdown(page, extensions=extensions, extension_configs=options)

    first = show("guide.markdown.code")
    assert first == lighter(show())
    with monkeypatch.context() as patch:
        patch.setattr(pymdownx.highlight, "highlight", None)
        assert show("guide.markdown.code") == first
    return first


CODE = '''
class A(B, metaclass=C):
    """Say `what`.

    >>> f(1)
    """

    @property
    def __init__(self, x: int = 0x1F, *, y: float = 1e-3) -> None:
        # One.
        # Two: "three" & <four>.
        self.y = f"{x!r:>8}\\n" + r'a' + __name__  # behind
        if x is not None and [i for i in range(3) if not i % 2] or (lambda: ...)():
            raise ValueError("no" "yes") from None
'''


def looks(code: str, kinds) -> list[tuple[str, object]]:
    """Each character with how it is drawn; of a blank nobody sees the color."""
    found = []

    def walk(element, kind):
        for text, around in [(element.text, kind), *((child, kind) for child in element)]:
            if isinstance(text, str):
                found.extend((sign, None if sign.isspace() else kinds(around)) for sign in text)
            elif text is not None:
                walk(text, text.get("class"))
                found.extend((sign, None if sign.isspace() else kinds(kind)) for sign in text.tail or "")

    walk(html.fromstring(f"<pre>{code}</pre>"), "")
    return found


def test_code_in_fewer_tags_is_the_same_to_the_eye_and_in_the_book():
    colored = highlight(CODE, PythonLexer(), HtmlFormatter(nowrap=True))
    light = lighter(colored)

    def site(kind: str) -> str:
        return "" if kind in PLAIN else SAME.get(kind, kind)

    for kinds in (site, article._token_kind):
        assert looks(light, kinds) == looks(colored, kinds)
    assert "".join(sign for sign, _ in looks(light, site)) == CODE.lstrip("\n")
    assert light.count("<span") < 0.75 * colored.count("<span")
    assert lighter(light) == light


@pytest.mark.parametrize("code", [
    '<span class="gd">a</span> <span class="gd">b</span>',
    '<span id="line-1"><span class="p">(</span>\n</span><span id="line-2"><span class="p">)</span>\n</span>',
    '<span class="k">a</span>, <span class="k">b</span>',
    '<span class="p">(</span><span class="hll"><span class="p">)</span></span>',
])
def test_what_would_look_different_stays_apart(code):
    assert lighter(code) == code


def test_code_is_colored_once_and_looks_as_pygments_colors_it(tmp_path, monkeypatch):
    (tmp_path / "mkdocs.yml").touch()
    monkeypatch.chdir(tmp_path)
    plain = colored("import math", monkeypatch)
    assert '<span class="kn">import</span>' in plain
    assert colored("import numpy", monkeypatch) != plain
    assert 'class="language-python' in colored("import math", monkeypatch, pygments_lang_class=True)
    assert 'id="line-0-1"' in colored("import math", monkeypatch, line_spans="line")
