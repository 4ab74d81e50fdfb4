"""A built page becomes plain XHTML: everything a reader on paper needs, nothing for fingers."""

from __future__ import annotations

import pytest
from lxml import etree

from guide.book import code
from guide.book.contents import Entry


def text(section) -> str:
    """Everything below the title."""
    parts = ["".join(part.itertext()) + (part.tail or "") for part in section.body[1:]]
    return " ".join("".join([section.body[0].tail or "", *parts]).split())


def xhtml(section) -> str:
    return etree.tostring(section.body, encoding="unicode")


def faults(section) -> list[str]:
    return [str(fault) for fault in section.faults]


def test_a_plain_page_keeps_its_text_and_has_no_fault(section):
    made = section("<p>One <em>two</em> <code>three</code>.</p><ul><li>four</li></ul>")
    assert text(made) == "One two three.four"
    assert faults(made) == []


def test_every_id_begins_with_the_page(section):
    made = section('<h2 id="why">Why</h2><pre><a id="__codelineno-0-1" name="__codelineno-0-1"></a>x</pre>')
    assert made.body.xpath("//@id") == ["training.clipping", "training.clipping--q", "training.clipping--why"]


def test_a_page_that_is_named_like_its_topic_and_the_topics_heading_have_two_ids():
    topic, page = Entry("data/index.md", 1, "Data"), Entry("data/data.md", 2, "Data")
    assert topic.anchor("data") != page.id


def test_what_is_for_the_screen_is_left_out(section):
    made = section(
        "<script>run()</script><style>p {}</style><button>Copy</button>"
        '<p>Kept<a class="headerlink" href="#q">¶</a></p>'
        '<p hidden>unseen</p><a class="md-content__button" href="edit"><svg></svg></a>'
    )
    assert text(made) == "Kept"
    assert faults(made) == []


def test_a_fold_stands_open_under_its_title(section):
    made = section('<details class="question"><summary>What if?</summary><p>Then this.</p></details>')
    fold = made.body.find(".//div")
    assert fold.get("class") == "fold question"
    assert [(part.get("class"), part.text) for part in fold] == [("title", "What if?"), (None, "Then this.")]


def test_the_short_answer_is_a_callout(section):
    made = section(
        '<div class="admonition abstract"><p class="admonition-title">Say this first</p><p>By norm.</p></div>'
    )
    assert made.body.find(".//div").get("class") == "callout abstract"
    assert made.body.findtext('.//p[@class="title"]') == "Say this first"


def test_every_tab_stands_under_its_label(section):
    made = section(
        '<div class="tabbed-set"><input type="radio"><input type="radio">'
        '<div class="tabbed-labels"><label>NumPy</label><label>PyTorch</label></div>'
        '<div class="tabbed-content"><div class="tabbed-block"><p>np.sum</p></div>'
        '<div class="tabbed-block"><p>torch.sum</p></div></div></div>'
    )
    assert text(made) == "NumPynp.sumPyTorchtorch.sum"
    assert len(made.body.xpath('.//div[@class="tab"]/p[@class="title"]')) == 2


def test_tabs_whose_labels_do_not_fit_are_named(section):
    made = section(
        '<div class="tabbed-set"><div class="tabbed-labels"><label>NumPy</label></div>'
        '<div class="tabbed-content"></div></div>'
    )
    assert faults(made) == [
        'docs/training/clipping.md: has tabs with 1 labels and 0 contents: write each as `=== "Label"`'
    ]


def test_a_formula_is_taken_back_as_tex(section, formula):
    made = section(f"<p>With {formula('a &lt; b')} in it.</p>{formula('c^2', display=True)}")
    (inline,), (display,) = made.body.xpath(".//span"), made.body.xpath(".//div")
    assert (inline.get("data-tex"), display.get("data-tex")) == ("a < b", "c^2")
    assert text(made) == "With in it."


def test_a_formula_that_was_not_rendered_is_named(section):
    made = section('<p><span class="arithmatex">\\(x\\)</span></p>')
    (fault,) = faults(made)
    assert fault.startswith("docs/training/clipping.md: formula `\\(x\\)` was not rendered")


def test_code_keeps_its_text_its_title_and_its_colors(section):
    made = section(
        '<div class="language-python guide-wrong highlight"><span class="filename">Wrong: a.py</span>'
        '<pre><span></span><code><span class="k">def</span> <span class="nf">f</span>'
        '<span class="p">():</span>\n'
        '    <span class="k">pass</span>\n</code></pre></div>'
    )
    block = made.body.find(".//div")
    assert block.get("class") == "code wrong"
    assert block.findtext("p") == "Wrong: a.py"
    pre = block.find("pre")
    assert pre.get("class") == "python"
    assert code.lines(pre) == [
        [("keyword", "def"), ("", " "), ("function", "f"), ("", "():")],
        [("", "    "), ("keyword", "pass")],
    ]


def test_line_numbers_are_no_code(section):
    made = section(
        '<div class="language-python highlight"><table><tr><td class="linenos"><pre>1\n2</pre></td>'
        '<td class="code"><div><pre><code>x = 1\ny = 2\n</code></pre></div></td></tr></table></div>'
    )
    assert "".join(made.body.find(".//pre").itertext()) == "x = 1\ny = 2\n"


def test_a_table_keeps_its_spans_and_alignment(section):
    made = section(
        '<table><thead><tr><th colspan="2">Both</th></tr></thead>'
        '<tbody><tr><td style="text-align: right;">1</td><td>2</td></tr></tbody></table>'
    )
    assert made.body.find(".//th").get("colspan") == "2"
    assert [cell.get("class") for cell in made.body.iter("td")] == ["right", None]


def test_an_image_without_a_text_alternative_is_named(section):
    assert faults(section('<p><img src="a.svg"></p>')) == [
        "docs/training/clipping.md: image `a.svg` has no text alternative: say what it shows"
    ]


def test_an_element_without_a_form_in_the_book_is_named(section):
    assert faults(section("<video src='a.mp4'></video>")) == [
        "docs/training/clipping.md: holds <video>, which the book has no form for: write it in Markdown, "
        "or teach guide/book/article.py"
    ]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<h1>Second</h1>", "heading `Second` is of level 1: a page has one of level 1, its first"),
        ("<h2>Two</h2><h4>Four</h4>", "heading `Four` is of level 4 below level 2: leave none out"),
    ],
)
def test_headings_make_an_outline(section, html, words):
    assert faults(section(html)) == [f"docs/training/clipping.md: {words}"]


def test_a_page_without_article_is_named():
    from guide.book import article
    from guide.book.contents import Entry

    made = article.read(Entry("a/b.md", 2, "B"), "<html><body><p>x</p></body></html>")
    assert faults(made) == ["docs/a/b.md: its built page has no <article>: the book expects Material's"]


def test_open_questions_and_lists_of_topics_are_left_out(section):
    made = section(
        '<div class="guide-questions"><ul><li><a href="../clipping/">Answered</a></li>'
        '<li>Open <em class="guide-open">not answered yet</em></li></ul></div>'
        '<h2 id="whole">The whole syllabus</h2><p>Each topic …</p><div class="guide-topics"><ul></ul></div>'
    )
    assert text(made) == "Answered"


def test_an_exercise_keeps_its_promises_and_its_hints_but_not_its_files(section):
    made = section(
        '<details class="guide-fold"><summary>Starter</summary>'
        '<div class="highlight"><pre>raise</pre></div></details>'
        '<details class="guide-fold"><summary>Promises</summary><ul><li>Short gradients stay.</li></ul>'
        '<p>They are the tests:</p><div class="highlight"><pre>assert</pre></div></details>'
        '<details class="guide-fold"><summary>Hints</summary><p>norm</p>'
        '<details class="guide-fold"><summary>Hint 1</summary><p>Square first.</p></details>'
        '<details class="guide-fold"><summary>Hint 2</summary><p>Then the root.</p></details></details>'
    )
    assert text(made) == "PromisesShort gradients stay.HintsnormSquare first.Then the root."
    assert [len(listed) for listed in made.body.iter("ol")] == [2]


def test_check_boxes_of_a_list_are_signs(section):
    box = '<label class="task-list-control"><input type="checkbox" {}><span></span></label>'
    made = section(f"<ul><li>{box.format('checked')}done</li><li>{box.format('')}open</li></ul>")
    assert text(made) == "☑ done☐ open"


def test_level_frequency_and_time_are_kept_apart(section):
    made = section(
        '<p class="guide-meta"><a href="../questions/">core</a> <a href="x">often</a> <span>3 min</span></p>'
    )
    assert text(made) == "core · often · 3 min"
