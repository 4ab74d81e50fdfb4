"""The book as EPUB 3: the assembled sections are XHTML already, so this only packs them.

Formulas are SVG inside the text: they take the reader's type size and color, which a picture file
would not, and look the same on readers that know no MathML. Nothing has a color of its own except
figures, which bring their paper along, so a dark page stays readable.
"""

from __future__ import annotations

import copy
import uuid
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from guide import archive
from guide.book.assemble import Book, key
from guide.book.pictures import KINDS

STYLE = Path(__file__).with_name("epub.css")
XHTML = "http://www.w3.org/1999/xhtml"
OPS = "http://www.idpf.org/2007/ops"
OPF = "http://www.idpf.org/2007/opf"
DC = "http://purl.org/dc/elements/1.1/"
SVG = "http://www.w3.org/2000/svg"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

H = ElementMaker(namespace=XHTML, nsmap={None: XHTML, "epub": OPS})
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


def write(path: Path, book: Book, cover: bytes) -> None:
    """Write the file; ``cover`` is a PNG."""
    # A reader knows the kind of file by its first bytes, so these stand first and as they are.
    archive.write(path, make(book, cover).items(), int(book.date.timestamp()), uncompressed=("mimetype",))


def make(book: Book, cover: bytes) -> dict[str, bytes]:
    """Every file in the EPUB by its name, in the order in which they stand there."""
    where = {
        identifier: f"{section.entry.id}.xhtml"
        for section in book.sections
        for identifier in section.body.xpath("//@id")
    }
    files = {
        f"{section.entry.id}.xhtml": page(book, section.entry.title, content(section.body, book, where))
        for section in book.sections
    }
    image = H.img(src="cover.png", alt=f"{book.title}, version {book.version}")
    files = {
        "cover.xhtml": page(book, "Cover", H.section(H.p(image, {"class": "cover"}))),
        "license.xhtml": page(book, "Version and license", license_page(book)),
        "contents.xhtml": page(book, "Contents", contents(book)),
        **files,
    }
    others = {"book.css": STYLE.read_bytes(), "cover.png": cover, **book.pictures}
    package = package_document(book, files, others)
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": CONTAINER.encode(),
        "book/package.opf": package,
        **{f"book/{name}": data for name, data in (files | others).items()},
    }


def page(book: Book, title: str, body: etree._Element) -> bytes:
    """One XHTML file around ``body``."""
    head = H.head(
        H.title(f"{title} – {book.title}"), H.link(rel="stylesheet", type="text/css", href="book.css")
    )
    return _serialize(H.html(head, H.body(body), {"lang": "en", LANG: "en"}), "<!DOCTYPE html>")


def content(body: etree._Element, book: Book, where: dict[str, str]) -> etree._Element:
    """A section in the namespace of XHTML, with formulas in place and links to other files."""
    body = copy.deepcopy(body)
    for element in list(body.iter("span", "div")):
        if element.get("class") == "formula":
            element.append(_formula(element, book))
    for link in body.iter("a"):
        if link.get("href", "").startswith("#"):
            target = link.get("href").removeprefix("#")
            link.set("href", f"{where[target]}#{target}")
    for image in body.iter("img"):
        image.set("src", image.get("src").removeprefix("pictures/"))
    for element in body.iter(etree.Element):
        if not element.tag.startswith("{"):
            element.tag = f"{{{XHTML}}}{element.tag}"
    return body


def _formula(place: etree._Element, book: Book) -> etree._Element:
    formula = book.formulas[key(place)]
    svg = etree.fromstring(formula.svg.encode("utf-8"))
    svg.attrib.update({"role": "img", "aria-label": formula.tex})
    del place.attrib["data-tex"]
    if formula.tag:
        svg.tail = f" {formula.tag}"
    return svg


def license_page(book: Book) -> etree._Element:
    """What one holds in hands, and what one may do with it."""
    date = f"{book.date.day} {book.date:%B %Y}"
    paragraphs = [H.p(" ".join(part.split())) for part in book.license.strip().split("\n\n")]
    return H.section(
        H.h1("Version and license"),
        H.p(f"Version {book.version}, {date}."),
        H.p(H.a(book.site_url, href=book.site_url)),
        *paragraphs,
    )


def contents(book: Book) -> etree._Element:
    """Chapters with their questions: what the reader's own menu shows, too."""
    items: list[etree._Element] = []
    for section in book.sections:
        heading = section.body.find(".//h1")
        entry = H.li(H.a(" ".join("".join(heading.itertext()).split()), href=f"{section.entry.id}.xhtml"))
        if section.entry.level == 1 or not items:
            items.append(entry)
        else:
            nested = items[-1].find(f"{{{XHTML}}}ol")
            if nested is None:
                nested = etree.SubElement(items[-1], f"{{{XHTML}}}ol")
            nested.append(entry)
    return H.nav(H.h1("Contents"), H.ol(*items), {f"{{{OPS}}}type": "toc", "role": "doc-toc", "id": "toc"})


def package_document(book: Book, files: dict[str, bytes], others: dict[str, bytes]) -> bytes:
    """Metadata, the list of all files, and the order of reading."""
    make = ElementMaker(namespace=OPF, nsmap={None: OPF, "dc": DC})
    dc = ElementMaker(namespace=DC, nsmap={"dc": DC})

    def meta(name: str, text: str) -> etree._Element:
        return make.meta(text, property=name)

    # The identifier belongs to the book, not to its version: a reader's marks survive an update.
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{book.site_url}#book")
    metadata = make.metadata(
        dc.identifier(f"urn:uuid:{identifier}", id="id"),
        dc.title(book.title),
        dc.language("en"),
        dc.creator(f"The contributors of the {book.title}"),
        dc.description(book.description),
        dc.rights("Text and figures CC BY 4.0, code MIT"),
        dc.source(book.site_url),
        meta("dcterms:modified", f"{book.date:%Y-%m-%dT%H:%M:%SZ}"),
        meta("schema:accessMode", "textual"),
        meta("schema:accessMode", "visual"),
        meta("schema:accessModeSufficient", "textual"),
        *(
            meta("schema:accessibilityFeature", feature)
            for feature in (
                "alternativeText",
                "displayTransformability",
                "readingOrder",
                "structuralNavigation",
                "tableOfContents",
            )
        ),
        meta("schema:accessibilityHazard", "none"),
        meta("schema:accessibilitySummary", "Formulas carry their TeX and figures a description as text."),
    )
    manifest, spine = make.manifest(), make.spine()
    for number, (name, data) in enumerate((files | others).items()):
        suffix = Path(name).suffix
        kind = {".xhtml": "application/xhtml+xml", ".css": "text/css"}.get(suffix) or KINDS[suffix]
        properties = " ".join(
            property_
            for property_, holds in [
                ("nav", name == "contents.xhtml"),
                ("cover-image", name == "cover.png"),
                ("svg", suffix == ".xhtml" and SVG.encode() in data),
            ]
            if holds
        )
        item = make.item({"id": f"f{number}", "href": name, "media-type": kind})
        if properties:
            item.set("properties", properties)
        manifest.append(item)
        if name in files:
            spine.append(make.itemref(idref=f"f{number}"))
    package = make.package(
        metadata, manifest, spine, {"version": "3.0", "unique-identifier": "id", LANG: "en"}
    )
    return _serialize(package)


def _serialize(element: etree._Element, doctype: str | None = None) -> bytes:
    etree.cleanup_namespaces(element, top_nsmap={"epub": OPS} if doctype else None)
    return etree.tostring(element, encoding="utf-8", xml_declaration=True, doctype=doctype)
