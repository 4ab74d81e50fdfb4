"""What programs read: a Markdown copy of each answer, llms.txt, structured data and a feed.

Each says what the page says and leads back to it. A copy is plain Markdown: code in its place,
citations as links to what they cite, addresses in full.
"""

from __future__ import annotations

import datetime
import json
import posixpath
import re
import textwrap
from html import escape
from pathlib import Path

from lxml import html

from guide import cards, files, history, notebooks, pages, references, snippets, syllabus
from guide.check.project import read_navigation
from guide.deck import site_address
from guide.notebooks import page_address
from guide.pages import Page

COPY = "index.md"
LLMS, FEED = "llms.txt", "feed.xml"
FEED_SIZE = 30
# With its blank, because Material takes `link[rel=alternate]` for another language's site and asks it for a
# sitemap, on every page; to HTML, and to those who look for a feed, the blank is nothing.
ALTERNATE = 'rel="alternate "'
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
ADMONITION = re.compile(r'^(?P<kind>!!!|\?\?\?\+?)\s+(?P<class>[\w-]+)(?:\s+"(?P<title>.*)")?\s*$')
TAB = re.compile(r'^=== "(?P<title>.+)"\s*$')
ATTRIBUTES = re.compile(r"\s*\{\s*[#.][^}]*\}\s*$")
LINK = re.compile(r"(?P<before>\]\()(?P<target>[^)\s#:]+\.(?:md|ipynb|svg|png))(?P<rest>[^)]*\))")
HERE = re.compile(r"(?P<before>\]\()(?P<anchor>#[^)\s]+\))")
INCLUDE = re.compile(r'^\s*-+8<-+\s+"(?P<file>[^":]+):(?P<section>[^"]+)"\s*$')


def finish(root: Path, site: Path) -> None:
    """Write all of it into the finished site."""
    base = site_address(site)
    known = references.load(root)
    known_pages = {page.source: page for page in pages.read(root)[0]}
    found = [known_pages[source] for source, _ in read_navigation(root) if source in known_pages]
    answers = [page for page in found if page.is_answer]
    has_feed = _write_feed(root, site, answers, base)
    for page in answers:
        folder = site / page_address(page.source)
        _write(folder / COPY, markdown_copy(page, root, base, known))
        data = structured_data(page, site, base)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        _add_to_head(folder / "index.html", [
            f'<link {ALTERNATE} type="text/markdown" href="{COPY}" title="This answer as Markdown">',
            f'<script type="application/ld+json">{text}</script>',
        ])
    if has_feed:
        for page, address in (("index.html", FEED), ("questions/index.html", f"../{FEED}")):
            link = f'<link {ALTERNATE} type="application/atom+xml" href="{address}" title="New answers">'
            _add_to_head(site / page, [link])
    _write(site / LLMS, llms(root, found, base))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _add_to_head(page: Path, lines: list[str]) -> None:
    text = page.read_text(encoding="utf-8")
    _write(page, text.replace("</head>", "".join(f"  {line}\n" for line in lines) + "  </head>", 1))


# Markdown copies


def markdown_copy(page: Page, root: Path, base: str, known: dict[str, references.Reference]) -> str:
    """One answer as plain Markdown that stands for itself."""
    address = f"{base}{page_address(page.source)}/"
    body = (_notebook(page, root, address) if page.is_notebook else page.body).strip("\n")
    lines = _plain_blocks(_with_code(body.split("\n"), root))
    text = "\n".join(ATTRIBUTES.sub("", line) if line.startswith("#") else line for line in lines)
    text = _with_sources(text, known)
    text = _outside_code(text, lambda part: LINK.sub(lambda link: _in_full(link, page, base), part))
    text = _outside_code(text, lambda part: HERE.sub(rf"\g<before>{address}\g<anchor>", part))
    facts = f"From <{address}>: level {page.front.level}, asked {page.front.asked}. Text CC BY 4.0, code MIT."
    if page.is_notebook:
        facts += f" The code: <{address}{page.stem}.ipynb>"
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{facts}\n\n{rest.strip()}\n"


def _notebook(page: Page, root: Path, address: str) -> str:
    """The cells of a notebook: text, code and what it printed or drew."""
    parts = []
    for index, cell in enumerate(pages.read_notebook(root, page.path).cells):
        if cell.cell_type == "markdown":
            parts.append(pages.notebook_markdown(cell.text))
        elif cell.text.strip():
            parts.append(f"```python\n{cell.text}\n```")
            parts += [_printed(output, cell.metadata.get("alt", ""), f"{address}{page.stem}_{index}_{number}")
                      for number, output in enumerate(cell.outputs)]
    return "\n\n".join(part for part in parts if part)


def _printed(output: dict, alt: str, picture: str) -> str:
    data = output.get("data", {})
    for kind, suffix in notebooks.PICTURES.items():
        if kind in data:
            return f"![{alt}]({picture}.{suffix})"
    text = "".join(output.get("text", data.get("text/plain", ""))).rstrip()
    return f"```text\n{text}\n```" if text else ""


def _with_code(lines: list[str], root: Path) -> list[str]:
    """Each include replaced by the lines that it stands for."""
    result = []
    for line in lines:
        found = INCLUDE.match(line)
        if not found:
            result.append(line)
            continue
        source = files.read(root, f"snippets/{found['file']}")
        start, end = snippets.sections(source)[0][found["section"]]
        code = [part for part in source.split("\n")[start : end - 1] if not snippets.MARK.match(part)]
        indent = line[: len(line) - len(line.lstrip())]
        shown = textwrap.dedent("\n".join(code)).strip("\n").split("\n")
        result += [f"{indent}{part}".rstrip() for part in shown]
    return result


def _plain_blocks(lines: list[str]) -> list[str]:
    """Admonitions as quotations, folds as headings, tabs one after the other: what any Markdown shows."""
    result: list[str] = []
    index = 0
    while index < len(lines):
        tab = TAB.match(lines[index])
        opening = tab or ADMONITION.match(lines[index])
        if not opening:
            result.append(lines[index])
            index += 1
            continue
        index += 1
        inside = []
        while index < len(lines) and (not lines[index].strip() or lines[index].startswith("    ")):
            inside.append(lines[index][4:])
            index += 1
        inside = "\n".join(inside).strip("\n").split("\n")
        title = opening["title"] or opening["class"].capitalize()
        if tab:
            result += [f"**{title}**", "", *inside, ""]
        elif opening["kind"] == "!!!":
            result += [f"> **{title}**", ">", *(f"> {line}".rstrip() for line in inside), ""]
        else:
            result += [f"### {title}", "", *inside, ""]
    return result


def _with_sources(text: str, known: dict[str, references.Reference]) -> str:
    """Citations as links, and the list of sources in full."""

    def entry(match: re.Match) -> str:
        reference = known[match["key"]]
        names = ", ".join(reference.authors).replace(", others", " et al")
        venue = f" {reference.venue}," if reference.venue else ""
        work = f"{names}. *{reference.title}*.{venue} {reference.year}."
        return f"- {work} <{reference.address}> {match['note'].strip()}".rstrip()

    text = re.sub(r"^[-*] \[@(?P<key>\w+)\]:?(?P<note>.*)$", entry, text, flags=re.MULTILINE)
    cite = references.CITATION
    return _outside_code(text, lambda part: cite.sub(
        lambda match: f"[{known[match[1]].label}]({known[match[1]].address})", part))


def _in_full(link: re.Match, page: Page, base: str) -> str:
    target = posixpath.normpath(posixpath.join(page.topic, link["target"]))
    address = f"{page_address(target)}/" if target.endswith((".md", ".ipynb")) else target
    return f"{link['before']}{base}{address}{link['rest']}"


def _outside_code(text: str, change) -> str:
    """Text changed everywhere but in fences and in code in the line."""
    parts = re.split(r"(^ *```.*?^ *```[^\n]*$|`[^`\n]+`)", text, flags=re.DOTALL | re.MULTILINE)
    parts[::2] = [change(part) for part in parts[::2]]
    return "".join(parts)


# An overview for language models: https://llmstxt.org


def llms(root: Path, found: list[Page], base: str) -> str:
    """Every answer by topic in the order of the navigation, each with the address of its Markdown copy."""
    home = next(page for page in found if page.source == "index.md")
    titles = {page.topic: page.front.title for page in found if page.stem == "index"}
    lines = [f"# {_site_name(root)}", "", f"> {home.front.description}", "",
             "Each answer is one Markdown file; its page, without `index.md`, has the runnable code."]
    for topic in syllabus.load(root).topics:
        answers = [page for page in found if page.is_answer and page.topic == topic]
        if answers:
            lines += ["", f"## {titles.get(topic, topic)}", ""]
            for page in answers:
                address = f"{base}{page_address(page.source)}/{COPY}"
                lines.append(f"- [{page.question}]({address}): {page.front.description}")
    return "\n".join(lines) + "\n"


def _site_name(root: Path) -> str:
    found = re.search(r"^site_name:\s*(.+?)\s*$", files.read(root, "mkdocs.yml"), re.MULTILINE)
    return found[1] if found else ""


# Structured data: https://schema.org/FAQPage


def structured_data(page: Page, site: Path, base: str) -> dict:
    """The page's question and what they ask next, each with its answer, as schema.org names it."""
    file = site / cards.FOLDER / "cards" / f"{page_address(page.source)}.json"
    card = json.loads(file.read_text(encoding="utf-8"))
    asked = [(page.question, card["answer"])]
    asked += [(item["question"], item["answer"]) for item in card["follow_ups"]]
    return {
        "@context": "https://schema.org",
        "@type": ["FAQPage", "LearningResource"],
        "name": page.front.title,
        "description": page.front.description,
        "url": f"{base}{page_address(page.source)}/",
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": LICENSE,
        "educationalLevel": page.front.level,
        "timeRequired": f"PT{page.minutes}M",
        "keywords": page.front.aliases,
        "mainEntity": [
            {"@type": "Question", "name": question,
             "acceptedAnswer": {"@type": "Answer", "text": _plain_text(answer)}}
            for question, answer in asked
        ],
    }


def _plain_text(fragment: str) -> str:
    """The text of an answer; formulas between dollars, or nobody would know TeX from words."""
    element = html.fragment_fromstring(fragment, create_parent="div")
    for tex in element.iter("annotation"):
        tex.text = f"${tex.text}$"
    return cards.plain(element)


# New answers: https://www.rfc-editor.org/rfc/rfc4287


def _write_feed(root: Path, site: Path, answers: list[Page], base: str) -> bool:
    """The newest answers as an Atom feed; nothing where git does not tell their age."""
    seen = history.first_seen(root)
    dated = sorted(((seen[page.path], page) for page in answers if page.path in seen),
                   key=lambda item: (-item[0], item[1].path))[:FEED_SIZE]
    if dated:
        _write(site / FEED, feed(_site_name(root), dated, base))
    return bool(dated)


def feed(name: str, dated: list[tuple[int, Page]], base: str) -> str:
    """An Atom feed of answers, newest first."""
    entries = "".join(_entry(when, page, base) for when, page in dated)
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
            f"  <title>{escape(name)}: new answers</title>\n  <id>{escape(base)}</id>\n"
            f'  <link href="{escape(base)}"/>\n  <link rel="self" href="{escape(base)}{FEED}"/>\n'
            f"  <updated>{_time(dated[0][0])}</updated>\n  <author><name>{escape(name)}</name></author>\n"
            f"{entries}</feed>\n")


def _entry(when: int, page: Page, base: str) -> str:
    address = escape(f"{base}{page_address(page.source)}/")
    return (f"  <entry>\n    <title>{escape(page.question)}</title>\n    <id>{address}</id>\n"
            f'    <link href="{address}"/>\n    <published>{_time(when)}</published>\n'
            f"    <updated>{_time(when)}</updated>\n    <summary>{escape(page.front.description)}</summary>\n"
            "  </entry>\n")


def _time(when: int) -> str:
    return datetime.datetime.fromtimestamp(when, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
