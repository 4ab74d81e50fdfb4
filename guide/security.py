"""What a page may load and run: a Content-Security-Policy in the head of every page of the site.

Material writes three small scripts into its pages. Each moves into a file of the site, where the policy
allows it and where the browser keeps it; they still run one after the other, at the same place.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from pathlib import Path

from lxml import etree, html

from guide.check.memory import Memory
from guide.faults import Fault, GuideError, shorten

POLICY = "; ".join(
    [
        # Not 'none': Firefox asks this one alone whether it may fetch the next page ahead.
        "default-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "media-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # WebAssembly is Python in the page
        "style-src 'self'",
        # KaTeX places each part of a formula by a style attribute. A style *element*, which could read the
        # page by its selectors, stays forbidden: the editor's styles live in a shadow root instead.
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",  # the icons in Material's style sheet are data: addresses
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
FOLDER = "assets/inline"

HEAD = re.compile(r"<head\b[^>]*>")
INLINE_SCRIPT = re.compile(r"<script>(?P<code>.*?)</script>", re.DOTALL)
CONFIG = re.compile(r'<script id="__config" type="application/json">(?P<json>.*?)</script>', re.DOTALL)
# Material opens the content tab that the address names, and asks on each page, tabs or not. Where there are
# none the script goes: the next page of instant loading would wait for its file for nothing.
TAB_SCRIPT = 'startsWith("__tabbed_")'
TAB_INPUT = 'name="__tabbed_'
# Material's share button starts with this address and gets its own with the first letter of a search.
NOWHERE = 'href="javascript:void(0)"'

FORBIDDEN = {
    "style": "put styles into a file of docs/assets/guide/",
    "iframe": "link to the page instead",
    "object": "show a picture or a link instead",
    "embed": "show a picture or a link instead",
    "base": "write relative addresses",
}
ADDRESSES = ("href", "xlink:href", "src", "action", "formaction")
LOADS = ("src", "srcset", "poster", "data")
WATCHED = {"script", *FORBIDDEN}
HARMLESS = {"class", "style"}


def finish(root: Path, site: Path) -> None:
    """Move inline scripts of each page into files, and put the policy first in its head.

    Raises:
        GuideError: Naming everything on a page that the policy would stop.
    """
    memory = Memory(root)
    faults = [fault for page in sorted(site.rglob("*.html")) for fault in finish_page(page, site, memory)]
    memory.save()
    if faults:
        raise GuideError(*faults)


def finish_page(page: Path, site: Path, memory: Memory | None = None) -> list[Fault]:
    """Give one page the policy, and say what on it the policy would stop."""
    name = page.relative_to(site).as_posix()
    text = page.read_text(encoding="utf-8")
    if META in text:
        return []
    text, scripts = secure(text, name)
    for script, code in scripts.items():
        target = site / FOLDER / script
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(code, encoding="utf-8", newline="\n")
    page.write_text(text, encoding="utf-8", newline="\n")
    if memory:
        return memory.faults(_stopped_on, name, text, content=[name, text])
    return _stopped_on(name, text)


def _stopped_on(name: str, text: str) -> list[Fault]:
    return [Fault(f"site/{name}", 0, message) for message in stopped(text)]


def secure(text: str, name: str) -> tuple[str, dict[str, str]]:
    """A page with the policy and without inline scripts, and the files that these became."""
    top = _way_to_top(text, name)
    scripts: dict[str, str] = {}

    def move(match: re.Match) -> str:
        code = match["code"].strip()
        if TAB_SCRIPT in code and TAB_INPUT not in text:
            return ""
        file = f"{hashlib.sha256(code.encode()).hexdigest()[:16]}.js"
        scripts[file] = f"{code}\n"
        return f'<script src="{top}{FOLDER}/{file}"></script>'

    text = INLINE_SCRIPT.sub(move, text.replace(NOWHERE, 'href="#"'))
    return HEAD.sub(lambda match: f"{match[0]}\n    {META}", text, count=1), scripts


def _way_to_top(text: str, name: str) -> str:
    """How a page addresses the site's first folder; the page for wrong addresses is shown at any depth."""
    config = CONFIG.search(text)
    if config:
        base = json.loads(config["json"])["base"]
    else:
        base = posixpath.relpath(".", posixpath.dirname(name) or ".")
    return "" if base == "." else f"{base.rstrip('/')}/"


def stopped(text: str) -> list[str]:
    """What the policy would stop on a page, each with what to do instead."""
    document = html.document_fromstring(text)
    faults = []
    metas = document.xpath("/html/head/meta[@http-equiv='Content-Security-Policy']")
    if len(metas) != 1 or metas[0].getprevious() is not None:
        faults.append("has no policy at the start of its head: guide/security.py expects <head> in each page")
    for element in document.iter(etree.Element):
        # Most are parts of formulas, which have nothing that the policy could stop.
        if element.tag in WATCHED or not HARMLESS.issuperset(element.keys()):
            faults += _stopped_element(element)
    return list(dict.fromkeys(faults))


def _stopped_element(element: html.HtmlElement) -> list[str]:
    shown = f"<{element.tag}>"
    faults = []
    data = element.get("type") in ("application/json", "application/ld+json")
    if element.tag == "script" and "src" not in element.attrib and not data:
        faults.append(
            f"has a script that is no file (`{shorten(element.text or '', 40)}`): "
            "write a module in docs/assets/guide/ and name it in main.js"
        )
    if element.tag in FORBIDDEN:
        faults.append(f"has {shown}, which the policy stops: {FORBIDDEN[element.tag]}")
    for attribute, value in element.attrib.items():
        if attribute.startswith("on"):
            faults.append(
                f"has {shown} with `{attribute}=`, which the policy stops: "
                "listen for the event in a module of docs/assets/guide/"
            )
        if attribute in ADDRESSES and re.match(r"\s*javascript:", value, re.IGNORECASE):
            faults.append(
                f"has {shown} with an address that runs a script: lead it to a page, or make it a button"
            )
        if attribute in LOADS and re.match(r"(https?:)?//", value):
            faults.append(f"has {shown} that loads {value} from somewhere else: serve it from docs/")
    return faults
