"""`make serve`: from saving a file to the browser having the new page."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from guide.benchmarks import processes, projects
from guide.benchmarks.results import OURS, Row

PAGES = 250
REPEATS = 5
FIGURE = "from guide.figures import diagram, label\n\n\ndef figure():\n    figure, axes = diagram()\n" \
         "    label(axes, 1, 1, {text!r})\n    return figure\n"


def measure(root: Path, scratch: Path) -> Iterator[Row]:
    """Edit what a writer edits, in a project of at least 250 pages."""
    topics, times = projects.third(root), 1
    pages = projects.sample(root, scratch / "1", topics)
    if pages < PAGES:
        times = -(-PAGES // pages)
        pages = projects.sample(root, scratch / "2", topics, times)
    folder = scratch / ("2" if times > 1 else "1")
    processes.run([sys.executable, "-m", "guide.benchmarks.preview"], folder)
    seen = json.loads((folder / "latencies.json").read_text(encoding="utf-8"))
    how = f"{pages} pages; the browser looks four times a second, which is not counted"
    for what, seconds in seen.items():
        yield Row(what, "s wall", {OURS: seconds}, how)


def latencies(root: Path) -> dict[str, list[float]]:
    """Seconds from saving to the answered request, by what was saved; every repeat."""
    from guide import serve

    start = time.perf_counter()
    preview = serve.Preview(root, "http://127.0.0.1/")
    seen = {"start": [time.perf_counter() - start]}
    server = http.server.ThreadingHTTPServer((serve.HOST, 0), serve.Handler)
    server.preview = preview  # type: ignore[attr-defined]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://{serve.HOST}:{server.server_port}/"

    def get(path: str) -> str:
        with urllib.request.urlopen(address + path) as answer:
            return answer.read().decode("utf-8")

    page, snippet = _page_with_code(root)
    shown, style = f"{page.parent.name}/{page.stem}/", root / "docs/assets/guide.css"
    figure = _new_figure(page)
    drawing = serve.Drawing(root)
    get(shown)
    last: dict[str, str] = {}
    for repeat in range(REPEATS):
        # Each carries a word that nothing else holds; a figure's text is drawn, so it only has to change.
        edits = {
            "edit of a page": (page, lambda word: page.read_text(encoding="utf-8") + f"\n{word}\n", shown),
            "edit of a snippet": (snippet, lambda word: _with_word(snippet, word), shown),
            "edit of a style": (style, lambda word: f"/* {word} */\n", "assets/guide.css"),
            "edit of a figure": (figure, lambda word: FIGURE.format(text=word), f"{shown.rstrip('/')}.svg"),
        }
        for what, (path, text, answered) in edits.items():
            word = f"{what.replace(' ', '')}{repeat}"
            content = text(word)
            before = time.perf_counter()
            path.write_text(content, encoding="utf-8")
            if path == figure:
                drawing.follow()
            get(f"{serve.STATE}?/{shown}")
            found = get(answered)
            seen.setdefault(what, []).append(time.perf_counter() - before)
            if found == last.get(what) or (path != figure and word not in found):
                raise SystemExit(f"{what}: /{answered} does not show it")
            last[what] = found
    server.shutdown()
    server.server_close()
    return seen


def _page_with_code(root: Path) -> tuple[Path, Path]:
    """The longest answer that shows a snippet of its own, and that snippet."""
    pages = [(page, root / "snippets" / page.parent.name / f"{page.stem}.py")
             for page in (root / "docs").glob("*/*.md")]
    return max((pair for pair in pages if pair[1].exists()), key=lambda pair: pair[0].stat().st_size)


def _with_word(snippet: Path, word: str) -> str:
    """The snippet with one more comment in the first section that its page shows."""
    lines = snippet.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if "--8<-- [start:" in line)
    return "".join([*lines[: first + 1], f"# {word}\n", *lines[first + 1 :]])


def _new_figure(page: Path) -> Path:
    """Where the figure of a page is drawn from."""
    return page.parents[2] / "snippets" / page.parent.name / f"{page.stem}_figure.py"


def main() -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        found = latencies(Path.cwd())
    Path("latencies.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
