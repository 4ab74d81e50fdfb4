"""Notebook pages, after the build: the same type, formulas and code as any other page.

mkdocs-jupyter puts a notebook into the navigation and the search, but its page
carries half a megabyte of styles, addresses of a third party and raw formulas.
This step keeps the page and replaces what stands in it: Markdown cells go
through the extensions of ``mkdocs.yml``, code and output become plain blocks,
pictures become files beside the page.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import markdown
from lxml import html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from guide import pages
from guide.faults import Fault, GuideError
from guide.markdown.answer import files_note, meta_line
from guide.markdown.code import lighter
from guide.markdown.pictures import size

PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
LINK = re.compile(r'(?P<before>\b(?:href|src)=")(?P<target>[^"#:]+\.(?:md|svg|png))(?P<anchor>#[^"]*)?"')


def finish(root: Path, site: Path, only: str | None = None) -> None:
    """Rewrite the page of every notebook in ``site``, or ``only`` that of one, named by its path in docs/."""
    notebooks = [page for page in pages.read(root)[0] if page.is_notebook and only in (None, page.source)]
    if not notebooks:
        return
    extensions, options, repository = _markdown_settings(root)
    for page in notebooks:
        notebook = json.loads((root / page.path).read_text(encoding="utf-8"))
        target = site / page_address(page.source) / "index.html"
        document = html.fromstring(target.read_text(encoding="utf-8"))
        article = document.find(".//article")
        if article is None:
            raise GuideError(
                Fault(page.path, 0, "its built page has no <article>: guide/notebooks.py expects Material's")
            )
        md = markdown.Markdown(extensions=extensions, extension_configs=options)
        parts = [_cell(cell, index, md, page, target.parent) for index, cell in enumerate(notebook["cells"])]
        body = _with_meta("\n".join(parts), page, repository)
        body = _resolve_links(body, page, root)
        buttons = article.xpath('.//a[contains(@class, "md-content__button")]')
        for child in list(article):
            article.remove(child)
        article.text = None
        for element in [*buttons, *html.fragments_fromstring(body)]:
            article.append(element)
        _keep_anchors(document, article)
        _describe(document, page)
        text = "<!doctype html>\n" + html.tostring(document, encoding="unicode", doctype=None)
        target.write_text(text, encoding="utf-8")


def page_address(source: str) -> str:
    """The folder of a page's address: `topic/stem.md` becomes `topic/stem`."""
    path = re.sub(r"\.(md|ipynb)$", "", source)
    return posixpath.dirname(path) if posixpath.basename(path) == "index" else path


def _markdown_settings(root: Path) -> tuple[list, dict, str]:
    """The extensions of mkdocs.yml, as MkDocs itself reads them."""
    from mkdocs.config import load_config

    config = load_config(str(root / "mkdocs.yml"))
    wanted = [
        name
        for name in config.markdown_extensions
        if isinstance(name, str) and name != "guide.markdown.answer"
    ]
    return (
        wanted,
        config.mdx_configs,
        (config.mdx_configs.get("guide.markdown.answer") or {}).get("repository", ""),
    )


def _cell(cell: dict, index: int, md: markdown.Markdown, page: pages.Page, folder: Path) -> str:
    source = pages.notebook_markdown("".join(cell["source"]))
    if cell["cell_type"] == "markdown":
        md.reset()
        try:
            return md.convert(source)
        except GuideError as error:
            raise GuideError(
                *(Fault(page.path, 0, f"cell {index + 1}: {f.message}") for f in error.faults)
            ) from None
    if cell["cell_type"] != "code" or not source.strip():
        return ""
    code = lighter(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))
    shown = f'<div class="language-python highlight"><pre><span></span><code>{code}</code></pre></div>'
    alt = cell["metadata"].get("alt", "")
    outputs = [
        _output(output, alt, f"{page.stem}_{index}_{number}", page, folder)
        for number, output in enumerate(cell.get("outputs", []))
    ]
    return shown + "".join(outputs)


def _output(output: dict, alt: str, name: str, page: pages.Page, folder: Path) -> str:
    if output["output_type"] == "stream":
        return f'<div class="guide-output"><pre>{escape("".join(output["text"]))}</pre></div>'
    data = output.get("data", {})
    for kind, suffix in PICTURES.items():
        if kind not in data:
            continue
        if not alt:
            raise GuideError(
                Fault(
                    page.path,
                    0,
                    f"picture {name} has no text alternative: write what it shows "
                    "into its cell's metadata as `alt`",
                )
            )
        content = "".join(data[kind])
        picture = folder / f"{name}.{suffix}"
        picture.write_bytes(content.encode() if kind == "image/svg+xml" else base64.b64decode(content))
        sizes = size(picture.read_bytes())
        box = f' width="{sizes[0]}" height="{sizes[1]}"' if sizes else ""
        return f'<p class="guide-output"><img src="{picture.name}" alt="{escape(alt)}"{box}></p>'
    if "text/html" in data:
        return f'<div class="guide-output">{"".join(data["text/html"])}</div>'
    text = escape("".join(data.get("text/plain", "")))
    return f'<div class="guide-output"><pre>{text}</pre></div>' if text else ""


def _with_meta(body: str, page: pages.Page, repository: str) -> str:
    """Level, frequency and reading time under the title, and the notebook's files at the end."""
    if not page.is_answer:
        return body
    meta = ElementTree.tostring(meta_line(page), encoding="unicode")
    note = ElementTree.tostring(files_note(page, repository), encoding="unicode")
    return body.replace("</h1>", f"</h1>{meta}", 1) + note


def _resolve_links(body: str, page: pages.Page, root: Path) -> str:
    """Links to source files become links to their pages, as MkDocs does it on other pages."""
    here = page_address(page.source)

    def resolve(match: re.Match) -> str:
        if match["before"].startswith("src") and "/" not in match["target"]:
            return match[0]  # a picture of this page
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), match["target"]))
        if not (root / "docs" / target).exists():
            raise GuideError(Fault(page.path, 0, f"links to `{match['target']}`, which is not in docs/"))
        address = posixpath.relpath(page_address(target), here)
        slash = "/" if target.endswith((".md", ".ipynb")) else ""
        return f'{match["before"]}{address}{slash}{match["anchor"] or ""}"'

    return LINK.sub(resolve, body)


def _keep_anchors(document: html.HtmlElement, article: html.HtmlElement) -> None:
    """Headings keep the ids to which the table of contents and the search already link."""
    linked = [
        link.get("href").lstrip("#")
        for link in document.xpath(
            '//nav[contains(@class, "md-nav--secondary")]//a[contains(@class, "md-nav__link")]'
        )
        if link.get("href", "").startswith("#")
    ]
    headings = article.xpath(".//h2|.//h3|.//h4")
    known = {heading.get("id") for heading in article.xpath(".//*[@id]")}
    for identifier, heading in zip([i for i in dict.fromkeys(linked) if i], headings, strict=False):
        if identifier not in known:
            for permalink in heading.xpath('.//a[@class="headerlink"]'):
                permalink.set("href", f"#{identifier}")
            heading.set("id", identifier)


def _describe(document: html.HtmlElement, page: pages.Page) -> None:
    """Title and description, which mkdocs-jupyter does not know."""
    title = document.find(".//title")
    site_name = (title.text or "").rpartition(" - ")[2]
    title.text = f"{page.front.title} - {site_name}"
    for name in document.xpath('//meta[@name="description"]'):
        name.set("content", page.front.description)
    head = document.find(".//head")
    if not document.xpath('//meta[@property="og:description"]'):
        head.append(html.Element("meta", {"property": "og:description", "content": page.front.description}))
