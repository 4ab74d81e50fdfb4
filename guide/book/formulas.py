"""TeX to SVG by MathJax, for paper and e-readers: outlines that look the same everywhere.

The site's KaTeX needs a style sheet and fonts of a browser. MathJax runs in the same small
JavaScript engine; python3 -m guide.install bundles it from guide/web/tools/mathjax.js. A formula
is rendered once and then found in .cache/formulas, under a name made from all that shapes it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import quickjs

from guide.faults import Fault, GuideError
from guide.markdown.katex import MACROS, TexError

BUNDLE = Path(__file__).parent.parent / "web" / "dist" / "mathjax.js"
CACHE = Path(".cache") / "formulas"

# MathJax asks for these two when it starts; nothing is printed and nothing is fetched.
STUBS = (
    "globalThis.console = {log() {}, info() {}, warn() {}, error() {}};"
    "globalThis.URL = class { constructor(url) { this.href = String(url); } };"
)

TAG = re.compile(r"\\tag\*?\{(?P<text>[^{}]*)\}")
# MathJax styles the rules of arrays by classes of its own style sheet.
RULES = {
    "mjx-solid": 'stroke-width="70"',
    "mjx-dashed": 'stroke-width="70" stroke-dasharray="140"',
    "mjx-dotted": 'stroke-width="70" stroke-dasharray="0,140" stroke-linecap="round"',
}
RULE = re.compile(rf'class="({"|".join(RULES)})"')
# A stroke of width 0 is none on a screen, but a hairline in a PDF that makes all glyphs bold: so only what
# has a width of its own is stroked, and a colored group hands its color on.
GLYPH_STROKE = ' stroke="currentColor" fill="currentColor" stroke-width="0"'
COLORED = re.compile(r'fill="([^"]+)" stroke="\1"')
STROKED = re.compile(r'(<[a-z]+ [^>]*)(stroke-width=")')
# What MathJax writes for its own scripts, and what belongs to a web page.
NOISE = re.compile(r'\s(?:data-[\w-]+|focusable|role|aria-hidden|class)="[^"]*"')
HEAD = re.compile(r'<svg(?: style="vertical-align: (?P<shift>-?[\d.]+)(?:ex)?;[^"]*")?(?P<rest>[^>]*)>')
EX = 0.5  # of an em, as the bundle is told


@dataclass(frozen=True)
class Formula:
    """One rendered formula; sizes in em of the text around it."""

    tex: str
    display: bool
    svg: str
    width: float
    height: float
    depth: float  # how far it reaches below the baseline
    tag: str = ""

    @property
    def name(self) -> str:
        return f"{_digest(self.svg)[:20]}.svg"


def typeset(tex: str, display: bool, cache: Path) -> Formula:
    """Render one formula, or take it from the folder ``cache``.

    Raises:
        TexError: If MathJax does not understand it.
        GuideError: If MathJax is not installed.
    """
    tex = " ".join(tex.split())
    tags = TAG.findall(tex)
    if len(tags) > 1:
        raise TexError(r"has more than one \tag: split it into several formulas")
    stored = cache / f"{_key(tex, display)}.svg"
    if stored.exists():
        svg = stored.read_text(encoding="utf-8")
    else:
        # MathJax places a tag at the far end of a page; the book does that by itself.
        svg = _clean(_render(TAG.sub("", tex), display))
        _store(stored, svg)
    return _measured(tex, display, svg, f"({tags[0]})" if tags else "")


def _store(path: Path, svg: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")  # two builds may run at once
    unfinished.write_text(svg, encoding="utf-8", newline="\n")
    unfinished.replace(path)


def _key(tex: str, display: bool) -> str:
    return _digest(json.dumps([_recipe(), tex, display]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _recipe() -> str:
    """Everything besides the formula that shapes the result."""
    return _digest(_bundle() + json.dumps(_macros()) + Path(__file__).read_text(encoding="utf-8"))


@functools.cache
def _bundle() -> str:
    if not BUNDLE.exists():
        raise GuideError(
            Fault(
                "guide/web/dist/mathjax.js",
                0,
                "is missing, so the book has no formulas: run `python3 -m guide.install site`",
            )
        )
    return BUNDLE.read_text(encoding="utf-8")


@functools.cache
def _macros() -> dict[str, str | list]:
    """The guide's macros as MathJax wants them: without the backslash, and with the number of arguments."""
    counted = {name: max(map(int, re.findall(r"#(\d)", body)), default=0) for name, body in MACROS.items()}
    macros = {
        name.removeprefix("\\"): [body, counted[name]] if counted[name] else body
        for name, body in MACROS.items()
    }
    return macros | {"bm": [r"\boldsymbol{#1}", 1]}  # KaTeX knows it by itself


@functools.cache
def _engine() -> quickjs.Context:
    context = quickjs.Context()
    context.eval(STUBS)
    context.eval(_bundle())
    context.eval(f"const MACROS = {json.dumps(_macros())};")
    context.eval("function typeset(tex, display) { return render(tex, display, MACROS); }")
    return context


def _render(tex: str, display: bool) -> str:
    result = json.loads(_engine().get("typeset")(tex, display))
    if "error" in result:
        raise TexError(result["error"].replace("\n", " "))
    return result["svg"]


def _clean(svg: str) -> str:
    """MathJax's SVG so that it looks right without its style sheet.

    Raises:
        TexError: If it needs a font for characters that the formula font lacks.
    """
    if strangers := re.findall(r"<text [^>]*>([^<]*)</text>", svg):
        raise TexError(
            f"holds `{unescape(''.join(strangers))}`, which the formula font lacks: "
            "say it in the text around the formula"
        )
    svg = svg.replace(GLYPH_STROKE, ' fill="currentColor"')
    svg = COLORED.sub(r'fill="\1" color="\1"', svg)
    svg = RULE.sub(lambda match: RULES[match[1]], svg)
    svg = STROKED.sub(r'\1stroke="currentColor" \2', svg)
    return NOISE.sub("", svg)


def _measured(tex: str, display: bool, svg: str, tag: str) -> Formula:
    head = HEAD.match(svg)
    sizes = dict(re.findall(r'(width|height)="([\d.]+)ex"', head["rest"])) if head else {}
    if len(sizes) < 2:
        raise TexError("has no size of its own: write it without commands that fill the line")
    return Formula(
        tex,
        display,
        svg,
        width=float(sizes["width"]) * EX,
        height=float(sizes["height"]) * EX,
        depth=-float(head["shift"] or 0) * EX,
        tag=tag,
    )
