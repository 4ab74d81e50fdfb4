"""What the copy changes on a page, small pieces at a time; tests/site/test_offline.py opens the whole."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

from guide import archive, offline, security
from guide.faults import GuideError

BASE = "https://example.org/guide/"
NAMES = {"index.html", "a/index.html", "a/b/index.html", "a/b/plot.svg", "a/b/run.ipynb"}
SITE = NAMES | {"downloads/guide.pdf"}
CONFIG = '<script id="__config" type="application/json">{"base": "../..", "features": %s}</script>'


def page(body: str) -> str:
    features = json.dumps(["navigation.instant", "navigation.instant.prefetch", "search.suggest"])
    return (f"<head>\n    {security.META}\n</head>{body}{CONFIG % features}"
            '<script src="../../assets/guide/main.js" type="module"></script>')


def copied(text: str):
    return offline.local_page(text, "a/b/index.html", NAMES, SITE, BASE)


def local(body: str) -> str:
    text, faults = copied(page(body))
    assert faults == []
    return text


@pytest.mark.parametrize(("link", "expected"), [
    ("../", "../index.html"),
    ("..", "../index.html"),
    ("../../", "../../index.html"),
    ("./", "./index.html"),
    ("../b/#sources", "../b/index.html#sources"),
    ("../../a/?q=x#y", "../../a/index.html?q=x#y"),
    ("../index.html", "../index.html"),
    ("#here", "#here"),
    ("?q=x", "?q=x"),
    ("run.ipynb", "run.ipynb"),
    ("https://arxiv.org/abs/1", "https://arxiv.org/abs/1"),
    ("mailto:a@example.org", "mailto:a@example.org"),
    ("//example.org/", "//example.org/"),
    ("../../downloads/guide.pdf", BASE + "downloads/guide.pdf"),
])
def test_links_name_the_page_in_a_folder(link, expected):
    assert f'<a class="x" href="{expected}">' in local(f'<a class="x" href="{link}">')


def test_code_that_looks_like_a_link_stays():
    code = '<code>write href="../" there</code> <b title=\'href="../"\'>'
    assert code in local(code)


def test_every_link_that_leads_nowhere_is_named():
    _, faults = copied(page('<a href="../c/"><a href="gone.svg">'))
    assert list(map(str, faults)) == [
        "site/a/b/index.html: links to `../c/`, which the site does not have: mend the link",
        "site/a/b/index.html: links to `gone.svg`, which the site does not have: mend the link"]


def test_scripts_are_classic_and_ours_comes_first():
    text = local('<script src="../../assets/javascripts/bundle.js"></script>')
    scripts = re.findall(r'<script src="([^"]*)"([^>]*)>', text)
    assert scripts == [("../../assets/offline/local.js", ""), ("../../assets/javascripts/bundle.js", ""),
                       ("../../assets/guide/main.js", " defer")]


def test_the_policy_allows_files_and_nothing_else():
    policy = re.search('content="([^"]*)"', local(""))[1]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' file: 'wasm-unsafe-eval'"
    assert rules["worker-src"] == "blob: 'self' file:"
    assert not re.search(r"https?:|\*|'unsafe-eval'", policy)


def test_nothing_is_fetched_in_the_background():
    settings = json.loads(security.CONFIG.search(local(""))["json"])
    assert settings == {"base": "../..", "features": ["search.suggest"]}


@pytest.mark.parametrize("missing", [security.META, 'src="../../assets/guide/main.js" type="module"'])
def test_a_page_without_what_is_expected_is_named(missing):
    _, faults = copied(page("").replace(missing, ""))
    assert [fault.path for fault in faults] == ["site/a/b/index.html"]
    assert "expects it on each page" in str(faults[0])


def test_nothing_is_loaded_as_if_from_elsewhere():
    link = '<link rel="preload" href="../../font.woff2" as="font" type="font/woff2" crossorigin>'
    assert "<i></i><b></b>" in local(f"<i></i>{link}\n  <b></b>")


def test_sizes_of_downloads_are_left_open():
    pending = '<span class="guide-facts" data-size="guide.pdf">'
    assert f"{pending}</span>" in local(f"{pending}1.2 MB</span>")


def test_the_search_finds_pages_in_folders():
    entries = [{"location": location, "words": "\u2028"} for location in ("", "a/", "a/b/", "a/plain.html")]
    found = json.loads(offline.local_answers(json.dumps(entries)))
    assert [entry["location"] for entry in found] == [
        "index.html", "a/index.html", "a/b/index.html", "a/plain.html"]
    assert {entry["words"] for entry in found} == {"\u2028"}


def test_materials_index_becomes_the_script_it_looks_for():
    script = offline.local_index(json.dumps({"config": {"lang": ["en"]}, "docs": []}))
    assert script == 'var __index = {"config":{"lang":["en"]},"docs":[]};\n'


def test_a_module_that_cannot_be_packed_is_named(tmp_path):
    (tmp_path / "assets" / "guide").mkdir(parents=True)
    (tmp_path / "assets" / "guide" / "python-worker.js").write_text("export const x = 1;\n")
    (tmp_path / "assets" / "guide" / "main.js").write_text("import './gone.js';\n")
    with pytest.raises(GuideError, match=r"docs/assets/guide: cannot be packed.*gone\.js"):
        offline.pack(tmp_path)


def test_an_archive_is_the_same_bytes_everywhere(tmp_path, monkeypatch):
    entries = [("top/b.txt", b"b" * 1000), ("top/a.txt", b"a")]
    archive.write(tmp_path / "one.zip", entries, 1_790_000_000)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    archive.write(tmp_path / "two.zip", iter(entries), 1_790_000_000)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as unpacked:
        assert unpacked.namelist() == ["top/b.txt", "top/a.txt"]
        assert unpacked.infolist()[0].date_time == (2026, 9, 21, 14, 13, 20)
        assert unpacked.read("top/b.txt") == b"b" * 1000


def test_a_time_before_1980_is_written_as_zip_can(tmp_path):
    archive.write(tmp_path / "old.zip", [("a", b"a")], 0)
    assert zipfile.ZipFile(tmp_path / "old.zip").infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_a_failure_leaves_the_archive_that_was_there(tmp_path):
    def entries():
        yield "a", b"a"
        raise OSError("disk full")

    (tmp_path / "copy.zip").write_bytes(b"old")
    with pytest.raises(OSError, match="disk full"):
        archive.write(tmp_path / "copy.zip", entries(), 0)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"copy.zip": b"old"}
