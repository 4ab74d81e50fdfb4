"""What a reader waits for and pays for, in Chromium: weight of pages, search, Python in the page."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import mimetypes
import os
import shutil
import statistics
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from guide import search as search_index
from guide.benchmarks import building
from guide.benchmarks.results import OURS, Row
from guide.faults import GuideError

QUERIES = "benchmarks/queries.txt"
KIB = 1024
HEAVIEST = 300  # KiB of a first visit to a page with maths
BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync")
PAGES = {
    "home": "",
    "answer with maths": "optimization/adam/",
    "answer without code": "perspective/overrated/",
    "topic": "optimization/",
    "every question": "questions/",
    "reference": "reference/optimization/",
    "notebook": "interviews/train_on_your_dataset/",
    "flashcards": "practise/review/",
}
IDLE = "() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 1000)))"
KINDS = {"text/html": "HTML", "text/css": "CSS", "text/javascript": "JS", "font/woff2": "fonts",
         "image/svg+xml": "images", "image/png": "images", "application/xml": "sitemap",
         "text/xml": "sitemap"}
PYTHON_PAGE = "optimization/adam/"
STARTS = 3

# In the page, what Material does: start the worker that the page names and ask it.
ASK = """async (queries) => {
  const { search } = JSON.parse(document.getElementById("__config").textContent);
  const worker = new Worker(new URL(search, document.baseURI));
  const ask = (type, data) => new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.addEventListener("message", (event) => resolve(event.data.data), { once: true });
    worker.postMessage({ type, data });
  });
  await ask(0, { config: {}, docs: [] });
  await ask(2, "warm up");
  const answers = [];
  for (const query of queries) {
    const start = performance.now();
    const { items } = await ask(2, query);
    answers.push({ found: items.map((group) => group[0].location), took: performance.now() - start });
  }
  return answers;
}"""
# From the click on Run to the line that says how it ended.
RUN = """async () => {
  const block = document.querySelector(".highlight[data-snippet]");
  const button = [...block.querySelectorAll("button")].find((one) => one.textContent.trim() === "Run");
  const start = performance.now();
  const ended = new Promise((resolve) => new MutationObserver(() => {
    const state = block.querySelector(".guide-state")?.textContent ?? "";
    if (/^(Ran|Ended)/.test(state)) resolve(state);
  }).observe(block, { subtree: true, childList: true, characterData: true }));
  button.click();
  return { state: await ended, took: performance.now() - start };
}"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Sends files as a server on the net does, compressed where that helps, and counts the bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.server.site / unquote(urlsplit(self.path).path).lstrip("/")  # type: ignore[attr-defined]
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        content, packed = self.server.ready(path)  # type: ignore[attr-defined]
        self.server.sent[kind] += len(content)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


def packed(path: Path) -> tuple[bytes, bool]:
    """A file as it is sent: compressed, if that makes it smaller, and whether it is."""
    content = path.read_bytes()
    small = gzip.compress(content, 6, mtime=0)
    return (small, True) if len(small) < 0.95 * len(content) else (content, False)


@contextlib.contextmanager
def served(site: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    """A server of a built site; ``sent`` counts bytes by kind, ``address`` is where it listens."""
    mimetypes.add_type("text/javascript", ".mjs")
    mimetypes.add_type("text/javascript", ".js")
    mimetypes.add_type("application/wasm", ".wasm")
    mimetypes.add_type("font/woff2", ".woff2")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.site, server.sent = site, Counter()  # type: ignore[attr-defined]
    server.ready = functools.cache(packed)  # type: ignore[attr-defined]
    server.address = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser.

    Raises:
        GuideError: If there is none.
    """
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise GuideError("no browser found: install Debian's package chromium, or set CHROMIUM to a path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER))
        yield browser
        browser.close()


def weigh(root: Path, scratch: Path) -> Iterator[Row]:
    """First visits with nothing cached, one for each kind of page, and the downloads."""
    site = building.newest_site(root)
    with chromium() as browser, served(site) as server:
        how = f"gzip, Chromium {browser.version}, wide window, search not used"
        for kind, address in {**PAGES, "heaviest answer": heaviest(site)}.items():
            if (site / address / "index.html").exists():
                weights = first_visit(browser, server, address)
                parts = ", ".join(f"{what} {size / KIB:.0f}" for what, size in weights.most_common())
                limit = HEAVIEST if kind == "answer with maths" else None
                yield Row(f"first visit: {kind}", "KiB", {OURS: [weights.total() / KIB]}, f"{parts}; {how}",
                          limit)
    yield from downloads(site)


def downloads(site: Path) -> Iterator[Row]:
    """What each file to take along weighs."""
    for path in sorted((site / "downloads").glob("*")):
        yield Row(f"download: .{path.name.rpartition('.')[2]}", "MB", {OURS: [path.stat().st_size / 1e6]})


def first_visit(browser, server, address: str) -> Counter:
    """Bytes by kind that a browser with nothing cached is sent for one page, until it asks for no more."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    server.sent.clear()
    try:
        page = context.new_page()
        page.goto(server.address + address, wait_until="networkidle")
        seen = -1
        while seen != server.sent.total():  # a busy machine is idle before the page has asked for all
            seen = server.sent.total()
            page.evaluate(IDLE)
            page.wait_for_load_state("networkidle")
    finally:
        context.close()
    weights: Counter = Counter()
    for kind, size in server.sent.items():
        weights[KINDS.get(kind, "other")] += size
    return weights


def heaviest(site: Path) -> str:
    """The address of the answer whose HTML and pictures weigh most."""
    pages = [page for page in site.glob("*/*/index.html") if 'class="guide-meta"' in
             page.read_text(encoding="utf-8")]
    pages = pages or list(site.rglob("index.html"))
    largest = max(pages, key=lambda page: len(gzip.compress(page.read_bytes(), 1)))
    return largest.parent.relative_to(site).as_posix() + "/"


def queries(root: Path) -> dict[str, str]:
    """What people type, and the page that each must find.

    Raises:
        GuideError: If a query stands twice.
    """
    found: dict[str, str] = {}
    for line in (root / QUERIES).read_text(encoding="utf-8").replace("|\n", "|").strip().splitlines():
        page, _, typed = line.partition(": ")
        for query in map(str.strip, typed.split("|")):
            if query in found:
                raise GuideError(f"{QUERIES}: `{query}` is asked twice: remove one")
            found[query] = f"{page}/"
    return found


def search(root: Path, scratch: Path) -> Iterator[Row]:
    """Every query, typed into the worker of the first page."""
    site, wanted = building.newest_site(root), queries(root)
    with chromium() as browser, served(site) as server:
        page = browser.new_page()
        page.goto(server.address, wait_until="networkidle")
        answers = page.evaluate(ASK, list(wanted))
        how = f"{len(wanted)} queries, Chromium {browser.version}"
    yield from search_rows(wanted, answers, how)
    index = len(gzip.compress((site / search_index.INDEX).read_bytes()))
    yield Row("search index", "KiB", {OURS: [index / KIB]}, "gzip", limit=300)


def search_rows(wanted: dict[str, str], answers: list[dict], how: str) -> Iterator[Row]:
    """How often the page is among the first three, and how long an answer takes."""
    pairs = list(zip(wanted.values(), answers, strict=True))
    for first in (1, 3):
        hits = sum(page in answer["found"][:first] for page, answer in pairs)
        yield Row(f"page among the first {first}", "%", {OURS: [100 * hits / len(pairs)]}, how)
    took = sorted(answer["took"] for answer in answers)
    yield Row("a query, median", "ms", {OURS: [statistics.median(took)]}, how)
    yield Row("a query, 99 of 100", "ms", {OURS: [took[int(0.99 * (len(took) - 1))]]}, how)


def python(root: Path, scratch: Path) -> Iterator[Row]:
    """The first Run of a page with nothing cached, and the next."""
    site = building.newest_site(root)
    first, warm, weight = [], [], 0
    with chromium() as browser, served(site) as server:
        how = f"{PYTHON_PAGE}, server on the same machine, Chromium {browser.version}"
        for _ in range(STARTS):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto(server.address + PYTHON_PAGE, wait_until="networkidle")
            page.locator(".highlight[data-snippet] button", has_text="Run").first.wait_for()
            server.sent.clear()
            for times in (first, warm):
                ended = page.evaluate(RUN)
                if not ended["state"].startswith("Ran"):
                    raise GuideError(f"{PYTHON_PAGE}: Run ended with {ended['state']}")
                times.append(ended["took"] / 1000)
            weight = server.sent.total()
            context.close()
    yield Row("click on Run to the first result", "s wall", {OURS: first}, f"nothing cached; {how}")
    yield Row("click on Run to the next result", "s wall", {OURS: warm}, how)
    yield Row("Python in the page", "MB", {OURS: [weight / 1e6]}, "gzip; fetched by the first Run, then kept")
