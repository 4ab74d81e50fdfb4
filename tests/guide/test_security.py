"""Pages get their policy and lose their inline scripts; what the policy would stop is named."""

import pytest

from guide import security
from guide.faults import GuideError

PAGE = """<!doctype html>
<html lang="en"><head>
<meta charset="utf-8"><title>A page</title>
<script>__md_scope=new URL("../..",location)</script>
</head><body>{body}
<a href="javascript:void(0)" class="md-search__icon">Share</a>
<script>var target=document.getElementById("x");target.name.startsWith("__tabbed_")</script>
<script id="__config" type="application/json">{{"base": "{base}", "search": "x"}}</script>
<script src="../../assets/bundle.js"></script>
</body></html>
"""
TABS = '<input type="radio" name="__tabbed_1">'


def page(body: str = "", base: str = "../..") -> str:
    return PAGE.format(body=body, base=base)


def test_inline_scripts_become_files_at_the_same_place():
    text, scripts = security.secure(page(TABS), "topic/stem/index.html")
    names = list(scripts)
    assert next(iter(scripts.values())) == '__md_scope=new URL("../..",location)\n'
    assert len(names) == 2
    assert text.index(names[0]) < text.index("</head>") < text.index(names[1]) < text.index("__config")
    assert f'<script src="../../assets/inline/{names[0]}"></script>' in text
    assert '{"base": "../..", "search": "x"}' in text  # data stays where it is


def test_the_policy_is_the_first_thing_in_the_head():
    text, _ = security.secure(page(), "topic/stem/index.html")
    assert text.index("<head>") + len("<head>") == text.index(security.META) - len("\n    ")
    assert "script-src 'self' 'wasm-unsafe-eval';" in text
    assert "javascript:" not in text


def test_the_policy_lets_firefox_fetch_the_next_page_ahead_and_nothing_more():
    rules = dict(rule.split(" ", 1) for rule in security.POLICY.split("; "))
    assert rules["default-src"] == "'self'"
    # Whatever else falls back on it is named, so that only what is fetched ahead does.
    named = ["script", "style", "img", "font", "connect", "worker", "manifest", "object", "frame", "media"]
    assert {f"{kind}-src" for kind in named} <= set(rules)
    assert {kind for kind in named if rules[f"{kind}-src"] == "'none'"} == {"object", "frame", "media"}
    assert not any(word in security.POLICY for word in ("*", "http", "'unsafe-eval'"))


def test_the_script_for_tabs_goes_where_there_are_none():
    assert len(security.secure(page(TABS), "a/index.html")[1]) == 2
    assert len(security.secure(page(), "a/index.html")[1]) == 1


@pytest.mark.parametrize(("base", "source"), [
    (".", "assets/inline/"), ("..", "../assets/inline/"), ("/guide/", "/guide/assets/inline/")])
def test_files_are_found_from_every_depth(base, source):
    text, scripts = security.secure(page(base=base), "404.html")
    assert f'src="{source}{next(iter(scripts))}"' in text


def test_a_page_without_material_is_secured_too():
    bare = "<html><head></head><body><script>f()</script></body></html>"
    text, scripts = security.secure(bare, "a/b/c.html")
    assert f'src="../../assets/inline/{next(iter(scripts))}"' in text and not security.stopped(text)


def test_a_site_is_secured_once_and_always_the_same(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder / "a" / "b").mkdir(parents=True)
        (tmp_path / folder / "a" / "b" / "index.html").write_text(page())
        security.finish(tmp_path, tmp_path / folder)
    security.finish(tmp_path, tmp_path / "two")
    one, two = ({path.relative_to(tmp_path / folder): path.read_bytes()
                 for path in (tmp_path / folder).rglob("*") if path.is_file()} for folder in ("one", "two"))
    assert one == two
    assert len(one) == 2


@pytest.mark.parametrize(("body", "message"), [
    ('<script type="module">import "./x.js"</script>', "has a script that is no file (`import"),
    ("<p onclick='f()'>x</p>", "has <p> with `onclick=`"),
    ("<style>p {color: red}</style>", "has <style>, which the policy stops"),
    ('<iframe src="/x"></iframe>', "has <iframe>, which the policy stops"),
    ('<a href=" JavaScript:f()">x</a>', "has <a> with an address that runs a script"),
    ('<img src="https://example.org/x.png">', "has <img> that loads https://example.org/x.png"),
    ('<script src="//example.org/x.js"></script>', "has <script> that loads //example.org/x.js"),
])
def test_what_the_policy_stops_is_named_with_its_page(tmp_path, body, message):
    (tmp_path / "index.html").write_text(page(body, "."))
    with pytest.raises(GuideError) as raised:
        security.finish(tmp_path, tmp_path)
    assert [str(fault) for fault in raised.value.faults if f"site/index.html: {message}" in str(fault)]
    assert len(raised.value.faults) == 1


def test_a_page_without_a_head_is_named(tmp_path):
    (tmp_path / "bare.html").write_text("<p>Nothing else.</p>")
    with pytest.raises(GuideError, match="has no policy at the start of its head"):
        security.finish(tmp_path, tmp_path)


def test_a_page_found_in_order_is_not_looked_at_again_and_a_fault_always(tmp_path, monkeypatch):
    page = tmp_path / "site" / "index.html"
    page.parent.mkdir()
    asked = []
    real = security.stopped
    monkeypatch.setattr(security, "stopped", lambda text: asked.append(text) or real(text))
    for _ in range(2):
        page.write_text("<html><head></head><body><p>Text</p></body></html>")
        security.finish(tmp_path, page.parent)
    assert len(asked) == 1
    for _ in range(2):
        page.write_text('<html><head></head><body><p onclick="x()">Text</p></body></html>')
        with pytest.raises(GuideError, match="onclick"):
            security.finish(tmp_path, page.parent)
    assert len(asked) == 3
