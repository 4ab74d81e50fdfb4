"""Many style sheets become one, which says the same from another place."""

import re
from pathlib import Path

import pytest

from guide import styles
from guide.faults import GuideError

ASSETS = Path(__file__).resolve().parent.parent.parent / "docs" / "assets"
SHEETS = {
    "assets/theme/main.css": "/* a */\na { src: url('../icons/a.svg') url(data:image/png;base64,AA) }\n",
    "assets/vendor/katex/katex.css": "@font-face{src:url(fonts/m.woff2)}\n",
    "assets/guide.css": "body { color: red }\n/*# sourceMappingURL=guide.css.map */\n",
}
PAGE = """<html><head>
<title>A</title>
<link rel="stylesheet" href="{top}assets/theme/main.css">
  <link rel="stylesheet" href="{top}assets/vendor/katex/katex.css">
<link rel="stylesheet" href="{top}assets/guide.css">
<script src="{top}assets/a.js"></script>
</head><body></body></html>
"""


@pytest.fixture
def site(tmp_path):
    for name, text in SHEETS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "data" / "leakage").mkdir(parents=True)
    for name, top in {"index.html": "", "404.html": "/guide/", "data/leakage/index.html": "../../"}.items():
        (tmp_path / name).write_text(PAGE.format(top=top))
    (tmp_path / "data" / "index.html").write_text("<html><head><title>Moved</title></head></html>")
    return tmp_path


def test_each_page_names_one_style_sheet_by_its_own_way_to_it(site):
    styles.finish(site, site)
    sheet = next(site.glob("assets/styles.*.css")).name
    for name, top in {"index.html": "", "404.html": "/guide/", "data/leakage/index.html": "../../"}.items():
        text = (site / name).read_text()
        assert re.findall(r'rel="stylesheet" href="([^"]+)"', text) == [f"{top}assets/{sheet}"]
        assert text.index("<title>") < text.index("stylesheet") < text.index("<script")


def test_the_sheets_keep_their_order_and_their_addresses_lead_to_the_same_files(site):
    styles.finish(site, site)
    text = next(site.glob("assets/styles.*.css")).read_text()
    assert text == ("a { src: url('icons/a.svg') url(data:image/png;base64,AA) }\n"
                    "@font-face{src:url(vendor/katex/fonts/m.woff2)}\n"
                    "body { color: red }\n")


def test_what_no_page_names_any_more_is_gone(site):
    styles.finish(site, site)
    assert [path.name for path in site.rglob("*.css")] == [next(site.glob("assets/styles.*.css")).name]


def test_the_name_follows_the_content(site):
    styles.finish(site, site)
    before = next(site.glob("assets/styles.*.css")).name
    (site / "assets" / before).unlink()
    for name, text in SHEETS.items():
        (site / name).write_text(text.replace("red", "blue"))
    (site / "index.html").write_text(PAGE.format(top=""))
    styles.finish_page(site / "index.html", site, {})
    assert next(site.glob("assets/styles.*.css")).name != before


def test_a_sheet_that_is_not_there_is_named(site):
    (site / "assets" / "guide.css").unlink()
    with pytest.raises(GuideError) as error:
        styles.finish(site, site)
    assert len(error.value.faults) == 3
    assert "site/index.html" in str(error.value) and "assets/guide.css" in str(error.value)


def test_our_style_sheets_never_ask_what_an_element_holds():
    """`:has` makes Chromium style a page of 800 formulas anew with each element that a script adds."""
    sheets = [*ASSETS.glob("*.css"), *ASSETS.glob("guide/*.css")]
    assert len(sheets) > 2
    assert [sheet.name for sheet in sheets if ":has(" in sheet.read_text(encoding="utf-8")] == []
