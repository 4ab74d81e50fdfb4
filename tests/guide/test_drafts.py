"""Nothing of `make new` is published unwritten."""

from pathlib import Path

from guide.scaffold import TO_WRITE

ROOT = Path(__file__).resolve().parent.parent.parent


def test_no_page_snippet_or_test_waits_to_be_written():
    found = [path.relative_to(ROOT).as_posix()
             for folder in ("docs", "snippets", "tests") for path in sorted((ROOT / folder).rglob("*"))
             if path.suffix in (".md", ".py", ".ipynb", ".yml") and "guide" not in path.parts
             and TO_WRITE in path.read_text(encoding="utf-8")]
    assert found == [], f"replace each sentence that begins with “{TO_WRITE}”"
