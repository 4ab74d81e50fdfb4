"""The pages as MkDocs makes them; after a change of some text only those that show it are rendered again.

The others are taken as they were rendered before, from .cache/pages. That is done only where nothing else
can have changed: the same pages with the same front matter and headings, and the same files of every other
kind. In doubt, and at every complaint, all pages are rendered.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from guide import complaints, pages, search
from guide.faults import GuideError
from guide.fingerprint import fingerprint_without, remember, remembered
from guide.garbage import seldom_collected
from guide.markdown.lists import DIRECTIVE

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

FOLDER = Path(".cache") / "pages"
RECORD = Path(".cache") / "pages.json"
NOT_KEPT = {"assets", "search", "sitemap.xml", "sitemap.xml.gz", "404.html"}  # made anew in no time
WARNED = "A 'dirty' build is being performed"
ID = re.compile(r'\sid="([^"]+)"')
LINK = re.compile(r'\shref="([^"#:?]*)#([^"]+)"')


@seldom_collected()
def build_pages(root: Path, target: Path) -> None:
    """Let MkDocs make the pages in ``target``, in this process.

    Raises:
        GuideError: With what MkDocs complains about.
    """
    sources = _sources(root)
    again = _changed(root, sources)
    (root / RECORD).unlink(missing_ok=True)  # what stops from here on leaves nothing to go by
    if again is None or not _render_some(root, target, again):
        _render(root, target)
        again = None
    _keep(root, target, again)
    remember(root / RECORD, json.dumps(sources))


def _sources(root: Path) -> dict:
    """What the pages are made from: a hash for each page's text, what others show of it, all the rest."""
    found = {}
    for page in pages.read(root)[0]:
        content = (root / page.path).read_bytes()
        shown = repr((page.front, page.question))
        found[page.source] = [hashlib.sha256(content).hexdigest(), shown, page.minutes]
    installed = sorted({f"{one.name} {one.version}" for one in metadata.distributions()})
    rest = fingerprint_without(root, {f"docs/{source}" for source in found})
    return {"rest": hashlib.sha256("\n".join([rest, *installed]).encode()).hexdigest(), "pages": found}


def _changed(root: Path, sources: dict) -> set[str] | None:
    """The pages to render again; None if that is not known, or if they are all."""
    before = json.loads(remembered(root / RECORD) or "{}")
    now, then = sources["pages"], before.get("pages", {})
    if before.get("rest") != sources["rest"] or now.keys() != then.keys():
        return None
    if not all((root / FOLDER / _file(source)).is_file() for source in now):
        return None
    changed = {source for source in now if now[source] != then[source]}
    # What all others show of it; and MkDocs lists in objects.inv only the modules that it renders.
    if any(now[source][1] != then[source][1] or ":::" in pages.find(root, source).body for source in changed):
        return None
    lists = [source for source in now if _holds_list(root, source)]
    if any(now[source][2] != then[source][2] for source in changed):
        changed.update(lists)  # which say how long each takes to read
    notebooks = {source for source in now if source.endswith(".ipynb")}  # mkdocs-jupyter keeps its own
    return changed | notebooks


def _holds_list(root: Path, source: str) -> bool:
    lines = pages.find(root, source).prose.splitlines()
    found = [match["name"] for line in lines if (match := DIRECTIVE.match(line))]
    return any(name != "reference" for name in found)


def _render(root: Path, target: Path, dirty: bool = False) -> list[str]:
    """Run MkDocs; its complaints, which stop it unless ``dirty``."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.chdir(root)
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    with complaints.collected() as faults:
        config = load_config(str(root / "mkdocs.yml"), site_dir=str(target), strict=not dirty)
        search.keep_material_from_reading(config)
        if dirty:
            config.plugins.events["nav"].append(_read_titles)
        config.plugins.on_startup(command="build", dirty=dirty)
        try:
            mkdocs_build(config, dirty=dirty)
        finally:
            config.plugins.on_shutdown()
    return [fault.message for fault in faults if not fault.message.startswith(WARNED)]


def _read_titles(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """The navigation of each page shows the titles of all, which MkDocs reads from those it renders."""
    for page in nav.pages:
        page.read_source(config)
    return nav


def _render_some(root: Path, target: Path, again: set[str]) -> bool:
    """Make the pages in ``target``, most of them by copying; False if all must be rendered after all."""
    shutil.rmtree(target, ignore_errors=True)
    # A copy is younger than its source, so that MkDocs leaves it alone.
    shutil.copytree(root / FOLDER, target, copy_function=shutil.copyfile)
    inventory = (target / "objects.inv").read_bytes() if (target / "objects.inv").exists() else b""
    files = {source: target / _file(source) for source in again}
    before = {source: set(ID.findall(path.read_text(encoding="utf-8"))) for source, path in files.items()}
    for path in files.values():
        path.unlink()
    try:
        if _render(root, target, dirty=True):
            return False
    except GuideError:
        return False  # raised again, with all that there is to say
    if inventory:
        (target / "objects.inv").write_bytes(inventory)  # MkDocs knows only what it rendered
    # Links between pages: others may lead to a place that is gone, and these to one that never was.
    for source, path in files.items():
        text = path.read_text(encoding="utf-8")
        if not before[source] <= set(ID.findall(text)) or not _anchors_exist(target, path, text):
            return False
    return True


def _anchors_exist(site: Path, path: Path, text: str) -> bool:
    wanted: dict[Path, set[str]] = {}
    for address, anchor in LINK.findall(text):
        where = path.parent / address if address else path
        file = where / "index.html" if not where.suffix else where
        wanted.setdefault(Path(posixpath.normpath(file)), set()).add(unquote(anchor))
    return all(file.is_file() and anchors <= set(ID.findall(file.read_text(encoding="utf-8")))
               for file, anchors in wanted.items() if file.is_relative_to(site))


def _file(source: str) -> str:
    """The file of the site that MkDocs makes of a page.

    >>> _file("index.md"), _file("optimization/adam.md"), _file("data/index.md")
    ('index.html', 'optimization/adam/index.html', 'data/index.html')
    """
    folder, name = posixpath.split(posixpath.splitext(source)[0])
    return posixpath.join(folder, "" if name == "index" else name, "index.html")


def _keep(root: Path, site: Path, again: set[str] | None) -> None:
    """Copy what MkDocs rendered, all or some of it, to where the next build looks for it."""
    kept = root / FOLDER
    if again is None:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(site, kept, ignore=lambda at, names: NOT_KEPT if Path(at) == site else set())
    for source in again or ():
        shutil.copyfile(site / _file(source), kept / _file(source))
