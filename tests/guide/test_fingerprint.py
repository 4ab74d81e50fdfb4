"""When a command may say that nothing changed."""

from guide.fingerprint import contents, fingerprint, remember, remembered


def project(folder):
    for name in ("docs/index.md", "snippets/data/leakage.py", "mkdocs.yml"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return folder


def test_content_names_and_settings_change_it_and_times_do_not(tmp_path, monkeypatch):
    root = project(tmp_path)
    first = fingerprint(root)
    (root / "mkdocs.yml").touch()
    assert fingerprint(root) == first
    (root / "docs" / "index.md").write_text("other", encoding="utf-8")
    second = fingerprint(root)
    assert second != first
    (root / "docs" / "index.md").rename(root / "docs" / "home.md")
    third = fingerprint(root)
    assert third not in (first, second)
    monkeypatch.setenv("GUIDE_SITE", "https://example.org/")
    assert fingerprint(root) not in (first, second, third)


def test_contents_change_with_names_bytes_and_added_files_and_not_with_times(tmp_path):
    root = project(tmp_path)
    first = contents(root)
    (root / "mkdocs.yml").touch()
    assert contents(root) == first
    (root / "mkdocs.yml").write_text("other", encoding="utf-8")
    second = contents(root)
    (root / "mkdocs.yml").rename(root / "other.yml")
    third = contents(root)
    (root / "empty").write_bytes(b"")
    assert len({first, second, third, contents(root)}) == 4


def test_what_python_leaves_behind_is_not_a_change(tmp_path):
    root = project(tmp_path)
    before = fingerprint(root)
    cache = root / "snippets" / "data" / "__pycache__" / "leakage.cpython-311.pyc"
    cache.parent.mkdir()
    cache.write_bytes(b"\0")
    assert fingerprint(root) == before


def test_a_record_is_read_back_and_missing_ones_are_empty(tmp_path):
    record = tmp_path / ".build" / "site.built"
    assert remembered(record) == ""
    remember(record, "abc")
    assert remembered(record) == "abc"
    assert [path.name for path in record.parent.iterdir()] == ["site.built"]
