"""Names and roles that Material's pages lack, and a word when Material writes its pages differently."""

import pytest

from guide import accessibility
from guide.faults import GuideError

PAGE = """<html><body>
<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer" autocomplete="off">
<input class="md-toggle" data-md-toggle="search" type="checkbox" id="__search" autocomplete="off">
<label class="md-header__button md-icon" for="__drawer">
  <svg viewBox="0 0 24 24"><path d="M3"/></svg>
</label>
<label class="md-header__button md-icon" for="__search">
  <svg viewBox="0 0 24 24"><path d="M9"/></svg>
</label>
<div class="md-search" data-md-component="search" role="dialog">
<div class="md-search__scrollwrap" tabindex="0" data-md-scrollfix></div></div>
<nav class="md-path" aria-label="Navigation" ></nav>
<label class="md-nav__link " for="__nav_7" id="__nav_7_label" tabindex="0">
  <span class="md-nav__icon md-icon"></span>
</label>
<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_7_label" aria-expanded="true"></nav>
<nav class="md-nav md-nav--secondary" aria-label="Table of contents"><nav class="md-nav" aria-label="Why">
</nav></nav>
<label class="md-nav__title" for="__toc">Table of contents</label>
<table><thead><tr><th></th><th style="text-align: right;"> </th><th>loss</th></tr></thead></table>
</body></html>
"""

SCRIPT = 'function f(){return x("nav",{class:"md-code__nav"})}function g(){return x("nav",{class:"md-tags"})}'


def finish(tmp_path, text: str, script: str = SCRIPT) -> str:
    bundle = tmp_path / "assets" / "javascripts" / "bundle.a1b2.min.js"
    bundle.parent.mkdir(parents=True)
    bundle.write_text(script)
    (tmp_path / "index.html").write_text(text)
    accessibility.finish(tmp_path, tmp_path)
    return (tmp_path / "index.html").read_text()


def test_labels_get_buttons_and_regions_get_names(tmp_path):
    text = finish(tmp_path, PAGE)
    assert text.count('role="button" tabindex="0"') == 3
    for name in ("Menu", "Search", "Show the pages of this topic"):
        assert f'<span role="button" tabindex="0" aria-label="{name}">' in text \
            or f'<span class="md-nav__icon md-icon" role="button" tabindex="0" aria-label="{name}">' in text
    assert 'role="dialog" aria-label="Search"' in text
    assert '<nav class="md-path" aria-label="Path"' in text
    assert '<div class="md-search__scrollwrap" data-md-scrollfix>' in text
    assert '<nav class="md-nav" data-md-level="1" aria-label="Pages of this topic">' in text


def test_a_form_keeps_firefox_from_keeping_an_open_menu(tmp_path):
    text = finish(tmp_path, PAGE)
    assert text.count('<form id="__toggles" autocomplete="off" hidden></form>') == 1
    assert text.count("autocomplete") == 1
    for name in ("drawer", "search"):
        assert f'data-md-toggle="{name}" type="checkbox" id="__{name}" form="__toggles">' in text


def test_the_svg_stays_inside_its_own_button(tmp_path):
    menu, _, search = finish(tmp_path, PAGE).partition('for="__search"')
    assert menu.count("<svg") == search.count("<svg") == 1
    assert menu.index('aria-label="Menu"') < menu.index("<svg") < menu.index("</span>")


def test_an_empty_heading_of_a_table_heads_nothing(tmp_path):
    assert '<tr><td></td><td style="text-align: right;"></td><th>loss</th></tr>' in finish(tmp_path, PAGE)


def test_rows_of_a_table_without_a_corner_are_named_by_their_first_cell(tmp_path):
    rows = ('<tbody><tr>\n<td style="text-align: left;">Adam</td>\n<td>0.1</td></tr>'
            "<tr>\n<td></td>\n<td>0.2</td></tr></tbody></table>")
    named = ('<tbody><tr>\n<th scope="row" style="text-align: left;">Adam</th>\n<td>0.1</td></tr>'
             "<tr>\n<td></td>\n<td>0.2</td></tr></tbody></table>")
    other = "<table><thead><tr><th>name</th></tr></thead>"
    assert named in finish(tmp_path / "a", PAGE.replace("</thead></table>", f"</thead>{rows}"))
    assert f"{other}{rows}" in finish(tmp_path / "b", PAGE + other + rows)


def test_the_table_of_contents_is_one_landmark(tmp_path):
    text = finish(tmp_path, PAGE)
    contents = '<nav class="md-nav md-nav--secondary" aria-label="Table of contents">'
    assert f'{contents}<nav class="md-nav" role="none">' in text


def test_the_buttons_of_a_block_of_code_are_no_landmark(tmp_path):
    finish(tmp_path, PAGE)
    script = (tmp_path / "assets" / "javascripts" / "bundle.a1b2.min.js").read_text()
    assert script == SCRIPT.replace('"nav",{class:"md-code__nav"}', '"div",{class:"md-code__nav"}')


def test_a_label_names_no_toggle_that_the_page_lacks(tmp_path):
    toggle = '<input type="checkbox" id="__toc">'
    assert '<label class="md-nav__title">' in finish(tmp_path / "without", PAGE)
    assert '<label class="md-nav__title" for="__toc">' in finish(tmp_path / "with", toggle + PAGE)


def test_it_is_said_when_material_writes_its_pages_differently(tmp_path):
    with pytest.raises(GuideError, match="no page has the search dialog as") as raised:
        finish(tmp_path, PAGE.replace('role="dialog"', ""))
    assert len(raised.value.faults) == 1


def test_it_is_said_when_material_writes_its_script_differently(tmp_path):
    with pytest.raises(GuideError, match="no page has a navigation of its own at each") as raised:
        finish(tmp_path, PAGE, 'x("nav",{className:"md-code__nav"})')
    assert len(raised.value.faults) == 1
