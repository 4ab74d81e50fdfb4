"""The search index, without what nobody searches for: it is fetched whole and indexed on a reader's phone."""

from __future__ import annotations

import json
import re
from pathlib import Path

INDEX = "search/search_index.json"
CODE = re.compile(r"<pre.*?</pre>", re.DOTALL)


def finish(root: Path, site: Path) -> None:
    """Leave out code and lists of sources; of the reference keep the names of functions."""
    path = site / INDEX
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] = [_lean(entry) for entry in index["docs"] if not entry["location"].endswith("#sources")]
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8", newline="\n")


def _lean(entry: dict) -> dict:
    page, _, section = entry["location"].partition("#")
    # An answer says in words what its docstrings repeat; whoever types a name still finds the function.
    of_reference = page.startswith("reference/") and bool(section)
    return entry | {"text": "" if of_reference else CODE.sub("", entry["text"])}
