"""Figures and the notebook's pictures as files of the book, on paper and in the light palette."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

from guide.book.article import Section
from guide.faults import shorten

KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

ROOT_COLORS = re.compile(r":root\s*\{(?P<colors>[^}]*)\}")
VARIABLE = re.compile(r"var\(--(?P<name>[\w-]+)\)")
DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{(?:[^{}]|\{[^{}]*\})*\}")
VIEW = re.compile(r'<svg\b[^>]*\bviewBox="(?P<x>\S+) (?P<y>\S+) (?P<width>\S+) (?P<height>\S+)"[^>]*>')


def collect(sections: list[Section], site: Path) -> dict[str, bytes]:
    """Read every picture that the sections show, and name it by its content.

    Returns:
        ``{name in the book: content}``. What is missing or of no known kind is reported in its section.
    """
    found: dict[str, bytes] = {}
    for section in sections:
        for image in section.body.iter("img"):
            source = image.get("src")
            suffix = posixpath.splitext(source)[1].lower()
            path = site / posixpath.normpath(posixpath.join(section.entry.address, source))
            if suffix not in KINDS:
                section.report(
                    f"image `{shorten(source)}` is no file of a kind that the book can print: "
                    f"save it as one of {', '.join(KINDS)}"
                )
            elif not path.is_file():
                section.report(f"image `{shorten(source)}` is not on the site: put the file beside the page")
            else:
                content = path.read_bytes()
                if suffix == ".svg":
                    content, strangers = light(content.decode("utf-8"))
                    if strangers:
                        section.report(
                            f"image `{source}` does not say what its colors "
                            f"{', '.join(strangers)} are: draw it with guide/figures.py"
                        )
                name = f"{hashlib.sha256(content).hexdigest()[:20]}{suffix}"
                found[name] = content
                image.set("src", f"pictures/{name}")
    return found


def light(svg: str) -> tuple[bytes, list[str]]:
    """An SVG with two palettes as one for paper: variables become the light colors, on white.

    A reader's dark page would otherwise shine through between dark lines.

    Returns:
        The SVG, and the variables that have no color.
    """
    svg = DARK.sub("", svg)
    declared = ROOT_COLORS.search(svg)
    colors = dict(re.findall(r"--([\w-]+)\s*:\s*([^;}]+)", declared["colors"])) if declared else {}
    svg = ROOT_COLORS.sub("", svg)
    strangers = sorted({name for name in VARIABLE.findall(svg) if name not in colors})
    svg = VARIABLE.sub(lambda match: colors.get(match["name"], "#000000").strip(), svg)
    svg = re.sub(r"<style>\s*</style>\s*", "", svg)
    if view := VIEW.search(svg):
        paper = (
            f'<rect x="{view["x"]}" y="{view["y"]}" width="{view["width"]}" height="{view["height"]}" '
            'fill="#ffffff"/>'
        )
        svg = svg[: view.end()] + paper + svg[view.end() :]
    return svg.encode("utf-8"), strangers
