"""Python-Markdown extensions: what is ours in the way from a page to its HTML.

Each is named by its import path in ``mkdocs.yml``, which MkDocs, ProperDocs and
Zensical all understand, and none of them needs a MkDocs hook or plugin.
"""

from __future__ import annotations

from pathlib import Path

from markdown import Markdown


def project_root() -> Path:
    """The generators resolve docs/ and snippets/ against the folder they are started in; so do we."""
    return Path.cwd()


def current_page(md: Markdown) -> str | None:
    """The path inside docs/ of the page being rendered; None inside a docstring or outside a site."""
    if "relpath" in md.treeprocessors:  # MkDocs and ProperDocs
        return md.treeprocessors["relpath"].file.src_uri
    if "rendering_context" in md.preprocessors:  # Zensical
        return md.preprocessors["rendering_context"].page.path
    return None
