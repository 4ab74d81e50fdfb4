"""What the search index keeps, and what it leaves to the pages."""

import json

from guide import search


def index(site) -> dict[str, dict]:
    return {entry["location"]: entry for entry in json.loads((site / search.INDEX).read_text())["docs"]}


def write(site, *entries: dict) -> None:
    (site / "search").mkdir()
    text = json.dumps({"config": {"lang": ["en"]}, "docs": list(entries)})
    (site / search.INDEX).write_text(text, encoding="utf-8")


def test_code_and_sources_are_left_out_and_words_stay(tmp_path):
    code = "<p>Before.</p><pre><code>x = 1\n</code></pre> After."
    write(tmp_path,
          {"location": "a/b/#code", "title": "Code", "text": code},
          {"location": "a/b/#sources", "title": "Sources", "text": "Someone, 2020."},
          {"location": "a/b/", "title": "Dropout", "text": "At p = ½ …", "tags": ["BN"]})
    search.finish(tmp_path, tmp_path)
    kept = index(tmp_path)
    assert kept["a/b/#code"]["text"] == "<p>Before.</p> After."
    assert kept["a/b/"] == {"location": "a/b/", "title": "Dropout", "text": "At p = ½ …", "tags": ["BN"]}
    assert "a/b/#sources" not in kept


def test_function_is_found_by_name_and_its_docstring_takes_no_room(tmp_path):
    write(tmp_path,
          {"location": "reference/a/", "title": "Reference", "text": "Functions."},
          {"location": "reference/a/#b.clip", "title": "clip", "text": "Args: …"})
    search.finish(tmp_path, tmp_path)
    kept = index(tmp_path)
    assert kept["reference/a/#b.clip"] == {"location": "reference/a/#b.clip", "title": "clip", "text": ""}
    assert kept["reference/a/"]["text"] == "Functions."


def test_index_keeps_its_settings_and_its_letters(tmp_path):
    write(tmp_path, {"location": "a/", "title": "µ", "text": "Lévy"})
    search.finish(tmp_path, tmp_path)
    text = (tmp_path / search.INDEX).read_text(encoding="utf-8")
    assert json.loads(text)["config"] == {"lang": ["en"]}
    assert "Lévy" in text
