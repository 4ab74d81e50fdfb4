"""`make serve`: every page as it stands in docs/ at the moment it is asked for.

A page is rendered when a browser asks for it, and kept until something that it
depends on changes. So nothing is rebuilt that nobody looks at, an edit costs one
page however many there are, and no page can be stale. An open page asks several
times a second whether it changed, and loads itself again.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import mimetypes
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from guide import accessibility, cards, complaints, exercises, notebooks, pages, search, security, snippets
from guide.build import WORK
from guide.faults import Fault, GuideError

HOST = "127.0.0.1"
FOLDER = f"{WORK}/preview"
WATCHER = "_preview/watch.js"
STATE = "_preview/state"
# Asks, rather than being told: that survives instant loading, a sleeping computer and a restarted server.
WATCHER_CODE = """\
const shown = new Map();
async function look() {
  if (!document.hidden) {
    const page = location.pathname;
    try {
      const state = await (await fetch(`/_preview/state?${page}`)).text();
      if (shown.has(page) && shown.get(page) !== state) location.reload();
      shown.set(page, state);
    } catch { /* the server is away: ask again */ }
  }
  setTimeout(look, 250);
}
look();
"""
CARDS = "practise/cards"


class Preview:
    """The site as it stands, rendered piece by piece."""

    def __init__(self, root: Path, address: str):
        self.root = root
        self.address = address
        self.folder = root / FOLDER
        self.keys: dict[str, str] = {}  # by file in the site: what it was made from
        self.looked_at: list[pages.Page] = []  # the pages when what they say was last put together
        self.told = ""
        self.started_from = self.machinery()
        self.lock = threading.RLock()
        self._set_up()

    def _set_up(self) -> None:
        """Do once what MkDocs does before it renders pages."""
        with complaints.collected():
            self._set_up_mkdocs()

    def _set_up_mkdocs(self) -> None:
        os.environ["NO_MKDOCS_2_WARNING"] = "1"
        os.chdir(self.root)
        from mkdocs.commands.build import _build_theme_template
        from mkdocs.config import load_config
        from mkdocs.structure.files import get_files, set_exclusions
        from mkdocs.structure.nav import get_navigation
        from mkdocs.structure.pages import Page

        shutil.rmtree(self.folder, ignore_errors=True)
        self.keys.clear()
        self.prepared_for = self._structure()
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.folder), site_url=self.address)
        search.keep_material_from_reading(config)
        config.plugins.on_startup(command="serve", dirty=False)
        config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        files = get_files(config)
        self.env = config.theme.get_env()
        files.add_files_from_theme(self.env, config)
        files = config.plugins.on_files(files, config=config)
        set_exclusions(files, config)
        self.nav = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
        for file in files.documentation_pages():
            file.page = file.page or Page(None, file, config)
        self.env = config.plugins.on_env(self.env, config=config, files=files)
        self.config, self.files = config, files
        config.plugins["material/search"].on_post_build(config=config)  # its index, of nothing
        self._read_titles()
        self.by_address = {file.dest_uri: file for file in files}
        for template in config.theme.static_templates:
            _build_theme_template(template, self.env, files, config, self.nav)

    def _read_titles(self) -> None:
        """Take up what pages say about themselves: the navigation of each shows the titles of all."""
        self.titled_for = self._fronts()
        for file in self.files.documentation_pages():
            with contextlib.suppress(OSError, ValueError):  # told when somebody opens the page
                file.page.read_source(self.config)

    # What things depend on

    def machinery(self) -> str:
        """What only a new start of the program takes up."""
        code = [path for path in _walk(self.root / "guide") if path.suffix == ".py"]
        return _stamp([self.root / "mkdocs.yml", *code])

    def _structure(self) -> str:
        """Which files there are, and how pages look."""
        names = [os.fspath(path) for path in _walk(self.root / "docs")]
        return _hash(f"{names}{_stamp(_walk(self.root / 'guide' / 'theme'))}")

    def _fronts(self) -> str:
        """What lists and the navigation of one page show of all others."""
        found = pages.read(self.root)[0]
        # A page that did not change is the same object as before; to count its words again takes longer.
        if list(map(id, found)) != list(map(id, self.looked_at)):
            told = [(page.source, page.front, page.question, page.minutes) for page in found]
            self.looked_at, self.told = found, _hash(str(told))
        return self.told

    def _inputs(self, source: str) -> str:
        """What one page is made from."""
        topics = {source.rpartition("/")[0]}
        if source.startswith("reference/"):
            topics = {source.removeprefix("reference/").removesuffix(".md")}
        page = pages.find(self.root, source)
        topics |= {include.file.rpartition("/")[0] for include in page.includes} if page else set()
        files = [self.root / "docs" / name for name in (source, "references.yml", "syllabus.yml")]
        for topic in filter(None, topics):
            for folder in ("snippets", "tests", "docs"):
                inside = _walk(self.root / folder / topic)
                files += [path for path in inside if path.suffix in (".py", ".svg")]
        return self.prepared_for + self.titled_for + _stamp(files)

    # What a browser gets

    def is_folder(self, name: str) -> bool:
        """Whether an address lacks its last slash."""
        return f"{name}/index.html" in self.by_address

    def state(self, path: str) -> str:
        """Changes whenever what the page at ``path`` shows would change."""
        with self.lock:
            looks = _walk(self.root / "docs" / "assets")
            file = self.by_address.get(_file_name(path))
            inputs = self._inputs(file.src_uri) if file else ""
            return _hash(f"{self._structure()}{self._fronts()}{_stamp(looks)}{inputs}{self.machinery()}")

    def get(self, path: str) -> bytes | None:
        """The content at an address of the site; None if there is nothing.

        Raises:
            GuideError: If the page cannot be made, with the reasons.
        """
        name = _file_name(path)
        if name == WATCHER:
            return WATCHER_CODE.encode()
        if (content := self._static(name)) is not None:
            return content
        with self.lock:
            if self._structure() != self.prepared_for:
                self._set_up()
            elif self._fronts() != self.titled_for:
                self._read_titles()
            if name.startswith((search.INDEX, CARDS)):
                self._whole_site()
            elif name.startswith(f"{exercises.FOLDER}/"):
                self._exercise(name)
            file = self.by_address.get(name)
            if file and file.is_documentation_page():
                return self._page(file)
            made = (self.folder / name).resolve()
            if made.is_relative_to(self.folder.resolve()) and made.is_file():  # an address may climb by `..`
                return made.read_bytes()
            return self._static(name)

    def _static(self, name: str) -> bytes | None:
        """A figure, style or script as it stands in docs/ or in the theme, not as a copy."""
        file = self.by_address.get(name)
        if file is None or file.is_documentation_page() or not Path(file.abs_src_path).is_file():
            return None
        return file.content_bytes

    def _page(self, file: Any) -> bytes:
        target = self.folder / file.dest_uri
        key = self._inputs(file.src_uri)
        if self.keys.get(file.dest_uri) != key or not target.exists():
            start = time.perf_counter()
            self._render(file, target)
            self.keys[file.dest_uri] = key
            print(f"  {file.src_uri} in {time.perf_counter() - start:.2f} s", flush=True)
        return target.read_bytes()

    def _render(self, file: Any, target: Path) -> None:
        from mkdocs.commands.build import _build_page, _populate_page

        unreadable = [fault for fault in pages.read(self.root)[1] if fault.path == f"docs/{file.src_uri}"]
        if unreadable:
            raise GuideError(*unreadable)
        self.keys.pop(file.dest_uri, None)
        with complaints.collected() as faults:
            if file.src_uri.startswith("reference/"):
                self._forget_modules()
            _populate_page(file.page, self.config, self.files)
            documents = self.files.documentation_pages()
            _build_page(file.page, self.config, documents, self.nav, self.env)
            if file.src_uri.endswith(".ipynb"):
                notebooks.finish(self.root, self.folder, only=file.src_uri)
            search.finish_page(target)
            accessibility.finish_page(target)
            security.finish_page(target, self.folder)
        for fault in faults:
            print(f"  {fault}", file=sys.stderr, flush=True)

    def _forget_modules(self) -> None:
        """mkdocstrings reads a module once; here it may have changed since."""
        plugin = self.config.plugins["mkdocstrings"]
        plugin.handlers.get_handler("python")._modules_collection.members.clear()

    def _exercise(self, name: str) -> None:
        """What the script of a page fetches of one snippet; quick enough to be made each time."""
        target = self.folder / exercises.FOLDER
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(exercises.grade.__file__, target / "grade.py")
        for snippet in snippets.find(self.root):
            wanted = f"{exercises.FOLDER}/{snippet.topic}/{snippet.name}.json" == name
            if wanted and exercises.runnable(self.root, snippet):
                exercises.finish_snippet(self.root, self.folder, snippet)

    def _whole_site(self) -> None:
        """What is made from all pages: rendered here at the first use, and what changed at the next."""
        documents = list(self.files.documentation_pages())
        inputs = [self._inputs(file.src_uri) for file in documents]
        key = _hash("".join(inputs))
        if self.keys.get(search.INDEX) == key:
            return
        for file in documents:
            self._page(file)
        search.write(self.folder, search.read(self.root, self.folder))
        cards.finish(self.root, self.folder)
        self.keys[search.INDEX] = key


class Drawing:
    """Draws a figure again when its code or its measurements change."""

    def __init__(self, root: Path):
        self.root = root
        self.seen = self._stamps()

    def _stamps(self) -> dict[Path, str]:
        modules = sorted((self.root / "snippets").glob("*/*_figure.py"))
        return {
            module: _stamp([module, module.with_name(module.name.replace("_figure.py", "_experiment.json"))])
            for module in modules
        }

    def follow(self) -> None:
        """Draw what changed since the last look, and say what went wrong."""
        before, self.seen = self.seen, self._stamps()
        for module in (module for module, stamp in self.seen.items() if before.get(module) != stamp):
            name = module.relative_to(self.root).as_posix()
            try:
                for path in self._draw(module):
                    print(f"  drew {path.relative_to(self.root)}", flush=True)
            except ImportError as error:
                cure = "`make check` sets up what drawing needs"
                print(f"  {name}: {error}; {cure}", file=sys.stderr, flush=True)
            except Exception as error:  # code in the middle of being written fails in every way
                print(f"  {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def _draw(self, module: Path) -> Iterator[Path]:
        from guide import figures  # only here: it needs matplotlib, which the site does not

        for name in [name for name in sys.modules if name.partition(".")[0] == "snippets"]:
            del sys.modules[name]  # the code that a figure draws may have changed too
        for drawn_by, path, function in figures.figure_files(self.root):
            if drawn_by == module:
                text = figures.draw(module, function)
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    path.write_text(text, encoding="utf-8", newline="\n")
                    yield path


def _file_name(path: str) -> str:
    """The file of the site that an address means.

    >>> _file_name("/optimization/adam/?q=1")
    'optimization/adam/index.html'
    """
    name = unquote(urlsplit(path).path).lstrip("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, without those that a package manager put there."""
    for where, inside, found in os.walk(folder):
        inside[:] = [name for name in inside if name not in ("node_modules", "vendor", "__pycache__")]
        yield from (Path(where, name) for name in found)


def _stamp(paths: Iterable[Path]) -> str:
    """A short text that changes when one of the files does, appears or goes."""
    found = []
    for path in sorted(set(paths)):
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.append(f"{path}\0{stat.st_mtime_ns}\0{stat.st_size}")
    return _hash("\n".join(found))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def error_page(faults: list[Fault]) -> bytes:
    """What the browser shows instead of a page that cannot be made."""
    items = "".join(f"<li><code>{escape(str(fault))}</code></li>" for fault in faults)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        "<title>The page cannot be made</title><h1>The page cannot be made</h1>"
        f"<ul>{items}</ul><p>It loads again by itself as soon as a file changes.</p>"
        f'<script src="/{WATCHER}"></script></html>'
    ).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers a browser from the preview that its server holds."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each of a page's forty files waits 40 ms for an acknowledgment

    def do_GET(self) -> None:
        preview: Preview = self.server.preview  # type: ignore[attr-defined]
        name = _file_name(self.path)
        if name == STATE:
            self._send(200, preview.state(urlsplit(self.path).query).encode(), "text/plain")
            return
        if preview.is_folder(name):
            self.send_response(301)
            self.send_header("Location", f"/{name}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        try:
            content, status = preview.get(self.path), 200
        except Exception as error:  # files in the middle of being written fail in every way
            faults = error.faults if isinstance(error, GuideError) else [
                Fault(name, 0, f"{type(error).__name__}: {error}")]
            for fault in faults:
                print(f"  {fault}", file=sys.stderr, flush=True)
            self._send(500, error_page(faults), "text/html; charset=utf-8")
            return
        if content is None:
            content, status, name = preview.get("/404.html") or b"", 404, "404.html"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind == "text/html":
            content = content.replace(b"</body>", f'<script src="/{WATCHER}"></script></body>'.encode())
        self._send(status, content, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")  # never an old page, figure or style
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the browser has gone on to another page
            self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


def serve(root: Path, port: int) -> None:
    """Serve until Ctrl-C; start anew when the machinery changes.

    Raises:
        GuideError: If the port is taken, or the pages cannot be read.
    """
    mimetypes.add_type("text/javascript", ".mjs")
    mimetypes.add_type("application/wasm", ".wasm")
    address = f"http://{HOST}:{port}/"
    try:
        server = http.server.ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        raise GuideError(
            Fault("make serve", 0, f"cannot listen on port {port} ({error.strerror}): stop what does, "
                                   f"or choose another: make serve PORT={port + 1}")
        ) from None
    start = time.perf_counter()
    preview = Preview(root, address)
    server.preview = preview  # type: ignore[attr-defined]
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{address} shows the guide as it stands (ready in {time.perf_counter() - start:.1f} s); "
          "Ctrl-C ends it", flush=True)
    drawing = Drawing(root)
    try:
        while preview.machinery() == preview.started_from:
            drawing.follow()
            time.sleep(0.2)
    finally:
        server.server_close()
    print("guide/ or mkdocs.yml changed: starting anew", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "guide", "serve", "--port", str(port)])
