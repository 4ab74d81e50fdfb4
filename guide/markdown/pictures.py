"""Pictures say how large they are, so that the text below them does not jump when they arrive.

A figure's paragraph gets a class as well: a style sheet that asks "does this paragraph hold a picture?" makes
the browser ask that of every element, each time that something changes.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from guide.markdown import current_page, project_root

POINT = 4 / 3  # CSS pixels
SVG_TAG = re.compile(rb"<svg\b[^>]*>")
LENGTH = r'\s{name}="(?P<number>[\d.]+)(?P<unit>pt|px)?"'
PNG = b"\x89PNG\r\n\x1a\n"


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height of an SVG or PNG in CSS pixels; None if it does not say.

    >>> size(b'<svg xmlns="http://www.w3.org/2000/svg" width="460.8pt" height="30px">')
    (614, 30)
    """
    if content.startswith(PNG):
        return struct.unpack(">II", content[16:24])
    tag = SVG_TAG.search(content)
    opening = tag[0].decode() if tag else ""
    found = [re.search(LENGTH.format(name=name), opening) for name in ("width", "height")]
    if None in found:
        return None
    width, height = (round(float(length["number"]) * (POINT if length["unit"] == "pt" else 1))
                     for length in found)
    return width, height


class PicturesTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        name = current_page(self.md)
        if not name:
            return
        folder = (project_root() / "docs" / name).parent
        for paragraph in root.iter("p"):
            for image in paragraph.findall("img"):
                source = image.get("src", "")
                add_size(image, folder / source)
                if source.endswith(".svg"):
                    paragraph.set("class", f"{paragraph.get('class', '')} guide-figure".strip())


def add_size(image: Element, path: Path) -> None:
    """Write a picture's size into its element; a picture that is missing is for others to complain about."""
    found = size(path.read_bytes()) if path.is_file() else None
    if found:
        image.attrib.update(width=str(found[0]), height=str(found[1]))


class PicturesExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # After inline patterns (20) have made the pictures, before MkDocs rewrites their addresses (0).
        md.treeprocessors.register(PicturesTreeprocessor(md), "guide_pictures", 14)


def makeExtension(**options) -> PicturesExtension:
    return PicturesExtension(**options)
